"""A place to build in: an isolated environment that one build after the other uses.

The front end is the ``build`` package. It makes the environment, has pip install what
the project needs to be built, and calls the hooks of its backend (PEP 517).
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Literal

from build import (
    BuildBackendException,
    BuildException,
    FailedProcessError,
    ProjectBuilder,
    check_dependency,
)
from build.env import DefaultIsolatedEnv

from .. import _pip
from ..variantlib.errors import VariantError
from ..variantlib.publishing.project.matrix import Recipe
from .processes import Processes, Stopped

__all__ = ["BackendError", "Slot"]

_front_end = logging.getLogger("build")
"""What the front end says itself is shown with -v, and this with it."""

# The front end takes for granted that hooks return what they have to.
_ODD = "the backend returned what no build backend returns: {}"

Kind = Literal["sdist", "wheel"]


class BackendError(VariantError):
    """A build that failed.

    :param log: what the backend wrote; None where the caller knows it.
    """

    def __init__(self, message: str, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log


class Slot:
    """Builds one thing at a time.

    :param processes: who starts the backend.
    :param isolated: whether to build in an environment of its own, not in this one.
    """

    def __init__(self, processes: Processes, *, isolated: bool) -> None:
        self._processes = processes
        self._isolated = isolated
        self._stack = ExitStack()
        self._environment: DefaultIsolatedEnv | None = None
        self._installed: set[str] = set()

    def close(self) -> None:
        """Remove the environment."""
        self._environment = None
        self._stack.close()

    def sdist(self, project: Path, folder: Path, log: IO[bytes]) -> Path:
        """Build the sdist of a project.

        :raises BackendError: when that fails.
        :raises Stopped: when the run is being ended.
        """
        return self._build("sdist", project, folder, Recipe(), log)

    def wheel(
        self, project: Path, folder: Path, recipe: Recipe, log: IO[bytes]
    ) -> Path:
        """Build a wheel.

        :raises BackendError: when that fails.
        :raises Stopped: when the run is being ended.
        """
        return self._build("wheel", project, folder, recipe, log)

    def _build(
        self, kind: Kind, project: Path, folder: Path, recipe: Recipe, log: IO[bytes]
    ) -> Path:
        settings: dict[str, str | Sequence[str]] = {
            name: value if isinstance(value, str) else [*value]
            for name, value in recipe.config.items()
        }
        try:
            builder = self._builder(project, recipe.environ, log)
            fixed = builder.build_system_requires
            if self._isolated:
                self._provide(fixed, log, others=True)
                # There was no environment to start the backend from.
                builder = self._builder(project, recipe.environ, log)
                wanted = builder.get_requires_for_build(kind, settings)
                self._provide(fixed | wanted, log, others=False)
                builder = self._builder(project, recipe.environ, log)
            else:
                _check_present(fixed)
                _check_present(builder.get_requires_for_build(kind, settings))
            made = Path(builder.build(kind, folder, settings))
        except BuildBackendException as error:
            if isinstance(error.exception, Stopped):
                raise error.exception from None
            # A backend that cannot be imported has written nothing itself.
            log.write((getattr(error.exception, "traceback", None) or "").encode())
            raise BackendError(_told(error)) from None
        except TypeError as error:
            raise BackendError(_ODD.format(error)) from None
        except (BuildException, FailedProcessError, OSError) as error:
            raise BackendError(str(error)) from None
        # The name is whatever the backend says.
        if made.parent.resolve() != folder.resolve() or not made.is_file():
            raise BackendError(
                f"the backend left no {kind} in the folder that it was given"
            )
        return made

    def _builder(
        self, project: Path, variables: Mapping[str, str], log: IO[bytes]
    ) -> ProjectBuilder:
        python = sys.executable
        environ = {**os.environ, **variables}
        if self._environment is not None:
            python = self._environment.python_executable
            scripts = str(Path(python).parent)
            environ |= self._environment.make_extra_environ()
            environ |= variables
            environ["PATH"] = os.pathsep.join(
                [scripts, variables.get("PATH", os.environ.get("PATH", os.defpath))]
            )

        def run(
            cmd: Sequence[str],
            cwd: str | None = None,
            extra_environ: Mapping[str, str] | None = None,
        ) -> None:
            whole = {**environ, **(extra_environ or {})}
            self._processes.run(cmd, cwd, whole, log)

        return ProjectBuilder(project, python_executable=python, runner=run)

    def _provide(self, wanted: set[str], log: IO[bytes], *, others: bool) -> None:
        """Make an environment that has the requirements.

        :param others: whether it may have those of another build, too.
        """
        if self._environment is not None and not others and self._installed - wanted:
            self.close()
        if self._environment is None:
            self._environment = self._stack.enter_context(DefaultIsolatedEnv())
            self._installed = set()
        missing = wanted - self._installed
        if not missing:
            return
        try:
            self._install(missing, self._environment.python_executable, log)
        except subprocess.CalledProcessError:
            what = ", ".join(sorted(missing))
            msg = (
                f"the build requirements cannot be installed: {what}; where there is no "
                "index, --no-isolation takes those of this environment"
            )
            raise BackendError(msg) from None
        self._installed |= missing

    def _install(self, requirements: set[str], python: str, log: IO[bytes]) -> None:
        """Have this pip install something for another Python, as the front end would.

        That one could not be ended: it waits for pip, and pip would go on.

        :raises subprocess.CalledProcessError: when pip fails.
        :raises Stopped: when the run is being ended.
        """
        names = ", ".join(sorted(requirements))
        _front_end.info("Installing packages in isolated environment: %s", names)
        command, variables = _pip.pip_for(python)
        environ = {**os.environ, **variables}
        if "PIP_KEYRING_PROVIDER" not in environ and shutil.which("keyring"):
            # Nobody can be asked, and the other Python has no such module.
            environ["PIP_KEYRING_PROVIDER"] = "subprocess"
        with tempfile.TemporaryDirectory(prefix="pip-variants-") as folder:
            listed = Path(folder, "build-requirements.txt")
            # Arguments cannot have markers.
            listed.write_text("\n".join(sorted(requirements)), "utf-8")
            options = ("--quiet", "--no-input", "--no-compile")
            further = ("--no-warn-script-location", "-r", str(listed))
            line = [*command, "install", *options, *further]
            self._processes.run(line, None, environ, log)


def _told(error: BuildBackendException) -> str:
    """Say why a backend failed, also where it had no time to say it itself."""
    cause = error.exception
    if isinstance(cause, FileNotFoundError):
        return "the backend ended without an answer"
    if isinstance(cause, TypeError):
        return _ODD.format(cause)
    if isinstance(cause, subprocess.CalledProcessError) and cause.returncode < 0:
        # Mostly it is the system that does so, for want of memory.
        number = -cause.returncode
        told = signal.strsignal(number) if number in signal.valid_signals() else None
        return f"the backend was ended by signal {number} ({told or 'unknown'})"
    return str(error)


def _check_present(requirements: Iterable[str]) -> None:
    """Check that requirements are installed here.

    :raises BackendError: when some are not.
    """
    # The last of each chain is what is missing, those before it are what needs it.
    missing = {each[-1] for item in requirements for each in check_dependency(item)}
    if missing:
        names = ", ".join(sorted(missing))
        msg = f"without isolation, these build requirements must be installed: {names}"
        raise BackendError(msg)
