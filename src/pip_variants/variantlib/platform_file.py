"""A machine on paper: what it supports, written down for use elsewhere.

The file has one table, ``properties``: namespace -> feature -> values, the orders of
features and values being their rank. Every namespace that it names is answered for by
it alone, also one with nothing in it (R71). It is JSON, or TOML of the same shape::

    [properties.x86_64]
    level = ["v3", "v2", "v1"]

It may also be UTF-16, which some shells of Windows make of what a command prints.
"""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from ._reading import MAX_BYTES, Repeated, get_mapping, get_strings, parse_json
from .errors import MetadataError, ValidationError
from .model import SupportedProperties

__all__ = ["VERSION", "common_to", "read_platform", "write_platform"]

VERSION = 1
"""Of the form described here; a file without one is read as this."""


def read_platform(data: bytes) -> SupportedProperties:
    """Read a platform file.

    >>> read_platform(b'{"properties": {"x86_64": {"level": ["v2", "v1"]}}}')
    SupportedProperties({'x86_64': {'level': ['v2', 'v1']}})

    :raises ValidationError: when it cannot be read, with the place in its path.
    """
    document = _parse(data)
    version = document.get("version", VERSION)
    if version != VERSION:
        msg = f"must be {VERSION}; {version!r} is not known here"
        raise ValidationError(msg, ("version",))
    if "properties" not in document:
        raise ValidationError("is missing", ("properties",))
    properties = get_mapping(document, "properties")
    try:
        return SupportedProperties(
            {
                namespace: _features(get_mapping(properties, namespace), namespace)
                for namespace in _keys(properties)
            }
        )
    except ValidationError as error:
        raise error.below("properties") from None


def _parse(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise MetadataError(f"larger than {MAX_BYTES:,} bytes")
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise MetadataError("not UTF-8 text") from None
    # A TOML document never begins with a brace, and a JSON object always does.
    if text.lstrip()[:1] in ("{", ""):
        return parse_json(text.encode() if wide else data)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise MetadataError(f"neither JSON nor TOML: {error}") from None


def _features(table: Mapping[str, Any], namespace: str) -> dict[str, tuple[str, ...]]:
    try:
        return {feature: get_strings(table, feature) for feature in _keys(table)}
    except ValidationError as error:
        raise error.below(namespace) from None


def _keys(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a table whose keys all stand in it once, which TOML sees to itself."""
    if isinstance(table, Repeated) and table.keys_in_conflict:
        key = min(table.keys_in_conflict)
        raise ValidationError("stands twice, with different contents", (key,))
    return table


def write_platform(supported: SupportedProperties) -> dict[str, Any]:
    """Return the content of the file, fit for JSON."""
    return {"version": VERSION, "properties": supported.to_dict()}


def common_to(platforms: Sequence[SupportedProperties]) -> SupportedProperties:
    """Return what all of some machines support, in the order of the first one.

    A namespace that only some of the files name is supported by none of them.

    >>> one = SupportedProperties({"x86_64": {"level": ["v3", "v2", "v1"]}})
    >>> other = SupportedProperties({"x86_64": {"level": ["v2", "v1"]}, "blas": {}})
    >>> common_to([one, other])
    SupportedProperties({'x86_64': {'level': ['v2', 'v1']}, 'blas': {}})
    """
    namespaces = dict.fromkeys(name for platform in platforms for name in platform)
    first = platforms[0]
    return SupportedProperties(
        {
            namespace: {
                feature: common
                for feature, values in first.features(namespace)
                if (common := _shared(values, namespace, feature, platforms[1:]))
            }
            for namespace in namespaces
        }
    )


def _shared(
    values: Sequence[str],
    namespace: str,
    feature: str,
    others: Sequence[SupportedProperties],
) -> list[str]:
    return [
        value
        for value in values
        if all(value in other.values(namespace, feature) for other in others)
    ]
