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
from .parts import AGAIN, CHECK, FULL, PARTS, QUICK, TREE, Effort, Measured, Suite
from .samples import Estimate
from .table import Report
from .tree import FULL_SIZE

_KEPT = Path(__file__).parents[1] / "build" / "bench"
"""Where each part is put that a run with ``--write`` has measured."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suite; figures over a budget are no failure, except with ``--check``."""
    options = read(arguments)
    with tempfile.TemporaryDirectory(prefix="pip-variants-bench-") as work:
        suite = Suite(Path(work), options.tree_size)
        if options.check:
            return _check(suite, options.only or ())
        busy = machine.load()
        effort = QUICK if options.quick else FULL
        kept = _KEPT if options.write else None
        measured = suite.measure(options.only or (), effort, kept)
    text = _render(measured.reports, busy)
    print(text)
    return finish(measured, text, write=options.write)


def finish(
    measured: Measured, text: str, *, write: bool, documentation: Path = page.PAGE
) -> int:
    """Write what is to be written, and return the exit status.

    Where a part has failed, nothing is: the page is of one run, or it tells nothing.

    :param text: the table of what was measured.
    :param documentation: the page that the table goes to.
    """
    if measured.failed:
        _complain(f"These parts failed: {', '.join(measured.failed)}.")
        if write:
            _complain(f"Nothing is written. The other parts are kept in {_KEPT}.")
        return 1
    if write and not keep(measured.reports, text, documentation):
        _complain("Nothing was measured: nothing is written.")
        return 1
    return 0


def _complain(text: str) -> None:
    print(text, file=sys.stderr)


def read(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; options that contradict each other end the program."""
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
    _refuse_contradictions(parser, options)
    return options


def _refuse_contradictions(
    parser: argparse.ArgumentParser, options: argparse.Namespace
) -> None:
    """End the program where options do not go together."""
    tree_alone = options.only == [TREE]
    if options.check and (options.write or TREE in (options.only or ())):
        parser.error(f"--check goes with neither --write nor --only {TREE}")
    if options.check and options.quick:
        parser.error("--check makes a short run of its own: leave out --quick")
    if options.write and (options.quick or not (options.only is None or tree_alone)):
        parser.error(f"--write needs a full run of all parts, or of {TREE!r} alone")
    no_drawing = importlib.util.find_spec("matplotlib") is None
    if options.write and not tree_alone and no_drawing:
        parser.error("--write needs matplotlib, which draws the growth")


def keep(
    reports: Mapping[str, Report], text: str, documentation: Path = page.PAGE
) -> bool:
    """Put what was measured where it is kept, and tell whether there was anything.

    :param text: the table of all parts.
    :param documentation: the page that the table goes to.
    """
    if not any(report.rows for report in reports.values()):
        return False
    if TREE in reports:
        page.write(text, page.TREE, documentation)
        return True
    recorded.write(_ratios(reports))
    page.write(text, page.MAIN, documentation)
    growth.write(reports["selection"].series)
    return True


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
    failed: list[str] = []

    def short(parts: Iterable[str]) -> Mapping[str, Estimate]:
        return measure(tuple(parts) or only, CHECK)

    def longer(parts: Iterable[str]) -> Mapping[str, Estimate]:
        return measure(parts, AGAIN)

    def measure(parts: Iterable[str], effort: Effort) -> Mapping[str, Estimate]:
        measured = suite.measure(parts, effort)
        failed.extend(measured.failed)
        return _ratios(measured.reports)

    known = {
        key: ratio
        for key, ratio in recorded.read().items()
        if not only or recorded.part_of(key) in only
    }
    found = recorded.check(known, short, longer)
    print(f"{len(found.compared)} ratios compared with {recorded.RECORDED.name}")
    for key in found.unrecorded:
        print(f"not recorded yet: {key}")
    for part in found.missing:
        print(f"nothing of {part} was compared, of which ratios are recorded")
    for text in found.passing:
        print(f"high only once: {text}")
    for text in found.regressions:
        print(f"more than {recorded.LIMIT:g} times the recorded ratio: {text}")
    if not found.compared:
        print("Nothing could be compared: record the ratios with --write")
    for name in dict.fromkeys(failed):
        print(f"{name} failed, as told above")
    return int(found.is_failure or bool(failed))


if __name__ == "__main__":
    sys.exit(main())
