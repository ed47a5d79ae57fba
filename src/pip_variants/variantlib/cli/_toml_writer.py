"""Writing the little TOML that the command prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["toml_lines", "toml_string"]


def toml_lines(content: Mapping[str, Any]) -> Iterator[str]:
    """Write tables of settings; a dotted key stands for a table below."""
    for path, value in _flat(content):
        yield f"{'.'.join(map(_key, path))} = {_value(value)}"


def _flat(
    table: Mapping[str, Any], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, (*path, key))
        else:
            yield (*path, key), value


def _key(text: str) -> str:
    bare = text.replace("-", "").replace("_", "")
    return text if bare.isascii() and bare.isalnum() else toml_string(text)


def _value(value: object) -> str:
    if isinstance(value, str):
        return toml_string(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        pairs = (f"{_key(key)} = {_value(below)}" for key, below in value.items())
        return f"{{{', '.join(pairs)}}}"
    try:
        return str(value)
    except ValueError:
        # An integer of thousands of digits is read in powers of two alone.
        assert isinstance(value, int)
        return hex(value)


def toml_string(text: str) -> str:
    r"""Write a basic string of TOML.

    >>> toml_string('a"b')
    '"a\\"b"'
    """
    escaped = "".join(
        f"\\{char}"
        if char in '"\\'
        else char
        if char.isprintable()
        else f"\\U{ord(char):08x}"
        for char in text
    )
    return f'"{escaped}"'
