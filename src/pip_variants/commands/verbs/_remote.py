"""Looking at a wheel or a metadata file on a server, as pip would get it."""

from __future__ import annotations

from io import BytesIO
from typing import IO, cast

from ... import _pip
from ...fetching import fetch
from ...network_problems import NETWORK_ERRORS, problem_of
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
        return inspect_wheel(BytesIO(_fetch_whole(session, link)), link.filename)


def _fetch_whole(session: _pip.PipSession, link: _pip.Link) -> bytes:
    """Fetch a wheel from a server that sends no parts of files.

    :raises WheelError: when that would be too much; otherwise as for a
        :func:`~pip_variants.fetching.fetch`.
    """
    wheel = fetch(session, link, _LARGEST_WHOLE)
    if len(wheel) > _LARGEST_WHOLE:
        msg = (
            "the server sends no parts of files, and this one is larger than "
            f"{_LARGEST_WHOLE:,} bytes; download it, and inspect the file"
        )
        raise WheelError(msg)
    return wheel
