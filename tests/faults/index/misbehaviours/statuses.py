"""Statuses that say no, or something odd."""

from __future__ import annotations

from functools import partial

from tests.faults.index._unruly import Wire
from tests.faults.index.misbehaviours._listing import Listing, half

listed = Listing()

_STATUSES = (204, 300, 304, 400, 401, 403, 404, 407, 410, 429, 451, 500, 502, 503, 504)

for _status in _STATUSES:
    listed[f"says {_status}"] = partial(
        Wire.reply, status=_status, headers={"content-type": "text/plain"}, body=b""
    )


@listed("says 503 with Retry-After")
def _later(wire: Wire) -> None:
    wire.reply(503, {"retry-after": "1"}, b"")


@listed("says 503 once")
def _once(wire: Wire) -> None:
    if wire.asked == 1:
        wire.reply(503, body=b"")
    else:
        wire.reply()


@listed("says 206 unasked")
def _partial(wire: Wire) -> None:
    whole = wire.good.body
    part = half(whole)
    place = f"bytes 0-{len(part) - 1}/{len(whole)}"
    wire.reply(206, {"content-range": place}, part)


@listed("says 999")
def _odd_status(wire: Wire) -> None:
    wire.reply(999, body=b"")
