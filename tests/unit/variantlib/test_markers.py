from __future__ import annotations

import dataclasses
import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_variants.variantlib.markers import (
    MARKER_NAMES,
    NO_VARIANT,
    MarkerValues,
    PropertySet,
    marker_names,
)
from tests.property.strategies import LABELS, PROPERTIES

MATCHED = {"nvidia": {"sm_arch": ["120_real"]}, "cpu": {"level": ["v2", "v1"]}}
VALUES = MarkerValues.of("cu129", MATCHED)

BLANKS = st.text(" \t", max_size=3)


def test_values_of_a_variant() -> None:
    """R49, R53-R55."""
    assert VALUES.label == "cu129"
    assert set(VALUES.properties) == {
        "nvidia :: sm_arch :: 120_real",
        "cpu :: level :: v2",
        "cpu :: level :: v1",
    }
    assert set(VALUES.features) == {"nvidia :: sm_arch", "cpu :: level"}
    assert set(VALUES.namespaces) == {"nvidia", "cpu"}


def test_values_without_a_variant() -> None:
    """R56."""
    assert MarkerValues() == NO_VARIANT
    assert NO_VARIANT.environment() == {
        "variant_label": "",
        "variant_properties": frozenset(),
        "variant_features": frozenset(),
        "variant_namespaces": frozenset(),
    }


def test_values_of_a_null_variant() -> None:
    assert MarkerValues.of("null", {}) == dataclasses.replace(NO_VARIANT, label="null")


def test_a_feature_without_values_is_not_there() -> None:
    """What the machine supports nothing of leaves no trace in the derived sets."""
    values = MarkerValues.of("forced", {"nvidia": {"sm_arch": []}, "cpu": {}})
    assert values == MarkerValues("forced")


def test_the_environment_has_every_variable() -> None:
    assert tuple(VALUES.environment()) == MARKER_NAMES


@pytest.mark.parametrize(
    "text",
    [
        "cpu::level::v2",
        "cpu :: level :: v2",
        "cpu  ::level\t:: v2",
        "cpu ::\nlevel::v2",
    ],
)
def test_blanks_around_the_separator_do_not_matter(text: str) -> None:
    """R50."""
    assert text in VALUES.properties


@pytest.mark.parametrize(
    "text",
    [
        "cpu :: level",
        "cpu :: level :: v",
        "CPU :: level :: v2",
        " cpu :: level :: v2",
        "cpu : : level :: v2",
        "cpu::level::v2::",
        "",
        None,
        3,
    ],
)
def test_nothing_else_is_forgiven(text: object) -> None:
    assert text not in VALUES.properties


@pytest.mark.parametrize(
    ("marker", "names"),
    [
        ('variant_label == "v1"', ("variant_label",)),
        ("'x' in variant_features", ("variant_features",)),
        (
            '"a" in variant_namespaces or "b" in variant_features',
            ("variant_namespaces", "variant_features"),
        ),
        ('"a::b::c" not in variant_properties', ("variant_properties",)),
        ('os_name == "variant_label"', ()),
        ("os_name == 'variant_label' and \"it's variant_features\" != ''", ()),
        ('variant_labels == "x"', ()),
        ('my_variant_label == "x"', ()),
        ("", ()),
    ],
)
def test_names_in_a_marker(marker: str, names: tuple[str, ...]) -> None:
    assert marker_names(marker) == names


@given(LABELS, PROPERTIES)
def test_the_sets_agree(
    label: str, properties: dict[str, dict[str, list[str]]]
) -> None:
    """PEP 825, "Evaluating variant markers", step 4: two sets follow from the third."""
    values = MarkerValues.of(label, properties)
    parts = [text.split(" :: ") for text in values.properties]
    assert set(values.features) == {" :: ".join(part[:2]) for part in parts}
    assert set(values.namespaces) == {part[0] for part in parts}
    assert sorted(values.properties) == sorted(
        f"{namespace} :: {feature} :: {value}"
        for namespace, features in properties.items()
        for feature, value in (
            pair for f, vs in features.items() for pair in product([f], vs)
        )
    )


@given(st.lists(BLANKS, min_size=4, max_size=4), PROPERTIES)
def test_any_blanks(
    blanks: list[str], properties: dict[str, dict[str, list[str]]]
) -> None:
    """R50, for whatever is in a set."""
    values = MarkerValues.of("x", properties)
    for text in values.properties:
        a, b, c = text.split(" :: ")
        spelled = f"{a}{blanks[0]}::{blanks[1]}{b}{blanks[2]}::{blanks[3]}{c}"
        assert spelled in values.properties
        assert re.sub(r"::[^:]*$", "", spelled).rstrip() in values.features


def test_sets_are_values() -> None:
    assert {PropertySet(["a :: b"]), PropertySet(["a :: b"])} == {frozenset(["a :: b"])}
    assert hash(VALUES) == hash(MarkerValues.of("cu129", MATCHED))
