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
from collections.abc import Iterable, Mapping
from typing import Any

from .errors import MetadataError, ValidationError
from .model import SupportedProperties
from .reading import (
    MAX_BYTES,
    Repeated,
    get_mapping,
    get_strings,
    parse_json,
    sample,
)
from .toml import parse_toml

__all__ = ["VERSION", "alike", "any_of", "read_platform", "write_platform"]

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
        msg = f"must be {VERSION}; {sample(version)} is not known here"
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
        return parse_toml(text)
    except ValueError as error:
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


def alike(
    platforms: Mapping[str, SupportedProperties],
) -> dict[str, SupportedProperties]:
    """Return the machines, each with the namespaces that any of the files names.

    A file that leaves out what its neighbours name supports nothing of it: nobody
    else is asked on its behalf.

    >>> one = SupportedProperties({"x86_64": {"level": ["v2", "v1"]}})
    >>> alike({"one": one, "two": SupportedProperties()})["two"]
    SupportedProperties({'x86_64': {}})
    """
    namespaces = dict.fromkeys(name for each in platforms.values() for name in each)
    return {
        name: SupportedProperties(
            {namespace: dict(platform.features(namespace)) for namespace in namespaces}
        )
        for name, platform in platforms.items()
    }


def any_of(platforms: Iterable[SupportedProperties]) -> SupportedProperties:
    """Return what at least one of some machines supports, in the order of the first.

    >>> one = SupportedProperties({"x86_64": {"level": ["v3"]}})
    >>> any_of([one, SupportedProperties({"x86_64": {"level": ["v2"]}})])
    SupportedProperties({'x86_64': {'level': ['v3', 'v2']}})
    """
    found: dict[str, dict[str, dict[str, None]]] = {}
    for platform in platforms:
        for namespace in platform:
            features = found.setdefault(namespace, {})
            for feature, values in platform.features(namespace):
                features.setdefault(feature, {}).update(dict.fromkeys(values))
    return SupportedProperties(found)
