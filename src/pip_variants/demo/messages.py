"""HTTP requests and responses as values, and the rules that change a response.

Sources: RFC 9110, sections 13 (conditional requests) and 14 (range requests).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus

__all__ = ["Request", "Response", "accepts", "conditional", "partial"]

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was received.

    :param path: unquoted, and without its query.
    :param headers: lower-case name -> value.
    :param status: of the response; 0 while there is none.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    status: int = 0

    @property
    def range(self) -> str | None:
        """The ``Range`` header."""
        return self.headers.get("range")


@dataclass(frozen=True, slots=True)
class Response:
    """A response that is to be sent.

    A ``Content-Length`` among the headers is believed: with one that is greater
    than the body, the body arrives truncated.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    body: bytes = b""

    def with_headers(self, **headers: str) -> Response:
        """Return the same response with headers added; ``_`` stands for ``-``.

        >>> dict(Response(200).with_headers(Accept_Ranges="none").headers)
        {'Accept-Ranges': 'none'}
        """
        added = {name.replace("_", "-"): text for name, text in headers.items()}
        return replace(self, headers={**self.headers, **added})


def accepts(request: Request, content_type: str) -> float:
    """Return how much a request wants a content type, from 0 to 1.

    >>> accepts(Request("GET", "/", {"accept": "text/html;q=0.5, */*;q=0.1"}), "a/b")
    0.1

    A type that is not named, and covered by no pattern, is not wanted at all.
    """
    best, most_exact = 0.0, -1
    for item in request.headers.get("accept", "*/*").split(","):
        kind, _, parameters = item.partition(";")
        kind = kind.strip().lower()
        group = f"{content_type.partition('/')[0]}/*"
        try:
            exactness = ("*/*", group, content_type).index(kind)
        except ValueError:
            continue
        if exactness > most_exact:
            best, most_exact = _quality(parameters), exactness
    return best


def _quality(parameters: str) -> float:
    found = re.search(r"q\s*=\s*([01](?:\.\d{0,3})?)", parameters)
    return float(found[1]) if found else 1.0


def conditional(
    request: Request, response: Response, etag: str, modified: float
) -> Response:
    """Say when the response was made, and leave it out for who has it already.

    :param etag: quoted; changes whenever the body does.
    :param modified: when the body last changed, in seconds since the epoch.
    """
    date = formatdate(modified, usegmt=True)
    response = response.with_headers(ETag=etag, Last_Modified=date)
    known = request.headers.get("if-none-match")
    if known is not None:
        fresh = any(
            item.strip() in (etag, f"W/{etag}", "*") for item in known.split(",")
        )
    else:
        since = _date(request.headers.get("if-modified-since", ""))
        fresh = since is not None and int(modified) <= since.timestamp()
    if not fresh:
        return response
    return replace(response, status=HTTPStatus.NOT_MODIFIED, body=b"")


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


def partial(request: Request, response: Response) -> Response:
    """Answer a request for a single range; any other response is left whole.

    A range that cannot be understood is ignored, as are several at once.
    """
    response = response.with_headers(Accept_Ranges="bytes")
    found = _RANGE.fullmatch((request.range or "").replace(" ", ""))
    if found is None or response.status != HTTPStatus.OK:
        return response
    unchanged = request.headers.get("if-range") in (None, response.headers.get("ETag"))
    length = len(response.body)
    span = _span(found[1], found[2], length)
    if span is None or not unchanged:
        return response
    first, stop = span
    if first >= length or stop <= first:
        unsatisfied = replace(
            response, status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, body=b""
        )
        return unsatisfied.with_headers(Content_Range=f"bytes */{length}")
    part = replace(
        response, status=HTTPStatus.PARTIAL_CONTENT, body=response.body[first:stop]
    )
    return part.with_headers(Content_Range=f"bytes {first}-{stop - 1}/{length}")


def _span(first: str, last: str, length: int) -> tuple[int, int] | None:
    """Return the start and the end, which is excluded; None for nonsense."""
    if not first:
        return (max(length - int(last), 0), length) if last else None
    if not last:
        return int(first), length
    if int(last) < int(first):
        return None
    return int(first), min(int(last) + 1, length)
