"""``pip install --report``, with the variants in it."""

from __future__ import annotations

from typing import Any

from . import _pip
from .decisions import Decisions
from .release import wheel_label

__all__ = ["VariantReport"]


class VariantReport(_pip.InstallationReport):
    """pip's report; what is a variant has a field more, that of ``pip inspect``."""

    decisions: Decisions

    def to_dict(self) -> dict[str, Any]:
        """Describe what is installed."""
        report = super().to_dict()
        requirements = self._install_requirements
        for item, requirement in zip(report["install"], requirements, strict=True):
            link = requirement.link
            label = wheel_label(link)
            choice = self.decisions.choice_of(link) if link and label else None
            if choice and label:
                item["variant"] = choice.outcome(label).to_dict()
        return report
