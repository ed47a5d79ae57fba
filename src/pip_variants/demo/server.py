"""A simple index on 127.0.0.1 for a folder of wheels, which remembers what was asked.

::

    /simple/                     the projects
    /simple/torch/               the files of one project, as HTML or JSON
    /simple/torch/NAME           a file
    /simple/torch/NAME.metadata  the METADATA of a wheel (PEP 658)

Nothing else exists: a path is looked up among the names on the pages, and never
joined to a folder.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import socket
import socketserver
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from ._backend import escape
from .messages import Request, Response, accepts, conditional, partial
from .pages import (
    HTML,
    HTML_V1,
    JSON,
    IndexFile,
    PageStyle,
    files_of,
    projects_of,
    render_project,
    render_root,
)

__all__ = ["IndexServer", "Override", "Request", "Response"]

Override = Callable[[Request], Response | None]
"""Answers a request in place of the index; None lets the index answer after all."""

_HOST = "127.0.0.1"
_ROOT = "simple"
_FORMATS = {"json": JSON, "html": HTML}
_METADATA = ".metadata"
_NONE: Mapping[str, str] = MappingProxyType({})
_POLL_SECONDS = 0.02


class IndexServer:
    """Serves a folder of project folders, from entering to leaving the context.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with IndexServer(Path(folder)) as index:
    ...         index.url.endswith("/simple/"), index.requests
    (True, [])

    :param folder: the root of the index, as ``packages.write_index`` makes it. What
        is in it may change at any time.
    :param port: 0 for any that is free.
    :param formats: the forms that pages come in; one alone is sent to everybody.
    :param hashes: whether pages give hashes.
    :param metadata: whether wheels have a metadata file beside them (PEP 658).
    :param ranges: whether a part of a file can be asked for.
    :param yanked: file name -> reason.
    :param upload_times: file name -> time in ISO 8601, for JSON pages.
    :param overrides: path -> what answers there instead. The attribute of the same
        name is looked at for each request, so it may be changed.
    :param credentials: user and password that every request must bring.
    """

    def __init__(  # noqa: PLR0913 - one argument for each habit of an index
        self,
        folder: Path,
        *,
        port: int = 0,
        formats: Sequence[str] = ("json", "html"),
        hashes: bool = True,
        metadata: bool = True,
        ranges: bool = True,
        yanked: Mapping[str, str] = _NONE,
        upload_times: Mapping[str, str] = _NONE,
        overrides: Mapping[str, Override] | None = None,
        credentials: tuple[str, str] | None = None,
    ) -> None:
        self.overrides: dict[str, Override] = dict(overrides or {})
        self._folder = folder
        self._port = port
        self._content_types = tuple(_FORMATS[name] for name in formats)
        self._style = PageStyle(hashes, metadata, yanked, upload_times)
        self._ranges = ranges
        self._authorization: str | None = None
        if credentials is not None:
            encoded = base64.b64encode(":".join(credentials).encode()).decode()
            self._authorization = f"Basic {encoded}"
        self._requests: list[Request] = []
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._server = _Server(self._port, self._answer)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), name="demo index"
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        server, thread = self._server, self._thread
        if server is None or thread is None:
            return
        server.shutdown()
        thread.join()
        server.hang_up()
        # This waits for the threads of the connections.
        server.server_close()
        self._server = self._thread = None

    @property
    def url(self) -> str:
        """The root of the index, for ``--index-url``.

        :raises RuntimeError: outside the context, where there is no server.
        """
        if self._server is None:
            raise RuntimeError("the index is not being served")
        return f"http://{_HOST}:{self._server.server_port}/{_ROOT}/"

    @property
    def requests(self) -> list[Request]:
        """The requests that were answered since the last :meth:`forget`, in order."""
        return list(self._requests)

    def forget(self) -> None:
        """Clear :attr:`requests`."""
        self._requests.clear()

    def _answer(self, request: Request) -> Response:
        try:
            response = self._respond(request)
        except Exception:  # noqa: BLE001 - an override is a test's own code
            text = traceback.format_exc()
            response = Response(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                {"Content-Type": "text/plain; charset=utf-8"},
                text.encode(),
            )
        # Before it is sent, so that who has the response finds the request here.
        self._requests.append(replace(request, status=int(response.status)))
        return response

    def _respond(self, request: Request) -> Response:
        if self._authorization not in (None, request.headers.get("authorization")):
            challenge = {"WWW-Authenticate": 'Basic realm="demo index"'}
            return Response(HTTPStatus.UNAUTHORIZED, challenge)
        override = self.overrides.get(request.path)
        response = None if override is None else override(request)
        return response or self._look_up(request)

    def _look_up(self, request: Request) -> Response:
        match request.path.split("/")[1:]:
            case [root, ""] if root == _ROOT:
                return self._root(request)
            case [root, name] if root == _ROOT:
                return self._moved(name, "")
            case [root, name, ""] if root == _ROOT:
                return self._project(request, name)
            case [root, name, filename] if root == _ROOT:
                return self._file(request, name, filename)
        return Response(HTTPStatus.NOT_FOUND)

    def _root(self, request: Request) -> Response:
        kind = self._content_type(request)
        page = render_root(projects_of(self._folder), kind)
        return self._page(request, kind, page, self._folder.stat().st_mtime)

    def _project(self, request: Request, name: str) -> Response:
        if name not in projects_of(self._folder):
            return self._moved(name, "../")
        folder = self._folder / name
        kind = self._content_type(request)
        files = files_of(folder)
        page = render_project(name, files, kind, self._style)
        times = (file.modified for file in files)
        return self._page(
            request, kind, page, max(times, default=folder.stat().st_mtime)
        )

    def _moved(self, name: str, up: str) -> Response:
        """Point to the page of a project that was asked for by another spelling."""
        known = escape(name).replace("_", "-")
        if known not in projects_of(self._folder):
            return Response(HTTPStatus.NOT_FOUND)
        return Response(HTTPStatus.MOVED_PERMANENTLY, {"Location": f"{up}{known}/"})

    def _content_type(self, request: Request) -> str:
        def wish(kind: str) -> tuple[float, bool]:
            names = (HTML, HTML_V1) if kind == HTML else (kind,)
            # Ties go to HTML, which is for people: a browser or curl takes anything.
            return max(accepts(request, name) for name in names), kind == HTML

        return max(self._content_types, key=wish)

    def _page(
        self, request: Request, kind: str, body: bytes, modified: float
    ) -> Response:
        charset = "; charset=utf-8" if kind == HTML else ""
        headers = {"Content-Type": kind + charset, "Vary": "Accept"}
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        response = Response(HTTPStatus.OK, headers, body)
        return conditional(request, response, etag, modified)

    def _file(self, request: Request, project: str, name: str) -> Response:
        if project not in projects_of(self._folder):
            return Response(HTTPStatus.NOT_FOUND)
        for file in files_of(self._folder / project):
            if name == file.name:
                return self._content(request, file, file.path.read_bytes())
            if name == f"{file.name}{_METADATA}" and self._style.metadata:
                if file.metadata is None:
                    break
                return self._content(request, file, file.metadata)
        return Response(HTTPStatus.NOT_FOUND)

    def _content(self, request: Request, file: IndexFile, body: bytes) -> Response:
        kind = "json" if file.name.endswith(".json") else "octet-stream"
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        response = Response(
            HTTPStatus.OK, {"Content-Type": f"application/{kind}"}, body
        )
        response = conditional(request, response, etag, file.modified)
        if not self._ranges:
            return response.with_headers(Accept_Ranges="none")
        return partial(request, response)


class _Server(ThreadingHTTPServer):
    """A server that can end its connections, which clients like to keep open."""

    # Threads that are joined: none is left when the server has been closed.
    daemon_threads = False
    request_queue_size = 64
    # Elsewhere than on Windows this means "even while old connections fade away";
    # there it means "even while somebody else is listening".
    allow_reuse_address = os.name != "nt"

    def __init__(self, port: int, answer: Callable[[Request], Response]) -> None:
        self.answer = answer
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((_HOST, port), _Handler)

    def server_bind(self) -> None:
        # The method above this one asks the name server who 127.0.0.1 is.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = _HOST, int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End all connections, so that their threads end."""
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that goes away is no event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without these two, a response leaves in pieces that wait for each other.
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        self._reply()

    def do_HEAD(self) -> None:
        self._reply()

    def _reply(self) -> None:
        request = Request(
            self.command,
            unquote(urlsplit(self.path).path),
            MappingProxyType({key.lower(): text for key, text in self.headers.items()}),
        )
        response = self.server.answer(request)
        headers = {key.lower(): text for key, text in response.headers.items()}
        length = headers.get("content-length", str(len(response.body)))
        self.send_response(response.status)
        for key, text in response.headers.items():
            self.send_header(key, text)
        if "content-length" not in headers and (
            response.status != HTTPStatus.NOT_MODIFIED
        ):
            self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
            # Who promised more than there is cannot keep the connection.
            self.close_connection |= length != str(len(response.body))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Write no log; the requests are in :attr:`IndexServer.requests`."""
