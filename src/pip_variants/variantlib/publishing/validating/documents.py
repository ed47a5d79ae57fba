"""Whether one document of variant metadata keeps the rules.

It may be ``variant.json`` of a wheel, the file beside the wheels, or any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from ..._dialects import Dialect, dialect_of
from ...abi_dependency import fits
from ...errors import MetadataError, UnknownVersionError, VariantError
from ...metadata import Problem, VariantsJson
from ...model import (
    ABI_DEPENDENCY,
    FIRST_NULL_LABEL,
    NULL_LABEL,
    Properties,
    is_label,
    is_namespace,
    is_value,
)
from ...reading import Repeated
from ...schema import NO_CHOICE, STRAY, violations
from .findings import Finding, finding
from .provider_tables import check_providers
from .tools import Tools

__all__ = ["DRAFT", "asks_beside", "check_document", "is_draft", "usable"]

_SCHEMA = "$schema"
_MOST = 20
"""How many findings of one document are listed: a broken one may have thousands."""

_MOST_LOOKED_AT = 10_000

_ABI_FEATURE = re.compile(r"[a-z0-9](?:[a-z0-9_]*[a-z0-9])?")

_OWN_DRAFT = re.compile(r"(?:^|[^\d.])v?0\.\d[^/]*$")

DRAFT = "a draft as yet, for trials: expect to make these wheels anew"
"""What is said once, whatever was looked at (R15)."""


def usable(raw: Mapping[str, Any]) -> VariantsJson | None:
    """Return the part of a document that installers would use, None when none is."""
    try:
        return VariantsJson.from_dict(raw)
    except VariantError:
        return None


def is_draft(raw: Mapping[str, Any]) -> bool:
    """Tell whether a document is written in a draft of the format (R15)."""
    schema = raw.get(_SCHEMA)
    return not isinstance(schema, str) or _OWN_DRAFT.search(schema) is not None


def check_document(
    raw: Mapping[str, Any], where: str, tools: Tools
) -> Iterator[Finding]:
    """Yield what is wrong with a document, each thing once."""
    found = dict.fromkeys(islice(_check(raw, where, tools), _MOST_LOOKED_AT))
    for count, each in enumerate(found):
        if count == _MOST:
            text = f"has {len(found) - _MOST:,} further faults in its metadata"
            yield finding("R1", "error", where, text)
            break
        yield each


def _check(raw: Mapping[str, Any], where: str, tools: Tools) -> Iterator[Finding]:
    try:
        dialect = dialect_of(raw)
    except MetadataError as error:
        yield _version_problem(raw, error, where)
        return
    if dialect < Dialect.PEP_825:
        text = "is written in an early draft that some tools of today do not read"
        remedy = "make the metadata anew with tools of today"
        yield finding("R16", "warning", where, text, remedy)
    else:
        for problem in violations(raw):
            yield _schema_problem(problem, where)
    yield from _check_priorities(raw, where, dialect)
    variants = raw.get("variants")
    if isinstance(variants, Mapping):
        for label, properties in variants.items():
            yield from _check_label(label, properties, where)
            if isinstance(variants, Repeated) and label in variants.keys_in_conflict:
                text = f"the label {label!r:.200} stands twice"
                yield finding("R13", "error", where, text, label=label)
    yield from check_providers(raw, where, tools, dialect)


def _version_problem(
    raw: Mapping[str, Any], error: MetadataError, where: str
) -> Finding:
    schema = raw.get(_SCHEMA)
    rule = "R21"
    if isinstance(error, UnknownVersionError) and isinstance(schema, str):
        rule = "R16" if _OWN_DRAFT.search(schema) else "R17"
    remedy = f"write {_SCHEMA} as the tools do that make the metadata"
    return finding(rule, "error", where, str(error), remedy)


_SHAPES = {
    ("variants", 2): "R12",
    ("variants", 3): "R9",
    ("variants", 4): "R9",
    ("variants", 5): "R10",
    ("providers", 2): "R9",
}
"""Which rule the schema stands for at a place: section and depth of the path."""


def _schema_problem(problem: Problem, where: str) -> Finding:
    """Make a finding of what breaks the schema, under the rule that it breaks."""
    path = tuple(map(str, problem.path))
    depth = len(path)
    rule = "R1"
    if path[:1] == (_SCHEMA,):
        rule = "R21"
    elif path[:2] == ("default-priorities", "namespace"):
        rule = "R22" if depth == 2 else "R9"
    elif path[:1] == ("providers",):
        rule = _PROVIDER_RULES.get(path[2] if depth > 2 else "", "R1")
        if problem.kind == NO_CHOICE:
            rule = "R72"
    if problem.kind == STRAY:
        rule = _SHAPES.get((path[0], depth), rule)
    text = f"{_readable(problem.path)}: {problem.message}"
    return finding(rule, "error", where, text)


_PROVIDER_RULES = {"plugin-api": "R84", "build-requires": "R101"}


def _readable(path: tuple[str | int, ...]) -> str:
    return ".".join(f"{part!s:.100}" for part in path[:6]) or "the document"


def _check_priorities(
    raw: Mapping[str, Any], where: str, dialect: Dialect
) -> Iterator[Finding]:
    """Compare the list of namespaces with those in use (R22, R96)."""
    priorities = raw.get("default-priorities")
    listed = priorities.get("namespace") if isinstance(priorities, Mapping) else None
    if not isinstance(listed, list):
        return
    if ABI_DEPENDENCY in listed:
        text = f"{ABI_DEPENDENCY} stands in default-priorities.namespace"
        yield finding("R96", "error", where, text, "take it out; it ranks last")
    variants = raw.get("variants")
    if not isinstance(variants, Mapping):
        return
    used = {
        namespace: label
        for label, properties in variants.items()
        if isinstance(properties, Mapping)
        for namespace in properties
        if namespace != ABI_DEPENDENCY and is_namespace(namespace)
    }
    if dialect is Dialect.V0_0_1 and not listed:
        return
    for namespace in sorted(set(used).difference(map(str, listed))):
        text = (
            f"the label {used[namespace]!r:.200} uses the namespace {namespace!r:.200}, "
            "which default-priorities.namespace does not list"
        )
        remedy = "list it; until then no machine selects the label"
        yield finding("R22", "error", where, text, remedy)


def _check_label(label: str, properties: object, where: str) -> Iterator[Finding]:
    """Check the properties of one label, as far as the schema cannot (R14, R26)."""
    if not is_label(label):
        text = f"{label!r:.200} is no label"
        yield finding("R12", "error", where, text, label=label)
    if not isinstance(properties, Mapping):
        return
    is_null = label in (NULL_LABEL, FIRST_NULL_LABEL)
    if is_null and properties:
        text = f"the label {label!r} has properties"
        remedy = "give the variant another label, or no properties"
        yield finding("R14", "error", where, text, remedy, label=label)
    if not is_null and not properties:
        text = f"the label {label!r:.200} has no properties and fits every machine"
        yield finding("R14", "warning", where, text, "call it null", label=label)
    for namespace, features in properties.items():
        if not isinstance(features, Mapping):
            continue
        for feature, values in features.items():
            place = f"{label:.100}: {namespace:.100} :: {feature:.100}"
            yield from _check_values(values, place, where)
            if namespace == ABI_DEPENDENCY:
                yield from _check_abi(feature, values, place, where)


def _check_values(values: object, place: str, where: str) -> Iterator[Finding]:
    if not isinstance(values, list) or not all(map(is_value, values)):
        return
    if values != sorted(set(values)):
        text = f"the values of {place} are no sorted set"
        remedy = (
            "sort them as text, each once: equal wheels are then equal byte by byte"
        )
        yield finding("R26", "warning", where, text, remedy)


def _check_abi(
    feature: str, values: object, place: str, where: str
) -> Iterator[Finding]:
    """Check what a wheel asks of another distribution (R97)."""
    if not _is_distribution(feature):
        text = f"{feature!r:.200} in {place} is no name of a distribution"
        remedy = "write its normalised name, with _ in place of -"
        yield finding("R97", "error", where, text, remedy)
    for value in values if isinstance(values, list) else ():
        if isinstance(value, str) and not _is_release(value):
            text = f"the value {value!r:.200} of {place} fits no version"
            remedy = "write one to three numbers with dots between them, such as 2.8"
            yield finding("R97", "error", where, text, remedy)


def asks_beside(properties: Properties) -> bool:
    """Tell whether what a label asks of other distributions has a meaning (R97)."""
    return all(
        _is_distribution(feature) and all(map(_is_release, values))
        for feature, values in properties.get(ABI_DEPENDENCY, {}).items()
    )


def _is_distribution(feature: str) -> bool:
    return _ABI_FEATURE.fullmatch(feature) is not None


def _is_release(value: str) -> bool:
    return fits(value, value)
