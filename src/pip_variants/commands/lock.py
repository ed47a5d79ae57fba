"""``pip lock``, which knows variants."""

from __future__ import annotations

from .. import _pip
from ._base import InstallingCommand

__all__ = ["LockCommand"]


class LockCommand(InstallingCommand, _pip.LockCommand):  # noqa: D101 - has the docstring of pip, which is its help
    __doc__ = _pip.LockCommand.__doc__
