"""An archive that is opened with suspicion.

``zipfile`` reads the whole directory of an archive at once, as large as the archive says
that it is: a sparse file of a few bytes on disk may claim gigabytes (E3).
"""

from __future__ import annotations

import io
import zipfile
from typing import IO

__all__ = ["MAX_DIRECTORY", "BoundedFile", "read_up_to"]

MAX_DIRECTORY = 32 << 20
"""Bytes of the largest directory that is read: that of some 250,000 members."""

_PIECE = 1 << 20


def read_up_to(file: IO[bytes], most: int) -> bytes:
    """Return the next bytes of a file, *most* of them where there are more.

    Python gets room for as much as it may read: here it takes no more than is there.

    >>> read_up_to(io.BytesIO(b"abc"), 2)
    b'ab'
    """
    pieces = []
    while most > 0 and (piece := file.read(min(most, _PIECE))):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)


class BoundedFile(io.RawIOBase):
    """A file of which nobody reads too much at once, as a huge directory would be."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def seekable(self) -> bool:
        """Tell that one may go to and fro."""
        return True

    def readable(self) -> bool:
        """Tell that one may read."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place."""
        return self._file.tell()

    def read(self, size: int | None = -1, /) -> bytes:
        """Read some bytes.

        :raises zipfile.BadZipFile: when they are more than a directory may have.
        """
        if size is None or size < 0:
            # Asked for too much, a file on a server would fetch it.
            here = self.tell()
            size = self.seek(0, io.SEEK_END) - here
            self.seek(here)
        if size > MAX_DIRECTORY:
            msg = f"its directory is larger than {MAX_DIRECTORY:,} bytes"
            raise zipfile.BadZipFile(msg)
        return self._file.read(size)
