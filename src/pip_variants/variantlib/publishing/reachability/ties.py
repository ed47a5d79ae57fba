"""Labels that nothing but their spelling parts.

Two labels tie on a machine that prefers the same value of each of their features, and
that is possible for labels with the same features alone.

Sources: PEP 825, "Variant ordering"; R44, E7.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, islice, product

from ...builtin.possible import supports
from ...metadata import VariantsJson
from ...model import Label, Properties, same_properties
from .machines import Machines, preferred
from .places import places

__all__ = ["Tie", "ties"]

_MOST_TIES = 1_000
_MOST_CHOICES = 1_000
"""Of values of one label."""
_MOST_CHOICES_IN_ALL = 100_000
_MOST_PAIRS = 20_000
"""Of labels that share a choice of values."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Two labels of which some machine takes the one whose text comes first (R44).

    :param first: the one that it takes.
    :param same: whether their properties are the same (E7).
    """

    first: str
    second: str
    same: bool


def ties(
    document: VariantsJson, tags: Mapping[str, Collection[str]] | None = None
) -> tuple[Tie, ...]:
    """Return the pairs of labels of which some machine decides by their spelling.

    They have the same features, and there is a machine that prefers the same value of
    each. That a third label may come before both of them there does not matter.

    >>> document = VariantsJson.from_dict({
    ...     "$schema": "https://packaging.python.org/schemas/v0.1.1.json",
    ...     "default-priorities": {"namespace": ["gpu"]},
    ...     "variants": {"new": {"gpu": {"arch": ["2", "3"]}},
    ...                  "old": {"gpu": {"arch": ["1", "2"]}}},
    ... })
    >>> ties(document)
    (Tie(first='new', second='old', same=False),)

    :param tags: as for :func:`unreachable`; labels without a tag in common never meet.
    :returns: no more than a thousand of them.
    """
    machines = Machines(document)
    meetings = [place.labels for place in places(document, tags)]
    found: dict[Tie, None] = {}
    for choice, first, second in islice(_pairs(document), _MOST_PAIRS):
        one, other = document.variants[first], document.variants[second]
        tie = Tie(first, second, same_properties(one, other))
        if tie in found or not any({first, second} <= each for each in meetings):
            continue
        if _may_prefer(machines, choice, one, other):
            found[tie] = None
            if len(found) >= _MOST_TIES:
                break
    return tuple(sorted(found, key=lambda tie: (tie.first, tie.second)))


_Choice = tuple[tuple[str, str, str], ...]
"""One value of each feature: namespace, feature, value."""


def _pairs(document: VariantsJson) -> Iterator[tuple[_Choice, Label, Label]]:
    """Yield pairs of labels with the same features, and values that both have."""
    groups: dict[_Choice, list[Label]] = {}
    room = _MOST_CHOICES_IN_ALL
    for label, properties in document.variants.items():
        names = sorted((n, f) for n, features in properties.items() for f in features)
        values = [
            dict.fromkeys(properties[namespace][name]) for namespace, name in names
        ]
        for each in islice(product(*values), min(room, _MOST_CHOICES)):
            choice = tuple((*n, v) for n, v in zip(names, each, strict=True))
            groups.setdefault(choice, []).append(label)
            room -= 1
    for choice, labels in groups.items():
        for first, second in combinations(sorted(labels), 2):
            yield choice, first, second


def _may_prefer(
    machines: Machines, choice: _Choice, one: Properties, other: Properties
) -> bool:
    """Tell whether some machine prefers these very values of both labels."""
    for namespace in one:
        wanted = {f: (value,) for n, f, value in choice if n == namespace}
        values = tuple(value for (value,) in wanted.values())
        static = machines.static([namespace]).get(namespace)
        offers = machines.fitting(namespace, wanted) if static is None else (static,)
        parts = (
            {feature: properties[namespace][feature] for feature in wanted}
            for properties in (one, other)
        )
        first, second = parts
        # A static list may lack what the labels want: they fit no machine then.
        if not any(
            preferred(offer, first) == values == preferred(offer, second)
            for offer in offers
            if supports(offer, wanted)
        ):
            return False
    return True
