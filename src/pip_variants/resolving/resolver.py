"""pip's resolver, which runs again where variants depend on what it picks.

The first run treats labels with ``abi_dependency`` as if they fitted what is likely to
be picked. When they do, that was all. A run without such labels is pip's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from .. import _pip
from ..installed import installed_metadata
from ..variantlib.model import ABI_DEPENDENCY
from .factory import VariantFactory

if TYPE_CHECKING:
    from .guesses import Guesses

__all__ = ["VariantResolver"]


class VariantResolver(_pip.Resolver):
    """Resolves; compares what was picked with what the chosen variants need."""

    factory: VariantFactory

    def resolve(
        self, root_reqs: list[_pip.InstallRequirement], check_supported_wheels: bool
    ) -> _pip.RequirementSet:
        """Let pip resolve, as often as it takes until the variants fit."""
        decisions = self.factory.decisions
        decisions.expect(partial(self._guesses, root_reqs))
        again = partial(self._resolve_once, root_reqs, check_supported_wheels)
        found = again()
        if not decisions.depends_on_picks and not self._keeps_dependent(found):
            return found
        from .settling import Settling

        return Settling(self).settle(found, again)

    def _resolve_once(
        self, root_reqs: list[_pip.InstallRequirement], check_supported_wheels: bool
    ) -> _pip.RequirementSet:
        try:
            return super().resolve(root_reqs, check_supported_wheels)
        except RecursionError:
            # pip's resolver follows circles of requirements for ever in some conflicts;
            # labels can close such a circle where the packages alone have none.
            if not self.factory.decisions.depends_on_picks:
                raise
            msg = "pip cannot find out which of these packages fit each other"
            raise _pip.InstallationError(msg) from None

    def candidates(self) -> Iterator[Any]:
        """Yield what was picked, packages with extras once more for each of these."""
        assert self._result is not None
        yield from self._result.mapping.values()

    def requirements(self) -> Iterator[tuple[str, list[Any]]]:
        """Yield each name that was picked, with the requirements that led to it."""
        assert self._result is not None
        for name in self._result.mapping:
            yield name, [*self._result.criteria[name].iter_requirement()]

    def _guesses(self, root_reqs: list[_pip.InstallRequirement]) -> Guesses:
        from .guesses import Guesses

        return Guesses(
            self.factory,
            root_reqs,
            upgrade=self.upgrade_strategy,
            follows=not self.ignore_dependencies,
        )

    def _keeps_dependent(self, found: _pip.RequirementSet) -> bool:
        """Tell whether a variant stays whose neighbours may be exchanged."""
        if not found.requirements:
            return False
        for candidate in self.candidates():
            if candidate.is_installed and candidate.name == candidate.project_name:
                document = installed_metadata(candidate.dist)
                if document and ABI_DEPENDENCY in document.used_namespaces:
                    return True
        return False
