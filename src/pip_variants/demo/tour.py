"""The demo itself: real pip commands against the demo's index, with their output."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ..variantlib.builtin.nvidia import FORCE_DRIVER, FORCE_SM_ARCH
from .environment import clean_environ, fresh_environment
from .packages import write_index
from .server import IndexServer

__all__ = ["STEPS", "Step", "run_steps", "run_tour", "serve"]

_TRY_TORCH = ("pip", "install", "--dry-run", "torch")
_TRY_MYPACKAGE = ("pip", "install", "--dry-run", "mypackage")
# A signal that comes just before a sleep is only seen after it: not too long, then.
_NAP = 0.5
# Far more than any step needs; a demo that hangs shows nothing.
_LIMIT = 60.0


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the tour.

    :param title: what it shows.
    :param command: program and arguments; "pip" and "python" are those of the
        demo's environment.
    :param environ: variables to set for it: names and values.
    :param status: the exit status that it is to end with.
    """

    title: str
    command: tuple[str, ...]
    environ: tuple[tuple[str, str], ...] = ()
    status: int = 0

    @property
    def line(self) -> str:
        """The command as somebody would type it.

        >>> Step("", ("pip", "install", "torch==2.8.0#cu126"), (("A", "1"),)).line
        "A=1 pip install 'torch==2.8.0#cu126'"
        """
        settings = [f"{name}={shlex.quote(value)}" for name, value in self.environ]
        return " ".join((*settings, shlex.join(self.command)))


def _machine(driver: str) -> tuple[tuple[str, str], ...]:
    """Pretend a driver, and a GPU for which all labels of torch 2.8.0 are built."""
    return (FORCE_DRIVER, driver), (FORCE_SM_ARCH, "7.5")


STEPS = (
    Step(
        "Stock pip takes the plain wheel: it cannot even read the names of the others",
        _TRY_TORCH,
        (("PIP_VARIANTS_OFF", "1"),),
    ),
    Step("The same pip with pip-variants", ("pip", "--version")),
    Step("Which torch is right for this machine?", _TRY_TORCH),
    Step(
        "Which numpy is right for this machine?",
        ("pip", "install", "--dry-run", "numpy"),
    ),
    Step("A machine with CUDA 12.9", _TRY_TORCH, _machine("12.9")),
    Step("A machine with CUDA 12.8", _TRY_TORCH, _machine("12.8")),
    Step("A machine with CUDA 12.6", _TRY_TORCH, _machine("12.6")),
    Step(
        "CUDA 12.5 is too old for all of them: the null variant is for the CPU",
        _TRY_TORCH,
        _machine("12.5"),
    ),
    Step(
        "An older release, whose labels say nothing by themselves",
        ("pip", "install", "--dry-run", "torch==2.7.0"),
        _machine("12.8"),
    ),
    Step(
        "No variants, please",
        ("pip", "install", "--dry-run", "--no-variant", "torch"),
        _machine("12.9"),
    ),
    Step(
        "This variant and no other",
        ("pip", "install", "--dry-run", "torch==2.8.0#cu126"),
        _machine("12.9"),
    ),
    Step(
        "Dependencies get the right variant too: trainer needs torch",
        ("pip", "install", "--dry-run", "trainer"),
        _machine("12.9"),
    ),
    Step(
        "Fictional hardware: nobody here knows it, and pip says what would help",
        _TRY_MYPACKAGE,
    ),
    Step(
        "The vendor's plugin is an ordinary package",
        ("pip", "install", "provider-fictional-hw"),
    ),
    Step("It is found and asked, in a process of its own", _TRY_MYPACKAGE),
    Step(
        "A plugin that you trust is installed apart, only to be asked",
        (
            "pip",
            "install",
            "--dry-run",
            "--variant-trusted-providers",
            "provider-fictional-tech",
            "mypackage",
        ),
    ),
    Step("Now for real", ("pip", "install", "numpy")),
    Step("What is installed?", ("pip", "list")),
)
"""What the tour shows, in this order."""


def run_tour(*, out: TextIO) -> int:
    """Run the whole tour, and return 0 when every command ended as it should.

    It needs no network, and everything that it makes is gone afterwards, also when
    it is interrupted.

    :param out: gets the commands and what they print.
    """
    started = time.monotonic()
    with _workplace() as folder, IndexServer(folder / "index") as index:
        _say(out, f"An index with tiny wheels is at {index.url}")
        _say(out, "A fresh virtual environment gets this pip and this pip-variants ...")
        python = fresh_environment(folder / "environment")
        environ = _environ(folder, index.url)
        work = folder / "work"
        work.mkdir()
        failures = run_steps(STEPS, python=python, environ=environ, cwd=work, out=out)
    seconds = time.monotonic() - started
    if not failures:
        _say(out, f"\nAll {len(STEPS)} commands ended as expected ({seconds:.0f} s).")
        return 0
    _say(out, f"\n{len(failures)} of {len(STEPS)} commands did not end as expected:")
    for failure in failures:
        _say(out, f"  {failure}")
    return 1


def run_steps(
    steps: Sequence[Step],
    *,
    python: Path,
    environ: Mapping[str, str],
    cwd: Path,
    out: TextIO,
) -> tuple[str, ...]:
    """Run steps one after the other, each with its heading, command and output.

    :return: a line for each step that ended with another status than it should.
    """
    failures = []
    for number, step in enumerate(steps, 1):
        heading = f"{number}. {step.title}"
        _say(out, f"\n{heading}\n{'-' * len(heading)}\n$ {step.line}")
        status = _run(step, python, environ, cwd, out)
        if status != step.status:
            text = f"{heading}: exit status {status}, expected {step.status}"
            failures.append(text)
    return tuple(failures)


def _run(
    step: Step, python: Path, environ: Mapping[str, str], cwd: Path, out: TextIO
) -> int:
    program, *arguments = step.command
    start = {"pip": [str(python), "-m", "pip"], "python": [str(python)]}
    with subprocess.Popen(
        [*start[program], *arguments],
        cwd=cwd,
        env={**environ, **dict(step.environ)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        alarm = threading.Timer(_LIMIT, process.kill)
        alarm.start()
        try:
            for line in process.stdout or ():
                out.write(line)
                out.flush()
            return process.wait()
        except BaseException:
            # Interrupted, or nobody is reading: the folders go next.
            process.kill()
            raise
        finally:
            alarm.cancel()


def serve(*, port: int, out: TextIO) -> int:
    """Serve the demo's index until interrupted.

    :param port: 0 for any that is free.
    :param out: gets the URL and commands to try.
    :return: 0 after Ctrl-C, 1 when the port cannot be had.
    """
    with _workplace() as folder, contextlib.suppress(KeyboardInterrupt):
        try:
            server = IndexServer(folder / "index", port=port)
            with server as index:
                _say(out, _invitation(index.url))
                while True:
                    time.sleep(_NAP)
        except OSError as error:
            _say(out, f"The index cannot be served on port {port}: {error}")
            return 1
    return 0


def _invitation(url: str) -> str:
    windows = os.name == "nt"
    export = "set" if windows else "export"
    extra = ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS")
    forget = "\n  ".join(f"set {name}=" for name in extra)
    if not windows:
        forget = f"unset {' '.join(extra)}"
    return f"""\
The demo's index is at {url} until you press Ctrl-C.
In another terminal, where pip has pip-variants:

  {export} PIP_CONFIG_FILE={os.devnull}
  {export} PIP_INDEX_URL={url}
  {forget}
  pip install --dry-run torch
  pip install --dry-run --no-variant torch
  pip install --dry-run "torch==2.8.0#null"
  pip install --dry-run numpy

Pretend a driver (12.5, 12.6, 12.8, 12.9, 13.0) and a GPU (5.0, 7.5, 9.0, 12.0):

  {export} {FORCE_DRIVER}=12.8
  {export} {FORCE_SM_ARCH}=9.0
  pip install --dry-run torch
"""


def _environ(folder: Path, url: str) -> dict[str, str]:
    return clean_environ(
        os.environ,
        PIP_INDEX_URL=url,
        # Nothing of the demo stays in the user's cache.
        PIP_CACHE_DIR=str(folder / "cache"),
        PYTHONIOENCODING="utf-8",
    )


@contextlib.contextmanager
def _workplace() -> Iterator[Path]:
    """Make a temporary folder with the index in it."""
    with tempfile.TemporaryDirectory(
        prefix="pip-variants-demo-", ignore_cleanup_errors=True
    ) as name:
        # Resolved, since pip prints paths as it finds them.
        folder = Path(name).resolve()
        write_index(folder / "index")
        yield folder


def _say(out: TextIO, text: str) -> None:
    out.write(f"{text}\n")
    out.flush()
