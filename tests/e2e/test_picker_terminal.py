"""The picker in a real terminal: what is on its screen, and how it is left."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
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
# The same below a shell that knows of jobs.
SHELL = """
import fcntl, os, signal, subprocess, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
code = sys.argv[1].replace("fcntl.ioctl(0, termios.TIOCSCTTY, 0)", "")
code = "import signal; signal.signal(signal.SIGTTOU, signal.SIG_DFL)" + code
job = subprocess.Popen([sys.executable, "-c", code, sys.argv[2]], process_group=0)
os.tcsetpgrp(0, job.pid)
while True:
    _, status = os.waitpid(job.pid, os.WUNTRACED)
    os.tcsetpgrp(0, os.getpgrp())
    if not os.WIFSTOPPED(status):
        break
    print("stopped", flush=True)
    input()
    print("goes on", flush=True)
    os.tcsetpgrp(0, job.pid)
    os.killpg(job.pid, signal.SIGCONT)
"""

ITEMS = ["nvidia", "x86_64", "aarch64"]
FILES = [("user", "/home/me/.config/pip/pip.conf"), ("site", "/venv/pip.conf")]
TITLE = "Your order of the variant namespaces, the most important first"

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


@pytest.fixture
def window() -> Iterator[Callable[..., Window]]:
    """Opens terminals."""
    opened: list[Window] = []

    def open_window(**habits: Any) -> Window:
        opened.append(Window(**habits))
        return opened[-1]

    yield open_window
    for each in opened:
        with suppress(ProcessLookupError):
            os.killpg(each.process.pid, signal.SIGKILL)
        each.process.wait(SECONDS)
        each.close()


def test_picking(window: Callable[..., Window]) -> None:
    it = window()
    it.until(TITLE)
    it.shows(">  1 [x] nvidia", "   2 [x] x86_64", "     [ ] aarch64", at=2)
    assert it.attributes != it.before
    it.type("d")
    it.until(">  2 [x] nvidia")
    it.type("\x1b[B \x1bOA")  # down, into the order, up
    it.until("   3 [x] aarch64")
    it.until(">  2 [x] nvidia")
    it.type("\r")
    it.until("Save this order")
    it.shows(
        "  x86_64, nvidia, aarch64",
        "",
        "> user  /home/me/.config/pip/pip.conf",
        "  site  /venv/pip.conf",
        at=1,
    )
    it.type("j")
    # The cursor follows the text, perhaps in a piece of its own.
    it.until(lambda text: "> site" in text and it.emulator.row == 4)
    it.type("\r")
    # The picker leaves nothing behind.
    it.shows(
        "$ pip variant prioritize",
        "picked ['x86_64', 'nvidia', 'aarch64', 'site']",
    )
    assert it.end() == 0
    assert it.attributes == it.before


def test_keys_that_came_before_the_picker_count(window: Callable[..., Window]) -> None:
    it = window()
    it.type("d\n\n")
    it.until("picked ['x86_64', 'nvidia', 'user']")


@pytest.mark.parametrize("key", ["q", "\x03", "\x04", "\x1b", "\r\x1b"])
def test_cancelling(window: Callable[..., Window], key: str) -> None:
    it = window()
    it.until(TITLE)
    it.type(key)
    it.until("picked None")
    assert it.end() == 0
    assert it.attributes == it.before


@pytest.mark.parametrize("number", ["SIGTERM", "SIGHUP", "SIGQUIT"])
def test_signals_that_end_the_process(
    window: Callable[..., Window], number: str
) -> None:
    it = window()
    it.until(TITLE)
    it.process.send_signal(getattr(signal, number))
    assert it.end() == -getattr(signal, number)
    it.shows("$ pip variant prioritize")
    assert it.attributes == it.before


def test_an_interrupt_from_elsewhere(window: Callable[..., Window]) -> None:
    it = window()
    it.until(TITLE)
    it.process.send_signal(signal.SIGINT)
    it.until("picked None")
    assert it.end() == 0
    assert it.attributes == it.before


def test_an_error_while_drawing(window: Callable[..., Window]) -> None:
    broken = (
        "import pip_variants.picking.picker as p; p.press = lambda state, key: 1 / 0"
    )
    it = window(program=(PICKING.replace("arguments =", f"{broken}; arguments =", 1),))
    it.until(TITLE)
    it.type("d")
    it.until("ZeroDivisionError")
    assert it.end() == 1
    assert it.attributes == it.before


def test_closing_the_terminal(window: Callable[..., Window]) -> None:
    it = window()
    it.until(TITLE)
    it.close()
    assert it.process.wait(SECONDS) == -signal.SIGHUP


def test_resizing(window: Callable[..., Window]) -> None:
    it = window(items=[f"namespace{n}" for n in range(40)])
    it.until("(22 more below)")
    it.resize(60, 60)
    it.until(lambda text: "more below" not in text and "namespace39" in text)
    it.resize(20, 5)
    it.until(lambda text: len(text.splitlines()) == 5)
    it.type("jj")
    it.until(lambda text: ">    [ ] namespace2" in text and TITLE[:10] not in text)
    it.type("q")
    it.until("picked None")


def test_stopping_and_going_on(window: Callable[..., Window]) -> None:
    it = window(program=(SHELL, PICKING))
    it.until(TITLE)
    it.type("d")
    it.until(">  2 [x] nvidia")
    it.type("\x1a")
    it.shows("$ pip variant prioritize", "stopped")
    assert it.attributes == it.before
    it.type("\n")
    it.until(">  2 [x] nvidia")
    it.type("\r\r")
    it.until("picked ['x86_64', 'nvidia', 'user']")
    assert it.end() == 0
    assert it.attributes == it.before


def test_a_stop_that_nobody_could_end_is_none(window: Callable[..., Window]) -> None:
    it = window()
    it.until(TITLE)
    it.type("\x1ad")
    it.until(">  2 [x] nvidia")


@pytest.mark.parametrize(
    "habits",
    [
        {"environ": {"TERM": "dumb"}},
        {"environ": {"TERM": ""}},
        {"columns": 39},
        {"lines": 9},
    ],
)
def test_questions_where_nothing_can_be_drawn(
    window: Callable[..., Window], habits: dict[str, Any]
) -> None:
    it = window(**habits)
    it.until("Enter to keep [1 2]")
    assert it.attributes == it.before
    it.type("3 1\n")
    it.until("Type one number")
    it.type("2\n")
    it.until("picked ['aarch64', 'nvidia', 'site']")
    assert it.end() == 0


@pytest.mark.parametrize("key", ["\x03", "\x04", "q\n"])
def test_cancelling_the_questions(window: Callable[..., Window], key: str) -> None:
    it = window(environ={"TERM": "dumb"})
    it.until("Enter to keep [1 2]")
    it.type(key)
    it.until("\npicked None")
    assert it.end() == 0


def test_the_plainest_locale(window: Callable[..., Window]) -> None:
    it = window(
        items=["größe", "x"],
        environ={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    )
    it.until(r">  1 [x] gr\xf6\xdfe")
    it.until("cancel")
    assert it.emulator.text.isascii()
    it.type("q")
    it.until("picked None")


def test_colours_are_not_needed(window: Callable[..., Window]) -> None:
    # The emulator fails at sequences for colours.
    for environ in ({}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}):
        it = window(environ=environ)
        it.until(f"{TITLE}\n\n>")
        it.type("q")
        it.until("picked None")


def test_a_terminal_that_does_not_know_its_size(window: Callable[..., Window]) -> None:
    it = window(columns=0, lines=0)
    it.until(TITLE)
    it.type("\r\r")
    it.until("picked ['nvidia', 'x86_64', 'user']")
