"""The rows that are reported: budget, measured, verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from .samples import Estimate, Series

__all__ = [
    "Report",
    "Row",
    "as_milliseconds",
    "as_ratio",
    "as_share",
    "judge",
    "ratio_row",
]

_MS = 1000.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    :param budget: empty where none was set.
    :param verdict: as :func:`judge` says it; empty where there is no budget.
    :param key: under which *ratio* is recorded, and found again in later runs; the
        name of the part stands in front, as in ``hook:pip --version``.
    :param ratio: of this row, None where there is none that is worth recording. More
        must be worse, and it may not depend on how many runs were made.
    """

    what: str
    budget: str
    measured: str
    verdict: str = ""
    key: str = ""
    ratio: Estimate | None = None


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

    def ratios(self) -> dict[str, Estimate]:
        """Return what can be recorded: key -> ratio.

        :raises ValueError: for a key that two rows have.
        """
        found: dict[str, Estimate] = {}
        for row in self.rows:
            if row.ratio is not None:
                if not row.key or row.key in found:
                    raise ValueError(f"no key of its own: {row.what!r}, {row.key!r}")
                found[row.key] = row.ratio
        return found

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


def ratio_row(key: str, what: str, ratio: Estimate, budget: float | None = None) -> Row:
    """Make the row of a ratio near one that is recorded."""
    if budget is None:
        return Row(what, "", as_ratio(ratio), key=key, ratio=ratio)
    verdict = judge(ratio, budget)
    return Row(what, f"{budget:.2f}", as_ratio(ratio), verdict, key, ratio)


def judge(estimate: Estimate, limit: float) -> str:
    """Compare with a budget that is a maximum.

    ``over`` needs proof: a middle above the budget whose interval reaches down to it
    may be the machine's doing. Processor time can prove it where the clock cannot.
    """
    if estimate.low > limit:
        return "over"
    cpu = estimate.cpu
    if cpu is not None and cpu.low > limit:
        return "over (CPU)"
    return "within" if estimate.middle <= limit else "within noise"


def as_ratio(estimate: Estimate) -> str:
    """Write a ratio near one.

    >>> as_ratio(Estimate(1.0123, 1.0, 1.02))
    '1.012 [1.000, 1.020]'
    """

    def write(part: Estimate) -> str:
        return f"{part.middle:.3f} [{part.low:.3f}, {part.high:.3f}]"

    return _with_cpu(estimate, write)


def as_share(estimate: Estimate) -> str:
    """Write a ratio far below one.

    >>> as_share(Estimate(0.02, 0.019, 0.021))
    '1/50 [1/53, 1/48]'
    """

    def write(part: Estimate) -> str:
        middle, low, high = (
            f"1/{1 / each:.0f}" for each in (part.middle, part.low, part.high)
        )
        return middle if low == high else f"{middle} [{low}, {high}]"

    return _with_cpu(estimate, write)


def as_milliseconds(estimate: Estimate) -> str:
    """Write a difference.

    >>> as_milliseconds(Estimate(0.0005, 0.0004, 0.0006))
    '0.50 [0.40, 0.60] ms'
    """

    def write(part: Estimate) -> str:
        low, high = part.low * _MS, part.high * _MS
        return f"{part.middle * _MS:.2f} [{low:.2f}, {high:.2f}] ms"

    return _with_cpu(estimate, write)


def _with_cpu(estimate: Estimate, write: Callable[[Estimate], str]) -> str:
    text = write(estimate)
    return text if estimate.cpu is None else f"{text}; CPU {write(estimate.cpu)}"
