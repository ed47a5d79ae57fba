"""The TOML parser, for files that somebody else may have written."""

from __future__ import annotations

import re
import tomllib
from typing import Any

__all__ = ["parse_toml"]

_MOST_PARTS = 40
"""Of a dotted key. Reading one takes time by the square of their number: a file of some
hundred kilobytes would keep Python busy for hours. No file has a fourth of them."""

_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(
    rf"(?<![A-Za-z0-9_.-])(?:{_PART}[ \t]*+\.[ \t]*+){{{_MOST_PARTS}}}"
)


def parse_toml(text: str) -> dict[str, Any]:
    """Parse a TOML document.

    >>> parse_toml("a.b = 1")
    {'a': {'b': 1}}

    :raises ValueError: when it is none, or takes too long to read.
    """
    if _LONG_KEY.search(text) is not None:
        raise ValueError(f"a key has more than {_MOST_PARTS} parts")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
