"""What an index can do wrong with one answer: all that these tests try.

Each takes the wire, on which it answers. Time-outs are as long as ``PATIENCE`` says.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from functools import cache, partial

from tests.faults.index._unruly import Misbehaviour, Wire

PATIENCE = 3
"""How long pip waits for the next bytes in these tests, in seconds."""

_PIECES = 16
_PAUSE = 0.25
_BLANKS = b" " * 4096
_TOO_LARGE = 17 * 1024 * 1024
"""More than is read of metadata, in bytes."""
_BOMB = 200 * 1024 * 1024

MISBEHAVIOURS: dict[str, Misbehaviour] = {}


def _listed(name: str) -> Callable[[Misbehaviour], Misbehaviour]:
    def note(function: Misbehaviour) -> Misbehaviour:
        MISBEHAVIOURS[name] = function
        return function

    return note


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


# slow


@_listed("drips the body")
def _drips(wire: Wire) -> None:
    """It takes longer than a time-out, and never stops for as long as one."""
    wire.send(wire.head())
    if wire.request.method != "HEAD":
        wire.drip(wire.good.body, _PIECES, _PAUSE)


@_listed("drips the head")
def _drips_head(wire: Wire) -> None:
    wire.drip(wire.head(), _PIECES, _PAUSE)
    if wire.request.method != "HEAD":
        wire.send(wire.good.body)


def _endless(wire: Wire, piece: bytes, seconds: float = 0.0) -> None:
    if wire.request.method == "HEAD":
        wire.reply()
        return
    wire.send(wire.head(headers={"content-length": None}))
    while True:
        wire.send(piece)
        wire.pause(seconds)


@_listed("drips for ever")
def _drips_for_ever(wire: Wire) -> None:
    _endless(wire, b" ", _PAUSE)


@_listed("stalls before the head")
def _stalls(wire: Wire) -> None:
    wire.stall()


@_listed("stalls in the head")
def _stalls_in_head(wire: Wire) -> None:
    wire.send(_half(wire.head()))
    wire.stall()


@_listed("stalls in the body")
def _stalls_in_body(wire: Wire) -> None:
    wire.send(wire.head() + _half(wire.good.body))
    wire.stall()


@_listed("stalls once")
def _stalls_once(wire: Wire) -> None:
    if wire.asked == 1:
        wire.stall()
    wire.reply()


# cut connections


@_listed("resets before the head")
def _resets(wire: Wire) -> None:
    wire.reset()


@_listed("closes before the head")
def _closes(wire: Wire) -> None:
    wire.close()


@_listed("closes once before the head")
def _closes_once(wire: Wire) -> None:
    if wire.asked == 1:
        wire.close()
    wire.reply()


@_listed("closes in the head")
def _closes_in_head(wire: Wire) -> None:
    wire.send(_half(wire.head()))
    wire.close()


@_listed("resets in the body")
def _resets_in_body(wire: Wire) -> None:
    wire.send(wire.head() + _half(wire.good.body))
    # What is sent must have arrived: a reset overtakes it.
    wire.pause(_PAUSE)
    wire.reset()


@_listed("closes in the body")
def _closes_in_body(wire: Wire) -> None:
    wire.send(wire.head() + _half(wire.good.body))
    wire.close()


@_listed("closes a kept connection")
def _closes_kept(wire: Wire) -> None:
    wire.send(wire.head(headers={"connection": "keep-alive"}) + wire.good.body)
    wire.close()


@_listed("switches off")
def _switches_off(wire: Wire) -> None:
    wire.server.switch_off()
    wire.close()


# statuses

STATUSES = (204, 300, 304, 400, 401, 403, 404, 407, 410, 429, 451, 500, 502, 503, 504)

for _status in STATUSES:
    MISBEHAVIOURS[f"says {_status}"] = partial(
        Wire.reply, status=_status, headers={"content-type": "text/plain"}, body=b""
    )


@_listed("says 503 with Retry-After")
def _later(wire: Wire) -> None:
    wire.reply(503, {"retry-after": "1"}, b"")


@_listed("says 503 once")
def _once(wire: Wire) -> None:
    if wire.asked == 1:
        wire.reply(503, body=b"")
    else:
        wire.reply()


@_listed("says 206 unasked")
def _partial(wire: Wire) -> None:
    whole = wire.good.body
    part = _half(whole)
    place = f"bytes 0-{len(part) - 1}/{len(whole)}"
    wire.reply(206, {"content-range": place}, part)


@_listed("says 999")
def _odd_status(wire: Wire) -> None:
    wire.reply(999, body=b"")


# redirects


def _redirects(wire: Wire, to: str | None) -> None:
    wire.reply(302, {"location": to}, b"moved")


def _elsewhere(wire: Wire) -> str:
    path = wire.request.path.removeprefix("/simple/")
    return f"{wire.server.elsewhere}{path}"


@_listed("redirects to another host")
def _to_another(wire: Wire) -> None:
    _redirects(wire, _elsewhere(wire))


@_listed("redirects with credentials")
def _with_credentials(wire: Wire) -> None:
    _redirects(wire, _elsewhere(wire).replace("://", "://me:s3cret@"))


@_listed("redirects with credentials to nothing")
def _to_nothing(wire: Wire) -> None:
    address = wire.server.elsewhere.replace("://", "://me:s3cret@")
    _redirects(wire, f"{address}nothing/here")


@_listed("redirects with credentials to a refusal")
def _to_refusal(wire: Wire) -> None:
    wire.server.behaviours["/refused"] = MISBEHAVIOURS["says 401"]
    address = wire.server.origin.replace("://", "://me:s3cret@")
    _redirects(wire, f"{address}/refused")


@_listed("redirects with credentials to nobody")
def _to_nobody(wire: Wire) -> None:
    _redirects(wire, "http://me:s3cret@127.0.0.1:9/here")


@_listed("redirects in a loop")
def _loop(wire: Wire) -> None:
    _redirects(wire, wire.request.path)


@_listed("redirects to a file")
def _to_file(wire: Wire) -> None:
    _redirects(wire, "file:///etc/passwd")


@_listed("redirects to another protocol")
def _to_ftp(wire: Wire) -> None:
    _redirects(wire, "ftp://127.0.0.1/here")


@_listed("redirects nowhere")
def _nowhere(wire: Wire) -> None:
    _redirects(wire, None)


@_listed("redirects to no address")
def _to_no_address(wire: Wire) -> None:
    _redirects(wire, "http://[::1/here")


@_listed("redirects to no port")
def _to_no_port(wire: Wire) -> None:
    _redirects(wire, "http://127.0.0.1:99999/here")


@_listed("redirects to a name too long")
def _to_long_name(wire: Wire) -> None:
    _redirects(wire, f"http://{'a' * 70}.invalid/here")


# types


@_listed("gives another type")
def _other_type(wire: Wire) -> None:
    wire.reply(headers={"content-type": "image/png"})


@_listed("gives no type")
def _no_type(wire: Wire) -> None:
    wire.reply(headers={"content-type": None})


@_listed("gives an unknown charset")
def _charset(wire: Wire) -> None:
    kind = wire.good.headers["content-type"].partition(";")[0]
    wire.reply(headers={"content-type": f"{kind}; charset=klingon"})


@_listed("gives a page of errors")
def _errors(wire: Wire) -> None:
    wire.reply(headers={"content-type": "text/html"}, body=b"<h1>Sign in</h1>")


# bodies


@_listed("sends nothing")
def _empty(wire: Wire) -> None:
    wire.reply(body=b"")


@_listed("sends half of it")
def _truncated(wire: Wire) -> None:
    wire.reply(body=_half(wire.good.body))


@_listed("sends more than the length")
def _more(wire: Wire) -> None:
    wire.send(wire.head() + wire.good.body + b"HTTP/1.1 200 OK\r\n\r\n")


@_listed("gives a shorter length")
def _shorter(wire: Wire) -> None:
    length = str(len(wire.good.body) // 2)
    wire.reply(headers={"content-length": length})
    wire.close()


@_listed("gives no length")
def _no_length(wire: Wire) -> None:
    wire.reply(headers={"content-length": None, "connection": "close"})
    wire.close()


@_listed("gives two lengths")
def _two_lengths(wire: Wire) -> None:
    length = len(wire.good.body)
    wire.reply(headers={"content-length": f"{length}, {length + 1}"})
    wire.close()


@_listed("gives a negative length")
def _negative(wire: Wire) -> None:
    wire.reply(headers={"content-length": "-7"})
    wire.close()


@_listed("gives a length in words")
def _words(wire: Wire) -> None:
    wire.reply(headers={"content-length": "many"})
    wire.close()


def _chunks(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data) if data else b""


@_listed("sends chunks")
def _chunked(wire: Wire) -> None:
    """No fault: other servers do so."""
    headers = {"content-length": None, "transfer-encoding": "chunked"}
    wire.send(wire.head(headers=headers))
    body = wire.good.body
    half = len(body) // 2
    wire.send(_chunks(body[:half]) + _chunks(body[half:]) + b"0\r\n\r\n")


@_listed("sends chunks and stops")
def _chunks_stop(wire: Wire) -> None:
    headers = {"content-length": None, "transfer-encoding": "chunked"}
    wire.send(wire.head(headers=headers) + _chunks(_half(wire.good.body)))
    wire.close()


@_listed("sends chunks of no size")
def _odd_chunks(wire: Wire) -> None:
    headers = {"content-length": None, "transfer-encoding": "chunked"}
    wire.send(wire.head(headers=headers) + b"xyz\r\n" + wire.good.body)
    wire.close()


@_listed("sends too much")
def _too_much(wire: Wire) -> None:
    wire.send(wire.head(headers={"content-length": str(_TOO_LARGE)}))
    for _ in range(_TOO_LARGE // len(_BLANKS)):
        wire.send(_BLANKS)
    wire.close()


@_listed("sends without end")
def _without_end(wire: Wire) -> None:
    _endless(wire, _BLANKS)


# encodings


def _encoded(wire: Wire, body: bytes, encoding: str) -> None:
    wire.reply(headers={"content-encoding": encoding}, body=body)


@cache
def _bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    blanks = b" " * 1024 * 1024
    parts = [packer.compress(blanks) for _ in range(_BOMB // len(blanks))]
    return b"".join([*parts, packer.flush()])


@_listed("packs unasked")
def _packs(wire: Wire) -> None:
    _encoded(wire, gzip.compress(wire.good.body), "gzip")


@_listed("packs as deflate")
def _deflates(wire: Wire) -> None:
    _encoded(wire, zlib.compress(wire.good.body), "deflate")


@_listed("packs twice")
def _packs_twice(wire: Wire) -> None:
    _encoded(wire, gzip.compress(gzip.compress(wire.good.body)), "gzip, gzip")


@_listed("packs forty times")
def _packs_forty_times(wire: Wire) -> None:
    body = wire.good.body
    for _ in range(40):
        body = gzip.compress(body)
    _encoded(wire, body, ", ".join(["gzip"] * 40))


@_listed("sends a bomb")
def _sends_bomb(wire: Wire) -> None:
    _encoded(wire, _bomb(), "gzip")


@_listed("sends a bomb in a bomb")
def _nested_bomb(wire: Wire) -> None:
    _encoded(wire, gzip.compress(_bomb()), "gzip, gzip")


@_listed("says that it is packed")
def _not_packed(wire: Wire) -> None:
    _encoded(wire, wire.good.body, "gzip")


@_listed("packs half of it")
def _half_packed(wire: Wire) -> None:
    _encoded(wire, _half(gzip.compress(wire.good.body)), "gzip")


@_listed("packs as nobody does")
def _unknown_packing(wire: Wire) -> None:
    _encoded(wire, wire.good.body, "x-klingon")


# heads


@_listed("speaks no HTTP")
def _no_http(wire: Wire) -> None:
    wire.send(b"220 example.org ESMTP\r\n\r\n")
    wire.close()


@_listed("sends a line without end")
def _long_line(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n")
    wire.close()


@_listed("sends many headers")
def _many_headers(wire: Wire) -> None:
    wire.reply(headers={f"x-{number}": "a" for number in range(500)})


@_listed("sends a header without colon")
def _no_colon(wire: Wire) -> None:
    status, rest = wire.head().split(b"\r\n", 1)
    wire.send(status + b"\r\nno colon here\r\n" + rest + wire.good.body)
    wire.close()


@_listed("speaks HTTP/1.0")
def _old(wire: Wire) -> None:
    wire.send(wire.head().replace(b"HTTP/1.1", b"HTTP/1.0", 1) + wire.good.body)
    wire.close()


@_listed("says 100 first")
def _continue(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
    wire.reply()


# other contents


@_listed("sends other bytes")
def _other_bytes(wire: Wire) -> None:
    """As many as the good ones, and with another hash."""
    body = wire.good.body
    wire.reply(body=body[:-1] + bytes(byte ^ 1 for byte in body[-1:]))


@_listed("sends other metadata")
def _other_metadata(wire: Wire) -> None:
    """By which another variant would be the best one."""
    document = json.loads(wire.good.body)
    variants = document["variants"]
    variants["v1"], variants["v2"] = variants["v2"], variants["v1"]
    wire.reply(body=json.dumps(document).encode())


# parts


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


@_listed("sends all for a part")
def _all_for_part(wire: Wire) -> None:
    if _asked_part(wire) is None or wire.request.method == "HEAD":
        wire.reply()
    else:
        _spoil_part(wire, {"content-range": None}, wire.good.body * 2, 200)


@_listed("sends another part")
def _another_part(wire: Wire) -> None:
    part = _asked_part(wire)
    place = f"bytes {part[0] + 1}-{part[1] + 1}/*" if part else None
    _spoil_part(wire, {"content-range": place}, None)


@_listed("does not say which part")
def _no_range(wire: Wire) -> None:
    _spoil_part(wire, {"content-range": None}, None)


@_listed("sends wrong bytes of a part")
def _wrong_part(wire: Wire) -> None:
    body = wire.good.body
    _spoil_part(wire, {}, bytes(byte ^ 255 for byte in body))


@_listed("has no such part")
def _unsatisfied(wire: Wire) -> None:
    _spoil_part(wire, {"content-range": "bytes */7"}, b"", 416)


@_listed("promises no parts")
def _no_parts(wire: Wire) -> None:
    wire.reply(headers={"accept-ranges": None})


@_listed("refuses HEAD")
def _no_head(wire: Wire) -> None:
    if wire.request.method == "HEAD":
        wire.reply(405, {"content-length": "0"})
    else:
        wire.reply()


@_listed("stalls at HEAD")
def _stalls_at_head(wire: Wire) -> None:
    if wire.request.method == "HEAD":
        wire.stall()
    wire.reply()


@_listed("doubles the length at HEAD")
def _doubles(wire: Wire) -> None:
    if wire.request.method == "HEAD":
        length = int(wire.good.headers["content-length"])
        wire.reply(headers={"content-length": str(2 * length)})
    else:
        wire.reply()
