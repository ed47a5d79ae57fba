"""The metadata of a release out of its wheels, or who contradicts whom."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_variants.variantlib.metadata import VariantsJson
from pip_variants.variantlib.publishing.indexing.combining import (
    Disagreement,
    combine_wheels,
    index_bytes,
)

SCHEMA_825 = "https://variants-schema.wheelnext.dev/peps/825/v0.1.1.json"
SCHEMA_850 = "https://variants-schema.wheelnext.dev/peps/850/v0.2.0.json"


def wheel(
    label: str,
    properties: Any = None,
    *,
    namespaces: Sequence[str] = ("cpu",),
    providers: Any = None,
) -> VariantsJson:
    document: dict[str, Any] = {
        "$schema": SCHEMA_825 if providers is None else SCHEMA_850,
        "default-priorities": {"namespace": [*namespaces]},
        "variants": {label: properties or {}},
    }
    if providers is not None:
        document["providers"] = providers
    return VariantsJson.from_dict(document)


def told(*wheels: VariantsJson) -> list[str]:
    """Return what is said of wheels that are called a, b, c ..."""
    with pytest.raises(Disagreement) as caught:
        combine_wheels(dict(zip("abcdefgh", wheels, strict=False)))
    return [*map(str, caught.value.problems)]


def test_a_release_has_the_labels_of_all_its_wheels() -> None:
    """R27, R24: the union of the labels, and the longer list."""
    combined = combine_wheels(
        {
            "a": wheel("v2", {"cpu": {"level": ["2"]}}),
            "b": wheel("cu", {"gpu": {"sm": ["9"]}}, namespaces=["cpu", "gpu"]),
            "c": wheel("null"),
        }
    )
    assert json.loads(index_bytes(combined)) == {
        "$schema": SCHEMA_825,
        "default-priorities": {"namespace": ["cpu", "gpu"]},
        "variants": {
            "cu": {"gpu": {"sm": ["9"]}},
            "null": {},
            "v2": {"cpu": {"level": ["2"]}},
        },
    }


def test_one_label_with_two_meanings() -> None:
    """R13."""
    two, three = {"cpu": {"level": ["2"]}}, {"cpu": {"level": ["3"], "size": ["1"]}}
    assert told(wheel("v", two), wheel("v", three), wheel("v", two)) == [
        (
            "variants.v: a, c say cpu :: level :: 2; "
            "b says cpu :: level :: 3, cpu :: size :: 1"
        )
    ]


def test_a_label_without_properties_and_one_with() -> None:
    assert told(wheel("v"), wheel("v", {"cpu": {"level": ["2"]}})) == [
        "variants.v: a says no properties; b says cpu :: level :: 2"
    ]


def test_two_orders_that_part() -> None:
    """R23."""
    assert told(
        wheel("a", namespaces=["x", "y"]),
        wheel("b", namespaces=["x"]),
        wheel("c", namespaces=["x", "z"]),
    ) == ["default-priorities.namespace: a says x, y; b says x; c says x, z"]


def test_two_providers_of_one_namespace() -> None:
    """R85."""
    assert told(
        wheel("a", providers={"cpu": {"requires": ["one"]}}),
        wheel("b", providers={"cpu": {"requires": ["two"]}}),
    ) == ['providers.cpu: a says {"requires": ["one"]}; b says {"requires": ["two"]}']


def test_everything_is_told_at_once() -> None:
    one = wheel("v", {"x": {"f": ["1"]}}, namespaces=["x", "y"])
    other = wheel("v", {"x": {"f": ["2"]}}, namespaces=["y", "x"])
    assert [line.partition(":")[0] for line in told(one, other)] == [
        "variants.v",
        "default-priorities.namespace",
    ]


def test_of_many_wheels_some_are_named() -> None:
    same = [wheel("v") for _ in range(5)]
    (line,) = told(*same, wheel("v", {"cpu": {"level": ["2"]}}))
    assert line == (
        "variants.v: a, b, c and 2 more say no properties; f says cpu :: level :: 2"
    )


def test_of_very_many_contradictions_some_are_told() -> None:
    """Each of them takes a look at all wheels."""
    wheels = {
        f"{number:03}-{value}": wheel(f"v{number:03}", {"cpu": {"level": [value]}})
        for number in range(150)
        for value in "12"
    }
    with pytest.raises(Disagreement) as caught:
        combine_wheels(wheels)
    assert len(caught.value.problems) == 101
    assert str(caught.value).endswith("; variants: 50 further contradictions")


def test_values_are_sets() -> None:
    """R26: another order of values is no contradiction."""
    one = wheel("v", {"cpu": {"level": ["1", "2"]}})
    other = wheel("v", {"cpu": {"level": ["2", "1"]}})
    assert combine_wheels({"a": one, "b": other}).problems == ()


def test_what_one_wheel_has_lost_is_kept() -> None:
    """It is no contradiction, and not forgotten."""
    odd = VariantsJson.from_dict(
        {
            "$schema": SCHEMA_850,
            "default-priorities": {"namespace": ["cpu"]},
            "providers": {"cpu": {"requires": ["one"]}, "Bad": {"requires": ["two"]}},
            "variants": {"v": {}},
        }
    )
    assert odd.problems
    assert combine_wheels({"a": odd, "b": wheel("w")}).problems == odd.problems


LABELS = st.sampled_from(["a", "b", "c"])
PROPERTIES = st.dictionaries(
    st.sampled_from(["x", "y"]),
    st.dictionaries(
        st.sampled_from(["f", "g"]),
        st.lists(st.sampled_from(["1", "2"]), min_size=1, max_size=2),
        min_size=1,
    ),
)
NAMESPACES = st.sampled_from([["x"], ["x", "y"], ["y"], ["x", "y", "z"]])
WHEELS = st.builds(
    lambda label, properties, names: wheel(label, properties, namespaces=names),
    LABELS,
    PROPERTIES,
    NAMESPACES,
)


class TestCombiningIsSymmetric:
    """R24, R27: the order of the wheels means nothing, for the bytes or the errors."""

    @given(st.lists(WHEELS, min_size=1, max_size=4))
    def test_every_order_gives_the_same(self, wheels: list[VariantsJson]) -> None:
        named = [*zip("abcd", wheels, strict=False)]
        outcomes = set()
        for order in itertools.permutations(named):
            try:
                outcomes.add(index_bytes(combine_wheels(dict(order))))
            except Disagreement as error:
                outcomes.add(str(error).encode())
        assert len(outcomes) == 1

    @given(st.lists(WHEELS, min_size=1, max_size=4))
    def test_what_is_written_reads_as_the_same(
        self, wheels: list[VariantsJson]
    ) -> None:
        try:
            data = index_bytes(combine_wheels(dict(zip("abcd", wheels, strict=False))))
        except Disagreement:
            return
        again = VariantsJson.from_bytes(data)
        assert again.problems == ()
        assert index_bytes(again) == data
