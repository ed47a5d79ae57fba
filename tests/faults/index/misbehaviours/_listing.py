"""Lists of misbehaviours, and what several of them do."""

from __future__ import annotations

from collections.abc import Callable

from tests.faults.index._unruly import Misbehaviour, Wire

__all__ = ["PAUSE", "Listing", "endless", "half"]

PAUSE = 0.25
"""Between pieces, in seconds."""


class Listing(dict[str, Misbehaviour]):
    """Misbehaviours by their names; a decorator puts them in."""

    def __call__(self, name: str) -> Callable[[Misbehaviour], Misbehaviour]:
        def note(function: Misbehaviour) -> Misbehaviour:
            self[name] = function
            return function

        return note


def half(data: bytes) -> bytes:
    """Return the first half."""
    return data[: len(data) // 2]


def endless(wire: Wire, piece: bytes, seconds: float = 0.0) -> None:
    """Send a piece again and again, until nobody listens."""
    if wire.request.method == "HEAD":
        wire.reply()
        return
    wire.send(wire.head(headers={"content-length": None}))
    while True:
        wire.send(piece)
        wire.pause(seconds)
