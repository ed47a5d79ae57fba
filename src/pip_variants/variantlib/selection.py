"""Which labels fit a machine, and in which order (PEP 825, "Variant ordering").

For every label::

    properties --filter--> a Reason and its evidence, or
               --rank----> the sorted keys of its best values

A key is one number that orders like the PEP's triple (namespace, feature, value):
keys of earlier namespaces are smaller, then of earlier features, then of better
values. Every list ends with a number above all keys, so that of two lists of which
one starts with the other the longer one comes first (step 7). Verdicts are made
from the outcome when somebody looks at them: 10,000 labels are decided without one.
"""

from __future__ import annotations

import enum
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

from ._reading import collector_paused
from .metadata import VariantsJson
from .model import ABI_DEPENDENCY, Label, SupportedProperties
from .priorities import Pattern, Priorities, put_first

__all__ = ["Reason", "Selection", "Verdict", "rank_tables", "select"]

_END = sys.maxsize
"""Stands behind the last key of every list."""

_SHOWN = 8
"""How many values of a feature a message lists."""

_MANY = 1_000
"""From this number of labels on, the collector is paused while they are ranked."""

_Miss = tuple[str, str | None]
"""Namespace and feature of the first property that is not met."""


class Reason(enum.Enum):
    """Why a label was decided as it was."""

    COMPATIBLE = "compatible"
    UNSUPPORTED_VALUE = "the machine offers other values of this feature"
    UNSUPPORTED_FEATURE = "the machine does not offer this feature"
    UNSUPPORTED_NAMESPACE = "the machine offers nothing in this namespace"
    UNLISTED_NAMESPACE = "the namespace is missing from default-priorities"  # R22
    EXCLUDED = "excluded by the user"
    NOT_REQUESTED = "another label was asked for"
    UNKNOWN = "the variant metadata does not list this label"  # R63
    INVALID = "the variant metadata of this label is invalid"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided about one label, with the evidence.

    :param namespace: of the first feature that is not met, empty where there is none.
    :param feature: its name.
    :param wanted: its values that the wheel would run on.
    :param offered: the values of that feature that the machine offers, best first.
    :param detail: what is wrong with invalid metadata.
    """

    label: str
    reason: Reason
    namespace: str = ""
    feature: str = ""
    wanted: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    detail: str = ""

    @property
    def compatible(self) -> bool:
        """Whether the label may be installed."""
        return self.reason is Reason.COMPATIBLE

    def explain(self, machine: str = "this machine") -> str:
        """Say in one line what decided, naming what is needed and what is offered.

        :param machine: what the properties were asked of.

        >>> Verdict("v4", Reason.UNSUPPORTED_VALUE, "x86_64", "level",
        ...         ("v4",), ("v3", "v2", "v1")).explain()
        'needs x86_64 :: level :: v4; this machine offers v3, v2, v1'
        """
        if not self.namespace:
            return self.detail or self.reason.value
        needed = f"needs {self.namespace} :: {self.feature} :: {_some(self.wanted)}"
        if self.reason is Reason.UNSUPPORTED_VALUE:
            return f"{needed}; {machine} offers {_some(self.offered)}"
        if self.reason is Reason.UNSUPPORTED_FEATURE:
            return f"{needed}; {machine} offers no {self.feature}"
        if self.reason is Reason.UNSUPPORTED_NAMESPACE:
            return f"{needed}; {machine} offers nothing of {self.namespace}"
        return f"{needed}; {self.reason.value}"


def _some(values: Sequence[str]) -> str:
    """List values, the first few of many."""
    shown = ", ".join(values[:_SHOWN])
    return f"{shown}, ... ({len(values)} values)" if len(values) > _SHOWN else shown


class Selection:
    """The outcome for all labels of one release from one source.

    ``ranked`` holds the compatible labels, best first; ``best`` the first of them.
    """

    __slots__ = ("_document", "_misses", "_supported", "ranked")

    def __init__(
        self,
        ranked: tuple[Label, ...],
        misses: Mapping[str, Reason | _Miss],
        document: VariantsJson,
        supported: SupportedProperties,
    ) -> None:
        """Keep what :func:`select` found."""
        self.ranked = ranked
        self._misses = misses
        self._document = document
        self._supported = supported

    @property
    def best(self) -> Label | None:
        """The label to install, None when no label is compatible."""
        return self.ranked[0] if self.ranked else None

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """The verdict on every label of the document, made when it is read."""
        return _Verdicts(self)

    def verdict(self, label: str) -> Verdict:
        """Return the verdict on a label, also one that the document does not list."""
        miss = self._misses.get(label)
        if miss is None:
            if label in self._document.variants:
                return Verdict(label, Reason.COMPATIBLE)
            if label in self._document.lost:
                detail = self._document.lost[label]
                return Verdict(label, Reason.INVALID, detail=detail)
            return Verdict(label, Reason.UNKNOWN)
        if isinstance(miss, Reason):
            return Verdict(label, miss)
        return self._unmet(label, *miss)

    def _unmet(self, label: str, namespace: str, feature: str | None) -> Verdict:
        properties = self._document.variants[Label(label)][namespace]
        listed = {*self._document.namespaces, ABI_DEPENDENCY}
        name = feature or next(iter(sorted(properties)), "")
        offered = self._supported.values(namespace, name)
        if namespace not in listed:
            reason = Reason.UNLISTED_NAMESPACE
        elif not self._supported.features(namespace):
            reason = Reason.UNSUPPORTED_NAMESPACE
        elif not offered:
            reason = Reason.UNSUPPORTED_FEATURE
        else:
            reason = Reason.UNSUPPORTED_VALUE
        wanted = tuple(properties.get(name, ()))
        return Verdict(label, reason, namespace, name, wanted, offered)


class _Verdicts(Mapping[str, Verdict]):
    """The verdicts as a mapping that makes each one on demand."""

    __slots__ = ("_selection",)

    def __init__(self, selection: Selection) -> None:
        self._selection = selection

    def __getitem__(self, label: str) -> Verdict:
        document = self._selection._document  # noqa: SLF001 - one thing in two parts
        if label not in document.variants and label not in document.lost:
            raise KeyError(label)
        return self._selection.verdict(label)

    def __iter__(self) -> Iterator[str]:
        document = self._selection._document  # noqa: SLF001 - one thing in two parts
        yield from document.variants
        yield from document.lost

    def __len__(self) -> int:
        return sum(1 for _ in self)


def select(
    variants_json: VariantsJson,
    supported: SupportedProperties,
    *,
    priorities: Iterable[str] = (),
    exclude: Iterable[str] = (),
    labels: Iterable[str] | None = None,
) -> Selection:
    """Filter and order the labels of a release.

    :param variants_json: the metadata of one source; never merged across sources.
    :param supported: what the machine supports; the order of features and values is
        their rank.
    :param priorities: items ``namespace``, ``namespace::feature`` or
        ``namespace::feature::value`` that come before the publisher's order, most
        important first (R47).
    :param exclude: the same items, or labels, that are never chosen.
    :param labels: only these, in this order, among the compatible (R47, R48).
    :raises ValidationError: for a priority or an exclusion that cannot be read.

    >>> document = VariantsJson.from_dict({
    ...     "$schema": "https://packaging.python.org/schemas/v0.1.1.json",
    ...     "default-priorities": {"namespace": ["x86_64"]},
    ...     "variants": {"null": {}, "v2": {"x86_64": {"level": ["v2"]}},
    ...                  "v4": {"x86_64": {"level": ["v4"]}}},
    ... })
    >>> machine = SupportedProperties({"x86_64": {"level": ["v3", "v2", "v1"]}})
    >>> select(document, machine).ranked
    ('v2', 'null')
    >>> select(document, machine).verdicts["v4"].offered
    ('v3', 'v2', 'v1')
    """
    wishes = Priorities(priorities)
    tables = rank_tables(variants_json, supported, wishes)
    with collector_paused(len(variants_json.variants) > _MANY):
        ranked, misses = _rank_all(variants_json, tables)
    unwanted = tuple(exclude)
    if unwanted:
        excluded = _excluded(variants_json, ranked, unwanted)
        misses.update(dict.fromkeys(excluded, Reason.EXCLUDED))
        ranked = [label for label in ranked if label not in excluded]
    if labels is not None:
        asked = tuple(dict.fromkeys(labels))
        present = set(ranked)
        misses.update(dict.fromkeys(present.difference(asked), Reason.NOT_REQUESTED))
        ranked = [Label(label) for label in asked if label in present]
    return Selection(tuple(ranked), misses, variants_json, supported)


_RankTables = Mapping[str, Mapping[str, Mapping[str, int]]]


def rank_tables(
    document: VariantsJson, supported: SupportedProperties, wishes: Priorities
) -> _RankTables:
    """Number every supported value that can occur: namespace -> feature -> value.

    The numbers follow the ordered lists of steps 1 to 3: the publisher's namespaces,
    in each the compatible features, in each the compatible values; before them what
    the user, then what the publisher of an old dialect puts first.
    """
    tables: dict[str, dict[str, dict[str, int]]] = {}
    number = 0
    for namespace in wishes.order_namespaces(document.used_namespaces):
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


def _rank_all(
    document: VariantsJson, tables: _RankTables
) -> tuple[list[Label], dict[str, Reason | _Miss]]:
    """Filter every label and sort the compatible ones (steps 4 to 7)."""
    sortable: list[tuple[list[int], Label]] = []
    misses: dict[str, Reason | _Miss] = {}
    no_features: Mapping[str, Mapping[str, int]] = {}
    nothing: Mapping[str, int] = {}
    for label, properties in document.variants.items():
        keys: list[int] = []
        for namespace, features in properties.items():
            table = tables.get(namespace, no_features)
            for feature, values in features.items():
                # The best value is the one with the lowest number (R41).
                rank_of = table.get(feature, nothing).get
                if len(values) == 1:
                    best = rank_of(values[0], _END)
                else:
                    best = min(map(rank_of, values, repeat(_END)))
                if best == _END:
                    misses[label] = (namespace, feature)
                    break
                keys.append(best)
            else:
                continue
            break
        else:
            keys.sort()
            keys.append(_END)
            sortable.append((keys, label))
    sortable.sort()
    return [label for _, label in sortable], misses


def _excluded(
    document: VariantsJson, ranked: Iterable[Label], unwanted: Sequence[str]
) -> set[str]:
    """Find the labels that an exclusion names or whose properties it matches."""
    names = set(unwanted)
    patterns = tuple(Pattern.parse(item, labels=True) for item in unwanted)
    return {
        label
        for label in ranked
        if label in names
        or any(pattern.matches(document.variants[label]) for pattern in patterns)
    }
