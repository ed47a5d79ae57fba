"""``pip variant explain``: which variant pip would take, and why (J3)."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.explaining import (
    OLD,
    ask_machine,
    behind,
    by_label,
    explain,
    explained,
    machine,
    platforms,
    unwrapped,
)
from tests.kit import LEVELS, Index, Pip, gpu, level, static_document


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
