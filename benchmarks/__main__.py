"""``python -m benchmarks``: measure, and print the table."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from . import detection, hook, installs, machine, page, selection
from .environments import make_environment
from .selection import Plan
from .table import Report


@dataclass(frozen=True, slots=True)
class _Effort:
    """How often each thing is run."""

    hook: int
    plain: int
    torch: int
    labels: tuple[int, ...]
    detection: int
    plans: tuple[Plan, ...]


_FULL = _Effort(
    hook=300,
    plain=40,
    torch=40,
    labels=(4, 100),
    detection=30,
    plans=(
        Plan(100, paired=40),
        Plan(10_000, paired=5, alone=5),
        Plan(100_000, paired=1, alone=5, peer_memory=False),
    ),
)
_QUICK = _Effort(
    hook=40,
    plain=5,
    torch=5,
    labels=(4,),
    detection=5,
    plans=(
        Plan(100, paired=10),
        Plan(10_000, paired=1, alone=3, peer_memory=False),
    ),
)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _measure(effort: _Effort, only: Sequence[str], work: Path) -> Report:
    _say("making the environments")
    hooked = make_environment(work / "hooked", hooked=True)
    stock = make_environment(work / "stock", hooked=False)
    again = make_environment(work / "again", hooked=False)
    sides = installs.Sides(hooked, stock, again)
    parts: dict[str, Callable[[], Report]] = {
        "selection": lambda: selection.measure(hooked, work, effort.plans),
        "hook": lambda: hook.measure(hooked, stock, again, effort.hook),
        "plain": lambda: installs.measure_plain(sides, work, effort.plain),
        "torch": lambda: installs.measure_torch(
            sides, work, effort.torch, effort.labels
        ),
        "requests": lambda: installs.measure_requests(sides, work),
        "detection": lambda: detection.measure(hooked, effort.detection),
    }
    report = Report()
    for name in only or parts:
        started = perf_counter()
        report.add(parts[name]())
        _say(f"{name}: {perf_counter() - started:.0f} s")
    return report


_PARTS = ("selection", "hook", "plain", "torch", "requests", "detection")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suite; figures over a budget are no failure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs: a minute")
    parser.add_argument(
        "--write", action="store_true", help=f"put the table into docs/{page.PAGE.name}"
    )
    parser.add_argument(
        "--only", action="append", choices=_PARTS, help="one part; may be repeated"
    )
    options = parser.parse_args(arguments)
    if options.write and (options.quick or options.only):
        parser.error("--write needs all parts of a full run")
    busy = machine.load()
    with tempfile.TemporaryDirectory(prefix="pip-variants-bench-") as work:
        effort = _QUICK if options.quick else _FULL
        report = _measure(effort, options.only or (), Path(work))
    day = datetime.now(UTC).date().isoformat()
    facts = [
        *machine.describe(),
        f"{day}; load at the start {busy}, at the end {machine.load()}",
    ]
    text = report.render(facts)
    print(text)
    if options.write:
        page.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
