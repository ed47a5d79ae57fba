"""``pip index``, which knows variants."""

from __future__ import annotations

from .. import _pip
from ._base import FinderCommand

__all__ = ["IndexCommand"]


class IndexCommand(FinderCommand, _pip.IndexCommand):  # noqa: D101 - has the docstring of pip, which is its help
    __doc__ = _pip.IndexCommand.__doc__
