"""``pip variant build``: the progress, and what came of it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from optparse import Values
from pathlib import Path

from ... import _pip
from ...building.ledger import Ledger
from ...building.orders import Orders, Outcome
from ...building.plan import Plan
from ...building.processes import ended_as_by_ctrl_c
from ...building.project import Project
from ...building.shelf import Shelf
from ...building.source import Sdist
from ...inheritance import kept_to_this_run
from ...settings import Settings
from ...text import printable
from ...validation import make_tools
from ...variantlib.errors import VariantError
from ...variantlib.publishing.project.descriptions import Descriptions
from ...variantlib.publishing.project.matrix import Matrix
from ...variantlib.publishing.validating import Finding, examine
from ...variantlib.publishing.vocabulary import Vocabulary
from ._base import print_json
from ._build_told import (
    Finished,
    document_of,
    going_on,
    say_what_comes,
    show_log,
    sum_up,
    tell,
    tell_the_end,
    tell_the_rest,
)
from ._live import live
from ._wheels import date_of_builds

__all__ = ["Job", "build_all"]

logger = logging.getLogger(__name__)

_SUBPROCESS = "_PIP_RUNNING_IN_SUBPROCESS"
_PATH = "PYTHONPATH"
_CONSTRAINT = "PIP_CONSTRAINT"
_BUILD_CONSTRAINT = "PIP_BUILD_CONSTRAINT"
_CHANGED = (_SUBPROCESS, _PATH, _CONSTRAINT)
_FRONT_END = ("build", "packaging", "pyproject_hooks")
_NO_FRONT_END = (
    "building needs the package 'build'; to install it: "
    "pip install 'pip-variants[build]'"
)


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """What there is to build.

    :param matrix: all of it, also what is not built this time.
    """

    project: Project
    matrix: Matrix
    plan: Plan
    described: Descriptions
    vocabulary: Vocabulary


def build_all(options: Values, settings: Settings, job: Job) -> int:
    """Build everything, and return the exit status.

    :raises pip's CommandError: when nothing can be built.
    """
    outdir = Path(options.outdir) if options.outdir else job.project.home / "dist"
    orders = Orders(
        job.project.path,
        outdir,
        job.plan,
        job.described.documents,
        options.jobs,
        options.isolation,
        options.fresh,
        date_of_builds(),
    )
    with _handed_down(settings, isolated=options.isolation):
        sdist, outcomes = _make(orders, shown=not options.json and not options.quiet)
    sum_up(outcomes)
    done = _published(
        Finished(sdist, outcomes), orders, job.matrix, prune=options.prune
    )
    tell_the_rest(done, pruned=options.prune)
    if options.validate and not done.failed:
        whole = not (options.only or options.exclude)
        done = replace(done, findings=_validate(outcomes, job.vocabulary, whole=whole))
    tell_the_end(done)
    if options.json:
        print_json(document_of(done, job.matrix))
    return 0 if done.ok else 1


@contextmanager
def _handed_down(settings: Settings, *, isolated: bool) -> Iterator[None]:
    """Let the pip that installs build requirements follow the same policy."""
    before_us = {name: os.environ.get(name) for name in _CHANGED}
    # Where it is set, that pip would take our environment for its own.
    os.environ.pop(_SUBPROCESS, None)
    if isolated:
        # What that pip finds there, it would not install.
        os.environ.pop(_PATH, None)
    if os.environ.get(_BUILD_CONSTRAINT):
        # To the front end, build requirements are requirements like any others.
        files = (os.environ.get(_CONSTRAINT, ""), os.environ[_BUILD_CONSTRAINT])
        os.environ[_CONSTRAINT] = " ".join(filter(None, files))
    talk = logging.getLogger("build")
    before = talk.level
    if logging.getLogger().getEffectiveLevel() >= logging.INFO:
        talk.setLevel(logging.WARNING)
    with kept_to_this_run():
        settings.hand_down()
        try:
            yield
        finally:
            talk.setLevel(before)
            for name, text in before_us.items():
                os.environ.pop(name, None)
                if text is not None:
                    os.environ[name] = text


def _make(orders: Orders, *, shown: bool) -> tuple[Sdist, list[Outcome]]:
    """Make the wheels, with a line for each.

    :param shown: whether a terminal may show what is going on meanwhile.
    :raises pip's CommandError: when there is no source to build from.
    """
    try:
        from ...building.workshop import Workshop
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in _FRONT_END:
            raise
        raise _pip.CommandError(_NO_FRONT_END) from None
    outcomes: list[Outcome] = []
    failed: set[int] = set()
    total = orders.plan.wanted
    with ended_as_by_ctrl_c(), Workshop(orders) as workshop:
        try:
            with live(lambda: "making the sdist", shown=shown):
                sdist = workshop.source()
            say_what_comes(sdist, orders.plan)
            with live(lambda: going_on(workshop.running), shown=shown) as line:
                for outcome in workshop.make(sdist):
                    outcomes.append(outcome)
                    at = f"[{len(outcomes):{len(str(total))}}/{total}]"
                    tell(outcome, at, line, failed)
        except VariantError as error:
            log = getattr(error, "log", None)
            if log is not None:
                show_log(log)
            raise _pip.CommandError(printable(error)) from None
        except OSError as error:
            msg = f"nothing can be built in {printable(orders.outdir)}: {error}"
            raise _pip.CommandError(msg) from None
        except KeyboardInterrupt:
            done = sum(outcome.path is not None for outcome in outcomes)
            logger.warning(
                "Stopped: %s of %s wheels are made; the same command makes the others",
                done,
                total,
            )
            raise
    return sdist, outcomes


def _published(
    done: Finished, orders: Orders, matrix: Matrix, *, prune: bool
) -> Finished:
    """Remove what the user does not want any more, and write the index-level metadata.

    :param prune: whether wheels of earlier runs go that the matrix does not have.
    """
    shelf = Shelf(orders.outdir, done.sdist)
    ledger = Ledger(orders.outdir)
    labels = {cell.label for cell in matrix.cells}
    others = shelf.others(labels, plain=matrix.plain is not None, ledger=ledger)
    removed: tuple[Path, ...] = ()
    # They may be all that there is for some machines.
    if prune and not done.failed:
        removed = tuple(path for path in others if _removed(path, ledger))
        others = tuple(path for path in others if path not in removed)
    published = None if len(done.failed) == len(done.outcomes) else shelf.publish()
    return replace(done, others=others, removed=removed, published=published)


def _removed(wheel: Path, ledger: Ledger) -> bool:
    """Remove a wheel that was made here; tell whether it is gone."""
    if not ledger.made(wheel):
        return False
    try:
        wheel.unlink()
    except OSError as error:
        logger.warning("%s cannot be removed: %s", printable(wheel), error)
        return False
    ledger.forget(wheel)
    return True


def _validate(
    outcomes: Sequence[Outcome], vocabulary: Vocabulary, *, whole: bool
) -> tuple[Finding, ...]:
    """Check the wheels.

    :param whole: whether all wheels of the release are there.
    """
    shown = ("error", "warning") if whole else ("error",)
    wheels = [outcome.path for outcome in outcomes if outcome.path is not None]
    report = examine(wheels, make_tools(vocabulary))
    return tuple(each for each in report.findings if each.severity in shown)
