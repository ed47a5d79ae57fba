"""Which ratios of a short run are gross regressions against the recorded ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import recorded
from benchmarks.parts import PARTS
from benchmarks.samples import Estimate
from benchmarks.table import Report, Row

RATIOS = st.floats(1e-4, 1e4)


def ratio(middle: float, cpu: float | None = None) -> Estimate:
    processor = None if cpu is None else Estimate(cpu, cpu, cpu)
    return Estimate(middle, middle, middle, processor)


class Runs:
    """A short run, and a longer one of the parts that are asked for."""

    def __init__(
        self, first: Mapping[str, Estimate], again: Mapping[str, Estimate]
    ) -> None:
        self._first = first
        self._again = again
        self.repeated: list[str] = []

    def check(self, known: Mapping[str, float]) -> recorded.Found:
        return recorded.check(known, lambda _: self._first, self._repeat)

    def _repeat(self, parts: Iterable[str]) -> Mapping[str, Estimate]:
        self.repeated += parts
        wanted = set(self.repeated)
        return {k: v for k, v in self._again.items() if recorded.part_of(k) in wanted}


def test_a_ratio_of_more_than_twice_the_recorded_one_is_a_regression() -> None:
    runs = Runs({"hook:pip": ratio(2.5)}, {"hook:pip": ratio(2.4)})
    (told,) = runs.check({"hook:pip": 1.1}).regressions
    assert told == "hook:pip: recorded 1.1, measured 2.5, then 2.4"


def test_a_ratio_that_is_high_only_once_is_no_regression_and_is_told() -> None:
    runs = Runs({"hook:pip": ratio(9.0)}, {"hook:pip": ratio(1.2)})
    found = runs.check({"hook:pip": 1.1})
    assert found.regressions == ()
    assert found.passing == ("hook:pip: recorded 1.1, measured 9, then 1.2",)


def test_only_the_parts_that_look_slow_are_measured_again() -> None:
    first = {"a:1": ratio(3.0), "a:2": ratio(3.0), "b:1": ratio(1.0)}
    runs = Runs(first, first)
    found = runs.check(dict.fromkeys(first, 1.0))
    assert runs.repeated == ["a"]
    assert len(found.regressions) == 2


def test_nothing_is_measured_again_when_nothing_looks_slow() -> None:
    first = {"a:1": ratio(1.9), "b:1": ratio(0.1)}
    runs = Runs(first, {})
    found = runs.check({"a:1": 1.0, "b:1": 1.0})
    assert (runs.repeated, found.regressions) == ([], ())
    assert found.compared == ("a:1", "b:1")


def test_a_part_that_is_not_measured_any_more_is_a_failure() -> None:
    first = {"a:1": ratio(1.0)}
    found = Runs(first, first).check({"a:1": 1.0, "a:2": 1.0, "b:1": 1.0})
    assert found.missing == ("b",)
    assert found.is_failure


@pytest.mark.parametrize("odd", [math.nan, math.inf, 0.0, -1.0])
def test_what_nothing_could_be_twice_of_is_not_recorded(
    tmp_path: Path, odd: float
) -> None:
    with pytest.raises(ValueError, match="cannot be checked"):
        recorded.write({"a:1": ratio(odd)}, tmp_path / "recorded.json")


def test_the_clock_alone_proves_nothing_where_processor_time_is_known() -> None:
    busy = {"a:1": ratio(5.0, cpu=1.1)}
    slow = {"a:1": ratio(5.0, cpu=4.0)}
    assert Runs(busy, busy).check({"a:1": 1.0}).regressions == ()
    assert len(Runs(slow, slow).check({"a:1": 1.0}).regressions) == 1


def test_a_ratio_that_the_longer_run_lacks_stands_as_first_measured() -> None:
    found = Runs({"a:1": ratio(3.0)}, {}).check({"a:1": 1.0})
    assert found.regressions == ("a:1: recorded 1, measured 3, then 3",)


def test_a_ratio_without_a_record_is_named_and_not_compared() -> None:
    found = Runs({"a:new": ratio(99.0)}, {}).check({"a:old": 1.0})
    assert (found.compared, found.unrecorded) == ((), ("a:new",))
    assert found.regressions == ()


def test_only_a_regression_or_nothing_to_compare_is_a_failure() -> None:
    once = Runs({"a:1": ratio(3.0)}, {"a:1": ratio(1.0)})
    twice = Runs({"a:1": ratio(3.0)}, {"a:1": ratio(3.0)})
    assert not once.check({"a:1": 1.0, "a:2": 1.0}).is_failure
    assert twice.check({"a:1": 1.0}).is_failure
    assert twice.check({}).is_failure


@given(known=RATIOS, first=RATIOS, second=RATIOS)
def test_a_regression_is_above_twice_the_record_in_both_runs(
    known: float, first: float, second: float
) -> None:
    found = Runs({"a:1": ratio(first)}, {"a:1": ratio(second)}).check({"a:1": known})
    assert bool(found.regressions) == (min(first, second) > 2 * known)


@given(st.dictionaries(st.text(min_size=1), RATIOS, max_size=5))
def test_what_is_written_is_read_again_to_four_digits(
    tmp_path_factory: pytest.TempPathFactory, ratios: dict[str, float]
) -> None:
    path = tmp_path_factory.getbasetemp() / "recorded.json"
    recorded.write({key: ratio(each) for key, each in ratios.items()}, path)
    found = recorded.read(path)
    assert found.keys() == ratios.keys()
    for key, each in ratios.items():
        assert math.isclose(found[key], each, rel_tol=1e-3)


def test_without_a_file_nothing_is_recorded(tmp_path: Path) -> None:
    assert recorded.read(tmp_path / "recorded.json") == {}


def test_ratios_are_recorded_of_parts_that_there_are() -> None:
    keys = recorded.read()
    assert keys
    assert {recorded.part_of(key) for key in keys} <= set(PARTS)


@pytest.mark.parametrize("bad", [0.0, -0.5])
def test_a_ratio_that_has_no_double_is_not_recorded(tmp_path: Path, bad: float) -> None:
    path = tmp_path / "recorded.json"
    with pytest.raises(ValueError, match="hook:pip"):
        recorded.write({"hook:pip": ratio(bad)}, path)
    assert not path.exists()


def test_two_rows_of_one_part_cannot_share_a_key() -> None:
    row = Row("pip", "", "1.00", key="pip", ratio=ratio(1.0))
    with pytest.raises(ValueError, match="pip"):
        Report(rows=[row, row]).ratios()
    with pytest.raises(ValueError, match="no key"):
        Report(rows=[Row("pip", "", "1.00", ratio=ratio(1.0))]).ratios()


def test_rows_without_a_ratio_are_not_recorded() -> None:
    rows = [
        Row("noise", "", "1.00"),
        Row("pip", "", "1.1", key="pip", ratio=ratio(1.1)),
    ]
    assert Report(rows=rows).ratios() == {"pip": ratio(1.1)}
