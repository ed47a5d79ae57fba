"""Which labels fit a machine, and in which order (PEP 825, "Variant ordering").

:mod:`.ranking` tells which labels fit and orders them; here is what the user's wishes
make of that. Why a label does not fit is looked up when somebody asks for its verdict:
10,000 labels are decided without one.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .collector import collector_paused
from .metadata import VariantsJson
from .model import Label, Properties, SupportedProperties
from .priorities import Pattern, Priorities
from .ranking import rank_labels, rank_tables

__all__ = ["Reason", "Selection", "Verdict", "select"]

_SHOWN = 8
"""How many values of a feature a message lists."""

_MANY = 1_000
"""From this number of labels on, the collector is paused while they are ranked."""


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

    __slots__ = ("_document", "_overruled", "_supported", "ranked")

    def __init__(
        self,
        ranked: tuple[Label, ...],
        overruled: Mapping[str, Reason],
        document: VariantsJson,
        supported: SupportedProperties,
    ) -> None:
        """Keep what :func:`select` found.

        :param overruled: labels that would fit, but for the user's wishes.
        """
        self.ranked = ranked
        self._overruled = overruled
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
        overruled = self._overruled.get(label)
        if overruled is not None:
            return Verdict(label, overruled)
        properties = self._document.properties(label)
        if properties is not None:
            return self._fit(label, properties)
        if label in self._document.lost:
            return Verdict(label, Reason.INVALID, detail=self._document.lost[label])
        return Verdict(label, Reason.UNKNOWN)

    def _fit(self, label: str, properties: Properties) -> Verdict:
        """Return the verdict on the first feature that is not met, if any."""
        listed = set(self._document.ranked_namespaces)
        for namespace, features in properties.items():
            for feature, values in features.items():
                offered = self._supported.values(namespace, feature)
                if namespace not in listed:
                    reason = Reason.UNLISTED_NAMESPACE
                elif not self._supported.features(namespace):
                    reason = Reason.UNSUPPORTED_NAMESPACE
                elif not offered:
                    reason = Reason.UNSUPPORTED_FEATURE
                elif set(offered).isdisjoint(values):
                    reason = Reason.UNSUPPORTED_VALUE
                else:
                    continue
                wanted = tuple(values)
                return Verdict(label, reason, namespace, feature, wanted, offered)
        return Verdict(label, Reason.COMPATIBLE)


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
        ranked = rank_labels(variants_json.variants, tables)
    overruled: dict[str, Reason] = {}
    unwanted = tuple(exclude)
    if unwanted:
        excluded = _excluded(variants_json, ranked, unwanted)
        overruled.update(dict.fromkeys(excluded, Reason.EXCLUDED))
        ranked = [label for label in ranked if label not in excluded]
    if labels is not None:
        asked = tuple(dict.fromkeys(labels))
        present = set(ranked)
        others = present.difference(asked)
        overruled.update(dict.fromkeys(others, Reason.NOT_REQUESTED))
        ranked = [Label(label) for label in asked if label in present]
    return Selection(tuple(ranked), overruled, variants_json, supported)


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
