"""An index in a process of its own, so that it takes no time from who is measured.

::

    python -m benchmarks.serving FOLDER

prints the URL; each line on standard input asks for the requests since the last one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from pip_variants.demo.server import IndexServer

__all__ = ["IndexProcess"]

_ROOT = Path(__file__).parents[1]


class IndexProcess:
    """Serves a folder from entering to leaving the context."""

    def __init__(self, folder: Path) -> None:
        """Prepare to serve *folder*."""
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            (sys.executable, "-m", f"{__package__}.serving", str(self._folder)),
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = self._read_line()
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

    def _read_line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the index has ended")
        return line.strip()

    def requests(self) -> list[str]:
        """Return what was asked since the last call: method, path and status."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        answer: list[str] = json.loads(self._read_line())
        return answer


def main(folder: str) -> None:
    """Serve until standard input ends."""
    with IndexServer(Path(folder)) as server:
        print(server.url, flush=True)
        for _ in sys.stdin:
            asked = [f"{r.method} {r.path} {r.status}" for r in server.requests]
            server.forget()
            print(json.dumps(asked), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
