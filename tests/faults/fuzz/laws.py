"""What all targets of the fuzzer share: how they read data, and what holds for all."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
from pathlib import Path

__all__ = ["DATE", "Scratch", "parts", "text_of", "told"]

_BOUND = 20_000
_FACTOR = 60

DATE = 1_700_000_000
"""The date of all files, in seconds since 1970."""


def text_of(data: bytes) -> str:
    """Return data as a system gives it to a program: what is no UTF-8 stays in it."""
    return data.decode("utf-8", "surrogateescape")


def parts(data: bytes, count: int) -> list[bytes]:
    """Return data as several, parted where a zero byte is; what is missing is empty."""
    found = data.split(b"\0", count - 1)
    return found + [b""] * (count - len(found))


def told(message: object, data: bytes) -> None:
    """Check a message: there is one, and it is not much longer than what it is about."""
    text = str(message)
    assert text, "an empty message"
    assert len(text) < _BOUND + _FACTOR * len(data), f"{len(text):,} characters"


class Scratch:
    """A folder that is as good as new for every input."""

    def __init__(self) -> None:
        self._top: Path | None = None
        self._numbers = itertools.count()

    def __call__(self) -> Path:
        """Return an empty folder; the one before is removed."""
        if self._top is None:
            self._top = Path(tempfile.mkdtemp(prefix="fuzz-"))
            atexit.register(shutil.rmtree, self._top, ignore_errors=True)
        for old in self._top.iterdir():
            shutil.rmtree(old)
        folder = self._top / str(next(self._numbers))
        folder.mkdir()
        return folder

    def file(self, name: str, data: bytes) -> Path:
        """Return a file of that name and content in an empty folder."""
        path = self() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (DATE, DATE))
        return path
