"""What is said about runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.samples import estimate


@pytest.mark.parametrize(
    ("count", "rank"),
    # From tables of the interval of a median that holds it in about 95 % of the cases.
    [(10, 2), (20, 6), (50, 18), (100, 40)],
)
def test_the_interval_leaves_as_many_out_below_as_above(count: int, rank: int) -> None:
    found = estimate([float(each) for each in range(1, count + 1)])
    assert found.middle == (count + 1) / 2
    assert found.low == pytest.approx(rank, abs=1)
    assert count + 1 - found.high == found.low


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_the_interval_holds_the_median_and_is_made_of_what_was_measured(
    values: list[float],
) -> None:
    found = estimate(values)
    assert found.low <= found.middle <= found.high
    assert {found.low, found.high} <= {*values}
    assert estimate(values[::-1]) == found
