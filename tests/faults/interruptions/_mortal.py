"""pip in an environment, run again and again, and ended at a moment that is counted.

A script for the Python of that environment. It imports once what the first run needs,
then makes a copy of itself for each order, a line of JSON on stdin::

    arguments   of pip
    folder      where it works
    number      at which moment to end it; 0 for never
    signal      the number of the signal that it gets then
    variables   environment variables on top of those of this process
    files       where stdout, stderr, the moments and the names of modules go

The answers, a line each: the number of the process, then the status that it ended with.

A moment is there right before the process changes anything on the disk or starts a
program, and right after it has opened a file for writing.
"""

from __future__ import annotations

import atexit
import builtins
import contextlib
import importlib
import io
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

_CHANGES = frozenset(
    (
        *("os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir"),
        *("os.symlink", "os.truncate", "os.utime", "os.posix_spawn", "os.fork"),
        "subprocess.Popen",
    )
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Clock:
    """Counts moments, and ends the process at one of them."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._number = order["number"]
        self._signal = order["signal"]
        self._log = os.open(order["files"][2], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        self._count = 0

    def start(self) -> None:
        """Count from now on."""
        for home, name in ((builtins, "open"), (io, "open"), (os, "open")):
            setattr(home, name, self._telling(getattr(home, name)))
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _CHANGES:
            self._moment(f"{event} {_words(arguments)}")
        elif event == "open" and _for_writing(arguments):
            self._moment(f"open {_words(arguments[:1])}")

    def _telling(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def open_(*args: Any, **kwargs: Any) -> Any:
            count = self._count
            opened = original(*args, **kwargs)
            if self._count != count:
                self._moment(f"opened {_words(args[:1])}")
            return opened

        return open_

    def _moment(self, text: str) -> None:
        self._count += 1
        os.write(self._log, text.replace("\n", " ").encode(errors="replace") + b"\n")
        if self._count == self._number:
            os.kill(os.getpid(), self._signal)


def _for_writing(arguments: tuple[Any, ...]) -> bool:
    path, mode, flags = arguments
    if str(path).startswith(("/dev/", "/proc/")) or isinstance(path, int):
        return False
    return bool(flags & _WRITING) or bool({*(mode or "")} & {*"wxa+"})


def _words(arguments: tuple[Any, ...]) -> str:
    told = (each for each in arguments if isinstance(each, str | bytes | os.PathLike))
    return " ".join(os.fsdecode(each) for each in told)


def be_pip(order: dict[str, Any]) -> None:
    """Do what an order says, in a process that is there for nothing else."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    places = (os.devnull, *order["files"][:2])
    for stream, place in enumerate(places):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC if stream else os.O_RDONLY
        opened = os.open(place, flags, 0o644)
        os.dup2(opened, stream)
        os.close(opened)
    os.chdir(order["folder"])
    # Also for those that are to end this one.
    os.environ.update(order["variables"], MORTAL=str(os.getpid()))
    tempfile.tempdir = None
    sys.argv = ["pip", *order["arguments"]]
    # Called last, when nothing is counted any more that matters.
    atexit.register(note_modules, os.open(order["files"][3], os.O_WRONLY | os.O_CREAT))
    Clock(order).start()
    from pip._internal.cli.main import main

    sys.exit(main(order["arguments"]))


def note_modules(place: int) -> None:
    """Write down what was imported."""
    os.write(place, " ".join(sys.modules).encode())


def load(names: list[str]) -> None:
    """Import what a run has imported."""
    for name in names:
        if name.startswith(("pip.", "pip_variants.")) or "." not in name:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)


def main() -> None:
    """Follow orders until there are no more."""
    load(["pip._internal.cli.main"])
    tell("ready")
    # A copy must not hold lines that were read too early.
    while line := _line():
        order = json.loads(line)
        number = os.fork()
        if not number:
            be_pip(order)
        tell(number)
        _, status = os.waitpid(number, 0)
        tell(os.waitstatus_to_exitcode(status))
        with contextlib.suppress(OSError):
            load(Path(order["files"][3]).read_text().split())


def tell(what: object) -> None:
    """Answer with a line."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def _line() -> bytes:
    data = b""
    while not data.endswith(b"\n"):
        piece = os.read(0, 1)
        if not piece:
            return b""
        data += piece
    return data


if __name__ == "__main__":
    main()
