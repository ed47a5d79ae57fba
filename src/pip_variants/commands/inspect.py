"""``pip inspect``, which knows variants."""

from __future__ import annotations

from typing import Any

from .. import _pip
from ..installed import installed_variant

__all__ = ["InspectCommand"]


class InspectCommand(_pip.InspectCommand):  # noqa: D101 - has the docstring of pip, which is its help
    __doc__ = _pip.InspectCommand.__doc__

    def _dist_to_dict(self, dist: _pip.BaseDistribution) -> dict[str, Any]:
        """Describe a distribution; only one that is a variant gets a field more."""
        found = super()._dist_to_dict(dist)
        variant = installed_variant(dist)
        if variant is not None:
            found["variant"] = variant.to_dict()
        return found
