"""pip's maker of candidates: errors that name the labels, and changes of label."""

from __future__ import annotations

from typing import Any

from . import _pip
from .finder import VariantFinder
from .installed import installed_label
from .variantlib.filename import label_of

__all__ = ["VariantFactory"]


class VariantFactory(_pip.Factory):
    """Makes candidates; knows that an installed label can be the wrong one."""

    _finder: VariantFinder

    def get_installation_error(self, e: Any, constraints: Any) -> Any:
        """Say first why no variant fits, for each package that pip complains about."""
        from . import report

        for name in dict.fromkeys(cause.requirement.project_name for cause in e.causes):
            report.no_candidate(self._finder.decisions, name)
        return super().get_installation_error(e, constraints)

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
        decisions = self._finder.decisions
        labels = decisions.labels_asked_for(dist.canonical_name)
        if decisions.settings.no_variant:
            # A label cannot be had then, whatever is installed.
            asked = labels is not None
            return asked or (
                template.user_supplied and installed_label(dist) is not None
            )
        return labels is not None and installed_label(dist) not in labels

    def get_dist_to_uninstall(self, candidate: Any) -> Any:
        """Return what the candidate replaces; another label differs like a version.

        The resolver compares versions alone and would skip the installation.
        """
        dist = super().get_dist_to_uninstall(candidate)
        link = candidate.source_link
        if dist is None or link is None or not link.is_wheel:
            return dist
        label = label_of(link.filename)
        if label is None and not self._finder.decisions.settings.no_variant:
            return dist
        return dist if label == installed_label(dist) else _OtherLabel()


class _OtherLabel:
    """Stands for an installed distribution of another label.

    pip looks at these two; it finds the distribution itself again to remove it.
    """

    version = None
    editable = False
