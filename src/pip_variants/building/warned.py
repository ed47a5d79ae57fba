"""Warnings of the front end and of backends go to the log of the build they belong to.

``pyproject_hooks`` collects what a backend warns of, and warns of it again in our process.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, TextIO

__all__ = ["WarningLog"]


class WarningLog:
    """Catches the warnings of threads that have a log; a context.

    Python's own way to catch warnings is for one thread only.
    """

    def __init__(self) -> None:
        self._here = threading.local()
        self._others: Any = None

    def __enter__(self) -> WarningLog:
        """Begin to catch warnings."""
        self._others = warnings.showwarning
        warnings.showwarning = self._show
        return self

    def __exit__(self, *_: object) -> None:
        """Show them again as before."""
        warnings.showwarning = self._others

    @contextmanager
    def into(self, log: IO[bytes]) -> Iterator[None]:
        """Write the warnings of this thread to *log* meanwhile."""
        self._here.log = log
        try:
            yield
        finally:
            self._here.log = None

    def _show(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        log = getattr(self._here, "log", None)
        if log is None or file is not None:
            self._others(message, category, filename, lineno, file, line)
            return
        text = warnings.formatwarning(message, category, filename, lineno, line)
        log.write(text.encode("utf-8", "replace"))
