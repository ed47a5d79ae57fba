"""A terminal with a program in it, and what is on its screen."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pytest

fcntl = pytest.importorskip("fcntl")
pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")

SECONDS = 30

# A program that picks, as the first process of a terminal of its own.
PICKING = """
import fcntl, json, signal, sys, termios
# Whoever runs the tests, with nohup for example, may have some of them ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from pip_variants.picking.picker import pick
arguments = json.loads(sys.argv[1])
print("$ pip variant prioritize", flush=True)
picked = pick(arguments["items"], arguments["files"], chosen=arguments["chosen"])
print("picked", picked and [*picked.order, picked.destination], flush=True)
"""

ITEMS = ["nvidia", "x86_64", "aarch64"]
FILES = [("user", "/home/me/.config/pip/pip.conf"), ("site", "/venv/pip.conf")]

PIECE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|(\r)|(\n)|([^\x1b\r\n]+)")


class Emulator:
    """What a terminal makes of what is written, for the sequences in use."""

    def __init__(self) -> None:
        self.first: list[str] = [""]
        self.second: list[str] | None = None
        self.row = self.column = self.kept_row = 0

    @property
    def lines(self) -> list[str]:
        return self.first if self.second is None else self.second

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines).strip("\n")

    def feed(self, data: str) -> str:
        """Take *data* in, and return the unfinished rest."""
        place = 0
        while found := PIECE.match(data, place):
            parameters, final, back, down, text = found.groups()
            if final:
                self._sequence(parameters + final)
            elif back:
                self.column = 0
            elif down:
                self._go(self.row + 1, self.column)
            else:
                line = self.lines[self.row].ljust(self.column)
                self.lines[self.row] = (
                    line[: self.column] + text + line[self.column + len(text) :]
                )
                self.column += len(text)
            place = found.end()
        assert data[place:].startswith("\x1b") or place == len(data)
        return data[place:]

    def _go(self, row: int, column: int) -> None:
        self.lines.extend("" for _ in range(row + 1 - len(self.lines)))
        self.row, self.column = row, column

    def _sequence(self, sequence: str) -> None:
        if sequence == "?1049h":
            self.second, self.kept_row = [""], self.row
            self._go(0, 0)
        elif sequence == "?1049l":
            self.second = None
            self._go(self.kept_row, 0)
        elif sequence == "K":
            self.lines[self.row] = self.lines[self.row][: self.column]
        elif sequence == "J":
            self.lines[self.row] = self.lines[self.row][: self.column]
            del self.lines[self.row + 1 :]
        elif place := re.fullmatch(r"(?:(\d+);1)?H", sequence):
            self._go(int(place[1] or 1) - 1, 0)
        else:
            pytest.fail(f"a sequence that few terminals may know: {sequence!r}")


class Window:
    """A terminal with the picker in it."""

    def __init__(
        self,
        *,
        columns: int = 80,
        lines: int = 24,
        environ: Mapping[str, str] = {},
        items: list[str] = ITEMS,
        program: tuple[str, ...] = (PICKING,),
    ) -> None:
        self.emulator = Emulator()
        self._rest = ""
        self.master, self.slave = pty.openpty()
        self.resize(columns, lines)
        self.before = self.attributes
        arguments = {"items": items, "files": FILES, "chosen": 2}
        self.process = subprocess.Popen(
            [sys.executable, "-c", *program, json.dumps(arguments)],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm", **environ},
        )

    @property
    def attributes(self) -> list[Any]:
        found: list[Any] = termios.tcgetattr(self.slave)
        return found

    def resize(self, columns: int, lines: int) -> None:
        termios.tcsetwinsize(self.slave, (lines, columns))

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def until(self, condition: Callable[[str], bool] | str) -> str:
        """Read until the screen fulfils *condition*, and return its text."""
        deadline = time.monotonic() + SECONDS
        while True:
            text = self.emulator.text
            if condition in text if isinstance(condition, str) else condition(text):
                return text
            if time.monotonic() > deadline:
                pytest.fail(f"this was not fulfilled in time:\n{text}")
            self._read()

    def shows(self, *expected: str, at: int = 0) -> None:
        """Read until the screen has these lines, from one on.

        A terminal hands over what is written in pieces of its own choice: no text that
        is there tells that what follows it is there, too.
        """
        wanted = [*expected]
        end = at + len(wanted) if at else None
        self.until(lambda text: text.splitlines()[at:end] == wanted)

    def _read(self) -> None:
        ready, _, _ = select.select([self.master], [], [], 0.05)
        if ready:
            with suppress(OSError):
                data = os.read(self.master, 65536).decode()
                self._rest = self.emulator.feed(self._rest + data)

    def end(self) -> int:
        """Wait for the end, and return how the process ended."""
        deadline = time.monotonic() + SECONDS
        # Nobody can end who cannot get rid of what is written.
        while self.process.poll() is None and time.monotonic() < deadline:
            self._read()
        return self.process.wait(0)

    def close(self) -> None:
        for descriptor in (self.master, self.slave):
            with suppress(OSError):
                os.close(descriptor)
        self.master = self.slave = -1
