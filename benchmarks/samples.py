"""Runs that take turns, and what can be said about them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import sub, truediv

__all__ = [
    "Estimate",
    "Sample",
    "Series",
    "difference",
    "estimate",
    "ratio",
    "take_turns",
]

_MS = 1000.0
# Two standard deviations of a coin that is tossed n times are the square root of n.
_WIDTH_95 = 0.98


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: seconds on the clock, and seconds of processor time where known."""

    wall: float
    cpu: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """The runs of one contender, in the order in which they were made."""

    samples: tuple[Sample, ...]

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def walls(self) -> tuple[float, ...]:
        """The seconds on the clock."""
        return tuple(sample.wall for sample in self.samples)

    @property
    def cpus(self) -> tuple[float, ...]:
        """The seconds of processor time, of the runs that could tell."""
        return tuple(sample.cpu for sample in self.samples if sample.cpu is not None)

    @property
    def median(self) -> float:
        """The middle one of the seconds on the clock."""
        return statistics.median(self.walls)

    def cells(self) -> tuple[str, ...]:
        """Return count, p10, quartiles and median of processor time, for a table."""
        parts = (0.10, 0.25, 0.50, 0.75)
        clock = [f"{_quantile(self.walls, part) * _MS:,.2f}" for part in parts]
        cpu = f"{statistics.median(self.cpus) * _MS:,.2f}" if self.cpus else "-"
        return (str(len(self)), *clock, cpu)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with the interval that holds it with 95 % confidence.

    :param cpu: the same figure made of processor time, which a busy machine spoils
        less; None where it is not known.
    """

    middle: float
    low: float
    high: float
    cpu: Estimate | None = None


def _quantile(values: Sequence[float], part: float) -> float:
    """Interpolate between the two nearest values.

    >>> _quantile([1.0, 2.0, 3.0], 0.25)
    1.5
    """
    ordered = sorted(values)
    position = part * (len(ordered) - 1)
    below = math.floor(position)
    above = math.ceil(position)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def take_turns(
    contenders: Mapping[str, Callable[[], Sample]], rounds: int, warm_up: int = 1
) -> dict[str, Series]:
    """Run each contender once a round; who begins changes from round to round."""
    names = list(contenders)
    for _ in range(warm_up):
        for name in names:
            contenders[name]()
    taken: dict[str, list[Sample]] = {name: [] for name in names}
    for number in range(rounds):
        start = number % len(names)
        for name in names[start:] + names[:start]:
            taken[name].append(contenders[name]())
    return {name: Series(tuple(samples)) for name, samples in taken.items()}


def ratio(ours: Series, theirs: Series) -> Estimate:
    """Return how many times as long *ours* took: the median over the rounds.

    Series that did not take turns are compared by their medians; their quartiles
    stand for the interval.
    """
    if len(ours) != len(theirs):
        return _ratio_of_quartiles(ours, theirs)
    return _compare(ours, theirs, truediv)


def difference(ours: Series, theirs: Series) -> Estimate:
    """Return how many seconds longer *ours* took: the median over the rounds."""
    return _compare(ours, theirs, sub)


def _compare(
    ours: Series, theirs: Series, combine: Callable[[float, float], float]
) -> Estimate:
    cpu = None
    if len(ours.cpus) == len(ours) and len(theirs.cpus) == len(theirs):
        cpu = estimate(list(map(combine, ours.cpus, theirs.cpus)))
    return replace(estimate(list(map(combine, ours.walls, theirs.walls))), cpu=cpu)


def estimate(values: Sequence[float]) -> Estimate:
    """Return the median, and the order statistics that enclose it in 19 of 20 cases.

    This assumes nothing about how the values are distributed. Of few values the
    interval is all of them, and holds it less often.

    >>> estimate([3.0, 1.0, 2.0])
    Estimate(middle=2.0, low=1.0, high=3.0, cpu=None)
    """
    ordered = sorted(values)
    count = len(ordered)
    first = max(0, math.floor(count / 2 - _WIDTH_95 * math.sqrt(count)))
    last = count - 1 - first
    return Estimate(statistics.median(ordered), ordered[first], ordered[last])


def _ratio_of_quartiles(ours: Series, theirs: Series) -> Estimate:
    def compare(mine: Sequence[float], other: Sequence[float]) -> Estimate:
        return Estimate(
            statistics.median(mine) / statistics.median(other),
            _quantile(mine, 0.25) / _quantile(other, 0.75),
            _quantile(mine, 0.75) / _quantile(other, 0.25),
        )

    cpu = compare(ours.cpus, theirs.cpus) if ours.cpus and theirs.cpus else None
    return replace(compare(ours.walls, theirs.walls), cpu=cpu)
