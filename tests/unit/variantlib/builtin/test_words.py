"""What properties of the built-in namespaces are called in sentences."""

from __future__ import annotations

import pytest

from pip_variants.variantlib.builtin.words import in_order, needed, needs
from pip_variants.variantlib.model import SupportedProperties

LOWER, UPPER = "cuda_version_lower_bound", "cuda_version_upper_bound"
MACHINE = SupportedProperties(
    {
        "nvidia": {LOWER: ["12.6", "12.5"], "sm_arch": ["75_real"]},
        "amd": {"gfx_arch": ["gfx942"], "rocm_version": ["6.3"]},
        "x86_64": {"level": ["v2", "v1"]},
        "blas": {"library": ["a", "b", "c", "d", "e", "f"]},
    }
)


@pytest.mark.parametrize(
    ("namespace", "feature", "wanted", "words"),
    [
        ("nvidia", LOWER, ["12.9"], "nvidia driver >= 12.9"),
        ("nvidia", LOWER, ["12.10", "12.9"], "nvidia driver >= 12.9"),
        ("nvidia", LOWER, ["9.2", "10.0"], "nvidia driver >= 9.2"),
        ("nvidia", UPPER, ["12.9"], "nvidia driver < 12.9"),
        ("nvidia", UPPER, ["12.9", "12.10"], "nvidia driver < 12.10"),
        ("nvidia", "sm_arch", ["90_real"], "nvidia :: sm_arch :: 90_real"),
        ("x86_64", "level", ["v3"], "x86-64-v3"),
        ("x86_64", "level", ["v4", "v3"], "x86-64-v3"),
        ("x86_64", "avx2", ["on"], "x86_64 :: avx2 :: on"),
        ("amd", "rocm_version", ["6.4"], "ROCm 6.4"),
        ("amd", "rocm_version", ["6.10", "6.4"], "ROCm 6.4 or 6.10"),
        (
            "amd",
            "gfx_arch",
            ["gfx90a", "gfx942"],
            "amd :: gfx_arch :: one of gfx90a, gfx942",
        ),
        ("other", "level", ["v3"], "other :: level :: v3"),
        ("x86_64", "level", ["v10", "v9"], "x86-64-v9"),
        ("other", "x", ["a", "b"], "other :: x :: one of a, b"),
        ("other", "x", ["b10", "b9"], "other :: x :: one of b9, b10"),
        ("other", "x", [*"abcdef"], "other :: x :: one of a, b, c, d, ... (6 values)"),
    ],
)
def test_needed(namespace: str, feature: str, wanted: list[str], words: str) -> None:
    assert needed(namespace, feature, wanted) == words


@pytest.mark.parametrize(
    ("namespace", "feature", "wanted", "offers"),
    [
        ("nvidia", LOWER, ["12.9"], "12.6"),
        ("nvidia", UPPER, ["12.1"], "12.6"),
        ("nvidia", "sm_arch", ["90_real"], "75_real"),
        ("nvidia", "other", ["x"], "no other"),
        ("x86_64", "level", ["v3"], "x86-64-v2"),
        ("x86_64", "avx2", ["on"], "no avx2"),
        ("amd", "rocm_version", ["6.4"], "6.3"),
        ("aarch64", "version", ["8.2a"], "nothing of aarch64"),
        ("blas", "library", ["x"], "a, b, c, d, ... (6 values)"),
    ],
)
def test_needs(namespace: str, feature: str, wanted: list[str], offers: str) -> None:
    text = needs(namespace, feature, wanted, MACHINE)
    expected = needed(namespace, feature, wanted)
    assert text == f"needs {expected}, this machine offers {offers}"


def test_a_driver_that_nobody_knows() -> None:
    here = SupportedProperties({"nvidia": {"sm_arch": ["75_real"]}})
    text = needs("nvidia", LOWER, ["12.9"], here, "that machine")
    assert text == f"needs nvidia driver >= 12.9, that machine offers no {LOWER}"


@pytest.mark.parametrize("value", ["", "abc", "1.", "...", "9" * 5000])
def test_values_of_other_forms_do_no_harm(value: str) -> None:
    """A publisher may write what a driver never says."""
    assert "nvidia driver" in needs("nvidia", LOWER, [value, "12.9"], MACHINE)


@pytest.mark.parametrize(
    ("values", "ordered"),
    [
        (["120_real", "90_real", "100_real"], ["90_real", "100_real", "120_real"]),
        (["12.10", "12.9", "9.2"], ["9.2", "12.9", "12.10"]),
        (["v2", "v10", "on", "1"], ["1", "on", "v2", "v10"]),
        (["8.10a", "8.2a", "8.2"], ["8.2", "8.2a", "8.10a"]),
        (["01", "1", "001"], ["001", "01", "1"]),
    ],
)
def test_values_are_ordered_by_the_numbers_in_them(
    values: list[str], ordered: list[str]
) -> None:
    assert in_order(values) == ordered
    assert in_order(values[::-1]) == ordered
