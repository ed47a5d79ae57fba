"""A wheel on a server, read piece by piece."""

from __future__ import annotations

from typing import Any

from . import _pip

__all__ = ["RangeReader"]

_PARTIAL_CONTENT = 206
_IDENTITY = {"Accept-Encoding": "identity"}


class RangeReader(_pip.LazyZipOverHTTP):
    """pip's lazy zip, made to refuse a server that sends whole wheels (E36)."""

    def __init__(self, url: str, session: _pip.PipSession) -> None:
        """Read the end of the file, where a zip keeps its directory.

        :raises pip's HTTPRangeRequestUnsupported: when the server sends no parts.
        """
        try:
            super().__init__(url, session)
        except (AssertionError, KeyError, ValueError) as error:
            msg = f"unusable answer to HEAD: {error}"
            raise _pip.HTTPRangeRequestUnsupported(msg) from None

    def _stream_response(
        self, start: int, end: int, base_headers: dict[str, str] = _IDENTITY
    ) -> Any:
        response = super()._stream_response(start, end, base_headers)
        if response.status_code != _PARTIAL_CONTENT:
            # It promised ranges and sends everything.
            response.close()
            raise _pip.HTTPRangeRequestUnsupported("whole file sent")
        return response
