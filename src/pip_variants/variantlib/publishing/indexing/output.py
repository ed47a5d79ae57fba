"""Files that are written whole, and only when their content is another."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from ...whole_file import replacing

__all__ = ["UNFINISHED", "Output", "write_whole"]

UNFINISHED = ".pip-variant-index"
"""What the names of files end in that are being written."""


class Output:
    """What one run writes below a folder, and what it finds written.

    :param folder: the folder.
    :param before: path -> SHA-256 of what earlier runs have written.
    :param allowed: what the path of a file looks like that may be removed.
    :param prunes: whether folders go when they are empty.
    """

    def __init__(
        self, folder: Path, before: Mapping[str, str], allowed: str, *, prunes: bool
    ) -> None:
        """Start with what was there before."""
        self._prunes = prunes
        self._folder = folder
        self._before = before
        self._allowed = re.compile(allowed)
        self.made: dict[str, str] = {}
        self.written: list[str] = []
        self.removed: list[str] = []

    def write(self, path: str, data: bytes) -> bool:
        """Write a file; tell whether its content is new.

        :raises OSError: when it cannot be written.
        """
        new = write_whole(self._folder / path, data)
        self.made[path] = hashlib.sha256(data).hexdigest()
        if new:
            self.written.append(path)
        return new

    def keep(self, path: str) -> None:
        """Leave a file as it is."""
        if path in self._before:
            self.made.setdefault(path, self._before[path])

    def keep_below(self, start: str) -> None:
        """Leave all files as they are whose paths start so."""
        for path in self._before:
            if path.startswith(start):
                self.keep(path)

    def holds(self, path: str, digest: str) -> bool:
        """Tell whether a file has this content, and count it as written."""
        try:
            same = _digest(self._folder / path) == digest
        except OSError:
            return False
        if same:
            self.made[path] = digest
        return same

    def remove_the_rest(self) -> None:
        """Remove what earlier runs have written and this one has not.

        What somebody has changed since is left alone.
        """
        for path, digest in sorted(self._before.items()):
            # Errors: of a path that no system has.
            with contextlib.suppress(OSError, ValueError):
                if path in self.made or not self._is_below(path):
                    continue
                file = self._folder / path
                if _digest(file) == digest:
                    file.unlink()
                    self.removed.append(path)
                    if self._prunes:
                        # It may have been the last one: a full folder stays.
                        with contextlib.suppress(OSError):
                            file.parent.rmdir()

    def _is_below(self, path: str) -> bool:
        """Tell whether a path, out of an untrusted file, is one that we may write."""
        parts = PurePosixPath(path).parts
        # Two slashes at the start are a root of their own.
        if not self._allowed.fullmatch(path) or path.startswith("/") or ".." in parts:
            return False
        here = self._folder
        for part in parts:
            here /= part
            if here.is_symlink() or "\\" in part or ":" in part:
                return False
        return True


def _digest(file: Path) -> str:
    """Return the SHA-256 of a file, "" for what is none.

    :raises OSError: when it cannot be read.
    """
    # Opening a pipe would wait for whoever writes into it.
    if not file.is_file():
        return ""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def write_whole(path: Path, data: bytes) -> bool:
    """Write a file in one step; tell whether its content is new.

    Who reads it at the same time gets the old content or the new one.

    :raises OSError: when it cannot be written; the old content is then still there.
    """
    with contextlib.suppress(OSError):
        same = path.is_file() and path.stat().st_size == len(data)
        if same and path.read_bytes() == data:
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not by tempfile: a web server, another user, must be able to read it.
    with replacing(path, UNFINISHED) as file:
        file.write(data)
    return True
