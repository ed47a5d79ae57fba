"""Variant metadata of three shapes and any size, each with a machine to decide for.

::

    torch      as published today: two features, one of them with several values
    features   nine features each, from three namespaces
    values     two features each, one of them with fourteen out of thousands of values

All are in dialect 0.2.0, with labels of at most 16 characters, so that both sides read
them. A file of 100,000 labels stays below 16 MiB, the most that is read of one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice, product

from .documents import SUPPORTED, document_of, torch_variants

__all__ = ["SHAPES", "TORCH", "Shape"]

_Features = Mapping[str, Mapping[str, list[str]]]
_Variants = Iterator[tuple[str, _Features]]

_FAR = 1_000_003
"""A prime: what is numbered next to each other has little in common."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the labels of a release look.

    :param variants: yields labels with their properties, no two of them alike.
    :param supported: what the machine offers: namespace -> feature -> values.
    """

    name: str
    namespaces: tuple[str, ...]
    supported: _Features
    variants: Callable[[], _Variants]

    def text(self, count: int) -> str:
        """Return metadata of *count* labels, "null" among them, as an index sends it."""
        variants = dict(islice(self.variants(), count - 1))
        document = document_of({"null": {}, **variants}, self.namespaces)
        return json.dumps(document, separators=(",", ":"))


_AREAS = ("cpu", "gpu", "net")
_PLACES = tuple(product(_AREAS, "abcdefgh"))
_WANTED = 9
_APART = 7
"""Has no divisor in common with the number of places."""
_LEVELS = 8
_NUMBERS = _LEVELS**_WANTED


def _many_features() -> _Variants:
    """Yield labels that want a level of each of nine features, of one either of two."""
    starts = cycle(range(len(_PLACES)))
    for number, start in zip(range(_NUMBERS), starts, strict=False):
        rest = number * _FAR % _NUMBERS
        levels = {}
        for step in range(_WANTED):
            rest, level = divmod(rest, _LEVELS)
            levels[_PLACES[(start + _APART * step) % len(_PLACES)]] = level
        properties: dict[str, dict[str, list[str]]] = {}
        for (area, feature), level in sorted(levels.items()):
            properties.setdefault(area, {})[feature] = [str(level)]
        area, feature = _PLACES[start]
        either = [str(levels[area, feature]), str(levels[area, feature] + 1)]
        properties[area][feature] = either
        yield f"f{number:x}", properties


_KERNELS = 3_000
_LISTED = 14
_OFFERED = 20
"""The machine offers one of so many kernels."""


def _many_values() -> _Variants:
    """Yield labels that want one of ten levels, and one kernel of a list."""
    for number in range(_KERNELS * (_KERNELS // _LISTED)):
        start, step = number * _FAR % _KERNELS, 1 + number // _KERNELS
        kernels = sorted((start + step * n) % _KERNELS for n in range(_LISTED))
        features = {"kernel": list(map(str, kernels)), "level": [str(number % 10)]}
        yield f"v{number:x}", {"gpu": features}


TORCH = Shape("torch", ("nvidia", "amd"), SUPPORTED, torch_variants)

_FEATURES = Shape(
    "features",
    _AREAS,
    {
        area: {
            feature: [str(level) for level in range(_LEVELS - 2, -1, -1)]
            for feature in "abcdefgh"
        }
        for area in _AREAS
    },
    _many_features,
)
_VALUES = Shape(
    "values",
    ("gpu",),
    {
        "gpu": {
            "level": ["3", "2", "1", "0"],
            "kernel": [str(each) for each in range(0, _KERNELS, _OFFERED)],
        }
    },
    _many_values,
)

SHAPES = {shape.name: shape for shape in (TORCH, _FEATURES, _VALUES)}
