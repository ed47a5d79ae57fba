"""What goes wrong on the way to a server, in words."""

from __future__ import annotations

from . import _pip
from .text import message_of, printable, without_credentials
from .variantlib.errors import VariantError

__all__ = ["NETWORK_ERRORS", "SlowServerError", "is_silence", "problem_of"]

# ValueError: pip passes on what urllib3 and pathlib think of odd URLs.
NETWORK_ERRORS = (
    _pip.RequestException,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
)
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
