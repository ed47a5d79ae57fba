"""Text out of untrusted files, made safe to print; sentences in lines."""

from __future__ import annotations

import re
import textwrap

__all__ = [
    "ago",
    "counted",
    "message_of",
    "printable",
    "tight",
    "unbroken",
    "without_credentials",
    "wrapped",
]

_LONGEST = 500
_WIDTH = 80
_NO_BREAK = "\u00a0"
"""Stands for a blank that is no place to break a line; it counts as unprintable."""


def printable(text: object, longest: int = _LONGEST) -> str:
    r"""Return *text* on one line of bounded length, without terminal controls.

    >>> printable("a" + chr(27) + "[31mb")
    'a\\x1b[31mb'
    """
    cut = str(text)[:longest]
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in cut
    )


_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def ago(seconds: float) -> str:
    """Return a time as people say it.

    >>> ago(0.2), ago(61), ago(7200), ago(200_000)
    ('0 seconds', '1 minute', '2 hours', '2 days')
    """
    for unit, length in _UNITS:
        count = int(seconds // length)
        if count or unit == "second":
            break
    return f"{count} {unit}{'' if count == 1 else 's'}"


def unbroken(text: object) -> str:
    """Return *text* made printable, in which no line is broken: a name or a path."""
    return printable(text).replace(" ", _NO_BREAK)


def wrapped(text: str, indent: str = "") -> list[str]:
    """Return the lines of a sentence; those that go on are indented further.

    A property stays in one piece.

    >>> wrapped("needs " + ", ".join(["nvidia :: sm_arch"] * 5))[1]
    '  nvidia :: sm_arch'
    """
    lines = textwrap.wrap(
        text.replace(" :: ", f"{_NO_BREAK}::{_NO_BREAK}"),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_NO_BREAK, " ") for line in lines]


def tight(text: str, *separators: str) -> str:
    """Return *text* without the blanks around separators.

    >>> tight("torch = a , b", "=", ",")
    'torch=a,b'
    """
    for separator in separators:
        # A pattern with blanks at both ends takes quadratic time.
        text = separator.join(part.strip() for part in text.split(separator))
    return text


_MARKUP = re.compile(r"\[/?[a-z]{0,20}\]")


def message_of(error: Exception) -> str:
    """Return what an error of pip says.

    Its diagnostic errors print as their class; the text is a field, with colours in it.

    >>> message_of(ValueError("bad"))
    'bad'
    """
    return _MARKUP.sub("", str(getattr(error, "message", error)))


# A password may hold "@" itself: what counts is the last one, as in pip.
_USER_INFO = re.compile(r"(?<=://)[^/\s]*@")


def without_credentials(text: object) -> str:
    """Return *text* with the user info of its URLs hidden.

    >>> without_credentials("line 1 of https://me:secret@example.org/r.txt")
    'line 1 of https://****@example.org/r.txt'
    """
    return _USER_INFO.sub("****@", str(text))


def counted(number: int, noun: str) -> str:
    """Return a number with what is counted.

    >>> counted(1, "wheel"), counted(2, "wheel")
    ('1 wheel', '2 wheels')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
