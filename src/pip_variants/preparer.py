"""pip's preparer, which looks into a variant wheel before it is used.

What is inside must agree with the file name (E32), with the metadata that the choice
was made by (E33), and, for a wheel named by path or URL, with the machine (E37).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from . import _pip
from .finder import VariantFinder
from .installed import attach
from .release import wheel_label

if TYPE_CHECKING:
    from .choice import Choice
    from .variantlib.metadata import VariantsJson

__all__ = ["VariantPreparer"]


class VariantPreparer(_pip.RequirementPreparer):
    """Prepares requirements; checks and announces variant wheels."""

    finder: VariantFinder

    def prepare_linked_requirement(
        self, req: _pip.InstallRequirement, parallel_builds: bool = False
    ) -> _pip.BaseDistribution:
        """Announce the variant and let pip collect it."""
        self._announce(req)
        dist = super().prepare_linked_requirement(req, parallel_builds)
        # A wheel named by path or URL is decided about when it is there.
        self._announce(req)
        return dist

    def _announce(self, req: _pip.InstallRequirement) -> None:
        """Show the banner of a variant, once."""
        decisions, label = self.finder.decisions, wheel_label(req.link)
        if label is None or req.link is None:
            return
        choice = decisions.choice_of(req.link)
        if choice is not None and decisions.take(choice, label):
            from . import report

            report.banner(choice, label)

    def _fetch_metadata_only(
        self, req: _pip.InstallRequirement
    ) -> _pip.BaseDistribution | None:
        """Let pip get the metadata without the wheel, and tell it the variant.

        A wheel that nobody has decided about has to come first.
        """
        label = wheel_label(req.link)
        if label is None or req.link is None:
            return super()._fetch_metadata_only(req)
        choice = self.finder.decisions.choice_of(req.link)
        if choice is None:
            return None
        dist = super()._fetch_metadata_only(req)
        if dist is not None:
            attach(dist, choice.outcome(label))
        return dist

    def _prepare_linked_requirement(
        self, req: _pip.InstallRequirement, parallel_builds: bool
    ) -> _pip.BaseDistribution:
        """Let pip get the wheel, then check its inside."""
        dist = super()._prepare_linked_requirement(req, parallel_builds)
        label = wheel_label(req.link)
        if label is not None and req.link is not None and req.local_file_path:
            self._check_wheel(req.link, Path(req.local_file_path), label)
        return dist

    def _check_wheel(self, link: _pip.Link, path: Path, label: str) -> None:
        """Check the inside of a wheel.

        :raises pip's UnsupportedWheel: when it may not be installed.
        """
        # records is for later: while pip installs, nobody may import.
        from . import dependencies, records, report  # noqa: F401
        from .text import printable
        from .variantlib.errors import WheelError
        from .variantlib.wheel import read_variant_json

        decisions = self.finder.decisions
        if decisions.settings.no_variant:
            msg = (
                f"{printable(link.filename)} is a variant wheel, and --no-variant is set. "
                "Leave the option out to install it."
            )
            raise _pip.UnsupportedWheel(msg)
        try:
            with path.open("rb") as file:
                document = read_variant_json(file, link.filename)
        except WheelError as error:
            msg = f"{printable(error)}. The wheel is not installed."
            raise _pip.UnsupportedWheel(msg) from None
        choice = decisions.choice_of(link)
        if choice is None:
            choice = decisions.decide_file(link, document)
        else:
            _check_agreement(choice, document, link, label)
        if not choice.verdict(label).compatible:
            msg = report.wheel_does_not_fit(choice, link.filename, label)
            raise _pip.UnsupportedWheel(msg)
        dependencies.remember(path, choice.outcome(label))


def _check_agreement(
    choice: Choice, document: VariantsJson, link: _pip.Link, label: str
) -> None:
    from .text import printable
    from .variantlib.model import same_properties

    inside = document.properties(label) or {}
    if not same_properties(inside, choice.declared(label)):
        msg = (
            f"{printable(link.filename)} was chosen for other properties than it has inside: the "
            f"metadata of {choice.release.name} {choice.release.version} in "
            f"{_pip.redact_auth_from_url(choice.release.source)} disagrees with its "
            "variant.json. Nothing is installed. Tell the publisher, or use "
            "--no-variant."
        )
        raise _pip.UnsupportedWheel(msg)
