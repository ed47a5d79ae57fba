"""The parts of the suite, and how often each thing is run in a full or a short run."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from . import detection, hook, machine, plain, requests, selection, tree, uv, variants
from .environments import Sides, make_environment
from .selection import Plan
from .table import Report
from .variants import Size

__all__ = [
    "AGAIN",
    "CHECK",
    "FULL",
    "PARTS",
    "QUICK",
    "TREE",
    "Effort",
    "Measured",
    "Suite",
    "measure_each",
]

PARTS = ("selection", "hook", "plain", "variants", "requests", "uv", "detection")
"""What a run consists of, in this order."""

TREE = "tree"
"""The part that takes as long as all others, and runs only when it is named."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How often each thing is run.

    :param plans: for the part "selection".
    :param sizes: for the part "variants".
    :param memory: how often memory is looked at, in the part "plain".
    :param tree: how often each side installs the whole tree.
    """

    hook: int
    plain: int
    sizes: tuple[Size, ...]
    uv: int
    detection: int
    plans: tuple[Plan, ...]
    memory: int = 1
    tree: int = 1


FULL = Effort(
    hook=150,
    plain=12,
    sizes=(
        Size(4, 1, rounds=15, memory_runs=3),
        *(Size(labels, 1, rounds=6) for labels in (1, 10, 100, 1000)),
        *(Size(labels, 10, rounds=4) for labels in (1, 10, 100, 1000)),
        *(Size(labels, 100, rounds=3) for labels in (1, 10, 100)),
        # A page of 100,000 files, which takes any pip many seconds.
        Size(1000, 100, rounds=1),
    ),
    uv=12,
    detection=30,
    plans=selection.FULL,
    memory=3,
    tree=2,
)
QUICK = Effort(
    hook=40,
    plain=5,
    sizes=(Size(4, 1, rounds=5), Size(100, 10, rounds=3)),
    uv=5,
    detection=5,
    plans=selection.QUICK,
)
CHECK = Effort(
    hook=15,
    plain=3,
    sizes=(Size(4, 1, rounds=3, memory_runs=1), Size(100, 10, rounds=3)),
    uv=3,
    detection=5,
    plans=selection.QUICK,
)
AGAIN = Effort(
    hook=60,
    plain=12,
    sizes=(Size(4, 1, rounds=12, memory_runs=3), Size(100, 10, rounds=8)),
    uv=12,
    detection=20,
    plans=selection.AGAIN,
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of the parts that were run.

    :param reports: name -> report, of those that came to their end.
    :param failed: the names of the others, of which the error was told.
    """

    reports: dict[str, Report] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


class Suite:
    """Measures parts, in environments that are made once."""

    def __init__(self, work: Path, tree_size: float = 0.0) -> None:
        """Make the environments.

        :param work: an empty folder.
        :param tree_size: for the part "tree", in GB; less where the disk is small.
        """
        _say("making the environments")
        self._work = work
        self._tree_size = tree_size
        self._count = 0
        self._sides = Sides(
            make_environment(work / "hooked", hooked=True),
            make_environment(work / "stock", hooked=False),
            make_environment(work / "again", hooked=False),
        )

    def measure(
        self, parts: Iterable[str], effort: Effort, kept: Path | None = None
    ) -> Measured:
        """Measure some parts, or all but the tree when none is named.

        :param kept: a folder, where each report is put as soon as it is there.
        """
        self._count += 1
        work = self._work / f"run{self._count}"
        work.mkdir()
        functions = self._functions(work, effort)
        return measure_each(
            {name: functions[name] for name in tuple(parts) or PARTS}, kept
        )

    def _functions(
        self, work: Path, effort: Effort
    ) -> Mapping[str, Callable[[], Report]]:
        sides = self._sides
        return {
            "selection": lambda: selection.measure(sides.hooked, work, effort.plans),
            "hook": lambda: hook.measure(sides, effort.hook),
            "plain": lambda: plain.measure(sides, work, effort.plain, effort.memory),
            "variants": lambda: variants.measure(sides, work, effort.sizes),
            "requests": lambda: requests.measure(sides, work),
            "uv": lambda: uv.measure(sides, work, effort.uv),
            "detection": lambda: detection.measure(sides.hooked, effort.detection),
            TREE: lambda: self._measure_tree(work, effort.tree),
        }

    def _measure_tree(self, work: Path, rounds: int) -> Report:
        size = tree.fitting_size(work, self._tree_size)
        if not size:
            return Report(
                notes=[
                    "Nothing was installed: of this size there is no tree, or no room on the disk."
                ]
            )
        return tree.measure(self._sides, work, size, rounds)


def measure_each(
    functions: Mapping[str, Callable[[], Report]], kept: Path | None = None
) -> Measured:
    """Measure parts; one that fails costs its own figures, and not those of others.

    :param functions: name -> what measures it.
    :param kept: a folder, where each report is put as soon as it is there, as a table
        in ``NAME.md``. Whatever an earlier run has left of these parts goes.
    """
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        for name in functions:
            (kept / f"{name}.md").unlink(missing_ok=True)
    measured = Measured()
    for name, function in functions.items():
        started = perf_counter()
        try:
            report = function()
        except Exception:  # noqa: BLE001 - whatever it is, the others are measured
            _say(f"{name} failed:\n{traceback.format_exc()}")
            measured.failed.append(name)
            continue
        measured.reports[name] = report
        if kept is not None:
            text = report.render(machine.describe())
            (kept / f"{name}.md").write_text(text, "utf-8", newline="\n")
        _say(f"{name}: {perf_counter() - started:.0f} s")
    return measured


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
