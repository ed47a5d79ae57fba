"""Row 1: parse and select, against the reference library."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from .documents import SUPPORTED, torch_text
from .environments import PEER_VERSION, Environment, peer_python
from .samples import Sample, Series, ratio, take_turns
from .table import Report, Row, as_ratio, as_share, judge

__all__ = ["Plan", "measure"]

_DECIDER = Path(__file__).with_name("decider.py")
_BUDGET = 1 / 30
_GROWTH_FROM, _GROWTH_TO = 10_000, 100_000
_PARSER_ROUNDS = 7
_MB = 1e6


@dataclass(frozen=True, slots=True)
class Plan:
    """How often to decide about a document of one size.

    :param paired: rounds in which both sides take turns.
    :param alone: rounds of our side after that.
    :param peer_memory: whether the peer's memory is measured, which is slow.
    """

    count: int
    paired: int
    alone: int = 0
    peer_memory: bool = True


class _Decider:
    """A process that decides about one document whenever it is asked."""

    def __init__(self, python: Path, side: str, document: Path, *options: str) -> None:
        self._process = subprocess.Popen(
            # "-P": the folder of the script holds modules that it must not find.
            (
                str(python),
                "-P",
                str(_DECIDER),
                side,
                str(document),
                *_ARGUMENTS,
                *options,
            ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.answer: Mapping[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self) -> Sample:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the deciding process has ended")
        self.answer = json.loads(line)
        return Sample(self.answer["wall"], self.answer["cpu"])


_ARGUMENTS = (json.dumps(SUPPORTED),)


def measure(ours: Environment, work: Path, plans: tuple[Plan, ...]) -> Report:
    """Measure all sizes, and how the time grows between the two largest."""
    peer = peer_python(work / "peer")
    report = Report()
    if peer is None:
        report.notes.append("variantlib could not be installed: no ratios in row 1.")
    times: dict[int, Series] = {}
    for plan in plans:
        document = _document(work, plan.count)
        document.write_text(torch_text(plan.count), "utf-8")
        found = _measure_one(ours.python, peer, document, plan)
        report.add(found)
        times[plan.count] = found.series[_name("pip-variants", plan)]
    if {_GROWTH_FROM, _GROWTH_TO} <= times.keys():
        report.rows.append(_growth(times))
        report.rows.append(_growth_of_the_parser(ours.python, work))
    return report


def _name(side: str, plan: Plan) -> str:
    return f"parse + select, {plan.count:,}: {side}"


def _measure_one(ours: Path, peer: Path | None, document: Path, plan: Plan) -> Report:
    report = Report()
    what = f"parse + select, {plan.count:,} variants"
    mine, theirs = _name("pip-variants", plan), _name("variantlib", plan)
    with _Decider(ours, "ours", document) as our_side:
        our_side.run()
        if peer is not None:
            with _Decider(peer, "theirs", document) as their_side:
                contenders = {mine: our_side.run, theirs: their_side.run}
                # One run of the peer may take minutes; it needs no warm-up then.
                warm_up = 1 if plan.paired > 1 else 0
                report.series |= take_turns(contenders, plan.paired, warm_up)
                _check_same_choice(our_side.answer, their_side.answer, plan, report)
        alone = [our_side.run() for _ in range(plan.alone)]
    if alone:
        before = report.series.get(mine, Series(()))
        report.series[mine] = Series((*before.samples, *alone))
    if theirs in report.series:
        share = ratio(report.series[mine], report.series[theirs])
        report.rows.append(Row(what, "1/30", as_share(share), judge(share, _BUDGET)))
    report.rows.append(_memory(ours, peer, document, plan))
    return report


def _check_same_choice(
    ours: Mapping[str, Any], theirs: Mapping[str, Any], plan: Plan, report: Report
) -> None:
    """Compare what was chosen.

    :raises RuntimeError: when the sides choose different labels, so that their times
        cannot be compared.
    """
    if ours["best"] != theirs["best"]:
        msg = (
            f"of {plan.count} variants pip-variants takes {ours['best']}, variantlib "
            f"{theirs['best']}"
        )
        raise RuntimeError(msg)
    alike = "the same" if ours["order"] == theirs["order"] else "another"
    report.notes.append(
        f"{plan.count:,} variants: both choose `{ours['best']}`; {ours['count']:,} are "
        f"compatible, and variantlib {PEER_VERSION} has {alike} order of them."
    )


def _memory(ours: Path, peer: Path | None, document: Path, plan: Plan) -> Row:
    """Compare what Python allocates at most, in processes that time nothing."""

    def peak(python: Path, side: str) -> float:
        with _Decider(python, side, document, "--memory") as decider:
            decider.run()
            return float(decider.answer["peak"]) / _MB

    text = f"{peak(ours, 'ours'):.1f} MB"
    if peer is not None and plan.peer_memory:
        text += f", variantlib {peak(peer, 'theirs'):.1f} MB"
    size = document.stat().st_size / _MB
    what = f"peak memory of that (file of {size:.1f} MB)"
    return Row(what, "", text)


def _growth(times: Mapping[int, Series]) -> Row:
    few, many = _GROWTH_FROM, _GROWTH_TO
    grown = ratio(times[many], times[few])
    limit = many * math.log(many) / (few * math.log(few))
    return Row(
        f"time for {many:,} over time for {few:,}",
        f"{limit:.1f} (n log n)",
        as_ratio(grown),
        judge(grown, limit),
    )


def _growth_of_the_parser(python: Path, work: Path) -> Row:
    """Tell how much of the growth is that of memory, which json cannot escape."""
    few, many = (_document(work, count) for count in (_GROWTH_FROM, _GROWTH_TO))
    with (
        _Decider(python, "parser", few) as small,
        _Decider(python, "parser", many) as large,
    ):
        runs = take_turns({"many": large.run, "few": small.run}, _PARSER_ROUNDS)
    grown = ratio(runs["many"], runs["few"])
    return Row("the same for json.loads alone", "", as_ratio(grown))


def _document(work: Path, count: int) -> Path:
    return work / f"torch-{count}.json"
