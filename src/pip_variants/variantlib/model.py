"""The words of the format: labels, properties, and what a machine supports.

Sources: PEP 825, "Variant properties" and "Variant label" (rules R7-R14).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NewType

from .errors import ValidationError

__all__ = [
    "ABI_DEPENDENCY",
    "FIRST_NULL_LABEL",
    "NULL_LABEL",
    "Features",
    "Label",
    "Properties",
    "Property",
    "SupportedProperties",
    "each_property",
    "is_feature_name",
    "is_label",
    "is_namespace",
    "is_value",
    "matches_label",
    "parse_label",
    "same_properties",
    "told",
]

Label = NewType("Label", str)
"""A checked label; only :func:`parse_label` makes one."""

Properties = Mapping[str, Mapping[str, Sequence[str]]]
"""The properties of one label: namespace -> feature -> its values."""

Features = tuple[tuple[str, tuple[str, ...]], ...]
"""Features with their values, best first."""

NULL_LABEL = "null"
"""The label that always means "no properties" (R14)."""

FIRST_NULL_LABEL = "00000000"
"""What the null variant was called until August 2025 (PROVIDERS 3)."""

ABI_DEPENDENCY = "abi_dependency"
"""The namespace that is matched against the resolver's choice, not a machine."""

# fullmatch is used throughout: "$" would accept a trailing newline (R9).
_NAME = re.compile(r"[a-z0-9_]+")
_VALUE = re.compile(r"[a-z0-9_.]+")

matches_label = _VALUE.fullmatch
"""The bare test behind :func:`is_label`, for text that comes by the thousand."""


def each_property(properties: Properties) -> Iterator[Property]:
    """Yield the properties of a label one by one, in their order.

    >>> [str(found) for found in each_property({"cpu": {"level": ["v2", "v1"]}})]
    ['cpu :: level :: v2', 'cpu :: level :: v1']
    """
    for namespace, features in properties.items():
        for feature, values in features.items():
            for value in values:
                yield Property(namespace, feature, value)


def told(properties: Properties) -> str:
    """Write the properties of a label in one line.

    >>> told({"cpu": {"level": ["v2"]}}), told({})
    ('cpu :: level :: v2', 'no properties')
    """
    return ", ".join(map(str, each_property(properties))) or "no properties"


def same_properties(one: Properties, other: Properties) -> bool:
    """Tell whether two labels mean the same: values are sets (R26).

    >>> same_properties({"a": {"b": ["1", "2"]}}, {"a": {"b": ["2", "1"]}})
    True
    """
    return one is other or _as_sets(one) == _as_sets(other)


def _as_sets(properties: Properties) -> dict[str, dict[str, frozenset[str]]]:
    return {
        namespace: {feature: frozenset(values) for feature, values in features.items()}
        for namespace, features in properties.items()
    }


def is_namespace(text: object) -> bool:
    """Tell whether *text* is a namespace (R9)."""
    return isinstance(text, str) and _NAME.fullmatch(text) is not None


def is_feature_name(text: object) -> bool:
    """Tell whether *text* is a feature name (R9)."""
    return is_namespace(text)


def is_value(text: object) -> bool:
    """Tell whether *text* is a feature value (R10)."""
    return isinstance(text, str) and _VALUE.fullmatch(text) is not None


def is_label(text: object) -> bool:
    """Tell whether *text* is a variant label (R12)."""
    return is_value(text)


def parse_label(text: str) -> Label:
    """Check a variant label (R12).

    >>> parse_label("cu129")
    'cu129'

    :raises ValidationError: for anything but ``[0-9a-z_.]+``.
    """
    if not is_label(text):
        msg = (
            f"{text!r} is no variant label: only 0-9, a-z, '_' and '.' may stand in one"
        )
        raise ValidationError(msg)
    return Label(text)


@dataclass(frozen=True, slots=True, order=True)
class Property:
    """One variant property, written ``namespace :: feature :: value``.

    >>> str(Property.parse("nvidia::sm_arch :: 90_real"))
    'nvidia :: sm_arch :: 90_real'
    """

    namespace: str
    feature: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Property:
        """Read the written form; blanks around ``::`` do not matter (R50).

        :raises ValidationError: when it has not three valid parts.
        """
        parts = [part.strip() for part in text.split("::")]
        if len(parts) != 3:
            msg = f"{text!r} is no property: write it 'namespace :: feature :: value'"
            raise ValidationError(msg)
        namespace, feature, value = parts
        if not (is_namespace(namespace) and is_feature_name(feature)):
            msg = (
                f"{text!r} is no property: namespace and feature may hold only "
                "0-9, a-z and '_'"
            )
            raise ValidationError(msg)
        if not is_value(value):
            msg = (
                f"{text!r} is no property: the value may hold only 0-9, a-z, '_' "
                "and '.'"
            )
            raise ValidationError(msg)
        return cls(namespace, feature, value)

    def __str__(self) -> str:
        return f"{self.namespace} :: {self.feature} :: {self.value}"


class SupportedProperties:
    """What a machine supports: namespace -> feature -> values, best first.

    The order of the features and of the values is their rank (R41, R91); the
    order of the namespaces means nothing here, the metadata decides on it (R40).

    >>> machine = SupportedProperties({"x86_64": {"level": ["v2", "v1"]}})
    >>> machine.values("x86_64", "level")
    ('v2', 'v1')
    """

    __slots__ = ("_tables",)

    def __init__(
        self, features: Mapping[str, Mapping[str, Iterable[str]]] | None = None
    ) -> None:
        """Copy *features*.

        :raises ValidationError: when a name or a value breaks R9 or R10.
        """
        self._tables = {
            namespace: dict(_ordered_features(namespace, values))
            for namespace, values in (features or {}).items()
        }

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SupportedProperties):
            return NotImplemented
        return self._as_value() == other._as_value()

    def __hash__(self) -> int:
        return hash(self._as_value())

    def __repr__(self) -> str:
        return f"SupportedProperties({self.to_dict()!r})"

    def _as_value(self) -> tuple[object, ...]:
        return tuple((name, tuple(t.items())) for name, t in self._tables.items())

    def __iter__(self) -> Iterator[str]:
        """Iterate over the namespaces."""
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def features(self, namespace: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the features of *namespace* with their values, best first."""
        return tuple(self._tables.get(namespace, {}).items())

    def values(self, namespace: str, feature: str) -> tuple[str, ...]:
        """Return the supported values of a feature, best first."""
        return self._tables.get(namespace, {}).get(feature, ())

    def to_dict(self) -> dict[str, dict[str, list[str]]]:
        """Return the plain nested form, fit for JSON."""
        return {
            namespace: {feature: list(values) for feature, values in features.items()}
            for namespace, features in self._tables.items()
        }


def _ordered_features(
    namespace: str, features: Mapping[str, Iterable[str]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not is_namespace(namespace):
        raise ValidationError(f"{namespace!r} is no namespace")
    for feature, values in features.items():
        if not is_feature_name(feature):
            raise ValidationError(f"{feature!r} is no feature name", (namespace,))
        kept = tuple(dict.fromkeys(values))
        for value in kept:
            if not is_value(value):
                msg = f"{value!r} is no feature value"
                raise ValidationError(msg, (namespace, feature))
        yield feature, kept
