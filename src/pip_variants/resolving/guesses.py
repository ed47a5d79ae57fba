"""What pip's resolver is likely to pick, before it has run.

A wrong guess costs the metadata of a wheel that is not taken, and a second run of the
resolver: :mod:`~.settling` compares the guesses with what was picked.
"""

from __future__ import annotations

from collections.abc import Sequence

from .. import _pip
from ..beside.picks import Pick, Picks
from .factory import VariantFactory

__all__ = ["Guesses"]

_MOST_PAGES = 20
"""Names come from metadata that anybody may have written."""


class Guesses(Picks):
    """Guesses by what the user asked for, what is installed, and what there is."""

    undecided = True

    def __init__(
        self,
        factory: VariantFactory,
        requirements: Sequence[_pip.InstallRequirement],
        *,
        upgrade: str,
        follows: bool,
    ) -> None:
        """Prepare; nothing is looked up yet.

        :param requirements: what pip is to resolve, with its constraints.
        :param upgrade: pip's strategy for what is installed.
        :param follows: whether pip follows dependencies.
        """
        self._factory = factory
        self._requirements = requirements
        self._upgrade = upgrade
        self._follows = follows
        self._guessed: dict[str, Pick] = {}
        self._pages = 0

    def version_of(self, name: str) -> Pick:
        """Guess, once for each distribution."""
        if name not in self._guessed:
            self._guessed[name] = self._guess(name)
        return self._guessed[name]

    def _guess(self, name: str) -> Pick:
        asked = [
            requirement
            for requirement in self._requirements
            if requirement.name and _pip.canonicalize_name(requirement.name) == name
        ]
        specifier = _pip.SpecifierSet()
        for requirement in asked:
            specifier &= requirement.specifier
            if requirement.link is not None and requirement.link.is_wheel:
                return Pick(name, requirement.link.filename.split("-")[1], True)
        named = any(not requirement.constraint for requirement in asked)
        installed = self._factory.installed_dist(name)
        if installed is not None:
            kept = specifier.contains(str(installed.version), prereleases=True)
            if kept and not self._upgrades(named=named):
                return Pick(name, str(installed.version))
        if named or self._follows:
            newest = self._newest(name, specifier)
            if newest is not None:
                return Pick(name, newest, True)
        return Pick(name, None if installed is None else str(installed.version))

    def _upgrades(self, *, named: bool) -> bool:
        if self._factory.force_reinstall or self._upgrade == "eager":
            return True
        return named and self._upgrade == "only-if-needed"

    def _newest(self, name: str, specifier: _pip.SpecifierSet) -> str | None:
        """Return the newest version that the sources offer and pip would take."""
        self._pages += 1
        if self._pages > _MOST_PAGES:
            return None
        finder = self._factory.finder
        evaluator = finder.make_candidate_evaluator(name, specifier=specifier)
        found = evaluator.get_applicable_candidates(finder.find_all_candidates(name))
        versions = [each.version for each in found if not each.link.is_yanked]
        return str(max(versions)) if versions else None
