"""The order of candidates: pip's own, with the rank of variants in it.

Order inside one version (DESIGN 3): what pip puts first (an allowed hash, not
yanked, wheels where they are preferred), then the variant rank, then the platform
tags, then the build number; wheels without a label after those with one, source
distributions last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from . import _pip
from .decisions import Decisions
from .folding import unfold
from .release import source_of
from .variantlib.collector import collector_paused
from .variantlib.filename import label_of

if TYPE_CHECKING:
    from .choice import Choice

__all__ = ["VariantEvaluator", "VariantOrder"]

_ByLabel = dict[str, list["_pip.InstallationCandidate"]]


class VariantEvaluator(_pip.CandidateEvaluator):
    """Orders candidates; decides about variants only where somebody looks."""

    decisions: Decisions

    def get_applicable_candidates(
        self, candidates: list[_pip.InstallationCandidate]
    ) -> list[_pip.InstallationCandidate]:
        """Return pip's list, or one that ranks variants when it is read backwards."""
        looked_at = self._looked_at(candidates)
        applicable = super().get_applicable_candidates(looked_at)
        return self._ordered(applicable, looked_at)

    def sort_best_candidate(
        self, candidates: list[_pip.InstallationCandidate]
    ) -> _pip.InstallationCandidate | None:
        """Return the best candidate that this machine can use."""
        if not isinstance(candidates, VariantOrder):
            if not self._concerns_variants(candidates):
                return super().sort_best_candidate(candidates)
            candidates = self._ordered(
                sorted(candidates, key=self._sort_key), candidates
            )
        return next(reversed(candidates), None)

    def compute_best_candidate(
        self, candidates: list[_pip.InstallationCandidate]
    ) -> _pip.BestCandidateResult:
        """Return pip's result; one without candidates when no variant fits."""
        looked_at = self._looked_at(candidates)
        applicable = self.get_applicable_candidates(looked_at)
        best = self.sort_best_candidate(applicable)
        if best is None:
            applicable = []
        return _pip.BestCandidateResult(looked_at, applicable, best)

    def _looked_at(
        self, candidates: list[_pip.InstallationCandidate]
    ) -> list[_pip.InstallationCandidate]:
        """Return what pip looks at: each file alone where hashes say which are allowed."""
        return [*unfold(candidates)] if self._hashes else candidates

    def _concerns_variants(
        self, candidates: Sequence[_pip.InstallationCandidate]
    ) -> bool:
        """Tell whether there is a label, or one is asked for."""
        if any(map(_is_locked, candidates)):
            return False
        wish = self.decisions.wishes.of(self._project_name)
        return any(map(_label, candidates)) or (wish is not None and wish.named)

    def _ordered(
        self,
        candidates: list[_pip.InstallationCandidate],
        found: Sequence[_pip.InstallationCandidate],
    ) -> list[_pip.InstallationCandidate]:
        if not self._concerns_variants(candidates):
            return candidates
        # A page stands in the order of pip's sources: the first source is asked first.
        sources = {source_of(candidate.link): None for candidate in found}
        return VariantOrder(
            candidates, self.decisions, tuple(sources), self._hashes, self._project_name
        )


def _is_locked(candidate: _pip.InstallationCandidate) -> bool:
    # What a lock file gives is decided about when the file is read.
    return getattr(candidate, "locked", False)


def _label(candidate: _pip.InstallationCandidate) -> str | None:
    return label_of(candidate.link.filename)


class VariantOrder(list[_pip.InstallationCandidate]):
    """Candidates in pip's order, worst first; read backwards, variants are ranked.

    pip reads candidates backwards and lazily, best first. So does this: the metadata
    of a version is fetched when the resolver reaches that version.
    """

    def __init__(
        self,
        candidates: Iterable[_pip.InstallationCandidate],
        decisions: Decisions,
        sources: tuple[str, ...],
        hashes: _pip.Hashes | None,
        project_name: str,
    ) -> None:
        """Hold *candidates*; nothing is decided yet."""
        super().__init__(candidates)
        self._decisions = decisions
        self._sources = sources
        self._hashes = hashes
        self._name = _pip.canonicalize_name(project_name)

    def __contains__(self, candidate: object) -> bool:
        """Tell whether a candidate is among these, or behind one of them."""
        # pip asks this of the best one alone, which is found at once.
        best_first = unfold(super().__reversed__())
        return super().__contains__(candidate) or any(
            candidate == each for each in best_first
        )

    def __reversed__(self) -> Iterator[_pip.InstallationCandidate]:
        """Yield the candidates, best first, deciding about one version at a time."""
        with collector_paused():
            from . import report

        missed: str | None = None
        asked = self._decisions.wishes.labels(self._name) is not None
        best_first = super().__reversed__()
        for (_, _, version), candidates in groupby(best_first, self._pip_class):
            usable = False
            for candidate in self._order_version([*unfold(candidates)]):
                if missed not in (None, str(version)):
                    report.older_version(self._decisions, self._name, missed, version)
                missed = None
                usable = True
                yield candidate
            if not usable and missed is None and not asked:
                missed = str(version)

    def _pip_class(self, candidate: _pip.InstallationCandidate) -> tuple[Any, ...]:
        """Return what pip ranks above a variant; equal ones stand side by side."""
        link = candidate.link
        return link.is_hash_allowed(self._hashes), link.is_yanked, candidate.version

    def _order_version(
        self, candidates: list[_pip.InstallationCandidate]
    ) -> Iterator[_pip.InstallationCandidate]:
        """Yield the candidates of one version: variants by rank, then the others.

        Each source is ranked alone, in the order of the sources (E12). Labels that
        need another version of a distribution than pip would pick come last (R97).
        """
        plain: list[_pip.InstallationCandidate] = []
        labelled: dict[str, _ByLabel] = {}
        for candidate in candidates:
            label = _label(candidate)
            if label is None:
                plain.append(candidate)
                continue
            by_label = labelled.setdefault(source_of(candidate.link), {})
            by_label.setdefault(label, []).append(candidate)
        last: list[_pip.InstallationCandidate] = []
        unfit = []
        for choice, by_label in self._choices(labelled, str(candidates[0].version)):
            for label in choice.ranked:
                yield from by_label.get(label, ())
            for label in choice.others:
                last.extend(by_label.get(label, ()))
            if not choice.ranked and not choice.possible:
                unfit.append(choice)
        if plain and self._decisions.wishes.labels(self._name) is None:
            self._say_why_plain(unfit)
            yield from plain
        yield from last

    def _say_why_plain(self, unfit: list[Choice]) -> None:
        from . import report

        for choice in unfit:
            report.plain_instead(self._decisions, choice)

    def _choices(
        self, labelled: Mapping[str, _ByLabel], version: str
    ) -> Iterator[tuple[Choice, _ByLabel]]:
        """Decide about the labelled wheels of each source.

        :param labelled: the wheels of each source by label, best first.
        """
        in_order = sorted(labelled, key=self._sources.index)
        if len(in_order) > 1:
            from . import report

            report.several_sources(self._decisions, self._name, version, in_order)
        for source in in_order:
            by_label = labelled[source]
            links = [wheels[0].link for wheels in by_label.values()]
            yield self._decisions.choose(self._name, version, links), by_label
