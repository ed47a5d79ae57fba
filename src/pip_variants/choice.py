"""The choice among the variants of each release, for one run of pip.

::

    release --MetadataReader--> document --Detector--> supported properties
            --select--> Selection = ranked labels + a verdict for every label

Each release of each source is decided once and remembered, so that reports, the check
of the downloaded wheel and later looks of the resolver see the same decision.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from logging import getLogger

from . import _pip
from .index_page import (
    MetadataLinks,
    MetadataReader,
    Release,
    ReleaseMetadata,
    identity,
    source_of,
)
from .requirements import Pins
from .settings import Settings
from .text import printable
from .variantlib.builtin.host import Host
from .variantlib.detection import Answer, Detector
from .variantlib.filename import label_of
from .variantlib.metadata import VariantsJson
from .variantlib.model import Properties, SupportedProperties
from .variantlib.selection import Reason, Selection, Verdict, select

__all__ = ["Choice", "Chooser"]

logger = getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was decided about one release in one source.

    :param selection: None when there is no usable metadata; *problem* says why.
    """

    release: Release
    metadata: ReleaseMetadata
    selection: Selection | None
    supported: SupportedProperties
    answers: tuple[Answer, ...]

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
                feature: tuple(
                    value
                    for value in sorted(values)
                    if value in self.supported.values(namespace, feature)
                )
                for feature, values in sorted(features.items())
            }
            for namespace, features in sorted(properties.items())
        }

    def declared(self, label: str) -> Properties:
        """Return all properties of *label*."""
        document = self.metadata.document
        return (document and document.properties(label)) or {}

    def note(self, namespace: str) -> str:
        """Return why a namespace offers nothing, empty when it offers something."""
        for answer in self.answers:
            if answer.namespace == namespace:
                return answer.note
        return ""


class Chooser:
    """Decides, remembers, and answers for one run."""

    def __init__(
        self, session: _pip.PipSession, settings: Settings, pins: Pins
    ) -> None:
        """Prepare; nothing is fetched or detected before a labelled wheel is met."""
        self.settings = settings
        self.links = MetadataLinks()
        self._pins = pins
        self._reader = MetadataReader(session, self.links)
        self._detector = Detector(
            _this_host(),
            _evaluate_marker,
            ask_machine=not settings.foreign_target,
        )
        self._choices: dict[tuple[str, str, str, frozenset[str]], Choice] = {}
        self._said: set[str] = set()
        self._taken: dict[tuple[str, str], str] = {}

    def choose(self, name: str, version: str, wheels: Sequence[_pip.Link]) -> Choice:
        """Decide about a release.

        :param wheels: its labelled wheels of one source that fit pip's own criteria,
            best first.
        """
        by_label: dict[str, _pip.Link] = {}
        for link in wheels:
            by_label.setdefault(label_of(link.filename) or "", link)
        source = source_of(wheels[0])
        key = (name, version, source, frozenset(by_label))
        if key not in self._choices:
            release = Release(name, version, source, by_label)
            self._choices[key] = self._judge(
                release, self._reader.read(release), self.labels_asked_for(name)
            )
        return self._choices[key]

    def _judge(
        self,
        release: Release,
        metadata: ReleaseMetadata,
        labels: Sequence[str] | None,
    ) -> Choice:
        document = metadata.document
        if document is None:
            nothing = SupportedProperties()
            return Choice(release, metadata, None, nothing, ())
        supported, answers = self._detector.supported(document)
        self._warn_of(answers)
        selection = select(document, supported, labels=labels)
        return Choice(release, metadata, selection, supported, answers)

    def judge_file(self, link: _pip.Link, document: VariantsJson) -> Choice:
        """Decide about a wheel that the user named by path or URL (R64)."""
        label = label_of(link.filename) or ""
        name, version = identity(*link.filename.split("-")[:2])
        release = Release(name, version, source_of(link), {label: link})
        choice = self._judge(release, ReleaseMetadata(document), None)
        key = (name, version, release.source, frozenset((label,)))
        self._choices[key] = choice
        return choice

    def _warn_of(self, answers: Sequence[Answer]) -> None:
        for answer in answers:
            for warning in answer.warnings:
                if self.is_first(warning):
                    logger.warning("%s", printable(warning))

    def is_first(self, text: str) -> bool:
        """Tell whether *text* is new in this run, for what is to be said once."""
        new = text not in self._said
        self._said.add(text)
        return new

    def take(self, choice: Choice, label: str) -> bool:
        """Note that a variant is taken; tell whether that is news."""
        key = (choice.release.name, choice.release.version)
        news = self._taken.get(key) != label
        self._taken[key] = label
        return news

    def taken(self, name: str, version: str) -> str | None:
        """Return the label that was taken for a version of a package."""
        return self._taken.get((_pip.canonicalize_name(name), version))

    def labels_asked_for(self, name: str) -> tuple[str, ...] | None:
        """Return the labels that the user asked for, None when the machine decides."""
        return self._pins.labels(name)

    def choice_of(self, link: _pip.Link) -> Choice | None:
        """Return the decision that a wheel was part of, None for one named directly."""
        name, version = identity(*link.filename.split("-")[:2])
        label = label_of(link.filename)
        for (project, decided, source, labels), choice in self._choices.items():
            if (project, decided, source) == (name, version, source_of(link)) and (
                label in labels
            ):
                return choice
        return None

    def choices(self, name: str) -> Mapping[str, list[Choice]]:
        """Return the decisions about a package by version, in the order made."""
        found: dict[str, list[Choice]] = {}
        for (project, version, *_), choice in self._choices.items():
            if project == name:
                found.setdefault(version, []).append(choice)
        return found


def _this_host() -> Host:
    return Host(platform.system(), platform.machine(), os.environ)


def _evaluate_marker(marker: str) -> bool:
    try:
        return _pip.Marker(marker).evaluate()
    except (_pip.InvalidMarker, KeyError) as error:
        raise ValueError(str(error)) from None
