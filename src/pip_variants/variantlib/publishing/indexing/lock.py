"""One run at a time in a folder.

The files are written whole in any case; without the lock, an older view of the folder
could be written over a newer one.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

__all__ = ["LOCK", "locked"]

LOCK = ".pip-variant-index.lock"

_PAUSE = 0.1


@contextlib.contextmanager
def locked(folder: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Wait until no other run is at work in *folder*; it may be on another process.

    Where the system offers no locks, as on some network drives, this does nothing.

    :param waiting: called once when there is another run.
    """
    with contextlib.ExitStack() as stack:
        file = None
        with contextlib.suppress(OSError):
            path = folder / LOCK
            # Opening a pipe would wait for whoever reads it.
            if path.is_file() or not path.exists():
                file = stack.enter_context(path.open("ab"))
        told = False
        while file is not None and not _take(file):
            if not told:
                told = True
                waiting()
            time.sleep(_PAUSE)
        # The system gives the lock back when the file is closed.
        yield


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> bool:
        """Take the lock if it is free; True as well where there are no locks."""
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        except OSError:
            return True
        return True

else:
    import fcntl

    def _take(file: IO[bytes]) -> bool:
        """Take the lock if it is free; True as well where there are no locks."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True
