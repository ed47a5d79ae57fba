"""How what pip picks and the variants that depend on it come to fit each other.

::

    pip's run --> Picked: the versions
                    |
                    |  do the labels that were taken fit them, and would better ones?
                    +--> yes: done
                    +--> no:  decide anew by these, and let pip run again; the
                              labels now require what they need, so that pip backtracks

Every run starts from what the one before picked, or with a label less, so that it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import _pip, dependencies, report
from ..beside.matching import first_misfit
from ..beside.picks import Pick, Picks
from ..exchange import exchanged
from ..installed import attach
from ..release import identity, source_of, wheel_label
from ..text import printable
from .alternatives import (
    BesideRequirement,
    VariantProvider,
    dependent_choice,
    label_and_needs,
)

if TYPE_CHECKING:
    from .factory import VariantFactory
    from .resolver import VariantResolver

__all__ = ["Picked", "Settling"]

_MOST_RUNS = 20


class Picked(Picks):
    """What pip picked in a run; beside it, what is installed."""

    def __init__(
        self,
        factory: VariantFactory,
        versions: Mapping[str, str],
        barred: frozenset[tuple[tuple[str, str], str]],
        *,
        undecided: bool,
    ) -> None:
        """Hold what was picked.

        :param versions: those of the packages that somebody requires.
        :param barred: releases, each with a feature that it cannot have.
        """
        self._factory = factory
        self.versions = versions
        self.barred = barred
        self.undecided = undecided

    def version_of(self, name: str) -> Pick:
        """Look the distribution up."""
        installed = self._factory.installed_dist(name)
        present = None if installed is None else str(installed.version)
        version = self.versions.get(name, present)
        return Pick(name, version, resolved=version != present)

    def bars(self, release: tuple[str, str], feature: str) -> bool:
        """Tell whether labels of a release were tried, and found without it."""
        return (release, feature) in self.barred


class Settling:
    """Runs pip's resolver until the variants fit what it picks."""

    def __init__(self, resolver: VariantResolver) -> None:
        """Prepare; pip has run once."""
        self._resolver = resolver
        self._factory = resolver.factory
        self._decisions = resolver.factory.decisions
        self._barred: set[tuple[tuple[str, str], str]] = set()

    def settle(
        self,
        found: _pip.RequirementSet,
        again: Callable[[], _pip.RequirementSet],
    ) -> _pip.RequirementSet:
        """Return what is to be installed.

        :param found: what pip's first run picked.
        :param again: lets pip run once more.
        :raises pip's InstallationError: when nothing fits together.
        """
        seen: set[tuple[Any, ...]] = set()
        for run in range(_MOST_RUNS):
            versions = self._versions()
            picked = self._picked(versions, undecided=False)
            self._decisions.reconsider(picked)
            misfits = [*self._misfits(picked)]
            if not misfits and (run > 0 or not self._is_bettered()):
                self._report()
                self._tell_wheels()
                return found
            self._bar(misfits, versions)
            state = (*sorted(versions.items()), *sorted(self._barred))
            if state in seen:
                self._refuse(misfits)
            seen.add(state)
            found = self._run(versions, again)
        msg = "The variants that were tried do not fit what pip picks beside them"
        raise _pip.InstallationError(msg)

    def _run(
        self,
        versions: Mapping[str, str],
        again: Callable[[], _pip.RequirementSet],
    ) -> _pip.RequirementSet:
        """Let pip run by what was picked, with the requirements of labels."""
        self._decisions.reconsider(self._picked(versions, undecided=True))
        self._factory.settling = True

        def provider(pips_own: Any) -> Any:  # noqa: ARG001 - ours is a subclass of it
            return partial(
                VariantProvider,
                decisions=self._decisions,
                follow=versions.__contains__,
            )

        with exchanged(_pip.Resolver, "PipProvider", provider):
            return again()

    def _picked(self, versions: Mapping[str, str], *, undecided: bool) -> Picked:
        barred = frozenset(self._barred)
        return Picked(self._factory, versions, barred, undecided=undecided)

    def _versions(self) -> dict[str, str]:
        """Return what was picked, without what is there for the sake of a label alone."""
        brought = {
            name
            for name, requirements in self._resolver.requirements()
            if all(isinstance(each, BesideRequirement) for each in requirements)
        }
        return {
            candidate.project_name: str(candidate.version)
            for candidate in self._resolver.candidates()
            if candidate.name not in brought
        }

    def _misfits(self, picked: Picked) -> Iterator[tuple[Any, str, str, Pick]]:
        """Yield what was picked and does not fit: candidate, label, feature, and pick."""
        for candidate in self._resolver.candidates():
            label, needs = label_and_needs(self._decisions, candidate)
            found = first_misfit(needs, picked)
            if found is not None:
                yield candidate, label, *found

    def _bar(
        self, misfits: list[tuple[Any, str, str, Pick]], versions: Mapping[str, str]
    ) -> None:
        """Remember what a release cannot have: nobody requires it, so that it stays."""
        for candidate, _, feature, pick in misfits:
            if pick.name not in versions:
                release = identity(candidate.project_name, str(candidate.version))
                self._barred.add((release, feature))

    def _is_bettered(self) -> bool:
        """Tell whether a label is now better than what was picked of its release."""
        for candidate in self._from_wheels():
            link = candidate.source_link
            label = wheel_label(link)
            name, version = candidate.project_name, str(candidate.version)
            for choice in self._decisions.of_release(name, version):
                comparable = label is None or choice.release.source == source_of(link)
                best = choice.ranked[0] if choice.picks and choice.ranked else label
                if comparable and best != label:
                    return True
        return False

    def _from_wheels(self) -> Iterator[Any]:
        """Yield what was picked and is to be installed, each once."""
        for candidate in self._resolver.candidates():
            if candidate.source_link is not None and (
                candidate.name == candidate.project_name
            ):
                yield candidate

    def _report(self) -> None:
        """Show the banners, and tell where there is no variant or an older version."""
        for candidate in self._from_wheels():
            self._say_passed_over(candidate)
            found = dependent_choice(self._decisions, candidate.source_link)
            if found is not None:
                label, choice = found
                if self._decisions.take(choice, label):
                    report.banner(choice, label)
            elif wheel_label(candidate.source_link) is None:
                self._say_why_plain(candidate)

    def _say_passed_over(self, candidate: Any) -> None:
        """Say that a newer version has no wheel for what pip picks (R106)."""
        name, version = candidate.project_name, candidate.version
        missed = {
            _pip.Version(choice.release.version)
            for choice in self._decisions.choices(name)
            if choice.picks and not choice.ranked
        }
        newest = max(missed, default=version)
        finder = self._factory.finder
        if newest > version and all(
            wheel_label(each.link) for each in finder.of_version(name, newest)
        ):
            report.older_version(self._decisions, name, str(newest), version)

    def _say_why_plain(self, candidate: Any) -> None:
        """Say that no variant of what was picked fits what pip picks beside it."""
        version = str(candidate.version)
        for choice in self._decisions.of_release(candidate.name, version):
            if choice.picks and not choice.ranked:
                report.plain_instead(self._decisions, choice)

    def _tell_wheels(self) -> None:
        """Tell each wheel the variant that it is, for the markers of its dependencies."""
        for candidate in self._from_wheels():
            found = dependent_choice(self._decisions, candidate.source_link)
            if found is None:
                continue
            label, choice = found
            outcome = choice.outcome(label)
            attach(candidate.dist, outcome)
            path = candidate.get_install_requirement().local_file_path
            if path:
                dependencies.remember(Path(path), outcome)

    def _refuse(self, misfits: list[tuple[Any, str, str, Pick]]) -> None:
        """Say what does not fit, and end.

        :raises pip's InstallationError: always.
        """
        lines = [
            f"{candidate.name} {candidate.version} does not fit as {label}: {pick}"
            for candidate, label, _, pick in misfits
        ]
        raise _pip.InstallationError(printable("; ".join(lines)))
