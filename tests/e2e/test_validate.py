"""``pip variant validate``, as a publisher types it before an upload (J19)."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.kit import SCHEMA_0_2_0, Document, Index, Pip, levels
from tests.running import Result

GOOD: Document = {
    "$schema": SCHEMA_0_2_0,
    "default-priorities": {"namespace": ["x86_64"]},
    "providers": {"x86_64": {"requires": ["provider-variant-x86-64"]}},
    "variants": {
        "null": {},
        "v1": {"x86_64": {"level": ["v1"]}},
        "v2": {"x86_64": {"level": ["v2"]}},
    },
}
PROJECT = """
[variant.default-priorities]
namespace = ["x86_64"]
[variant.providers.x86_64]
requires = ["provider-variant-x86-64"]
"""
NOTE = """\
the format:
  note R15: a draft as yet, for trials: expect to make these wheels anew
"""


def provided(requirement: str, namespace: str = "fabric") -> Document:
    """Return metadata with one namespace, which a package provides."""
    return {
        "$schema": SCHEMA_0_2_0,
        "default-priorities": {"namespace": [namespace]},
        "providers": {namespace: {"requires": [requirement]}},
        "variants": {"null": {}},
    }


def validate(
    pip: Pip, *args: str | Path, environ: Mapping[str, str] | None = None
) -> Result:
    return pip("variant", "validate", "--no-index", *args, environ=environ)


def report(result: Result) -> Any:
    return json.loads(result.out)


def rules(result: Result) -> set[str]:
    return {each["rule"] for each in report(result)["findings"]} - {"R15"}


def test_a_good_folder_gets_one_note_and_status_0(pip: Pip, index: Index) -> None:
    index.add(GOOD)
    result = validate(pip, index.links()).ok()
    assert result.out == (f"{NOTE}Checked 4 wheels and 1 metadata file: 1 note.\n")
    assert result.err == ""


def test_each_finding_has_severity_rule_text_and_remedy(pip: Pip, index: Index) -> None:
    """One line a finding, by file; the remedy below it."""
    index.add_wheel("v2", variant_json=GOOD, inner_label="v1")
    result = validate(pip, index.links())
    assert result.status == 1
    wheel = index.links() / "demo-1.0-py3-none-any-v2.whl"
    lines = result.out.splitlines()
    assert lines[0] == f"{wheel}:"
    assert lines[1] == (
        "  error R25: is named 'v2', and its variant.json describes 'v1'"
    )
    assert lines[2].startswith("      rename it, or make it anew:")
    assert lines[-1] == "Checked 1 wheel: 1 error, 1 warning, 1 note."


def test_an_error_is_status_1_and_a_warning_only_with_strict(
    pip: Pip, index: Index
) -> None:
    more = {**GOOD["variants"], "v3": {"x86_64": {"level": ["v3"]}}}
    index.add(GOOD, listed={**GOOD, "variants": more})
    folder = index.links()
    assert validate(pip, folder).status == 0
    assert validate(pip, "--strict", folder).status == 1
    assert validate(pip, "--strict", "--ignore", "R30", folder).status == 0
    (folder / "broken-1.0-py3-none-any.whl").write_bytes(b"")
    assert validate(pip, folder).status == 1
    assert validate(pip, "--ignore", "r30,W1", "--strict", folder).status == 0


def test_quiet_prints_nothing_and_keeps_the_status(pip: Pip, index: Index) -> None:
    index.add_wheel("v2")
    result = validate(pip, "-q", index.links())
    assert (result.status, result.both) == (1, "")


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((), "give at least one wheel"),
        (("empty",), "holds no wheel"),
        (("missing",), "there is no file"),
        (("notes.txt",), "is nothing to check"),
        (("--ignore", "X1", "empty"), "there is no rule 'X1'"),
    ],
)
def test_what_cannot_be_checked_is_an_error(
    pip: Pip, tmp_path: Path, args: tuple[str, ...], told: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("")
    result = pip("variant", "validate", "--no-index", *args, cwd=tmp_path).failed()
    assert told in result.err


def test_json_has_every_finding(pip: Pip, index: Index) -> None:
    index.add(GOOD, labels=["v1"])
    listed = {**GOOD["variants"], "v3": {"x86_64": {"level": ["v3"]}}}
    del listed["null"], listed["v2"]
    index.put_metadata({**GOOD, "variants": listed})
    document = report(validate(pip, "--json", index.links()))
    assert document["passed"] is True
    assert document["checked"] == {
        "wheels": 2,
        "releases": 1,
        "documents": 1,
        "projects": 0,
    }
    found = [each for each in document["findings"] if each["rule"] == "R30"]
    assert found == [
        {
            "rule": "R30",
            "severity": "warning",
            "where": str(index.links() / "demo-1.0-variants.json"),
            "package": "demo",
            "version": "1.0",
            "label": "",
            "text": "lists 'v3', of which there are no wheels",
            "remedy": 'add the wheels, or write it anew: "pip variant index"',
        }
    ]


def test_markers_of_variants_are_read_and_others_are_parsed(
    pip: Pip, index: Index
) -> None:
    """R49, R54."""
    index.add(
        GOOD,
        requires=[
            "a; variant_label == 'v2'",
            "b; variant_label == 'cu129'",
            "c; python_version is '3'",
        ],
    )
    document = report(validate(pip, "--json", index.links()))
    texts = {each["rule"]: each["text"] for each in document["findings"]}
    assert set(texts) == {"R15", "R54", "R56", "W3"}
    assert "b; variant_label == 'cu129'" in texts["R54"]
    assert "c; python_version is '3'" in texts["W3"]


def test_markers_of_providers_are_evaluated_for_all_platforms(
    pip: Pip, index: Index
) -> None:
    """R80: what the machine of the publisher has does not count."""
    index.add(provided("x; sys_platform == 'linux'"))
    assert rules(validate(pip, "--json", index.links())) == {"R80"}


def test_a_provider_on_the_index_is_found(pip: Pip, index: Index) -> None:
    """R86: whoever installs looks for it where the wheels are."""
    index.add(provided("fabric-provider>=1"))
    index.add(name="fabric-provider")
    result = pip("variant", "validate", "--json", "-i", index.url, index.links()).ok()
    assert rules(result) == set()


def test_a_provider_that_is_nowhere_is_a_warning(pip: Pip, index: Index) -> None:
    index.add(provided("fabric-provider>=2"))
    asked = ("variant", "validate", "--json", "-i", index.url, index.links())
    document = report(pip(*asked).ok())
    (found,) = [each for each in document["findings"] if each["rule"] == "R86"]
    assert found["severity"] == "warning"
    assert found["text"] == ("the provider of fabric: fabric-provider>=2 is not found")
    assert rules(pip(*asked, "--no-provider-check").ok()) == set()
    index.add(name="fabric-provider")
    document = report(pip(*asked).ok())
    (found,) = [each for each in document["findings"] if each["rule"] == "R86"]
    assert found["text"] == (
        "the provider of fabric: fabric-provider>=2 is not found, only other versions: "
        "fabric_provider-1.0-py3-none-any.whl"
    )


@pytest.mark.parametrize(("version", "rule"), [("1.0", "R87"), ("0.9", "R86")])
def test_of_a_provider_only_the_versions_that_fit_count(
    pip: Pip, index: Index, version: str, rule: str
) -> None:
    """R86, R87: somebody else's old files of the same name are no provider."""
    index.add(provided("fabric-provider>=1"))
    index.add_sdist("fabric-provider", version)
    document = report(
        pip("variant", "validate", "--json", "-i", index.url, index.links())
    )
    (found,) = [each for each in document["findings"] if each["rule"] != "R15"]
    assert found["rule"] == rule
    assert f"fabric_provider-{version}.tar.gz" in found["text"]


def test_a_provider_that_comes_as_a_variant_alone_is_an_error(
    pip: Pip, index: Index
) -> None:
    """R87, E19."""
    index.add(provided("fabric-provider"))
    index.add(GOOD, name="fabric-provider", plain=False)
    result = pip("variant", "validate", "--json", "-i", index.url, index.links())
    assert result.status == 1
    assert rules(result) == {"R87"}


def test_a_provider_that_tools_have_built_in_is_worth_a_note(
    pip: Pip, index: Index
) -> None:
    index.add(provided("provider-variant-x86-64", "x86_64"))
    result = pip("variant", "validate", "--json", "-i", index.url, index.links()).ok()
    found = {(e["rule"], e["severity"]) for e in report(result)["findings"]}
    assert found == {("R15", "note"), ("R86", "note")}


def test_an_index_that_cannot_be_reached_is_a_warning(pip: Pip, index: Index) -> None:
    index.add(provided("fabric-provider"))
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/simple/"
        result = pip(
            "variant", "validate", "--json", "--retries=0", "-i", url, index.links()
        ).ok()
    (found,) = [e for e in report(result)["findings"] if e["rule"] == "R86"]
    assert found["severity"] == "warning"
    assert "could not be looked for" in found["text"]
    assert "--no-provider-check" in found["remedy"]


def test_a_folder_of_links_is_looked_at_as_well(pip: Pip, index: Index) -> None:
    index.add(provided("fabric-provider"))
    index.add(name="fabric-provider")
    links = index.project("fabric-provider")
    result = validate(pip, "--json", "--find-links", links, index.links()).ok()
    assert rules(result) == set()


def test_properties_are_those_of_the_built_in_provider(pip: Pip, index: Index) -> None:
    """R105: a level of x86-64 that there is none of."""
    document = provided("provider-variant-x86-64", "x86_64")
    document["variants"]["v9"] = {"x86_64": {"level": ["v9"]}}
    index.add(document)
    result = validate(pip, "--json", index.links())
    assert result.status == 1
    assert rules(result) == {"R105"}


def test_names_with_terminal_controls_are_printed_harmlessly(
    pip: Pip, tmp_path: Path
) -> None:
    """E34: untrusted text never reaches the terminal as it is."""
    name = "demo-1.0-py3-none-any-\x1b[31m.whl"
    try:
        (tmp_path / name).write_bytes(b"")
    except OSError:
        pytest.skip("no such file name here")
    result = validate(pip, tmp_path)
    assert result.status == 1
    assert "\x1b" not in result.both


def test_a_project_is_checked_before_it_is_built(pip: Pip, tmp_path: Path) -> None:
    """R98: everything that is wrong at once."""
    (tmp_path / "pyproject.toml").write_text(
        '[variant.default-priorities]\nnamespace = ["cpu"]\n'
        "[variant.providers.cpu]\noptional = 1\n"
        '[variant.variants.v3.gpu]\narch = ["1"]\n'
    )
    document = report(validate(pip, "--json", tmp_path / "pyproject.toml"))
    assert document["checked"]["projects"] == 1
    texts = [each["text"] for each in document["findings"]]
    assert len(texts) > 1
    assert any("variant.variants.v3.gpu" in text for text in texts)


def test_a_project_is_told_about_its_dependencies_and_its_matrix(
    pip: Pip, tmp_path: Path
) -> None:
    """R8, R49, R54: before the first wheel is built."""
    (tmp_path / "pyproject.toml").write_text(
        """
[project]
dependencies = ["a; 'x86_64 :: levle' in variant_features"]
[project.optional-dependencies]
gpu = ["b; variant_namespaces == 'x86_64'"]
"""
        + PROJECT
        + """
[variant.matrix.axes]
level = { property = "x86_64 :: level", values = ["v2", "v3"] }
"""
    )
    result = validate(pip, tmp_path)
    assert result.status == 1
    told = " ".join(result.out.split())
    assert "did you mean 'x86_64 :: level'?" in told
    assert "variant_namespaces is a set" in told
    assert "neither a null variant nor a plain wheel" in told
    assert told.endswith("Checked 1 project: 1 error, 2 warnings.")


def test_a_folder_with_a_project_without_variants(pip: Pip, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'demo'\n")
    result = validate(pip, tmp_path).ok()
    assert "has no [variant] table" in result.out


def test_a_plain_wheel_that_stock_pip_cannot_read_is_a_warning(
    pip: Pip, index: Index
) -> None:
    """R56: one dependency with a marker of variants is enough."""
    index.add(GOOD, requires=["a; 'x86_64' in variant_namespaces"])
    findings = report(validate(pip, "--json", index.links()).ok())["findings"]
    (found,) = [each for each in findings if each["rule"] == "R56"]
    assert found["severity"] == "warning"
    assert "stock pip passes over the plain wheel" in found["text"]


def test_what_make_and_index_write_is_good(
    pip: Pip, index: Index, tmp_path: Path
) -> None:
    """J19, J20: our own tools break no rule."""
    plain = index.add_wheel()
    dist = tmp_path / "dist"
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    for args in (("-p", "x86_64 :: level :: v3"), ("--null-variant",)):
        pip("variant", "make", *args, "-o", dist, plain, cwd=tmp_path).ok()
    (dist / plain.name).write_bytes(plain.read_bytes())
    assert rules(validate(pip, "--json", "--strict", dist).ok()) == set()
    pip("variant", "index", dist).ok()
    result = validate(pip, "--json", "--strict", dist).ok()
    assert report(result)["checked"]["documents"] == 1
    assert rules(result) == set()


def test_two_hundred_labels_are_checked_in_one_go(pip: Pip, index: Index) -> None:
    """Each of them has its own place in the order."""
    names = [f"v{number}" for number in range(200)]
    document: Document = {
        "$schema": SCHEMA_0_2_0,
        "default-priorities": {"namespace": ["fabric"]},
        "providers": {"fabric": {"requires": ["fabric-provider"]}},
        "variants": {name: {"fabric": {"speed": [name]}} for name in names},
    }
    index.add(document)
    result = validate(pip, "--json", index.links()).ok()
    assert report(result)["checked"]["wheels"] == 201
    assert rules(result) == {"R105"}


def test_a_label_that_a_static_list_always_puts_last_is_worth_a_note(
    pip: Pip, index: Index
) -> None:
    """R7: a user may still ask for it."""
    index.add(levels("v2", "v1"))
    found = report(validate(pip, "--json", index.links()).ok())["findings"]
    assert [(e["rule"], e["severity"]) for e in found if e["rule"] != "R15"] == [
        ("R7", "note")
    ]
