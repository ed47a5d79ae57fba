"""The terminal: single keys in, a screen of lines out; or plain questions.

``Terminal`` tells what the terminal can do. ``Terminal.drawing`` takes it over and
gives it back as it was, however the block is left::

    started --> keys one by one, second screen  --> left, or ended by a signal
                    ^         | Ctrl-Z, SIGTSTP
                    |         v
                 resumed <-- as it was before, process stopped

Signals are noted by their handlers, and looked at between two keys: so none can come
in between while the terminal is given back. A signal that ends the process is sent
again afterwards. The half for Windows follows Microsoft's documentation. It was never
tried on Windows.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple, TextIO

from .keys import CANCEL, REDRAW, split_keys

if sys.platform == "win32":
    import ctypes
    import msvcrt
else:
    import select
    import signal
    import termios

__all__ = ["Canvas", "Screen", "Terminal"]

_SECONDS = 0.1
"""How long to wait for a key before looking at signals and at the size."""
_NARROWEST = 40
_LOWEST = 10
_USUAL = (80, 24)
_WITHOUT_CURSOR = {"", "dumb", "unknown"}

_SECOND_SCREEN = "\x1b[?1049h"
_FIRST_SCREEN = "\x1b[?1049l"


class Canvas(NamedTuple):
    """The room that there is to draw, and what characters it can show."""

    columns: int
    lines: int
    encoding: str = "utf-8"


class Screen(ABC):
    """A terminal that was taken over: it gives keys, and shows lines."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._drawn = terminal.canvas()
        self._gone = False
        self._keys: list[str] = []
        self._begun = ""

    def draw(self, lines: Sequence[str], cursor: int) -> None:
        """Show *lines*, with the cursor at the start of one of them."""
        self._drawn = self._terminal.canvas()
        text = "\x1b[K\r\n".join(lines)
        self._write(f"\x1b[H{text}\x1b[K\x1b[J\x1b[{cursor + 1};1H")

    def key(self) -> str:
        """Wait for a key and return its name."""
        while True:
            happened = self._happened()
            if happened:
                return happened
            if not self._keys:
                self._receive()
                continue
            key = self._keys.pop(0)
            if key == "suspend":
                self._suspend()
                return REDRAW
            return key

    def _receive(self) -> None:
        text = self._read()
        if text is None:
            self._gone = True
            return
        # What nothing followed for a while is complete.
        self._keys, self._begun = split_keys(self._begun + text, last=not text)

    def _happened(self) -> str | None:
        """Return what is to be told before the next key."""
        if self._gone:
            return CANCEL
        return REDRAW if self._terminal.canvas() != self._drawn else None

    @abstractmethod
    def _suspend(self) -> None:
        """Stop the process until somebody lets it go on, where that can be done."""

    @abstractmethod
    def start(self) -> None:
        """Take the terminal over."""

    @abstractmethod
    def stop(self) -> None:
        """Give the terminal back as it was."""

    @abstractmethod
    def _read(self) -> str | None:
        """Wait a moment and return what was typed, None at the end of input."""

    @abstractmethod
    def _write(self, text: str) -> None:
        """Write *text*; a terminal that is gone is noted."""


class Terminal:
    """What is at the other end of two streams."""

    def __init__(
        self, source: TextIO, sink: TextIO, environ: Mapping[str, str]
    ) -> None:
        self.source = source
        self.sink = sink
        self._environ = environ

    def can_draw(self) -> bool:
        """Tell whether this is a terminal with a cursor to move and room enough."""
        if not (self.source.isatty() and self.sink.isatty()):
            return False
        if sys.platform != "win32" and (
            self._environ.get("TERM", "").lower() in _WITHOUT_CURSOR
        ):
            return False
        canvas = self.canvas()
        return canvas.columns >= _NARROWEST and canvas.lines >= _LOWEST

    def canvas(self) -> Canvas:
        """Return the present size."""
        try:
            columns, lines = os.get_terminal_size(self.sink.fileno())
        except (OSError, ValueError):
            columns, lines = _USUAL
        # Zero is what a terminal answers that does not know.
        return Canvas(columns or _USUAL[0], lines or _USUAL[1], self.encoding)

    @property
    def encoding(self) -> str:
        """The encoding of what is shown."""
        return self.sink.encoding or "ascii"

    @contextmanager
    def drawing(self) -> Iterator[Screen]:
        """Take the terminal over for the length of the block."""
        self.sink.flush()
        screen: Screen = _Console(self)
        try:
            screen.start()
            yield screen
        finally:
            screen.stop()

    def say(self, lines: Sequence[str]) -> None:
        """Write *lines* as they come."""
        self.sink.write("".join(f"{line}\n" for line in lines))

    def ask(self, question: str) -> str | None:
        """Return the line that is typed after *question*.

        None is the end of input, Ctrl-C, or a terminal that was closed.
        """
        try:
            # Ctrl-C may come as soon as the question is seen.
            self.sink.write(question)
            self.sink.flush()
            answer = self.source.readline()
        except UnicodeDecodeError:
            return "?"
        except (OSError, KeyboardInterrupt):
            answer = ""
        if not answer:
            with suppress(OSError):
                self.sink.write("\n")
                self.sink.flush()
        return answer.strip() if answer else None


if sys.platform == "win32":
    _ENABLE_VIRTUAL_TERMINAL_PROCESSING = 4
    _STD_OUTPUT_HANDLE = -11
    _SCANNED = {
        "H": "\x1b[A",
        "P": "\x1b[B",
        "K": "\x1b[D",
        "G": "\x1b[H",
        "O": "\x1b[F",
        "I": "\x1b[5~",
        "Q": "\x1b[6~",
    }

    class _Console(Screen):
        """The console of Windows 10 and later, untried."""

        _mode: Any = None

        def start(self) -> None:
            kernel = ctypes.windll.kernel32
            handle = kernel.GetStdHandle(_STD_OUTPUT_HANDLE)
            mode = ctypes.c_uint32()
            if kernel.GetConsoleMode(handle, ctypes.byref(mode)):
                self._mode = mode.value
                wanted = mode.value | _ENABLE_VIRTUAL_TERMINAL_PROCESSING
                kernel.SetConsoleMode(handle, wanted)
            self._write(_SECOND_SCREEN)

        def stop(self) -> None:
            self._write(_FIRST_SCREEN)
            if self._mode is not None:
                kernel = ctypes.windll.kernel32
                handle = kernel.GetStdHandle(_STD_OUTPUT_HANDLE)
                kernel.SetConsoleMode(handle, self._mode)

        def _suspend(self) -> None:
            pass  # Windows has no such thing

        def _read(self) -> str | None:
            until = time.monotonic() + _SECONDS
            while not msvcrt.kbhit():
                if time.monotonic() > until:
                    return ""
                time.sleep(0.01)
            char = msvcrt.getwch()
            if char in {"\x00", "\xe0"}:
                return _SCANNED.get(msvcrt.getwch(), "\x00")
            return char

        def _write(self, text: str) -> None:
            try:
                self._terminal.sink.write(text)
                self._terminal.sink.flush()
            except OSError:
                self._gone = True

else:
    _ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT)
    _WATCHED = (*_ENDING, signal.SIGTSTP, signal.SIGCONT)

    class _Console(Screen):
        """A terminal of POSIX."""

        def __init__(self, terminal: Terminal) -> None:
            super().__init__(terminal)
            self._input = terminal.source.fileno()
            self._output = terminal.sink.fileno()
            self._before: list[Any] | None = None
            self._handlers: dict[int, Any] = {}
            self._noted: list[int] = []
            self._ended_by: int | None = None

        def start(self) -> None:
            self._watch()
            self._take()

        def stop(self) -> None:
            self._give_back()
            for number, handler in self._handlers.items():
                signal.signal(number, handler or signal.SIG_DFL)
            ended_by = self._ended_by or next(
                (number for number in self._noted if number in _ENDING), None
            )
            # Everybody else takes part in it as if nobody had waited for keys.
            if ended_by is not None:
                os.kill(os.getpid(), ended_by)

        def _watch(self) -> None:
            if threading.current_thread() is not threading.main_thread():
                return  # only the main thread may
            for number in _WATCHED:
                handler = signal.getsignal(number)
                if handler is not signal.SIG_IGN:
                    self._handlers[number] = handler
                    signal.signal(number, self._note)

        def _note(self, number: int, _frame: object) -> None:
            self._noted.append(number)

        def _take(self) -> None:
            self._listen()
            self._write(_SECOND_SCREEN)

        def _listen(self) -> None:
            try:
                if self._before is None:
                    self._before = termios.tcgetattr(self._input)
                self._set(_by_keys(self._before))
            except termios.error:
                self._gone = True

        def _give_back(self) -> None:
            self._write(_FIRST_SCREEN)
            if self._before is not None:
                with suppress(termios.error):
                    self._set(self._before)

        def _set(self, attributes: list[Any]) -> None:
            while True:
                try:
                    return termios.tcsetattr(self._input, termios.TCSANOW, attributes)
                except termios.error as error:
                    # A signal came, such as the one that ends a stop.
                    if error.args[0] != errno.EINTR:
                        raise

        def _happened(self) -> str | None:
            if self._noted:
                number = self._noted.pop(0)
                if number in _ENDING:
                    self._ended_by = number
                    return CANCEL
                if number == signal.SIGTSTP:
                    self._stop_here(os.getpid())
                else:  # something else stopped this process, and it goes on
                    self._listen()
                return REDRAW
            return super()._happened()

        def _suspend(self) -> None:
            # As the terminal does it: whoever waits for this process stops, too.
            self._stop_here(0)

        def _stop_here(self, whom: int) -> None:
            if signal.SIGTSTP not in self._handlers:
                return  # nobody could let it go on
            self._give_back()
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            os.kill(whom, signal.SIGTSTP)
            signal.signal(signal.SIGTSTP, self._note)
            self._take()
            # What let it go on is dealt with.
            self._noted = [n for n in self._noted if n != signal.SIGCONT]

        def _read(self) -> str | None:
            try:
                ready, _, _ = select.select([self._input], [], [], _SECONDS)
                if not ready:
                    return ""
                return os.read(self._input, 1024).decode("latin-1") or None
            except OSError:
                return None

        def _write(self, text: str) -> None:
            data = text.encode(self._terminal.encoding, "backslashreplace")
            try:
                while data:
                    data = data[os.write(self._output, data) :]
            except OSError:
                self._gone = True

    def _by_keys(attributes: list[Any]) -> list[Any]:
        """Return *attributes* for keys one by one, unseen and without meaning."""
        changed = [*attributes[:6], list(attributes[6])]
        changed[0] &= ~termios.IXON
        changed[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
        changed[6][termios.VMIN] = 1
        changed[6][termios.VTIME] = 0
        return changed
