"""Which wheels are made, and which of them come out of one build."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ..variantlib.publishing.project.matrix import Cell, Matrix, Recipe

__all__ = ["Build", "Plan", "selected"]


@dataclass(frozen=True, slots=True, eq=False)
class Build:
    """One run of the build backend.

    :param cells: the variants that are made of its wheel.
    :param plain: whether the wheel itself is wanted, too.
    """

    number: int
    recipe: Recipe
    cells: tuple[Cell, ...]
    plain: bool = False

    @property
    def wanted(self) -> int:
        """How many wheels come out of it."""
        return len(self.cells) + self.plain


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """All builds, in their order."""

    builds: tuple[Build, ...]

    @classmethod
    def of(cls, cells: Iterable[Cell], plain: Recipe | None, further: Recipe) -> Plan:
        """Put the cells together whose recipes are alike.

        :param plain: how the plain wheel is built, None where none is.
        :param further: what the user adds to every recipe.
        """
        shared: dict[object, tuple[Recipe, list[Cell]]] = {}
        for cell in cells:
            recipe = cell.recipe | further
            shared.setdefault(recipe.key, (recipe, []))[1].append(cell)
        alone = None if plain is None else plain | further
        if alone is not None:
            shared.setdefault(alone.key, (alone, []))
        return cls(
            tuple(
                Build(
                    number, recipe, tuple(found), alone is not None and key == alone.key
                )
                for number, (key, (recipe, found)) in enumerate(shared.items(), start=1)
            )
        )

    @property
    def wanted(self) -> int:
        """How many wheels there will be."""
        return sum(build.wanted for build in self.builds)


def selected(
    matrix: Matrix, only: Sequence[str], exclude: Sequence[str]
) -> tuple[tuple[Cell, ...], Recipe | None]:
    """Return the cells that the user names by patterns, and the plain wheel's recipe.

    The plain wheel has no label: where labels are named, it is not among them.

    :raises KeyError: for a pattern that fits no label, with the pattern.
    """
    for pattern in (*only, *exclude):
        if not any(fnmatchcase(cell.label, pattern) for cell in matrix.cells):
            raise KeyError(pattern)
    cells = tuple(
        cell
        for cell in matrix.cells
        if (not only or _fits(cell, only)) and not _fits(cell, exclude)
    )
    return cells, None if only else matrix.plain


def _fits(cell: Cell, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(cell.label, pattern) for pattern in patterns)
