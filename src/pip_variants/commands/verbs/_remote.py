"""Looking at a wheel or a metadata file on a server, as pip would get it."""

from __future__ import annotations

import tempfile
from typing import IO, cast

from ... import _pip
from ...fetching import NETWORK_ERRORS, problem_of
from ...range_reader import RangeReader
from ...release_metadata import fetch_metadata
from ...text import printable
from ...variantlib.errors import VariantError, WheelError
from ...variantlib.publishing.inspection import (
    Inspection,
    inspect_metadata,
    inspect_wheel,
)

__all__ = ["inspect_link"]

_CHUNK = 64 * 1024
_LARGEST_WHOLE = 64 * 1024 * 1024
"""A larger wheel, in bytes, is not fetched whole only to look at it."""


def inspect_link(session: _pip.PipSession, link: _pip.Link) -> Inspection:
    """Look at a file on a server; of a wheel, only the parts that are needed.

    :raises pip's CommandError: when it cannot be fetched, or is neither.
    """
    try:
        if link.filename.endswith(".whl"):
            return _inspect_wheel(session, link)
        data = fetch_metadata(session, link)
        if data is None:
            raise WheelError("the server has no such file")
        return inspect_metadata(data, link.filename)
    except (VariantError, _pip.PipError, *NETWORK_ERRORS) as error:
        problem = problem_of(error)
    msg = f"{printable(link.redacted_url)} cannot be inspected: {problem}"
    raise _pip.CommandError(msg)


def _inspect_wheel(session: _pip.PipSession, link: _pip.Link) -> Inspection:
    try:
        with RangeReader(link.url_without_fragment, session) as file:
            return inspect_wheel(cast("IO[bytes]", file), link.filename)
    except _pip.HTTPRangeRequestUnsupported:
        with tempfile.TemporaryFile() as whole:
            _fetch_whole(session, link, whole)
            return inspect_wheel(whole, link.filename)


def _fetch_whole(session: _pip.PipSession, link: _pip.Link, target: IO[bytes]) -> None:
    """Fetch a wheel from a server that sends no parts of files.

    :raises WheelError: when that would be too much.
    """
    headers = {"Accept-Encoding": "identity"}
    fetched = 0
    with session.get(
        link.url_without_fragment, headers=headers, stream=True
    ) as response:
        _pip.raise_for_status(response)
        for chunk in response.iter_content(_CHUNK):
            fetched += len(chunk)
            if fetched > _LARGEST_WHOLE:
                msg = (
                    "the server sends no parts of files, and this one is larger than "
                    f"{_LARGEST_WHOLE:,} bytes; download it, and inspect the file"
                )
                raise WheelError(msg)
            target.write(chunk)
