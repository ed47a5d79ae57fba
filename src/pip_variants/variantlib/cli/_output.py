"""What the command prints: results on standard output, all else on standard error."""

from __future__ import annotations

import json
import sys
from typing import Any

__all__ = ["error", "info", "print_json", "printable", "say", "warning"]

_LONGEST = 2_000


def printable(text: object) -> str:
    r"""Return *text* on one line, without terminal controls.

    >>> printable("a" + chr(27) + "b")
    'a\\x1bb'
    """
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in str(text)
    )


def say(text: object) -> None:
    """Print a line of a result."""
    print(printable(text))


def print_json(content: Any) -> None:
    """Print a result as JSON, which escapes what is not ASCII."""
    print(json.dumps(content, indent=2))


def info(text: object) -> None:
    """Say what was done."""
    _log("INFO", text)


def warning(text: object) -> None:
    """Warn of something."""
    _log("WARNING", text)


def error(text: object) -> None:
    """Say why something was not done."""
    _log("ERROR", text)


def _log(level: str, text: object) -> None:
    # Where it is closed, Python would take standard output in its place.
    if sys.stderr is None:
        return
    # The form of the published tool, whose results do not go there either.
    print(f"variantlib - {level} - {printable(text)[:_LONGEST]}", file=sys.stderr)
