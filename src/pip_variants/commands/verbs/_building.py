"""``pip variant build``: the progress, and what came of it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from optparse import Values
from pathlib import Path
from typing import Any

from ... import _pip
from ...building.describing import Descriptions
from ...building.plan import Build, Plan
from ...building.processes import ended_as_by_ctrl_c
from ...inheritance import kept_to_this_run
from ...release import identity
from ...settings import Settings
from ...text import printable
from ...validation import make_tools
from ...variantlib.errors import VariantError
from ...variantlib.publishing.index import IndexReport, index_folder
from ...variantlib.publishing.matrix import Matrix
from ...variantlib.publishing.validating import Finding, examine
from ...variantlib.publishing.vocabulary import Vocabulary
from ._base import print_json
from ._build_plan import PLAIN, counted
from ._live import Live, live
from ._wheels import date_of_builds

__all__ = ["build_all"]

logger = logging.getLogger(__name__)

_VERSION = 1
_TAIL_LINES = 12
_TAIL_BYTES = 8 * 1024
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


def build_all(
    options: Values,
    settings: Settings,
    project: Path,
    plan: Plan,
    described: Descriptions,
    vocabulary: Vocabulary,
    matrix: Matrix,
) -> int:
    """Build everything, and return the exit status.

    :raises pip's CommandError: when nothing can be built.
    """
    try:
        from ...building.workshop import Orders
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in _FRONT_END:
            raise
        raise _pip.CommandError(_NO_FRONT_END) from None
    home = project if project.is_dir() else Path()
    outdir = Path(options.outdir) if options.outdir else home / "dist"
    orders = Orders(
        project,
        outdir,
        plan,
        described.documents,
        options.jobs,
        options.isolation,
        options.fresh,
        date_of_builds(),
    )
    with _handed_down(settings, isolated=options.isolation):
        outcomes = _make(orders, shown=not options.json and not options.quiet)
    wheels = [outcome.path for outcome in outcomes if outcome.path is not None]
    report = _index(outdir) if wheels else None
    if report is not None:
        _tell_of_others(report, wheels[0], outdir, matrix)
    findings: Sequence[Finding] = ()
    if options.validate and len(wheels) == len(outcomes):
        findings = _validate(
            wheels, vocabulary, whole=not (options.only or options.exclude)
        )
    if options.json:
        print_json(_document(outcomes, report, findings))
    broken = any(each.fatal for each in report.problems) if report else True
    wrong = any(each.severity == "error" for each in findings)
    return 1 if broken or wrong or len(wheels) < len(outcomes) else 0


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


def _make(orders: Any, *, shown: bool) -> list[Any]:
    """Make the wheels, with a line for each.

    :param shown: whether a terminal may show what is going on meanwhile.
    :raises pip's CommandError: when there is no source to build from.
    """
    from ...building.workshop import Workshop

    outcomes: list[Any] = []
    failed: set[int] = set()
    total = orders.plan.wanted
    with ended_as_by_ctrl_c(), Workshop(orders) as workshop:
        try:
            with live(lambda: "making the sdist", shown=shown):
                sdist = workshop.source()
            _say_what_comes(sdist, orders.plan)
            with live(lambda: _going_on(workshop.running), shown=shown) as line:
                for outcome in workshop.make(sdist):
                    outcomes.append(outcome)
                    at = f"[{len(outcomes):{len(str(total))}}/{total}]"
                    _tell(outcome, at, line, failed)
        except VariantError as error:
            log = getattr(error, "log", None)
            if log is not None:
                _show_log(log)
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
    _sum_up(outcomes)
    return outcomes


def _say_what_comes(sdist: Any, plan: Plan) -> None:
    wheels = counted(plan.wanted, "wheel")
    builds = counted(len(plan.builds), "build")
    text = f"Building {sdist.name} {sdist.version}: {wheels} out of {builds}"
    _pip.write_output("%s", printable(text))


def _going_on(builds: Sequence[Build]) -> str:
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


def _sum_up(outcomes: Sequence[Any]) -> None:
    made = sum(outcome.path is not None and not outcome.kept for outcome in outcomes)
    kept = sum(outcome.kept for outcome in outcomes)
    failed = sum(outcome.path is None for outcome in outcomes)
    text = f"{counted(made, 'wheel')} made, {kept} kept, {failed} failed"
    _pip.write_output("%s", text)


def _tell(outcome: Any, at: str, line: Live, failed: set[int]) -> None:
    """Say what became of a wheel.

    :param failed: the builds whose logs were shown.
    """
    if outcome.path is None:
        label = outcome.label or PLAIN
        with line.away():
            logger.error("%s %s failed: %s", at, label, printable(outcome.error))
            # All wheels of a build have one log.
            if outcome.log is not None and outcome.build not in failed:
                _show_log(outcome.log)
        failed.add(outcome.build)
        return
    for note in outcome.notes:
        logger.info("%s: %s", printable(outcome.path.name), printable(note))
    how = "kept" if outcome.kept else f"{outcome.seconds:.1f} s"
    _pip.write_output("%s", f"{at} {printable(outcome.path)} ({how})")


def _show_log(log: Path) -> None:
    """Show the end of what a backend wrote, and where all of it is."""
    text = None
    with suppress(OSError), log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - _TAIL_BYTES))
        text = stream.read(_TAIL_BYTES).decode("utf-8", "replace")
    if text is None:
        logger.error("Its log cannot be read: %s", printable(log))
        return
    for line in text.splitlines()[-_TAIL_LINES:]:
        logger.error("  %s", printable(line))
    logger.error("All of it is in %s", printable(log))


def _index(outdir: Path) -> IndexReport | None:
    """Write the index-level metadata, and say what is wrong with the wheels."""
    report, error = None, None
    try:
        report = index_folder(outdir)
    except VariantError as reason:
        error = reason
    if report is None:
        logger.error("%s", printable(error))
        return None
    for problem in report.problems:
        logger.error("%s: %s", printable(problem.where), printable(problem.text))
    for release in report.releases:
        if release.state == "written":
            _pip.write_output("%s", f"Wrote {printable(outdir / release.file)}")
    return report


def _tell_of_others(
    report: IndexReport, wheel: Path, outdir: Path, matrix: Matrix
) -> None:
    """Warn of labels that the release has, and the matrix has not: they are published.

    :param wheel: one of the release.
    """
    name, version, *_ = wheel.name.split("-")
    known = {cell.label for cell in matrix.cells}
    for release in report.releases:
        others = [label for label in release.labels if label not in known]
        if others and identity(release.name, release.version) == identity(
            name, version
        ):
            logger.warning(
                "%s describes labels that the matrix does not have: %s; if their "
                "wheels are left from an earlier run, remove them and build again",
                printable(outdir / release.file),
                ", ".join(others),
            )


def _validate(
    wheels: Sequence[Path], vocabulary: Vocabulary, *, whole: bool
) -> tuple[Finding, ...]:
    """Check the wheels, and say what is wrong with them.

    :param whole: whether all wheels of the release are there.
    """
    shown = ("error", "warning") if whole else ("error",)
    report = examine(wheels, make_tools(vocabulary))
    findings = tuple(each for each in report.findings if each.severity in shown)
    for each in findings:
        told = logger.error if each.severity == "error" else logger.warning
        told(
            "%s: %s (%s)",
            printable(each.where),
            printable(each.text),
            printable(each.remedy or each.rule),
        )
    return findings


def _document(
    outcomes: Sequence[Any], report: IndexReport | None, findings: Sequence[Finding]
) -> dict[str, Any]:
    """Return what came of it as JSON."""
    return {
        "version": _VERSION,
        "wheels": [
            {
                "build": outcome.build,
                "label": outcome.label,
                "file": None if outcome.path is None else str(outcome.path),
                "kept": outcome.kept,
                "error": outcome.error,
                "log": None if outcome.log is None else str(outcome.log),
                "seconds": round(outcome.seconds, 3),
                "notes": [*outcome.notes],
            }
            for outcome in outcomes
        ],
        "problems": [
            {"file": each.where, "text": each.text, "fatal": each.fatal}
            for each in (() if report is None else report.problems)
        ],
        "findings": [each.to_dict() for each in findings],
    }
