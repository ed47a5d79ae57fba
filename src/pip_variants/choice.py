"""What was decided about the variants of one release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from .installed import InstalledVariant
from .release import Release
from .release_metadata import ReleaseMetadata
from .text import printable
from .variantlib.answer import NOTHING, OPTIONAL, Answer, Source
from .variantlib.builtin.words import needed, needs
from .variantlib.model import ABI_DEPENDENCY, Properties, SupportedProperties
from .variantlib.platform_file import any_of
from .variantlib.selection import Reason, Selection, Verdict
from .wishes import Wish

if TYPE_CHECKING:
    from .beside.picks import Pick

__all__ = ["Choice"]

_UNMET = (
    Reason.UNSUPPORTED_NAMESPACE,
    Reason.UNSUPPORTED_FEATURE,
    Reason.UNSUPPORTED_VALUE,
)


_MOST_OTHERS = 100
"""pip fetches the metadata of each wheel that it tries."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was decided about one release in one source.

    :param wish: what the user asked for, None when the machine decided.
    :param selection: None when there is no usable metadata; *problem* says why.
    :param machine: which one was asked, for messages.
    :param excluded_by: where exclusions were written.
    :param alone: the decisions for each of several machines; then a label has to fit
        all of them, and *supported* is what any of them supports.
    :param picks: the distributions that labels ask for, as they were picked.
    :param possible: the labels that fit, also with other versions of these, best
        first; empty when the versions are final.
    """

    release: Release
    metadata: ReleaseMetadata
    selection: Selection | None
    supported: SupportedProperties
    answers: tuple[Answer, ...]
    wish: Wish | None = None
    machine: str = "this machine"
    excluded_by: str = ""
    alone: tuple[Choice, ...] = ()
    picks: tuple[Pick, ...] = ()
    possible: tuple[str, ...] = ()

    @classmethod
    def of_all(cls, alone: tuple[Choice, ...]) -> Choice:
        """Unite the decisions for each of several machines about one release."""
        first = alone[0]
        return cls(
            first.release,
            first.metadata,
            first.selection,
            any_of(each.supported for each in alone),
            tuple(dict.fromkeys(a for each in alone for a in each.answers)),
            first.wish,
            alone=alone,
            picks=first.picks,
            possible=_in_all(each.possible for each in alone),
        )

    @property
    def ranked(self) -> tuple[str, ...]:
        """The compatible labels that have a wheel here, best first."""
        if self.alone:
            return _in_all(choice.ranked for choice in self.alone)
        if self.selection is None:
            return ()
        wheels = self.release.wheels
        return tuple(label for label in self.selection.ranked if label in wheels)

    @property
    def others(self) -> tuple[str, ...]:
        """The labels that fit if pip picks other versions than so far, best first."""
        if not self.possible:
            return ()
        ranked, wheels = set(self.ranked), self.release.wheels
        others = (
            label for label in self.possible if label in wheels and label not in ranked
        )
        return tuple(islice(others, _MOST_OTHERS))

    def verdict(self, label: str) -> Verdict:
        """Return the verdict on the wheels of *label*.

        While pip may still pick other versions, a label that would fit these does.
        """
        if label in self.possible:
            return Verdict(label, Reason.COMPATIBLE)
        if self.alone:
            return self._deciding(label).verdict(label)
        if self.selection is None:
            return Verdict(label, Reason.INVALID, detail=self.metadata.problem)
        return self.selection.verdict(label)

    def matched(self, label: str) -> Properties:
        """Return the properties of *label* that this machine supports.

        All that it asks of other distributions, while their versions are not final.
        """
        properties = self.declared(label)
        if label in self.others:
            return {**self._matched(properties), **_beside(properties)}
        return self._matched(properties)

    def _matched(self, properties: Properties) -> Properties:
        return {
            namespace: {
                feature: sorted(
                    set(values).intersection(self.supported.values(namespace, feature))
                )
                for feature, values in sorted(features.items())
            }
            for namespace, features in sorted(properties.items())
        }

    def declared(self, label: str) -> Properties:
        """Return all properties of *label*."""
        document = self.metadata.document
        return (document and document.properties(label)) or {}

    def outcome(self, label: str) -> InstalledVariant:
        """Return what will be known of *label* once it is installed."""
        forced = self.wish is not None and self.wish.forced
        return InstalledVariant(
            label, self.declared(label), self.matched(label), forced
        )

    def reason(self, label: str) -> str:
        """Say why *label* is not taken, and what is known about that."""
        if self.alone:
            return self._deciding(label).reason(label)
        verdict = self.verdict(label)
        machine = self.asked(verdict.namespace)
        if verdict.namespace == ABI_DEPENDENCY and verdict.reason in _UNMET:
            return printable(self._unfit_beside(verdict))
        if verdict.reason is Reason.EXCLUDED and self.excluded_by:
            text = f"excluded ({self.excluded_by})"
        elif verdict.reason not in _UNMET:
            text = verdict.explain(machine)
        else:
            unmet = verdict.namespace, verdict.feature, verdict.wanted
            text = needs(*unmet, self.supported, machine)
        note = self.note(verdict.namespace)
        if note in ("", NOTHING) or verdict.reason is not Reason.UNSUPPORTED_NAMESPACE:
            return printable(text)
        if self._source(verdict.namespace) is Source.NOBODY:
            # What the machine offers is not known.
            wanted = needed(verdict.namespace, verdict.feature, verdict.wanted)
            return printable(f"needs {wanted}; {note}")
        return printable(f"{text} ({note})")

    def _unfit_beside(self, verdict: Verdict) -> str:
        """Say which distribution of which version a label needs, and what there is."""
        from .beside.matching import misfit
        from .variantlib.abi_dependency import distribution_name

        name = distribution_name(verdict.feature)
        found = next((pick for pick in self.picks if pick.name == name), None)
        return misfit(verdict.feature, verdict.wanted, found)

    def asked(self, namespace: str) -> str:
        """Return who was asked for the properties of a namespace, for messages."""
        source = self._source(namespace)
        if source is Source.OTHER_MACHINE:
            return "the other machine"
        return self.machine if source is Source.PLATFORM_FILE else "this machine"

    def is_nobody_asked(self, namespace: str) -> bool:
        """Tell whether nobody may or can answer for a namespace."""
        return self._source(namespace) in (Source.NOBODY, Source.DISABLED)

    def remedy(self, namespace: str) -> str:
        """Return what the user may do so that somebody answers for a namespace."""
        answer = self._answer_for(namespace)
        if answer is not None and answer.note == OPTIONAL:
            return f"to have it asked, add --variant-optional-providers {namespace}"
        return "" if answer is None else answer.remedy

    def note(self, namespace: str) -> str:
        """Return why a namespace offers nothing, empty when it offers something."""
        answer = self._answer_for(namespace)
        return "" if answer is None else answer.note

    def _source(self, namespace: str) -> Source | None:
        answer = self._answer_for(namespace)
        return None if answer is None else answer.source

    def _answer_for(self, namespace: str) -> Answer | None:
        answers = (each for each in self.answers if each.namespace == namespace)
        return next(answers, None)

    def _deciding(self, label: str) -> Choice:
        """Return the decision for the first machine that a label does not fit."""
        unfit = (each for each in self.alone if not each.verdict(label).compatible)
        return next(unfit, self.alone[0])


def _in_all(lists: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return what stands in all of several lists, in the order of the first."""
    first, *others = lists
    return tuple(label for label in first if all(label in each for each in others))


def _beside(properties: Properties) -> Properties:
    return {ABI_DEPENDENCY: dict(properties.get(ABI_DEPENDENCY, {}))}
