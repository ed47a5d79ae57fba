"""``pip variant index``: a folder of wheels becomes an index (J21)."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pip_variants.demo.wheels import build_sdist, build_wheel
from tests.e2e.json_page import are_those_of_the_page
from tests.kit import LEVELS, Pip, level, levels

SECONDS = 60

posix = pytest.mark.skipif(os.name == "nt", reason="sends signals as POSIX does")


def add(folder: Path, *labels: str | None, name: str = "demo", **wheel: Any) -> None:
    for label in labels:
        inside = levels(label) if label and label != "null" else LEVELS
        build_wheel(folder, name, "1.0", label=label, variant_json=inside, **wheel)


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    add(folder, "v1", "v2", "v3", "null", None)
    return folder


def test_what_is_printed(pip: Pip, wheels: Path) -> None:
    result = pip("variant", "index", wheels).ok()
    assert (result.out, result.err) == (
        (
            "Wrote demo-1.0-variants.json: null, v1, v2, v3\n"
            "Releases with variants: 1, unchanged: 0\n"
        ),
        "",
    )
    result = pip("variant", "index", wheels).ok()
    assert result.out == "Releases with variants: 1, unchanged: 1\n"
    for wheel in wheels.glob("*-*.whl"):
        wheel.unlink()
    result = pip("variant", "index", wheels).ok()
    assert result.out == (
        "Removed demo-1.0-variants.json: its wheels are gone\n"
        "No release has variant wheels.\n"
    )


def test_what_is_printed_of_pages(pip: Pip, wheels: Path) -> None:
    add(wheels, None, name="other")
    index = ("variant", "index", "wheels", "--simple", "simple")
    result = pip(*index, cwd=wheels.parent).ok()
    assert result.out == (
        "Wrote demo-1.0-variants.json: null, v1, v2, v3\n"
        "Wrote the pages of demo in simple\n"
        "Wrote the pages of other in simple\n"
        "Releases with variants: 1, unchanged: 0\n"
    )
    (wheels / "other-1.0-py3-none-any.whl").unlink()
    result = pip(*index, cwd=wheels.parent).ok()
    assert result.out == (
        "Removed the pages of other in simple\n"
        "Releases with variants: 1, unchanged: 1\n"
    )


def test_quiet(pip: Pip, wheels: Path) -> None:
    result = pip("variant", "index", "-q", wheels).ok()
    assert result.both == ""
    assert (wheels / "demo-1.0-variants.json").exists()


def test_what_is_wrong_is_an_error(pip: Pip, wheels: Path) -> None:
    """R13, E32: what is right is published all the same."""
    add(wheels / "more", "v2", "v1", name="other")
    (wheels / "more" / "other-1.0-py3-none-any-v4.whl").write_bytes(b"half of it")
    shutil.copy(wheels / "demo-1.0-py3-none-any-v1.whl", wheels / "demo.whl")
    result = pip("variant", "index", wheels).failed()
    assert result.status == 1
    assert result.err.splitlines() == [
        "WARNING: 'demo.whl' has too few parts; it is left out",
        (
            "ERROR: other-1.0-py3-none-any-v4.whl is no readable wheel: File is not a "
            "zip file; put a right file in its place, or remove it"
        ),
        (
            "ERROR: more/other-1.0-variants.json is not updated: not all of its wheels "
            "can be read"
        ),
    ]
    assert (wheels / "demo-1.0-variants.json").exists()
    assert not (wheels / "more" / "other-1.0-variants.json").exists()


def test_wheels_that_contradict_each_other_are_named(pip: Pip, wheels: Path) -> None:
    other = {**LEVELS, "variants": {"v2": level("v1")}}
    build_wheel(
        wheels, "demo", "1.0", label="v2", tag="py2-none-any", variant_json=other
    )
    result = pip("variant", "index", wheels).failed()
    assert result.err == (
        "ERROR: demo-1.0-variants.json is not updated: variants.v2: "
        "demo-1.0-py2-none-any-v2.whl says cpu :: level :: v1; "
        "demo-1.0-py3-none-any-v2.whl says cpu :: level :: v2\n"
    )


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "no folder given; write: pip variant index <folder>"),
        (("a", "b"), "one folder at a time; write: pip variant index <folder>"),
        (("none",), "there is no folder 'none'"),
        ((".", "--interval", "1"), "--interval goes with --watch"),
        ((".", "--watch", "--json"), "--json goes without --watch"),
        (
            (".", "--watch", "--interval", "0"),
            "--interval 0: give a number of seconds above 0, a day at most",
        ),
    ],
)
def test_arguments_that_make_no_sense(
    pip: Pip, args: tuple[str, ...], message: str
) -> None:
    result = pip("variant", "index", *args).failed()
    assert result.err == f"ERROR: {message}\n"


def test_json(pip: Pip, wheels: Path) -> None:
    add(wheels, "bad")
    (wheels / "other-1.0-py3-none-any-bad.whl").write_bytes(b"half of it")
    pages = wheels.parent / "simple"
    result = pip("variant", "index", wheels, "--simple", pages, "--json")
    assert result.status == 1
    document = json.loads(result.out)
    assert are_those_of_the_page(document, "index")
    assert document["folder"] == str(wheels)
    assert {each["file"]: each["state"] for each in document["releases"]} == {
        "demo-1.0-variants.json": "written",
        "other-1.0-variants.json": "held",
    }
    assert document["releases"][0]["labels"] == ["bad", "null", "v1", "v2", "v3"]
    assert "demo-1.0-variants.json" in document["written"]
    assert "demo/index.html" in document["pages_written"]
    assert [each["fatal"] for each in document["problems"]] == [True, True]


def test_the_folder_is_what_pip_chooses_from(pip: Pip, wheels: Path) -> None:
    """J21, R28: as pages and as a folder, from the files alone."""
    pages = wheels.parent / "simple"
    pip("variant", "index", wheels, "--simple", pages).ok()
    assert pip.choose("--no-index", "--find-links", wheels, "demo").label == "v2"
    assert pip.choose("--index-url", pages.as_uri(), "demo").label == "v2"


def test_pip_gets_the_metadata_and_skips_what_needs_another_python(
    pip: Pip, wheels: Path
) -> None:
    """PEP 503 and 658: the pages tell enough to choose by."""
    for version, needs in (("2.0", ">=3.99"), ("1.5", ">=3.8")):
        build_wheel(wheels, "demo", version, requires_python=needs)
    build_sdist(wheels, "demo", "3.0", requires_python="<3")
    pages = wheels.parent / "simple"
    pip("variant", "index", wheels, "--simple", pages).ok()
    chosen = pip.choose("--index-url", pages.as_uri(), "demo")
    assert chosen.file == "demo-1.5-py3-none-any.whl"
    result = pip(
        "install", "--dry-run", "-v", "--index-url", pages.as_uri(), "demo==1.0"
    )
    assert "demo-1.0-py3-none-any-v2.whl.metadata" in result.ok().out


def test_a_mirror_that_was_downloaded(pip: Pip, wheels: Path) -> None:
    """J24: what "pip download" has written is what "index" would write."""
    pip("variant", "index", wheels).ok()
    mirror = wheels.parent / "mirror"
    find = ("--no-index", "--find-links", wheels)
    for label in ("v2", "v1"):
        pip("download", *find, "--dest", mirror, f"demo==1.0#{label}").ok()
    before = (mirror / "demo-1.0-variants.json").read_bytes()
    result = pip("variant", "index", mirror).ok()
    assert result.out == "Releases with variants: 1, unchanged: 1\n"
    assert (mirror / "demo-1.0-variants.json").read_bytes() == before


# --watch


@contextmanager
def watching(
    pip: Pip, log: Path, *args: str | Path, interval: float = 0.1
) -> Iterator[subprocess.Popen[str]]:
    """Run ``pip variant index --watch``; ended in any case."""
    command = [pip.python, "-m", "pip", "variant", "index", "--watch", *args]
    with (
        log.open("w") as out,
        subprocess.Popen(
            [*command, "--interval", str(interval)],
            env=pip.environ(),
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("option", [[], [".", "--simple"]])
def test_a_folder_that_no_system_has(
    pip: Pip, tmp_path: Path, option: list[str]
) -> None:
    add(tmp_path, "v1")
    result = pip("variant", "index", *option, "a" * 5000, cwd=tmp_path).failed()
    assert "Traceback" not in result.err


@posix
def test_watching(pip: Pip, wheels: Path, tmp_path: Path) -> None:
    """J21: as wheels land; Ctrl-C ends it well."""
    pages, log = tmp_path / "simple", tmp_path / "log"
    metadata = wheels / "demo-1.0-variants.json"

    def labels() -> list[str]:
        return [*json.loads(metadata.read_bytes())["variants"]]

    def lines() -> list[str]:
        return log.read_text().splitlines()

    with watching(pip, log, wheels, "--simple", pages) as process:
        until((pages / "demo" / "index.html").exists)
        add(wheels, "v4")
        until(lambda: "v4" in labels())
        # What is wrong is said once, and ends nothing.
        bad = wheels / "demo-1.0-py3-none-any-bad.whl"
        bad.write_bytes(b"no wheel")
        until(lambda: any("is not updated" in line for line in lines()))
        add(wheels, "v1", name="other")
        until((pages / "other" / "index.html").exists)
        bad.unlink()
        (wheels / "demo-1.0-py3-none-any-v4.whl").unlink()
        until(lambda: "v4" not in labels())
        until(lambda: len(lines()) >= 11)
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 0
    assert lines() == [
        f"Watching {wheels}; Ctrl-C ends it",
        "Wrote demo-1.0-variants.json: null, v1, v2, v3",
        f"Wrote the pages of demo in {pages}",
        "Wrote demo-1.0-variants.json: null, v1, v2, v3, v4",
        f"Wrote the pages of demo in {pages}",
        (
            "ERROR: demo-1.0-py3-none-any-bad.whl is no readable wheel: File is not a "
            "zip file; put a right file in its place, or remove it"
        ),
        (
            "ERROR: demo-1.0-variants.json is not updated, nor are the pages of demo: "
            "not all of its wheels can be read"
        ),
        "Wrote other-1.0-variants.json: v1",
        f"Wrote the pages of other in {pages}",
        "Wrote demo-1.0-variants.json: null, v1, v2, v3",
        f"Wrote the pages of demo in {pages}",
    ]


@posix
def test_a_wheel_that_grows_is_published_when_it_is_whole(
    pip: Pip, wheels: Path, tmp_path: Path
) -> None:
    add(tmp_path / "upload", "v4")
    (whole,) = (tmp_path / "upload").glob("*.whl")
    data, log = whole.read_bytes(), tmp_path / "log"
    metadata = wheels / "demo-1.0-variants.json"
    with watching(pip, log, wheels, interval=0.5) as process:
        until(metadata.exists)
        with (wheels / whole.name).open("wb") as file:
            for start in range(0, len(data), 100):
                file.write(data[start : start + 100])
                file.flush()
                time.sleep(0.04)
        until(lambda: "v4" in metadata.read_text())
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 0
    assert "ERROR" not in log.read_text()


@posix
def test_a_watch_that_is_told_to_end(pip: Pip, wheels: Path, tmp_path: Path) -> None:
    """SIGTERM ends it as it ends pip, and leaves nothing unfinished."""
    with watching(pip, tmp_path / "log", wheels) as process:
        until((wheels / "demo-1.0-variants.json").exists)
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == -signal.SIGTERM
    assert not [*wheels.glob(".*.pip-variant-index")]


@posix
def test_a_folder_that_goes_and_comes_back(
    pip: Pip, wheels: Path, tmp_path: Path
) -> None:
    away, log = tmp_path / "away", tmp_path / "log"
    with watching(pip, log, wheels) as process:
        until((wheels / "demo-1.0-variants.json").exists)
        wheels.rename(away)
        until(lambda: "there is no folder" in log.read_text())
        add(away, "v4")
        away.rename(wheels)
        until(lambda: "v4" in (wheels / "demo-1.0-variants.json").read_text())
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 0
    assert log.read_text().count("there is no folder") == 1
