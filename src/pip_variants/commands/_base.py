"""What our subclasses of pip's commands have in common."""

from __future__ import annotations

from logging import getLogger
from typing import Any

from .. import _pip
from ..adoption import adopt
from ..decisions import Decisions
from ..factory import VariantFactory
from ..finder import VariantFinder
from ..preparer import VariantPreparer
from ..requirements import pins
from ..settings import Settings, add_options

logger = getLogger(__name__)

__all__ = ["FinderCommand", "InstallingCommand"]


class FinderCommand(_pip.IndexGroupCommand):
    """A command that looks for candidates."""

    def add_options(self) -> None:
        """Add pip's options, then ours."""
        super().add_options()
        add_options(self.cmd_opts)

    def _build_package_finder(self, options: Any, *args: Any, **named: Any) -> Any:
        """Build pip's finder and make it one of ours."""
        finder = super()._build_package_finder(options, *args, **named)  # type: ignore[misc]
        pins.clear()
        settings = Settings.from_options(options)
        settings.hand_to_child_processes()
        session = finder._link_collector.session  # noqa: SLF001 - no public way
        ours = adopt(finder, VariantFinder)
        ours.decisions = Decisions(session, settings, pins)
        return ours


class InstallingCommand(FinderCommand, _pip.RequirementCommand):
    """A command that resolves requirements and prepares what it found."""

    @classmethod
    def make_requirement_preparer(cls, *args: Any, **named: Any) -> Any:
        """Make pip's preparer and make it one of ours."""
        preparer = super().make_requirement_preparer(*args, **named)
        return adopt(preparer, VariantPreparer)

    @classmethod
    def make_resolver(cls, *args: Any, **named: Any) -> Any:
        """Make pip's resolver, with a factory of ours; the legacy one has none."""
        resolver = super().make_resolver(*args, **named)
        factory = getattr(resolver, "factory", None)
        if factory is None and pins.as_mapping():
            logger.warning(
                "The legacy resolver does not exchange an installed variant for "
                "another label; add --force-reinstall for that"
            )
        if factory is not None:
            adopt(factory, VariantFactory)
        return resolver
