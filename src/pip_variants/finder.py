"""pip's finder, which finds labelled wheels and what the pages say of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import _pip
from .adoption import adopt
from .decisions import Decisions
from .folding import FoldingCollector, Folds, unfold
from .order import VariantEvaluator

__all__ = ["VariantFinder"]


class VariantFinder(_pip.PackageFinder):
    """Finds candidates; ranks the labelled ones by what the machine supports."""

    decisions: Decisions
    folds: Folds | None = None

    def fold_pages(self) -> None:
        """Make candidates of wheels that differ by their label alone when needed."""
        collector = adopt(self._link_collector, FoldingCollector)
        self.folds = collector.folds = Folds()

    def evaluate_links(
        self, link_evaluator: _pip.LinkEvaluator, links: Iterable[_pip.Link]
    ) -> list[_pip.InstallationCandidate]:
        """Note the metadata links, and hide labelled wheels where none are wanted."""
        if self.decisions.settings.no_variant:
            links = self.decisions.links.hide_labelled(
                link_evaluator.project_name, links
            )
        else:
            links = self.decisions.links.take_from(links)
        found = super().evaluate_links(link_evaluator, links)
        return found if self.folds is None else self.folds.stand_ins(found)

    def make_candidate_evaluator(
        self, *args: Any, **options: Any
    ) -> _pip.CandidateEvaluator:
        """Return an evaluator that knows the rank of variants."""
        pips_own = super().make_candidate_evaluator(*args, **options)
        evaluator = adopt(pips_own, VariantEvaluator)
        evaluator.decisions = self.decisions
        return evaluator

    def of_version(
        self, name: str, version: object
    ) -> list[_pip.InstallationCandidate]:
        """Return what there is of a version, in no order."""
        found = self.find_all_candidates(name)
        same = (candidate for candidate in found if candidate.version == version)
        return [*unfold(same)]

    def best_of_version(
        self, name: str, version: object, hashes: _pip.Hashes | None = None
    ) -> _pip.InstallationCandidate | None:
        """Return what would be installed of a version today, None for nothing.

        :param hashes: those that are allowed, None for all.
        """
        evaluator = self.make_candidate_evaluator(name, hashes=hashes)
        found = self.of_version(name, version)
        return evaluator.compute_best_candidate(found).best_candidate

    def find_requirement(
        self, req: _pip.InstallRequirement, upgrade: bool
    ) -> _pip.InstallationCandidate | None:
        """Find the best link (legacy resolver); say why no variant fits."""
        try:
            return super().find_requirement(req, upgrade)
        except _pip.DistributionNotFound:
            if self.decisions.concerns(req.name or ""):
                from . import report

                report.no_candidate(self.decisions, req.name or "")
            raise
