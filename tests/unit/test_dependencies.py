from __future__ import annotations

import importlib
from pathlib import Path, PurePath
from typing import Any

import pytest

from pip_variants import _pip, dependencies, patching, replacements, requirements
from pip_variants.demo.wheels import build_wheel
from pip_variants.installed import InstalledVariant, attach

REQUIRES = (
    'second; "cpu::level::v2" in variant_properties',
    'third; "cpu::level::v3" in variant_properties',
    'label; variant_label == "x"',
    "always>=1",
)
DOCUMENT = {
    "$schema": "https://variants-schema.wheelnext.dev/peps/825/v0.1.1.json",
    "default-priorities": {"namespace": ["cpu"]},
    "variants": {"x": {"cpu": {"level": ["v2", "v3"]}}},
}
ALL = {"cpu": {"level": ["v2", "v3"]}}
V2 = InstalledVariant("x", ALL, {"cpu": {"level": ["v2"]}})
RULES = importlib.import_module("pip._vendor.packaging._tokenizer").DEFAULT_RULES


@pytest.fixture(autouse=True)
def _known_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the seam does while pip starts."""
    known = replacements.marker_variable(RULES["VARIABLE"])
    monkeypatch.setitem(RULES, "VARIABLE", known)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return build_wheel(
        tmp_path, "demo", "1.0", label="x", variant_json=DOCUMENT, requires=REQUIRES
    )


def dist_of(wheel: Path) -> _pip.BaseDistribution:
    from pip._internal.metadata import FilesystemWheel, get_wheel_distribution

    name = _pip.canonicalize_name("demo")
    return get_wheel_distribution(FilesystemWheel(str(wheel)), name)


def found(dist: _pip.BaseDistribution) -> list[str]:
    return [str(each) for each in dependencies.iter_dependencies(dist)]


def test_without_a_decision_all_properties_count(wheel: Path) -> None:
    assert found(dist_of(wheel)) == ["second", "third", "label", "always>=1"]


def test_the_decision_about_the_wheel_counts(wheel: Path) -> None:
    """pip reads the wheel again where it looks for conflicts."""
    dependencies.remember(wheel, V2)
    assert found(dist_of(wheel)) == ["second", "label", "always>=1"]
    assert dependencies.chosen_wheel(PurePath(str(wheel))) is V2


def test_what_was_attached_counts(wheel: Path) -> None:
    dist = dist_of(wheel)
    attach(dist, InstalledVariant("y", {}, {}))
    assert found(dist) == ["always>=1"]


def test_nothing_shared_is_changed(wheel: Path) -> None:
    """pip's parser is cached, and its objects are in use elsewhere."""
    from pip._internal.utils.packaging import get_requirement

    shared = [get_requirement(text) for text in REQUIRES]
    for _ in range(2):
        assert found(dist_of(wheel)) == ["second", "third", "label", "always>=1"]
    assert [each.marker is None for each in shared] == [False, False, False, True]


def test_a_wrong_operator_is_an_invalid_requirement(tmp_path: Path) -> None:
    wheel = build_wheel(
        tmp_path,
        *("demo", "1.0"),
        label="x",
        variant_json=DOCUMENT,
        requires=['dep; variant_namespaces == "cpu"'],
    )
    with pytest.raises(_pip.InvalidRequirement, match="Invalid marker"):
        found(dist_of(wheel))


class TestReplacements:
    def test_a_packaging_that_knows_the_variables_is_left_alone(self) -> None:
        known = RULES["VARIABLE"]
        assert replacements.marker_variable(known) is known

    @pytest.mark.parametrize("name", ["variant_labels", "my_variant_label", "variant_"])
    def test_no_other_name_becomes_a_variable(self, name: str) -> None:
        with pytest.raises(_pip.InvalidMarker):
            _pip.Marker(f'{name} == "x"')

    @pytest.fixture
    def evaluate(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        monkeypatch.setattr(patching, "is_active", lambda: True)
        return replacements.marker_evaluate(_pip.Marker.evaluate)

    @pytest.mark.parametrize(
        ("marker", "expected"),
        [
            ('variant_label == ""', True),
            ('variant_label != "null"', True),
            ('"cpu" in variant_namespaces', False),
            ('"cpu::level" not in variant_features', True),
            ('"a" in variant_properties or os_name != ""', True),
        ],
    )
    def test_where_nobody_knows_the_wheel(
        self, evaluate: Any, marker: str, expected: bool
    ) -> None:
        """R56."""
        assert evaluate(_pip.Marker(marker)) is expected
        assert evaluate(_pip.Marker(marker), {"extra": ""}) is expected

    def test_given_values_go_first(self, evaluate: Any) -> None:
        marker = _pip.Marker('variant_label == "x"')
        assert evaluate(marker, {"variant_label": "x"}) is True
        both = _pip.Marker('variant_label == "x" and "a" not in variant_features')
        assert evaluate(both, {"variant_label": "x"}) is True

    def test_another_unknown_variable_stays_one(self, evaluate: Any) -> None:
        with pytest.raises(KeyError):
            evaluate(_pip.Marker('"x" in extras'))

    def test_beside_ours_it_makes_the_requirement_invalid(self, evaluate: Any) -> None:
        with pytest.raises(_pip.InvalidRequirement):
            evaluate(_pip.Marker('"x" in extras or variant_label == ""'))

    def test_switched_off_it_is_pips_own(
        self, evaluate: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(patching, "is_active", lambda: False)
        with pytest.raises(KeyError):
            evaluate(_pip.Marker('variant_label == ""'))


class TestRefusal:
    def test_the_place_is_named(self) -> None:
        from pip._internal.req.constructors import install_req_from_line

        asked = install_req_from_line(
            'demo>=1 ; variant_label == "x"', comes_from="-r a.txt (line 3)"
        )
        with pytest.raises(_pip.InstallationError) as caught:
            requirements.refuse_markers([asked])
        assert str(caught.value) == (
            "Invalid requirement: 'demo>=1; variant_label == \"x\"' (-r a.txt (line 3)): "
            "variant_label describes the wheel that a dependency stands in, and this "
            "requirement stands in none. Leave it out; to choose a variant, write "
            "demo==VERSION#LABEL"
        )

    def test_other_markers_are_let_through(self) -> None:
        from pip._internal.req.constructors import install_req_from_line

        asked = install_req_from_line('demo; os_name == "variant_label"')
        requirements.refuse_markers([asked, install_req_from_line("demo")])
