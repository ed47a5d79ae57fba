"""Wheels written as zip files, member by member, out of streams that are deflated.

The standard library cannot put an already deflated stream into a zip file, so the
structures are written here (APPNOTE.TXT 4.3.7, 4.3.12 and 4.3.16), as plain as they
come: no dates, no comments, and nothing beyond 4 GiB.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from .contents import END, Block, deflate

__all__ = ["LIMIT", "WheelArchive"]

LIMIT = 0xFFFF_FFFF
"""The most bytes that a zip file of this kind can have; members likewise."""

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_FINAL = struct.Struct("<4s4H2LH")
_NEEDED = 20  # version 2.0: deflated members
_DEFLATED = 8
_DATE = (0, 1 << 5 | 1)  # midnight of the oldest day that there is, 1980-01-01
_MADE_BY = 3 << 8 | _NEEDED  # Unix: modes mean something
_MODE = 0o100644 << 16


class WheelArchive:
    """Writes a wheel; RECORD, which lists what was added, comes at the end.

    :param info: the name of its ``.dist-info`` folder.
    """

    def __init__(self, path: Path, info: str) -> None:
        self._file = path.open("wb")
        self._info = info
        self._directory: list[bytes] = []
        self._rows = io.StringIO()
        self._record = csv.writer(self._rows, lineterminator="\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._file:
            if kind is None:
                self._finish()

    def add(self, name: str, data: bytes, deflated: bytes = b"") -> None:
        """Add a small file.

        :param deflated: the same data, where the caller has that already.
        """
        packed = deflated or deflate([data])
        self._list(name, hashlib.sha256(data).digest(), len(data))
        self._write(name, zlib.crc32(data), len(data), len(packed), [packed])

    def add_blocks(self, name: str, blocks: Iterable[Block]) -> None:
        """Add a file that is made of blocks, without putting it together."""
        parts = tuple(blocks)
        digest, checksum = hashlib.sha256(), 0
        for part in parts:
            digest.update(part.data)
            checksum = zlib.crc32(part.data, checksum)
        size = sum(len(part.data) for part in parts)
        packed = sum(len(part.deflated) for part in parts) + len(END)
        self._list(name, digest.digest(), size)
        pieces = (*(part.deflated for part in parts), END)
        self._write(name, checksum, size, packed, pieces)

    def _list(self, name: str, digest: bytes, size: int) -> None:
        text = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        self._record.writerow((name, f"sha256={text}", size))

    def _write(
        self, name: str, checksum: int, size: int, packed: int, pieces: Iterable[bytes]
    ) -> None:
        """Write one member.

        :raises ValueError: where something needs more than 4 GiB.
        """
        start, written = self._file.tell(), name.encode("ascii")
        if max(size, start + packed) > LIMIT:
            raise ValueError(f"{self._file.name} would need more than 4 GiB")
        sizes = (checksum, packed, size)
        fixed = (0, _DEFLATED, *_DATE, *sizes, len(written), 0)
        self._file.write(_LOCAL.pack(b"PK\3\4", _NEEDED, *fixed) + written)
        self._file.writelines(pieces)
        self._directory.append(
            _CENTRAL.pack(b"PK\1\2", _MADE_BY, _NEEDED, *fixed, 0, 0, 0, _MODE, start)
            + written
        )

    def _finish(self) -> None:
        name = f"{self._info}/RECORD"
        self._record.writerow((name, "", ""))
        data = self._rows.getvalue().encode()
        packed = deflate([data])
        self._write(name, zlib.crc32(data), len(data), len(packed), [packed])
        start = self._file.tell()
        self._file.writelines(self._directory)
        count, size = len(self._directory), self._file.tell() - start
        self._file.write(_FINAL.pack(b"PK\5\6", 0, 0, count, count, size, start, 0))
