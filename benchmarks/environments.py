"""Equal virtual environments with and without pip-variants, and the peer's."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pip_variants.demo.environment import clean_environ, fresh_environment

from .commands import Command

__all__ = ["PEER_VERSION", "Environment", "Sides", "make_environment", "peer_python"]

PEER_VERSION = "0.2.2"
"""The variantlib that the budgets are measured against."""

_PEER = "variantlib"
_OURS = "pip_variants*"


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment and a pip cache of its own."""

    folder: Path
    python: Path

    def command(self, *arguments: str, **variables: str) -> Command:
        """Return a run of this Python, apart from any configuration of the user."""
        # PYTHONUNBUFFERED and its like change how fast, and what, Python writes.
        base = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        environ = clean_environ(
            base,
            PIP_CACHE_DIR=str(self.folder / "cache"),
            PYTHONHASHSEED="0",
            **variables,
        )
        return Command((str(self.python), *arguments), environ, self.folder)

    def pip(self, *arguments: str, **variables: str) -> Command:
        """Return a run of pip."""
        return self.command("-m", "pip", *arguments, **variables)

    def dry_run(self, url: str, *requirements: str, **variables: str) -> Command:
        """Return a ``pip install --dry-run`` from one index."""
        # pip caches what comes over plain http from trusted hosts only.
        host = urlsplit(url).netloc
        options = ("--ignore-installed", "--index-url", url, "--trusted-host", host)
        return self.pip("install", "--dry-run", *options, *requirements, **variables)


@dataclass(frozen=True, slots=True)
class Sides:
    """Three equal environments, one of them with pip-variants."""

    hooked: Environment
    stock: Environment
    control: Environment


def make_environment(folder: Path, *, hooked: bool) -> Environment:
    """Make an environment; without the hook it is the same one, with us taken out."""
    python = fresh_environment(folder)
    base = {"base": str(folder), "platbase": str(folder)}
    site = Path(sysconfig.get_path("purelib", "venv", base))
    if not hooked:
        for path in site.glob(_OURS):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    made = Environment(folder, python)
    # Nobody may pay for compiling while somebody else does not.
    made.command("-m", "compileall", "-q", str(site)).run()
    return made


def peer_python(folder: Path) -> Path | None:
    """Return a Python that has the peer, in an environment with nothing else.

    The peer reads the metadata of all that is installed beside it, so a full
    environment would make it look slow. Only where the package registry cannot be
    reached does the running environment serve, if it has the peer; None if not.
    This alone follows the user's pip configuration.
    """
    windows = os.name == "nt"
    venv.EnvBuilder(with_pip=False, symlinks=not windows).create(folder)
    base = {"base": str(folder), "platbase": str(folder)}
    scripts = Path(sysconfig.get_path("scripts", "venv", base))
    python = scripts / ("python.exe" if windows else "python")
    pip = (sys.executable, "-m", "pip", "--python", str(python))
    done = subprocess.run(
        (*pip, "install", "--quiet", f"{_PEER}=={PEER_VERSION}"),
        env={**os.environ, "PIP_VARIANTS_OFF": "1"},
        check=False,
    )
    if done.returncode == 0:
        return python
    try:
        present = importlib.metadata.version(_PEER) == PEER_VERSION
    except importlib.metadata.PackageNotFoundError:
        present = False
    return Path(sys.executable) if present else None
