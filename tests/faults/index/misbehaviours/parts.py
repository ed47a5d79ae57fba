"""Parts of a file, and what HEAD says of it."""

from __future__ import annotations

from tests.faults.index._unruly import Wire
from tests.faults.index.misbehaviours._listing import Listing

listed = Listing()


def _asked_part(wire: Wire) -> tuple[int, int] | None:
    asked = wire.request.range
    if asked is None:
        return None
    first, _, last = asked.partition("=")[2].partition("-")
    return int(first), int(last)


def _spoil_part(
    wire: Wire, headers: dict[str, str | None], body: bytes | None, status: int = 206
) -> None:
    if _asked_part(wire) is None:
        wire.reply()
    else:
        wire.reply(status, headers, body)


@listed("sends all for a part")
def _all_for_part(wire: Wire) -> None:
    if _asked_part(wire) is None or wire.request.method == "HEAD":
        wire.reply()
    else:
        _spoil_part(wire, {"content-range": None}, wire.good.body * 2, 200)


@listed("sends another part")
def _another_part(wire: Wire) -> None:
    part = _asked_part(wire)
    place = f"bytes {part[0] + 1}-{part[1] + 1}/*" if part else None
    _spoil_part(wire, {"content-range": place}, None)


@listed("does not say which part")
def _no_range(wire: Wire) -> None:
    _spoil_part(wire, {"content-range": None}, None)


@listed("sends wrong bytes of a part")
def _wrong_part(wire: Wire) -> None:
    body = wire.good.body
    _spoil_part(wire, {}, bytes(byte ^ 255 for byte in body))


@listed("has no such part")
def _unsatisfied(wire: Wire) -> None:
    _spoil_part(wire, {"content-range": "bytes */7"}, b"", 416)


@listed("promises no parts")
def _no_parts(wire: Wire) -> None:
    wire.reply(headers={"accept-ranges": None})


@listed("refuses HEAD")
def _no_head(wire: Wire) -> None:
    if wire.request.method == "HEAD":
        wire.reply(405, {"content-length": "0"})
    else:
        wire.reply()


@listed("stalls at HEAD")
def _stalls_at_head(wire: Wire) -> None:
    if wire.request.method == "HEAD":
        wire.stall()
    wire.reply()


@listed("doubles the length at HEAD")
def _doubles(wire: Wire) -> None:
    if wire.request.method == "HEAD":
        length = int(wire.good.headers["content-length"])
        wire.reply(headers={"content-length": str(2 * length)})
    else:
        wire.reply()
