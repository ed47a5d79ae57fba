"""Runs commands for tests of every room: the variables they get, and what they did.

Nothing of the user's reaches a command that runs with :func:`alone`. The set-up of the
tests (downloading pips, building this checkout) follows the user's pip configuration,
with :func:`configured`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pip_variants.demo.environment import clean_environ

WINDOWS = os.name == "nt"

SECONDS = 120
"""How long one command may take; the slowest builds this project."""

# Each of these makes pip or Python look somewhere else than at their environment.
_FOREIGN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_REQUIRE_VIRTUALENV")

_DAMAGED = "WARNING: pip-variants"


@dataclass(frozen=True, slots=True)
class Result:
    """What one command did."""

    command: tuple[str, ...]
    status: int
    out: str
    err: str

    def __str__(self) -> str:
        return (
            f"{' '.join(self.command)}\nended with {self.status}\n"
            f"--- stdout\n{self.out}\n--- stderr\n{self.err}"
        )

    @property
    def both(self) -> str:
        return self.out + self.err

    @property
    def last(self) -> str:
        """The last line of the output."""
        return self.out.splitlines()[-1] if self.out else ""

    @property
    def warnings(self) -> list[str]:
        """The lines that pip marks as warnings."""
        return [line for line in self.both.splitlines() if line.startswith("WARNING:")]

    @property
    def complaints(self) -> list[str]:
        """The lines on stderr that say that pip is not extended."""
        return [line for line in self.err.splitlines() if line.startswith(_DAMAGED)]

    @property
    def has_traceback(self) -> bool:
        return "Traceback" in self.both

    def line(self, start: str) -> str:
        """Return the only line that starts with *start*."""
        (found,) = [line for line in self.out.splitlines() if line.startswith(start)]
        return found

    @property
    def would_install(self) -> list[str]:
        return self.line("Would install ").split()[2:]

    @property
    def installed(self) -> list[str]:
        return self.line("Successfully installed ").split()[2:]

    @property
    def chosen(self) -> str:
        """What would be installed, or is; empty when nothing is said."""
        for line in self.out.splitlines():
            for start in ("Would install ", "Successfully installed "):
                if line.startswith(start):
                    return line.removeprefix(start)
        return ""

    def ok(self) -> Result:
        assert self.status == 0, str(self)
        return self

    def failed(self) -> Result:
        """Assert an orderly failure: an error, and no traceback."""
        assert self.status != 0, str(self)
        assert not self.has_traceback, str(self)
        assert "ERROR" in self.err, str(self)
        return self


def run(
    command: Sequence[str | Path],
    environ: Mapping[str, str],
    folder: str | Path,
    *,
    status: int | None = 0,
    seconds: int = SECONDS,
    strict: bool = False,
) -> Result:
    """Run a command to its end, or end it with all that it started.

    :param status: the exit status that it must have; None for any.
    :param seconds: how long it may take.
    :param strict: whether all that it writes must be UTF-8.
    :raises subprocess.TimeoutExpired: when it took longer.
    """
    words = tuple(map(str, command))
    process = subprocess.Popen(
        words,
        env=dict(environ),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="strict" if strict else "replace",
        start_new_session=not WINDOWS,
    )
    with process:
        try:
            out, err = process.communicate(timeout=seconds)
        except BaseException:
            _end(process)
            raise
    result = Result(words, process.returncode, out, err)
    if status is not None:
        assert result.status == status, str(result)
    return result


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def alone(home: Path, **extra: str) -> dict[str, str]:
    """Return variables under which nothing of the user's reaches pip.

    :param home: the home folder, which also holds the cache.
    """
    home.mkdir(parents=True, exist_ok=True)
    own = {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "PIP_CACHE_DIR": str(home / "cache"),
        "LC_ALL": "C.UTF-8",
        # Of the session that runs these tests.
        "COVERAGE_PROCESS_START": "",
    }
    return clean_environ(os.environ, **{**own, **extra})


def configured(**extra: str) -> dict[str, str]:
    """Return variables under which pip reaches the registry as its user set it up."""
    kept = {name: text for name, text in os.environ.items() if name not in _FOREIGN}
    return {
        **kept,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "LC_ALL": "C.UTF-8",
        **extra,
    }


def stock(**extra: str) -> dict[str, str]:
    """Return the variables of :func:`configured`, for pip as it comes."""
    return configured(PIP_VARIANTS_OFF="1", **extra)
