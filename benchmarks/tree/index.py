"""The slow index in a process of its own, so that it takes no time from who is measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["SlowIndex"]

_ROOT = Path(__file__).parents[2]


class SlowIndex:
    """Serves a folder from entering to leaving the context.

    :param rate: of each connection, in MB/s.
    """

    def __init__(self, folder: Path, rate: float) -> None:
        self._arguments = (str(folder), str(rate))
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            (sys.executable, "-m", f"{__package__}.server", *self._arguments),
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        if not self.url:
            raise RuntimeError("the index has ended")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.communicate()
            self._process = None
