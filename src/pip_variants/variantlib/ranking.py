"""The compatible labels of a release, best first (PEP 825, "Variant ordering").

A key is one number that orders like the PEP's triple (namespace, feature, value):
keys of earlier namespaces are smaller, then of earlier features, then of better
values. The keys of a label are those of its best values, sorted. Every list ends with
a number above all keys, so that of two lists of which one starts with the other the
longer one comes first (step 7).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping

from .metadata import VariantsJson
from .model import Label, Properties, SupportedProperties
from .priorities import Priorities, put_first

__all__ = ["RankTables", "rank_labels", "rank_tables"]

RankTables = Mapping[str, Mapping[str, Mapping[str, int]]]
"""Namespace -> feature -> value -> its key."""

_END = sys.maxsize
"""Stands behind the last key of every list."""

_Values = Iterable[str]
_Feature = tuple[
    Callable[[_Values], bool], Callable[[_Values], frozenset[str]], Callable[[str], int]
]
"""Whether none of some values is supported, which of them are, and the key of one."""

_NOT_OFFERED: _Feature = (
    frozenset[str]().isdisjoint,
    frozenset[str]().intersection,
    dict[str, int]().__getitem__,
)


def rank_tables(
    document: VariantsJson, supported: SupportedProperties, wishes: Priorities
) -> RankTables:
    """Number every supported value that can occur: namespace -> feature -> value.

    The numbers follow the ordered lists of steps 1 to 3: the publisher's namespaces,
    in each the compatible features, in each the compatible values; before them what
    the user, then what the publisher of an old dialect puts first.
    """
    tables: dict[str, dict[str, dict[str, int]]] = {}
    number = 0
    for namespace in wishes.order_namespaces(document.ranked_namespaces):
        values_of = dict(supported.features(namespace))
        features = wishes.order_features(
            namespace,
            put_first(document.feature_order.get(namespace, ()), values_of),
        )
        tables[namespace] = {}
        for feature in features:
            ordered = wishes.order_values(
                namespace,
                feature,
                put_first(
                    document.value_order.get((namespace, feature), ()),
                    values_of[feature],
                ),
            )
            tables[namespace][feature] = {
                value: rank for rank, value in enumerate(ordered, number)
            }
            number += len(ordered)
    return tables


def rank_labels(
    variants: Mapping[Label, Properties], tables: RankTables
) -> list[Label]:
    """Filter every label and sort the compatible ones (steps 4 to 7).

    It is one loop without calls of our own: there may be 100,000 labels, and most of
    them fail at their first or second feature.
    """
    offered = {name: _lookups(features) for name, features in tables.items()}
    nothing: dict[str, _Feature] = {}
    sortable: list[tuple[list[int], Label]] = []
    for label, properties in variants.items():
        keys: list[int] = []
        for namespace, features in properties.items():
            lookups = offered.get(namespace, nothing)
            for feature, values in features.items():
                none_of, those_of, key_of = lookups.get(feature, _NOT_OFFERED)
                if none_of(values):
                    break
                # The best value is the one with the lowest number (R41).
                keys.append(
                    key_of(values[0])
                    if len(values) == 1
                    else min(map(key_of, those_of(values)))
                )
            else:
                continue
            break
        else:
            keys.sort()
            keys.append(_END)
            sortable.append((keys, label))
    sortable.sort()
    return [label for _, label in sortable]


def _lookups(features: Mapping[str, Mapping[str, int]]) -> dict[str, _Feature]:
    return {
        feature: (
            (offered := frozenset(keys)).isdisjoint,
            offered.intersection,
            keys.__getitem__,
        )
        for feature, keys in features.items()
    }
