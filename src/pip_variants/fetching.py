"""Getting files from servers with care: how much of them, and for how long.

pip waits for the next bytes as long as ``--timeout`` says, and asks again as often as
``--retries`` says. What is only about wheels is not waited for longer than that in all.

Sources: E1-E3, E35, E36.
"""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic

from . import _pip
from .network_problems import NETWORK_ERRORS, SlowServerError

__all__ = ["Patience", "Silences", "body_of", "fetch"]

_OK = 200
_CHUNK = 16 * 1024
_MOST_SILENCES = 2


def fetch(
    session: _pip.PipSession, link: _pip.Link, most: int, *, anew: bool = False
) -> bytes:
    """Return a file on a server; of a larger one than *most*, only its first bytes.

    :param most: in bytes; of a larger file, more than that many are returned.
    :param anew: ask the server again, whatever a cache holds.
    :raises SlowServerError: when it takes too long; pip's NetworkConnectionError for
        any answer but the file. Those of the network come through.
    """
    headers = {"Accept-Encoding": "identity"}
    if anew:
        headers["Cache-Control"] = "max-age=0"
    url = link.url_without_fragment
    patience = Patience(session, url)
    hooks = {"response": _pass_by}
    with session.get(url, headers=headers, hooks=hooks, stream=True) as response:
        _pip.raise_for_status(response)
        if response.status_code != _OK:
            msg = f"the server answers {response.status_code}"
            raise _pip.NetworkConnectionError(msg, response=response)
        return body_of(response, most, patience)


def _pass_by(response: _pip.Response, **_: object) -> None:
    """Leave the body of a redirect unread: it may have no end, and nobody wants it."""
    if response.is_redirect:
        response.raw.close()


def body_of(response: _pip.Response, most: int, patience: Patience) -> bytes:
    """Return the body of an answer; of a larger one than *most*, only its first bytes.

    :param most: in bytes; of a larger body, more than that many are returned.
    :raises SlowServerError: when it takes too long; errors of the network come through.
    """
    body = bytearray()
    with patience(response):
        # Decoded bytes count: a small answer may unpack to a large one (E3).
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > most:
                break
    return bytes(body)


class Patience:
    """How long one thing is waited for, from its first answer on."""

    def __init__(self, session: _pip.PipSession, url: str) -> None:
        """Be as patient as pip is with a server that says nothing at all.

        With a time-out of 0, pip waits for ever, and so does this.
        """
        self._adapter = session.get_adapter(url)
        retries = getattr(getattr(self._adapter, "max_retries", None), "total", 0) or 0
        seconds = (session.timeout or 0.0) * (max(0, int(retries)) + 1)
        # No thread can wait for longer than that.
        self._seconds = min(seconds, threading.TIMEOUT_MAX / 2)
        self._until: float | None = None

    @contextmanager
    def __call__(self, response: _pip.Response) -> Iterator[None]:
        """Wait for the body of an answer, which is read meanwhile.

        Each byte that arrives makes pip wait anew; this does not. When the time is
        over, the connection ends, and whoever reads from it gets an error.

        :raises SlowServerError: when the body has not come in time.
        """
        connection = _connection_of(response) if self._seconds else None
        if connection is None:
            yield
            return
        if self._until is None:
            self._until = monotonic() + self._seconds
        over = threading.Event()

        def end() -> None:
            over.set()
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(max(0.0, self._until - monotonic()), end)
        timer.daemon = True
        timer.start()
        try:
            with connection:
                yield
        except NETWORK_ERRORS:
            if not over.is_set():
                raise
        finally:
            timer.cancel()
        if over.is_set():
            self._forget(response)
            msg = f"the server takes longer than {self._seconds:g} seconds to send it"
            raise SlowServerError(msg)

    def _forget(self, response: _pip.Response) -> None:
        """Take an answer out of pip's cache: where it has no length, it looks whole."""
        cache = getattr(self._adapter, "cache", None)
        controller = getattr(self._adapter, "controller", None)
        if cache is not None and controller is not None:
            cache.delete(controller.cache_url(response.request.url))


def _connection_of(response: _pip.Response) -> socket.socket | None:
    """Return a second handle on the connection of an answer; None without one."""
    try:
        number = response.raw.fileno()
        # Neither is looked at for what is done with it.
        return socket.fromfd(number, socket.AF_INET, socket.SOCK_STREAM)
    except (OSError, ValueError, AttributeError):
        return None  # from a file, or all of it is there


class Silences:
    """Counts servers' failures to answer; some are not asked again in this run.

    Each failure takes as long as pip's time-outs and retries, and there may be
    hundreds of files to ask for.
    """

    def __init__(self) -> None:
        """Count from 0."""
        self._counts: Counter[str] = Counter()

    def note(self, link: _pip.Link) -> None:
        """Count one more for the server of a link."""
        self._counts[link.netloc] += 1

    def enough(self, link: _pip.Link) -> bool:
        """Tell whether the server of a link is not to be asked again."""
        return self._counts[link.netloc] >= _MOST_SILENCES
