"""The axes of a matrix: what its cells are made of, and which of them are left out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ...errors import ValidationError
from ...model import Property
from ._recipe import RECIPE_KEYS, Recipe, read_recipe
from ._tables import Table, near

__all__ = [
    "LABEL",
    "Axis",
    "Rule",
    "Value",
    "read_axes",
    "read_properties",
    "read_rules",
]

LABEL = "label"
"""A gap of this name holds the label, so no axis may have it."""

_NAME = re.compile(r"[a-z0-9_]+")
_KEYS = ("property", "values")
_VALUE_KEYS = ("name", "values", "properties", *RECIPE_KEYS)

Rule = Mapping[str, tuple[str, ...]]
"""Which cells are left out: names of values by axis, all of which must fit."""


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """One of the values of an axis.

    :param name: what stands in templates.
    :param values: those of the axis' own property; several mean any of them (R7).
    :param properties: these, and what else the wheels with this value need.
    """

    name: str
    values: tuple[str, ...]
    properties: tuple[Property, ...]
    recipe: Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """One dimension of a matrix."""

    name: str
    values: tuple[Value, ...]

    @property
    def words(self) -> tuple[str, str]:
        """What the gaps that it fills are called."""
        return self.name, f"{self.name}.values"


def read_axes(table: Table, namespaces: Collection[str]) -> tuple[Axis, ...]:
    """Read ``[variant.matrix.axes]``, in the order in which it is written.

    :param table: it; what is wrong is noted there.
    :param namespaces: those that a property may have.
    """
    names = []
    for name in table.content:
        if _NAME.fullmatch(name) is None or name == LABEL:
            text = (
                f"is no name of an axis: 0-9, a-z and '_' may be in one, not {LABEL!r}"
            )
            table.note(text, name)
        else:
            names.append(name)
    bare = [Axis(name, ()) for name in names]
    words = [LABEL, *(word for axis in bare for word in axis.words)]
    return tuple(
        Axis(name, _Values(table.below(name, keys=_KEYS), words, namespaces).read())
        for name in names
    )


class _Values:
    """Reads the values of one axis."""

    def __init__(
        self, axis: Table, words: Collection[str], namespaces: Collection[str]
    ) -> None:
        self._axis = axis
        self._words = words
        self._namespaces = namespaces
        self._feature = axis.text("property")
        if self._feature is not None and not self._is_feature(self._feature):
            self._feature = ""

    def _is_feature(self, text: str) -> bool:
        try:
            # With a value it is a property, for which there is a reader.
            found = Property.parse(f"{text} :: 0")
        except ValidationError:
            text = f"{text!r} is no feature: write it 'namespace :: feature'"
            self._axis.note(text, "property")
            return False
        return _is_listed(self._axis, found, self._namespaces, "property")

    def read(self) -> tuple[Value, ...]:
        found: dict[str, Value] = {}
        items = self._axis.items("values")
        if not items:
            self._axis.note("must list at least one value", "values")
        for at, item in enumerate(items):
            content = (
                {"name": item, "values": [item]} if isinstance(item, str) else item
            )
            path = (*self._axis.path, "values", at)
            table = Table.read(content, path, self._axis.problems, _VALUE_KEYS)
            name = table.text("name")
            if not name:
                table.note("has no name")
            elif name in found:
                table.note(f"has the name {name!r}, like another one")
            else:
                found[name] = self._value(table, name)
        return tuple(found.values())

    def _value(self, table: Table, name: str) -> Value:
        values = table.strings("values")
        own = []
        if values and self._feature is None:
            table.note("has values, but its axis names no property", "values")
        for value in values if self._feature else ():
            try:
                own.append(Property.parse(f"{self._feature} :: {value}"))
            except ValidationError:
                text = f"{value!r} is no value: 0-9, a-z, '_' and '.' may be in one"
                table.note(text, "values")
        further = read_properties(table, self._namespaces)
        return Value(
            name,
            tuple(values),
            tuple(dict.fromkeys((*own, *further))),
            read_recipe(table, self._words),
        )


def read_properties(table: Table, namespaces: Collection[str]) -> Iterator[Property]:
    """Yield the properties that a table lists as text."""
    for at, text in enumerate(table.strings("properties")):
        try:
            found = Property.parse(text)
        except ValidationError as error:
            table.note(str(error), "properties", at)
            continue
        if _is_listed(table, found, namespaces, "properties", at):
            yield found


def _is_listed(
    table: Table, found: Property, namespaces: Collection[str], *where: str | int
) -> bool:
    if found.namespace in namespaces:
        return True
    text = f"{found.namespace} is not listed in default-priorities.namespace"
    table.note(text, *where)
    return False


def read_rules(table: Table, axes: Collection[Axis]) -> tuple[Rule, ...]:
    """Read ``exclude`` of a matrix."""
    known = {axis.name: [value.name for value in axis.values] for axis in axes}
    rules = []
    for at in range(len(table.items("exclude"))):
        part = table.below("exclude", at, keys=known)
        rule = {}
        for name in part.content:
            rule[name] = tuple(part.words(name))
            for word in rule[name]:
                values = known.get(name, (word,))
                if word not in values:
                    text = f"{word!r} is no value of that axis{near(word, values)}"
                    part.note(text, name)
        if not rule:
            part.note("names no axis")
        rules.append(rule)
    return tuple(rules)
