"""``pip variant index``: an index out of a folder of wheels."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from logging import getLogger
from optparse import Values
from pathlib import Path
from typing import Any

from ... import _pip
from ...text import printable
from ...variantlib.errors import VariantError
from ...variantlib.filename import INDEX_SUFFIX
from ...variantlib.publishing.indexing.folder import (
    IndexProblem,
    IndexReport,
    index_folder,
)
from ...variantlib.publishing.indexing.watching import Watch
from ._base import Verb, add_json_option, keep_notes_off, print_json

__all__ = ["IndexVerb"]

logger = getLogger(__name__)

_VERSION = 1
_INTERVAL = 2.0
_DAY = 24 * 3600.0
_LARGE = 100 * 1000 * 1000
"""From so many bytes on, the user is told which wheel is being read."""

_LONGEST = 2000


class IndexVerb(Verb):
    """
    Make a folder of wheels an index that any web server can serve.

    Every release with variant wheels, in the folder or below it, gets its
    variants.json beside them; with --simple, every project gets pages. Files
    that have not changed since the last run are not read again. Where wheels
    cannot be read or contradict each other, what is published stays as it is,
    and the exit status is 1.
    """

    usage = """
        %prog [options] <folder>"""

    def add_options(self) -> None:
        """Add the options."""
        self.cmd_opts.add_option(
            "--simple",
            metavar="folder",
            help="Also write the pages of a simple index into this folder, as HTML "
            "and JSON, and the core metadata beside each wheel.",
        )
        self.cmd_opts.add_option(
            "--watch",
            action="store_true",
            default=False,
            help="Go on until Ctrl-C, and publish what changes. A file that still "
            "grows waits, and its project with it.",
        )
        self.cmd_opts.add_option(
            "--interval",
            metavar="seconds",
            type="float",
            help=f"How often --watch looks at the folder [default: {_INTERVAL:g}].",
        )
        self.cmd_opts.add_option(
            "--refresh",
            action="store_true",
            default=False,
            help="Read every file again, also those that seem unchanged.",
        )
        add_json_option(self.cmd_opts)
        self.parser.insert_option_group(0, self.cmd_opts)

    def run(self, options: Values, args: list[str]) -> int:
        """Bring the index up to date, once or again and again.

        :raises pip's CommandError: for a folder or options that make no sense.
        """
        keep_notes_off(options)
        folder, pages = (
            _folder(args),
            (Path(options.simple) if options.simple else None),
        )
        if options.interval is not None and not options.watch:
            raise _pip.CommandError("--interval goes with --watch")
        if options.watch:
            if options.json:
                raise _pip.CommandError("--json goes without --watch")
            interval = _INTERVAL if options.interval is None else options.interval
            if not 0 < interval <= _DAY:
                msg = f"--interval {interval:g}: give a number of seconds above 0, a day at most"
                raise _pip.CommandError(msg)
            with contextlib.suppress(KeyboardInterrupt):
                _watch(folder, pages, interval, refresh=options.refresh)
            return 0
        try:
            report = index_folder(
                folder, pages=pages, refresh=options.refresh, progress=_Notes()
            )
        except VariantError as error:
            raise _pip.CommandError(printable(error)) from None
        _tell(report.problems)
        if options.json:
            print_json(_document(folder, pages, report))
        else:
            _print(report, pages)
        return 0 if report.ok else 1


def _folder(args: list[str]) -> Path:
    if len(args) != 1:
        found = "one folder at a time" if args else "no folder given"
        msg = f"{found}; write: pip variant index <folder>"
        raise _pip.CommandError(msg)
    folder = Path(args[0])
    # Path raises for names that no system has, before Python 3.14.
    if not os.path.isdir(folder):  # noqa: PTH112
        raise _pip.CommandError(f"there is no folder {printable(args[0])!r}")
    return folder


class _Notes:
    """Tells the user what takes time."""

    def waiting(self) -> None:
        """Say why nothing happens."""
        _pip.write_output("Waiting: another run is at work in this folder")

    def reading(self, path: Path, size: int) -> None:
        """Name a large file."""
        if size >= _LARGE:
            name = printable(path.name)
            _pip.write_output("%s", f"Reading {name} ({_pip.format_size(size)})")


def _watch(folder: Path, pages: Path | None, interval: float, *, refresh: bool) -> None:
    """Look at the folder until the user ends it."""
    watch = Watch(folder, pages)
    told: frozenset[IndexProblem] = frozenset()
    _pip.write_output("%s", f"Watching {printable(folder)}; Ctrl-C ends it")
    while True:
        if watch.look():
            problems: tuple[IndexProblem, ...]
            try:
                report = index_folder(
                    folder,
                    pages=pages,
                    refresh=refresh,
                    settled=watch.settled,
                    progress=_Notes(),
                )
            except VariantError as error:
                problems = (IndexProblem("", str(error)),)
            else:
                refresh, problems = False, report.problems
                for line in _changes(report, pages):
                    _pip.write_output("%s", line)
            # What is wrong is said once, and tried again: a disk may be full today.
            _tell(problem for problem in problems if problem not in told)
            told = frozenset(problems)
            if any(problem.fatal for problem in problems):
                watch.again()
        time.sleep(interval)


def _tell(problems: Iterable[IndexProblem]) -> None:
    for problem in problems:
        say = logger.error if problem.fatal else logger.warning
        say("%s", printable(problem.text, _LONGEST))


def _print(report: IndexReport, pages: Path | None) -> None:
    for line in _changes(report, pages):
        _pip.write_output("%s", line)
    count = len(report.releases)
    same = sum(release.state == "unchanged" for release in report.releases)
    if not count:
        _pip.write_output("No release has variant wheels.")
    else:
        _pip.write_output("%s", f"Releases with variants: {count}, unchanged: {same}")


def _changes(report: IndexReport, pages: Path | None) -> Iterator[str]:
    """Yield a line for each thing that is other than it was."""
    for release in report.releases:
        if release.state == "written":
            labels = ", ".join(release.labels)
            yield f"Wrote {printable(release.file)}: {printable(labels)}"
    for path in report.removed:
        if path.endswith(INDEX_SUFFIX):
            yield f"Removed {printable(path)}: its wheels are gone"
    where = printable(pages)
    for verb, paths in (
        ("Wrote", report.pages_written),
        ("Removed", report.pages_removed),
    ):
        projects = {path.rpartition("/")[0] for path in paths} - {""}
        for project in sorted(projects):
            yield f"{verb} the pages of {printable(project)} in {where}"


def _document(folder: Path, pages: Path | None, report: IndexReport) -> dict[str, Any]:
    return {
        "version": _VERSION,
        "folder": str(folder),
        "pages": None if pages is None else str(pages),
        "releases": [
            {
                "name": release.name,
                "version": release.version,
                "file": release.file,
                "labels": [*release.labels],
                "state": release.state,
            }
            for release in report.releases
        ],
        "written": [*report.written],
        "removed": [*report.removed],
        "pages_written": [*report.pages_written],
        "pages_removed": [*report.pages_removed],
        "problems": [
            {"file": each.where, "text": each.text, "fatal": each.fatal}
            for each in report.problems
        ],
    }
