"""A file that is there whole or not at all."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["placed"]


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
    rough = folder / f".{secrets.token_hex(8)}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
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
