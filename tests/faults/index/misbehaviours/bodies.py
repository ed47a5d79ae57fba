"""Bodies of another length than said, or than anybody wants."""

from __future__ import annotations

from tests.faults.index._unruly import Wire
from tests.faults.index.misbehaviours._listing import Listing, endless, half

_BLANKS = b" " * 4096
_TOO_LARGE = 17 * 1024 * 1024
"""More than is read of metadata, in bytes."""

listed = Listing()


@listed("sends nothing")
def _empty(wire: Wire) -> None:
    wire.reply(body=b"")


@listed("sends half of it")
def _truncated(wire: Wire) -> None:
    wire.reply(body=half(wire.good.body))


@listed("sends more than the length")
def _more(wire: Wire) -> None:
    wire.send(wire.head() + wire.good.body + b"HTTP/1.1 200 OK\r\n\r\n")


@listed("gives a shorter length")
def _shorter(wire: Wire) -> None:
    length = str(len(wire.good.body) // 2)
    wire.reply(headers={"content-length": length})
    wire.close()


@listed("gives no length")
def _no_length(wire: Wire) -> None:
    wire.reply(headers={"content-length": None, "connection": "close"})
    wire.close()


@listed("gives two lengths")
def _two_lengths(wire: Wire) -> None:
    length = len(wire.good.body)
    wire.reply(headers={"content-length": f"{length}, {length + 1}"})
    wire.close()


@listed("gives a negative length")
def _negative(wire: Wire) -> None:
    wire.reply(headers={"content-length": "-7"})
    wire.close()


@listed("gives a length in words")
def _words(wire: Wire) -> None:
    wire.reply(headers={"content-length": "many"})
    wire.close()


def _chunks(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data) if data else b""


@listed("sends chunks")
def _chunked(wire: Wire) -> None:
    """No fault: other servers do so."""
    headers = {"content-length": None, "transfer-encoding": "chunked"}
    wire.send(wire.head(headers=headers))
    body = wire.good.body
    half = len(body) // 2
    wire.send(_chunks(body[:half]) + _chunks(body[half:]) + b"0\r\n\r\n")


@listed("sends chunks and stops")
def _chunks_stop(wire: Wire) -> None:
    headers = {"content-length": None, "transfer-encoding": "chunked"}
    wire.send(wire.head(headers=headers) + _chunks(half(wire.good.body)))
    wire.close()


@listed("sends chunks of no size")
def _odd_chunks(wire: Wire) -> None:
    headers = {"content-length": None, "transfer-encoding": "chunked"}
    wire.send(wire.head(headers=headers) + b"xyz\r\n" + wire.good.body)
    wire.close()


@listed("sends too much")
def _too_much(wire: Wire) -> None:
    wire.send(wire.head(headers={"content-length": str(_TOO_LARGE)}))
    for _ in range(_TOO_LARGE // len(_BLANKS)):
        wire.send(_BLANKS)
    wire.close()


@listed("sends without end")
def _without_end(wire: Wire) -> None:
    endless(wire, _BLANKS)
