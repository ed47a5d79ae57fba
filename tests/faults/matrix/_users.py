"""Another user, another network: what stands in front of a command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_BECOME = """\
import os, sys
os.setgroups([])
os.setgid(int(sys.argv[1]))
os.setuid(int(sys.argv[2]))
os.umask(0o022)
os.execv(sys.argv[3], sys.argv[3:])
"""

NAME = "nobody"


def as_nobody() -> tuple[str, ...]:
    """Return what starts a command as a user without rights, or skip the test."""
    if sys.platform == "win32":
        pytest.skip("there is no such user there")
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    user, group = identity()
    return sys.executable, "-I", "-c", _BECOME, str(group), str(user)


def identity() -> tuple[int, int]:
    """Return the number of that user and of its group."""
    if sys.platform == "win32":
        pytest.skip("there is no such user there")
    import pwd

    try:
        found = pwd.getpwnam(NAME)
    except KeyError:
        pytest.skip(f"no user {NAME} here")
    return found.pw_uid, found.pw_gid


def give(folder: Path) -> None:
    """Let that user own a folder and what is in it."""
    user, group = identity()
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user, group, follow_symlinks=False)


def without_network() -> tuple[str, ...]:
    """Return what starts a command without any network, or skip the test."""
    program = shutil.which("unshare")
    if program is None:
        pytest.skip("no program here that takes the network away")
    command = (program, "--net")
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("nobody may take the network away here")
    return command
