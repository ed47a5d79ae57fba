"""What our subclasses of the commands that install have in common."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from logging import getLogger
from typing import TYPE_CHECKING, Any

from .. import _pip, inheritance
from ..adoption import adopt
from ..decisions import Decisions
from ..exchange import exchanged
from ..finder import VariantFinder
from ..preparer import VariantPreparer
from ..requirements import pins
from ..resolving.factory import VariantFactory
from ._base import FinderCommand

if TYPE_CHECKING:
    from ..locking.reading import LockReader

__all__ = ["InstallingCommand"]

logger = getLogger(__name__)


class InstallingCommand(FinderCommand, _pip.RequirementCommand):
    """A command that resolves requirements and prepares what it found."""

    _finder: VariantFinder | None = None

    @property
    def _decisions(self) -> Decisions | None:
        return None if self._finder is None else self._finder.decisions

    def _build_package_finder(self, *args: Any, **named: Any) -> Any:
        self._finder = finder = super()._build_package_finder(*args, **named)
        finder.decisions.settings.hand_down()
        return finder

    def get_requirements(
        self, args: list[str], options: Any, finder: Any, session: Any
    ) -> Any:
        """Let pip read the requirements; remember which packages the user named."""
        check_hashes = partial(_check_hashes, options, finder.decisions)
        with _variants_of_locks(finder.decisions, check_hashes):
            found = super().get_requirements(args, options, finder, session)
        if options.require_hashes:
            check_hashes()
        if any("variant_" in str(requirement.markers) for requirement in found):
            from ..requirements import refuse_markers

            refuse_markers(found)
        finder.decisions.wishes.named = frozenset(
            _pip.canonicalize_name(requirement.name)
            for requirement in found
            if requirement.name and not requirement.constraint
        )
        if finder.decisions.wishes.idle():
            # For the end of the run: while pip installs, nobody may import.
            from .. import report  # noqa: F401
        return found

    def run(self, options: Any, args: list[str]) -> int:
        """Run pip's command; say so when ``--variant`` was of no use to anybody."""
        with inheritance.kept_to_this_run():
            status = super().run(options, args)
        if status == 0 and self._decisions is not None:
            idle = self._decisions.wishes.idle()
            if idle:
                from .. import report

                report.idle_wishes(idle)
        return status

    @classmethod
    def make_requirement_preparer(cls, *args: Any, **named: Any) -> Any:
        """Make pip's preparer and make it one of ours."""
        preparer = super().make_requirement_preparer(*args, **named)
        return adopt(preparer, VariantPreparer)

    @classmethod
    def make_resolver(cls, *args: Any, **named: Any) -> Any:
        """Make pip's resolver, with a factory of ours; the legacy one has none."""
        resolver: Any = super().make_resolver(*args, **named)
        factory = getattr(resolver, "factory", None)
        settings = resolver.finder.decisions.settings if factory is None else None
        if settings and (pins.as_mapping() or settings.wishes or settings.forced):
            logger.warning(
                "The legacy resolver does not exchange an installed variant for "
                "another label; add --force-reinstall for that"
            )
        if factory is not None:
            from ..resolving.resolver import VariantResolver

            adopt(factory, VariantFactory)
            adopt(resolver, VariantResolver)
        return resolver


def _check_hashes(options: Any, decisions: Decisions) -> None:
    """Note that pip checks hashes, unless the user has forbidden that."""
    if not getattr(options, "no_require_hashes", False):
        decisions.settings = replace(decisions.settings, hash_mode=True)
        decisions.settings.hand_down()


@contextmanager
def _variants_of_locks(
    decisions: Decisions, check_hashes: Callable[[], None]
) -> Iterator[None]:
    """Choose among the variants of the lock files that pip reads meanwhile.

    :param check_hashes: to be called for the first one: all their files have hashes.
    """
    pips, name = _pip.RequirementCommand, "select_from_pylock_path_or_url"
    if not hasattr(sys.modules[pips.__module__], name):
        yield  # pip 26.0 writes lock files and does not read them
        return
    readers: list[LockReader] = []

    def read_by_us(original: Callable[..., Any]) -> Callable[..., Any]:
        def select(path: str, *args: Any, **named: Any) -> Any:
            from ..locking.reading import LockReader

            check_hashes()

            def stand_in(pips_own: Any) -> LockReader:
                url_of = lock_files.package_wheel_requirement_url
                readers.append(LockReader(pips_own, url_of, path, decisions))
                return readers[-1]

            lock_files: Any = sys.modules[original.__module__]
            with exchanged(original, "Pylock", stand_in):
                return list(original(path, *args, **named))

        return select

    with exchanged(pips, name, read_by_us):
        yield
    for reader in readers:
        reader.check_wishes()
