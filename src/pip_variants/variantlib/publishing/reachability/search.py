"""Labels that no machine ever selects.

A label is reachable when there is a machine, on one of the platforms that it has wheels
for, where it comes before all other labels with a wheel for that platform. What decides
is :func:`~..selection.select`, as it does when wheels are installed; here are only the
machines to try it on, which :mod:`.machines` makes as kind to the label as they can be.

What breaks another rule is passed over: values that do not exist, namespaces that are
not listed or that nobody answers for.

Sources: PEP 825, "Variant ordering"; J19.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product

from ...abi_dependency import needed as needed_beside
from ...builtin.words import needed
from ...metadata import VariantsJson
from ...model import (
    ABI_DEPENDENCY,
    Features,
    Properties,
    SupportedProperties,
    each_property,
)
from ...selection import select
from .machines import Machines
from .places import CPUS, Place, places
from .ties import Tie, ties

__all__ = ["Tie", "Unreachable", "ties", "unreachable"]

_MOST_MACHINES = 256
"""How many machines are tried for one label."""
_MOST_LOOKS = 10_000_000
"""How often a property is looked up on some machine: a few seconds."""
_LOOKS_OF_A_MACHINE = 200
"""How many of them take as long as to make a machine."""
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A label that no machine selects.

    :param reason: why, as a clause about the label.
    :param by: labels that are selected in its place; none where it fits nowhere.
    :param certain: false when there are more machines than were tried.
    """

    label: str
    reason: str
    by: tuple[str, ...] = ()
    certain: bool = True


def unreachable(
    document: VariantsJson, tags: Mapping[str, Collection[str]] | None = None
) -> tuple[Unreachable, ...]:
    """Return the labels of a release that no machine can ever select.

    >>> document = VariantsJson.from_dict({
    ...     "$schema": "https://packaging.python.org/schemas/v0.2.0.json",
    ...     "default-priorities": {"namespace": ["blas"]},
    ...     "providers": {"blas": {"static-properties": {"library": ["mkl", "blis"]}}},
    ...     "variants": {"fast": {"blas": {"library": ["mkl"]}},
    ...                  "free": {"blas": {"library": ["blis"]}}},
    ... })
    >>> [(found.label, found.by) for found in unreachable(document)]
    [('free', ('fast',))]

    :param document: the combined metadata of the release.
    :param tags: the tags that each label has wheels for, such as
        ``cp313-cp313-linux_x86_64``; None when all have wheels for the same. Labels
        without any are passed over.
    """
    return tuple(_Search(document, tags).unreachable())


class _Search:
    """Looks for a machine for each label of a release."""

    def __init__(
        self, document: VariantsJson, tags: Mapping[str, Collection[str]] | None
    ) -> None:
        self._document = document
        self._machines = Machines(document)
        self._places = places(document, tags)
        self._reached: set[str] = set()
        self._failed: dict[_Kind, Unreachable] = {}
        self._looks = 0
        labels = document.variants.values()
        self._looks_of_a_try = sum(1 + sum(1 for _ in each_property(p)) for p in labels)
        self._listed = {*document.used_namespaces}

    def unreachable(self) -> Iterator[Unreachable]:
        for label, properties in sorted(self._document.variants.items()):
            own = [place for place in self._places if label in place.labels]
            if label in self._reached or not own or self._is_bad(properties):
                continue
            kind = _kind(properties, own)
            # What an equal label does not get, this one gets even less: its text comes
            # later, and that is all that parts them.
            failed = self._failed.get(kind)
            found = failed or self._try(label, properties, own)
            if found is not None:
                self._failed[kind] = found
                yield dataclasses.replace(found, label=label)

    def _is_late(self) -> bool:
        made = _LOOKS_OF_A_MACHINE * self._machines.made
        return self._looks + made >= _MOST_LOOKS

    def _is_bad(self, properties: Properties) -> bool:
        """Tell whether another rule is broken, which makes any machine too few."""
        return any(
            namespace not in self._listed or not self._exist(namespace, features)
            for namespace, features in properties.items()
        )

    def _exist(self, namespace: str, features: Mapping[str, Collection[str]]) -> bool:
        """Tell whether somebody answers for a namespace, and each feature is known."""
        document = self._document
        provider = document.providers.get(namespace)
        if namespace == ABI_DEPENDENCY:
            return True
        if provider is None and document.names_providers:
            return False
        if provider is not None and provider.static_properties is not None:
            offered = dict(provider.static_properties)
            return all(
                set(offered.get(feature, ())).intersection(values)
                for feature, values in features.items()
            )
        known = self._machines.possible(namespace)
        return known is None or all(
            any(known.has(feature, value) for value in values)
            for feature, values in features.items()
        )

    def _try(
        self, label: str, properties: Properties, own: Iterable[Place]
    ) -> Unreachable | None:
        """Try machines until one selects the label."""
        if self._is_late():
            return self._undecided(label, ())
        cpus = self._cpus(properties)
        fitting = [place for place in own if cpus <= place.cpus]
        reason = self._contradiction(properties)
        if not (reason or fitting):
            reason = f"needs {', '.join(cpus)}, which none of its wheels is for"
        if reason:
            return Unreachable(label, reason)
        machines, complete = self._candidates(properties)
        winners: dict[str, None] = {}
        for place, machine in product(fitting, machines):
            if self._is_late():
                complete = False
                break
            best = self._select(place, properties, machine)
            if best == label:
                return None
            winners[best] = None
        if not complete:
            return self._undecided(label, winners)
        by = tuple(winners)[:_MOST_NAMED]
        reason = "comes after another label on every machine that it fits"
        return Unreachable(label, reason, by)

    def _undecided(self, label: str, winners: Iterable[str]) -> Unreachable:
        by = tuple(winners)[:_MOST_NAMED]
        reason = "was not tried on any machine: there are too many labels"
        if by:
            reason = "comes after another label on all machines tried; there are more"
        return Unreachable(label, reason, by, certain=False)

    def _cpus(self, properties: Properties) -> frozenset[str]:
        return frozenset(
            namespace
            for namespace in CPUS
            if namespace in properties and self._machines.possible(namespace)
        )

    def _asked(self, properties: Properties) -> list[str]:
        """Return the namespaces of a label of which machines differ."""
        static = self._machines.static(properties)
        return [namespace for namespace in properties if namespace not in static]

    def _contradiction(self, properties: Properties) -> str:
        """Say why no machine has it all, "" when one may."""
        cpus = self._cpus(properties)
        if len(cpus) > 1:
            return f"needs {' and '.join(sorted(cpus))}, and no machine is both"
        for namespace in self._asked(properties):
            if not self._machines.fitting(namespace, properties[namespace]):
                return _too_much(namespace, properties)
        return ""

    def _candidates(
        self, properties: Properties
    ) -> tuple[list[Mapping[str, Features]], bool]:
        """Return machines that fit a label, and whether these are all it takes."""
        asked = self._asked(properties)
        parts = [self._machines.fitting(each, properties[each]) for each in asked]
        combined = [*islice(product(*parts), _MOST_MACHINES + 1)]
        complete = len(combined) <= _MOST_MACHINES and all(
            self._machines.are_all(each, properties[each]) for each in asked
        )
        chosen = combined[:_MOST_MACHINES]
        return [dict(zip(asked, each, strict=True)) for each in chosen], complete

    def _select(
        self, place: Place, properties: Properties, machine: Mapping[str, Features]
    ) -> str:
        """Return the label that is selected, and remember that it can be."""
        self._looks += self._looks_of_a_try
        offered = {**self._machines.static(properties), **machine}
        # What the machine lacks need not be ranked.
        rivals = {
            label: features
            for label, features in self._document.variants.items()
            if label in place.labels and offered.keys() >= features.keys()
        }
        document = dataclasses.replace(self._document, variants=rivals)
        supported = SupportedProperties({n: dict(f) for n, f in offered.items()})
        best = select(document, supported).best
        assert best is not None, "the label itself fits"
        self._reached.add(best)
        return best


_Kind = tuple[frozenset[tuple[str, str, frozenset[str]]], tuple[Place, ...]]


def _kind(properties: Properties, own: Iterable[Place]) -> _Kind:
    """Return what labels have in common that are tried on the same machines."""
    wanted = frozenset(
        (namespace, feature, frozenset(values))
        for namespace, features in properties.items()
        for feature, values in features.items()
    )
    return wanted, tuple(own)


def _too_much(namespace: str, properties: Properties) -> str:
    features = properties[namespace]
    if namespace == ABI_DEPENDENCY:
        return f"needs {needed_beside(features)} beside it, which no version fits"
    each = [needed(namespace, feature, values) for feature, values in features.items()]
    together = " at once" if len(each) > 1 else ""
    return f"needs {' and '.join(each)}{together}, and no machine has that"
