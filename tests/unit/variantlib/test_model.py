from __future__ import annotations

import pytest

from pip_variants.variantlib import SupportedProperties
from pip_variants.variantlib.errors import ValidationError
from pip_variants.variantlib.model import (
    Property,
    is_feature_name,
    is_label,
    is_namespace,
    is_value,
    parse_label,
)


@pytest.mark.parametrize("text", ["x86_64", "nvidia", "0", "_"])
def test_names_of_r9(text: str) -> None:
    assert is_namespace(text)
    assert is_feature_name(text)


@pytest.mark.parametrize(
    "text", ["", "x86\n", "X86", "é", "x-86", "x 86", "12.8", None, 3, ["a"]]
)
def test_what_r9_forbids(text: object) -> None:
    assert not is_namespace(text)
    assert not is_feature_name(text)


@pytest.mark.parametrize("text", ["12.8", "v3", "90_real", "8.3a", ".", ".."])
def test_values_of_r10_and_labels_of_r12(text: str) -> None:
    assert is_value(text)
    assert is_label(text)
    assert parse_label(text) == text


@pytest.mark.parametrize("text", ["", "12-8", "12,8", "V2", "v3\n", "a/b", "ü", None])
def test_what_r10_and_r12_forbid(text: object) -> None:
    assert not is_value(text)
    assert not is_label(text)


def test_a_label_may_be_long() -> None:
    """R109: the 16 characters of PEP 817 are gone."""
    assert is_label("a" * 5000)


def test_a_bad_label_is_named_in_the_error() -> None:
    with pytest.raises(ValidationError, match="'CU129' is no variant label"):
        parse_label("CU129")


@pytest.mark.parametrize("text", ["a::b::c", "a :: b :: c", "  a::  b  ::c "])
def test_blanks_around_the_colons_do_not_matter(text: str) -> None:
    """R50."""
    assert Property.parse(text) == Property("a", "b", "c")
    assert str(Property.parse(text)) == "a :: b :: c"


@pytest.mark.parametrize("text", ["", "a", "a::b", "a::b::c::d", "A::b::c", "a::b::C"])
def test_what_is_no_property(text: str) -> None:
    with pytest.raises(ValidationError, match="is no property"):
        Property.parse(text)


class TestSupportedProperties:
    def test_keeps_the_order_that_is_the_rank(self) -> None:
        machine = SupportedProperties({"a": {"z": ["2", "1"], "b": ["9"]}})
        assert machine.features("a") == (("z", ("2", "1")), ("b", ("9",)))
        assert machine.values("a", "z") == ("2", "1")
        assert machine.to_dict() == {"a": {"z": ["2", "1"], "b": ["9"]}}

    def test_knows_nothing_of_what_it_was_not_told(self) -> None:
        machine = SupportedProperties()
        assert machine.features("a") == ()
        assert machine.values("a", "b") == ()
        assert len(machine) == 0

    def test_is_a_value(self) -> None:
        one, two = (SupportedProperties({"a": {"b": ["c"]}}) for _ in range(2))
        assert one == two
        assert hash(one) == hash(two)

    def test_collapses_repetitions(self) -> None:
        assert SupportedProperties({"a": {"b": ["1", "1", "2"]}}).values("a", "b") == (
            "1",
            "2",
        )

    @pytest.mark.parametrize(
        ("features", "path"),
        [
            ({"A": {}}, ()),
            ({"a": {"B": ["1"]}}, ("a",)),
            ({"a": {"b": ["1,2"]}}, ("a", "b")),
        ],
    )
    def test_refuses_what_breaks_the_rules(
        self, features: dict[str, dict[str, list[str]]], path: tuple[str, ...]
    ) -> None:
        with pytest.raises(ValidationError) as caught:
            SupportedProperties(features)
        assert caught.value.path == path
