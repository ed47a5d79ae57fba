"""The source that all wheels are built from: one sdist, unpacked anew for each build.

Backends leave things behind in the folder that they build in, and would find those of
each other there.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from ..release import identity
from ..variantlib.errors import VariantError
from ..variantlib.toml import parse_toml
from .ledger import FOLDER

__all__ = ["SDIST", "Sdist", "SourceError"]

SDIST = ".tar.gz"
_NAME = re.compile(r"(?P<name>[A-Za-z0-9._-]+)-(?P<version>[A-Za-z0-9._!+]+)")
# What this command, and the index after it, leave in the folder of the wheels.
_MADE = (".whl", "-variants.json")
_OURS = re.compile(r"\.pip-variant-index\..+|\.[0-9a-f]{16}\.(part|pip-variant-index)")
_PYPROJECT = "pyproject.toml"
_SOURCES = re.compile(r".+\.egg-info/SOURCES\.txt")
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
    :param outdir: the folder of the wheels in it, None where it is elsewhere. What an
        earlier run has put there counts for nothing, and is not unpacked.
    """

    path: Path
    name: str
    version: str
    digest: str
    outdir: PurePosixPath | None = None

    @classmethod
    def read(cls, path: Path, outdir: PurePosixPath | None = None) -> Sdist:
        """Look at a file.

        :param outdir: the folder of the wheels in the project.
        :raises SourceError: when it is no sdist that can be built.
        """
        stem = path.name.removesuffix(SDIST)
        found = _NAME.fullmatch(stem)
        if found is None or stem == path.name:
            msg = f"{path.name} is not named as an sdist: NAME-VERSION{SDIST}"
            raise SourceError(msg)
        sdist = cls(path, found["name"], found["version"], "", outdir)
        try:
            with tarfile.open(path, "r:gz") as archive:
                digest = _digest(archive, stem, path.name, sdist.is_left)
        except _READ_ERRORS as error:
            raise SourceError(f"{path.name} is no readable sdist: {error}") from None
        return replace(sdist, digest=digest)

    def is_left(self, path: PurePosixPath) -> bool:
        """Tell whether an earlier run has left a file: many backends pack all there is.

        :param path: the file in the archive.
        """
        if self.outdir is None:
            return False
        root = PurePosixPath(self.path.name.removesuffix(SDIST))
        try:
            first, *rest = path.relative_to(root / self.outdir).parts
        except ValueError:
            return False
        if first == FOLDER or _OURS.fullmatch(first) is not None:
            return True
        own = identity(first.partition("-")[0], "") == identity(self.name, "")
        return own and not rest and first.endswith(_MADE)

    def unpack(self, folder: Path) -> Path:
        """Unpack it into an empty folder and return the folder of the project.

        :raises SourceError: when that cannot be done.
        """
        if not hasattr(tarfile, "data_filter"):
            raise SourceError("this Python cannot unpack safely; 3.11.4 can")
        try:
            with tarfile.open(self.path, "r:gz") as archive:
                # It refuses what would land elsewhere, and devices.
                archive.extractall(folder, self._members(archive), filter="data")
        except _READ_ERRORS as error:
            msg = f"{self.path.name} cannot be unpacked: {error}"
            raise SourceError(msg) from None
        return folder / self.path.name.removesuffix(SDIST)

    def _members(self, archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
        for member in archive:
            if not self.is_left(PurePosixPath(member.name)):
                yield member


def _digest(
    archive: tarfile.TarFile,
    root: str,
    name: str,
    is_left: Callable[[PurePosixPath], bool],
) -> str:
    """Return the digest of an archive.

    :param is_left: which files count for nothing.
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
        # The other is a list of what is in the archive.
        if is_left(path) or _SOURCES.fullmatch(member.name):
            continue
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
        document = parse_toml(project.decode())
        if isinstance(document.get("variant"), dict):
            for name in ("matrix", "variants"):
                document["variant"].pop(name, None)
        return json.dumps(document, sort_keys=True, default=str).encode()
    except ValueError:  # also of an integer of thousands of digits
        return project
