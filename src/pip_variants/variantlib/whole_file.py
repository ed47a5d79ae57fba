"""A file that is there whole or not at all."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["placed", "remove_unfinished", "replacing"]

_ENDING = ".part"
_START = re.compile(r"\.[0-9a-f]{16}")
_LONG = 3600.0
"""Seconds after which a file that nobody writes to belongs to no run any more."""


@contextmanager
def placed(target: Path) -> Iterator[IO[bytes]]:
    """Open a new file that stands at *target* when the block ends, and not before.

    Folders that are missing are made. When the block does not end well, for whatever
    reason, nothing is left of it: what was at *target* is still there, and no folder
    that was made for it is.

    :raises OSError: when it cannot be written.
    """
    folder = target.parent
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _tidy(folder.absolute())
        with replacing(target, _ENDING) as file:
            yield file
    except BaseException:
        with contextlib.suppress(OSError):
            for each in missing:
                each.rmdir()
        raise


@contextmanager
def replacing(target: Path, ending: str) -> Iterator[IO[bytes]]:
    """Open a new file beside *target* that takes its place when the block ends well.

    It has the mode of any new file: others may have to read it.

    :param ending: what its name ends in meanwhile.
    :raises OSError: when it cannot be written; nothing is left of it then.
    """
    while True:
        # The name tells nothing: that of the target may be as long as names can be.
        rough = target.parent / f".{secrets.token_hex(8)}{ending}"
        try:
            with contextlib.ExitStack() as stack:
                file = stack.enter_context(rough.open("x+b"))
                if not stack.enter_context(_held(file)):
                    continue
                yield file
                # An error of the disk may show only now.
                file.close()
                rough.replace(target)
                return
        except BaseException:
            with contextlib.suppress(OSError):
                rough.unlink()
            raise


@functools.lru_cache(maxsize=256)
def _tidy(folder: Path) -> None:
    """Remove what other runs have left of files like ours, once in a run.

    Looking through a folder for each of 10,000 files in it would take minutes.
    """
    remove_unfinished(folder, _ENDING)


def remove_unfinished(folder: Path, ending: str) -> None:
    """Remove the files of runs that were killed before they could; errors do not matter.

    :param ending: what their names end in, after a point and sixteen digits.
    """
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            stem = entry.name.removesuffix(ending)
            if stem != entry.name and _START.fullmatch(stem):
                # A pipe, which one would wait for, is none of ours.
                with contextlib.suppress(OSError):
                    if entry.is_file(follow_symlinks=False):
                        _remove_if_left(Path(entry.path))


def _is_old(path: Path) -> bool:
    return path.lstat().st_mtime < time.time() - _LONG


if sys.platform == "win32":

    @contextmanager
    def _held(_: IO[bytes]) -> Iterator[bool]:
        # No file is replaced there that anybody has open.
        yield True

    def _remove_if_left(path: Path) -> None:
        if _is_old(path):
            path.unlink(missing_ok=True)

else:
    import fcntl

    @contextmanager
    def _held(file: IO[bytes]) -> Iterator[bool]:
        """Show that somebody is at work on a file, also after it was closed.

        The system forgets it when the process ends, however it does.

        :returns: false when another run has removed the file meanwhile.
        """
        second = os.dup(file.fileno())
        try:
            yield _lock(second) is not False and os.fstat(second).st_nlink > 0
        finally:
            os.close(second)

    def _remove_if_left(path: Path) -> None:
        with path.open("rb") as file:
            free = _lock(file.fileno())
            if free or (free is None and _is_old(path)):
                path.unlink(missing_ok=True)

    def _lock(number: int) -> bool | None:
        """Take the lock of a file; None where the system has no locks."""
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True
