r"""``RECORD``, the list of a wheel's files, as lines that nobody writes anew.

Another program wrote it, with its own line ends and quotes. What is made variant and
unmade again must have the very same list, so lines are put in and taken out, and all
others stay as they are, byte for byte.

Source: the specification of the recording of installed projects (PEP 376, PEP 427).

>>> text = Record(b"a.py,sha256=x,1\na-1.dist-info/RECORD,,\n")
>>> more = text.with_file("a-1.dist-info/variant.json", b"{}")
>>> [line.path for line in more.lines]
['a.py', 'a-1.dist-info/variant.json', 'a-1.dist-info/RECORD']
>>> more.without("a-1.dist-info/variant.json").data == text.data
True
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...errors import WheelError

__all__ = ["Line", "Record", "digest"]

_LINES = re.compile(rb"[^\n]*\n|[^\n]+")
_FIELDS = 3
_MOST_LINES = 1_000_000
"""More than any wheel has files: a small wheel may unpack to any number of lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says: a file, its hash as ``name=value``, its size in bytes.

    Hash and size are "" where the line gives none, and no more is checked of them.
    """

    path: str
    hash: str
    size: str

    @property
    def place(self) -> str:
        """The path, however it is spelled."""
        return posixpath.normpath(self.path)


@dataclass(frozen=True, slots=True)
class Record:
    """The content of a ``RECORD``; errors call it by its *name*."""

    data: bytes
    name: str = "the RECORD"

    @property
    def lines(self) -> tuple[Line, ...]:
        """What the lines say, without those that are blank.

        :raises WheelError: when one of them is no line of a RECORD.
        """
        return tuple(line for _, line in self._parsed() if line is not None)

    def with_file(self, path: str, content: bytes) -> Record:
        """Return the record with one more file, in front of the last line.

        So it stands where the line of the RECORD itself ends the list, as it does in
        nearly all of them.

        :raises WheelError: when the record is broken.
        """
        raw = [data for data, line in self._parsed() if line is not None]
        last = raw[-1] if raw else b""
        end = "\r\n" if last.endswith(b"\r\n") else "\n"
        text = io.StringIO(newline="")
        fields = (path, digest(content), len(content))
        csv.writer(text, lineterminator=end).writerow(fields)
        place = self.data.rindex(last) if last else 0
        added = text.getvalue().encode()
        return replace(self, data=self.data[:place] + added + self.data[place:])

    def without(self, *paths: str) -> Record:
        """Return the record without the lines of some files.

        :raises WheelError: when the record is broken.
        """
        unwanted = {posixpath.normpath(path) for path in paths}
        kept = (
            data
            for data, line in self._parsed()
            if line is None or line.place not in unwanted
        )
        return replace(self, data=b"".join(kept))

    def _parsed(self) -> Iterator[tuple[bytes, Line | None]]:
        """Yield every line as it is and as it is read; None for a blank one."""
        for number, match in enumerate(_LINES.finditer(self.data), 1):
            if number > _MOST_LINES:
                raise WheelError(f"{self.name} has more than {_MOST_LINES:,} lines")
            yield match[0], _parse(match[0], f"line {number} of {self.name}")


def digest(content: bytes) -> str:
    """Return a hash in the form of a RECORD.

    >>> digest(b"")
    'sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'
    """
    found = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return f"sha256={found.rstrip(b'=').decode()}"


def _parse(data: bytes, where: str) -> Line | None:
    """Read a line.

    :raises WheelError: when it is none.
    """
    try:
        rows = [*csv.reader([data.decode("utf-8").rstrip("\r\n")], strict=True)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise WheelError(f"{where} is broken: {error}") from None
    if rows in ([], [[]]):
        return None
    (fields,) = rows
    if len(fields) != _FIELDS or not fields[0]:
        raise WheelError(f"{where} has not three fields")
    return Line(*fields)
