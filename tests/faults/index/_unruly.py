"""A server that stands before an index, and spoils what it answers on some paths.

It speaks HTTP by itself, byte by byte: what it is for, no library for servers does.
"""

from __future__ import annotations

import http.client
import select
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from pip_variants.demo.server import Request, Response

_HOST = "127.0.0.1"
_POLL_SECONDS = 0.05
_OWN = frozenset({"connection", "content-length", "date", "server"})
_LONGEST_HEAD = 64 * 1024


class HungUp(Exception):  # noqa: N818 - an event, no error
    """The connection is gone, for whatever reason."""


class Wire:
    """A request, what a good index answers to it, and the connection to answer on."""

    def __init__(
        self,
        connection: socket.socket,
        server: Unruly,
        request: Request,
        good: Response,
        asked: int,
    ) -> None:
        """Answer a request.

        :param asked: how often this path was asked for, with this request.
        """
        self._connection = connection
        self._over = server.over
        self.server = server
        self.request = request
        self.good = good
        self.asked = asked

    def send(self, data: bytes) -> None:
        try:
            self._connection.sendall(data)
        except OSError:
            raise HungUp from None

    def pause(self, seconds: float) -> None:
        """Wait; the client may go away meanwhile."""
        self._wait(seconds)

    def stall(self) -> None:
        """Say nothing until the client goes away."""
        while True:
            self._wait(_POLL_SECONDS)

    def _wait(self, seconds: float) -> None:
        if self._over.is_set():
            raise HungUp
        with suppress(OSError):
            readable, _, _ = select.select([self._connection], (), (), seconds)
            if readable and self._connection.recv(1, socket.MSG_PEEK):
                # The client does not wait for its answer: it asks for more.
                self._over.wait(seconds)
            elif not readable:
                return
            else:
                raise HungUp

    def close(self) -> None:
        """End the connection as one does."""
        raise HungUp

    def reset(self) -> None:
        """End the connection as a crash does."""
        with suppress(OSError):
            self._connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
        self._connection.close()
        raise HungUp

    def head(
        self,
        status: int | None = None,
        headers: Mapping[str, str | None] | None = None,
        body: bytes | None = None,
    ) -> bytes:
        """Return the status line and the headers of an answer.

        :param headers: those that are others than the good ones; None leaves one out.
        """
        body = self.good.body if body is None else body
        code = self.good.status if status is None else status
        length = str(len(body))
        if self.request.method == "HEAD":
            length = self.good.headers.get("content-length", length)
        found: dict[str, str | None] = {**self.good.headers, "content-length": length}
        found.update({name.lower(): text for name, text in (headers or {}).items()})
        lines = [f"HTTP/1.1 {code} {_phrase(code)}"]
        lines += [f"{name}: {text}" for name, text in found.items() if text is not None]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def reply(
        self,
        status: int | None = None,
        headers: Mapping[str, str | None] | None = None,
        body: bytes | None = None,
    ) -> None:
        """Answer as HTTP wants it; what is not given is that of the good answer."""
        self.send(self.head(status, headers, body))
        if self.request.method != "HEAD":
            self.send(self.good.body if body is None else body)

    def drip(self, data: bytes, pieces: int, seconds: float) -> None:
        """Send data in pieces, with a pause after each."""
        size = max(1, -(-len(data) // pieces))
        for start in range(0, len(data), size):
            self.send(data[start : start + size])
            self.pause(seconds)


Misbehaviour = Callable[[Wire], None]


class Unruly:
    """Serves what another server serves, except on the paths that misbehave.

    Use it as a context.
    """

    def __init__(self, upstream: str, elsewhere: str = "") -> None:
        """Prepare.

        :param upstream: the address of the good index, with ``/simple/`` at its end.
        :param elsewhere: the address of an index to redirect to, likewise.
        """
        self.elsewhere = elsewhere
        self.behaviours: dict[str, Misbehaviour] = {}
        self.over = threading.Event()
        self._upstream = urlsplit(upstream)
        self._requests: list[Request] = []
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server((_HOST, 0), backlog=64)

    @property
    def origin(self) -> str:
        return f"http://{_HOST}:{self._port}"

    @property
    def url(self) -> str:
        return f"{self.origin}{self._upstream.path}"

    @property
    def requests(self) -> list[Request]:
        """The requests that arrived whole, in order."""
        with self._lock:
            return list(self._requests)

    def asked(self, path: str) -> int:
        """Tell how often a path was asked for."""
        return sum(request.path == path for request in self.requests)

    def forget(self) -> None:
        """Clear the requests, and count from 0 again."""
        with self._lock:
            self._requests.clear()

    def switch_off(self) -> None:
        """Listen no more; who is connected stays so."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def __enter__(self) -> Self:
        self._port = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over.set()
        self.switch_off()
        # A thread that accepts may start one more before it ends.
        while self._threads:
            with self._lock:
                for connection in self._open:
                    with suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)
            self._threads.pop(0).join()

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open.add(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with suppress(HungUp, OSError), connection:
            while not self.over.is_set():
                self._answer(connection, _read(connection))
        with self._lock:
            self._open.discard(connection)

    def _answer(self, connection: socket.socket, request: Request) -> None:
        with self._lock:
            self._requests.append(request)
        path = request.path.partition("?")[0]
        wire = Wire(
            connection, self, request, self._good(request), self.asked(request.path)
        )
        self.behaviours.get(path, Wire.reply)(wire)

    def _good(self, request: Request) -> Response:
        """Ask the good index."""
        host, port = str(self._upstream.hostname), self._upstream.port
        client = http.client.HTTPConnection(host, port, timeout=60)
        try:
            headers = {k: v for k, v in request.headers.items() if k != "host"}
            client.request(request.method, request.path, headers=headers)
            answer = client.getresponse()
            kept = {
                name.lower(): text
                for name, text in answer.getheaders()
                if name.lower() not in _OWN or request.method == "HEAD"
            }
            kept = {k: v for k, v in kept.items() if k != "connection"}
            return Response(answer.status, kept, answer.read())
        finally:
            client.close()


def _read(connection: socket.socket) -> Request:
    """Read the head of a request; pip sends no bodies."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(4096)
        data += part
        if not part or len(data) > _LONGEST_HEAD:
            raise HungUp
    first, *lines = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    return Request(method, target, dict(_headers(lines)))


def _headers(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        name, _, text = line.partition(":")
        yield name.strip().lower(), text.strip()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Odd"
