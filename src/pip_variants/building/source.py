"""The source that all wheels are built from: one sdist, unpacked anew for each build.

Backends leave things behind in the folder that they build in, and would find those of
each other there.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..variantlib.errors import VariantError

__all__ = ["SDIST", "Sdist", "SourceError"]

SDIST = ".tar.gz"
_NAME = re.compile(r"(?P<name>[A-Za-z0-9._-]+)-(?P<version>[A-Za-z0-9._!+]+)")
_PYPROJECT = "pyproject.toml"
_PIECE = 1024 * 1024
_MOST_BYTES = 16 * 1024 * 1024
_MOST_MEMBERS = 1_000_000
_READ_ERRORS = (OSError, EOFError, tarfile.TarError, ValueError, RecursionError)


class SourceError(VariantError):
    """A source that nothing can be built from."""


@dataclass(frozen=True, slots=True)
class Sdist:
    """A source distribution.

    :param digest: of what is in it: names, modes and contents, but no dates, and
        nothing of which variants there are.
    """

    path: Path
    name: str
    version: str
    digest: str

    @classmethod
    def read(cls, path: Path) -> Sdist:
        """Look at a file.

        :raises SourceError: when it is no sdist that can be built.
        """
        stem = path.name.removesuffix(SDIST)
        found = _NAME.fullmatch(stem)
        if found is None or stem == path.name:
            msg = f"{path.name} is not named as an sdist: NAME-VERSION{SDIST}"
            raise SourceError(msg)
        try:
            with tarfile.open(path, "r:gz") as archive:
                digest = _digest(archive, stem, path.name)
        except _READ_ERRORS as error:
            raise SourceError(f"{path.name} is no readable sdist: {error}") from None
        return cls(path, found["name"], found["version"], digest)

    def unpack(self, folder: Path) -> Path:
        """Unpack it into an empty folder and return the folder of the project.

        :raises SourceError: when that cannot be done.
        """
        if not hasattr(tarfile, "data_filter"):
            raise SourceError("this Python cannot unpack safely; 3.11.4 can")
        try:
            with tarfile.open(self.path, "r:gz") as archive:
                # It refuses what would land elsewhere, and devices.
                archive.extractall(folder, filter="data")
        except _READ_ERRORS as error:
            msg = f"{self.path.name} cannot be unpacked: {error}"
            raise SourceError(msg) from None
        return folder / self.path.name.removesuffix(SDIST)


def _digest(archive: tarfile.TarFile, root: str, name: str) -> str:
    """Return the digest of an archive.

    :raises SourceError: when all is not in one folder, with a ``pyproject.toml``.
    """
    lines = []
    complete = False
    for count, member in enumerate(archive):
        path = PurePosixPath(member.name)
        if path.parts[:1] != (root,):
            msg = f"{name} holds {member.name[:100]!r}, which is not in {root}/"
            raise SourceError(msg)
        if count >= _MOST_MEMBERS:
            raise SourceError(f"{name} holds more than {_MOST_MEMBERS:,} files")
        content = hashlib.sha256()
        stream = archive.extractfile(member) if member.isfile() else None
        is_project = path == PurePosixPath(root, _PYPROJECT)
        if stream is not None and is_project:
            content.update(_without_matrix(stream.read(_MOST_BYTES)))
        while stream is not None and (piece := stream.read(_PIECE)):
            content.update(piece)
        kind = (member.type, member.mode & 0o100, member.linkname, content.hexdigest())
        lines.append(repr((path.as_posix(), *kind)))
        complete = complete or is_project
    if not complete:
        msg = (
            f"{name} has no pyproject.toml; whether the build backend puts it in is set "
            "in its configuration"
        )
        raise SourceError(msg)
    return hashlib.sha256(
        "\n".join(sorted(lines)).encode("utf-8", "replace")
    ).hexdigest()


def _without_matrix(project: bytes) -> bytes:
    """Return a ``pyproject.toml`` without the variants: another one changes no wheel.

    Each wheel has its own part of them in its key.
    """
    try:
        document = tomllib.loads(project.decode())
    except (ValueError, RecursionError):
        return project
    if isinstance(document.get("variant"), dict):
        for name in ("matrix", "variants"):
            document["variant"].pop(name, None)
    return json.dumps(document, sort_keys=True, default=str).encode()
