"""Who decides among the variants of a release.

::

    release --MetadataReader--> document --Detector--> supported properties
            --select--> Selection = ranked labels + a verdict for every label

Loaded when the first labelled wheel is met; packages without variants never need it.
"""

from __future__ import annotations

from collections.abc import Sequence
from logging import getLogger

from .choice import Choice
from .machine import make_detector
from .release import Release
from .release_metadata import MetadataReader, ReleaseMetadata
from .settings import Settings
from .text import printable
from .variantlib.detection import Answer, Detector, Source
from .variantlib.metadata import VariantsJson
from .variantlib.model import SupportedProperties
from .variantlib.platform_file import any_of
from .variantlib.selection import Selection, select
from .wishes import Wish

__all__ = ["Decider"]

logger = getLogger(__name__)


class Decider:
    """Decides about releases and single wheels, for this machine."""

    def __init__(self, reader: MetadataReader, settings: Settings) -> None:
        """Prepare; nothing is fetched or detected yet."""
        self._reader = reader
        self._settings = settings
        self._detectors = [
            (name, make_detector(alone)) for name, alone in settings.each_machine()
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
            release, metadata, alone[0].selection, supported, answers, wish, alone=alone
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
        selection = self._select(document, supported, wish)
        machine = printable(name) or "this machine"
        return Choice(
            release,
            metadata,
            selection,
            supported,
            answers,
            wish,
            machine,
            self._excluded_by,
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
                if warning not in self._warned:
                    self._warned.add(warning)
                    logger.warning("%s", printable(warning))

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
