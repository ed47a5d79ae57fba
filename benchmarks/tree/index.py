"""The slow index in a process of its own, so that it takes no time from who is measured."""

from __future__ import annotations

from pathlib import Path

from ..serving import ServerProcess

__all__ = ["SlowIndex"]


class SlowIndex(ServerProcess):
    """Serves a folder.

    :param rate: of each connection, in MB/s.
    """

    def __init__(self, folder: Path, rate: float) -> None:
        super().__init__("tree.server", str(folder), str(rate))
