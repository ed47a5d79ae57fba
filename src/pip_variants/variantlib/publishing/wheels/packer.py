"""Writing a wheel out of the members of another.

Members are copied as they are packed: a wheel of any size takes the same memory, and
nothing is compressed again. Of what stands around their data, everything is kept that
an installer may look at: order, dates, modes, comments, extra fields.
"""

from __future__ import annotations

import copy
import io
import struct
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

from ...errors import VariantError
from .archive import Archive

__all__ = ["SOURCE_DATE", "Packer", "packing", "source_date", "zip_date"]

SOURCE_DATE = "SOURCE_DATE_EPOCH"
"""The variable with the date that builds are to bear."""

_LONGEST_DATE = 20

_SIZES_FOLLOW = 1 << 3
_BARE = -15
_LARGE_SIZES = 1
_EXTRA = struct.Struct("<HH")
_FIRST = (1980, 1, 1, 0, 0, 0)
_LAST = (2107, 12, 31, 23, 59, 58)

Date = tuple[int, int, int, int, int, int]


class Packer:
    """A wheel that is being written, member by member."""

    def __init__(self, archive: zipfile.ZipFile, file: IO[bytes]) -> None:
        self._archive = archive
        self._file = file

    def copy(self, source: Archive, entry: zipfile.ZipInfo) -> None:
        """Copy a member as it is packed.

        :raises WheelError: when the source has been cut off.
        """
        extra, start = source.place(entry)
        chunks = source.chunks(start, entry.compress_size)
        self._put(copy.copy(entry), extra, chunks)

    def write(self, entry: zipfile.ZipInfo, content: bytes) -> None:
        """Pack *content* as a member that is in all else like *entry*."""
        fresh = copy.copy(entry)
        fresh.file_size = len(content)
        fresh.CRC = zlib.crc32(content)
        packed = content
        if fresh.compress_type == zipfile.ZIP_DEFLATED:
            packer = zlib.compressobj(wbits=_BARE)
            packed = packer.compress(content) + packer.flush()
        fresh.compress_size = len(packed)
        self._put(fresh, entry.extra, [packed])

    def _put(
        self, entry: zipfile.ZipInfo, extra: bytes, chunks: Iterable[bytes]
    ) -> None:
        """Write a packed member, for which zipfile has no way of its own.

        What this sets is what zipfile's own writing ends with, in all versions of
        Python so far; a test packs with each.

        :param extra: the extra field in front of the data, which differs from the one
            in the directory.
        """
        of_directory = _without_sizes(entry.extra)
        place = self._file.seek(0, io.SEEK_END)
        # The sizes are known, and stand in front of the data.
        entry.flag_bits &= ~_SIZES_FOLLOW
        entry.extra = _without_sizes(extra)
        self._file.write(entry.FileHeader())
        for chunk in chunks:
            self._file.write(chunk)
        entry.header_offset = place
        entry.extra = of_directory
        self._archive.filelist.append(entry)
        self._archive.NameToInfo[entry.filename] = entry
        self._archive.start_dir = self._file.tell()


@contextmanager
def packing(file: IO[bytes], comment: bytes = b"") -> Iterator[Packer]:
    """Write an archive into an open, empty file."""
    with zipfile.ZipFile(file, "w") as archive:
        archive.comment = comment
        yield Packer(archive, file)


def source_date(text: str | None) -> int | None:
    """Read the date that builds are to bear, in seconds since 1970.

    Source: the specification of SOURCE_DATE_EPOCH of the Reproducible Builds project.

    :param text: the value of the variable; without one, there is no such date.
    :raises VariantError: when it is no number.
    """
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_DATE):
        shown = text[:_LONGEST_DATE]
        msg = f"SOURCE_DATE_EPOCH={shown}: must be a number of seconds since 1970"
        raise VariantError(msg)
    return int(text)


def zip_date(timestamp: int) -> Date:
    """Return the nearest date to *timestamp*, in seconds, that an archive can hold.

    >>> zip_date(0), zip_date(1_700_000_001)
    ((1980, 1, 1, 0, 0, 0), (2023, 11, 14, 22, 13, 20))
    """
    try:
        year, month, day, hour, minute, second, *_ = time.gmtime(timestamp)
    except (OverflowError, OSError, ValueError):
        return _FIRST if timestamp < 0 else _LAST
    # Two seconds are the unit of an archive.
    return min(max((year, month, day, hour, minute, second & ~1), _FIRST), _LAST)


def _without_sizes(extra: bytes) -> bytes:
    """Leave out the sizes of a large member: zipfile writes those that are needed."""
    kept, rest = b"", extra
    while len(rest) >= _EXTRA.size:
        kind, length = _EXTRA.unpack_from(rest)
        field, rest = rest[: _EXTRA.size + length], rest[_EXTRA.size + length :]
        if kind != _LARGE_SIZES:
            kept += field
    return kept + rest
