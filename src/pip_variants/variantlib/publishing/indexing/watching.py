"""When the files of a folder have changed, and none of them grows any more.

Looking again and again works on every system and every network drive.
"""

from __future__ import annotations

from pathlib import Path

from ...filename import INDEX_SUFFIX
from .listing import Stamp, list_folder

__all__ = ["Watch"]


class Watch:
    """Looks at a folder again and again.

    A file that is not what it was at the last look may still be growing. Until it has
    been the same twice, its project waits.
    """

    def __init__(self, folder: Path, pages: Path | None) -> None:
        """Start without having looked."""
        self._folder = folder
        self._pages = pages
        self._seen: dict[str, Stamp] | None = None
        self._done: dict[str, Stamp] | None = None
        self.settled: dict[str, Stamp] = {}

    def look(self) -> bool:
        """Look; tell whether there is something to do."""
        now = {
            found.path: found.stamp
            for found in list_folder(self._folder, self._pages).files
            # What we write ourselves.
            if not found.name.endswith(INDEX_SUFFIX)
        }
        first, seen = self._seen is None, self._seen or {}
        self._seen = now
        self.settled = {p: stamp for p, stamp in now.items() if seen.get(p) == stamp}
        if first or self.settled == self._done:
            return False
        self._done = self.settled
        return True

    def again(self) -> None:
        """Have something to do at the next look, whatever is seen."""
        self._done = None
