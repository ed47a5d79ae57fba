"""What a run tells, while it works and at its end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ...model import Label

__all__ = ["IndexProblem", "IndexReport", "IndexedRelease", "Progress", "Silence"]


@dataclass(frozen=True, slots=True)
class IndexProblem:
    """Something that is wrong in the folder.

    :param where: the path of a file, or of the one that is not written.
    :param text: what is wrong and what to do, as a sentence without its full stop.
    :param fatal: whether something is not published because of it.
    """

    where: str
    text: str
    fatal: bool = True


@dataclass(frozen=True, slots=True)
class IndexedRelease:
    """A release with labelled wheels in one folder.

    :param version: as the wheels write it.
    :param file: the path of its variants.json.
    :param state: "written", "unchanged", or "held": left as it was, for a problem or
        because a file is still growing.
    """

    name: str
    version: str
    file: str
    labels: tuple[Label, ...]
    state: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one run has done. Paths are below the folder, with "/".

    :param releases: those with labelled wheels.
    :param written: the files whose content is new, pages left out.
    :param removed: those that were written before and describe nothing any more.
    :param pages_written: the same for the pages, as paths below their folder.
    """

    releases: tuple[IndexedRelease, ...]
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    pages_written: tuple[str, ...] = ()
    pages_removed: tuple[str, ...] = ()
    problems: tuple[IndexProblem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing had to be left as it was."""
        return not any(problem.fatal for problem in self.problems)


class Progress(Protocol):
    """Is told what takes time."""

    def waiting(self) -> None:
        """Another run is at work in the folder."""

    def reading(self, path: Path, size: int) -> None:
        """A file of so many bytes is read from its first to its last."""


class Silence:
    """Tells nobody."""

    def waiting(self) -> None:
        """Do nothing."""

    def reading(self, path: Path, size: int) -> None:
        """Do nothing."""
