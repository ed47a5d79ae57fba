"""``pip lock``, which knows variants."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from .. import _pip
from ..exchange import exchanged
from ._installing import InstallingCommand

__all__ = ["LockCommand"]


class LockCommand(InstallingCommand, _pip.LockCommand):  # noqa: D101 - has the docstring of pip, which is its help
    __doc__ = _pip.LockCommand.__doc__

    def run(self, options: Any, args: list[str]) -> int:
        """Lock; the file lists the variants of each package."""
        name = "pylock_from_install_requirements"
        with exchanged(_pip.LockCommand, name, self._locker):
            return super().run(options, args)

    def _locker(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Add the variants to what pip writes."""

        def lock(
            install_requirements: Iterable[_pip.InstallRequirement], base_dir: Path
        ) -> Any:
            requirements = list(install_requirements)
            pips_own = original(requirements, base_dir)
            finder = self._finder
            assert finder is not None
            names = (_pip.canonicalize_name(each.name or "") for each in requirements)
            if not any(map(finder.decisions.choices, names)):
                return pips_own
            from ..locking.writing import add_variants

            return add_variants(pips_own, requirements, finder)

        return lock
