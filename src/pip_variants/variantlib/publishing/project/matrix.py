"""The matrix of a project: which wheels ``pip variant build`` makes, and how.

::

    [variant.matrix]
    label = "cu{cuda}_{level}"        axes.cuda x axes.level - exclude + include
    environment, config-settings      for every cell         + null    + plain

Without axes, the cells are ``[variant.variants]``. Everything that is wrong is an error,
and all of it is told at once. Sources: F104, F105; no published document has a matrix.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ...errors import ValidationError
from ...metadata import Problem
from ...model import (
    ABI_DEPENDENCY,
    NULL_LABEL,
    Label,
    Properties,
    Property,
    parse_label,
    same_properties,
)
from ._axes import LABEL, Rule, Value, read_axes, read_properties, read_rules
from ._recipe import RECIPE_KEYS, Recipe, check_template, read_recipe
from ._tables import Table
from ._template import gaps
from .seed import Seed, SeedError

__all__ = ["MOST_CELLS", "Cell", "Matrix", "Recipe", "read_matrix"]

MOST_CELLS = 10_000
"""A product with more cells is taken for a mistake."""

_MOST_PROBLEMS = 20
_PLAIN = "plain"
_SHARED = "shared-builds"
_KEYS = (LABEL, *RECIPE_KEYS, NULL_LABEL, _PLAIN, _SHARED, "exclude", "axes", "include")
_INCLUDE_KEYS = (LABEL, "properties", *RECIPE_KEYS)


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One variant wheel to make."""

    label: Label
    properties: Properties
    recipe: Recipe = field(default_factory=Recipe)

    @property
    def environ(self) -> Mapping[str, str]:
        """Environment variables for the backend."""
        return self.recipe.environ

    @property
    def config(self) -> Mapping[str, str | tuple[str, ...]]:
        """Config settings for the backend."""
        return self.recipe.config


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """What a project builds.

    >>> seed = Seed.from_dict({
    ...     "default-priorities": {"namespace": ["x86_64"]},
    ...     "providers": {"x86_64": {"requires": ["provider-variant-x86-64"]}},
    ...     "matrix": {
    ...         "null": True,
    ...         "label": "x86_64_{level}",
    ...         "axes": {
    ...             "level": {"property": "x86_64 :: level", "values": ["v2", "v3"]},
    ...         },
    ...     },
    ... })
    >>> [cell.label for cell in Matrix.of(seed).cells]
    ['x86_64_v2', 'x86_64_v3', 'null']
    """

    cells: tuple[Cell, ...]
    plain: Recipe | None = None
    """How the wheel without a label is built; None where none is."""
    warnings: tuple[Problem, ...] = ()
    shares_builds: bool = False
    """Whether labels with different properties are meant to come out of one build."""

    @classmethod
    def of(cls, seed: Seed) -> Matrix:
        """Read the matrix of a project.

        :raises SeedError: when it breaks a rule.
        """
        problems: list[Problem] = []
        table = Table.read(seed.matrix or {}, ("matrix",), problems, _KEYS)
        reader = _Reader(seed, table)
        # What is made of a broken table would only add to its problems.
        cells = () if problems else reader.cells()
        if problems:
            raise SeedError(seed.source or "the table", dict.fromkeys(problems))
        return cls(cells, reader.plain, tuple(_twins(cells)), reader.shares_builds)

    def cell(self, label: str) -> Cell | None:
        """Return the cell with a label."""
        return next((cell for cell in self.cells if cell.label == label), None)


def read_matrix(seed: Seed) -> tuple[Cell, ...]:
    """Return the variant wheels that a project builds.

    :raises SeedError: when its matrix breaks a rule.
    """
    return Matrix.of(seed).cells


class _Reader:
    """Makes cells of a table; what is wrong with them is noted there."""

    def __init__(self, seed: Seed, table: Table) -> None:
        self._seed = seed
        self._table = table
        self._namespaces = (*seed.metadata.namespaces, ABI_DEPENDENCY)
        self._axes = read_axes(table.below("axes"), self._namespaces)
        self._rules = read_rules(table, self._axes)
        words = [word for axis in self._axes for word in axis.words]
        self._recipe = read_recipe(table, (LABEL, *words))
        template = table.text(LABEL)
        if template is None:
            template = "_".join(f"{{{axis.name}}}" for axis in self._axes)
        check_template(table, template, words, LABEL)
        self._template = template
        self.shares_builds = table.flag(_SHARED)
        self._null = self._alone(NULL_LABEL)
        self.plain = self._alone(_PLAIN)
        self._included = [*self._include()]
        if math.prod(len(axis.values) for axis in self._axes) > MOST_CELLS:
            table.note(f"have a product of more than {MOST_CELLS:,} cells", "axes")

    def cells(self) -> tuple[Cell, ...]:
        """Return the cells in the order in which they are written."""
        cells = [*(self._distinct() if self._axes else self._listed()), *self._included]
        if self._null is not None:
            cells.append(Cell(Label(NULL_LABEL), {}, self._null))
        self._check(cells)
        return tuple(cells)

    @property
    def _is_full(self) -> bool:
        return len(self._table.problems) >= _MOST_PROBLEMS

    def _check(self, cells: Iterable[Cell]) -> None:
        """Note labels that mean two things, or what they may not mean (R13, R14)."""
        seen = set()
        for cell in cells:
            listed = self._seed.variants.get(cell.label, cell.properties)
            text = ""
            if cell.label in seen:
                text = f"two cells have the label {cell.label!r}"
            elif (cell.label == NULL_LABEL) == bool(cell.properties):
                text = (
                    f"{cell.label!r} has {'' if cell.properties else 'no '}properties; "
                    f"the wheel without any has the label {NULL_LABEL!r}"
                )
            elif not same_properties(listed, cell.properties):
                text = f"{cell.label!r} has other properties in variant.variants"
            if text:
                self._table.note(text)
            if self._is_full:
                return
            seen.add(cell.label)

    def _distinct(self) -> Iterator[Cell]:
        """Yield the cells of the product; where the template confuses them, one each."""
        found: dict[Label, Cell] = {}
        alike: dict[Label, None] = {}
        for cell in self._product():
            if found.setdefault(cell.label, cell) is not cell:
                alike[cell.label] = None
        used = gaps(self._template)
        unused = [
            f"{{{axis.name}}}"
            for axis in self._axes
            if len(axis.values) > 1 and used.isdisjoint(axis.words)
        ]
        named = [label for label in alike if label != NULL_LABEL]
        if unused and named:
            text = (
                f"does not use {' and '.join(unused)}: more than one cell would have "
                f"the label {named[0]!r}"
            )
            if len(named) > 1:
                text += f", and so for {len(named) - 1:,} more"
            self._table.note(text, LABEL)
            alike = dict.fromkeys(label for label in alike if label == NULL_LABEL)
        for label in [*alike][:_MOST_PROBLEMS]:
            self._table.note(f"two cells have the label {label!r}")
        yield from found.values()

    def _product(self) -> Iterator[Cell]:
        names = [axis.name for axis in self._axes]
        for values in itertools.product(*(axis.values for axis in self._axes)):
            at = dict(zip(names, values, strict=True))
            if self._is_full:
                return
            if not any(_fits(at, rule) for rule in self._rules):
                yield from self._cell(at)

    def _cell(self, at: Mapping[str, Value]) -> Iterator[Cell]:
        """Yield the cell where the axes have these values, if it can have a label."""
        words = {name: value.name for name, value in at.items()}
        words |= {f"{name}.values": ",".join(at[name].values) for name in at}
        properties = self._together(at)
        recipe = self._recipe
        for value in at.values():
            recipe |= value.recipe
        # Without properties it is the null variant, whatever its name would be (R14).
        text = Recipe({LABEL: self._template}).filled(words).environ[LABEL]
        try:
            label = parse_label(text if properties else NULL_LABEL)
        except ValidationError as error:
            self._table.note(str(error), LABEL)
        else:
            yield Cell(label, properties, recipe.filled({**words, LABEL: label}))

    def _together(self, at: Mapping[str, Value]) -> Properties:
        """Put the properties of values together; a feature is of one axis alone."""
        owners: dict[tuple[str, str], str] = {}
        for name, value in at.items():
            for each in value.properties:
                owner = owners.setdefault((each.namespace, each.feature), name)
                if owner != name:
                    where = f"{each.namespace} :: {each.feature}"
                    self._table.note(f"{owner} and {name} both set {where}", "axes")
        return _nested(each for value in at.values() for each in value.properties)

    def _listed(self) -> Iterator[Cell]:
        for label, properties in self._seed.variants.items():
            yield Cell(label, properties, self._outside(Recipe(), label))

    def _outside(self, own: Recipe, label: str | None = None) -> Recipe:
        """Return the recipe of a cell outside the product: it has nothing of an axis."""
        words = {} if label is None else {LABEL: label}
        return (self._recipe.within(words) | own).filled(words)

    def _include(self) -> Iterator[Cell]:
        for at in range(len(self._table.items("include"))):
            part = self._table.below("include", at, keys=_INCLUDE_KEYS)
            own = read_recipe(part, (LABEL,))
            properties = _nested(read_properties(part, self._namespaces))
            try:
                label = parse_label(part.text(LABEL) or "")
            except ValidationError as error:
                part.note(str(error), LABEL)
                continue
            if "properties" not in part.content:
                properties = self._seed.variants.get(label, {})
            yield Cell(label, properties, self._outside(own, label))

    def _alone(self, key: str) -> Recipe | None:
        """Read ``null`` or ``plain``: whether to build it, or how."""
        if not isinstance(self._table.content.get(key), dict):
            return (
                self._outside(Recipe(), self._name(key))
                if self._table.flag(key)
                else None
            )
        part = self._table.below(key, keys=RECIPE_KEYS)
        words = () if key == _PLAIN else (LABEL,)
        return self._outside(read_recipe(part, words), self._name(key))

    @staticmethod
    def _name(key: str) -> str | None:
        return None if key == _PLAIN else key


def _fits(at: Mapping[str, Value], rule: Rule) -> bool:
    return all(at[name].name in names for name, names in rule.items())


def _nested(properties: Iterable[Property]) -> Properties:
    """Return properties in the form that metadata has, values sorted (R26)."""
    found: dict[str, dict[str, set[str]]] = {}
    for each in properties:
        features = found.setdefault(each.namespace, {})
        features.setdefault(each.feature, set()).add(each.value)
    return {
        namespace: {feature: sorted(values) for feature, values in features.items()}
        for namespace, features in found.items()
    }


def _twins(cells: Iterable[Cell]) -> Iterator[Problem]:
    """Yield which labels have the same properties: only their spelling decides."""
    seen: dict[tuple[object, ...], Label] = {}
    for cell in cells:
        key = tuple(
            sorted(
                (namespace, feature, tuple(sorted(set(values))))
                for namespace, features in cell.properties.items()
                for feature, values in features.items()
            )
        )
        other = seen.setdefault(key, cell.label)
        if other != cell.label:
            text = (
                f"{other} and {cell.label} have the same properties: {min(other, cell.label)} "
                "is taken wherever both fit"
            )
            yield Problem(("matrix",), text)
