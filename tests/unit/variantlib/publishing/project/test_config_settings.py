"""What config settings ask for (R99, R100, F100)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pip_variants.variantlib.errors import VariantError
from pip_variants.variantlib.publishing.project.config_settings import Request

PROJECT = """
[variant]
build-backend = "flit_core.buildapi"

[variant.default-priorities]
namespace = ["x86_64", "robot", "blas"]

[variant.providers]
x86_64.requires = ["provider-variant-x86-64"]
robot.requires = ["robot-provider>=1; python_version > '3'", "other-provider"]
blas.build-requires = ["blas-provider"]

[variant.variants]
fast.x86_64.level = ["v3"]
arm.robot.arm = ["3"]

[variant.matrix]
config-settings = { label = "{label}", jobs = ["1", "2"] }
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "pyproject.toml"
    path.write_text(PROJECT)
    return path


@pytest.mark.parametrize(
    "settings", [None, {}, {"jobs": "4"}, {"null-variant": "false", "jobs": "4"}]
)
def test_nothing_is_asked_for(project: Path, settings: Any) -> None:
    request = Request.read(project, settings)
    assert request.variant is None
    assert request.provider_packages() == ("blas-provider",)
    expected = settings and {k: v for k, v in settings.items() if k == "jobs"}
    assert (request.passed_on or None) == (expected or None)


def test_a_label_that_no_axis_makes(project: Path) -> None:
    """R100: ``variant.variants`` says what can be built, also beside a matrix."""
    text = """
        [variant.matrix.axes.level]
        property = "x86_64 :: level"
        values = ["v2", "v4"]
    """
    project.write_text(PROJECT + text)
    variant = Request.read(project, {"variant-label": "fast"}).variant
    assert variant is not None
    assert variant.properties == {"x86_64": {"level": ["v3"]}}


@pytest.mark.parametrize(
    ("settings", "label", "properties"),
    [
        ({"variant-label": "fast"}, "fast", {"x86_64": {"level": ["v3"]}}),
        ({"variant-label": ["fast"]}, "fast", {"x86_64": {"level": ["v3"]}}),
        (
            {"variant-name": "x86_64::level::v3"},
            "fa7c1393",
            {"x86_64": {"level": ["v3"]}},
        ),
        (
            {
                "variant-name": "robot::arm::2, x86_64 :: level :: v3",
                "variant-label": "b",
            },
            "b",
            {"robot": {"arm": ["2"]}, "x86_64": {"level": ["v3"]}},
        ),
        (
            {"variant-name": ["robot::arm::2", "robot::arm::1"], "variant-label": "b"},
            "b",
            {"robot": {"arm": ["1", "2"]}},
        ),
        ({"null-variant": ""}, "null", {}),
        ({"null-variant": ["no", "YES"]}, "null", {}),
        ({"variant-label": "null"}, "null", {}),
        ({"variant-label": "null", "null-variant": "1"}, "null", {}),
    ],
)
def test_a_variant_is_asked_for(
    project: Path, settings: Any, label: str, properties: Any
) -> None:
    variant = Request.read(project, settings).variant
    assert variant is not None
    assert variant.label == label
    assert variant.properties == properties


def test_what_the_user_says_goes_before_what_the_matrix_says(project: Path) -> None:
    request = Request.read(project, {"variant-label": "fast", "jobs": "9", "x": "y"})
    assert request.passed_on == {"label": "fast", "jobs": "9", "x": "y"}
    assert request.others == {"jobs": "9", "x": "y"}


def test_providers_are_build_requirements_where_no_built_in_one_answers(
    project: Path,
) -> None:
    """R100, R101."""
    fast = Request.read(project, {"variant-label": "fast"})
    assert fast.provider_packages() == ("blas-provider",)
    arm = Request.read(project, {"variant-label": "arm"})
    assert arm.provider_packages() == (
        "blas-provider",
        "robot-provider>=1; python_version > '3'",
        "other-provider",
    )


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"variant-label": "slow"},
            "'slow', and the project describes only these: arm, fast",
        ),
        ({"variant-label": ["fast", "arm"]}, "-Cvariant-label may be given only once"),
        ({"variant-label": 3}, "-Cvariant-label must be a text, not 3"),
        ({"variant-name": [{}]}, "-Cvariant-name must be a text, not {}"),
        ({"variant-name": "x"}, "'x' is no property"),
        ({"variant-name": ""}, "'' is no property"),
        (
            {"variant-name": "robot::arm::1", "variant-label": "fast"},
            "other properties",
        ),
        ({"null-variant": "maybe"}, "-Cnull-variant=maybe must be true or false"),
        (
            {"null-variant": "1", "variant-label": "fast"},
            "is called 'null', not 'fast'",
        ),
    ],
)
def test_what_cannot_be_is_refused(project: Path, settings: Any, told: str) -> None:
    with pytest.raises(VariantError) as caught:
        Request.read(project, settings)
    assert told in str(caught.value)


@pytest.mark.parametrize("text", ["", "[variant]\n", "[variant", "variant = 1"])
def test_a_project_that_says_nothing_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pyproject.toml"
    with pytest.raises(VariantError):
        Request.read(path, None)
    path.write_text(text)
    with pytest.raises(VariantError):
        Request.read(path, None)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("variant-lable", "variant-label"),
        ("variant_label", "variant-label"),
        ("variant-names", "variant-name"),
        ("nullvariant", "null-variant"),
        ("variant-label" + "l" * 1000, None),
    ],
)
def test_a_misspelt_setting_makes_no_plain_wheel(
    project: Path, name: str, meant: str | None
) -> None:
    """The other backend would not tell: it ignores what it does not know."""
    if meant is None:
        assert Request.read(project, {name: "fast"}).variant is None
        return
    with pytest.raises(VariantError, match=f"did you mean '{meant}'"):
        Request.read(project, {name: "fast"})


@pytest.mark.parametrize("name", ["variant", "variant-dir", "label", "name", ""])
def test_settings_of_the_other_backend_are_its_own(project: Path, name: str) -> None:
    assert Request.read(project, {name: "1"}).passed_on == {name: "1"}
