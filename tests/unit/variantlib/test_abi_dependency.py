"""Rules R95 to R97: what a value of ``abi_dependency`` stands for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from pip_variants.variantlib.abi_dependency import (
    distribution_name,
    fits,
    fitting,
    needed,
    newest_first,
    used_values,
)

numbers = st.integers(min_value=0, max_value=12)
releases = st.lists(numbers, min_size=1, max_size=4).map(
    lambda parts: ".".join(map(str, parts))
)
values = st.lists(numbers, min_size=1, max_size=3).map(
    lambda parts: ".".join(map(str, parts))
)
suffixes = st.sampled_from(
    ["", "a1", "rc2", ".dev3", ".post4", "+cu128", "rc1.post2.dev3+local.4"]
)


class TestFits:
    @given(value=values, release=releases, suffix=suffixes)
    @example(value="2.0", release="2", suffix="")
    @example(value="2.8.0", release="2.8", suffix="rc1")
    def test_is_what_a_specifier_with_a_star_matches(
        self, value: str, release: str, suffix: str
    ) -> None:
        """The draft: "matched the same as the ``=={value}.*`` specifier"."""
        version = Version(release + suffix)
        expected = SpecifierSet(f"=={value}.*").contains(version, prereleases=True)
        assert fits(value, str(version)) == expected

    @given(value=values, release=releases, epoch=st.integers(1, 9))
    def test_no_version_with_an_epoch(
        self, value: str, release: str, epoch: int
    ) -> None:
        assert not fits(value, f"{epoch}!{release}")
        assert fits(value, f"0!{value}")

    @pytest.mark.parametrize(
        "value",
        ["", "2.8.0.0", "any", "2.", ".2", "2..8", "2a", "2_8", "1!2", "9" * 300],
    )
    def test_no_other_values(self, value: str) -> None:
        """At most three numbers."""
        assert not fits(value, "2.8.0")
        assert not fits(value, value)

    @given(st.text(max_size=50), st.text(max_size=50))
    def test_takes_any_text(self, value: str, version: str) -> None:
        assert fits(value, version) in (True, False)

    def test_a_number_of_any_length(self) -> None:
        assert fits("2", "2" + ".0" * 5_000) is False
        assert fits("2", "v2.0")


class TestOrder:
    @given(st.lists(values, max_size=6))
    def test_newer_then_more_specific(self, asked: list[str]) -> None:
        ordered = newest_first(asked)
        assert sorted(ordered) == sorted(set(asked))
        for better, worse in pairwise(ordered):
            one, other = ([*map(int, text.split("."))] for text in (better, worse))
            assert one >= other

    @given(st.lists(values, max_size=6), releases)
    def test_what_fits_keeps_its_order(self, asked: list[str], version: str) -> None:
        ordered = newest_first(asked)
        kept = fitting(ordered, version)
        assert [*kept] == [value for value in ordered if fits(value, version)]
        # Of what fits one release, the longer value says more.
        lengths = [value.count(".") for value in kept]
        assert lengths == sorted(lengths, reverse=True)

    def test_nothing_fits_what_is_not_there(self) -> None:
        assert fitting(("2", "2.8"), None) == ()


class TestUsedValues:
    def test_are_those_of_all_labels(self) -> None:
        variants = [
            {"abi_dependency": {"torch": ["2.8"], "numpy": ["2"]}},
            {"abi_dependency": {"torch": ["2.9", "2.8"]}, "cpu": {"level": ["v2"]}},
            {},
        ]
        assert used_values(variants) == {"numpy": ("2",), "torch": ("2.9", "2.8")}

    @pytest.mark.parametrize("feature", ["_", "_torch", "torch_", ""])
    def test_leave_out_what_is_no_name(self, feature: str) -> None:
        assert used_values([{"abi_dependency": {feature: ["2"]}}]) == {}


class TestWords:
    def test_the_name_of_a_distribution(self) -> None:
        assert distribution_name("flash_attn") == "flash-attn"
        assert distribution_name("a__b") == "a-b"

    def test_what_is_needed(self) -> None:
        text = needed({"torch": ["2.8", "2.10"], "flash_attn": ["2"]})
        assert text == "torch 2.10.* or 2.8.* and flash-attn 2.*"
