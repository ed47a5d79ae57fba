"""``pip wheel``, which knows variants."""

from __future__ import annotations

from .. import _pip
from ._installing import InstallingCommand

__all__ = ["WheelCommand"]


class WheelCommand(InstallingCommand, _pip.WheelCommand):  # noqa: D101 - has the docstring of pip, which is its help
    __doc__ = _pip.WheelCommand.__doc__
