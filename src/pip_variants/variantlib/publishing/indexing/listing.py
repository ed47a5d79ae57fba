"""Which files lie in a folder, and how they looked when it was read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...filename import INDEX_SUFFIX

__all__ = ["Found", "Listing", "Stamp", "list_folder"]

_WANTED = (".whl", ".tar.gz", ".zip", INDEX_SUFFIX)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells whether a file is still the one that was read.

    :param modified: in nanoseconds since the epoch.
    :param inode: 0 where the system does not tell.
    """

    size: int
    modified: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """Take what the system says about a file."""
        # Windows tells the number of an open file only.
        inode = 0 if os.name == "nt" else status.st_ino
        return cls(status.st_size, status.st_mtime_ns, inode)


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A file in the folder.

    :param path: below the folder, with "/".
    """

    path: str
    stamp: Stamp

    @property
    def folder(self) -> str:
        """The folder that it lies in, "" for the top."""
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a folder and of those below it.

    :param problems: the folders that could not be read: path -> why.
    """

    files: tuple[Found, ...]
    problems: tuple[tuple[str, str], ...] = ()


def list_folder(folder: Path, skipped: Path | None = None) -> Listing:
    """List the wheels, the sdists and the metadata files below *folder*.

    Hidden files and folders are left out, and links to folders are not followed.

    :param skipped: a folder to leave out, unless it is *folder* itself.
    """
    files: list[Found] = []
    problems: list[tuple[str, str]] = []
    left_out = None if skipped is None else os.path.abspath(skipped)  # noqa: PTH100 - links stay
    waiting = [(folder, "")]
    while waiting:
        here, prefix = waiting.pop()
        try:
            entries = [*_entries(here)]
        except OSError as error:
            problems.append((prefix.rstrip("/"), error.strerror or str(error)))
            continue
        for entry in entries:
            path = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if os.path.abspath(entry.path) != left_out:  # noqa: PTH100
                    waiting.append((Path(entry.path), f"{path}/"))
            elif entry.name.endswith(_WANTED):
                stamp = _stamp(entry)
                if stamp is not None:
                    files.append(Found(path, stamp))
    return Listing(tuple(sorted(files)), tuple(sorted(problems)))


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        for entry in found:
            if not entry.name.startswith(".") and _is_text(entry.name):
                yield entry


def _is_text(name: str) -> bool:
    """Tell whether a name can be written on a page; some bytes are no characters."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    """Return None for what is no file, or is gone by now."""
    try:
        return Stamp.of(entry.stat()) if entry.is_file() else None
    except OSError:
        return None
