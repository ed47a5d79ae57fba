"""What our subclasses of the commands that look for candidates have in common."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import partial
from logging import DEBUG, getLogger
from typing import TYPE_CHECKING, Any

from .. import _pip
from ..options import ALL, add_options

if TYPE_CHECKING:
    from ..settings import Settings
    from ..trusting.sources import Sources

__all__ = ["FinderCommand"]


class FinderCommand(_pip.IndexGroupCommand):
    """A command that looks for candidates."""

    variant_options: Collection[str] = ALL

    def add_options(self) -> None:
        """Add pip's options, then ours."""
        super().add_options()
        add_options(self.parser, self.variant_options)

    def read_settings(self, options: Any) -> Settings:
        """Read what the user set.

        :raises pip's CommandError: for a bad value.
        """
        from ..settings import Settings

        return Settings.read(options, self.parser)

    def _build_package_finder(self, options: Any, *args: Any, **named: Any) -> Any:
        """Build pip's finder and make it one of ours.

        pip loads its finder here, for most runs of ``pip list`` need none, and so do we.
        """
        from ..adoption import adopt
        from ..decisions import Decisions
        from ..finder import VariantFinder
        from ..requirements import pins

        finder = super()._build_package_finder(options, *args, **named)  # type: ignore[misc]
        pins.clear()
        session = finder._link_collector.session  # noqa: SLF001 - no public way
        ours = adopt(finder, VariantFinder)
        settings = replace(
            self.read_settings(options), sources=partial(_sources, options, ours)
        )
        ours.decisions = Decisions(session, settings, pins)
        if _sees_less(options, settings):
            ours.fold_pages()
        return ours


def _sees_less(options: Any, settings: Settings) -> bool:
    """Tell whether pip may see one wheel of those that differ by their label alone.

    Not where each file is looked at: by its date, or to be named in the log.
    """
    by_date = getattr(options, "uploaded_prior_to", None) is not None
    in_log = getLogger("pip").isEnabledFor(DEBUG)
    return not (by_date or in_log or settings.no_variant)


def _sources(options: Any, finder: Any) -> Sources:
    from ..trusting.sources import sources_of

    return sources_of(options, finder)
