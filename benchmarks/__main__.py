"""``python -m benchmarks``: measure, and print the table."""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from . import growth, machine, page, recorded
from .parts import AGAIN, CHECK, FULL, PARTS, QUICK, TREE, Effort, Suite
from .samples import Estimate
from .table import Report
from .tree import FULL_SIZE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suite; figures over a budget are no failure, except with ``--check``."""
    options = _read(arguments)
    with tempfile.TemporaryDirectory(prefix="pip-variants-bench-") as work:
        suite = Suite(Path(work), options.tree_size)
        if options.check:
            return _check(suite, options.only or ())
        busy = machine.load()
        effort = QUICK if options.quick else FULL
        reports = suite.measure(options.only or (), effort)
    text = _render(reports, busy)
    print(text)
    if options.write:
        _write(reports, text)
    return 0


def _read(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs: two minutes")
    parser.add_argument(
        "--check",
        action="store_true",
        help="a short run; fails where a ratio is twice the recorded one",
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help=f"put the table into docs/{page.PAGE.name}, and record the ratios",
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=(*PARTS, TREE),
        help=f"one part; may be repeated. {TREE!r} runs only when it is named",
    )
    parser.add_argument(
        "--tree-size",
        type=float,
        default=FULL_SIZE,
        metavar="GB",
        help="how large the tree is; the disk needs five times that (%(default)s)",
    )
    options = parser.parse_args(arguments)
    if options.check and (options.write or TREE in (options.only or ())):
        parser.error(f"--check goes with neither --write nor --only {TREE}")
    if options.write and (options.quick or options.only not in (None, [TREE])):
        parser.error(f"--write needs a full run of all parts, or of {TREE!r} alone")
    if options.write and importlib.util.find_spec("matplotlib") is None:
        parser.error("--write needs matplotlib, which draws the growth")
    return options


def _write(reports: Mapping[str, Report], text: str) -> None:
    """Put what was measured where it is kept."""
    if TREE in reports:
        page.write(text, page.TREE)
        return
    recorded.write(_ratios(reports))
    page.write(text)
    growth.write(reports["selection"].series)


def _render(reports: Mapping[str, Report], busy: str) -> str:
    """Write the table of all parts."""
    everything = Report()
    for report in reports.values():
        everything.add(report)
    day = datetime.now(UTC).date().isoformat()
    facts = [
        *machine.describe(),
        f"{day}; load at the start {busy}, at the end {machine.load()}",
    ]
    return everything.render(facts)


def _ratios(reports: Mapping[str, Report]) -> dict[str, Estimate]:
    """Return what is recorded: part and key -> ratio."""
    return {
        f"{part}:{key}": ratio
        for part, report in reports.items()
        for key, ratio in report.ratios().items()
    }


def _check(suite: Suite, only: Sequence[str]) -> int:
    """Compare a short run with the recorded ratios, and say what was found."""

    def short(parts: Iterable[str]) -> Mapping[str, Estimate]:
        return measure(tuple(parts) or only, CHECK)

    def longer(parts: Iterable[str]) -> Mapping[str, Estimate]:
        return measure(parts, AGAIN)

    def measure(parts: Iterable[str], effort: Effort) -> Mapping[str, Estimate]:
        return _ratios(suite.measure(parts, effort))

    found = recorded.check(recorded.read(), short, longer)
    print(f"{len(found.compared)} ratios compared with {recorded.RECORDED.name}")
    for key in found.unrecorded:
        print(f"not recorded yet: {key}")
    for text in found.passing:
        print(f"high only once: {text}")
    for text in found.regressions:
        print(f"more than {recorded.LIMIT:g} times the recorded ratio: {text}")
    if not found.compared:
        print("Nothing could be compared: record the ratios with --write")
    return int(found.is_failure)


if __name__ == "__main__":
    sys.exit(main())
