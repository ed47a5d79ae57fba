"""Text out of untrusted files, made safe to print."""

from __future__ import annotations

__all__ = ["printable"]

_LONGEST = 500


def printable(text: object) -> str:
    r"""Return *text* on one line of bounded length, without terminal controls.

    >>> printable("a" + chr(27) + "[31mb")
    'a\\x1b[31mb'
    """
    cut = str(text)[:_LONGEST]
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in cut
    )
