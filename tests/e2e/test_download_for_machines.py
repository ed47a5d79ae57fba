"""``pip download`` and ``pip wheel`` with all options, and for several machines (J24)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.kit import LEVELS, Document, Index, Pip, label_in, static_document
from tests.running import Result


def machine(folder: Path, name: str, *values: str) -> Path:
    """Write a platform file; nothing else answers for the namespace in it."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"properties": {"cpu": {"level": list(values)}}}))
    return path


def asking(*labels: str) -> Document:
    """Return metadata for levels of the cpu that the machine is asked about."""
    document = static_document({label: {"cpu": {"level": [label]}} for label in labels})
    document["providers"]["cpu"] = {"requires": ["cpu-provider"]}
    document["variants"]["null"] = {}
    return document


@pytest.fixture
def levels_asked(index: Index) -> Index:
    """demo 1.0 with v1, v2, v3, null and a plain wheel, and user, which needs it."""
    index.add(asking("v1", "v2", "v3"))
    index.add(name="user", requires=["demo"])
    return index


def fetch(pip: Pip, index: Index, folder: Path, *args: str | Path) -> Result:
    return pip("download", "--dest", folder, "--index-url", index.url, *args)


def labels(folder: Path) -> list[str | None]:
    return sorted(
        map(label_in, (path.name for path in folder.glob("demo-*.whl"))), key=str
    )


@pytest.mark.parametrize("command", ["download", "wheel"])
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), "v2"),
        (("--variant", "demo=v1"), "v1"),
        (("--force-variant", "demo=v3"), "v3"),
        (("--variant-exclude", "v2"), "v1"),
        (("--no-variant",), None),
    ],
)
def test_the_options_of_install(
    pip: Pip,
    levels_index: Index,
    tmp_path: Path,
    command: str,
    options: tuple[str, ...],
    expected: str | None,
) -> None:
    where = {"download": "--dest", "wheel": "--wheel-dir"}[command]
    url = levels_index.url
    pip(command, where, tmp_path / "got", "--index-url", url, *options, "user").ok()
    assert labels(tmp_path / "got") == [expected]


@pytest.mark.parametrize("command", ["download", "wheel"])
def test_priorities_and_a_platform_file(
    pip: Pip, index: Index, tmp_path: Path, command: str
) -> None:
    machine_of = {"cpu": {"level": ["v1"]}, "gpu": {"kind": ["a"]}}
    variants = {"c": {"cpu": {"level": ["v1"]}}, "g": {"gpu": {"kind": ["a"]}}}
    document = static_document(variants, machine_of)
    index.add(document)
    where = {"download": "--dest", "wheel": "--wheel-dir"}[command]
    options = (where, tmp_path / "got", "--index-url", index.url)
    pip(command, *options, "--variant-priorities", "gpu", "demo").ok()
    assert labels(tmp_path / "got") == ["g"]


def test_the_metadata_is_saved(pip: Pip, levels_index: Index, tmp_path: Path) -> None:
    result = fetch(pip, levels_index, tmp_path / "got", "user").ok()
    assert sorted(path.name for path in (tmp_path / "got").iterdir()) == [
        "demo-1.0-py3-none-any-v2.whl",
        "demo-1.0-variants.json",
        "user-1.0-py3-none-any.whl",
    ]
    assert "Saved " in result.out
    document = json.loads((tmp_path / "got" / "demo-1.0-variants.json").read_text())
    assert list(document["variants"]) == ["v2"]


def test_each_machine_gets_what_it_needs(
    pip: Pip, levels_asked: Index, tmp_path: Path
) -> None:
    """The union: what none of them would share is there for each."""
    files = (
        machine(tmp_path, "new", "v3", "v2", "v1"),
        machine(tmp_path, "old", "v1"),
        machine(tmp_path, "other"),
    )
    options = [text for file in files for text in ("--variant-platform", str(file))]
    mirror = tmp_path / "mirror"
    fetch(pip, levels_asked, mirror, *options, "user").ok()
    assert labels(mirror) == ["null", "v1", "v3"]
    assert (mirror / "user-1.0-py3-none-any.whl").exists()
    document = json.loads((mirror / "demo-1.0-variants.json").read_text())
    assert sorted(document["variants"]) == ["null", "v1", "v3"]
    levels_asked.forget()
    for file, expected in zip(files, ("v3", "v1", "null"), strict=True):
        choice = pip.choose(
            "--no-index", "--find-links", mirror, "--variant-platform", file, "demo"
        )
        assert choice.label == expected
        assert choice.warnings == ""
    assert levels_asked.log == []


def test_install_takes_what_all_machines_share(
    pip: Pip, levels_asked: Index, tmp_path: Path
) -> None:
    """Unlike download: one environment for all of them."""
    new, old = machine(tmp_path, "new", "v3", "v1"), machine(tmp_path, "old", "v1")
    options = ("--variant-platform", new, "--variant-platform", old)
    assert pip.choose("--index-url", levels_asked.url, *options, "demo").label == "v1"


def test_a_second_run_adds_to_the_folder(
    pip: Pip, levels_asked: Index, tmp_path: Path
) -> None:
    mirror = tmp_path / "mirror"
    for name, values in (("new", ("v3", "v1")), ("old", ("v1",))):
        file = machine(tmp_path, name, *values)
        fetch(pip, levels_asked, mirror, "--variant-platform", file, "demo").ok()
    document = json.loads((mirror / "demo-1.0-variants.json").read_text())
    assert sorted(document["variants"]) == ["v1", "v3"]


def test_a_second_run_downloads_nothing(
    pip: Pip, levels_asked: Index, tmp_path: Path
) -> None:
    options = ("--variant-platform", machine(tmp_path, "new", "v3"), "demo")
    fetch(pip, levels_asked, tmp_path / "mirror", *options).ok()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "mirror").iterdir()}
    result = fetch(pip, levels_asked, tmp_path / "mirror", *options).ok()
    assert "File was already downloaded" in result.out
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "mirror").iterdir()}
    assert after == before


def test_requirement_files_and_labels(
    pip: Pip, levels_asked: Index, tmp_path: Path
) -> None:
    """The options that pip changes while it runs are fresh for each machine."""
    (tmp_path / "r.txt").write_text("user\ndemo==1.0\n")
    new, old = machine(tmp_path, "new", "v3", "v1"), machine(tmp_path, "old", "v1")
    options = ("--variant-platform", new, "--variant-platform", old)
    mirror = tmp_path / "mirror"
    fetch(pip, levels_asked, mirror, *options, "-r", tmp_path / "r.txt").ok()
    assert labels(mirror) == ["v1", "v3"]
    one = tmp_path / "one"
    fetch(pip, levels_asked, one, *options, "demo#v1").ok()
    assert labels(one) == ["v1"]


def test_a_machine_that_nothing_fits(pip: Pip, index: Index, tmp_path: Path) -> None:
    """The error names the machine, and what it lacks."""
    document = asking("v3")
    del document["variants"]["null"]
    index.add(document, plain=False)
    old = machine(tmp_path, "old", "v1")
    result = fetch(
        pip, index, tmp_path / "mirror", "--variant-platform", old, "demo"
    ).failed()
    assert "needs cpu :: level :: v3" in result.err
    assert not [*tmp_path.glob("mirror/*-variants.json")]


def test_a_broken_file_stops_before_anything_is_fetched(
    pip: Pip, levels_asked: Index, tmp_path: Path
) -> None:
    new, bad = machine(tmp_path, "new", "v3"), tmp_path / "bad.json"
    bad.write_text("{")
    options = ("--variant-platform", new, "--variant-platform", bad)
    result = fetch(pip, levels_asked, tmp_path / "mirror", *options, "demo").failed()
    assert "bad.json is no platform file" in result.err
    assert levels_asked.log == []


def test_a_foreign_platform(pip: Pip, levels_asked: Index, tmp_path: Path) -> None:
    """The platform file says what the machine of ``--platform`` supports."""
    file = machine(tmp_path, "new", "v3", "v1")
    options: list[Any] = ["--platform", "win_amd64", "--only-binary=:all:"]
    options += ["--variant-platform", file, "demo"]
    fetch(pip, levels_asked, tmp_path / "mirror", *options).ok()
    assert labels(tmp_path / "mirror") == ["v3"]


def test_packages_without_variants_leave_no_metadata(
    pip: Pip, index: Index, tmp_path: Path
) -> None:
    index.add(name="plain")
    fetch(pip, index, tmp_path / "got", "plain").ok()
    assert [path.name for path in (tmp_path / "got").iterdir()] == [
        "plain-1.0-py3-none-any.whl"
    ]


def test_quiet(pip: Pip, index: Index, tmp_path: Path) -> None:
    index.add(LEVELS)
    assert fetch(pip, index, tmp_path / "got", "-q", "demo").ok().both == ""
