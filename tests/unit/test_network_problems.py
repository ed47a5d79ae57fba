"""What the errors of every supported pip say to people, and which mean silence."""

from __future__ import annotations

import pytest
from pip._vendor import requests, urllib3
from pip._vendor.requests.models import Response

from pip_variants import _pip
from pip_variants.network_problems import is_silence, problem_of
from pip_variants.variantlib.errors import MetadataError

POOL = urllib3.HTTPConnectionPool("example.org")
NO_ANSWER = "the server did not answer in time"


def gave_up(reason: Exception) -> urllib3.exceptions.MaxRetryError:
    """What urllib3 raises when it has tried often enough."""
    return urllib3.exceptions.MaxRetryError(POOL, "/x", reason)


def refused() -> Exception:
    return urllib3.exceptions.NewConnectionError(
        POOL,  # type: ignore[arg-type]
        "Failed to establish a new connection: [Errno 111] Connection refused",
    )


@pytest.mark.parametrize(
    ("error", "told", "silent"),
    [
        # pip 26.0 and 26.1 pass these on.
        (requests.ConnectionError(gave_up(refused())), "Connection refused", True),
        (requests.ReadTimeout("HTTPConnectionPool: x"), NO_ANSWER, True),
        (requests.ConnectTimeout(gave_up(refused())), NO_ANSWER, True),
        (
            requests.exceptions.RetryError(
                gave_up(urllib3.exceptions.ResponseError("too many 503 responses"))
            ),
            "too many 503 responses",
            True,
        ),
        # While a body is read, all of them do.
        (
            requests.ConnectionError(
                urllib3.exceptions.ReadTimeoutError(POOL, "/x", "Read timed out.")
            ),
            NO_ANSWER,
            True,
        ),
        (
            requests.exceptions.ChunkedEncodingError("('Connection', Cut())"),
            "cut",
            False,
        ),
        (requests.exceptions.ContentDecodingError("zlib"), "unpacked", False),
        (requests.TooManyRedirects("Exceeded 30 redirects."), "too often", False),
        (requests.exceptions.InvalidHeader("two lengths"), "two lengths", False),
        (ValueError("Invalid IPv6 URL"), "Invalid IPv6 URL", False),
        (MetadataError("not JSON"), "not JSON", False),
        (_pip.InstallationError("md5 is unknown"), "md5 is unknown", False),
        (_pip.HashMismatch({"sha256": ["0"]}, {}), "hash", False),
        (OSError(), "OSError", False),
    ],
)
def test_an_error_in_words(error: Exception, told: str, silent: bool) -> None:
    text = problem_of(error)
    assert told in text
    assert "HTTPConnectionPool" not in text
    assert is_silence(error) == silent


def test_the_address_of_a_refusal_is_left_out() -> None:
    text = "404 Client Error: Not Found for url: https://me:secret@example.org/x"
    error = _pip.NetworkConnectionError(text, response=Response())
    assert problem_of(error) == "404 Client Error: Not Found"


def test_credentials_and_controls_are_left_out() -> None:
    error = ValueError("https://me:secret@example.org/\x1b[31m\nmore")
    assert problem_of(error) == r"https://****@example.org/\x1b[31m"
