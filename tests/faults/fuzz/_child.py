"""The process that looks at one target: ``fuzz NAME OPTION...``, with atheris, or
``shrink NAME FILE SMALLER``.

The hook of the installed project has imported the bare package by then. It holds a
docstring; all other modules are imported here, where atheris counts their branches.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["SECONDS_TO_SHRINK", "main"]

SECONDS_TO_SHRINK = 15

_MEMORY = 2 << 30
"""Bytes of address space. Python and the fuzzer take a third of it."""

_COUNTED = ["pip_variants", "tomllib"]
"""The packages whose branches guide the fuzzer. Of a name with a dot atheris takes the
first part: all of pip would be counted for one module of it, and that takes long."""

_COUNTED_OF_PIP = {"lock_file": "pip._vendor.packaging.pylock"}
"""Target -> the module of pip that counts as well, with what it imports."""


def main(arguments: Sequence[str]) -> None:
    """Do what the arguments say."""
    import resource

    # Systems may refuse.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    task, name, *others = arguments
    if task == "shrink":
        _shrink(name, *map(Path, others))
    else:
        _fuzz(name, others)


def _fuzz(name: str, options: Sequence[str]) -> None:
    """Fuzz a target until the options of libFuzzer say that it is enough."""
    atheris: Any = importlib.import_module("atheris")
    if name in _COUNTED_OF_PIP:
        with atheris.instrument_imports(include=["pip"]):
            importlib.import_module(_COUNTED_OF_PIP[name])
    with atheris.instrument_imports(include=_COUNTED):
        from .targets import corpus, target

        run = target(name)

        # Many modules are imported when they are needed. What fails here fails again.
        for path in corpus(name):
            with contextlib.suppress(Exception):
                run.__wrapped__(path.read_bytes())  # type: ignore[attr-defined]
    atheris.Setup([name, *options], run)
    atheris.Fuzz()


def _shrink(name: str, found: Path, smaller: Path) -> None:
    from .shrinking import shrink
    from .targets import target

    smaller.write_bytes(shrink(target(name), found.read_bytes(), SECONDS_TO_SHRINK))


if __name__ == "__main__":
    main(sys.argv[1:])
