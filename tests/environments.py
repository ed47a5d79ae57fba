"""Environments with any pip in them, for the tests that install and remove things.

The set-up (downloading pips, building this checkout) follows the pip configuration
of whoever runs the tests; what is tested runs apart from it. Wheels are got once in a
session. An environment is made once and then copied, which is much faster.
"""

from __future__ import annotations

import shutil
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.running import WINDOWS, Result, alone, run, stock

CHECKOUT = Path(__file__).resolve().parents[1]

PIPS = ("26.0", "26.1", "26.2", "26.3")
OLDEST, NEWEST = PIPS[0], PIPS[-1]


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment."""

    root: Path

    def _path(self, kind: str) -> Path:
        base = {"base": str(self.root), "platbase": str(self.root)}
        return Path(sysconfig.get_path(kind, "venv", base))

    @property
    def site(self) -> Path:
        return self._path("purelib")

    @property
    def scripts(self) -> Path:
        return self._path("scripts")

    @property
    def python(self) -> Path:
        return self.scripts / ("python.exe" if WINDOWS else "python")

    @property
    def home(self) -> Path:
        return self.root.parent / f"{self.root.name}-home"

    def run(
        self,
        *args: str | Path,
        status: int | None = 0,
        environ: Mapping[str, str] | None = None,
        **variables: Any,
    ) -> Result:
        """Run Python with these arguments.

        :param environ: all variables, when they are not to be those of :func:`alone`.
        :param variables: to be set for this command.
        """
        return self._run(self.python, *args, status=status, base=environ, **variables)

    def pip(
        self,
        *args: str | Path,
        status: int | None = 0,
        environ: Mapping[str, str] | None = None,
        **variables: Any,
    ) -> Result:
        """Run ``python -m pip``."""
        return self.run("-m", "pip", *args, status=status, environ=environ, **variables)

    def pip_script(self, *args: str | Path, **variables: Any) -> Result:
        """Run the program ``pip`` of this environment."""
        program = self.scripts / ("pip.exe" if WINDOWS else "pip")
        return self._run(program, *args, status=0, base=None, **variables)

    def _run(
        self,
        *command: str | Path,
        status: int | None,
        base: Mapping[str, str] | None,
        **variables: Any,
    ) -> Result:
        environ = alone(self.home) if base is None else base
        return run(command, {**environ, **variables}, self.root, status=status)

    def try_torch(self, url: str, *options: str, **variables: Any) -> Result:
        """Ask for the torch of the demo, without installing it."""
        return self.pip(
            "install", "--dry-run", "--index-url", url, *options, "torch", **variables
        )

    def version(self, **variables: Any) -> str:
        """Return the version of pip, as both ways to start it print it."""
        module, script = (
            self.pip("--version", **variables),
            self.pip_script("--version", **variables),
        )
        assert module.out == script.out
        return module.out.split()[1]

    def files(self) -> set[str]:
        """List what is installed, without pip and what Python compiled."""
        return {
            path.relative_to(self.root).as_posix()
            for folder in (self.site, self.scripts)
            for path in folder.rglob("*")
            if not _is_of_pip(path.relative_to(folder))
        }


def _is_of_pip(path: Path) -> bool:
    top = path.parts[0]
    if "__pycache__" in path.parts or top == "pip":
        return True
    is_script = len(path.parts) == 1 and top.startswith(("pip3", "pip."))
    return is_script or (top.startswith("pip-") and top.endswith(".dist-info"))


class Workshop:
    """Makes wheels and environments, each when it is first asked for.

    :param folder: where they are kept until the end of the session.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wheels = folder / "wheels"
        self.wheels.mkdir(parents=True, exist_ok=True)

    def pip_wheel(self, version: str) -> Path:
        """Return the wheel of a pip, which comes from the registry."""
        found = [*self.wheels.glob(f"pip-{version}-*.whl")]
        if not found:
            self.download(
                self.wheels, "--no-deps", "--ignore-requires-python", f"pip=={version}"
            )
            found = [*self.wheels.glob(f"pip-{version}-*.whl")]
        (wheel,) = found
        return wheel

    def our_wheel(self) -> Path:
        """Return the wheel of this checkout, built as a user would."""
        folder = self.folder / "ours"
        if not folder.exists():
            building = self.folder / "building"
            command = (sys.executable, "-m", "pip", "wheel", "--no-deps", "-w")
            run((*command, building, CHECKOUT), stock(), self.folder)
            building.rename(folder)
        (wheel,) = folder.glob("*.whl")
        return wheel

    def download(self, folder: Path, *args: str) -> None:
        """Download from the registry."""
        command = (sys.executable, "-m", "pip", "download", "--only-binary", ":all:")
        run((*command, "-d", folder, *args), stock(), self.folder)

    def environment(
        self, root: Path, *, pip: str | None = NEWEST, hooked: bool = False
    ) -> Environment:
        """Make an environment.

        :param pip: the version of its pip; None for no pip at all.
        :param hooked: whether pip-variants is installed.
        """
        if pip is None:
            venv.EnvBuilder(with_pip=False, symlinks=not WINDOWS).create(root)
            return Environment(root)
        if WINDOWS:
            # Programs there hold the path of their Python where it cannot be changed.
            return self._build(root, pip, hooked=hooked)
        name = f"pip-{pip}-{'hooked' if hooked else 'stock'}"
        original = self.folder / "environments" / name
        if not original.exists():
            original.parent.mkdir(exist_ok=True)
            self._build(original, pip, hooked=hooked)
        shutil.copytree(original, root, symlinks=True)
        made = Environment(root)
        for script in made.scripts.glob("*"):
            if script.is_file() and not script.is_symlink():
                text = script.read_bytes()
                moved = text.replace(bytes(original), bytes(root))
                script.write_bytes(moved)
        return made

    def _build(self, root: Path, pip: str, *, hooked: bool) -> Environment:
        made = self.environment(root, pip=None)
        wheels = [self.pip_wheel(pip)]
        if hooked:
            wheels.append(self.our_wheel())
        self.install((made.python,), *wheels, environ=alone(made.home))
        return made

    def install(
        self,
        python: Sequence[str | Path],
        *arguments: str | Path,
        environ: Mapping[str, str],
    ) -> None:
        """Let a stock pip of its own install wheels for a Python.

        :param python: the command that starts it.
        :param arguments: the wheels, and options of ``pip install``.
        """
        # The pip that installs is in sight, and may be the one that is to be installed.
        options = ("--no-index", "--no-deps", "--ignore-installed")
        command = (*python, self.pip_program(NEWEST), "install", *options, *arguments)
        run(command, {**environ, "PIP_VARIANTS_OFF": "1"}, self.folder)

    def pip_program(self, version: str) -> Path:
        """Return a pip that any Python can run without having it installed."""
        folder = self.folder / "unpacked" / version
        if not folder.exists():
            with zipfile.ZipFile(self.pip_wheel(version)) as archive:
                archive.extractall(folder)
        return folder / "pip"
