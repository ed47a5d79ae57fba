"""The variant metadata inside a wheel.

Everything read here is untrusted: sizes are checked before anything is inflated
(E3), and the label is only ever compared, never used as a path (E34).
Source: PEP 825, "Variant metadata" (R25).
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from pathlib import Path
from typing import IO

from .bounded_file import BoundedFile
from .errors import VariantError, WheelError
from .filename import label_of
from .metadata import VariantsJson
from .reading import MAX_BYTES

__all__ = ["MEMBER", "contradiction", "read_member", "read_variant_json", "read_wheel"]

MEMBER = "variant.json"
"""The name of the metadata in a wheel, in its .dist-info folder (R6)."""
_SUFFIX = f".dist-info/{MEMBER}"
_READ_ERRORS = (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError)


def read_wheel(path: Path) -> VariantsJson:
    """Read the metadata of a variant wheel on disk and check it against its name.

    :raises WheelError: when it is missing or unusable, or speaks of another label.
    """
    try:
        with path.open("rb") as file:
            return read_variant_json(file, path.name)
    except OSError as error:
        raise WheelError(f"{path.name} cannot be read: {error}") from None


def read_variant_json(file: IO[bytes], filename: str) -> VariantsJson:
    """Read the metadata out of an open wheel called *filename* (R25, E32).

    :param file: seekable; only the parts that are needed are read.
    :raises WheelError: when it is missing or unusable, or speaks of another label.
    """
    data = read_member(file, filename)
    if data is None:
        raise WheelError(f"{filename} has a label but no {MEMBER}")
    try:
        document = VariantsJson.from_bytes(data)
    except VariantError as error:
        raise WheelError(f"{MEMBER} in {filename} is unusable: {error}") from None
    problem = contradiction(document, filename)
    if problem:
        raise WheelError(problem)
    return document


def contradiction(document: VariantsJson, filename: str) -> str:
    """Return why metadata is not that of a wheel called *filename*, "" when it is.

    It must describe the label in the name, and no other (R25, E32).
    """
    label = label_of(filename)
    inside = sorted({*document.variants, *document.lost})
    if inside != [label]:
        found = ", ".join(map(repr, inside[:5])) or "no label"
        return f"{filename} is named {label!r}, but its {MEMBER} describes {found}"
    if document.lost:
        reason = next(iter(document.lost.values()))
        return f"{MEMBER} in {filename} is unusable: {reason}"
    return ""


def read_member(file: IO[bytes], filename: str) -> bytes | None:
    """Return the bytes of the metadata in an open wheel, None when it has none.

    :param file: seekable; only the parts that are needed are read.
    :raises WheelError: when the wheel is unreadable, or its metadata ambiguous.
    """
    try:
        with zipfile.ZipFile(BoundedFile(file)) as archive:
            return _read_member(archive, filename)
    except (*_READ_ERRORS, NotImplementedError, ValueError) as error:
        raise WheelError(f"{filename} is no readable wheel: {error}") from None


def _read_member(archive: zipfile.ZipFile, filename: str) -> bytes | None:
    # Where file systems ignore case, a twin in other case would take its place (E32).
    # So it would where a path can be spelled in several ways, or leads there in the end.
    members = [
        info
        for info in archive.infolist()
        if posixpath.normpath(info.filename).casefold().endswith(_SUFFIX)
        and _lands_beside(info.filename)
    ]
    if not members:
        return None
    if len(members) > 1:
        raise WheelError(f"{filename} has {len(members)} {MEMBER} files")
    info = members[0]
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # The others are inflated without a limit, whatever size they claim.
        raise WheelError(f"{MEMBER} in {filename} is compressed in an unusual way")
    if not info.filename.endswith(MEMBER):
        raise WheelError(f"{filename} has {info.filename!r} in place of {MEMBER}")
    if info.file_size > MAX_BYTES:
        raise WheelError(f"{MEMBER} in {filename} is larger than {MAX_BYTES:,} bytes")
    with archive.open(info) as member:
        # The size in the directory is a claim: never inflate more than it says.
        return member.read(MAX_BYTES + 1)


def _lands_beside(member: str) -> bool:
    """Tell whether a member is installed where the metadata file is."""
    parts = posixpath.normpath(member).split("/")
    return len(parts) == 2 or parts[0].casefold().endswith(".data")
