"""The metadata of the wheels of a matrix, checked before anything is built."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ...errors import Refusal
from ...metadata import VariantsJson
from ..vocabulary import Vocabulary
from .matrix import Cell
from .seed import Seed
from .variant import Wanted, WantedError

__all__ = ["Descriptions", "describe"]

_SHOWN = 4


@dataclass(frozen=True, slots=True, eq=False)
class Descriptions:
    """What the wheels will say about themselves.

    :param documents: the metadata of the wheel of each label.
    :param unchecked: the namespaces that nobody could be asked about, with the reason.
    """

    documents: Mapping[str, VariantsJson]
    unchecked: Mapping[str, Refusal]


def describe(
    seed: Seed, cells: Iterable[Cell], vocabulary: Vocabulary, *, check: bool
) -> Descriptions:
    """Describe the wheels of all cells.

    :param check: whether properties are looked up in the vocabulary (R105).
    :raises WantedError: with everything that is wrong with the cells.
    :raises Refusal: when a static list cannot be filled in.
    """
    documents: dict[str, VariantsJson] = {}
    unchecked: dict[str, Refusal] = {}
    problems: dict[str, list[str]] = {}
    for cell in cells:
        wanted = Wanted(cell.label, cell.properties, seed)
        try:
            described = wanted.describe(vocabulary, check=check)
        except WantedError as error:
            for each in error.problems:
                problems.setdefault(each, []).append(cell.label)
            continue
        documents[cell.label] = described.document
        unchecked |= described.unchecked
    if problems:
        raise WantedError(
            f"{_some(labels)}: {each}" for each, labels in problems.items()
        )
    return Descriptions(documents, unchecked)


def _some(labels: list[str]) -> str:
    """Name the cells that have the same problem: with a wrong value, many do."""
    rest = len(labels) - _SHOWN
    shown = ", ".join(labels[:_SHOWN])
    return f"{shown} and {rest:,} more" if rest > 0 else shown
