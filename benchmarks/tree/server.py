"""An index that sends files as slowly as a network would.

::

    python -m benchmarks.tree.server FOLDER MB_PER_SECOND

prints the URL, and serves until standard input ends. Each connection has its own
rate, as with a distribution network that limits what one client may take at once.
Pages and metadata are sent at once. Big files go from the page cache to the socket
without passing through Python, where the system can do that.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import perf_counter, sleep
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from pip_variants.demo.pages import (
    JSON,
    PageStyle,
    files_of,
    projects_of,
    render_project,
)

__all__ = ["main"]

_HOST = "127.0.0.1"
_MB = 1e6
_PIECES_EACH_SECOND = 200
_AHEAD = 0.02
"""Seconds of data that a network holds by itself, for a reader that paused."""


@dataclass(frozen=True, slots=True)
class _Content:
    """What answers at a path: bytes that are there, or a file that is sent slowly."""

    kind: str
    body: bytes = b""
    path: Path | None = None


def _contents(folder: Path) -> Iterator[tuple[str, _Content]]:
    """Yield all that there is; every file is read once, so that it is in memory."""
    for project in projects_of(folder):
        files = files_of(folder / project)
        page = render_project(project, files, JSON, PageStyle())
        yield f"/simple/{project}/", _Content(JSON, page)
        for file in files:
            here = f"/simple/{project}/{file.name}"
            yield here, _Content("application/octet-stream", path=file.path)
            if file.metadata is not None:
                yield f"{here}.metadata", _Content("text/plain", file.metadata)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, contents: dict[str, _Content], rate: float) -> None:
        self.contents = contents
        self.rate = rate
        super().__init__((_HOST, 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that goes away is no event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        found = self.server.contents.get(unquote(urlsplit(self.path).path))
        if found is None:
            self._head(HTTPStatus.NOT_FOUND, "text/plain", 0)
        elif found.path is None:
            self._head(HTTPStatus.OK, found.kind, len(found.body))
            self.wfile.write(found.body)
        else:
            size = found.path.stat().st_size
            self._head(HTTPStatus.OK, found.kind, size)
            with found.path.open("rb") as file:
                self._send(file, size)
        self.wfile.flush()

    def _head(self, status: HTTPStatus, kind: str, size: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.flush()

    def _send(self, file: BinaryIO, size: int) -> None:
        rate = self.server.rate * _MB
        piece = max(1, int(rate / _PIECES_EACH_SECOND))
        due = perf_counter()
        for start in range(0, size, piece):
            sent = self.connection.sendfile(file, start, min(piece, size - start))
            # Who did not read for a while cannot make up for that later.
            due = max(due, perf_counter() - _AHEAD) + sent / rate
            sleep(max(0.0, due - perf_counter()))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Write no log."""


def main(folder: str, rate: str) -> None:
    """Serve until standard input ends."""
    server = _Server(dict(_contents(Path(folder))), float(rate))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    print(f"http://{_HOST}:{server.server_port}/simple/", flush=True)
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
