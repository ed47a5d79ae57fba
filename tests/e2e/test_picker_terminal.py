"""The picker in a real terminal: what is on its screen, and how it is left."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from tests.e2e.terminal import PICKING, SECONDS, Window

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

TITLE = "Your order of the variant namespaces, the most important first"


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
