"""Which labels make a marker true (R49-R56)."""

from __future__ import annotations

import pytest

from pip_variants.variantlib.errors import ValidationError
from pip_variants.variantlib.publishing.validating.conditions import parse_marker

TWO_ARCHITECTURES = {"gpu": {"arch": ["80", "90"]}, "cpu": {"level": ["v3"]}}


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        ("variant_label == 'x'", True),
        ("'x' == variant_label", True),
        ("variant_label != 'x'", False),
        ("variant_label in 'x y'", True),
        ("'x' not in variant_label", False),
        ("variant_label > 'a'", True),
        ("'gpu' in variant_namespaces", True),
        ("'gpu' not in variant_namespaces", False),
        ("'amd' in variant_namespaces", False),
        ("'amd' not in variant_namespaces", True),
        ("'gpu::arch' in variant_features", True),
        # The machine may have either of the two.
        ("'gpu :: arch :: 80' in variant_properties", True),
        ("'gpu :: arch :: 80' not in variant_properties", True),
        ("'cpu::level::v3' not in variant_properties", False),
        ("'gpu' in variant_namespaces and os_name == 'nt'", True),
        ("'amd' in variant_namespaces and os_name == 'nt'", False),
        ("'amd' in variant_namespaces or os_name == 'nt'", True),
        ("os_name == 'nt' and ('a' in variant_label or 'x' in variant_label)", True),
        ("'a' in variant_label or 'b' in variant_label and os_name == 'nt'", False),
        ('variant_label == "\'"', False),
    ],
)
def test_when_a_marker_can_hold(marker: str, expected: bool) -> None:
    assert parse_marker(marker).can_hold("x", TWO_ARCHITECTURES) is expected


def test_a_plain_wheel_has_an_empty_label_and_empty_sets() -> None:
    """R56."""
    assert parse_marker("variant_label == ''").can_hold("", {})
    assert parse_marker("'gpu' not in variant_namespaces").can_hold("", {})
    assert not parse_marker("'gpu' in variant_namespaces").can_hold("", {})


@pytest.mark.parametrize(
    "marker",
    [
        "variant_properties == 'a :: b :: c'",
        "variant_namespaces in 'gpu'",
        "os_name in variant_namespaces",
        "'gpu' in variant_properties",
        "'gpu' in variant_features",
        "'gpu :: arch' in variant_namespaces",
    ],
)
def test_a_set_that_is_misused_is_a_fault(marker: str) -> None:
    """R49: only membership makes sense, of something of the right form."""
    assert len([*parse_marker(marker).faults()]) == 1


def test_a_name_that_is_nearly_a_marker_is_pointed_out() -> None:
    condition = parse_marker("'gpu' in variant_namespace and variant_label == 'x'")
    assert [*condition.unknown()] == ["variant_namespace"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "variant_label",
        "variant_label ==",
        "variant_label = 'x'",
        "(variant_label == 'x'",
        "variant_label == 'x')",
        "variant_label == 'x' or",
        "and variant_label == 'x'",
        "variant_label == 'x",
        "'x' not variant_label",
        "'x' ! variant_label",
        "(" * 10_000 + "'x' in variant_label",
        "(" * 60 + "'x' in variant_label" + ")" * 60,
    ],
)
def test_what_is_no_marker_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        parse_marker(text)
