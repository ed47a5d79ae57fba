"""How long a server is waited for, what is kept of it, how often it may stay silent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pip_variants import _pip
from pip_variants.fetching import Patience, Silences, fetch
from pip_variants.network_problems import SlowServerError

WHOLE = b"0123456789"
MOST = 1_000_000

HEAD = b"HTTP/1.1 200 OK\r\nETag: a\r\nCache-Control: max-age=0\r\nConnection: close\r\n\r\n"
"""Without a length, the end of the connection is the end of the body."""

Answer = Callable[[socket.socket, threading.Event], None]


@contextmanager
def server(answer: Answer) -> Iterator[str]:
    """Answer each connection in a thread; the event tells that the test is over."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while not over.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    if not over.is_set():
                        answer(connection, over)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        address = listener.getsockname()
        try:
            yield f"http://127.0.0.1:{address[1]}/file"
        finally:
            over.set()
            socket.create_connection(address).close()
            thread.join(60)


def whole(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(HEAD + WHOLE)


def drip(connection: socket.socket, over: threading.Event) -> None:
    """Send a byte now and then, until nobody listens any more."""
    try:
        connection.sendall(HEAD)
        while not over.wait(0.05):
            connection.sendall(b"0")
    except OSError:
        return


def redirect(connection: socket.socket, over: threading.Event) -> None:
    """Send a body without end, which nobody wants."""
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n")
    try:
        while not over.is_set():
            connection.sendall(b"x" * 65536)
    except OSError:
        return


def session(cache: Path, retries: int = 0, timeout: float = 2.0) -> Any:
    """Return a session of pip that keeps what comes from http, as it does with https."""
    made: Any = _pip.PipSession(cache=str(cache), retries=retries)
    made.timeout = timeout
    made.mount("http://", made.get_adapter("https://example.org/"))
    return made


def test_half_a_body_is_not_kept_for_the_next_run(tmp_path: Path) -> None:
    """When the time is over we end the connection, and that looks like the end."""
    slow = True

    def answer(connection: socket.socket, over: threading.Event) -> None:
        (drip if slow else whole)(connection, over)

    with server(answer) as url:
        link = _pip.Link(url)
        with session(tmp_path) as first, pytest.raises(SlowServerError):
            fetch(first, link, MOST)
        slow = False
        with session(tmp_path, timeout=60) as second:
            assert fetch(second, link, MOST) == WHOLE


def test_the_body_of_a_redirect_is_not_read() -> None:
    here = _pip.PipSession(retries=0)
    with server(redirect) as url, here, pytest.raises(_pip.PipError):
        fetch(here, _pip.Link(url), MOST)


@pytest.mark.parametrize(
    ("retries", "timeout"), [(10**12, 15.0), (0, 9e99), (-2, 15.0), (-1, 15.0)]
)
def test_odd_numbers_of_the_user_are_no_harm(
    tmp_path: Path, retries: int, timeout: float
) -> None:
    with server(whole) as url, session(tmp_path) as here:
        here.timeout = 60
        with here.get(url, stream=True) as response:
            adapter = here.get_adapter(url)
            adapter.max_retries = adapter.max_retries.new(total=retries)
            here.timeout = timeout
            with Patience(here, url)(response):
                assert response.content == WHOLE


def test_two_silences_of_a_server_are_enough() -> None:
    silences = Silences()
    one, other = _pip.Link("https://a.org/x"), _pip.Link("https://b.org/x")
    silences.note(one)
    assert not silences.enough(one)
    silences.note(_pip.Link("https://a.org/y"))
    assert silences.enough(one)
    assert not silences.enough(other)
