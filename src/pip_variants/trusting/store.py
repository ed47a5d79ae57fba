"""Provider packages that are kept for other runs, one folder for each set of wheels.

::

    <folder>/<key>/provider.json     what it holds, and which requests it answered, when
    <folder>/<key>/packages/         what is put on the path of Python
    <folder>/.new-.../               one that is being filled

The key is a digest of the wheels, so a folder never changes: two pips that fill one at
the same time fill it with the same. It gets its name when it is complete.
"""

from __future__ import annotations

import csv
import importlib.metadata
import json
import os
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from .. import _pip
from ..cache_folder import PROVIDER_FILE
from ..variantlib.errors import ValidationError
from ..variantlib.reading import get_mapping, parse_json
from .gathering import Package

__all__ = ["Kept", "Store", "interpreter_tag"]

_FORMAT = 1
_MAX_BYTES = 1024 * 1024
_PACKAGES = "packages"
_NEW = ".new-"
_DAY = 24 * 3600.0
_FORGET_AFTER = 30 * _DAY
_MOST_REQUESTS = 50


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder that answered a request.

    :param site: the folder to put on the path of Python.
    :param asked: when the index was asked, in seconds since the epoch.
    """

    site: Path
    asked: float


class Store:
    """The folders of one cache."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        """Prepare; the folder need not be there, and may be such that none can be.

        :param now: the clock, in seconds since the epoch.
        """
        self._folder = folder
        self._now = now

    def find(self, request: str) -> Kept | None:
        """Return what a request got when it was asked last, if all of it is there."""
        found = [
            (asked, folder)
            for folder, record in self._records()
            if (asked := record.asked.get(request)) is not None
        ]
        for asked, folder in sorted(found, reverse=True):
            site = folder / _PACKAGES
            if _is_whole(site, _read(folder)):
                return Kept(site, asked)
        return None

    def holdings(self) -> Iterator[tuple[Path, tuple[tuple[str, str, str], ...]]]:
        """Yield what this Python can use, the latest first.

        :returns: the folder to put on the path; name, version and SHA-256 of each wheel
            that is installed in it.
        """
        records = sorted(self._records(), key=lambda each: -each[1].installed)
        for folder, record in records:
            site = folder / _PACKAGES
            if record.interpreter == interpreter_tag() and _is_whole(site, record):
                yield site, record.packages

    def keep(
        self,
        request: str,
        requirements: Sequence[str],
        packages: Sequence[Package],
        install: Callable[[Path], None],
    ) -> Path:
        """Return the folder with these wheels, which is made unless it is there.

        :param install: installs them into a folder.
        :raises OSError: when nothing can be kept here.
        """
        folder = self._folder / _key(packages)
        known = _read(folder)
        if not _is_whole(folder / _PACKAGES, known):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._forget()
            contents, tag = _contents(packages), interpreter_tag()
            known = _Record(tuple(requirements), contents, tag, self._now(), {})
            self._fill(folder, known, install)
        with suppress(OSError):
            self._note(folder, request)
        return folder / _PACKAGES

    def _fill(
        self, folder: Path, record: _Record, install: Callable[[Path], None]
    ) -> None:
        new = Path(tempfile.mkdtemp(prefix=_NEW, dir=self._folder))
        try:
            install(new / _PACKAGES)
            _write(new, record)
            if folder.exists() and not _is_whole(folder / _PACKAGES, _read(folder)):
                # Out of the way first: what is half removed must not be found.
                broken = tempfile.mkdtemp(prefix=_NEW, dir=self._folder)
                folder.rename(Path(broken, _PACKAGES))
                shutil.rmtree(broken, ignore_errors=True)
            try:
                new.rename(folder)
            except OSError:
                if not folder.exists():
                    raise
                # Another pip was first.
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def _note(self, folder: Path, request: str) -> None:
        """Remember that the index gave this for a request."""
        record = _read(folder)
        if record is None:
            return
        asked = {**record.asked, request: self._now()}
        latest = sorted(asked, key=lambda key: asked[key])[-_MOST_REQUESTS:]
        _write(folder, record.with_asked({key: asked[key] for key in latest}))

    def _records(self) -> Iterator[tuple[Path, _Record]]:
        try:
            folders = sorted(self._folder.iterdir())
        except OSError:
            return
        for folder in folders:
            if not folder.name.startswith(_NEW):
                record = _read(folder)
                if record is not None:
                    yield folder, record

    def _forget(self) -> None:
        """Remove what has not been asked for in a long time, or was left half done."""
        now = self._now()
        for folder, record in [*self._records()]:
            if now - max((record.installed, *record.asked.values())) > _FORGET_AFTER:
                shutil.rmtree(folder, ignore_errors=True)
        for left in self._folder.glob(f"{_NEW}*"):
            with suppress(OSError):
                if now - left.stat().st_mtime > _DAY:
                    shutil.rmtree(left, ignore_errors=True)


def interpreter_tag() -> str:
    """Return what tells apart the Pythons that can use the same wheels.

    >>> interpreter_tag().count(" ")
    1
    """
    return f"{sys.implementation.cache_tag} {sysconfig.get_platform()}"


def _contents(packages: Sequence[Package]) -> tuple[tuple[str, str, str], ...]:
    return tuple(sorted((each.name, each.version, each.sha256) for each in packages))


def _key(packages: Sequence[Package]) -> str:
    text = json.dumps([_contents(packages), interpreter_tag()])
    # Half of it is enough, and Windows has paths of limited length.
    return sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class _Record:
    """What is written in a folder.

    :param packages: name, version and SHA-256 of each wheel.
    :param interpreter: which Pythons can use it.
    :param installed: in seconds since the epoch.
    :param asked: request -> when the index gave this for it.
    """

    requirements: tuple[str, ...]
    packages: tuple[tuple[str, str, str], ...]
    interpreter: str
    installed: float
    asked: Mapping[str, float]

    def with_asked(self, asked: Mapping[str, float]) -> _Record:
        return replace(self, asked=asked)


def _write(folder: Path, record: _Record) -> None:
    """Write the record of a folder; nobody reads half of it."""
    document = {
        "format": _FORMAT,
        "requirements": list(record.requirements),
        "packages": [
            {"name": name, "version": version, "sha256": digest}
            for name, version, digest in record.packages
        ],
        "interpreter": record.interpreter,
        "installed": record.installed,
        "asked": dict(record.asked),
    }
    handle, name = tempfile.mkstemp(prefix=_NEW, dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
        Path(name).replace(folder / PROVIDER_FILE)
    finally:
        Path(name).unlink(missing_ok=True)


def _read(folder: Path) -> _Record | None:
    """Read the record of a folder; None for anything that is none (E40)."""
    try:
        path = folder / PROVIDER_FILE
        if not path.is_file():
            return None  # Nobody waits for the other end of a pipe.
        with path.open("rb") as file:
            document = parse_json(file.read(_MAX_BYTES + 1)[:_MAX_BYTES])
        if document.get("format") != _FORMAT:
            return None
        return _Record(
            tuple(map(str, document["requirements"])),
            tuple(map(_package, document["packages"])),
            str(document["interpreter"]),
            float(document["installed"]),
            {
                str(key): float(value)
                for key, value in get_mapping(document, "asked").items()
            },
        )
    except (OSError, ValidationError, KeyError, TypeError, ValueError, OverflowError):
        return None


def _package(item: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(item["name"]), str(item["version"]), str(item["sha256"])


def _is_whole(site: Path, record: _Record | None) -> bool:
    """Tell whether all files of all packages are there, in their size (E40)."""
    if record is None:
        return False
    found: dict[str, tuple[str, bool]] = {}
    try:
        for dist in importlib.metadata.distributions(path=[str(site)]):
            name = _pip.canonicalize_name(dist.name)
            # Not dist.files, which leaves out what is missing since Python 3.12.
            found[name] = dist.version, _has_all(site, dist.read_text("RECORD"))
    except Exception:  # noqa: BLE001 - whatever is damaged: it is installed again
        return False
    return all(
        found.get(name) == (version, True) for name, version, _ in record.packages
    )


def _has_all(site: Path, record: str | None) -> bool:
    """Tell whether the files of a RECORD are there; without it nobody knows which."""
    if not record:
        return False
    return all(_is_there(site, row) for row in csv.reader(record.splitlines()) if row)


def _is_there(site: Path, row: Sequence[str]) -> bool:
    """Tell whether a file is there; a script is recorded where it was put first."""
    name, _, size = (*row, "", "")[:3]
    if ".." in PurePosixPath(name).parts:
        return True
    try:
        found = (site / name).stat().st_size
    except (OSError, ValueError):
        return False
    return not size or found == int(size)
