"""The JSON schemas of variant metadata, and the check of a document against them.

They are transcribed from PEP 825 (0.1.1) and the providers draft (0.2.0), and
brought in line with the text that they stand for: a label may have any length, a
provider may give the order of its static features, and a namespace in a label is an
object in both. ``SCHEMAS`` holds plain JSON Schema, so any other validator can use it
as well.

Reading an index does not need this: there, what breaks the rules is left out and the
rest stays (R3). A lock file is checked as a whole (R61).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from ._dialects import Dialect, dialect_of
from .errors import MetadataError, ProblemPath
from .metadata import Problem

__all__ = ["NO_CHOICE", "SCHEMAS", "STRAY", "schema_of", "violations"]

STRAY = "stray"
"""The kind of a problem: a key or a text that may not stand at its place."""

NO_CHOICE = "no choice"
"""The kind of a problem: of several keys one is needed, and none is there."""

_Schema = dict[str, Any]

_NAME = "^[a-z0-9_]+$"
_DOTTED = "^[a-z0-9_.]+$"
_OBJECT_REFERENCE = "^([a-zA-Z0-9._]+ *: *[a-zA-Z0-9._]+)|([a-zA-Z0-9._]+)$"


def _strings(pattern: str, least: int = 0) -> _Schema:
    """Return the schema of a list of strings, each once."""
    return {
        "type": "array",
        "items": {"type": "string", "pattern": pattern},
        "minItems": least,
        "uniqueItems": True,
    }


def _table(pattern: str, value: _Schema) -> _Schema:
    """Return the schema of an object whose keys all match a pattern."""
    return {
        "type": "object",
        "patternProperties": {pattern: value},
        "additionalProperties": False,
    }


def _record(properties: Mapping[str, _Schema], *required: str) -> _Schema:
    """Return the schema of an object with certain keys."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


_NAMESPACES = _strings(_NAME, least=1)

_PROVIDER = {
    **_record(
        {
            "plugin-api": {"type": "string", "pattern": _OBJECT_REFERENCE},
            "optional": {"type": "boolean"},
            "requires": {
                "type": "array",
                "items": {"type": "string", "minLength": 1},
                "uniqueItems": True,
            },
            "static-properties": {
                "type": "object",
                "patternProperties": {_NAME: _strings(_DOTTED)},
            },
            "feature-order": _strings(_NAME),
        }
    ),
    "anyOf": [{"required": ["requires"]}, {"required": ["static-properties"]}],
}

SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "0.1.1": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_record(
            {
                "$schema": {"type": "string"},
                "default-priorities": _record({"namespace": _NAMESPACES}, "namespace"),
                "variants": _table(
                    _DOTTED, _table(_NAME, _table(_NAME, _strings(_DOTTED, least=1)))
                ),
            },
            "$schema",
            "default-priorities",
            "variants",
        ),
    },
    "0.2.0": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_record(
            {
                "$schema": {"type": "string"},
                "default-priorities": _record(
                    {
                        "namespace": _NAMESPACES,
                        "feature": _table(_NAME, _strings(_NAME)),
                        "property": _table(_NAME, _table(_NAME, _strings(_DOTTED))),
                    },
                    "namespace",
                ),
                "providers": _table("^[A-Za-z0-9_]+$", _PROVIDER),
                "variants": _table(
                    _DOTTED,
                    _table(_DOTTED, _table(_DOTTED, _strings(_DOTTED, least=1))),
                ),
            },
            "$schema",
            "default-priorities",
            "providers",
            "variants",
        ),
    },
}
"""Version -> JSON Schema."""

_VERSION_OF = {Dialect.PEP_825: "0.1.1", Dialect.PROVIDERS: "0.2.0"}


def schema_of(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema that a document names.

    :raises MetadataError: when it names none, or one without a known schema.
    """
    schema = document.get("$schema")
    if not isinstance(schema, str):
        raise MetadataError("must be the address of a schema", ("$schema",))
    try:
        return SCHEMAS[_VERSION_OF[dialect_of(document)]]
    except KeyError:
        known = " and ".join(SCHEMAS)
        msg = f"{schema[:200]!r} is older than the schemas that are known: {known}"
        raise MetadataError(msg, ("$schema",)) from None


def violations(document: object) -> Iterator[Problem]:
    """Yield everything in a document that breaks the schema that it names.

    >>> document = {
    ...     "$schema": "https://packaging.python.org/schemas/v0.1.1.json",
    ...     "default-priorities": {"namespace": []},
    ...     "variants": {"v3": {"x86_64": {"level": "v3"}}},
    ... }
    >>> [str(problem) for problem in violations(document)]  # doctest: +NORMALIZE_WHITESPACE
    ['default-priorities.namespace: must have at least 1 item',
     'variants.v3.x86_64.level: must be a list']
    """
    if not isinstance(document, Mapping):
        yield Problem((), "must be an object")
        return
    try:
        schema = schema_of(document)
    except MetadataError as error:
        yield Problem(error.path, error.message)
        return
    yield from _violations(document, schema, ())


def _violations(
    value: object, schema: Mapping[str, Any], path: ProblemPath
) -> Iterator[Problem]:
    kind = schema.get("type")
    if kind is not None and not _is_a(value, kind):
        yield Problem(path, f"must be {_KINDS[kind][1]}")
        return
    check = _CHECKS.get(kind)
    if check is not None:
        yield from check(value, schema, path)


def _is_a(value: object, kind: str) -> bool:
    return isinstance(value, _KINDS[kind][0])


_KINDS: Mapping[str, tuple[type, str]] = {
    "array": (list, "a list"),
    "boolean": (bool, "true or false"),
    "object": (Mapping, "an object"),
    "string": (str, "a string"),
}


def _in_string(
    value: str, schema: Mapping[str, Any], path: ProblemPath
) -> Iterator[Problem]:
    if len(value) < schema.get("minLength", 0):
        yield Problem(path, "must not be empty")
    pattern = schema.get("pattern")
    if pattern is not None and not _matches(pattern, value):
        yield Problem(path, f"{value!r:.100} may not stand here", STRAY)


def _in_array(
    value: list[Any], schema: Mapping[str, Any], path: ProblemPath
) -> Iterator[Problem]:
    least = schema.get("minItems", 0)
    if len(value) < least:
        yield Problem(path, f"must have at least {least} item")
    texts = [item for item in value if isinstance(item, str)]
    if schema.get("uniqueItems") and len(set(texts)) < len(texts):
        yield Problem(path, "must not hold the same twice")
    for position, item in enumerate(value):
        yield from _violations(item, schema["items"], (*path, position))


def _in_object(
    value: Mapping[str, Any], schema: Mapping[str, Any], path: ProblemPath
) -> Iterator[Problem]:
    for key in schema.get("required", ()):
        if key not in value:
            yield Problem((*path, key), "missing")
    alternatives = [each["required"] for each in schema.get("anyOf", ())]
    if alternatives and not any(set(value).issuperset(keys) for keys in alternatives):
        names = " or ".join(key for keys in alternatives for key in keys)
        yield Problem(path, f"must have {names}", NO_CHOICE)
    properties = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    for key, item in value.items():
        known = [properties[key]] if key in properties else []
        known += [patterns[each] for each in patterns if _matches(each, key)]
        if not known and schema.get("additionalProperties") is False:
            yield Problem((*path, key), "may not stand here", STRAY)
        for each in known:
            yield from _violations(item, each, (*path, key))


_CHECKS: Mapping[Any, Callable[..., Iterator[Problem]]] = {
    "array": _in_array,
    "object": _in_object,
    "string": _in_string,
}


def _matches(pattern: str, text: str) -> bool:
    return _compiled(pattern).search(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # In JSON Schema "$" is the end; in Python a line break may follow it.
    return re.compile(pattern.replace("$", r"\Z"))
