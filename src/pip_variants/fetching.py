"""What servers send, taken with care: for how long, and what went wrong.

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
from .text import message_of, printable, without_credentials
from .variantlib.errors import VariantError

__all__ = [
    "NETWORK_ERRORS",
    "Patience",
    "Silences",
    "SlowServerError",
    "is_silence",
    "problem_of",
]

# ValueError: pip passes on what urllib3 and pathlib think of odd URLs.
NETWORK_ERRORS = (
    _pip.RequestException,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
)
_MOST_SILENCES = 2
_UNREACHABLE = frozenset(
    {
        "connection-failed",
        "connection-timeout",
        "proxy-connection-failed",
        "ssl-verification-failed",
    }
)
"""What pip 26.2 and later call the errors of a server that gives no answer."""
_NO_ANSWER = "the server did not answer in time"
_NO_CONNECTION = "the server gives no answer"
_IN_WORDS = (
    (_pip.Timeout, _NO_ANSWER),
    (_pip.ChunkedEncodingError, "the connection was cut, or what came is no HTTP"),
    (_pip.ContentDecodingError, "it is packed in a way that cannot be unpacked"),
    (_pip.TooManyRedirects, "it is redirected too often"),
)


class SlowServerError(VariantError):
    """A server sends so slowly that waiting makes no sense."""


class Patience:
    """How long one thing is waited for, from its first answer on."""

    def __init__(self, session: _pip.PipSession, url: str) -> None:
        """Be as patient as pip is with a server that says nothing at all.

        With a time-out of 0, pip waits for ever, and so does this.
        """
        adapter = session.get_adapter(url)
        retries = getattr(getattr(adapter, "max_retries", None), "total", 0) or 0
        self._seconds = (session.timeout or 0.0) * (int(retries) + 1)
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
            msg = f"the server takes longer than {self._seconds:g} seconds to send it"
            raise SlowServerError(msg)


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


def is_silence(error: Exception) -> bool:
    """Tell whether a server gave no answer, although pip asked as often as it does."""
    return (
        isinstance(
            error,
            (_pip.ConnectionError, _pip.Timeout, _pip.RetryError, SlowServerError),
        )
        or getattr(error, "reference", "") in _UNREACHABLE
    )


def problem_of(error: Exception) -> str:
    """Return in a few words, and without credentials, why something was not got.

    >>> problem_of(_pip.TooManyRedirects("Exceeded 30 redirects."))
    'it is redirected too often'
    """
    if isinstance(error, _pip.HashMismatch):
        text = "it has not the hash that its page gives"
    elif isinstance(error, _pip.NetworkConnectionError):
        text = str(error).partition(" for url: ")[0]
    elif isinstance(error, _pip.RequestException):
        text = _problem_of_request(error)
    elif is_silence(error):
        text = _problem_of_silence(error)
    elif isinstance(error, _pip.PipError):
        text = message_of(error)
    else:
        text = str(error)
    first = text.strip().partition("\n")[0] or type(error).__name__
    return printable(without_credentials(first.rstrip(".")))


def _problem_of_request(error: _pip.RequestException) -> str:
    """Put the errors of requests into words; they quote those of urllib3 in full."""
    for kind, text in _IN_WORDS:
        if isinstance(error, kind):
            return text
    inner = error.args[0] if error.args else None
    reason = str(getattr(inner, "reason", None) or "")
    if isinstance(error, _pip.RetryError):
        return reason  # such as: too many 503 error responses
    if isinstance(error, _pip.ConnectionError):
        silent = "timed out" in str(inner)
        return _NO_ANSWER if silent else f"{_NO_CONNECTION}{_detail(reason)}"
    return str(error)


def _problem_of_silence(error: Exception) -> str:
    """Put into words what pip 26.2 and later make of the same."""
    if isinstance(error, VariantError):
        return str(error)
    if getattr(error, "reference", "") == "connection-timeout":
        return _NO_ANSWER
    return f"{_NO_CONNECTION}{_detail(str(getattr(error, 'context', '')))}"


def _detail(text: str) -> str:
    """Return what else is known in brackets, unless it is for programmers."""
    known = text.rpartition("new connection: ")[2].strip().rstrip(".")
    return "" if not known or known.startswith(("(", "<")) else f" ({known})"
