"""What is to be made, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..variantlib.metadata import VariantsJson
from .plan import Plan

__all__ = ["Orders", "Outcome"]


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """What is made, of what, and where it goes.

    :param project: the folder of the project, or its sdist.
    :param documents: the metadata of the wheel of each label.
    :param jobs: how many builds run at once.
    :param fresh: whether to make again what was made before.
    :param timestamp: the date of what is added to wheels, in seconds since 1970.
    """

    project: Path
    outdir: Path
    plan: Plan
    documents: Mapping[str, VariantsJson]
    jobs: int = 1
    isolated: bool = True
    fresh: bool = False
    timestamp: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of one wheel.

    :param label: None for the plain one.
    :param path: the wheel, None when there is none.
    :param kept: whether it was there from an earlier run.
    :param error: why there is none, "" when there is.
    :param log: what the backend wrote, None when it was not started.
    :param seconds: how long its build took, with all wheels out of it.
    """

    build: int
    label: str | None
    path: Path | None = None
    kept: bool = False
    error: str = ""
    log: Path | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
