"""``pip variant explain``: which variant pip would take, and why (J3)."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pip_variants.demo.wheels import build_wheel
from tests.e2e.kit import (
    LEVELS,
    Document,
    Index,
    Pip,
    Result,
    gpu,
    level,
    levels,
    static_document,
)

NEW = {"properties": {"cpu": {"level": ["v3", "v2", "v1"]}}}
OLD = {"properties": {"cpu": {"level": ["v1"]}}}


def explain(pip: Pip, index: Index, *args: str | Path, **named: Any) -> Result:
    return pip("variant", "explain", "--index-url", index.url, *args, **named)


def explained(pip: Pip, index: Index, *args: str | Path, **named: Any) -> Document:
    """Return what is told about the only release."""
    result = explain(pip, index, "--json", *args, **named).ok()
    (release,) = json.loads(result.out)["releases"]
    found: Document = release
    return found


def machine(release: Document) -> Document:
    (found,) = release["machines"]
    answer: Document = found
    return answer


def by_label(release: Document) -> dict[str | None, Document]:
    return {file["label"]: file for file in machine(release)["files"]}


def unwrapped(text: str) -> list[str]:
    """Return the lines of an output, with sentences in one piece."""
    return re.sub(r"\n(?:  |      )(?=\S)", " ", text).splitlines()


def behind(release: Document) -> dict[str | None, str]:
    """Return why each label stands behind the one before it."""
    files = machine(release)["files"]
    return {f["label"]: f["behind"]["reason"] for f in files if f["behind"]}


def ask_machine(*labels: str) -> Document:
    """Return metadata with labels whose property no static list answers for."""
    document = levels(*labels)
    del document["providers"]["cpu"]["static-properties"]
    document["providers"]["cpu"]["requires"] = ["cpu-provider"]
    return document


def platforms(folder: Path) -> tuple[Path, Path]:
    """Write the files of a new and of an old machine."""
    paths = folder / "new.json", folder / "old.json"
    for path, content in zip(paths, (NEW, OLD), strict=True):
        path.write_text(json.dumps(content))
    return paths


def test_the_table(pip: Pip, levels_index: Index) -> None:
    result = explain(pip, levels_index, "demo").ok()
    table, told = result.out.split("\n\n")[1:]
    rows = [re.split(r"  +", line)[:2] for line in table.splitlines()]
    assert rows == [
        ["Rank", "Label"],
        ["1", "v2"],
        ["2", "v1"],
        ["3", "null"],
        ["4", "(plain)"],
        ["-", "v3"],
    ]
    assert told.splitlines() == [
        "On this machine, pip would take demo-1.0-py3-none-any-v2.whl.",
        "    cpu :: level :: v2",
        "v2 before v1: cpu :: level :: v2 before v1",
        "v1 before null: null has no properties",
        "null before (plain): variants come before plain wheels",
        "v3: needs cpu :: level :: v3, this machine offers v2, v1",
        "    would be taken on a machine with cpu :: level :: v3",
        "Asked about cpu: static list in the metadata",
    ]
    assert result.err == ""


def test_a_driver_is_told_by_its_version(pip: Pip, demo_index: Index) -> None:
    """The words that everybody looks for."""
    files = by_label(explained(pip, demo_index, "torch", environ=gpu("12.6")))
    reason = "needs nvidia driver >= 12.9, this machine offers 12.6"
    assert files["cu129"]["reason"] == reason
    assert files["cu129"]["remedy"] == (
        "would be taken on a machine with nvidia driver >= 12.9"
    )
    assert files["cu126"]["verdict"] == "chosen"


def test_the_json_has_the_documented_keys(pip: Pip, levels_index: Index) -> None:
    result = explain(pip, levels_index, "--json", "demo").ok()
    document = json.loads(result.out)
    assert document["version"] == 1
    (release,) = document["releases"]
    assert (release["name"], release["version"]) == ("demo", "1.0")
    assert release["sources"] == [f"{levels_index.url}demo/"]
    (here,) = release["machines"]
    assert here["name"] == "this machine"
    assert here["chosen"] == "demo-1.0-py3-none-any-v2.whl"
    assert here["missing"] == []
    assert here["asked"] == [
        {"namespace": "cpu", "source": "static list in the metadata", "seconds": 0.0}
    ]
    wheel = levels_index.links() / "demo-1.0-py3-none-any-v3.whl"
    assert by_label(release)["v3"] == {
        "file": wheel.name,
        "source": f"{levels_index.url}demo/",
        "label": "v3",
        "size": wheel.stat().st_size,
        "rank": None,
        "verdict": "rejected",
        "behind": None,
        "declared": {"cpu": {"level": ["v3"]}},
        "matched": {},
        "reason": "needs cpu :: level :: v3, this machine offers v2, v1",
        "needs": [
            {
                "namespace": "cpu",
                "feature": "level",
                "values": ["v3"],
                "offered": ["v2", "v1"],
            }
        ],
        "remedy": "would be taken on a machine with cpu :: level :: v3",
    }
    first, second = here["files"][:2]
    assert (first["behind"], first["matched"]) == (None, {"cpu": {"level": ["v2"]}})
    assert second["behind"] == {
        "file": first["file"],
        "source": first["source"],
        "reason": "cpu :: level :: v2 before v1",
        "better": {"namespace": "cpu", "feature": "level", "value": "v2"},
        "worse": {"namespace": "cpu", "feature": "level", "value": "v1"},
    }
    assert release["priorities"] == release["exclude"] == {"items": [], "place": ""}
    verdicts = [file["verdict"] for file in here["files"]]
    assert verdicts == ["chosen", "usable", "usable", "usable", "rejected"]
    assert [file["rank"] for file in here["files"]] == [1, 2, 3, 4, None]


def test_the_first_is_what_pip_installs(pip: Pip, demo_index: Index) -> None:
    for environ in ({}, gpu("12.8")):
        for name in ("torch", "torch==2.7.0", "numpy", "mypackage"):
            release = explained(pip, demo_index, name, environ=environ)
            options = ("--index-url", demo_index.url, name)
            choice = pip.choose(*options, environ=environ)
            assert machine(release)["chosen"] == choice.file


def test_a_remedy_is_true(pip: Pip, index: Index, tmp_path: Path) -> None:
    """On a machine that has what is missing, pip takes what was promised."""
    index.add(ask_machine("v1", "v2", "v3"))
    file = tmp_path / "old.json"
    file.write_text(json.dumps(OLD))
    there = ("--variant-platform", file)
    for label, ruling in by_label(explained(pip, index, "demo", *there)).items():
        if ruling["verdict"] != "rejected":
            continue
        assert ruling["remedy"].startswith("would be taken on a machine with")
        (need,) = ruling["needs"]
        offered = [*need["values"], *need["offered"]]
        other = tmp_path / "other.json"
        other.write_text(json.dumps({"properties": {"cpu": {"level": offered}}}))
        options = ("--index-url", index.url, "--variant-platform", other)
        assert pip.choose(*options, "demo").label == label


@pytest.mark.parametrize("formats", [("json",), ("html",)])
def test_sizes(
    pip: Pip, make_index: Callable[..., Index], formats: tuple[str, ...]
) -> None:
    """The page says how large a file is, or the server does (J16)."""
    index = make_index(formats=formats)
    index.add(LEVELS)
    sizes = {
        path.name: path.stat().st_size for path in sorted(index.links().glob("*.whl"))
    }
    release = explained(pip, index, "demo")
    assert {f["file"]: f["size"] for f in machine(release)["files"]} == sizes
    heads = [line for line in index.log if line.startswith("HEAD")]
    assert len(heads) == (0 if formats == ("json",) else len(sizes))


MANY = {
    "cpu": {"level": ["v3", "v2", "v1"], "fma": ["on"]},
    "blas": {"library": ["mkl", "openblas"]},
}
"""What a machine supports that has more than levels."""


def test_what_decides_between_neighbours(pip: Pip, index: Index) -> None:
    mkl, openblas = ({"blas": {"library": [name]}} for name in ("mkl", "openblas"))
    fma = {"cpu": {"fma": ["on"]}}
    variants = {
        "a": level("v2") | mkl,
        "b": level("v2"),
        "c": level("v1", "v2"),
        "d": level("v1") | openblas,
        "e": fma,
        "f": mkl,
        "g": openblas,
        "null": {},
    }
    index.add(static_document(variants, MANY))
    release = explained(pip, index, "demo")
    order = [file["label"] for file in machine(release)["files"]]
    assert order == ["a", "b", "c", "d", "e", "f", "g", "null", None]
    assert behind(release) == {
        "b": "has more: blas :: library :: mkl",
        "c": "by label, for the same properties count",
        "d": "cpu :: level :: v2 before v1",
        "e": "cpu :: level :: v1 before cpu :: fma :: on",
        "f": "cpu :: fma :: on before blas :: library :: mkl",
        "g": "blas :: library :: mkl before openblas",
        "null": "null has no properties",
        None: "variants come before plain wheels",
    }


def test_the_priorities_decide_between_neighbours(
    pip: Pip, levels_index: Index
) -> None:
    wish = ("--variant-priorities", "cpu::level::v1")
    release = explained(pip, levels_index, "demo", *wish)
    assert behind(release)["v2"] == "cpu :: level :: v1 before v2"
    assert release["priorities"] == {
        "items": ["cpu::level::v1"],
        "place": "--variant-priorities",
    }
    asked = explained(pip, levels_index, "demo", "--variant", "null,v2")
    assert behind(asked) == {"v2": "they are asked for in this order (--variant)"}


def test_neighbours_that_no_label_parts(pip: Pip, index: Index) -> None:
    """The rules of pip itself; people are told of other labels alone."""
    index.add(LEVELS)
    index.add_sdist()
    built = index.links() / "demo-1.0-1-py3-none-any.whl"
    shutil.copy(index.links() / "demo-1.0-py3-none-any.whl", built)
    tagged = index.links() / "demo-1.0-py2.py3-none-any-v2.whl"
    shutil.copy(index.links() / "demo-1.0-py3-none-any-v2.whl", tagged)
    release = explained(pip, index, "demo")
    reasons = [f["behind"]["reason"] for f in machine(release)["files"] if f["behind"]]
    assert reasons.count("its tags for Python and platform fit better") == 1
    assert reasons.count("its build number is higher") == 1
    assert reasons[-1] == "wheels come before source distributions"
    lines = explain(pip, index, "demo").ok().out.splitlines()
    assert "(plain) before (source): wheels come before source distributions" in lines
    assert not [line for line in lines if line.startswith("v2 before v2")]


def test_ten_neighbours_are_enough(pip: Pip, index: Index) -> None:
    labels = [f"l{number:02}" for number in range(14)]
    index.add(static_document({label: level("v1") for label in labels}))
    lines = explain(pip, index, "demo").ok().out.splitlines()
    assert len([line for line in lines if " before " in line]) == 10
    assert "and 4 more, which --json shows" in lines
    assert len(behind(explained(pip, index, "demo"))) == 14


def test_the_lists_in_effect_are_told_with_their_place(
    pip: Pip, levels_index: Index, tmp_path: Path
) -> None:
    file = tmp_path / "variants.toml"
    file.write_text('priorities = ["cpu::level::v1"]\nexclude = ["v2"]\n')
    result = explain(pip, levels_index, "demo", cwd=tmp_path).ok()
    lines = unwrapped(result.out)
    assert f"Priorities: cpu::level::v1 (priorities in {file})" in lines
    assert f"Excluded: v2 (exclude in {file})" in lines
    assert f"v2: excluded (exclude in {file})" in lines
    release = explained(pip, levels_index, "demo", cwd=tmp_path)
    assert release["exclude"] == {"items": ["v2"], "place": f"exclude in {file}"}
    new, old = platforms(tmp_path)
    both = ("--variant-platform", new, "--variant-platform", old)
    grid = explain(pip, levels_index, "demo", *both, cwd=tmp_path).ok()
    assert f"Excluded: v2 (exclude in {file})" in unwrapped(grid.out)


def test_the_properties_of_each_label(pip: Pip, demo_index: Index) -> None:
    environ = gpu("12.8")
    result = explain(pip, demo_index, "-v", "torch", environ=environ).ok()
    lines = unwrapped(result.out)
    told = [line for line in lines if line.startswith("Properties of")]
    assert told == [f"Properties of {label}:" for label in ("cu128", "cu126", "cu129")]
    assert "    nvidia :: cuda_version_lower_bound :: 12.8" in lines
    assert "    nvidia :: cuda_version_lower_bound :: 12.9 (supported: none)" in lines
    architectures = next(line for line in lines if "sm_arch" in line)
    values = re.findall(r"\d+_real", architectures.partition(" (")[0])
    assert values == sorted(values, key=lambda value: int(value.partition("_")[0]))
    assert architectures.endswith("(supported: 75_real)")
    quiet = explain(pip, demo_index, "torch", environ=environ).ok()
    assert "Properties of" not in quiet.out
    taken = quiet.out.split("cu128.whl.\n")[1].splitlines()[:2]
    assert taken == [
        "    nvidia :: cuda_version_lower_bound :: 12.8",
        "    nvidia :: sm_arch :: 75_real",
    ]
    file = by_label(explained(pip, demo_index, "torch", environ=environ))["cu129"]
    assert file["declared"]["nvidia"]["cuda_version_lower_bound"] == ["12.9"]
    assert file["matched"] == {"nvidia": {"sm_arch": ["75_real"]}}


def test_the_best_value_stands_first(pip: Pip, index: Index) -> None:
    index.add(static_document({"both": level("v1", "v2", "v9")}))
    assert by_label(explained(pip, index, "demo"))["both"]["matched"] == {
        "cpu": {"level": ["v2", "v1"]}
    }
    assert "\n    cpu :: level :: v2, v1\n" in explain(pip, index, "demo").out


def test_no_properties_are_told_of(pip: Pip, levels_index: Index) -> None:
    null = explain(pip, levels_index, "demo#null").ok().out.splitlines()
    assert "    no properties: it fits every machine" in null
    plain = explain(pip, levels_index, "demo", "--no-variant").ok()
    assert "no properties" not in plain.out


def test_sentences_fit_a_terminal(pip: Pip, demo_index: Index, tmp_path: Path) -> None:
    """A name is not broken, though it is longer."""
    folder = tmp_path / "a folder with blanks"
    folder.mkdir()
    file, _ = platforms(folder)
    file.write_text('{"properties": {"nvidia": {"sm_arch": ["75_real"]}}}')
    for args in ((), ("-v",), ("--variant-platform", file)):
        result = explain(pip, demo_index, "torch", *args, environ=gpu("12.4")).ok()
        sentences = result.out.split(".whl\n")[-1].splitlines()
        long = [line for line in sentences if len(line) > 80]
        assert all(str(file) in line for line in long)
    assert str(file) in result.out
    assert "one of 75_real, 80_real, 86_real, 90_real, ... (" in " ".join(
        explain(pip, demo_index, "torch", environ=gpu("12.8", "3.5")).out.split()
    )


def test_nothing_is_said_twice(pip: Pip, demo_index: Index) -> None:
    """Neither that there is no GPU, nor what the property is for."""
    nothing = {"NV_VARIANT_PROVIDER_FORCE_CUDA_DRIVER_VERSION": ""}
    files = by_label(explained(pip, demo_index, "torch", environ=nothing))
    assert files["cu128"]["reason"].endswith("this machine offers nothing of nvidia")


def test_wheels_are_not_downloaded(pip: Pip, levels_index: Index) -> None:
    explain(pip, levels_index, "demo").ok()
    assert not [line for line in levels_index.log if re.match(r"GET .*\.whl$", line)]


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


def test_notes_stay_out_of_the_json(pip: Pip, index: Index) -> None:
    """Without the metadata file, pip says that it reads wheels."""
    index.add(LEVELS, listed=None)
    for verbosity in ((), ("-v",), ("-vv",), ("-q",), ("-qq",)):
        release = explained(pip, index, *verbosity, "demo")
        assert machine(release)["chosen"] == "demo-1.0-py3-none-any-v2.whl"


def test_quiet(pip: Pip, levels_index: Index) -> None:
    result = explain(pip, levels_index, "-q", "demo").ok()
    assert result.both == ""


def test_options_before_the_verb(pip: Pip, levels_index: Index) -> None:
    options = ("--index-url", levels_index.url)
    result = pip("variant", "--json", "explain", "demo", *options).ok()
    assert json.loads(result.out)["version"] == 1


def test_the_plainest_locale(pip: Pip, levels_index: Index) -> None:
    environ = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    result = explain(pip, levels_index, "demo", environ=environ).ok()
    assert result.out.isascii()


def test_credentials_are_not_shown(pip: Pip, make_index: Callable[..., Index]) -> None:
    index = make_index(credentials=("me", "secret"))
    index.add(LEVELS)
    for output in ((), ("--json",)):
        url = index.url_as("me", "secret")
        result = pip("variant", "explain", *output, "--index-url", url, "demo").ok()
        assert "secret" not in result.both
