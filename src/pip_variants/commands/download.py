"""``pip download``, which knows variants, and may fetch for several machines."""

from __future__ import annotations

import copy
from logging import getLogger
from optparse import Values
from pathlib import Path
from typing import Any

from .. import _pip
from ..settings import Settings
from ..text import printable
from ._installing import InstallingCommand

__all__ = ["DownloadCommand"]

logger = getLogger(__name__)


class DownloadCommand(InstallingCommand, _pip.DownloadCommand):  # noqa: D101 - has the docstring of pip, which is its help
    __doc__ = _pip.DownloadCommand.__doc__

    _settings: Settings | None = None

    def run(self, options: Values, args: list[str]) -> int:
        """Download for each machine that a platform file describes, or for this one.

        What one environment could hold for all of them is not the question here: the
        folder gets what each of them needs.
        """
        everything = Settings.read(options, self.parser)
        for name, self._settings in everything.each_machine():
            if len(everything.platforms) > 1:
                logger.info("For %s:", printable(name))
            status = self._run_once(options, args)
            if status:
                return status
        return 0

    def _run_once(self, options: Values, args: list[str]) -> int:
        # pip changes the options while it runs.
        status = super().run(copy.deepcopy(options), args)
        if status == 0:
            self._save_metadata(Path(options.download_dir).resolve())
        return status

    def read_settings(self, options: Any) -> Settings:
        """Return the settings for the machine whose turn it is."""
        return self._settings or super().read_settings(options)

    def _save_metadata(self, folder: Path) -> None:
        """Save the metadata beside the wheels: the folder is an index then."""
        if self._decisions is None:
            return
        for name, version in self._decisions.taken_releases():
            from ..folder import save_metadata

            save_metadata(folder, name, version)
