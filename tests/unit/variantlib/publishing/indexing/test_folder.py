"""A folder of wheels, made an index."""

from __future__ import annotations

import contextlib
import hashlib
import json
import multiprocessing
import os
import re
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

import pytest

from pip_variants.demo.wheels import build_sdist, build_wheel
from pip_variants.variantlib.errors import VariantError
from pip_variants.variantlib.filename import label_of
from pip_variants.variantlib.publishing.indexing.folder import IndexReport, index_folder
from pip_variants.variantlib.publishing.indexing.output import UNFINISHED
from pip_variants.variantlib.publishing.indexing.state import STATE
from pip_variants.variantlib.whole_file import replacing

SCHEMA = "https://variants-schema.wheelnext.dev/peps/825/v0.1.1.json"

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX file systems")


def document(label: str, value: str = "", *namespaces: str) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "default-priorities": {"namespace": [*(namespaces or ("cpu",))]},
        "variants": {label: {"cpu": {"level": [value]}} if value else {}},
    }


def add(
    folder: Path,
    label: str | None,
    value: str = "",
    *namespaces: str,
    name: str = "demo",
    version: str = "1.0",
    **wheel: Any,
) -> Path:
    """Add a wheel, with a label and one property, or plain."""
    if label is None:
        return build_wheel(folder, name, version, **wheel)
    inside = document(label, value, *namespaces)
    return build_wheel(folder, name, version, label=label, variant_json=inside, **wheel)


def labels_of(file: Path) -> list[str]:
    return [*json.loads(file.read_bytes())["variants"]]


def texts(report: IndexReport) -> list[str]:
    return [problem.text for problem in report.problems]


def states(report: IndexReport) -> dict[str, str]:
    return {release.file: release.state for release in report.releases}


class Anchors(HTMLParser):
    """The links of a page, as a browser sees them."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self._open: dict[str, str] | None = None
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open = {key: value or "" for key, value in attrs}

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self.found[data] = self._open
            self._open = None


def listed(page: Path) -> dict[str, Any]:
    """Return the files on the JSON page of a project, by name."""
    document = json.loads((page / "index.json").read_bytes())
    return {file["filename"]: file for file in document["files"]}


def snapshot(*folders: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }


# variants.json


def test_each_release_gets_its_metadata_beside_the_wheels(tmp_path: Path) -> None:
    """R27, R28, R30."""
    add(tmp_path, "v2", "2", name="My.Pkg")
    add(tmp_path, "null", name="My.Pkg")
    add(tmp_path, None, name="My.Pkg")
    add(tmp_path / "deep" / "er", "v3", "3", name="other", version="2.0+cu.1")
    report = index_folder(tmp_path)
    assert report.ok
    assert report.problems == ()
    assert states(report) == {
        "my_pkg-1.0-variants.json": "written",
        "deep/er/other-2.0+cu.1-variants.json": "written",
    }
    written = json.loads((tmp_path / "my_pkg-1.0-variants.json").read_bytes())
    assert written == {
        "$schema": SCHEMA,
        "default-priorities": {"namespace": ["cpu"]},
        "variants": {"null": {}, "v2": {"cpu": {"level": ["2"]}}},
    }
    release = {release.name: release for release in report.releases}["my-pkg"]
    assert (release.version, release.labels) == ("1.0", ("null", "v2"))


def test_the_order_in_which_wheels_land_means_nothing(tmp_path: Path) -> None:
    """R27: equal wheels, equal bytes."""
    found = set()
    wheels = [("v2", "2", "cpu"), ("v3", "3", "cpu", "gpu"), ("null", "", "cpu")]
    for number, order in enumerate((wheels, wheels[::-1])):
        folder = tmp_path / str(number)
        for label, value, *namespaces in order:
            add(folder, label, value, *namespaces)
            index_folder(folder)
        found.add((folder / "demo-1.0-variants.json").read_bytes())
    assert len(found) == 1


def test_a_second_run_touches_nothing(tmp_path: Path) -> None:
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    add(wheels, "v2", "2")
    add(wheels, None, name="plain")
    index_folder(wheels, pages=pages)
    before = snapshot(wheels, pages)
    report = index_folder(wheels, pages=pages)
    assert snapshot(wheels, pages) == before
    assert (report.written, report.pages_written) == ((), ())
    assert states(report) == {"demo-1.0-variants.json": "unchanged"}


def test_a_new_label_is_added_and_a_lost_one_removed(tmp_path: Path) -> None:
    """R32."""
    first = add(tmp_path, "v2", "2")
    index_folder(tmp_path)
    add(tmp_path, "v3", "3")
    index_folder(tmp_path)
    assert labels_of(tmp_path / "demo-1.0-variants.json") == ["v2", "v3"]
    first.unlink()
    index_folder(tmp_path)
    assert labels_of(tmp_path / "demo-1.0-variants.json") == ["v3"]


def test_what_describes_nothing_any_more_is_removed(tmp_path: Path) -> None:
    wheel = add(tmp_path, "v2", "2")
    index_folder(tmp_path)
    wheel.unlink()
    report = index_folder(tmp_path)
    assert report.removed == ("demo-1.0-variants.json",)
    assert not (tmp_path / "demo-1.0-variants.json").exists()


def test_what_somebody_has_changed_is_not_removed(tmp_path: Path) -> None:
    wheel = add(tmp_path, "v2", "2")
    index_folder(tmp_path)
    file = tmp_path / "demo-1.0-variants.json"
    file.write_text("{}")
    wheel.unlink()
    assert index_folder(tmp_path).removed == ()
    assert file.read_text() == "{}"


def test_metadata_of_others_is_left_alone_and_named(tmp_path: Path) -> None:
    add(tmp_path, "v2", "2")
    for name in ("other-1.0-variants.json", "Demo-1.0.0-variants.json"):
        (tmp_path / name).write_text("{}")
    report = index_folder(tmp_path)
    assert report.ok
    assert texts(report) == [
        (
            "Demo-1.0.0-variants.json describes the same release as "
            "demo-1.0-variants.json; remove it"
        ),
        "other-1.0-variants.json describes no wheel that is there; it is left alone",
    ]


def test_the_wheels_are_the_truth(tmp_path: Path) -> None:
    """R30: what was written by hand is replaced."""
    add(tmp_path, "v2", "2")
    (tmp_path / "demo-1.0-variants.json").write_text('{"by": "hand"}')
    index_folder(tmp_path)
    assert labels_of(tmp_path / "demo-1.0-variants.json") == ["v2"]


def test_two_spellings_of_a_version_are_one_release(tmp_path: Path) -> None:
    """E25."""
    add(tmp_path, "v2", "2", version="1.0")
    add(tmp_path, "v3", "3", version="1.0.0")
    (release,) = index_folder(tmp_path).releases
    assert (release.file, release.labels) == ("demo-1.0-variants.json", ("v2", "v3"))


def test_hidden_things_and_linked_folders_are_left_out(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    add(wheels / ".hidden", "v2", "2")
    add(wheels, "v3", "3").rename(wheels / ".demo-1.0-py3-none-any-v3.whl")
    elsewhere = add(tmp_path / "elsewhere", "v4", "4").parent
    if os.name != "nt":
        (wheels / "linked").symlink_to(elsewhere)
        (wheels / "round").symlink_to(wheels)
    assert index_folder(wheels).releases == ()
    assert not (elsewhere / "demo-1.0-variants.json").exists()


@posix
def test_a_link_to_a_wheel_is_a_wheel(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    stored = add(tmp_path / "store", "v2", "2")
    (wheels / stored.name).symlink_to(stored)
    (wheels / "broken-1.0-py3-none-any.whl").symlink_to(tmp_path / "nothing")
    assert states(index_folder(wheels)) == {"demo-1.0-variants.json": "written"}


def test_there_is_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(VariantError, match="there is no folder"):
        index_folder(tmp_path / "none")


def test_two_hundred_wheels(tmp_path: Path) -> None:
    for number in range(200):
        add(tmp_path, f"l{number}", str(number), version=f"1.{number % 5}")
    report = index_folder(tmp_path)
    assert report.ok
    assert [len(release.labels) for release in report.releases] == [40] * 5


# what keeps a release from being published


def test_wheels_that_contradict_each_other(tmp_path: Path) -> None:
    """R13, R23: named with what each says; others are published."""
    add(tmp_path, "v2", "2")
    index_folder(tmp_path)
    before = (tmp_path / "demo-1.0-variants.json").read_bytes()
    add(tmp_path, "v2", "3", tag="py2-none-any")
    add(tmp_path, "good", "1", name="other")
    report = index_folder(tmp_path)
    assert not report.ok
    assert states(report) == {
        "demo-1.0-variants.json": "held",
        "other-1.0-variants.json": "written",
    }
    assert texts(report) == [
        (
            "demo-1.0-variants.json is not updated: variants.v2: "
            "demo-1.0-py2-none-any-v2.whl says cpu :: level :: 3; "
            "demo-1.0-py3-none-any-v2.whl says cpu :: level :: 2"
        )
    ]
    assert (tmp_path / "demo-1.0-variants.json").read_bytes() == before


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda wheel: wheel.write_bytes(b"PK"), "is no readable wheel"),
        (lambda wheel: wheel.write_bytes(b""), "is no readable wheel"),
        (
            lambda wheel: wheel.write_bytes(wheel.read_bytes()[:-30]),
            "is no readable wheel",
        ),
        (
            lambda wheel: shutil.copy(add(wheel.parent / "x", "v3", "3"), wheel),
            "is named 'bad', but its variant.json describes 'v3'",
        ),
        (
            lambda wheel: shutil.copy(add(wheel.parent / "x", None), wheel),
            "has a label but no variant.json",
        ),
    ],
)
def test_a_wheel_that_cannot_be_used_holds_its_release(
    tmp_path: Path, spoil: Any, reason: str
) -> None:
    """E32, R33: nothing is published by halves."""
    wheels, pages, away = (tmp_path / name for name in ("wheels", "pages", "away"))
    add(wheels, "v2", "2")
    add(wheels, None, name="other")
    index_folder(wheels, pages=pages)
    before = snapshot(pages / "demo")
    add(wheels, "v3", "3")
    away.mkdir()
    bad = add(away, "bad")
    spoil(bad)
    bad = Path(shutil.move(bad, wheels))
    add(wheels, None, name="third")
    report = index_folder(wheels, pages=pages)
    assert not report.ok
    first, second = texts(report)
    assert first.startswith("demo-1.0-py3-none-any-bad.whl ")
    assert reason in first
    assert second == (
        "demo-1.0-variants.json is not updated, nor are the pages of demo: not all of "
        "its wheels can be read"
    )
    assert labels_of(wheels / "demo-1.0-variants.json") == ["v2"]
    assert snapshot(pages / "demo") == before
    assert [*Anchors(pages / "index.html").found] == ["demo", "other", "third"]
    bad.unlink()
    assert index_folder(wheels, pages=pages).ok
    assert labels_of(wheels / "demo-1.0-variants.json") == ["v2", "v3"]
    assert "demo-1.0-py3-none-any-v3.whl" in listed(pages / "demo")


def test_a_broken_plain_wheel_is_left_out(tmp_path: Path) -> None:
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    add(wheels, None)
    (wheels / "demo-2.0-py3-none-any.whl").write_bytes(b"half of it")
    report = index_folder(wheels, pages=pages)
    assert not report.ok
    assert [*listed(pages / "demo")] == ["demo-1.0-py3-none-any.whl"]


def test_names_that_are_none(tmp_path: Path) -> None:
    """E34: named, left out, and never a path."""
    wheel = add(tmp_path, "v2", "2")
    for name in ("demo.whl", "demo-1.0-py3-none-any-V2.whl", "_-1-py3-none-any.whl"):
        shutil.copy(wheel, tmp_path / name)
    report = index_folder(tmp_path, pages=tmp_path / "pages")
    assert report.ok
    assert sorted(problem.where for problem in report.problems) == [
        "_-1-py3-none-any.whl",
        "demo-1.0-py3-none-any-V2.whl",
        "demo.whl",
    ]
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == [
        "demo",
        "index.html",
        "index.json",
    ]


@posix
@pytest.mark.parametrize("label", [".", "..", "con", "l" * 180])
def test_a_label_is_never_a_path(tmp_path: Path, label: str) -> None:
    """E34."""
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    wheel = add(wheels, label, "2")
    assert index_folder(wheels, pages=pages).ok
    entry = listed(pages / "demo")[wheel.name]
    page = (pages / "demo" / "index.html").as_uri()
    assert unquote(urljoin(page, entry["url"])) == unquote(wheel.as_uri())


@posix
@pytest.mark.skipif(
    hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    add(tmp_path / "wheels", "v2", "2")
    (tmp_path / "wheels").chmod(0o555)
    try:
        report = index_folder(tmp_path / "wheels")
    finally:
        (tmp_path / "wheels").chmod(0o755)
    assert not report.ok
    assert "demo-1.0-variants.json cannot be written: Permission denied" in texts(
        report
    )


@posix
def test_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    """Nothing is taken for lost that only cannot be seen."""
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    add(wheels / "sub", "v2", "2")
    add(wheels, "v2", "2", name="other")
    index_folder(wheels, pages=pages)
    before = snapshot(pages, wheels / "sub")
    # Its path is longer than the system takes, which holds for root as well.
    with contextlib.ExitStack() as stack:
        here = os.open(wheels, os.O_RDONLY)
        for _ in range(20):
            stack.callback(os.close, here)
            os.mkdir("d" * 250, dir_fd=here)
            here = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        stack.callback(os.close, here)
    shutil.move(wheels / "sub", tmp_path / "away")
    add(wheels, "v3", "3", name="other")
    report = index_folder(wheels, pages=pages)
    assert not report.ok
    (text,) = texts(report)
    assert text.startswith("the folder ddd")
    assert text.endswith("; until it can, nothing is removed and no page changes")
    assert labels_of(wheels / "other-1.0-variants.json") == ["v2", "v3"]
    assert report.removed == report.pages_written == report.pages_removed == ()
    shutil.rmtree(wheels / ("d" * 250))
    shutil.move(tmp_path / "away", wheels / "sub")
    assert before.items() <= snapshot(pages, wheels / "sub").items()
    assert index_folder(wheels, pages=pages).ok


def test_metadata_cannot_be_written_where_a_folder_stands(tmp_path: Path) -> None:
    add(tmp_path, "v2", "2")
    add(tmp_path, "v2", "2", name="other")
    (tmp_path / "demo-1.0-variants.json").mkdir()
    report = index_folder(tmp_path)
    assert states(report) == {
        "demo-1.0-variants.json": "held",
        "other-1.0-variants.json": "written",
    }
    assert "demo-1.0-variants.json cannot be written: " in texts(report)[0]
    assert not [*tmp_path.glob(".*.pip-variant-index")]


# unchanged files are not read again


def replaced(wheel: Path, data: bytes) -> None:
    """Replace the bytes of a file in place, with the size and the date of before."""
    before = wheel.stat()
    assert len(data) == before.st_size
    with wheel.open("r+b") as file:
        file.write(data)
    os.utime(wheel, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_an_unchanged_file_is_not_opened_again(tmp_path: Path) -> None:
    """Were it opened, it would be found broken."""
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    wheel = add(wheels, "v2", "2")
    index_folder(wheels, pages=pages)
    digest = listed(pages / "demo")[wheel.name]["hashes"]["sha256"]
    replaced(wheel, b"x" * wheel.stat().st_size)
    add(wheels, "v3", "3")
    assert index_folder(wheels, pages=pages).ok
    assert labels_of(wheels / "demo-1.0-variants.json") == ["v2", "v3"]
    assert listed(pages / "demo")[wheel.name]["hashes"]["sha256"] == digest
    assert not index_folder(wheels, pages=pages, refresh=True).ok


def test_only_new_files_are_read(tmp_path: Path) -> None:
    class Noted:
        def __init__(self) -> None:
            self.read: list[str] = []

        def waiting(self) -> None:
            raise AssertionError

        def reading(self, path: Path, size: int) -> None:
            assert size == path.stat().st_size
            self.read.append(path.name)

    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    wheel = add(wheels, "v2", "2")
    first, second, third = Noted(), Noted(), Noted()
    index_folder(wheels, pages=pages, progress=first)
    new = add(wheels, None)
    index_folder(wheels, pages=pages, progress=second)
    os.utime(wheel, ns=(1, 1))
    index_folder(wheels, pages=pages, progress=third)
    assert (first.read, second.read, third.read) == (
        [wheel.name],
        [new.name],
        [wheel.name],
    )


def test_a_file_of_the_same_size_and_date_is_another(tmp_path: Path) -> None:
    """It has another inode: "cp -p" of another build is noticed."""
    if os.name == "nt":
        pytest.skip("Windows tells no inode of a closed file")
    wheel = add(tmp_path, "v2", "2")
    before = wheel.stat()
    index_folder(tmp_path)
    other = add(tmp_path / "x", "v2", "3")
    assert other.stat().st_size == before.st_size
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(wheel)
    index_folder(tmp_path)
    written = json.loads((tmp_path / "demo-1.0-variants.json").read_bytes())
    assert written["variants"]["v2"] == {"cpu": {"level": ["3"]}}


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"version": 99}',
        b'{"version": 1, "files": []}',
        b'{"version": 1, "files": {"demo-1.0-py3-none-any-v2.whl": 3}}',
        b'{"version": 1, "made": {"x": 3}, "pages": {"folder": 3}}',
        b'{"version": 1, "files": ' + b"[" * 100_000,
        b'{"version": 1, "files": {"demo-1.0-py3-none-any-v2.whl": {"stamp": [1]}}}',
    ],
)
def test_a_broken_state_is_no_state(tmp_path: Path, state: bytes) -> None:
    add(tmp_path, "v2", "2")
    (tmp_path / STATE).write_bytes(state)
    assert index_folder(tmp_path).ok
    assert labels_of(tmp_path / "demo-1.0-variants.json") == ["v2"]
    assert json.loads((tmp_path / STATE).read_bytes())["version"] == 1


@pytest.mark.parametrize(
    "inside",
    [
        {},
        document("v3", "3"),
        {**document("v2", "2"), "$schema": 3},
        {"$schema": SCHEMA, "variants": {"v2": {"cpu": {"level": ["BAD"]}}}},
    ],
)
def test_a_state_that_says_something_else_of_a_wheel(
    tmp_path: Path, inside: dict[str, Any]
) -> None:
    wheel = add(tmp_path, "v2", "2")
    index_folder(tmp_path)
    state = json.loads((tmp_path / STATE).read_bytes())
    state["files"][wheel.name]["variant"] = inside
    (tmp_path / STATE).write_text(json.dumps(state))
    assert index_folder(tmp_path).ok
    assert labels_of(tmp_path / "demo-1.0-variants.json") == ["v2"]


@pytest.mark.parametrize(
    "entry",
    [
        {"stamp": [1e999, 1, 1]},
        {"stamp": ["1", [], {}]},
        {"requires-python": "\ud800"},
        {"sha256": "../x"},
        {"problems": 3},
    ],
)
def test_an_entry_of_the_state_that_makes_no_sense(
    tmp_path: Path, entry: dict[str, Any]
) -> None:
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    wheel = add(wheels, "v2", "2")
    index_folder(wheels, pages=pages)
    before = snapshot(pages)
    state = json.loads((wheels / STATE).read_bytes())
    state["files"][wheel.name] |= entry
    (wheels / STATE).write_text(json.dumps(state))
    assert index_folder(wheels, pages=pages).ok
    assert snapshot(pages) == before


def test_a_path_in_the_state_that_no_system_has(tmp_path: Path) -> None:
    paths = ("\0", "\ud800", "a" * 5000)
    made = {f"{path}-variants.json": "0" * 64 for path in paths}
    (tmp_path / STATE).write_text(json.dumps({"version": 1, "made": made}))
    assert index_folder(tmp_path).removed == ()


@pytest.mark.parametrize(
    "path",
    [
        "../precious-1.0-variants.json",
        "sub/../../precious-1.0-variants.json",
        "linked/precious-1.0-variants.json",
        "notes.txt",
    ],
)
def test_a_state_cannot_make_us_remove_other_files(tmp_path: Path, path: str) -> None:
    wheels = tmp_path / "wheels"
    (wheels / "sub").mkdir(parents=True)
    for name in ("precious-1.0-variants.json", "wheels/notes.txt"):
        (tmp_path / name).write_text("mine")
    if os.name != "nt":
        (wheels / "linked").symlink_to(tmp_path)
    digest = hashlib.sha256(b"mine").hexdigest()
    (wheels / STATE).write_text(json.dumps({"version": 1, "made": {path: digest}}))
    assert index_folder(wheels).removed == ()
    assert (wheels / path).read_text() == "mine" or os.name == "nt"
    assert (tmp_path / "precious-1.0-variants.json").read_text() == "mine"


@pytest.mark.parametrize("start", ["", "/", "//"])
def test_a_state_cannot_make_us_remove_files_elsewhere(
    tmp_path: Path, start: str
) -> None:
    """Two slashes in front are a root of their own for POSIX, three are one again."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    precious = tmp_path / "precious-1.0-variants.json"
    precious.write_text("mine")
    digest = hashlib.sha256(b"mine").hexdigest()
    made = {f"{start}{precious.as_posix()}": digest}
    (wheels / STATE).write_text(json.dumps({"version": 1, "made": made}))
    assert index_folder(wheels).removed == ()
    assert precious.read_text() == "mine"


@posix
@pytest.mark.parametrize(
    "path",
    [
        "wheels/.pip-variant-index.json",
        "wheels/.pip-variant-index.lock",
        "wheels/demo-1.0-variants.json",
        "wheels/gone-1.0-variants.json",
        "wheels/demo-1.0-py3-none-any-v2.whl.metadata",
        "wheels/a-1.0-py3-none-any.whl",
        "pages/demo/index.html",
        "pages/demo/index.json",
        "pages/index.html",
    ],
)
def test_a_pipe_holds_nobody_up(tmp_path: Path, path: str) -> None:
    """Who opens a pipe waits for the other end."""
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    add(wheels, "v2", "2")
    if path.startswith("wheels/gone"):
        made = {"gone-1.0-variants.json": "0" * 64}
        (wheels / STATE).write_text(json.dumps({"version": 1, "made": made}))
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(tmp_path / path)
    run = multiprocessing.get_context("spawn").Process(
        target=index_folder, args=(wheels,), kwargs={"pages": pages}
    )
    run.start()
    run.join(60)
    waits = run.is_alive()
    run.kill()
    run.join()
    assert not waits
    assert run.exitcode == 0


@posix
def test_what_a_killed_run_has_left_is_removed(tmp_path: Path) -> None:
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    add(wheels, "v2", "2")
    (pages / "demo").mkdir(parents=True)
    name = f".{'0123456789abcdef'}.pip-variant-index"
    left = [wheels / name, pages / name, pages / "demo" / name]
    others = [wheels / ".mine.pip-variant-index", wheels / f"x{name}"]
    for path in (*left, *others):
        path.touch()
    target = wheels / "demo-1.0-variants.json"
    with replacing(target, UNFINISHED) as file:
        (used,) = {*wheels.glob(".*.pip-variant-index")} - {*left, *others}
        assert index_folder(wheels, pages=pages).ok
        assert used.exists()
        file.write(target.read_bytes())
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in others)


# the pages


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Wheels, an sdist, and pages of them below one root."""
    wheels = tmp_path / "site" / "wheels"
    add(wheels, "v2", "2", requires_python=">=3.8,<4")
    add(wheels, None, requires_python=">=3.8,<4")
    add(wheels, "null", name="My.Pkg", version="2.0+cu.1")
    build_sdist(wheels, "demo", "1.0", requires_python=">=3.8,<4")
    report = index_folder(wheels, pages=tmp_path / "site" / "simple")
    assert report.problems == ()
    return tmp_path / "site"


def test_both_pages_list_the_projects(site: Path) -> None:
    page = site / "simple"
    assert json.loads((page / "index.json").read_bytes()) == {
        "meta": {"api-version": "1.1"},
        "projects": [{"name": "demo"}, {"name": "my-pkg"}],
    }
    anchors = Anchors(page / "index.html").found
    assert {name: attrs["href"] for name, attrs in anchors.items()} == {
        "demo": "demo/",
        "my-pkg": "my-pkg/",
    }


@pytest.mark.parametrize("project", ["demo", "my-pkg"])
def test_both_pages_lead_to_every_file(site: Path, project: str) -> None:
    """R29: also to the variant metadata; each link to a file with that hash."""
    page = site / "simple" / project
    base = "http://host/simple/" + project + "/"
    by_json = {name: each["url"] for name, each in listed(page).items()}
    anchors = Anchors(page / "index.html").found
    assert by_json.keys() == anchors.keys()
    assert any(name.endswith("-variants.json") for name in by_json)
    for name, url in by_json.items():
        link, fragment = urldefrag(anchors[name]["href"])
        assert link == url
        target = unquote(urljoin(base, url)).removeprefix("http://host/")
        file = site / target
        assert file.name == name
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        entry = listed(page)[name]
        assert entry["size"] == file.stat().st_size
        if name.endswith("-variants.json"):
            # It changes: an older page must not refuse the newer file (R32).
            assert (fragment, entry["hashes"]) == ("", {})
        else:
            assert fragment == f"sha256={digest}"
            assert entry["hashes"] == {"sha256": digest}


def test_the_metadata_of_a_wheel_stands_beside_it(site: Path) -> None:
    """PEP 658 and 714."""
    name = "demo-1.0-py3-none-any-v2.whl"
    file = site / "wheels" / f"{name}.metadata"
    assert "Name: demo" in file.read_text()
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    entry = listed(site / "simple" / "demo")[name]
    assert entry["core-metadata"] == {"sha256": digest}
    anchor = Anchors(site / "simple" / "demo" / "index.html").found[name]
    assert anchor["data-core-metadata"] == f"sha256={digest}"
    assert anchor["data-dist-info-metadata"] == f"sha256={digest}"


def test_the_pages_say_which_python_is_needed(site: Path) -> None:
    """Also of an sdist; escaped in HTML."""
    page = site / "simple" / "demo"
    for name in ("demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"):
        assert listed(page)[name]["requires-python"] == ">=3.8,<4"
        anchor = Anchors(page / "index.html").found[name]
        assert anchor["data-requires-python"] == ">=3.8,<4"
    assert '"&gt;=3.8,&lt;4"' in (page / "index.html").read_text()


def test_the_pages_have_versions_and_dates(site: Path) -> None:
    """PEP 700. The metadata is as old as the first of its wheels."""
    wheels = site / "wheels"
    for day, name in enumerate(("demo-1.0-py3-none-any-v2.whl", "demo-1.0.tar.gz")):
        os.utime(wheels / name, ns=(0, day * 86_400 * 10**9 + 1_500_000))
    index_folder(wheels, pages=site / "simple")
    document = json.loads((site / "simple" / "demo" / "index.json").read_bytes())
    assert document["meta"] == {"api-version": "1.1"}
    assert document["name"] == "demo"
    assert document["versions"] == ["1.0"]
    times = {file["filename"]: file["upload-time"] for file in document["files"]}
    assert times["demo-1.0-variants.json"] == "1970-01-01T00:00:00.001500Z"
    assert times["demo-1.0.tar.gz"] == "1970-01-02T00:00:00.001500Z"


def test_untrusted_text_is_escaped(tmp_path: Path) -> None:
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    odd = '>=3"><script>alert(1)</script>'
    wheel = add(wheels, "v2", "2", requires_python=odd)
    sub = wheels / "a b & #%3F"
    sub.mkdir()
    wheel = Path(shutil.move(wheel, sub))
    assert index_folder(wheels, pages=pages).ok
    assert "<script>" not in (pages / "demo" / "index.html").read_text()
    anchor = Anchors(pages / "demo" / "index.html").found[wheel.name]
    assert anchor["data-requires-python"] == odd
    page = (pages / "demo" / "index.html").as_uri()
    link = urldefrag(urljoin(page, anchor["href"])).url
    assert unquote(link) == unquote(wheel.as_uri())


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_a_folder_whose_name_is_no_text_is_linked_to(tmp_path: Path) -> None:
    wheels = tmp_path / os.fsdecode(b"wh\xffls")
    add(wheels, None)
    assert index_folder(wheels, pages=tmp_path / "pages").ok
    page = (tmp_path / "pages" / "demo" / "index.html").read_text("utf-8")
    assert 'href="../../wh%FFls/demo-1.0-py3-none-any.whl#' in page


def test_a_release_in_several_folders_has_one_file_on_its_page(tmp_path: Path) -> None:
    """R29, R30: each folder has its own, the page has the whole."""
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    add(wheels / "cpu", "v2", "2")
    add(wheels / "gpu", "v3", "3")
    report = index_folder(wheels, pages=pages)
    assert report.ok
    assert labels_of(wheels / "cpu" / "demo-1.0-variants.json") == ["v2"]
    assert labels_of(wheels / "gpu" / "demo-1.0-variants.json") == ["v3"]
    entry = listed(pages / "demo")["demo-1.0-variants.json"]
    assert entry["url"] == "demo-1.0-variants.json"
    assert labels_of(pages / "demo" / entry["url"]) == ["v2", "v3"]
    shutil.rmtree(wheels / "gpu")
    index_folder(wheels, pages=pages)
    assert not (pages / "demo" / entry["url"]).exists()
    entry = listed(pages / "demo")["demo-1.0-variants.json"]
    assert labels_of(pages / "demo" / entry["url"]) == ["v2"]


def test_folders_that_contradict_each_other(tmp_path: Path) -> None:
    """R35: each alone is right, one page of both cannot be."""
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    add(wheels / "one", "v", "2")
    add(wheels / "two", "v", "3", tag="py2-none-any")
    report = index_folder(wheels, pages=pages)
    assert set(states(report).values()) == {"written"}
    assert texts(report) == [
        (
            "the pages of demo are not updated: variants.v: one/demo-1.0-variants.json says "
            "cpu :: level :: 2; two/demo-1.0-variants.json says cpu :: level :: 3"
        )
    ]
    assert not (pages / "demo").exists()


def test_two_files_of_one_name(tmp_path: Path) -> None:
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    wheel = add(wheels / "one", None)
    (wheels / "two").mkdir()
    shutil.copy(wheel, wheels / "two")
    assert index_folder(wheels, pages=pages).ok
    assert listed(pages / "demo")[wheel.name]["url"].startswith("../../wheels/one/")
    add(wheels / "two", None, requires_python=">=3")
    report = index_folder(wheels, pages=pages)
    assert texts(report) == [
        (
            "the pages of demo are not updated: one/demo-1.0-py3-none-any.whl and "
            "two/demo-1.0-py3-none-any.whl have the same name and different contents; "
            "remove one of them"
        )
    ]


def test_pages_may_lie_among_the_wheels(tmp_path: Path) -> None:
    """Their folder is not read for wheels."""
    add(tmp_path, "v2", "2")
    pages = tmp_path / "simple"
    index_folder(tmp_path, pages=pages)
    add(pages / "demo", "v3", "3")
    report = index_folder(tmp_path, pages=pages)
    assert report.releases[0].labels == ("v2",)
    assert listed(pages / "demo")["demo-1.0-variants.json"]["url"] == (
        "../../demo-1.0-variants.json"
    )


def test_the_folder_may_hold_its_own_pages(tmp_path: Path) -> None:
    """One folder for each project, as many servers want it."""
    wheel = add(tmp_path / "demo", "v2", "2")
    for _ in range(2):
        assert index_folder(tmp_path, pages=tmp_path).ok
    assert listed(tmp_path / "demo")[wheel.name]["url"] == wheel.name


def test_a_page_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    add(tmp_path / "demo", "v2", "2")
    home = tmp_path / "index.html"
    home.write_text("<h1>Welcome</h1>")
    report = index_folder(tmp_path, pages=tmp_path)
    assert not report.ok
    assert texts(report) == [
        (
            f"the list of projects is not updated: {home} is no page of a simple index; "
            "move it away"
        )
    ]
    assert home.read_text() == "<h1>Welcome</h1>"


@pytest.mark.parametrize("name", ["index.html", "index.json"])
def test_a_page_cannot_be_written_where_a_folder_stands(
    tmp_path: Path, name: str
) -> None:
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    add(wheels, "v2", "2")
    add(wheels, None, name="other")
    (pages / "demo" / name).mkdir(parents=True)
    report = index_folder(wheels, pages=pages)
    (text,) = texts(report)
    assert text.startswith(f"{pages / 'demo' / name} cannot be written: ")
    assert (pages / "other" / "index.html").exists()
    assert (wheels / "demo-1.0-variants.json").exists()
    assert not [*pages.rglob(".*")]


def test_the_pages_of_a_lost_project_are_removed(site: Path) -> None:
    for file in site.glob("wheels/demo*"):
        file.unlink()
    note = site / "simple" / "my-pkg" / "note.txt"
    note.write_text("mine")
    report = index_folder(site / "wheels", pages=site / "simple")
    assert report.pages_removed == ("demo/index.html", "demo/index.json")
    assert not (site / "simple" / "demo").exists()
    assert [*Anchors(site / "simple" / "index.html").found] == ["my-pkg"]
    assert note.exists()


def test_the_metadata_of_a_lost_wheel_is_removed(site: Path) -> None:
    (site / "wheels" / "demo-1.0-py3-none-any.whl").unlink()
    report = index_folder(site / "wheels", pages=site / "simple")
    assert report.removed == ("demo-1.0-py3-none-any.whl.metadata",)


def test_without_pages_they_stay(site: Path) -> None:
    before = snapshot(site / "simple")
    metadata = {*site.glob("wheels/*.metadata")}
    add(site / "wheels", "v3", "3")
    index_folder(site / "wheels")
    assert snapshot(site / "simple") == before
    assert {*site.glob("wheels/*.metadata")} == metadata
    (site / "wheels" / "demo-1.0-py3-none-any.whl").unlink()
    index_folder(site / "wheels", pages=site / "simple")
    assert "demo-1.0-py3-none-any-v3.whl" in listed(site / "simple" / "demo")


def test_what_is_written_is_readable_by_others(site: Path) -> None:
    """A web server is another user."""
    reference = site / "reference"
    reference.write_text("")
    written = [*site.rglob("*.json"), *site.rglob("*.html"), *site.rglob("*.metadata")]
    assert len(written) > 6
    assert {file.stat().st_mode for file in written} == {reference.stat().st_mode}


# several runs at once


def run_often(folder: str, pages: str, own: str, times: int) -> None:
    for number in range(times):
        add(Path(folder), f"{own}{number}", str(number))
        index_folder(Path(folder), pages=Path(pages))


def test_two_runs_at_once(tmp_path: Path) -> None:
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    wheels.mkdir()
    context = multiprocessing.get_context("spawn")
    runs = [
        context.Process(target=run_often, args=(str(wheels), str(pages), own, 8))
        for own in "ab"
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join(60)
    # A run may meet a wheel that the other is writing: then it says so, and the
    # last one finds all of them.
    assert index_folder(wheels, pages=pages).ok
    labels = sorted(label_of(file.name) or "" for file in wheels.glob("*.whl"))
    assert len(labels) == 16
    assert labels_of(wheels / "demo-1.0-variants.json") == labels
    assert not [*tmp_path.rglob(".*.pip-variant-index")]
    leftovers = {file.name for file in wheels.glob(".*")}
    assert all(re.fullmatch(r"\.pip-variant-index\.\w+", each) for each in leftovers)


@pytest.mark.skipif(sys.platform == "win32", reason="takes the lock as POSIX does")
def test_a_run_waits_for_the_other(tmp_path: Path) -> None:
    import fcntl

    add(tmp_path, "v2", "2")
    index_folder(tmp_path)
    with (tmp_path / ".pip-variant-index.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        class Released:
            times = 0

            def waiting(self) -> None:
                self.times += 1
                fcntl.flock(file, fcntl.LOCK_UN)

            def reading(self, path: Path, size: int) -> None:
                raise AssertionError

        released = Released()
        assert index_folder(tmp_path, progress=released).ok
        assert released.times == 1
