"""For each rule that can be reported, files that break it, and no other rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from pip_variants.variantlib.publishing.validating import RULES, Tools, validate
from tests.unit.variantlib.publishing.validating.cases.breaking import Break
from tests.unit.variantlib.publishing.validating.cases.every import CASES
from tests.unit.variantlib.publishing.validating.cases.projects import (
    ALL_NULL,
    MATRIX,
    PROJECT,
    declares,
)
from tests.unit.variantlib.publishing.validating.cases.providers import needs
from tests.unit.variantlib.publishing.validating.samples import (
    GOOD,
    SCHEMA_825,
    TOOLS,
    Release,
    changed,
    found,
    level,
)


@pytest.mark.parametrize(
    ("rule", "severity", "case", "tools"),
    CASES,
    ids=[f"{rule}-{number}" for number, (rule, *_) in enumerate(CASES)],
)
def test_what_breaks_one_rule_is_found_and_nothing_else(
    rule: str, severity: str, case: Break, tools: Tools, tmp_path: Path
) -> None:
    case(Release(tmp_path))
    assert set(found(tmp_path, tools)) == {(rule, severity)}, [
        *validate([tmp_path], tools)
    ]


def test_every_rule_has_a_case() -> None:
    # R15 is said of every file there is.
    assert {rule for rule, *_ in CASES} == {*RULES} - {"R15"}


@pytest.mark.parametrize(
    "requires",
    [
        ("plain",),
        ("cuda; variant_label == 'v3'",),
        ("cuda; 'x86_64' in variant_namespaces",),
        ("cuda; 'x86_64::level' in variant_features and extra == 'gpu'",),
        ("cuda; 'x86_64 :: level :: v3' not in variant_properties",),
        ("cuda; variant_label != ''",),
        ("cuda @ https://127.0.0.1/a;b ; variant_label == 'v2'",),
    ],
)
def test_a_release_that_keeps_the_rules_gets_nothing_but_the_note(
    requires: tuple[str, ...], tmp_path: Path
) -> None:
    needs(*requires)(Release(tmp_path))
    Release(tmp_path).metadata(GOOD)
    (note,) = validate([tmp_path], TOOLS)
    assert (note.rule, note.severity) == ("R15", "note")


def test_metadata_of_pep_825_keeps_the_rules_without_providers(tmp_path: Path) -> None:
    document = changed("$schema", to=SCHEMA_825)
    del document["providers"]
    Release(tmp_path).put(document, listed=document)
    assert [*found(tmp_path)] == []


def test_a_plain_release_has_nothing_to_complain_about(tmp_path: Path) -> None:
    Release(tmp_path).wheel(requires=["torch>=2"])
    assert [*validate([tmp_path], TOOLS)] == []


def test_a_project_that_keeps_the_rules_has_no_findings(tmp_path: Path) -> None:
    Release(tmp_path).project(PROJECT)
    assert [*validate([tmp_path], TOOLS)] == []


@pytest.mark.parametrize("matrix", ["", ALL_NULL, MATRIX])
def test_dependencies_without_markers_of_variants_are_no_matter(
    matrix: str, tmp_path: Path
) -> None:
    """R51: what else may stand in them, the backend knows."""
    declares("cuda>=1; python_version is '3'", matrix=matrix)(Release(tmp_path))
    assert [*validate([tmp_path], TOOLS)] == []


@pytest.mark.parametrize(
    "project",
    ["5", "{dependencies = 5}", "{dependencies = [5]}", "{optional-dependencies = []}"],
)
def test_a_project_table_that_is_none_is_left_to_the_backend(
    project: str, tmp_path: Path
) -> None:
    Release(tmp_path).project(f"project = {project}\n{PROJECT}")
    assert [*validate([tmp_path], TOOLS)] == []


def test_a_matrix_that_fits_everywhere_by_a_static_list_is_a_fallback(
    tmp_path: Path,
) -> None:
    """R8, R70: all machines have what stands in the list."""
    Release(tmp_path).project(
        """
[variant.default-priorities]
namespace = ["blas"]
[variant.providers.blas.static-properties]
library = ["mkl", "openblas"]
[variant.matrix]
axes.library = {property = "blas :: library", values = ["openblas"]}
"""
    )
    assert [*validate([tmp_path], TOOLS)] == []


def texts(folder: Path, rule: str) -> list[str]:
    return [each.text for each in validate([folder], TOOLS) if each.rule == rule]


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        (
            "'x86_64 :: levle' in variant_features",
            (
                "no wheel has 'x86_64 :: levle' in variant_features, "
                "did you mean 'x86_64 :: level'?"
            ),
        ),
        (
            "'x86_64::level::v4' in variant_properties",
            (
                "no wheel has 'x86_64::level::v4' in variant_properties, "
                "did you mean 'x86_64 :: level :: v3'?"
            ),
        ),
        (
            "variant_label == 'cu127'",
            "no wheel has the label 'cu127', only 'null', 'v2', 'v3'",
        ),
        (
            "'gpu' in variant_namespaces and variant_label != 'v2'",
            "no wheel has 'gpu' in variant_namespaces, only 'x86_64'",
        ),
        (
            "variant_label == 'v3' and variant_label == 'v2'",
            "",
        ),
    ],
)
def test_the_word_that_makes_a_marker_fail_is_named(
    marker: str, told: str, tmp_path: Path
) -> None:
    """R54"""
    needs(f"cuda; {marker}")(Release(tmp_path))
    (text,) = texts(tmp_path, "R54")
    assert text.partition(" of the release")[2] == (f": {told}" if told else "")


def test_a_marker_of_all_wheels_is_told_once_with_the_page_to_read(
    tmp_path: Path,
) -> None:
    """R49: the same metadata is in every wheel of a release."""
    needs("cuda; variant_namespaces == 'x86_64'")(Release(tmp_path))
    (found,) = [each for each in validate([tmp_path], TOOLS) if each.rule == "R49"]
    assert found.where == "demo 1.0"
    assert found.label == ""
    assert found.remedy == 'see "Dependencies of a variant" (docs/concepts/markers.md)'


def test_findings_say_which_release_and_label_they_are_about(tmp_path: Path) -> None:
    release = Release(tmp_path)
    release.put(changed("variants", "v5", to=level("v5")), listed=GOOD)
    release.wheel("v4", GOOD, inner_label="v2")
    found = {
        (each.rule, Path(each.where).name): (each.package, each.version, each.label)
        for each in validate([tmp_path], TOOLS)
    }
    wheel = "demo-1.0-py3-none-any-v4.whl"
    assert found["R25", wheel] == ("demo", "1.0", "v4")
    assert found["R105", "demo 1.0"] == ("demo", "1.0", "v5")
    assert found["R30", "demo-1.0-variants.json"] == ("demo", "1.0", "")
    assert found["R15", "the format"] == ("", "", "")
