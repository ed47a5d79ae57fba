"""pip's maker of candidates: errors that name the labels, and changes of label."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from .. import _pip
from ..finder import VariantFinder
from ..installed import installed_label, installed_variant
from ..release import wheel_label
from ..variantlib.filename import label_of

if TYPE_CHECKING:
    from ..decisions import Decisions

__all__ = ["VariantFactory"]


class VariantFactory(_pip.Factory):
    """Makes candidates; knows that an installed label can be the wrong one."""

    _finder: VariantFinder
    _upgrades = False
    _hashes: _pip.Hashes | None = None

    settling = False
    """Whether the resolver runs again, for variants that depend on what it picks."""

    @property
    def finder(self) -> VariantFinder:
        """Who finds candidates."""
        return self._finder

    @property
    def decisions(self) -> Decisions:
        """What this run knows about variants."""
        return self._finder.decisions

    def installed_dist(self, name: str) -> _pip.BaseDistribution | None:
        """Return what is installed, as far as this run looks at that."""
        return self._installed_dists.get(_pip.canonicalize_name(name))

    def get_installation_error(self, e: Any, constraints: Any) -> Any:
        """Say first why no variant fits, for each package that pip complains about."""
        if self.decisions.depends_on_picks:
            # The labels that need other versions do not fit any more: nothing else did.
            self.decisions.reconsider(self.decisions.picks.final())
        names = [cause.requirement.project_name for cause in e.causes]
        # What a label needs says less than why the others will not do.
        names += [each.parent.project_name for each in e.causes if _is_beside(each)]
        for name in filter(self.decisions.concerns, dict.fromkeys(names)):
            from .. import report

            report.no_candidate(self.decisions, name)
        for cause in e.causes:
            self._tell_of_label(cause.parent, cause.requirement)
        return super().get_installation_error(e, constraints)

    def _tell_of_label(self, parent: Any, requirement: Any) -> None:
        """Say when a requirement in a conflict comes from the choice of a variant (E31)."""
        label = wheel_label(parent and parent.source_link)
        if label is None:
            return
        from .. import dependencies, report
        from .alternatives import BesideRequirement

        # One with extras stands for another candidate.
        dist = getattr(parent, "base", parent).dist
        if isinstance(requirement, BesideRequirement):
            choice = self._finder.decisions.choice_of(parent.source_link)
            if choice is not None and choice.ranked:
                report.imposed(self._finder.decisions, dist, label, requirement.text)
            return
        name = requirement.project_name
        if dependencies.depends_by_label(dist, name):
            report.imposed(self._finder.decisions, dist, label, name)

    def find_candidates(
        self,
        identifier: str,
        requirements: Mapping[str, Iterable[Any]],
        *args: Any,
        **named: Any,
    ) -> Any:
        """Let the labels of a version be several candidates, where they may differ."""
        found = super().find_candidates(identifier, requirements, *args, **named)
        if isinstance(found, _pip.FoundCandidates):
            found._get_infos = partial(self._tell_apart, found._get_infos)  # noqa: SLF001 - no public way
            if self.settling:
                from .alternatives import limit

                limit(found, identifier, requirements)
        return found

    def _tell_apart(self, infos: Callable[[], Iterator[Any]]) -> Iterator[Any]:
        """Yield what pip knows of candidates, with a version for each label."""
        for version, make in infos():
            if self._finder.decisions.depends_on_picks:
                from .alternatives import told_apart

                yield told_apart(self._finder.decisions, version, make), make
            else:
                yield version, make

    def _iter_found_candidates(
        self,
        ireqs: Any,
        specifier: Any,
        hashes: Any,
        prefers_installed: bool,
        *args: Any,
        **named: Any,
    ) -> Any:
        """Remember whether the resolver looks for something better."""
        self._upgrades = not prefers_installed
        self._hashes = hashes
        for requirement in ireqs:
            self._hashes &= requirement.hashes(trust_internet=False)
        try:
            return super()._iter_found_candidates(
                ireqs, specifier, hashes, prefers_installed, *args, **named
            )
        finally:
            self._upgrades = False

    def _make_candidate_from_dist(
        self,
        dist: _pip.BaseDistribution,
        extras: frozenset[str],
        template: _pip.InstallRequirement,
    ) -> Any:
        """Return None, which is "not installed", when another label is wanted."""
        if self._wants_another(dist, template):
            return None
        return super()._make_candidate_from_dist(dist, extras, template)

    def _wants_another(
        self, dist: _pip.BaseDistribution, template: _pip.InstallRequirement
    ) -> bool:
        """Tell whether another label of the installed version is to take its place."""
        decisions = self._finder.decisions
        wish = decisions.wishes.of(dist.canonical_name)
        if decisions.settings.no_variant:
            # A label cannot be had then, whatever is installed.
            return (wish is not None and wish.named) or (
                template.user_supplied and installed_label(dist) is not None
            )
        if wish is not None and not wish.named and not self._has_variants(dist):
            return False
        if wish is not None:
            decisions.wishes.meet(wish)
            if installed_label(dist) not in wish.labels:
                return True
        if self.settling and self._is_displaced(dist):
            return True
        return self._upgrades and self._is_outranked(dist)

    def _is_displaced(self, dist: _pip.BaseDistribution) -> bool:
        """Tell whether another label fits what pip picks, and the installed one does not."""
        from ..beside.matching import first_misfit

        decisions, present = self._finder.decisions, installed_variant(dist)
        if present is None or present.forced:
            return False
        if first_misfit(present.declared, decisions.picks) is None:
            return False
        name, version = dist.canonical_name, dist.version
        best = self._finder.best_of_version(name, version, self._hashes)
        if best is None:
            return False
        label, choice = label_of(best.link.filename), decisions.choice_of(best.link)
        return label is None or (choice is not None and label in choice.ranked)

    def _is_outranked(self, dist: _pip.BaseDistribution) -> bool:
        """Tell whether this machine would get another label of the version today.

        What was forced, built here or named by path was no choice of this machine.
        """
        if dist.editable or dist.direct_url is not None:
            return False
        present = installed_variant(dist)
        if present is None and not self._has_variants(dist):
            return False
        if present is not None and present.forced:
            return False
        best = self._finder.best_of_version(
            dist.canonical_name, dist.version, self._hashes
        )
        if best is None:
            return False
        label = label_of(best.link.filename)
        if present is None or label is not None:
            return label != (present and present.label)
        # A wheel without a label may hold a variant.json all the same: it would be
        # exchanged for itself for ever.
        return present.recorded

    def _has_variants(self, dist: _pip.BaseDistribution) -> bool:
        candidates = self._finder.of_version(dist.canonical_name, dist.version)
        return any(label_of(candidate.link.filename) for candidate in candidates)

    def get_dist_to_uninstall(self, candidate: Any) -> Any:
        """Return what the candidate replaces; another label differs like a version.

        The resolver compares versions alone and would skip the installation.
        """
        dist = super().get_dist_to_uninstall(candidate)
        link = candidate.source_link
        if dist is None or link is None or not link.is_wheel:
            return dist
        return (
            dist if label_of(link.filename) == installed_label(dist) else _OtherLabel()
        )


def _is_beside(cause: Any) -> bool:
    """Tell whether a requirement is what the label of a variant needs."""
    from .alternatives import BesideRequirement

    return cause.parent is not None and isinstance(cause.requirement, BesideRequirement)


class _OtherLabel:
    """Stands for an installed distribution of another label.

    pip looks at these two; it finds the distribution itself again to remove it.
    """

    version = None
    editable = False
