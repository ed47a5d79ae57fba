"""The Pythons of this machine that we support, found by looking and asking."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

MINORS = (11, 12, 13, 14)
"""The releases of Python 3 that are looked for; one that is not here is skipped."""

_QUESTION = """
import os, sys, sysconfig, venv
marker = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
print(*sys.version_info[:2], os.path.isfile(marker))
print(os.path.realpath(sys._base_executable))
"""


class _Answer(NamedTuple):
    version: tuple[int, int]
    managed: bool
    path: Path


def find_python(minor: int) -> Path | None:
    """Return a Python of a release that works and can make environments, or None."""
    return python_for(minor, ())


def python_for(minor: int, start: tuple[str, ...]) -> Path | None:
    """Return one that works behind the command *start*."""
    return next((answer.path for answer in _answers(minor, start)), None)


def managed_python() -> Path | None:
    """Return a Python whose packages belong to the system (PEP 668), or None."""
    answers = (answer for minor in MINORS for answer in _answers(minor, ()))
    return next((answer.path for answer in answers if answer.managed), None)


def _answers(minor: int, start: tuple[str, ...]) -> Iterator[_Answer]:
    for candidate in _candidates(minor):
        answer = _ask(candidate, start)
        if answer is not None and answer.version == (3, minor):
            yield answer


def _candidates(minor: int) -> Iterator[Path]:
    """Yield what may be one: this Python, those on PATH, those that pyenv keeps."""
    yield Path(sys.executable)
    name = f"python3.{minor}"
    for folder in os.get_exec_path():
        found = shutil.which(name, path=folder)
        if found is not None:
            yield Path(found)
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(root.glob(f"versions/3.{minor}.*/bin/{name}"), reverse=True)


@cache
def _ask(python: Path, start: tuple[str, ...]) -> _Answer | None:
    try:
        done = subprocess.run(
            [*start, python, "-I", "-c", _QUESTION],
            cwd=python.anchor,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    words, path = done.stdout.splitlines()
    major, minor, managed = words.split()
    return _Answer((int(major), int(minor)), managed == "True", Path(path))


def this_python() -> Path:
    """Return the Python that runs the tests, outside of any environment."""
    found = find_python(sys.version_info.minor)
    assert found is not None
    return found
