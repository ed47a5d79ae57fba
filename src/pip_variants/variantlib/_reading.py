"""Small typed getters over untrusted JSON, and the JSON parser itself.

A getter returns what it found in the type that it promises, or raises a
:class:`~.errors.ValidationError` with the key as its path; the reader above decides
what is lost by that.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import Any, NoReturn

from .errors import MetadataError, ValidationError

__all__ = [
    "LARGE",
    "MAX_BYTES",
    "Repeated",
    "collector_paused",
    "get_bool",
    "get_mapping",
    "get_str",
    "get_strings",
    "parse_json",
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
    if len(data) > MAX_BYTES:
        raise MetadataError(f"larger than {MAX_BYTES:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MetadataError("not UTF-8 text") from None
    try:
        document = json.loads(text, parse_constant=_refuse)
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
    In a text without escapes, each key adds one `":`, but for blanks before the colon;
    so does a string that begins with a colon. When there are as many `":` as keys in
    the document, and all other colons stand in its strings, these two did not occur
    and no key was repeated.
    """
    if "\\" in text or not isinstance(document, dict):
        return True
    rest = {key: value for key, value in document.items() if key != "variants"}
    keys, colons = _count(rest)
    try:
        keys += _count_below_variants(document)
    except TypeError:
        return True
    marks = text.count('":')
    return (marks, text.count(":") - marks) != (keys, colons)


def _count_below_variants(document: dict[str, Any]) -> int:
    """Count the keys of 100,000 labels without a loop.

    :raises TypeError: when something there is no object.
    """
    if "variants" not in document:
        return 0
    labels = document["variants"]
    namespaces = dict.values(labels)
    features = chain.from_iterable(map(dict.values, namespaces))
    below = sum(map(dict.__len__, namespaces)) + sum(map(dict.__len__, features))
    return 1 + len(labels) + below


def _count(value: Any) -> tuple[int, int]:
    """Count the keys, and the colons in strings, of a value."""
    if isinstance(value, str):
        return 0, value.count(":")
    keys = colons = 0
    inside: Iterable[Any] = ()
    if isinstance(value, dict):
        keys = len(value)
        inside = chain(value, value.values())
    elif isinstance(value, list):
        inside = value
    for each in inside:
        more_keys, more_colons = _count(each)
        keys += more_keys
        colons += more_colons
    return keys, colons


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    return plain if len(plain) == len(pairs) else Repeated(pairs)


def _refuse(constant: str) -> NoReturn:
    msg = f"{constant} is no JSON value"
    raise ValueError(msg)


@contextmanager
def collector_paused(wanted: bool) -> Iterator[None]:
    """Keep the cyclic collector from walking a growing document again and again.

    Reading 10,000 variants takes a third of the time so; nothing here makes cycles.
    """
    if not (wanted and gc.isenabled()):
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


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
