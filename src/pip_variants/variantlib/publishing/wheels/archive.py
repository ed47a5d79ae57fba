"""A wheel as an archive, read with suspicion.

What is made of a wheel goes to other people's machines, so a wheel that readers may
understand in different ways is refused here, before anything of it is used: members
that lie over each other, that have two names or share one, that lead out of the
folder, that nobody can read. Nothing is inflated but small files on demand.

Sources: the ZIP specification (APPNOTE 6.3.10); E3.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from ...bounded_file import BoundedFile
from ...errors import WheelError
from ...filename import parse_wheel_filename
from ...reading import MAX_BYTES
from ._entries import (
    check_end,
    check_entry,
    check_places,
    find_dist_info,
    local_header,
    unique,
)

__all__ = ["Archive", "read_archive"]

_NEEDED = ("METADATA", "WHEEL", "RECORD")
_INFLATABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ERRORS = (
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What zipfile raises for archives that are broken, or that it cannot read."""


@dataclass(frozen=True, slots=True, eq=False)
class Archive:
    """The members of a wheel; the file must stay open while it is in use.

    :param filename: what the wheel is called.
    :param dist_info: the name of its ``.dist-info`` folder.
    :param members: the entries of its directory, in the order of the directory.
    :param comment: what stands behind the directory.
    """

    filename: str
    dist_info: str
    members: tuple[zipfile.ZipInfo, ...]
    comment: bytes
    file: IO[bytes] = field(repr=False)
    _zip: zipfile.ZipFile = field(repr=False)
    _by_name: dict[str, zipfile.ZipInfo] = field(repr=False)

    def find(self, member: str) -> zipfile.ZipInfo | None:
        """Return the entry of a member, None when there is none."""
        return self._by_name.get(member)

    def info(self, name: str) -> str:
        """Return the member that a file of the ``.dist-info`` folder is."""
        return f"{self.dist_info}/{name}"

    def read(self, member: str, limit: int = MAX_BYTES) -> bytes:
        """Return the content of a small member.

        :param limit: the most that it may hold, in bytes.
        :raises WheelError: when it is absent, too large, no file, or broken.
        """
        entry = self.find(member)
        if entry is None:
            raise WheelError(f"{self.filename} has no {member}")
        if entry.is_dir() or stat.S_ISLNK(entry.external_attr >> 16):
            raise WheelError(f"{member} in {self.filename} is no file")
        if entry.compress_type not in _INFLATABLE:
            # The others are inflated without a limit, whatever size they claim.
            msg = f"{member} in {self.filename} is compressed in an unusual way"
            raise WheelError(msg)
        if entry.file_size > limit:
            raise WheelError(
                f"{member} in {self.filename} is larger than {limit:,} bytes"
            )
        try:
            with self._zip.open(entry) as file:
                # The size in the directory is a claim: never inflate more than it says.
                data = file.read(limit + 1)
        except _ERRORS as error:
            msg = f"{member} in {self.filename} cannot be read: {error}"
            raise WheelError(msg) from None
        if len(data) != entry.file_size:
            raise WheelError(f"{member} in {self.filename} has not the size it claims")
        return data

    def place(self, entry: zipfile.ZipInfo) -> tuple[bytes, int]:
        """Return the extra field in front of a member, and where its data starts.

        :raises WheelError: when the archive is broken there.
        """
        try:
            return local_header(self.file, entry, self.filename)
        except OSError as error:
            raise WheelError(f"{self.filename} cannot be read: {error}") from None

    def chunks(self, start: int, size: int, length: int = 1 << 20) -> Iterator[bytes]:
        """Yield the bytes of the file from *start* on, in pieces of at most *length*.

        :raises WheelError: when the file ends before, or cannot be read.
        """
        while size:
            try:
                self.file.seek(start)
                chunk = self.file.read(min(size, length))
            except OSError as error:
                msg = f"{self.filename} cannot be read: {error}"
                raise WheelError(msg) from None
            if not chunk:
                raise WheelError(f"{self.filename} has been cut off")
            start += len(chunk)
            size -= len(chunk)
            yield chunk


def read_archive(file: IO[bytes], name: str) -> Archive:
    """Read the directory of a wheel and check that it can mean one thing only.

    :param file: seekable; it must stay open.
    :param name: what the wheel is called.
    :raises FilenameError: when that is no name of a wheel.
    :raises WheelError: for everything else that is wrong with it, in one sentence.
    """
    plain, _ = parse_wheel_filename(name)
    try:
        return _read(file, name, plain)
    except _ERRORS as error:
        raise WheelError(f"{name} is no readable wheel: {error}") from None


def _read(file: IO[bytes], name: str, plain: str) -> Archive:
    """Read the directory and check it.

    :param plain: the name of the wheel without its label.
    :raises WheelError: for what is wrong with it; other errors where it is no archive.
    """
    archive = zipfile.ZipFile(BoundedFile(file))
    entries = archive.infolist()
    for entry in entries:
        check_entry(entry, name)
    by_name = unique(entries, name)
    check_places(file, entries, archive.start_dir, name)
    check_end(file, archive, len(entries), name)
    dist_info = find_dist_info(entries, plain, name)
    found = Archive(
        name, dist_info, tuple(entries), archive.comment, file, archive, by_name
    )
    for needed in _NEEDED:
        if found.info(needed) not in by_name:
            raise WheelError(f"{name} has no {needed} in its .dist-info folder")
    return found
