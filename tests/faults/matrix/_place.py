"""One cell of the matrix: a Python, a way to start it, and the folders around it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.environments import NEWEST, Environment, Workshop
from tests.kit import gpu
from tests.running import Result, alone, run

_OF_OTHERS = {".cargo", ".rustup"}
"""pip asks a Rust compiler for its version, whose launcher leaves these in a home."""


@dataclass(frozen=True, slots=True)
class InstallPlace:
    """Where Python runs, and how it is started.

    :param python: the command that starts it, with its options.
    :param work: a folder of its own: ``project`` is the working folder, ``home``,
        ``cache`` and ``tmp`` are what they say.
    :param start: what starts pip, behind *python*.
    :param sites: the folders in which nothing may be left.
    :param variables: of the environment, beside those that keep the user's away.
    :param noise: a pattern; lines of stderr that match it are expected.
    """

    python: tuple[str | Path, ...]
    work: Path
    start: tuple[str | Path, ...] = ("-m", "pip")
    sites: tuple[Path, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    noise: str | None = None

    @property
    def project(self) -> Path:
        return self.work / "project"

    @property
    def home(self) -> Path:
        return self.work / "home"

    @property
    def temporary(self) -> Path:
        return self.work / "tmp"

    def environ(self) -> dict[str, str]:
        """Return the variables: a machine with a GPU, and folders of its own."""
        return alone(
            self.home,
            **{
                "PIP_CACHE_DIR": str(self.work / "cache"),
                **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.temporary)),
                **gpu("12.9"),
                **self.variables,
            },
        )

    def run(self, *args: str | Path, status: int | None = 0) -> Result:
        """Run Python; nothing may stand on its stderr but the expected noise."""
        for folder in (self.project, self.temporary):
            folder.mkdir(parents=True, exist_ok=True)
        command = (*self.python, *args)
        result = run(command, self.environ(), self.project, status=status)
        assert "Traceback" not in result.err, str(result)
        if status == 0:
            assert not self.said(result), str(result)
        return result

    def pip(self, *args: str | Path, status: int | None = 0) -> Result:
        return self.run(*self.start, *args, status=status)

    def said(self, result: Result) -> list[str]:
        """Return the lines on stderr that were not expected."""
        lines = result.err.splitlines()
        if self.noise is None:
            return lines
        return [line for line in lines if not re.match(self.noise, line)]

    def files(self) -> set[str]:
        """List the files that are installed, without what Python compiled.

        pip may remove a site folder that it has emptied.
        """
        return {
            str(path)
            for site in self.sites
            for path in site.rglob("*")
            if "__pycache__" not in path.parts and not path.is_dir()
        }

    def litter(self) -> list[str]:
        """List what was left in the home and in the folder of temporary files."""
        found = [*self.home.iterdir(), *self.temporary.iterdir()]
        return sorted(str(path) for path in found if path.name not in _OF_OTHERS)


def in_environment(
    environment: Environment, work: Path, *options: str, **variables: str
) -> InstallPlace:
    """Return the place of an environment that this Python made."""
    return InstallPlace(
        (environment.python, *options),
        work,
        sites=(environment.site, environment.scripts),
        variables=variables,
    )


def in_folder(root: Path, work: Path, *options: str, **variables: str) -> InstallPlace:
    """Return the place of an environment that any Python, or another tool, made."""
    scripts = root / ("Scripts" if os.name == "nt" else "bin")
    return InstallPlace(
        (scripts / ("python.exe" if os.name == "nt" else "python"), *options),
        work,
        sites=(root,),
        variables=variables,
    )


def make_environment(
    workshop: Workshop, python: Path, root: Path, *, pip: str | None = NEWEST
) -> None:
    """Make an environment with a Python, install a pip and pip-variants in it.

    :param pip: the version; None for no pip, and none of ours.
    """
    environ = alone(workshop.folder / "home", PIP_VARIANTS_OFF="1")
    run((python, "-I", "-m", "venv", "--without-pip", root), environ, workshop.folder)
    if pip is not None:
        install(workshop, in_folder(root, workshop.folder / "making").python, pip)


def install(
    workshop: Workshop,
    python: tuple[str | Path, ...],
    pip: str,
    *,
    environ: Mapping[str, str] | None = None,
) -> None:
    """Let a pip of its own install a pip and pip-variants.

    :param python: the command that starts the Python for which they are installed.
    :param environ: the variables, when they say where to install.
    """
    wheels = (workshop.pip_wheel(pip), workshop.our_wheel())
    base = alone(workshop.folder / "home") if environ is None else environ
    workshop.install(python, "--no-compile", *wheels, environ=base)
