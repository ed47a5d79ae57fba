"""What the built-in providers can say on any machine, not only on this one.

::

    possible("x86_64") --> which features and values exist
                       --> machines that support some of them, and little else

The machines come from the same functions that describe the real ones, so that order
and contents cannot part from them. Only who publishes needs this: it is imported late.

Source: PROVIDERS 1.1 to 1.5, "All-values lists".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from ..model import Features

__all__ = ["Features", "Mentioned", "Possible", "possible", "restrict", "supports"]

"""Features and their values, both most preferred first."""

Mentioned = Mapping[str, Collection[str]]
"""Feature -> values."""

_MODULES = {
    "nvidia": "possible_gpus",
    "amd": "possible_gpus",
    "intel": "possible_gpus",
    "x86_64": "possible_cpus",
    "aarch64": "possible_cpus",
}


@dataclass(frozen=True, slots=True, eq=False)
class Possible:
    """What exists in the namespace of a built-in provider.

    >>> cpus = possible("x86_64")
    >>> cpus.has("avx2", "on"), cpus.has("avx2", "off")
    (True, False)
    >>> [dict(found)["level"] for found in cpus.machines_with({"level": ["v2"]})]
    [('v2', 'v1')]
    """

    namespace: str
    features: Features
    """All features, with the values that are worth naming."""
    multi_value: frozenset[str]
    """The features of which a wheel may list several values (R90)."""
    is_value: Callable[[str, str], bool]
    """Tells whether a feature that exists has a value; some have no last one."""
    machines: Callable[[Mentioned, Mentioned], Iterator[Features]]
    """Makes candidates for :meth:`machines_with`."""
    source: str = "the built-in provider"
    static: None = None
    """Never do all machines support the same."""

    def has_feature(self, feature: str) -> bool:
        """Tell whether there is such a feature."""
        return any(name == feature for name, _ in self.features)

    def has(self, feature: str, value: str) -> bool:
        """Tell whether there is such a value."""
        return self.has_feature(feature) and self.is_value(feature, value)

    def machines_with(
        self, wanted: Mentioned, mentioned: Mentioned | None = None
    ) -> Iterator[Features]:
        """Yield machines that support at least one value of each feature.

        For every machine that does so, one is yielded that supports no more of what
        is mentioned and prefers the same of what is wanted; few support much else.

        :param wanted: what the machines have to support.
        :param mentioned: which values matter; where machines differ in others only,
            one of them is enough. By default, those wanted.
        """
        for machine in self.machines(
            wanted, wanted if mentioned is None else mentioned
        ):
            if supports(machine, wanted):
                yield machine


def supports(machine: Features, wanted: Mentioned) -> bool:
    """Tell whether a machine has at least one value of each feature."""
    offered = dict(machine)
    return all(
        not set(offered.get(feature, ())).isdisjoint(values)
        for feature, values in wanted.items()
    )


def restrict(machine: Features, mentioned: Mentioned) -> Features:
    """Leave out what is not mentioned.

    >>> restrict((("level", ("v3", "v2", "v1")), ("avx", ("on",))), {"level": ["v2"]})
    (('level', ('v2',)),)
    """
    kept = (
        (name, tuple(value for value in values if value in mentioned.get(name, ())))
        for name, values in machine
    )
    return tuple((name, values) for name, values in kept if values)


@cache
def possible(namespace: str, *, first_generation: bool = False) -> Possible:
    """Return what exists in the namespace of a built-in provider.

    :param first_generation: for metadata of May 2025, where ``nvidia`` had other
        features.
    :raises KeyError: when no built-in provider answers for it.
    """
    module = import_module(f".{_MODULES[namespace]}", __package__)
    table = module.FIRST_GENERATION if first_generation else module.POSSIBLE
    found: Possible = table[namespace]
    return found
