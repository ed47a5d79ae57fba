"""``pip download``, which knows variants."""

from __future__ import annotations

from .. import _pip
from ._installing import InstallingCommand

__all__ = ["DownloadCommand"]


class DownloadCommand(InstallingCommand, _pip.DownloadCommand):  # noqa: D101 - has the docstring of pip, which is its help
    __doc__ = _pip.DownloadCommand.__doc__
