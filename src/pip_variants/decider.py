"""Who decides among the variants of a release.

::

    release --MetadataReader--> document --Detector--> supported properties
            --select--> Selection = ranked labels + a verdict for every label

Loaded when the first labelled wheel is met; packages without variants never need it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from logging import getLogger
from typing import TYPE_CHECKING

from .choice import Choice
from .machine import Machine
from .release import Release, identity
from .release_metadata import MetadataReader, ReleaseMetadata
from .settings import Settings
from .text import printable
from .variantlib.detection import Answer, Detector, Source
from .variantlib.metadata import VariantsJson
from .variantlib.model import ABI_DEPENDENCY, SupportedProperties
from .variantlib.platform_file import any_of
from .variantlib.selection import Selection, select
from .wishes import Wish

if TYPE_CHECKING:
    from .picks import Picks

__all__ = ["Decider"]

logger = getLogger(__name__)

_LONGEST_NOTE = 10_000
"""It may hold an option to type, which is of no use when it is cut."""


class Decider:
    """Decides about releases and single wheels, for this machine."""

    def __init__(
        self,
        reader: MetadataReader,
        settings: Settings,
        picks: Callable[[], Picks],
    ) -> None:
        """Prepare; nothing is fetched or detected yet.

        :param picks: returns who knows what there will be beside a wheel.
        """
        self._reader = reader
        self._picks = picks
        self._settings = settings
        machine = Machine(settings)
        self._detectors = [
            (name, machine.detector(alone)) for name, alone in settings.each_machine()
        ]
        self._excluded_by = settings.places.get("variant-exclude", "")
        self._warned: set[str] = set()
        self._forced_names: set[str] = set()

    def decide(self, release: Release, wish: Wish | None) -> Choice:
        """Decide about a release; fetches its metadata.

        :param wish: what the user asked for, None when the machine decides.
        """
        return self.decide_by(self._reader.read(release), release, wish)

    def decide_by(
        self, metadata: ReleaseMetadata, release: Release, wish: Wish | None = None
    ) -> Choice:
        """Decide about a release whose metadata is at hand."""
        document = metadata.document
        if document is None:
            return Choice(release, metadata, None, SupportedProperties(), (), wish)
        if wish is not None and wish.forced:
            supported = self._forced(document, wish, release)
            selection = self._select(document, supported, wish)
            return Choice(
                release,
                metadata,
                selection,
                supported,
                (),
                wish,
                excluded_by=self._excluded_by,
            )
        alone = tuple(
            self._alone(metadata, document, release, wish, name, detector)
            for name, detector in self._detectors
        )
        if len(alone) == 1:
            return alone[0]
        supported = any_of(choice.supported for choice in alone)
        answers = tuple(dict.fromkeys(a for each in alone for a in each.answers))
        return Choice(
            release,
            metadata,
            alone[0].selection,
            supported,
            answers,
            wish,
            alone=alone,
            picks=alone[0].picks,
            possible=_in_all([choice.possible for choice in alone]),
        )

    def _alone(
        self,
        metadata: ReleaseMetadata,
        document: VariantsJson,
        release: Release,
        wish: Wish | None,
        name: str,
        detector: Detector,
    ) -> Choice:
        """Decide for one of several machines, or for the only one."""
        supported, answers = detector.supported(document)
        self._warn_of(answers)
        self._note_other_machine(release, answers)
        self._note_mixture(name, answers)
        self._note_nobody(release, document, answers)
        machine = printable(name) or "this machine"
        choice = Choice(
            release,
            metadata,
            None,
            supported,
            answers,
            wish,
            machine,
            self._excluded_by,
        )
        if ABI_DEPENDENCY in document.used_namespaces:
            return self._beside(choice, document)
        return replace(choice, selection=self._select(document, supported, wish))

    def _beside(self, choice: Choice, document: VariantsJson) -> Choice:
        """Decide about labels that ask for other distributions (R95, R97)."""
        from .abi import look_beside

        release = choice.release
        beside = look_beside(
            document, self._picks(), identity(release.name, release.version)
        )
        supported = beside.added_to(choice.supported)
        possible: tuple[str, ...] = ()
        if beside.possible:
            anywhere = beside.possible_on(choice.supported)
            possible = self._select(document, anywhere, choice.wish).ranked
        return replace(
            choice,
            selection=self._select(document, supported, choice.wish),
            supported=supported,
            answers=(*choice.answers, beside.answer),
            picks=beside.picks,
            possible=possible,
        )

    def lockable(self, document: VariantsJson, wish: Wish | None) -> tuple[str, ...]:
        """Return the labels that some machine may choose, for a lock file."""
        every = any_of(map(SupportedProperties, document.variants.values()))
        return self._select(document, every, wish).ranked

    def _select(
        self,
        document: VariantsJson,
        supported: SupportedProperties,
        wish: Wish | None,
    ) -> Selection:
        return select(
            document,
            supported,
            priorities=self._settings.priorities,
            exclude=self._settings.exclude,
            labels=None if wish is None else wish.labels,
        )

    def _forced(
        self, document: VariantsJson, wish: Wish, release: Release
    ) -> SupportedProperties:
        """Count the properties of a forced label as supported; ask nobody."""
        (label,) = wish.labels
        properties = document.properties(label) or {}
        if label in release.wheels and release.name not in self._forced_names:
            self._forced_names.add(release.name)
            logger.warning(
                "Variant %s of %s is forced (%s): nobody asks whether this machine "
                "supports it",
                label,
                release.name,
                wish.place,
            )
        return SupportedProperties(properties)

    def _warn_of(self, answers: Sequence[Answer]) -> None:
        """Pass on what providers complain about, once."""
        for answer in answers:
            for warning in answer.warnings:
                if warning in self._warned:
                    continue
                self._warned.add(warning)
                hint = ""
                if answer.source in (Source.PLUGIN, Source.TRUSTED):
                    hint = (
                        f". 'pip variant providers debug {answer.namespace}' tells more"
                    )
                logger.warning("%s%s", printable(warning), hint)

    def _note_nobody(
        self, release: Release, document: VariantsJson, answers: Sequence[Answer]
    ) -> None:
        """Say once for each namespace why its provider is not asked, and what helps."""
        for answer in answers:
            if answer.source is not Source.NOBODY:
                continue
            text = "; ".join(filter(None, (answer.note, answer.remedy)))
            if answer.namespace in document.providers and text not in self._warned:
                self._warned.add(text)
                logger.info(
                    "Variants of %s are left out: %s",
                    release.name,
                    printable(text, _LONGEST_NOTE),
                )

    def _note_mixture(self, name: str, answers: Sequence[Answer]) -> None:
        """Warn once that this machine speaks for the one that a file describes."""
        asked = [a.namespace for a in answers if a.source is Source.BUILTIN]
        text = f"{name}: {asked}"
        if name and asked and text not in self._warned:
            self._warned.add(text)
            logger.warning(
                "%s says nothing of %s, so this machine was asked about it; "
                "'pip variant platform --json' there writes a file that says all",
                printable(name),
                ", ".join(asked),
            )

    @staticmethod
    def _note_other_machine(release: Release, answers: Sequence[Answer]) -> None:
        """Say that variants are left out because nobody knows the machine (E39)."""
        left_out = [a.namespace for a in answers if a.source is Source.OTHER_MACHINE]
        if left_out:
            logger.warning(
                "The wheels are for another machine, so the variants of %s %s that "
                "depend on %s are left out",
                release.name,
                release.version,
                ", ".join(left_out),
            )


def _in_all(lists: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    first, *others = lists
    return tuple(label for label in first if all(label in each for each in others))
