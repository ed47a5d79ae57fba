"""Small typed getters over untrusted JSON, and the JSON parser itself.

A getter returns what it found in the type that it promises, or raises a
:class:`~.errors.ValidationError` with the key as its path; the reader above decides
what is lost by that.
"""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any, NoReturn

from .errors import MetadataError, ValidationError

__all__ = [
    "LARGE",
    "MAX_BYTES",
    "Repeated",
    "count_keys",
    "get_bool",
    "get_mapping",
    "get_str",
    "get_strings",
    "parse_json",
    "parse_plain",
    "parse_start",
    "parse_text",
    "read_text",
    "sample",
]

MAX_BYTES = 16 * 1024 * 1024
"""The largest metadata file that is read, in bytes (E2)."""

LARGE = 64 * 1024
"""From this size on, in bytes, the collector is paused; below it is not worth it."""


class Repeated(dict[str, Any]):
    """A JSON object in which some key stood twice with different values (E6)."""

    __slots__ = ("keys_in_conflict",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.keys_in_conflict = frozenset(
            key for key, value in pairs if self[key] != value
        )


def parse_json(data: bytes) -> dict[str, Any]:
    """Parse a JSON object out of untrusted bytes (E1, E2, E6).

    :raises MetadataError: for anything but a UTF-8 JSON object of bounded size.
    """
    return parse_text(read_text(data))


def read_text(data: bytes) -> str:
    """Decode untrusted bytes (E1, E2).

    :raises MetadataError: for anything but UTF-8 of bounded size.
    """
    if len(data) > MAX_BYTES:
        raise MetadataError(f"larger than {MAX_BYTES:,} bytes")
    try:
        # As "utf-8-sig", whose module nobody else needs.
        return data.removeprefix(BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        raise MetadataError("not UTF-8 text") from None


def parse_text(text: str) -> dict[str, Any]:
    """Parse a JSON object out of untrusted text (E1, E6).

    :raises MetadataError: for anything but a JSON object.
    """
    try:
        document = parse_plain(text)
        if _may_repeat_a_key(text, document):
            document = json.loads(
                text, object_pairs_hook=_object, parse_constant=_refuse
            )
    except RecursionError:
        raise MetadataError("nested too deeply") from None
    except MemoryError:
        raise MetadataError("too large for this machine's memory") from None
    except ValueError as error:
        raise MetadataError(f"not JSON: {error}") from None
    if not isinstance(document, dict):
        raise MetadataError("not a JSON object")
    if isinstance(document, Repeated) and document.keys_in_conflict:
        key = min(document.keys_in_conflict)
        raise MetadataError("stands twice, with different contents", (key,))
    return document


def _may_repeat_a_key(text: str, document: Any) -> bool:
    """Tell whether some object may have a key twice, which a dict does not show.

    Looking at each object while parsing takes a third longer, so it is counted first.
    In a text without escapes, each colon stands behind a key or in a string. The text
    has at least the keys and the strings that the document has: when it has as many
    colons as these, it has no key twice. No string below "variants" may hold a colon;
    one that does costs the longer look, and nothing else.
    """
    if "\\" in text or not isinstance(document, dict):
        return True
    keys, colons = count_keys(
        {key: value for key, value in document.items() if key != "variants"}
    )
    try:
        if "variants" in document:
            keys += 1 + _count_label_keys(document["variants"])
    except TypeError:
        return True
    return text.count(":") != keys + colons


def _count_label_keys(labels: dict[Any, Any]) -> int:
    """Count the keys of 100,000 labels and of what is in them, without a loop.

    :raises TypeError: when something there is no object.
    """
    namespaces = dict.values(labels)
    features = chain.from_iterable(map(dict.values, namespaces))
    below = sum(map(dict.__len__, namespaces)) + sum(map(dict.__len__, features))
    return len(labels) + below


def count_keys(value: Any) -> tuple[int, int]:
    """Count the keys, and the colons in strings, of a value."""
    keys = colons = 0
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, str):
            colons += each.count(":")
        elif isinstance(each, dict):
            keys += len(each)
            left += each
            left += each.values()
        elif isinstance(each, list):
            left += each
    return keys, colons


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    return plain if len(plain) == len(pairs) else Repeated(pairs)


def _refuse(constant: str) -> NoReturn:
    msg = f"{constant} is no JSON value"
    raise ValueError(msg)


_DECODER = json.JSONDecoder(parse_constant=_refuse)

parse_plain: Callable[[str], Any] = _DECODER.decode
"""Parse JSON; of keys that stand twice it keeps the last.

:raises ValueError: when it is none.
:raises RecursionError: when it is nested too deeply.
"""

parse_start: Callable[[str], tuple[Any, int]] = _DECODER.raw_decode
"""The same for JSON that something follows; the number tells where that starts."""


def sample(value: object) -> str:
    """Return the start of an untrusted value, for a message.

    >>> sample(["a"]), sample(16**5000)
    ("['a']", 'a huge int')
    """
    try:
        return f"{value!r:.100}"
    except (ValueError, RecursionError):
        # An integer of thousands of digits, which TOML may hold; a deep nest.
        return f"a huge {type(value).__name__}"


def get_mapping(source: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return an object, empty when it is absent."""
    value = source.get(key, {})
    if not isinstance(value, dict):
        raise ValidationError("must be an object", (key,))
    return value


def get_bool(source: Mapping[str, Any], key: str, *, default: bool) -> bool:
    """Return a true or false."""
    value = source.get(key, default)
    if not isinstance(value, bool):
        raise ValidationError("must be true or false", (key,))
    return value


def get_str(source: Mapping[str, Any], key: str) -> str | None:
    """Return a string, None when it is absent."""
    value = source.get(key)
    if value is not None and not isinstance(value, str):
        raise ValidationError("must be a string", (key,))
    return value


def get_strings(source: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return a list of strings, empty when it is absent; repetitions collapse."""
    value = source.get(key, [])
    if not isinstance(value, list):
        raise ValidationError("must be a list", (key,))
    for position, item in enumerate(value):
        if not isinstance(item, str):
            raise ValidationError("must be a string", (key, position))
    return tuple(dict.fromkeys(value))
