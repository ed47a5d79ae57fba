"""The rows that are reported: budget, measured, verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .samples import Estimate, Series

__all__ = ["Report", "Row", "as_milliseconds", "as_ratio", "as_share", "judge"]

_MS = 1000.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    :param budget: empty where none was set.
    :param verdict: ``within``, ``over``, or empty.
    """

    what: str
    budget: str
    measured: str
    verdict: str = ""


@dataclass(slots=True)
class Report:
    """What one part of the suite found.

    :param series: name -> runs, for the table of timings.
    :param notes: sentences that say what the figures do not.
    """

    rows: list[Row] = field(default_factory=list)
    series: dict[str, Series] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Append another report."""
        self.rows += other.rows
        self.series |= other.series
        self.notes += other.notes

    def render(self, facts: Iterable[str]) -> str:
        """Write everything as Markdown."""
        rows = [(row.what, row.budget, row.measured, row.verdict) for row in self.rows]
        timings = [(name, *series.cells()) for name, series in self.series.items()]
        parts = [
            _table(("what", "budget", "measured", "verdict"), rows),
            _list(self.notes),
            "Milliseconds; each block of runs took turns:",
            _table(
                ("runs of", "n", "p10", "p25", "median", "p75", "CPU median"), timings
            ),
            "Measured on:",
            _list(facts),
        ]
        return "\n\n".join(part for part in parts if part) + "\n"


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    cells = [tuple(head), *(tuple(line) for line in lines)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]

    def written(line: Sequence[str]) -> str:
        pairs = zip(line, widths, strict=True)
        return f"| {' | '.join(cell.ljust(width) for cell, width in pairs)} |"

    rule = f"|{'|'.join('-' * (width + 2) for width in widths)}|"
    return "\n".join([written(cells[0]), rule, *map(written, cells[1:])])


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def judge(estimate: Estimate, limit: float) -> str:
    """Compare with a budget that is a maximum.

    ``over`` needs proof; a middle above the budget whose interval reaches down to it
    may be the machine's doing.
    """
    if estimate.middle <= limit:
        return "within"
    return "over" if estimate.low > limit else "within noise"


def as_ratio(estimate: Estimate) -> str:
    """Write a ratio near one.

    >>> as_ratio(Estimate(1.0123, 1.0, 1.02, 1.01))
    '1.012 [1.000, 1.020], CPU 1.010'
    """
    text = f"{estimate.middle:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
    return text if estimate.cpu is None else f"{text}, CPU {estimate.cpu:.3f}"


def as_share(estimate: Estimate) -> str:
    """Write a ratio far below one.

    >>> as_share(Estimate(0.02, 0.019, 0.021))
    '1/50 [1/53, 1/48]'
    """
    low, high = (f"1/{1 / part:.0f}" for part in (estimate.low, estimate.high))
    text = f"1/{1 / estimate.middle:.0f}"
    if low != high:
        text += f" [{low}, {high}]"
    return text if estimate.cpu is None else f"{text}, CPU 1/{1 / estimate.cpu:.0f}"


def as_milliseconds(estimate: Estimate) -> str:
    """Write a difference.

    >>> as_milliseconds(Estimate(0.0005, 0.0004, 0.0006))
    '0.50 ms [0.40, 0.60]'
    """
    middle, low, high = (
        part * _MS for part in (estimate.middle, estimate.low, estimate.high)
    )
    text = f"{middle:.2f} ms [{low:.2f}, {high:.2f}]"
    return text if estimate.cpu is None else f"{text}, CPU {estimate.cpu * _MS:.2f} ms"
