"""The namespace ``abi_dependency`` in a decision: what is supported of it, and why not.

Its values stand for versions of distributions beside the wheel, so that no provider
answers for it, and no platform file: :class:`~.picks.Picks` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..variantlib.abi_dependency import (
    distribution_name,
    fits,
    fitting,
    needed,
    used_values,
)
from ..variantlib.answer import Answer, Source
from ..variantlib.metadata import VariantsJson
from ..variantlib.model import ABI_DEPENDENCY, Properties, SupportedProperties
from .picks import Pick, Picks

__all__ = ["Beside", "first_misfit", "look_beside", "misfit", "unfit_beside"]


@dataclass(frozen=True, slots=True)
class Beside:
    """What there will be beside the wheels of a release.

    :param picks: the distributions that its labels ask for.
    :param answer: which values fit these, best first.
    :param possible: which values would fit other versions of them, too.
    """

    picks: tuple[Pick, ...]
    answer: Answer
    possible: tuple[tuple[str, tuple[str, ...]], ...]

    def added_to(self, machine: SupportedProperties) -> SupportedProperties:
        """Return what is supported on a machine with these distributions."""
        return _with(machine, self.answer.features)

    def possible_on(self, machine: SupportedProperties) -> SupportedProperties:
        """Return what is supported on a machine that may get other versions."""
        return _with(machine, self.possible)


def look_beside(
    document: VariantsJson, picks: Picks, release: tuple[str, str]
) -> Beside:
    """Match what the labels of a release ask for.

    :param release: its name and version.
    """
    used = used_values(document.variants.values())
    found = {feature: picks.of(feature) for feature in used}
    features = tuple(
        (feature, supported)
        for feature, values in used.items()
        if (supported := fitting(values, found[feature].version))
    )
    possible = tuple(
        (feature, values)
        for feature, values in used.items()
        if picks.undecided and not picks.bars(release, feature)
    )
    note = "" if features else "; ".join(map(str, found.values()))
    answer = Answer(ABI_DEPENDENCY, Source.RESOLVER, features, note=note)
    united = _united(features, possible) if possible else ()
    return Beside(tuple(found.values()), answer, united)


def first_misfit(properties: Properties, picks: Picks) -> tuple[str, Pick] | None:
    """Return the first distribution that a label does not fit, None when it fits all.

    The feature comes with what there is of it.
    """
    for feature, values in properties.get(ABI_DEPENDENCY, {}).items():
        pick = picks.of(feature)
        if pick.version is None or not any(fits(v, pick.version) for v in values):
            return feature, pick
    return None


def unfit_beside(properties: Properties, picks: Picks) -> str:
    """Say what a label needs of the first distribution that it does not fit.

    Empty when it fits all.
    """
    found = first_misfit(properties, picks)
    if found is None:
        return ""
    feature, pick = found
    return misfit(feature, properties[ABI_DEPENDENCY][feature], pick)


def misfit(feature: str, values: Sequence[str], pick: Pick | None) -> str:
    """Say what is needed of a distribution, and what there is of it.

    :param values: any of them would do.
    :param pick: None where nothing is known of it.
    """
    has = pick or f"{distribution_name(feature)} cannot be had"
    return f"needs {needed({feature: values})}; {has}"


def _united(
    *tables: Iterable[tuple[str, tuple[str, ...]]],
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    united: dict[str, tuple[str, ...]] = {}
    for table in tables:
        for feature, values in table:
            united[feature] = tuple(dict.fromkeys((*united.get(feature, ()), *values)))
    return tuple(united.items())


def _with(
    machine: SupportedProperties, features: Iterable[tuple[str, tuple[str, ...]]]
) -> SupportedProperties:
    every = machine.to_dict()
    return SupportedProperties({**every, ABI_DEPENDENCY: dict(features)})
