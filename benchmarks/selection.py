"""Row 1: parse and select, against the reference library and against json alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from .deciding import MEMORY, Decider
from .environments import PEER_VERSION, Environment, peer_python
from .samples import Sample, Series, ratio, take_turns
from .shapes import SHAPES, Shape
from .table import Report, Row, as_ratio, as_share, judge

__all__ = [
    "AGAIN",
    "FEW",
    "FULL",
    "OURS",
    "PARSER",
    "QUICK",
    "THEIRS",
    "Plan",
    "measure",
    "series_name",
]

OURS = "pip-variants"
THEIRS = "variantlib"
PARSER = "json.loads"

FEW = 10_000
"""How many variants the file has that larger ones are compared with."""

_BUDGET = 1 / 30
_MANY = 100_000
_N_LOG_N = _MANY * math.log(_MANY) / (FEW * math.log(FEW))
_MB = 1e6


@dataclass(frozen=True, slots=True)
class Plan:
    """How often to decide about a document of one size.

    :param paired: rounds in which all sides take turns; 0 leaves the peer out.
    :param alone: rounds without the peer, after that.
    :param memory: whether our memory is measured.
    :param peer_memory: whether the peer's is, which takes long.
    :param shape: a key of ``SHAPES``.
    """

    count: int
    paired: int
    alone: int = 0
    memory: bool = False
    peer_memory: bool = False
    shape: str = "torch"

    @property
    def key(self) -> str:
        """What the ratio is recorded under."""
        return f"{self.shape} {self.count}"


def _all_sizes(shape: str) -> tuple[Plan, ...]:
    peer_once = 1 if shape == "torch" else 0
    return (
        Plan(10, paired=40, shape=shape),
        Plan(100, paired=40, shape=shape),
        Plan(1_000, paired=10, shape=shape),
        Plan(FEW, paired=5, alone=5, memory=True, peer_memory=True, shape=shape),
        Plan(_MANY, paired=peer_once, alone=5, memory=True, shape=shape),
    )


FULL = (*_all_sizes("torch"), *_all_sizes("features"), *_all_sizes("values"))
QUICK = (
    Plan(100, paired=10),
    Plan(FEW, paired=1, alone=3, memory=True),
    Plan(1_000, paired=3, shape="features"),
    Plan(1_000, paired=3, shape="values"),
)
AGAIN = (
    Plan(100, paired=40),
    Plan(FEW, paired=3, alone=5),
    Plan(1_000, paired=10, shape="features"),
    Plan(1_000, paired=10, shape="values"),
)


def series_name(shape: str, count: int, side: str) -> str:
    """Return what the runs of one side are called in the report."""
    return f"parse + select, {shape}, {count:,}: {side}"


def measure(ours: Environment, work: Path, plans: tuple[Plan, ...]) -> Report:
    """Measure all plans, and how the time grows between the two largest sizes.

    :raises RuntimeError: when the sides do not agree about which labels fit, or about
        their order, so that their times cannot be compared.
    """
    peer = peer_python(work / "peer")
    report = Report()
    if peer is None:
        report.notes.append("variantlib could not be installed: no ratios in row 1.")
    for plan in plans:
        document = work / f"{plan.shape}-{plan.count}.json"
        document.write_text(SHAPES[plan.shape].text(plan.count), "utf-8")
        report.add(_Contest(ours.python, peer, document, plan).measure())
    for shape in SHAPES.values():
        report.rows += _growth(shape, report.series)
    return report


class _Contest:
    """The sides, on one document."""

    def __init__(
        self, ours: Path, peer: Path | None, document: Path, plan: Plan
    ) -> None:
        self._pythons = {OURS: ours, PARSER: ours}
        if peer is not None:
            self._pythons[THEIRS] = peer
        self._document = document
        self._plan = plan
        self._name = partial(series_name, plan.shape, plan.count)

    def _decider(self, side: str, *options: str) -> Decider:
        supported = SHAPES[self._plan.shape].supported
        python = self._pythons[side]
        return Decider(python, side, self._document, supported, *options)

    def measure(self) -> Report:
        plan = self._plan
        report = Report()
        mine, theirs = self._name(OURS), self._name(THEIRS)
        with self._decider(OURS) as our_side, self._decider(PARSER) as parser:
            contenders = {mine: our_side.run, self._name(PARSER): parser.run}
            if plan.paired and THEIRS in self._pythons:
                with self._decider(THEIRS) as their_side:
                    our_side.run()
                    # One run of the peer may take minutes; it needs no warm-up then.
                    warm_up = 1 if plan.paired > 1 else 0
                    everybody = {**contenders, theirs: their_side.run}
                    report.series |= take_turns(everybody, plan.paired, warm_up)
                    report.notes.append(
                        _agreement(our_side.answer, their_side.answer, plan)
                    )
            if plan.alone:
                for side, runs in take_turns(contenders, plan.alone).items():
                    before = report.series.get(side, Series(()))
                    report.series[side] = Series((*before.samples, *runs.samples))
        if theirs in report.series:
            share = ratio(report.series[mine], report.series[theirs])
            what = f"parse + select, {plan.shape}, {plan.count:,} variants"
            verdict = judge(share, _BUDGET)
            row = Row(what, "1/30", as_share(share), verdict, plan.key, share)
            report.rows.append(row)
        if plan.memory:
            report.rows.append(self._memory())
        return report

    def _memory(self) -> Row:
        """Compare what Python allocates at most, in processes that time nothing."""
        text = f"{self._peak(OURS):.1f} MB"
        if self._plan.peer_memory and THEIRS in self._pythons:
            text += f", variantlib {self._peak(THEIRS):.1f} MB"
        size = self._document.stat().st_size / _MB
        what = f"peak memory, {self._plan.shape}, {self._plan.count:,} ({size:.1f} MB)"
        return Row(what, "", f"{text}, json.loads {self._peak(PARSER):.1f} MB")

    def _peak(self, side: str) -> float:
        with self._decider(side, MEMORY) as decider:
            decider.run()
            return float(decider.answer["peak"]) / _MB


def _agreement(ours: Mapping[str, Any], theirs: Mapping[str, Any], plan: Plan) -> str:
    """Say what both sides chose.

    :raises RuntimeError: when it is not the same.
    """
    for what in ("best", "count", "order"):
        if ours[what] != theirs[what]:
            msg = (
                f"{plan.shape}, {plan.count} variants: pip-variants and variantlib "
                f"differ in {what}: {ours[what]}, {theirs[what]}"
            )
            raise RuntimeError(msg)
    return (
        f"{plan.shape}, {plan.count:,} variants: pip-variants and variantlib "
        f"{PEER_VERSION} choose `{ours['best']}`, and have the same order of the "
        f"{ours['count']:,} that are compatible."
    )


def _growth(shape: Shape, runs: Mapping[str, Series]) -> list[Row]:
    """Compare the two largest sizes, with each other and with the peer."""
    few, many, theirs, parser_few, parser_many = (
        runs.get(series_name(shape.name, count, side))
        for count, side in (
            (FEW, OURS),
            (_MANY, OURS),
            (FEW, THEIRS),
            (FEW, PARSER),
            (_MANY, PARSER),
        )
    )
    if not (few and many):
        return []
    grown = ratio(many, few)
    rows = [
        Row(
            f"{shape.name}: time for {_MANY:,} over time for {FEW:,}",
            f"{_N_LOG_N:.1f} (n log n)",
            as_ratio(grown),
            judge(grown, _N_LOG_N),
            f"{shape.name} growth",
            grown,
        )
    ]
    if parser_few and parser_many:
        alone = as_ratio(ratio(parser_many, parser_few))
        rows.append(Row("the same for json.loads alone", "", alone))
    if theirs:
        share = ratio(many, _scaled(theirs, _N_LOG_N))
        rows.append(
            Row(
                f"{shape.name}: time for {_MANY:,} over variantlib's n log n",
                "1/30",
                as_share(share),
                judge(share, _BUDGET),
            )
        )
    return rows


def _scaled(series: Series, factor: float) -> Series:
    """Return the runs as they would be on a file that takes *factor* times as long."""
    return Series(
        tuple(
            Sample(
                sample.wall * factor,
                None if sample.cpu is None else sample.cpu * factor,
            )
            for sample in series.samples
        )
    )
