"""What was decided about the variants of one release."""

from __future__ import annotations

from dataclasses import dataclass

from .installed import InstalledVariant
from .release import Release
from .release_metadata import ReleaseMetadata
from .variantlib.detection import Answer, Source
from .variantlib.model import Properties, SupportedProperties
from .variantlib.selection import Reason, Selection, Verdict
from .wishes import Wish

__all__ = ["Choice"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What was decided about one release in one source.

    :param wish: what the user asked for, None when the machine decided.
    :param selection: None when there is no usable metadata; *problem* says why.
    """

    release: Release
    metadata: ReleaseMetadata
    selection: Selection | None
    supported: SupportedProperties
    answers: tuple[Answer, ...]
    wish: Wish | None = None

    @property
    def ranked(self) -> tuple[str, ...]:
        """The compatible labels that have a wheel here, best first."""
        if self.selection is None:
            return ()
        wheels = self.release.wheels
        return tuple(label for label in self.selection.ranked if label in wheels)

    def verdict(self, label: str) -> Verdict:
        """Return the verdict on the wheels of *label*."""
        if self.selection is None:
            return Verdict(label, Reason.INVALID, detail=self.metadata.problem)
        return self.selection.verdict(label)

    def matched(self, label: str) -> Properties:
        """Return the properties of *label* that this machine supports."""
        properties = self.declared(label)
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

    def machine(self, namespace: str) -> str:
        """Return who was asked for the properties of a namespace, for messages."""
        for answer in self.answers:
            if answer.namespace == namespace:
                if answer.source is Source.PLATFORM_FILE:
                    return "the platform file"
                if answer.source is Source.OTHER_MACHINE:
                    return "the other machine"
        return "this machine"

    def note(self, namespace: str) -> str:
        """Return why a namespace offers nothing, empty when it offers something."""
        for answer in self.answers:
            if answer.namespace == namespace:
                return answer.note
        return ""
