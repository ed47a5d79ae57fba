"""Heads that are hardly HTTP."""

from __future__ import annotations

from tests.faults.index._unruly import Wire
from tests.faults.index.misbehaviours._listing import Listing

listed = Listing()


@listed("speaks no HTTP")
def _no_http(wire: Wire) -> None:
    wire.send(b"220 example.org ESMTP\r\n\r\n")
    wire.close()


@listed("sends a line without end")
def _long_line(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n")
    wire.close()


@listed("sends many headers")
def _many_headers(wire: Wire) -> None:
    wire.reply(headers={f"x-{number}": "a" for number in range(500)})


@listed("sends a header without colon")
def _no_colon(wire: Wire) -> None:
    status, rest = wire.head().split(b"\r\n", 1)
    wire.send(status + b"\r\nno colon here\r\n" + rest + wire.good.body)
    wire.close()


@listed("speaks HTTP/1.0")
def _old(wire: Wire) -> None:
    wire.send(wire.head().replace(b"HTTP/1.1", b"HTTP/1.0", 1) + wire.good.body)
    wire.close()


@listed("says 100 first")
def _continue(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    wire.reply()
