"""What is missing, and what would change that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given

from pip_variants.variantlib.counterfactual import Unmet, rank_if_met, unmet
from pip_variants.variantlib.metadata import VariantsJson
from pip_variants.variantlib.model import Label, SupportedProperties
from pip_variants.variantlib.selection import select
from tests.property.strategies import SUPPORTED, VARIANTS

SCHEMA = "https://variants-schema.wheelnext.dev/peps/825/v0.1.1.json"
NAMESPACES = ["nvidia", "x86_64", "blas"]

LEVELS = {f"v{n}": {"x86_64": {"level": [f"v{n}"]}} for n in (1, 2, 3)}


def document(
    variants: Mapping[str, Any], namespaces: Sequence[str] = NAMESPACES
) -> VariantsJson:
    return VariantsJson.from_dict(
        {
            "$schema": SCHEMA,
            "default-priorities": {"namespace": [*namespaces]},
            "variants": dict(variants),
        }
    )


def machine(**features: Sequence[str]) -> SupportedProperties:
    return SupportedProperties({"x86_64": features})


class TestUnmet:
    def test_one_value_is_enough(self) -> None:
        here = machine(level=["v2", "v1"])
        assert unmet({"x86_64": {"level": ["v3", "v1"]}}, here) == ()
        assert unmet({}, here) == ()

    def test_every_feature_is_told(self) -> None:
        properties = {"x86_64": {"level": ["v3"], "avx2": ["on"]}, "blas": {"a": ["b"]}}
        assert unmet(properties, machine(level=["v2"])) == (
            Unmet("blas", "a", ("b",), ()),
            Unmet("x86_64", "avx2", ("on",), ()),
            Unmet("x86_64", "level", ("v3",), ("v2",)),
        )


class TestRankIfMet:
    def test_a_newer_machine(self) -> None:
        here = machine(level=["v1"])
        ranks = {label: rank_if_met(label, document(LEVELS), here) for label in LEVELS}
        assert ranks == {"v1": 1, "v2": 1, "v3": 1}

    def test_the_wishes_of_the_user_count(self) -> None:
        variants = {
            **LEVELS,
            "c": {"nvidia": {"sm_arch": ["90"]}},
        }
        here = machine(level=["v1"])
        assert rank_if_met("c", document(variants), here) == 1
        priorities = ("x86_64",)
        rank = rank_if_met("c", document(variants), here, priorities=priorities)
        assert rank == 2
        excluded = rank_if_met("v3", document(variants), here, exclude=("x86_64",))
        assert excluded is None

    def test_another_cpu_takes_the_place_of_this_one(self) -> None:
        arm = {"arm": {"aarch64": {"version": ["8.2a"]}}}
        published = document({**LEVELS, **arm}, ["x86_64", "aarch64"])
        assert rank_if_met("arm", published, machine(level=["v2", "v1"])) == 1

    def test_a_label_that_is_not_there(self) -> None:
        assert rank_if_met("v9", document(LEVELS), machine()) is None


class TestLaws:
    """A machine with what is missing takes the label, at the rank that was told."""

    @given(VARIANTS, SUPPORTED)
    def test_a_label_whose_gaps_are_filled_is_compatible(
        self, variants: dict[str, Any], supported: dict[str, Any]
    ) -> None:
        here, published = SupportedProperties(supported), document(variants)
        for label in published.variants:
            properties = published.properties(label)
            assert properties is not None
            filled = here.to_dict()
            for gap in unmet(properties, here):
                assert not set(gap.wanted) & set(gap.offered)
                features = filled.setdefault(gap.namespace, {})
                features[gap.feature] = [*gap.wanted, *features.get(gap.feature, ())]
            there = SupportedProperties(filled)
            assert unmet(properties, there) == ()
            ranked = select(published, there).ranked
            rank = rank_if_met(label, published, here)
            assert rank is not None
            assert ranked[rank - 1] == label

    @given(VARIANTS, SUPPORTED)
    def test_nothing_is_missing_of_what_fits(
        self, variants: dict[str, Any], supported: dict[str, Any]
    ) -> None:
        here, published = SupportedProperties(supported), document(variants)
        ranked = select(published, here).ranked
        for label in published.variants:
            properties = published.properties(label)
            assert properties is not None
            fits = Label(label) in ranked
            assert (unmet(properties, here) == ()) == fits
            if fits:
                expected = ranked.index(Label(label)) + 1
                assert rank_if_met(label, published, here) == expected


@pytest.mark.parametrize("label", ["v1", "v2", "v3"])
def test_the_machine_is_left_as_it_is(label: str) -> None:
    here = machine(level=["v1"])
    before = here.to_dict()
    rank_if_met(label, document(LEVELS), here)
    assert here.to_dict() == before
