"""Run pip, and tell where its time went.

It is run as a file by the Python of an environment, so it imports nothing of its
package::

    python anatomy.py ANSWER_FILE install torch ...

The functions of pip that do the work are wrapped. That tells more than pip's own log,
which has no line between unpacking and compiling, and it costs two looks at the clock
for each call: some ten thousand calls, a few milliseconds.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

__all__ = ["PARTS", "Clock"]

PARTS = {
    "index": ("index.package_finder", "PackageFinder", "find_all_candidates"),
    "metadata": ("operations.prepare", "RequirementPreparer", "_fetch_metadata_only"),
    "download": ("network.download", "Downloader", "__call__"),
    "hash": ("utils.hashes", "Hashes", "check_against_path"),
    "unpack": ("operations.install.wheel", "ZipBackedFile", "save"),
    "byte-compile": ("operations.install.wheel", "compileall", "compile_file"),
    "RECORD and scripts": ("operations.install.wheel", "", "_install_wheel"),
    "removing what was downloaded": ("utils.temp_dir", "TempDirectory", "cleanup"),
}
"""Part -> module of pip, object in it or nothing, function."""


class Clock:
    """Gives each moment to the innermost part that is being worked on."""

    def __init__(self, now: Callable[[], float] = perf_counter) -> None:
        self.seconds = dict.fromkeys(PARTS, 0.0)
        self._now = now
        self._inside: list[float] = []

    def wrap(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with its time taken."""

        @functools.wraps(function)
        def timed(*args: object, **options: object) -> object:
            self._inside.append(0.0)
            started = self._now()
            try:
                return function(*args, **options)
            finally:
                taken = self._now() - started
                self.seconds[part] += taken - self._inside.pop()
                if self._inside:
                    self._inside[-1] += taken

        return timed


def main(answer: str, *arguments: str) -> int:
    """Run pip with *arguments*, and write the seconds of each part."""
    clock = Clock()
    for part, (module, owner, name) in PARTS.items():
        place: Any = import_module(f"pip._internal.{module}")
        if owner:
            place = getattr(place, owner)
        setattr(place, name, clock.wrap(part, getattr(place, name)))
    run = import_module("pip._internal.cli.main").main
    started = perf_counter()
    status: int = run(list(arguments))
    whole = perf_counter() - started
    Path(answer).write_text(json.dumps({"": whole, **clock.seconds}), "utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
