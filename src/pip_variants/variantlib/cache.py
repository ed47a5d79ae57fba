"""What providers answered, kept for the next run: on disk, in memory, or nowhere.

::

    <folder>/<SHA-256 of the key>.json    one answer, with what it depends on

An answer is given back while it is young enough and the environment variables that it
depends on have the values of that day; all else that makes it stale is part of its key.
Nothing here is worth an error: what cannot be read is not there, and what cannot be
written is asked again next time (E40).

No name becomes a path, and no value of a variable is written down.

Sources: DESIGN 4, "Detection is cached on disk".
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from ._entry import (
    FORMAT,
    WHOLE_ENVIRONMENT,
    Entry,
    digest,
    make_entry,
    read_entry,
    write_entry,
)

__all__ = [
    "DEFAULT_LIFETIME",
    "WHOLE_ENVIRONMENT",
    "Cache",
    "DiskCache",
    "Entry",
    "MemoryCache",
    "NoCache",
    "digest",
]

DEFAULT_LIFETIME = 7 * 24 * 3600.0
"""How long an answer counts, in seconds. What no fingerprint sees ends with it."""

_MAX_BYTES = 1024 * 1024
_MAX_FILES = 200
_OURS = re.compile(r"[0-9a-f]{64}\.(?:json|tmp)")


class Cache(Protocol):
    """Where answers are kept."""

    def get(self, key: Mapping[str, str], environ: Mapping[str, str]) -> Entry | None:
        """Return the answer of before, None when it must be asked anew."""

    def put(
        self,
        key: Mapping[str, str],
        content: Mapping[str, Any],
        environ: Mapping[str, str],
        variables: Iterable[str] = (),
        lifetime: float = DEFAULT_LIFETIME,
    ) -> None:
        """Keep an answer in place of the one before; a disk that refuses is no error.

        :param environ: the environment that it was asked in.
        :param variables: the names of those that it depends on, or ``*``.
        :param lifetime: how long it counts, in seconds.
        """

    def entries(self) -> Iterator[Entry]:
        """Yield all answers that can be read, also those that no longer count."""

    def purge(self) -> int:
        """Remove all answers; return how many were removed."""


class NoCache:
    """Keeps nothing: every provider is asked."""

    def get(
        self,
        key: Mapping[str, str],  # noqa: ARG002 - as all caches
        environ: Mapping[str, str],  # noqa: ARG002
    ) -> Entry | None:
        """Return None."""
        return None

    def put(
        self,
        key: Mapping[str, str],
        content: Mapping[str, Any],
        environ: Mapping[str, str],
        variables: Iterable[str] = (),
        lifetime: float = DEFAULT_LIFETIME,
    ) -> None:
        """Do nothing."""

    def entries(self) -> Iterator[Entry]:
        """Yield nothing."""
        return iter(())

    def purge(self) -> int:
        """Remove nothing."""
        return 0


class MemoryCache:
    """Keeps answers as long as the object lives."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        """Start empty.

        :param now: the clock, in seconds since the epoch.
        """
        self._now = now
        self._entries: dict[str, Entry] = {}

    def get(self, key: Mapping[str, str], environ: Mapping[str, str]) -> Entry | None:
        """Return the answer of before, None when it must be asked anew."""
        entry = self._entries.get(_name(key))
        return _if_valid(entry, key, environ, self._now())

    def put(
        self,
        key: Mapping[str, str],
        content: Mapping[str, Any],
        environ: Mapping[str, str],
        variables: Iterable[str] = (),
        lifetime: float = DEFAULT_LIFETIME,
    ) -> None:
        """Keep an answer in place of the one before."""
        made = make_entry(key, content, environ, variables, self._now(), lifetime)
        self._entries[_name(key)] = made

    def entries(self) -> Iterator[Entry]:
        """Yield all answers."""
        yield from tuple(self._entries.values())

    def purge(self) -> int:
        """Remove all answers; return how many were removed."""
        count = len(self._entries)
        self._entries.clear()
        return count


class DiskCache:
    """Keeps answers in a folder, one file each.

    Several processes may use it at the same time: a file is written beside its place
    and put there in one step, so that a reader sees the old answer or the new one.
    """

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        """Name the folder, which is made when there is something to keep.

        :param now: the clock, in seconds since the epoch.
        """
        self.folder = folder
        self._now = now

    def get(self, key: Mapping[str, str], environ: Mapping[str, str]) -> Entry | None:
        """Return the answer of before, None when it must be asked anew."""
        entry = _read(self.folder / _name(key))
        return _if_valid(entry, key, environ, self._now())

    def put(
        self,
        key: Mapping[str, str],
        content: Mapping[str, Any],
        environ: Mapping[str, str],
        variables: Iterable[str] = (),
        lifetime: float = DEFAULT_LIFETIME,
    ) -> None:
        """Keep an answer in place of the one before; a disk that refuses is no error.

        An answer of more than 1 MiB is not kept.

        :raises TypeError, ValueError: for what JSON cannot hold.
        """
        made = make_entry(key, content, environ, variables, self._now(), lifetime)
        data = write_entry(made)
        if len(data) > _MAX_BYTES:
            return
        # ValueError: the folder is no possible path.
        with contextlib.suppress(OSError, ValueError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self.folder / _name(key), data)
            self._remove_oldest()

    def entries(self) -> Iterator[Entry]:
        """Yield all answers that can be read, also those that no longer count."""
        for file, _ in self._files():
            entry = _read(file) if file.suffix == ".json" else None
            if entry is not None:
                yield entry

    def size(self) -> int:
        """Return how many bytes all files of the cache take."""
        return sum(status.st_size for _, status in self._files())

    def purge(self) -> int:
        """Remove all answers; return how many were removed.

        Files of other names, and the folder itself, are left alone.
        """
        files = [file for file, _ in self._files()]
        return sum(_remove(file) and file.suffix == ".json" for file in files)

    def _files(self) -> list[tuple[Path, os.stat_result]]:
        """Return our files in the folder, also those that a killed run left behind."""
        found = []
        for name in _names(self.folder):
            path = self.folder / name
            # Another run may remove it just now.
            with contextlib.suppress(OSError):
                status = path.lstat()
                if stat.S_ISREG(status.st_mode):
                    found.append((path, status))
        return found

    def _remove_oldest(self) -> None:
        """Keep the folder small: each file was written once, so its time is its age."""
        files = sorted(self._files(), key=lambda each: each[1].st_mtime_ns)
        for file, _ in files[:-_MAX_FILES]:
            _remove(file)


def _name(key: Mapping[str, str]) -> str:
    """Return the file name for a key; another format of files has other names."""
    return f"{digest([FORMAT, dict(key)])}.json"


def _names(folder: Path) -> list[str]:
    """Return the names of our files in a folder, in their order."""
    try:
        return sorted(filter(_OURS.fullmatch, os.listdir(folder)))  # noqa: PTH208
    except (OSError, ValueError):
        return []


def _if_valid(
    entry: Entry | None, key: Mapping[str, str], environ: Mapping[str, str], now: float
) -> Entry | None:
    if entry is None or dict(entry.key) != dict(key):
        return None
    return entry if entry.is_current(now) and entry.holds_in(environ) else None


def _read(path: Path) -> Entry | None:
    """Read a file; None when there is none that we could have written."""
    try:
        with open(path, "rb", opener=_open_without_waiting) as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_BYTES:
                return None
            # Room for as much as could be there takes longer to get than the answer.
            data = stream.read(status.st_size)
        return read_entry(data)
    except (OSError, ValueError):
        # ValueError: other content, or a folder that is no possible path.
        return None


def _open_without_waiting(path: str, flags: int) -> int:
    # Opening a named pipe would wait for its other end.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _write(path: Path, data: bytes) -> None:
    """Write a file that appears at once.

    :raises OSError: when the disk refuses; nothing is left behind then.
    """
    beside = path.with_name(f"{os.urandom(32).hex()}.tmp")
    try:
        with open(beside, "xb", opener=_open_for_owner) as stream:
            stream.write(data)
        beside.replace(path)
    except BaseException:
        _remove(beside)
        raise


def _open_for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _remove(path: Path) -> bool:
    """Remove a file; tell whether it is gone by that."""
    try:
        path.unlink()
    except OSError:
        return False
    return True
