"""What is inside a file, as far as an index tells it.

Everything read here is untrusted: nothing is inflated beyond a limit (E3).
"""

from __future__ import annotations

import email.parser
import gzip
import hashlib
import io
import os
import re
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ...bounded_file import BoundedFile
from ...errors import VariantError, WheelError
from ...wheel import read_variant_json
from .listing import Found, Stamp
from .names import Artifact

__all__ = ["Content", "core_metadata", "read_content"]

_MAX_METADATA = 16 * 1024 * 1024
_MAX_SDIST = 128 * 1024 * 1024
"""Bytes of an unpacked sdist, in which PKG-INFO has to come."""

_METADATA = re.compile(r"[^/]+\.dist-info/METADATA")
_PKG_INFO = re.compile(r"[^/]+/PKG-INFO")
_LONGEST_FIELD = 1_000
_PLAIN_ZIP = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_READ_ERRORS = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
    tarfile.TarError,
)


@dataclass(frozen=True, slots=True)
class Content:
    """What is known of a file.

    :param stamp: how it looked when it was read.
    :param document: the variant metadata of a labelled wheel, as it is written.
    :param problems: what that metadata has lost, each as a sentence.
    :param sha256: of the file; "" where no page asks for it.
    :param metadata: SHA-256 of the METADATA of a wheel; "" as above, and for sdists.
    """

    stamp: Stamp
    document: dict[str, Any] | None = None
    problems: tuple[str, ...] = ()
    sha256: str = ""
    requires_python: str | None = None
    metadata: str = ""

    def serves(self, found: Found, artifact: Artifact, *, listed: bool) -> bool:
        """Tell whether the file need not be opened again.

        :param listed: whether it is to stand on a page.
        """
        known = artifact.label is None or self.document is not None
        return found.stamp == self.stamp and known and (not listed or self.sha256 != "")


def read_content(
    path: Path, found: Found, artifact: Artifact, *, listed: bool
) -> Content:
    """Read a file.

    :param listed: whether it is to stand on a page, which takes a hash.
    :raises WheelError: when it is no readable wheel, or changes meanwhile.
    :raises OSError: when it cannot be read.
    """
    document, metadata, digest = None, None, ""
    problems: tuple[str, ...] = ()
    with path.open("rb") as file:
        if artifact.label is not None:
            inside = read_variant_json(file, path.name)
            document, problems = inside.to_dict(), tuple(map(str, inside.problems))
        if listed:
            reader = core_metadata if artifact.is_wheel else _sdist_metadata
            metadata = reader(file, path.name)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if Stamp.of(os.fstat(file.fileno())) != found.stamp:
            raise WheelError(f"{path.name} has changed while it was read")
    told = artifact.is_wheel and metadata is not None
    return Content(
        found.stamp,
        document,
        problems,
        digest,
        None if metadata is None else _requires_python(metadata),
        hashlib.sha256(metadata).hexdigest() if told and metadata is not None else "",
    )


def core_metadata(file: IO[bytes], name: str) -> bytes:
    """Return the METADATA of a wheel.

    :raises WheelError: when there is none, or none that can be used.
    """
    try:
        with zipfile.ZipFile(BoundedFile(file)) as archive:
            members = [m for m in archive.infolist() if _METADATA.fullmatch(m.filename)]
            if len(members) != 1:
                raise WheelError(f"{name} has {len(members)} METADATA files")
            return _member(archive, members[0], name)
    except WheelError:
        raise
    except _READ_ERRORS as error:
        raise WheelError(f"{name} is no readable wheel: {error}") from None


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    if info.compress_type not in _PLAIN_ZIP:
        # The others are inflated without a limit, whatever size they claim.
        raise WheelError(f"{info.filename} in {name} is compressed in an unusual way")
    with archive.open(info) as member:
        data = member.read(_MAX_METADATA + 1)
    if len(data) > _MAX_METADATA:
        msg = f"{info.filename} in {name} is larger than {_MAX_METADATA:,} bytes"
        raise WheelError(msg)
    return data


def _sdist_metadata(file: IO[bytes], name: str) -> bytes | None:
    """Return PKG-INFO; None when it cannot be found, for which no page has a place."""
    try:
        if not name.endswith(".gz"):
            with zipfile.ZipFile(BoundedFile(file)) as archive:
                for info in archive.infolist():
                    if _PKG_INFO.fullmatch(info.filename):
                        return _member(archive, info, name)
            return None
        with gzip.GzipFile(fileobj=file) as unpacked:
            limited: Any = _Limited(unpacked)
            with tarfile.open(fileobj=limited, mode="r|") as tar:
                for member in tar:
                    # Python keeps the members of a stream: there may be many.
                    tar.members = []  # type: ignore[attr-defined]
                    if member.isfile() and _PKG_INFO.fullmatch(member.name):
                        return _small(tar.extractfile(member))
    except (VariantError, *_READ_ERRORS):
        return None
    return None


def _small(member: IO[bytes] | None) -> bytes | None:
    data = b"" if member is None else member.read(_MAX_METADATA + 1)
    return data if 0 < len(data) <= _MAX_METADATA else None


class _Limited(io.RawIOBase):
    """A stream that ends after so many bytes: a small sdist may unpack to a large one."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file
        self._left = _MAX_SDIST

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, none after the limit."""
        data = self._file.read(min(size, self._left) if size >= 0 else self._left)
        self._left -= len(data)
        return data


def _requires_python(metadata: bytes) -> str | None:
    """Return the field of that name, on one line; None for one that no page has room for.

    Installers look into the wheel as well.
    """
    found = email.parser.BytesHeaderParser().parsebytes(metadata)["Requires-Python"]
    text = " ".join(str(found or "").split())
    return text if 0 < len(text) <= _LONGEST_FIELD else None
