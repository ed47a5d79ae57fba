"""``pip variant build``: what the user is told, wheel by wheel and in the end."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ... import _pip
from ...building.log import tail_of
from ...building.orders import Outcome
from ...building.plan import Build, Plan
from ...building.shelf import Published
from ...building.source import Sdist
from ...text import counted, printable
from ...variantlib.publishing.project.matrix import Cell, Matrix
from ...variantlib.publishing.validating import Finding
from ._build_plan import PLAIN, wheel_entry
from ._live import Live

__all__ = [
    "Finished",
    "document_of",
    "going_on",
    "say_what_comes",
    "show_log",
    "sum_up",
    "tell",
    "tell_the_end",
    "tell_the_rest",
]

logger = logging.getLogger(__name__)

_VERSION = 1
_MOST_SHOWN = 20
_LONGEST = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """What came of a run.

    :param others: wheels of the release that the matrix does not have.
    :param removed: those of them that are removed.
    :param published: None where no wheel was made.
    :param findings: what the check of the wheels has found.
    """

    sdist: Sdist
    outcomes: Sequence[Outcome]
    others: Sequence[Path] = ()
    removed: Sequence[Path] = ()
    published: Published | None = None
    findings: Sequence[Finding] = ()

    @property
    def failed(self) -> tuple[str, ...]:
        """The labels whose wheels could not be made."""
        return tuple(each.label or PLAIN for each in self.outcomes if each.path is None)

    @property
    def held(self) -> bool:
        """Whether the index-level metadata could not be written."""
        return self.published is None or any(
            each.fatal for each in self.published.problems
        )

    @property
    def errors(self) -> int:
        """How many errors the check has found."""
        return sum(each.severity == "error" for each in self.findings)

    @property
    def ok(self) -> bool:
        """Whether everything is as it should be."""
        return not (self.failed or self.held or self.errors)


def say_what_comes(sdist: Sdist, plan: Plan) -> None:
    """Say what is built, before it is."""
    wheels = counted(plan.wanted, "wheel")
    builds = counted(len(plan.builds), "build")
    text = f"Building {sdist.name} {sdist.version}: {wheels} out of {builds}"
    _pip.write_output("%s", printable(text))


def going_on(builds: Sequence[Build]) -> str:
    """Say what is being built."""
    labels = [
        label
        for build in builds
        for label in (
            *(cell.label for cell in build.cells),
            *((PLAIN,) if build.plain else ()),
        )
    ]
    return f"building {', '.join(labels)}" if labels else "building"


def tell(outcome: Outcome, at: str, line: Live, failed: set[int]) -> None:
    """Say what became of a wheel.

    :param failed: the builds whose logs were shown.
    """
    if outcome.path is None:
        label = outcome.label or PLAIN
        with line.away():
            logger.error("%s %s failed: %s", at, label, printable(outcome.error))
            # All wheels of a build have one log.
            if outcome.log is not None and outcome.build not in failed:
                show_log(outcome.log)
        failed.add(outcome.build)
        return
    for note in outcome.notes:
        logger.info("%s: %s", printable(outcome.path.name), printable(note))
    how = "kept" if outcome.kept else f"{outcome.seconds:.1f} s"
    _pip.write_output("%s", f"{at} {printable(outcome.path)} ({how})")


def show_log(log: Path) -> None:
    """Show the end of what a backend wrote, and where all of it is."""
    try:
        lines = tail_of(log)
    except OSError:
        logger.error("Its log cannot be read: %s", printable(log))  # noqa: TRY400
        return
    for line in lines:
        logger.error("  %s", printable(line))
    logger.error("All of it is in %s", printable(log))


def sum_up(outcomes: Sequence[Outcome]) -> None:
    """Say how many wheels there are now."""
    made = sum(outcome.path is not None and not outcome.kept for outcome in outcomes)
    kept = sum(outcome.kept for outcome in outcomes)
    failed = sum(outcome.path is None for outcome in outcomes)
    text = f"{counted(made, 'wheel')} made, {kept} kept, {failed} failed"
    _pip.write_output("%s", text)


def tell_the_rest(done: Finished, *, pruned: bool) -> None:
    """Say what else is in the folder, what was written there and what is wrong.

    :param pruned: whether the user wants the wheels of earlier runs removed.
    """
    for path in done.removed:
        _pip.write_output("%s", f"Removed {printable(path)}")
    if done.others:
        remedy = (
            "; nothing shows that this command has made them as they are, so remove "
            "them yourself"
            if pruned and not done.failed
            else "; --prune removes those that an earlier run has made"
        )
        logger.warning(
            "Wheels of %s %s that the matrix does not have are published with the "
            "others: %s%s",
            printable(done.sdist.name),
            printable(done.sdist.version),
            _some([printable(path) for path in done.others]),
            remedy,
        )
    if done.published is None:
        return
    for problem in done.published.problems:
        say = logger.error if problem.fatal else logger.warning
        say("%s", printable(problem.text, _LONGEST))
    if done.published.is_new:
        _pip.write_output("%s", f"Wrote {printable(done.published.path)}")


def tell_the_end(done: Finished) -> None:
    """Say what the check has found, and as the last thing what is to be done."""
    for each in done.findings:
        told = logger.error if each.severity == "error" else logger.warning
        told(
            "%s: %s (%s)",
            printable(each.where),
            printable(each.text),
            printable(each.remedy or each.rule),
        )
    if done.failed:
        logger.error(
            "Failed: %s; put right what is wrong and type the same command, which "
            "makes what is missing",
            _some(done.failed),
        )
    elif done.held:
        logger.error(
            "All wheels are made, but their index-level metadata is not written, see "
            "above"
        )
    elif done.errors:
        logger.error(
            "All wheels are made, but checking them found %s, see above",
            counted(done.errors, "error"),
        )


def _some(names: Sequence[str]) -> str:
    """Name the first ones: there may be hundreds."""
    shown = ", ".join(names[:_MOST_SHOWN])
    rest = len(names) - _MOST_SHOWN
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def document_of(done: Finished, matrix: Matrix) -> dict[str, Any]:
    """Return what came of it as JSON."""
    published = done.published
    cells: dict[str, Cell] = {cell.label: cell for cell in matrix.cells}
    return {
        "version": _VERSION,
        "wheels": [_wheel(outcome, done.sdist, cells) for outcome in done.outcomes],
        "others": [str(path) for path in done.others],
        "removed": [str(path) for path in done.removed],
        "problems": [
            {"file": each.where, "text": each.text, "fatal": each.fatal}
            for each in (() if published is None else published.problems)
        ],
        "findings": [each.to_dict() for each in done.findings],
    }


def _wheel(outcome: Outcome, sdist: Sdist, cells: Mapping[str, Cell]) -> dict[str, Any]:
    cell = None if outcome.label is None else cells[outcome.label]
    size, digest = None, None
    if outcome.path is not None:
        size = outcome.path.stat().st_size
        with outcome.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "build": outcome.build,
        **wheel_entry(cell, sdist.name, sdist.version),
        "file": None if outcome.path is None else str(outcome.path),
        "size": size,
        "sha256": digest,
        "kept": outcome.kept,
        "error": outcome.error,
        "log": None if outcome.log is None else str(outcome.log),
        "seconds": round(outcome.seconds, 3),
        "notes": [*outcome.notes],
    }
