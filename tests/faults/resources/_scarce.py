"""Runs pip where something is scarce: room, rights, files, memory, or somebody to read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.kit import SCHEMA_0_2_0, SECONDS, Pip
from tests.running import Result

_PR_CAPBSET_DROP = 24
_CAPABILITIES = (1, 2, 3)
"""CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER."""

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs limits of POSIX")

PLUGIN = """
class Level:
    name, values, multi_value = "level", ["1"], False


class Plugin:
    namespace = "tester"

    @classmethod
    def get_supported_configs(cls):
        return [Level]

    get_all_configs = get_supported_configs
"""

DOCUMENT = {
    "$schema": SCHEMA_0_2_0,
    "default-priorities": {"namespace": ["tester"]},
    "providers": {"tester": {"requires": ["tester"]}},
    "variants": {"one": {"tester": {"level": ["1"]}}, "null": {}},
}
"""Label one is right, and takes a plugin to be found."""


@dataclass(frozen=True)
class Scarcity:
    """What a command has to do without.

    :param limits: names of limits, as in ``resource.RLIMIT_...`` -> number.
    :param variables: on top of those of all; None takes one away.
    :param unprivileged: whether it runs as somebody who may not write everywhere.
    """

    limits: Mapping[str, int] = field(default_factory=dict)
    variables: Mapping[str, str | None] = field(default_factory=dict)
    unprivileged: bool = False

    def environ(self, pip: Pip) -> dict[str, str]:
        found = pip.environ()
        for name, text in self.variables.items():
            found.pop(name, None)
            if text is not None:
                found[name] = text
        return found

    def _give_up(self) -> None:
        """Give up what there is to be less of, in the process that is to be pip."""
        if sys.platform == "win32":
            return
        import resource

        if self.unprivileged and os.geteuid() == 0:
            _give_up_rights()
        for name, number in self.limits.items():
            which = getattr(resource, f"RLIMIT_{name}")
            resource.setrlimit(which, (number, number))

    def run(
        self,
        pip: Pip,
        *arguments: str | Path,
        **variables: str,
    ) -> Result:
        """Run pip with what is left."""
        if self.unprivileged and os.geteuid() == 0 and sys.platform != "linux":
            pytest.skip("root can write everywhere")
        command = (str(pip.python), "-m", "pip", *map(str, arguments))
        done = subprocess.run(
            command,
            env={**self.environ(pip), **variables},
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
            preexec_fn=self._give_up,
        )
        return Result(command, done.returncode, done.stdout, done.stderr)


def _give_up_rights() -> None:
    """Let root write only where anybody could who owns the same.

    Another user might not even reach the interpreter. It holds from the next program
    on, since what is bounded is what that one gets.
    Source: ``man 7 capabilities``.
    """
    import ctypes

    system = ctypes.CDLL(None, use_errno=True)
    for capability in _CAPABILITIES:
        if system.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")


def in_namespace(command: Sequence[str], mounts: Sequence[str]) -> list[str]:
    """Return a command that runs where small disks are mounted, seen by nobody else.

    :param mounts: arguments of mount, a shell word each.
    """
    script = "".join(f"mount {mount} && " for mount in mounts) + 'exec "$@"'
    return ["unshare", "--mount", "sh", "-c", script, "sh", *command]


def can_mount() -> bool:
    """Tell whether this process may mount something for itself alone."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    try:
        done = subprocess.run(
            in_namespace(["true"], ["-t tmpfs none /mnt"]),
            capture_output=True,
            check=False,
            timeout=SECONDS,
        )
    except OSError:
        return False
    return done.returncode == 0
