"""What puts one label before another."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_variants.variantlib.decisive import Comparison, Deciding
from pip_variants.variantlib.metadata import VariantsJson
from pip_variants.variantlib.model import Properties, Property, SupportedProperties
from pip_variants.variantlib.selection import select
from tests.property.strategies import SUPPORTED, VARIANTS

SCHEMA = "https://variants-schema.wheelnext.dev/peps/825/v0.1.1.json"
NAMESPACES = ["nvidia", "x86_64", "blas"]
MACHINE = SupportedProperties(
    {
        "nvidia": {"cuda": ["12.8", "12.6"], "arch": ["90", "75"]},
        "x86_64": {"level": ["v3", "v2"]},
    }
)
CUDA_8 = {"nvidia": {"cuda": ["12.8"]}}
CUDA_6 = {"nvidia": {"cuda": ["12.6"]}}
LEVEL = {"x86_64": {"level": ["v3"]}}

PRIORITIES = st.lists(
    st.sampled_from(
        ["x86_64", "blas::arch", "blas", "nvidia::level::v3", "x86_64::level::on"]
    ),
    max_size=3,
)


def document(variants: Mapping[str, Properties]) -> VariantsJson:
    return VariantsJson.from_dict(
        {
            "$schema": SCHEMA,
            "default-priorities": {"namespace": NAMESPACES},
            "variants": dict(variants),
        }
    )


def found(
    first: Properties, second: Properties, *priorities: str
) -> tuple[str | None, str | None]:
    """Return what decides between two labels, as text."""
    published = document({"a": first, "b": second})
    deciding = Comparison(published, MACHINE, priorities=priorities).decisive("a", "b")
    one, other = deciding.first, deciding.second
    return str(one) if one else None, str(other) if other else None


def test_the_first_difference_decides() -> None:
    eight, six = "nvidia :: cuda :: 12.8", "nvidia :: cuda :: 12.6"
    assert found(CUDA_8, CUDA_6) == (eight, six)
    assert found(CUDA_8 | LEVEL, CUDA_6 | LEVEL) == (eight, six)
    assert found(CUDA_6, CUDA_8, "nvidia::cuda::12.6") == (six, eight)


def test_the_best_value_counts() -> None:
    both = {"nvidia": {"cuda": ["12.6", "12.8", "12.9"]}}
    assert found(both, CUDA_6)[0] == "nvidia :: cuda :: 12.8"


def test_namespaces_are_compared_in_their_order() -> None:
    eight, level = "nvidia :: cuda :: 12.8", "x86_64 :: level :: v3"
    assert found(CUDA_8, LEVEL) == (eight, level)
    assert found(LEVEL, CUDA_8 | LEVEL, "x86_64") == (None, eight)
    assert found(CUDA_8, CUDA_6 | LEVEL, "x86_64") == (eight, level)


def test_who_has_more() -> None:
    assert found(CUDA_8 | LEVEL, CUDA_8) == ("x86_64 :: level :: v3", None)
    assert found(CUDA_8, {}) == ("nvidia :: cuda :: 12.8", None)


def test_labels_that_are_equal_here() -> None:
    more = {"nvidia": {"cuda": ["12.8", "13.0"]}}
    assert found(CUDA_8, more) == (None, None)


def test_a_label_that_does_not_fit() -> None:
    for unfit in ({"blas": {"a": ["b"]}}, {"nvidia": {"cuda": ["9.0"]}}):
        with pytest.raises(ValueError, match="'b' is not compatible"):
            found(CUDA_8, unfit)


@given(VARIANTS, SUPPORTED, PRIORITIES)
def test_what_decides_agrees_with_the_order(
    variants: dict[str, Any], supported: dict[str, Any], priorities: list[str]
) -> None:
    """Two labels cut down to what decides between them come in the same order."""
    published, machine = document(variants), SupportedProperties(supported)
    ranked = select(published, machine, priorities=priorities).ranked
    comparison = Comparison(published, machine, priorities=priorities)
    for first, second in combinations(ranked, 2):
        deciding = comparison.decisive(first, second)
        if deciding == Deciding(None, None):
            assert first < second
            continue
        # Named the wrong way round, so that no tie is broken by the label.
        pair = {"z": _alone(deciding.first), "a": _alone(deciding.second)}
        order = select(document(pair), machine, priorities=priorities).ranked
        assert order == ("z", "a")


@given(VARIANTS, SUPPORTED, PRIORITIES)
def test_the_best_properties_are_those_of_the_label(
    variants: dict[str, Any], supported: dict[str, Any], priorities: list[str]
) -> None:
    published, machine = document(variants), SupportedProperties(supported)
    comparison = Comparison(published, machine, priorities=priorities)
    for label in select(published, machine).ranked:
        best = comparison.best(label)
        features = published.variants[label]
        assert {(each.namespace, each.feature) for each in best} == {
            (namespace, feature)
            for namespace in features
            for feature in features[namespace]
        }
        for each in best:
            assert each.value in features[each.namespace][each.feature]
            assert each.value in machine.values(each.namespace, each.feature)


def _alone(prop: Property | None) -> Properties:
    """Return the properties of a label with this one alone, or with none."""
    if prop is None:
        return {}
    return {prop.namespace: {prop.feature: [prop.value]}}
