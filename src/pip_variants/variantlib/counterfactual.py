"""What would have to be different for a label to be taken.

::

    label that does not fit --> the features that are not met
                            --> its rank on a machine that meets them, too
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .metadata import VariantsJson
from .model import Label, Properties, SupportedProperties
from .selection import select

__all__ = ["Unmet", "rank_if_met", "unmet"]

_CPUS = frozenset({"x86_64", "aarch64"})
"""A machine has one of these."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """A feature of a label of which the machine supports no value."""

    namespace: str
    feature: str
    wanted: tuple[str, ...]
    offered: tuple[str, ...]


def unmet(properties: Properties, supported: SupportedProperties) -> tuple[Unmet, ...]:
    """Return every feature that keeps a label from being compatible.

    >>> machine = SupportedProperties({"x86_64": {"level": ["v2", "v1"]}})
    >>> unmet({"x86_64": {"level": ["v3"]}}, machine)[0].offered
    ('v2', 'v1')
    """
    return tuple(
        Unmet(namespace, feature, tuple(values), offered)
        for namespace, features in sorted(properties.items())
        for feature, values in sorted(features.items())
        if not set(offered := supported.values(namespace, feature)) & set(values)
    )


def rank_if_met(
    label: str,
    variants_json: VariantsJson,
    supported: SupportedProperties,
    *,
    priorities: Iterable[str] = (),
    exclude: Iterable[str] = (),
) -> int | None:
    """Return the rank, from 1, of *label* on a machine that also met its features.

    What is added counts as better than what the machine has: newer drivers and CPUs
    put their newest value first. None when the label could not be taken even then.
    """
    properties = variants_json.properties(label)
    if properties is None:
        return None
    selection = select(
        variants_json,
        _machine_with(properties, supported),
        priorities=priorities,
        exclude=exclude,
    )
    ranks = {each: rank for rank, each in enumerate(selection.ranked, 1)}
    return ranks.get(Label(label))


def _machine_with(
    properties: Properties, supported: SupportedProperties
) -> SupportedProperties:
    machine = supported.to_dict()
    for gap in unmet(properties, supported):
        features = machine.setdefault(gap.namespace, {})
        features[gap.feature] = [*gap.wanted, *features.get(gap.feature, ())]
    cpus = _CPUS & properties.keys()
    for other in _CPUS - cpus if cpus else ():
        machine.pop(other, None)
    return SupportedProperties(machine)
