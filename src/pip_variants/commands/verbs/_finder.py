"""What the verbs that look at an index have in common."""

from __future__ import annotations

from optparse import Values
from typing import Any

from ... import _pip
from ...finder import VariantFinder
from ..index import IndexCommand

__all__ = ["FinderVerb"]


class FinderVerb(IndexCommand):
    """A verb with pip's options for indexes."""

    def handler_map(self) -> dict[str, Any]:
        """Return nothing: a verb has no verbs."""
        return {}

    def make_finder(self, options: Values) -> VariantFinder:
        """Make a finder for the Python that the options name."""
        finder: VariantFinder = self._build_package_finder(
            options=options,
            session=self.get_default_session(options),
            target_python=_pip.make_target_python(options),
            ignore_requires_python=options.ignore_requires_python,
        )
        return finder
