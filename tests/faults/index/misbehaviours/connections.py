"""Connections that end too early."""

from __future__ import annotations

from tests.faults.index._unruly import Wire
from tests.faults.index.misbehaviours._listing import PAUSE, Listing, half

listed = Listing()


@listed("resets before the head")
def _resets(wire: Wire) -> None:
    wire.reset()


@listed("closes before the head")
def _closes(wire: Wire) -> None:
    wire.close()


@listed("closes once before the head")
def _closes_once(wire: Wire) -> None:
    if wire.asked == 1:
        wire.close()
    wire.reply()


@listed("closes in the head")
def _closes_in_head(wire: Wire) -> None:
    wire.send(half(wire.head()))
    wire.close()


@listed("resets in the body")
def _resets_in_body(wire: Wire) -> None:
    wire.send(wire.head() + half(wire.good.body))
    # What is sent must have arrived: a reset overtakes it.
    wire.pause(PAUSE)
    wire.reset()


@listed("closes in the body")
def _closes_in_body(wire: Wire) -> None:
    wire.send(wire.head() + half(wire.good.body))
    wire.close()


@listed("closes a kept connection")
def _closes_kept(wire: Wire) -> None:
    wire.send(wire.head(headers={"connection": "keep-alive"}) + wire.good.body)
    wire.close()


@listed("switches off")
def _switches_off(wire: Wire) -> None:
    wire.server.switch_off()
    wire.close()
