"""The four environment markers of a wheel: its label, and what the machine matched.

Their values belong to one wheel, unlike those of all other markers, and gate its
dependencies after it was selected. Source: PEP 825, "Environment markers" (R49-R56).
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from .model import Properties, each_property

__all__ = ["MARKER_NAMES", "NO_VARIANT", "MarkerValues", "PropertySet", "marker_names"]

MARKER_NAMES = (
    "variant_label",
    "variant_properties",
    "variant_features",
    "variant_namespaces",
)
"""The variables that PEP 825 adds to dependency specifiers."""

# A quoted text is a value and may read like a name.
_QUOTED_OR_NAME = re.compile(rf"'[^']*'|\"[^\"]*\"|\b({'|'.join(MARKER_NAMES)})\b")


class PropertySet(frozenset[str]):
    """Properties, features or namespaces; blanks around ``::`` do not matter (R50).

    >>> "cpu::level" in PropertySet(["cpu :: level"])
    True
    """

    __slots__ = ()

    def __contains__(self, text: object) -> bool:
        """Tell whether *text* is a member, however its parts are set apart."""
        if not isinstance(text, str):
            return False
        # No pattern with blanks at both ends: it takes quadratic time.
        first, *others = text.split("::")
        if others:
            *middle, last = others
            inner = (part.strip() for part in middle)
            text = " :: ".join((first.rstrip(), *inner, last.lstrip()))
        return super().__contains__(text)


_NONE = PropertySet()


@dataclass(frozen=True, slots=True)
class MarkerValues:
    """The values of the four markers for one wheel.

    :param properties: written ``namespace :: feature :: value``; the others follow
        from them.
    """

    label: str = ""
    properties: PropertySet = _NONE
    features: PropertySet = _NONE
    namespaces: PropertySet = _NONE

    @classmethod
    def of(cls, label: str, matched: Properties) -> MarkerValues:
        """Return the values for a wheel.

        >>> values = MarkerValues.of("new", {"cpu": {"level": ["v2", "v1"]}})
        >>> sorted(values.properties)
        ['cpu :: level :: v1', 'cpu :: level :: v2']

        :param matched: those properties of the label that the machine supports.
        """
        properties = tuple(each_property(matched))
        return cls(
            label,
            PropertySet(map(str, properties)),
            PropertySet(f"{p.namespace} :: {p.feature}" for p in properties),
            PropertySet(p.namespace for p in properties),
        )

    def environment(self) -> dict[str, str | Set[str]]:
        """Return the values by the name of the variable."""
        values = (self.label, self.properties, self.features, self.namespaces)
        return dict(zip(MARKER_NAMES, values, strict=True))


NO_VARIANT = MarkerValues()
"""The values for a wheel without a label: an empty text and empty sets (R56)."""


def marker_names(marker: str) -> tuple[str, ...]:
    """Return which of the four variables a marker uses, each once.

    >>> marker_names('variant_label == "variant_features" or "x" in extras')
    ('variant_label',)
    """
    found = (match[1] for match in _QUOTED_OR_NAME.finditer(marker))
    return tuple(dict.fromkeys(name for name in found if name))
