"""A wheel on a server, read piece by piece."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any

from . import _pip
from .fetching import Patience, body_of
from .variantlib.errors import WheelError

__all__ = ["OddAnswerError", "RangeReader"]

_PARTIAL_CONTENT = 206
_TAIL = 64 * 1024 + 22
"""The directory of a zip ends with a record of 22 bytes and a comment."""
_END_RECORD = b"PK\x05\x06"
_LARGEST_WHEEL = 1 << 40
_MOST_FETCHED = 32 * 1024 * 1024
"""Of one wheel, in bytes; the directory of the largest known wheels has one MiB."""


class OddAnswerError(WheelError, _pip.HTTPRangeRequestUnsupported):
    """What a server says of this wheel cannot be true; of others it may."""


class RangeReader(_pip.LazyZipOverHTTP):
    """pip's lazy zip, which believes nothing that the server says (E36).

    It never fetches more of a wheel than a directory and a small file take, and never
    waits for it longer than for a server that is silent.
    """

    _fetched = 0

    def __init__(self, url: str, session: _pip.PipSession) -> None:
        """Read the end of the file, where a zip keeps its directory.

        :raises pip's HTTPRangeRequestUnsupported: when the server sends no parts;
            OddAnswerError where that is known of this wheel alone.
        :raises WheelError: when the file is no zip.
        :raises SlowServerError: when it takes too long.
        """
        self._patience = Patience(session, url)
        redirected: Any = _Redirected(session)
        try:
            super().__init__(url, redirected)
        except (AssertionError, KeyError, ValueError, OverflowError) as error:
            msg = f"unusable answer to HEAD: {error}".rstrip(": ")
            raise OddAnswerError(msg) from None

    def truncate(self, size: int | None = None) -> int:
        """Make room for the file; *size* is what the server says."""
        if size is not None and not 0 < size < _LARGEST_WHEEL:
            raise OddAnswerError(f"a length of {size}")
        return super().truncate(size)

    def _check_zip(self) -> None:
        """Fetch the end once, and see that a zip ends there."""
        start = max(0, self._length - _TAIL)
        self._download(start, self._length - 1)
        self.seek(start)
        if _END_RECORD not in self._file.read(_TAIL):
            raise WheelError("the file has no zip directory at its end")
        self.seek(0)

    def _download(self, start: int, end: int) -> None:
        """Fetch the bytes from *start* to *end*, both included."""
        with self._stay():
            left = bisect_left(self._right, start)
            right = bisect_right(self._left, end)
            for first, last in self._merge(start, end, left, right):
                part = self._fetch(first, last)
                self.seek(first)
                self._file.write(part)

    def _fetch(self, first: int, last: int) -> bytes:
        wanted = last - first + 1
        self._fetched += wanted
        if self._fetched > _MOST_FETCHED:
            raise WheelError("its directory is too large to be read over the network")
        with self._stream_response(first, last) as response:
            response.raise_for_status()
            if response.status_code != _PARTIAL_CONTENT:
                raise _pip.HTTPRangeRequestUnsupported("it sends no parts")
            sent = response.headers.get("Content-Range", "")
            if not sent.startswith(f"bytes {first}-{last}/"):
                raise OddAnswerError("the server sends another part than was asked for")
            part = body_of(response, wanted, self._patience)
        if len(part) != wanted:
            amount = "more" if len(part) > wanted else "less"
            raise WheelError(f"the server sends {amount} than was asked for")
        return part


class _Redirected:
    """pip's session, which here follows redirects of HEAD, too, as it does of GET."""

    def __init__(self, session: _pip.PipSession) -> None:
        self._session = session

    def head(self, url: str, **named: Any) -> _pip.Response:
        return self._session.head(url, **{**named, "allow_redirects": True})

    def get(self, url: str, **named: Any) -> _pip.Response:
        return self._session.get(url, **named)
