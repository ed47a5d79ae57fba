"""Machines that a label may meet: few, and kind to it.

::

    static-properties   every machine supports all of it
    built-in provider   machines as they can be, and no more capable than needed
    another plugin      a machine that supports one value of each feature of the label
    abi_dependency      a version that fits, and nothing more exact

A machine that supports less of what other labels want, and the same of what this one
prefers, suits it at least as well: what fits the first fits the second, and ranks no
better there. So only the least capable ones are worth a try.

Sources: PEP 825, "Variant ordering"; R7, R41, R70, R97.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product

from ..._dialects import Dialect
from ...abi_dependency import fitting, newest_first
from ...builtin import builtin_of
from ...builtin.possible import Possible, possible, restrict, supports
from ...detection import words_dialect
from ...metadata import VariantsJson
from ...model import ABI_DEPENDENCY, Features
from ...priorities import put_first

__all__ = ["Machines", "Wanted", "preferred"]

Wanted = Mapping[str, Sequence[str]]
"""What a label wants of one namespace: feature -> values."""

_MOST_LOOKED_AT = 1_000
_MOST = 64
_LATER = "99999999"
"""A part of a version that no label names."""

_Key = tuple[tuple[str, tuple[str, ...]], ...]


class Machines:
    """The machines that the labels of one release may meet."""

    def __init__(self, document: VariantsJson) -> None:
        """Prepare.

        :param document: the combined metadata of the release.
        """
        self._document = document
        self._mentioned = _mentioned(document)
        self._known: dict[tuple[str, _Key], tuple[tuple[Features, ...], bool]] = {}
        self.made = 0
        """How many machines were looked at, which is what takes the time."""
        self._possible = {name: self._look_up(name) for name in self._mentioned}

    def possible(self, namespace: str) -> Possible | None:
        """Return what exists in a namespace; None when only a plugin could tell."""
        return self._possible.get(namespace)

    def _look_up(self, namespace: str) -> Possible | None:
        document = self._document
        provider = document.providers.get(namespace)
        if provider is None and document.names_providers:
            return None
        if provider is not None and provider.static_properties is not None:
            return None
        builtin = builtin_of(namespace, provider)
        if builtin is None:
            return None
        old = words_dialect(document, builtin) is Dialect.PYCON
        first = old and bool(builtin.first_generation_features)
        return possible(namespace, first_generation=first)

    def static(self, wanted: Iterable[str]) -> dict[str, Features]:
        """Return what every machine supports.

        :param wanted: the namespaces of the label; others may be switched off where
            their provider can be.
        """
        needed = set(wanted)
        return {
            namespace: self._ordered(namespace, provider.static_properties)
            for namespace, provider in self._document.providers.items()
            if provider.static_properties is not None
            if namespace in needed or not (provider.optional or provider.enable_if)
        }

    def fitting(self, namespace: str, wanted: Wanted) -> tuple[Features, ...]:
        """Return what machines support of a namespace that a label fits.

        :param wanted: of this namespace; it must not be one with static lists.
        """
        return self._fitting(namespace, wanted)[0]

    def are_all(self, namespace: str, wanted: Wanted) -> bool:
        """Tell whether :meth:`fitting` left no machine out for their number."""
        return self._fitting(namespace, wanted)[1]

    def _fitting(
        self, namespace: str, wanted: Wanted
    ) -> tuple[tuple[Features, ...], bool]:
        key = namespace, tuple((name, tuple(values)) for name, values in wanted.items())
        if key not in self._known:
            found = [*islice(self._make(namespace, wanted), _MOST_LOOKED_AT + 1)]
            self.made += len(found)
            least = _least(found[:_MOST_LOOKED_AT], wanted)
            complete = len(found) <= _MOST_LOOKED_AT and len(least) <= _MOST
            self._known[key] = tuple(least[:_MOST]), complete
        return self._known[key]

    def _make(self, namespace: str, wanted: Wanted) -> Iterator[Features]:
        mentioned = self._mentioned.get(namespace, {})
        if namespace == ABI_DEPENDENCY:
            return _beside(wanted, mentioned)
        known = self.possible(namespace)
        if known is None:
            # None of them does more than another.
            return islice(_one_of_each(wanted), _MOST + 1)
        return (
            self._ordered(namespace, restrict(machine, mentioned))
            for machine in known.machines_with(wanted, mentioned)
        )

    def _ordered(self, namespace: str, features: Features) -> Features:
        """Put first what the publisher of an old dialect does."""
        order = self._document.value_order
        if not order:
            return features
        return tuple(
            (name, tuple(put_first(order.get((namespace, name), ()), values)))
            for name, values in features
        )


def _mentioned(document: VariantsJson) -> dict[str, dict[str, set[str]]]:
    """Return all values that labels name: namespace -> feature -> values."""
    found: dict[str, dict[str, set[str]]] = {}
    for properties in document.variants.values():
        for namespace, features in properties.items():
            known = found.setdefault(namespace, {})
            for feature, values in features.items():
                known.setdefault(feature, set()).update(values)
    return found


def _one_of_each(wanted: Wanted) -> Iterator[Features]:
    """Yield machines that nothing is known of, but that they suit the label."""
    for values in product(*wanted.values()):
        yield tuple((name, (v,)) for name, v in zip(wanted, values, strict=True))


def _beside(wanted: Wanted, mentioned: Mapping[str, set[str]]) -> Iterator[Features]:
    """Yield distributions beside the wheel, of versions that nothing else names."""
    for values in product(*wanted.values()):
        machine = tuple(
            (name, fitting(newest_first(mentioned[name]), f"{value}.{_LATER}"))
            for name, value in zip(wanted, values, strict=True)
        )
        if supports(machine, wanted):
            yield machine


def preferred(machine: Features, wanted: Wanted) -> tuple[str, ...]:
    """Return the best value of each feature that a label wants (R41).

    >>> preferred((("level", ("v3", "v2", "v1")),), {"level": ["v1", "v2"]})
    ('v2',)

    :param machine: one that the label fits.
    """
    offered = dict(machine)
    return tuple(
        next(value for value in offered[feature] if value in values)
        for feature, values in wanted.items()
    )


def _least(machines: Iterable[Features], wanted: Wanted) -> list[Features]:
    """Leave out machines that do more than another, and prefer the same."""
    kinds: dict[tuple[str, ...], list[tuple[frozenset[object], Features]]] = {}
    for machine in dict.fromkeys(machines):
        parts = frozenset((name, value) for name, vs in machine for value in vs)
        kind = kinds.setdefault(preferred(machine, wanted), [])
        if any(smaller <= parts for smaller, _ in kind):
            continue
        kind[:] = [each for each in kind if not parts <= each[0]]
        kind.append((parts, machine))
    return [machine for kind in kinds.values() for _, machine in kind]
