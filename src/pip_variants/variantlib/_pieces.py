"""The labels of a large document, kept as text and parsed piece by piece.

Parsed, 10,000 labels take ten times the room that their text does: more than a
processor keeps at hand, so whoever goes through them waits for memory most of the
time. A piece of some two hundred labels stays at hand until it is done with::

    text --cut between labels--> pieces; the document without its labels
    piece --parse, check, count, forget--> which labels it has
          --parse again, for whoever goes through the labels

Where to cut is guessed, and shown to be right by parsing: in a text without escapes
every ``"`` begins or ends a string, so that a piece in which a string is torn apart is
no JSON; and pieces that are lists of members one by one are one when put together.
A document of any other kind, or with any fault, is not taken apart.
"""

from __future__ import annotations

import re
from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ._variants import survey
from .model import Label, Properties
from .reading import count_keys, parse_plain, parse_start

__all__ = ["LARGEST_WHOLE", "Pieces", "TakenApart", "namespaces_of", "take_apart"]

LARGEST_WHOLE = 256 * 1024
"""Up to this size, in bytes, a document is better parsed at once."""

_LENGTH = 32 * 1024
"""The least length of a piece, in characters."""

_OPENING = re.compile(r'"variants"\s*:\s*\{')
_BETWEEN = re.compile(r'\}\s*\}\s*,(?=\s*")')
"""What stands between two labels, where the first one has properties."""


class Pieces(Mapping[Label, Properties]):
    """The properties of many labels, parsed when somebody looks at them.

    What is looked up by its label stays parsed; what is passed by does not.
    """

    __slots__ = ("_number", "_parsed", "_texts", "namespaces")

    def __init__(
        self, texts: list[str], number: dict[Label, int], namespaces: frozenset[str]
    ) -> None:
        """Keep the pieces.

        :param texts: JSON objects that were found flawless.
        :param number: in which of them each label is.
        :param namespaces: all that occur.
        """
        self._texts = texts
        self._number = number
        self._parsed: dict[int, dict[Label, Properties]] = {}
        self.namespaces = namespaces

    def __getitem__(self, label: Label) -> Properties:
        number = self._number[label]
        if number not in self._parsed:
            self._parsed[number] = parse_plain(self._texts[number])
        return self._parsed[number][label]

    def __contains__(self, label: object) -> bool:
        return label in self._number

    def __iter__(self) -> Iterator[Label]:
        return iter(self._number)

    def __len__(self) -> int:
        return len(self._number)

    def items(self) -> ItemsView[Label, Properties]:
        """Return a view that goes through the pieces one by one."""
        return _Items(self)

    def values(self) -> ValuesView[Properties]:
        """Return a view that goes through the pieces one by one."""
        return _Values(self)

    def pieces(self) -> Iterator[dict[Label, Properties]]:
        """Yield all labels, some hundred at a time."""
        for number, text in enumerate(self._texts):
            yield self._parsed.get(number) or parse_plain(text)


class _Items(ItemsView[Label, Properties]):
    _mapping: Pieces

    def __iter__(self) -> Iterator[tuple[Label, Properties]]:
        return chain.from_iterable(map(dict.items, self._mapping.pieces()))


class _Values(ValuesView[Properties]):
    _mapping: Pieces

    def __iter__(self) -> Iterator[Properties]:
        return chain.from_iterable(map(dict.values, self._mapping.pieces()))


def namespaces_of(variants: Mapping[Label, Properties]) -> frozenset[str]:
    """Return the namespaces that occur in any label."""
    if isinstance(variants, Pieces):
        return variants.namespaces
    return frozenset(chain.from_iterable(variants.values()))


@dataclass(frozen=True, slots=True)
class TakenApart:
    """A document that was taken apart.

    :param rest: the document, with an empty object for "variants".
    :param labels: what stood in there.
    """

    rest: dict[str, Any]
    labels: Pieces


def take_apart(text: str, length: int = _LENGTH) -> TakenApart | None:
    """Take the labels out of a document, None where that is not safe.

    Then the document may be flawless all the same, or no JSON at all.

    :param length: of a piece, at least, in characters.
    """
    if "\\" in text or text.count('"variants"') != 1:
        return None
    opening = _OPENING.search(text)
    if opening is None:
        return None
    try:
        pieces, end = _cut(text, opening.end(), length)
        rest = parse_plain(f"{text[: opening.end()]}}}{text[end:]}")
        # The name stands nowhere else, so it is the key at the top when that is there.
        if not isinstance(rest, dict) or rest.get("variants") != {}:
            return None
        labels = _read(pieces, text.count(":") - sum(count_keys(rest)))
    except (ValueError, RecursionError, MemoryError):
        return None
    return None if labels is None else TakenApart(rest, labels)


def _cut(text: str, start: int, length: int) -> tuple[list[str], int]:
    """Cut the labels that begin at *start* into objects; return where they end, too.

    :raises ValueError: when the last of them is no JSON.
    """
    pieces = []
    while (between := _BETWEEN.search(text, start + length)) is not None:
        pieces.append(f"{{{text[start : between.end() - 1]}}}")
        start = between.end()
    last = f"{{{text[start:]}"
    _, end = parse_start(last)
    pieces.append(last[:end])
    return pieces, start + end - 1


def _read(pieces: list[str], keys: int) -> Pieces | None:
    """Check all pieces; None when something is wrong with one of them.

    :param keys: how many keys they should have: with fewer, one stood twice.
    :raises ValueError: when one is no JSON.
    """
    number_of: dict[Label, int] = {}
    namespaces: set[str] = set()
    labels = 0
    for number, piece in enumerate(pieces):
        found = survey(parse_plain(piece))
        if found is None:
            return None
        keys -= found.keys
        labels += len(found.labels)
        number_of.update(dict.fromkeys(found.labels, number))
        namespaces |= found.namespaces
    if keys or len(number_of) != labels:
        return None
    return Pieces(pieces, number_of, frozenset(namespaces))
