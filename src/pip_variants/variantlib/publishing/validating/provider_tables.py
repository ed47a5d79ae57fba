"""Whether what metadata says about providers can work on every machine.

Source: providers draft, "Provider information" (R67-R84, R96).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from ..._dialects import Dialect
from ...errors import ValidationError
from ...model import ABI_DEPENDENCY, is_feature_name, is_namespace, is_value
from ...requirement import ProviderRequirement
from .findings import Finding, finding
from .tools import Tools

__all__ = ["are_readable", "check_providers", "environments"]

_OBJECT_REFERENCE = re.compile(
    r"[^\W\d]\w*(?:\.[^\W\d]\w*)*(?: *: *[^\W\d]\w*(?:\.[^\W\d]\w*)*)?"
)
_MOST_REQUIREMENTS = 50

_PYTHONS = tuple(f"3.{minor}" for minor in range(9, 16))
_SYSTEMS = (
    ("Linux", "linux", "posix", "x86_64"),
    ("Linux", "linux", "posix", "aarch64"),
    ("Darwin", "darwin", "posix", "x86_64"),
    ("Darwin", "darwin", "posix", "arm64"),
    ("Windows", "win32", "nt", "AMD64"),
    ("Windows", "win32", "nt", "ARM64"),
)
_IMPLEMENTATIONS = (("CPython", "cpython"), ("PyPy", "pypy"))


def environments() -> Iterator[dict[str, str]]:
    """Yield the environments that a wheel may well meet, for markers.

    >>> next(environments())["python_full_version"]
    '3.9.0'
    """
    for python, system, implementation in product(_PYTHONS, _SYSTEMS, _IMPLEMENTATIONS):
        platform_system, sys_platform, os_name, machine = system
        long_name, short_name = implementation
        yield {
            "python_version": python,
            "python_full_version": f"{python}.0",
            "implementation_name": short_name,
            "implementation_version": f"{python}.0",
            "platform_python_implementation": long_name,
            "platform_system": platform_system,
            "platform_machine": machine,
            "platform_release": "",
            "platform_version": "",
            "sys_platform": sys_platform,
            "os_name": os_name,
            "extra": "",
        }


def check_providers(
    raw: Mapping[str, Any], where: str, tools: Tools, dialect: Dialect
) -> Iterator[Finding]:
    """Yield what is wrong with the providers of a document."""
    providers = raw.get("providers")
    if not isinstance(providers, Mapping):
        return
    if ABI_DEPENDENCY in providers:
        text = f"{ABI_DEPENDENCY} has a provider"
        yield finding("R96", "error", where, text, "take it out; nobody provides it")
    if dialect >= Dialect.PROVIDERS:
        yield from _check_keys(raw, providers, where)
    for namespace, table in providers.items():
        if isinstance(table, Mapping) and namespace != ABI_DEPENDENCY:
            place = f"the provider of {namespace:.200}"
            yield from _check_table(raw, namespace, table, place, where, dialect)
            yield from _check_requires(table, place, where, tools)


def _check_keys(
    raw: Mapping[str, Any], providers: Mapping[str, Any], where: str
) -> Iterator[Finding]:
    """Compare the providers with the list of namespaces (R67)."""
    priorities = raw.get("default-priorities")
    listed = priorities.get("namespace") if isinstance(priorities, Mapping) else None
    if not isinstance(listed, list) or not listed:
        return
    names = {name for name in listed if is_namespace(name)} - {ABI_DEPENDENCY}
    for name in sorted(names.difference(providers)):
        text = f"the namespace {name!r:.200} is listed and has no provider"
        remedy = "add it to providers, or take it out of default-priorities.namespace"
        yield finding("R67", "error", where, text, remedy)
    for name in sorted(set(providers).difference(names, {ABI_DEPENDENCY})):
        text = f"{name!r:.200} has a provider and is not listed"
        remedy = "add it to default-priorities.namespace"
        yield finding("R67", "error", where, text, remedy)


def _check_table(
    raw: Mapping[str, Any],
    namespace: str,
    table: Mapping[str, Any],
    place: str,
    where: str,
    dialect: Dialect,
) -> Iterator[Finding]:
    static = table.get("static-properties")
    api = table.get("plugin-api")
    if dialect >= Dialect.PEP_825:
        if static is not None:
            for key in ("requires", "plugin-api"):
                if key in table:
                    text = f"{place} has both static-properties and {key}"
                    yield finding("R78", "error", where, text, "leave one of them out")
        elif table.get("requires") == []:
            text = f"{place} requires no package"
            remedy = "name the package in requires, or give static-properties"
            yield finding("R72", "error", where, text, remedy)
    if isinstance(static, Mapping):
        yield from _check_static(raw, namespace, table, place, where)
    if isinstance(api, str) and not _OBJECT_REFERENCE.fullmatch(api):
        text = f"{place} has the plugin-api {api!r:.200}, which is no object reference"
        remedy = "write module or module:object"
        yield finding("R84", "error", where, text, remedy)
    if table.get("optional") is True:
        text = f"{place} is optional: its labels are off until the user enables it"
        remedy = "say in your documentation which option enables it"
        yield finding("R83", "note", where, text, remedy)


def _check_static(
    raw: Mapping[str, Any],
    namespace: str,
    table: Mapping[str, Any],
    place: str,
    where: str,
) -> Iterator[Finding]:
    """Check static lists, and that several features have an order (R79)."""
    static: Mapping[str, Any] = table["static-properties"]
    for feature, values in static.items():
        if not is_feature_name(feature):
            text = f"{place} has the static feature {feature!r:.200}"
            yield finding("R9", "error", where, text)
        for value in values if isinstance(values, list) else ():
            if not is_value(value):
                text = f"{place} has the static value {value!r:.200}"
                yield finding("R10", "error", where, text)
    order = table.get("feature-order") or _feature_priorities(raw, namespace)
    known = set(map(str, order)) if isinstance(order, list) else set()
    missing = sorted(set(static).difference(known))
    if len(static) > 1 and missing:
        text = (
            f"{place} has several static features, and no place for {missing[0]:.200}"
        )
        remedy = "list all features in feature-order, most important first"
        yield finding("R79", "error", where, text, remedy)


def _feature_priorities(raw: Mapping[str, Any], namespace: str) -> Any:
    """Return the order in ``default-priorities.feature``, where the draft has it."""
    priorities = raw.get("default-priorities")
    features = priorities.get("feature") if isinstance(priorities, Mapping) else None
    return features.get(namespace) if isinstance(features, Mapping) else None


def _check_requires(
    table: Mapping[str, Any], place: str, where: str, tools: Tools
) -> Iterator[Finding]:
    """Check that each requirement can be read, and that one always remains."""
    requires = table.get("requires")
    if not isinstance(requires, list):
        return
    readable = []
    for item in requires[:_MOST_REQUIREMENTS]:
        if not isinstance(item, str):
            continue
        fault = _fault(item, tools)
        if fault:
            remedy = "name a package, with versions and a marker where they are needed"
            yield finding("R72", "error", where, f"{place}: {fault}", remedy)
        else:
            readable.append(ProviderRequirement.parse(item))
    if tools.holds is None or len(readable) < len(requires) or not readable:
        return
    try:
        first = _first_names(readable, tools)
    except ValueError as error:
        text = f"{place} has a marker that cannot be evaluated: {error}"
        yield finding("R72", "error", where, text)
        return
    if None in first:
        text = f"{place} requires nothing on {first[None]}"
        remedy = "let the markers leave a package everywhere, or leave them out"
        yield finding("R80", "error", where, text, remedy)
    names = sorted(name for name in first if name is not None)
    if len(names) > 1 and table.get("plugin-api") is None:
        text = (
            f"{place} has no plugin-api, and its first package is {names[0]:.200} on "
            f"{first[names[0]]} and {names[1]:.200} on {first[names[1]]}"
        )
        yield finding("R82", "error", where, text, "name the module in plugin-api")


def are_readable(requires: Iterable[str]) -> bool:
    """Tell whether requirements can be read; where not, R72 tells of it."""
    try:
        for item in requires:
            ProviderRequirement.parse(item)
    except ValidationError:
        return False
    return True


def _fault(item: str, tools: Tools) -> str:
    try:
        ProviderRequirement.parse(item)
    except ValidationError as error:
        return str(error)
    return tools.requirement_fault(item)


def _first_names(
    requires: list[ProviderRequirement], tools: Tools
) -> dict[str | None, str]:
    """Return the first package that remains somewhere, and a place where it is so.

    :raises ValueError: when a marker cannot be read.
    """
    assert tools.holds is not None
    first: dict[str | None, str] = {}
    for environment in environments():
        name = next(
            (
                each.name
                for each in requires
                if each.marker is None or tools.holds(each.marker, environment)
            ),
            None,
        )
        told = (
            f"{environment['platform_system']} {environment['platform_machine']} "
            f"with {environment['platform_python_implementation']} "
            f"{environment['python_version']}"
        )
        first.setdefault(name, told)
    return first
