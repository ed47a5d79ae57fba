"""Bodies that are packed, or that are said to be."""

from __future__ import annotations

import gzip
import zlib
from functools import cache

from tests.faults.index._unruly import Wire
from tests.faults.index.misbehaviours._listing import Listing, half

_BOMB = 200 * 1024 * 1024

listed = Listing()


def _encoded(wire: Wire, body: bytes, encoding: str) -> None:
    wire.reply(headers={"content-encoding": encoding}, body=body)


@cache
def _bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    blanks = b" " * 1024 * 1024
    parts = [packer.compress(blanks) for _ in range(_BOMB // len(blanks))]
    return b"".join([*parts, packer.flush()])


@listed("packs unasked")
def _packs(wire: Wire) -> None:
    _encoded(wire, gzip.compress(wire.good.body), "gzip")


@listed("packs as deflate")
def _deflates(wire: Wire) -> None:
    _encoded(wire, zlib.compress(wire.good.body), "deflate")


@listed("packs twice")
def _packs_twice(wire: Wire) -> None:
    _encoded(wire, gzip.compress(gzip.compress(wire.good.body)), "gzip, gzip")


@listed("packs forty times")
def _packs_forty_times(wire: Wire) -> None:
    body = wire.good.body
    for _ in range(40):
        body = gzip.compress(body)
    _encoded(wire, body, ", ".join(["gzip"] * 40))


@listed("sends a bomb")
def _sends_bomb(wire: Wire) -> None:
    _encoded(wire, _bomb(), "gzip")


@listed("sends a bomb in a bomb")
def _nested_bomb(wire: Wire) -> None:
    _encoded(wire, gzip.compress(_bomb()), "gzip, gzip")


@listed("says that it is packed")
def _not_packed(wire: Wire) -> None:
    _encoded(wire, wire.good.body, "gzip")


@listed("packs half of it")
def _half_packed(wire: Wire) -> None:
    _encoded(wire, half(gzip.compress(wire.good.body)), "gzip")


@listed("packs as nobody does")
def _unknown_packing(wire: Wire) -> None:
    _encoded(wire, wire.good.body, "x-klingon")
