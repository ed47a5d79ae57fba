"""Bytes that come slowly, or not at all."""

from __future__ import annotations

from tests.faults.index._unruly import Wire
from tests.faults.index.misbehaviours._listing import PAUSE, Listing, endless, half

_PIECES = 16

listed = Listing()


@listed("drips the body")
def _drips(wire: Wire) -> None:
    """It takes longer than a time-out, and never stops for as long as one."""
    wire.send(wire.head())
    if wire.request.method != "HEAD":
        wire.drip(wire.good.body, _PIECES, PAUSE)


@listed("drips the head")
def _drips_head(wire: Wire) -> None:
    wire.drip(wire.head(), _PIECES, PAUSE)
    if wire.request.method != "HEAD":
        wire.send(wire.good.body)


@listed("drips for ever")
def _drips_for_ever(wire: Wire) -> None:
    endless(wire, b" ", PAUSE)


@listed("stalls before the head")
def _stalls(wire: Wire) -> None:
    wire.stall()


@listed("stalls in the head")
def _stalls_in_head(wire: Wire) -> None:
    wire.send(half(wire.head()))
    wire.stall()


@listed("stalls in the body")
def _stalls_in_body(wire: Wire) -> None:
    wire.send(wire.head() + half(wire.good.body))
    wire.stall()


@listed("stalls once")
def _stalls_once(wire: Wire) -> None:
    if wire.asked == 1:
        wire.stall()
    wire.reply()
