"""A file that is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["placed", "remove_unfinished"]

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
    # The name tells nothing: that of the target may be as long as names can be.
    rough = folder / f".{secrets.token_hex(8)}{_ENDING}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_unfinished(folder, _ENDING)
        with rough.open("x+b") as file:
            yield file
        # Some systems replace no file that is still open, so it is closed by now.
        rough.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            rough.unlink()
        with contextlib.suppress(OSError):
            for each in missing:
                each.rmdir()
        raise


def remove_unfinished(folder: Path, ending: str) -> None:
    """Remove the files of runs that were killed before they could; errors do not matter.

    :param ending: what their names end in, after a point and sixteen digits.
    """
    before = time.time() - _LONG
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            stem = entry.name.removesuffix(ending)
            if stem != entry.name and _START.fullmatch(stem):
                status = entry.stat(follow_symlinks=False)
                if entry.is_file(follow_symlinks=False) and status.st_mtime < before:
                    Path(entry.path).unlink(missing_ok=True)
