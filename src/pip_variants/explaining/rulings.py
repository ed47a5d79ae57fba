"""What pip would do with one file of a release, why, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..decisions import Decisions
from ..text import printable
from ..variantlib.abi_dependency import needed as needed_beside
from ..variantlib.builtin.words import needed
from ..variantlib.counterfactual import Unmet, rank_if_met, unmet
from ..variantlib.model import ABI_DEPENDENCY, Properties, SupportedProperties
from ..variantlib.selection import Reason
from .neighbours import Behind
from .survey import Offer

if TYPE_CHECKING:
    from ..choice import Choice
    from ..wishes import Wish

__all__ = ["Ruling", "described", "refused", "rejected"]

_HELPLESS = {
    Reason.UNLISTED_NAMESPACE,
    Reason.UNKNOWN,
    Reason.INVALID,
}
"""Reasons that no machine can change."""

_MOST_RANKED = 300
"""From more labels on, nobody tells the rank of each on another machine: that takes
time by the square of their number."""

_LONGEST = 10_000
"""A remedy may hold an option to type, which is of no use when it is cut."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What pip would do with one file, and why.

    :param source: the page or folder that it was found on.
    :param label: None for a wheel without one and for a source distribution.
    :param size: in bytes, None when nobody tells.
    :param rank: the place in the order in which pip would take the files of the
        release, from 1; None for a file that it would never take.
    :param reason: why not.
    :param gaps: the features of the label that are not met.
    :param remedy: what would change that.
    :param declared: the properties of the label, as far as the metadata was read.
    :param matched: those of them that the machine supports, best first.
    :param behind: the file before it and what decided, None without a rank and for
        the first one.
    """

    filename: str
    source: str
    label: str | None
    size: int | None
    rank: int | None
    reason: str = ""
    gaps: tuple[Unmet, ...] = ()
    remedy: str = ""
    declared: Properties = field(default_factory=dict)
    matched: Properties = field(default_factory=dict)
    behind: Behind | None = None


def described(ruling: Ruling, choices: Sequence[Choice]) -> Ruling:
    """Add the properties of the label, and which of them the machine supports.

    :param choices: what was decided about its release in its source.
    """
    for choice in choices if ruling.label is not None else ():
        assert ruling.label is not None
        declared = choice.declared(ruling.label)
        if declared:
            matched = _matched(declared, choice.supported)
            return replace(ruling, declared=declared, matched=matched)
    return ruling


def _matched(declared: Properties, supported: SupportedProperties) -> Properties:
    """Return what is supported of some properties, the best value first."""
    found: dict[str, dict[str, list[str]]] = {}
    for namespace, features in declared.items():
        for feature, values in features.items():
            offered = supported.values(namespace, feature)
            fitting = [value for value in offered if value in values]
            if fitting:
                found.setdefault(namespace, {})[feature] = fitting
    return found


def refused(
    ruling: Ruling,
    offer: Offer,
    decisions: Decisions,
    choices: Sequence[Choice],
    wish: Wish | None,
) -> Ruling:
    """Say why a file is not taken.

    :param choices: what was decided about its release.
    :param wish: what the user asked for.
    """
    if offer.refusal:
        return replace(ruling, reason=printable(offer.refusal))
    if ruling.label is not None and decisions.settings.no_variant:
        reason = "variant wheels are ignored"
        return replace(ruling, reason=reason, remedy="without --no-variant")
    if wish is not None and ruling.label not in wish.labels:
        return replace(ruling, reason=_other_labels(wish))
    for choice in choices:
        same_source = choice.release.source == ruling.source
        if same_source and ruling.label in choice.release.wheels:
            return rejected(ruling, choice, decisions)
    return replace(ruling, reason="pip does not consider it")


def rejected(ruling: Ruling, choice: Choice, decisions: Decisions) -> Ruling:
    """Say why the label of a file does not count here, and what would change that."""
    label = ruling.label
    assert label is not None
    verdict = choice.verdict(label)
    wish = choice.wish
    if verdict.reason is Reason.NOT_REQUESTED and wish is not None:
        return replace(ruling, reason=_other_labels(wish))
    reason = choice.reason(label)
    if verdict.reason is Reason.EXCLUDED:
        return replace(ruling, reason=reason)
    gaps = unmet(choice.declared(label), choice.supported)
    if verdict.reason in _HELPLESS or not gaps:
        remedy = "its publisher would have to mend the metadata"
        return replace(ruling, reason=reason, remedy=remedy)
    if choice.is_nobody_asked(verdict.namespace):
        # Another machine would get no other answer.
        remedy = printable(choice.remedy(verdict.namespace), _LONGEST)
    else:
        remedy = _remedy(gaps, label, choice, decisions)
    return replace(ruling, reason=reason, gaps=gaps, remedy=remedy)


def _other_labels(wish: Wish) -> str:
    verb = "is" if len(wish.labels) == 1 else "are"
    text = f"{', '.join(wish.labels)} {verb} asked for ({wish.place})"
    return printable(text)


def _remedy(
    gaps: Sequence[Unmet], label: str, choice: Choice, decisions: Decisions
) -> str:
    """Say on which machine the label would be taken."""
    document = choice.metadata.document
    assert document is not None
    settings = decisions.settings
    rank = None
    if len(document.variants) <= _MOST_RANKED:
        rank = rank_if_met(
            label,
            document,
            choice.supported,
            priorities=settings.priorities,
            exclude=settings.exclude,
        )
    where = printable(_where(gaps))
    if rank == 1:
        return f"would be taken {where}"
    return f"would be number {rank} {where}" if rank else f"would fit {where}"


def _where(gaps: Sequence[Unmet]) -> str:
    """Say what there would have to be: a machine, or other packages beside it."""
    beside = {g.feature: g.wanted for g in gaps if g.namespace == ABI_DEPENDENCY}
    machine = " and ".join(
        needed(gap.namespace, gap.feature, gap.wanted)
        for gap in gaps
        if gap.namespace != ABI_DEPENDENCY
    )
    places = [f"on a machine with {machine}"] if machine else []
    if beside:
        places.append(f"beside {needed_beside(beside)}")
    return ", ".join(places)
