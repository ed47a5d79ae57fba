"""The logs of builds: what a backend was asked for, and what it wrote."""

from __future__ import annotations

from pathlib import Path

from .ledger import FOLDER
from .plan import Build

__all__ = ["head_of", "log_of", "sdist_log", "tail_of"]

_TAIL_LINES = 12
_TAIL_BYTES = 8 * 1024


def log_of(outdir: Path, build: Build) -> Path:
    """Return the log of a build.

    Its name is that of the first label: the numbers of builds are others as soon as a
    part of them is built, and no build has the first label of another.
    """
    labels = [cell.label for cell in build.cells]
    name = f"build-{labels[0]}" if labels else "build"
    return outdir / FOLDER / f"{name}.log"


def sdist_log(outdir: Path) -> Path:
    """Return the log of the sdist."""
    return outdir / FOLDER / "sdist.log"


def head_of(build: Build) -> bytes:
    """Return the first lines of a log: what the backend is asked for."""
    labels = [cell.label for cell in build.cells] + ["no label"] * build.plain
    lines = [f"# for {', '.join(labels)}"]
    lines += (f"# {name}={text}" for name, text in build.recipe.environ.items())
    lines += (f"# -C{name}={value}" for name, value in build.recipe.config.items())
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def tail_of(log: Path) -> list[str]:
    """Return the last lines of a log.

    :raises OSError: when it cannot be read.
    """
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - _TAIL_BYTES))
        text = stream.read(_TAIL_BYTES).decode("utf-8", "replace")
    return text.splitlines()[-_TAIL_LINES:]
