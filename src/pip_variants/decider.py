"""Who decides among the variants of a release.

::

    release --MetadataReader--> document --Detector--> supported properties
            --select--> Selection = ranked labels + a verdict for every label

Loaded when the first labelled wheel is met; packages without variants never need it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from .choice import Choice
from .notes import Notes
from .release import Release, identity
from .release_metadata import MetadataReader, ReleaseMetadata
from .settings import Settings
from .text import printable
from .variantlib.detection import Detector
from .variantlib.metadata import VariantsJson
from .variantlib.model import ABI_DEPENDENCY, SupportedProperties
from .variantlib.platform_file import any_of
from .variantlib.selection import Selection, select
from .wishes import Wish

if TYPE_CHECKING:
    from .beside.picks import Picks
    from .machine import Machine

__all__ = ["Decider"]


class Decider:
    """Decides about releases and single wheels, for this machine."""

    def __init__(
        self,
        reader: MetadataReader,
        settings: Settings,
        machine: Machine,
        picks: Callable[[], Picks],
        is_first: Callable[[str], bool],
    ) -> None:
        """Prepare; nothing is fetched or detected yet.

        :param machine: the one to ask.
        :param picks: returns who knows what there will be beside a wheel.
        :param is_first: tells whether a text is new, for what is to be said once.
        """
        self._reader = reader
        self._picks = picks
        self._settings = settings
        self._notes = Notes(is_first)
        self._detectors = [
            (name, machine.detector(alone)) for name, alone in settings.each_machine()
        ]
        self._excluded_by = settings.places.get("variant-exclude", "")

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
            return self._forced(metadata, document, release, wish)
        alone = tuple(
            self._alone(metadata, document, release, wish, name, detector)
            for name, detector in self._detectors
        )
        return alone[0] if len(alone) == 1 else Choice.of_all(alone)

    def _forced(
        self,
        metadata: ReleaseMetadata,
        document: VariantsJson,
        release: Release,
        wish: Wish,
    ) -> Choice:
        """Count the properties of a forced label as supported; ask nobody."""
        (label,) = wish.labels
        if label in release.wheels:
            self._notes.of_forced(release, label, wish)
        supported = SupportedProperties(document.properties(label) or {})
        return Choice(
            release,
            metadata,
            self._select(document, supported, wish),
            supported,
            (),
            wish,
            excluded_by=self._excluded_by,
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
        self._notes.of_answers(name, release, document, answers)
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
        from .beside.matching import look_beside

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
