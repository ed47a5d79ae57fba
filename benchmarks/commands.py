"""Child processes: run, timed, and their memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from .samples import Sample

try:
    import resource
except ImportError:  # Windows
    _getrusage = None
else:
    _getrusage = resource.getrusage

__all__ = ["Command", "CommandError", "peak_memory"]

_MEMORY_SCRIPT = """\
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""
_TAIL = 2000


class CommandError(RuntimeError):
    """A command that should have worked did not."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something to run, again and again.

    :param arguments: the program first.
    :param environ: all of the environment variables.
    :param folder: where to run it.
    """

    arguments: tuple[str, ...]
    environ: Mapping[str, str]
    folder: Path

    def run(self) -> subprocess.CompletedProcess[str]:
        """Run it and keep what it prints.

        :raises CommandError: when it fails.
        """
        done = subprocess.run(
            self.arguments,
            env=dict(self.environ),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandError(
                f"{' '.join(self.arguments[1:])} failed:\n"
                f"{done.stdout[-_TAIL:]}\n{done.stderr[-_TAIL:]}"
            )
        return done

    def time(self) -> Sample:
        """Run it; nobody reads what it prints, so that reading costs nothing."""
        before = _cpu_of_children()
        started = perf_counter()
        done = subprocess.run(
            self.arguments,
            env=dict(self.environ),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        wall = perf_counter() - started
        after = _cpu_of_children()
        if done.returncode:
            self.run()
            raise CommandError(f"{' '.join(self.arguments[1:])} failed")
        cpu = None if before is None or after is None else after - before
        return Sample(wall, cpu)


def _cpu_of_children() -> float | None:
    """Return the processor time of all children that have ended."""
    if _getrusage is None:
        return None
    usage = _getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def peak_memory(command: Command) -> int | None:
    """Return the most memory that a command held, in bytes; None where unknown.

    A child starts out with the peak of its parent, so the parent must be small.
    """
    if _getrusage is None:
        return None
    small = (sys.executable, "-I", "-S", "-c", _MEMORY_SCRIPT)
    launcher = Command((*small, *command.arguments), command.environ, command.folder)
    unit = 1 if sys.platform == "darwin" else 1024
    return int(launcher.run().stdout.split()[-1]) * unit
