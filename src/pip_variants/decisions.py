"""What one run of pip knows about variants: settings, links, decisions.

Each release of each source is decided once and remembered, so that reports, the check
of the downloaded wheel and later looks of the resolver see the same decision. The
machinery that decides is loaded when the first labelled wheel is met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from . import _pip
from .index_page import MetadataLinks
from .release import Release, identity, source_of
from .requirements import Pins
from .settings import Settings
from .text import printable
from .variantlib.collector import collector_paused
from .variantlib.filename import label_of
from .wishes import Wish, Wishes, combine

if TYPE_CHECKING:
    from .beside.picks import Picks
    from .choice import Choice
    from .decider import Decider
    from .machine import Machine
    from .release_metadata import MetadataReader, ReleaseMetadata
    from .variantlib.metadata import VariantsJson

__all__ = ["Decisions"]


class Decisions:
    """Asks for decisions, remembers them, and answers for one run."""

    def __init__(
        self, session: _pip.PipSession, settings: Settings, pins: Pins
    ) -> None:
        """Prepare; nothing is fetched or detected before a labelled wheel is met."""
        self.settings = settings
        self.wishes = Wishes(pins.wish, settings.wishes, settings.forced)
        self.links = MetadataLinks()
        self._session = session
        self._pins = pins
        self._choices: dict[tuple[str, str, str, frozenset[str]], Choice] = {}
        self._locked: dict[tuple[str, str], Choice] = {}
        self._locked_links: dict[str, Sequence[_pip.Link]] = {}
        self._said: set[str] = set()
        self._taken: dict[tuple[str, str], str] = {}
        self._expected: Callable[[], Picks] | None = None
        self._picks: Picks | None = None

    @cached_property
    def _decider(self) -> Decider:
        with collector_paused():
            from .decider import Decider

            return Decider(
                self.reader,
                self.settings,
                self.machine,
                picks=lambda: self.picks,
                is_first=self.is_first,
            )

    @cached_property
    def machine(self) -> Machine:
        """Whom this run asks: one for all, so that each provider is asked once.

        Made when it is needed: the settings may change until something is decided.
        """
        from .machine import Machine

        return Machine(self.settings)

    @property
    def picks(self) -> Picks:
        """Who knows which versions there will be beside a wheel."""
        if self._picks is None:
            self._picks = self._find_picks()
        return self._picks

    def _find_picks(self) -> Picks:
        from .beside.picks import InstalledPicks, Picks

        if self._expected is not None:
            return self._expected()
        # Of another machine nobody knows what is installed there.
        return Picks() if self.settings.foreign_target else InstalledPicks()

    def expect(self, picks: Callable[[], Picks]) -> None:
        """Let somebody else know what there will be, who is asked for when needed."""
        self._expected = picks
        self._picks = None

    @property
    def depends_on_picks(self) -> bool:
        """Whether a label was met that depends on the version of a distribution."""
        return any(choice.picks for choice in self._choices.values())

    def reconsider(self, picks: Picks) -> None:
        """Decide anew where it depends on the versions of distributions."""
        self._picks = picks
        for choices in (self._choices, self._locked):
            for key, choice in [*choices.items()]:
                if choice.picks:
                    again = (choice.metadata, choice.release, choice.wish)
                    # One decision can stand in both tables: both get an equal one.
                    choices[key] = self._decider.decide_by(*again)

    @cached_property
    def reader(self) -> MetadataReader:
        """Who gets the metadata of a release."""
        from .release_metadata import MetadataReader

        return MetadataReader(self._session, self.links)

    def for_machine(self, settings: Settings) -> Decisions:
        """Return decisions on the same releases for another machine."""
        other = Decisions(self._session, settings, self._pins)
        other.links = self.links
        other.reader = self.reader
        other.machine = self.machine
        other.wishes.named = self.wishes.named
        return other

    def choose(self, name: str, version: str, wheels: Sequence[_pip.Link]) -> Choice:
        """Decide about a release.

        :param wheels: its labelled wheels of one source that fit pip's own criteria,
            best first.
        """
        release = Release.of(name, version, source_of(wheels[0]), wheels)
        key = (*identity(name, version), release.source, frozenset(release.wheels))
        if key not in self._choices:
            wish = self.wishes.of(name)
            self.wishes.meet(wish)
            self._choices[key] = self._decider.decide(release, wish)
        return self._choices[key]

    def decide_file(self, link: _pip.Link, document: VariantsJson) -> Choice:
        """Decide about a wheel that the user named by path or URL (R64).

        Who names a wheel asks for its label.

        :raises pip's InstallationError: when another label of it is asked for.
        """
        from .release_metadata import ReleaseMetadata

        label = label_of(link.filename) or ""
        name, version = link.filename.split("-")[:2]
        wish = self.wishes.of(name)
        if wish is not None and (wish.named or label in wish.labels):
            self.wishes.meet(wish)
            pin = Wish((label,), printable(link.filename))
            wish = combine(_pip.canonicalize_name(name), (pin, wish))
        else:
            wish = None
        source = source_of(link)
        release = Release(_pip.canonicalize_name(name), version, source, {label: link})
        metadata = ReleaseMetadata(document)
        choice = self._decider.decide_by(metadata, release, wish)
        self._choices[*identity(name, version), source, frozenset((label,))] = choice
        return choice

    def decide_locked(
        self, release: Release, metadata: ReleaseMetadata, links: Sequence[_pip.Link]
    ) -> Choice:
        """Decide among the wheels of a lock file.

        :param links: all of its wheels, also those for other tags.
        """
        wish = self.wishes.of(release.name)
        self.wishes.meet(wish)
        choice = self._decider.decide_by(metadata, release, wish)
        key = identity(release.name, release.version)
        self._choices[*key, release.source, frozenset(release.wheels)] = choice
        self._locked[key] = choice
        self._locked_links[release.name] = links
        return choice

    def locked_links(self, name: str) -> Sequence[_pip.Link]:
        """Return the wheels of a package in the lock file that was read, if any."""
        return self._locked_links.get(name, ())

    def lockable(self, choice: Choice) -> tuple[str, ...]:
        """Return the labels of a release that some machine may choose."""
        document = choice.metadata.document
        if document is None:
            return ()
        return self._decider.lockable(document, self.wishes.of(choice.release.name))

    def choice_of(self, link: _pip.Link) -> Choice | None:
        """Return the decision that a wheel was part of, None when there is none."""
        name, version = identity(*link.filename.split("-")[:2])
        label, origin = label_of(link.filename), source_of(link)
        # Not every pip says that a link is from a lock file.
        locked = self._locked.get((name, version))
        if locked is not None and label in locked.release.wheels:
            return locked
        for (project, decided, source, labels), choice in self._choices.items():
            if (project, decided, source) == (name, version, origin) and (
                label in labels
            ):
                return choice
        return None

    def choices(self, name: str) -> list[Choice]:
        """Return the decisions about a package, in the order made."""
        wanted = _pip.canonicalize_name(name)
        return [choice for key, choice in self._choices.items() if key[0] == wanted]

    def concerns(self, name: str) -> bool:
        """Tell whether there is something to say of the variants of a package."""
        return (
            bool(self.choices(name))
            or self.wishes.labels(name) is not None
            or self.links.hides_some_of(name)
        )

    def of_release(self, name: str, version: str) -> list[Choice]:
        """Return the decisions about a version, one for each source and set of labels."""
        wanted = identity(name, version)
        return [choice for key, choice in self._choices.items() if key[:2] == wanted]

    def take(self, choice: Choice, label: str) -> bool:
        """Note that a variant is taken; tell whether that is news.

        While pip may still pick another one, it is not.
        """
        if choice.possible:
            return False
        key = identity(choice.release.name, choice.release.version)
        news = self._taken.get(key) != label
        self._taken[key] = label
        return news

    def taken_releases(self) -> Iterable[tuple[str, str]]:
        """Return name and version of what a variant was taken of."""
        return [*self._taken]

    def taken(self, name: str, version: str) -> str | None:
        """Return the label that was taken for a version of a package."""
        return self._taken.get(identity(name, version))

    def is_first(self, text: str) -> bool:
        """Tell whether *text* is new in this run, for what is to be said once."""
        new = text not in self._said
        self._said.add(text)
        return new
