"""What is explained, and where it is: requirements, folders, wheels, other machines."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pip_variants.demo.wheels import build_wheel
from tests.e2e.explaining import (
    ask_machine,
    by_label,
    explain,
    explained,
    machine,
    platforms,
    unwrapped,
)
from tests.kit import LEVELS, Index, Pip, gpu, level, levels, static_document


def test_many_files_stay_readable_and_few_are_asked_for(
    pip: Pip, make_index: Callable[..., Index]
) -> None:
    index = make_index(formats=("html",), hashes=False, metadata=False)
    labels = [f"l{number}" for number in range(200)]
    document = static_document({label: level(label) for label in labels})
    first = build_wheel(
        index.project("demo"),
        "demo",
        "1.0",
        label="l0",
        tag="cp38-cp38-win32",
        variant_json=document,
    )
    for label in labels:
        for tag in ("cp38-cp38-win32", "cp39-cp39-win32", "py3-none-any"):
            path = first.with_name(f"demo-1.0-{tag}-{label}.whl")
            if path != first:
                shutil.copy(first, path)
    index.put_metadata(document)
    result = explain(pip, index, "demo").ok()
    assert len(
        [line for line in result.out.splitlines() if "py3-none-any" in line]
    ) in (
        200,
        201,
    )
    assert "win32" not in result.out
    assert "and 400 for another Python or platform" in result.out
    assert len([line for line in index.log if line.startswith("HEAD")]) <= 50


def test_several_requirements(pip: Pip, levels_index: Index) -> None:
    result = explain(pip, levels_index, "--json", "demo", "user").ok()
    names = [release["name"] for release in json.loads(result.out)["releases"]]
    assert names == ["demo", "user"]


def test_the_version_that_pip_would_pick(pip: Pip, index: Index) -> None:
    index.add(levels("v1"), version="1.0")
    index.add(levels("v1"), version="2.0")
    index.add(levels("v3"), version="3.0", plain=False)
    assert explained(pip, index, "demo")["version"] == "2.0"
    assert explained(pip, index, "demo<2")["version"] == "1.0"
    last = explained(pip, index, "demo==3.0")
    assert last["version"] == "3.0"
    assert machine(last)["chosen"] is None


def test_older_versions_are_not_looked_at(pip: Pip, index: Index) -> None:
    for version in ("1.0", "2.0"):
        index.add(LEVELS, version=version)
    explain(pip, index, "demo").ok()
    assert index.metadata_log == ["demo-2.0-variants.json"]


def test_the_same_files_in_two_places(
    pip: Pip, make_index: Callable[..., Index], tmp_path: Path
) -> None:
    """Each is ranked alone, by its own metadata, and told apart."""
    first, second = make_index(), make_index()
    first.add(ask_machine("v1", "v2"))
    second.add(ask_machine("v1", "v2"), listed=None)
    extra = ("--extra-index-url", second.url)
    _, old = platforms(tmp_path)
    here = ("--variant-platform", old)
    release = explained(pip, first, "demo", *extra, *here)
    sources = {f"{first.url}demo/": [1], f"{second.url}demo/": [2]}
    files = machine(release)["files"]
    ranks: dict[str, list[int]] = {}
    for file in files:
        if file["label"] == "v1":
            ranks.setdefault(file["source"], []).append(file["rank"])
    assert ranks == sources
    result = explain(pip, first, "demo", *extra, *here).ok()
    head = f"demo 1.0 in [a] {first.url}demo/, [b] {second.url}demo/"
    assert head in unwrapped(result.out)
    assert "[a] null before" not in result.out
    line = "[a] v1 before [b] v1: its source comes first"
    assert line in unwrapped(result.out)
    assert re.search(r"^1 +v1 .* \[a\] demo-1.0-py3", result.out, re.MULTILINE)
    assert re.search(r"^2 +v1 .* \[b\] demo-1.0-py3", result.out, re.MULTILINE)
    new, _ = platforms(tmp_path)
    grid = explain(pip, first, "demo", *extra, *here, "--variant-platform", new).ok()
    rows = [re.split(r"  +", line) for line in grid.out.splitlines()]
    found = {row[4][:3]: row[2:4] for row in rows if row[0] == "v1"}
    assert found == {"[a]": ["1", "2"], "[b]": ["2", "4"]}


def test_a_source_distribution_and_another_platform(pip: Pip, index: Index) -> None:
    index.add(LEVELS)
    index.add_sdist()
    index.add_wheel(tag="cp38-cp38-win32")
    result = explain(pip, index, "demo").ok()
    assert re.search(r"^5 +\(source\) ", result.out, re.MULTILINE)
    assert "and 1 for another Python or platform" in result.out
    files = machine(explained(pip, index, "demo"))["files"]
    foreign = next(file for file in files if "win32" in file["file"])
    assert foreign["verdict"] == "rejected"
    assert foreign["reason"] == "for another Python or platform"


@pytest.mark.parametrize(
    ("args", "label", "reason"),
    [
        (("demo#v1",), "v2", "v1 is asked for (command line)"),
        (("demo", "--variant", "v1,null"), "v2", "v1, null are asked for (--variant)"),
        (("demo", "--variant=demo=v1"), None, "v1 is asked for (--variant)"),
        (("demo", "--no-variant"), "v2", "variant wheels are ignored"),
        (
            ("demo", "--variant-exclude", "v2"),
            "v2",
            "excluded (--variant-exclude)",
        ),
        (
            ("demo", "--variant-exclude", "cpu::level::v2"),
            "v2",
            "excluded (--variant-exclude)",
        ),
    ],
)
def test_what_the_user_asked_for(
    pip: Pip, levels_index: Index, args: tuple[str, ...], label: str, reason: str
) -> None:
    release = explained(pip, levels_index, *args)
    assert by_label(release)[label]["reason"] == reason
    choice = pip.choose("--index-url", levels_index.url, *args)
    assert machine(release)["chosen"] == choice.file


def test_a_label_that_does_not_exist(pip: Pip, levels_index: Index) -> None:
    result = explain(pip, levels_index, "demo#v9").ok()
    assert "On this machine, pip would take none of them." in result.out
    assert "v9: is asked for, and does not exist" in result.out


def test_a_forced_label_warns_beside_the_json(pip: Pip, levels_index: Index) -> None:
    result = explain(pip, levels_index, "--json", "demo", "--force-variant", "v3").ok()
    assert machine(json.loads(result.out)["releases"][0])["chosen"].endswith("-v3.whl")
    assert len(result.warnings) == 1
    assert result.warnings[0] in result.err


def test_settings_of_install_count(pip: Pip, levels_index: Index) -> None:
    environ = {"PIP_VARIANT": "v1"}
    release = explained(pip, levels_index, "demo", environ=environ)
    assert machine(release)["chosen"].endswith("-v1.whl")
    isolated = explained(pip, levels_index, "--isolated", "demo", environ=environ)
    assert machine(isolated)["chosen"].endswith("-v2.whl")


def test_another_machine(pip: Pip, demo_index: Index, tmp_path: Path) -> None:
    file = tmp_path / "gpu.json"
    written = pip("variant", "platform", "--json", environ=gpu("12.9", "9.0")).ok()
    file.write_text(written.out)
    release = explained(pip, demo_index, "torch", "--variant-platform", file)
    assert machine(release)["name"] == str(file)
    assert machine(release)["chosen"] == "torch-2.8.0-py3-none-any-cu129.whl"
    assert machine(release)["asked"][0]["source"] == "platform file"


def test_a_grid_of_machines(pip: Pip, index: Index, tmp_path: Path) -> None:
    index.add(ask_machine("v1", "v2", "v3"))
    new, old = platforms(tmp_path)
    files = ("--variant-platform", new, "--variant-platform", old)
    result = explain(pip, index, "demo", *files).ok()
    head, names, table = result.out.rstrip().split("\n\n")
    assert head == f"demo 1.0 in {index.url}demo/"
    assert unwrapped(names) == [
        f"[1] {new}: demo-1.0-py3-none-any-v3.whl",
        f"[2] {old}: demo-1.0-py3-none-any-v1.whl",
        "One environment for all of them: demo-1.0-py3-none-any-v1.whl",
    ]
    cells = [re.split(r"  +", line) for line in table.splitlines()]
    assert cells[0] == ["Label", "Size", "[1]", "[2]", "File"]
    assert {row[0]: row[2:4] for row in cells[1:]} == {
        "v3": ["1", "-"],
        "v2": ["2", "-"],
        "v1": ["3", "1"],
        "(plain)": ["4", "2"],
    }
    release = explained(pip, index, "demo", *files)
    assert [each["name"] for each in release["machines"]] == [str(new), str(old)]


@pytest.mark.parametrize("content", ["{", "[]", '{"properties": 1}'])
def test_a_broken_platform_file(
    pip: Pip, levels_index: Index, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "bad.json"
    file.write_text(content)
    result = explain(pip, levels_index, "demo", "--variant-platform", file).failed()
    assert f"{file} is no platform file" in result.err
    assert result.out == ""


def test_a_folder(pip: Pip, levels_index: Index) -> None:
    """Only what has variants is told of, and no index is asked."""
    result = pip("variant", "explain", "--json", levels_index.links()).ok()
    (release,) = json.loads(result.out)["releases"]
    assert release["name"] == "demo"
    assert release["sources"] == [str(levels_index.links())]
    assert machine(release)["chosen"] == "demo-1.0-py3-none-any-v2.whl"
    assert levels_index.log == []


def test_a_wheel_file(pip: Pip, levels_index: Index) -> None:
    for label, verdict in (("v2", "chosen"), ("v3", "rejected")):
        wheel = levels_index.links() / f"demo-1.0-py3-none-any-{label}.whl"
        release = explained(pip, levels_index, wheel)
        (file,) = machine(release)["files"]
        assert (file["label"], file["verdict"]) == (label, verdict)
        assert file["size"] == wheel.stat().st_size
    assert levels_index.log == []


def test_the_address_of_a_wheel(pip: Pip, levels_index: Index) -> None:
    url = f"{levels_index.url}demo/demo-1.0-py3-none-any-v3.whl"
    (file,) = machine(explained(pip, levels_index, url))["files"]
    assert file["remedy"] == "would fit on a machine with cpu :: level :: v3" or (
        file["remedy"] == "would be taken on a machine with cpu :: level :: v3"
    )


def test_a_server_that_sends_no_parts(
    pip: Pip, make_index: Callable[..., Index]
) -> None:
    index = make_index(ranges=False)
    index.add(LEVELS)
    url = f"{index.url}demo/demo-1.0-py3-none-any-v2.whl"
    result = explain(pip, index, url).failed()
    assert "download it first" in result.err


def test_an_address_that_cannot_be_reached(pip: Pip, levels_index: Index) -> None:
    """pip's own words, which are rich text in newer releases."""
    url = "http://127.0.0.1:9/demo-1.0-py3-none-any-v2.whl"
    result = explain(pip, levels_index, "--retries=0", url)
    assert result.status == 1
    assert "127.0.0.1" in result.err
    assert "Traceback" not in result.err
    assert "ConnectionFailedError" not in result.err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("demo-1.0-py3-none-any-v2.whl", b"junk"),
        ("demo-1.0-py3-none-any-v2.whl", b""),
        ("demo.whl", b"junk"),
    ],
)
def test_a_corrupt_wheel(
    pip: Pip, levels_index: Index, tmp_path: Path, name: str, content: bytes
) -> None:
    wheel = tmp_path / name
    wheel.write_bytes(content)
    result = explain(pip, levels_index, wheel).failed()
    assert name.removesuffix(".whl") in result.err


def test_a_renamed_wheel(pip: Pip, levels_index: Index, tmp_path: Path) -> None:
    """E32: the label inside is another."""
    source = levels_index.links() / "demo-1.0-py3-none-any-v2.whl"
    wheel = shutil.copy(source, tmp_path / "demo-1.0-py3-none-any-v1.whl")
    result = explain(pip, levels_index, wheel).failed()
    assert "is named 'v1', but its variant.json describes 'v2'" in result.err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "give at least one requirement, wheel or folder of wheels"),
        (("nothing",), "satisfies the requirement nothing (from versions: none)"),
        (("demo>9",), "satisfies the requirement demo>9 (from versions: 1.0)"),
        (("--no-index", "demo"), "(from versions: none)"),
        (("not a requirement!",), "Invalid requirement"),
        (("demo#V1",), "'V1' is no variant label"),
        (("git+https://127.0.0.1/demo",), "is no wheel: only wheels have variants"),
        (("demo-1.0.tar.gz",), "is no wheel: only wheels have variants"),
    ],
)
def test_errors(
    pip: Pip, levels_index: Index, args: tuple[str, ...], message: str
) -> None:
    result = explain(pip, levels_index, *args).failed()
    assert message in result.err
    assert result.status == 1
    assert result.out == ""


def test_folders_without_variants(pip: Pip, tmp_path: Path) -> None:
    result = pip("variant", "explain", tmp_path).failed()
    assert "is a folder without variant wheels" in result.err
    (tmp_path / "pyproject.toml").write_text("")
    result = pip("variant", "explain", tmp_path).failed()
    assert "is a project" in result.err
