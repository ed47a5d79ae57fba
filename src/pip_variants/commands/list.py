"""``pip list``, which knows variants."""

from __future__ import annotations

from .. import _pip
from ._base import FinderCommand

__all__ = ["ListCommand"]


class ListCommand(FinderCommand, _pip.ListCommand):  # noqa: D101 - has the docstring of pip, which is its help
    __doc__ = _pip.ListCommand.__doc__
