"""The picker of ``pip variant prioritize``: which items, in what order, to which file.

What is shown depends on a frozen state alone, and a key makes the next state of it::

    terminal -- key --> press(state, key) -> state -> render(state, canvas) -> terminal

A terminal without a cursor to move, or a very small one, gets two plain questions.
"""

from __future__ import annotations

import os
import sys
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from ..text import printable
from .keys import CANCEL
from .terminal import Canvas, Terminal

__all__ = [
    "Entry",
    "Picked",
    "Stage",
    "State",
    "pick",
    "press",
    "read_answer",
    "render",
]

_FAR = sys.maxsize
_PAGE = 10
_STEPS = {
    "up": -1,
    "k": -1,
    "down": 1,
    "j": 1,
    "page up": -_PAGE,
    "page down": _PAGE,
    "home": -_FAR,
    "g": -_FAR,
    "end": _FAR,
    "G": _FAR,
}
_MOVES = {
    "u": -1,
    "K": -1,
    "+": -1,
    "move up": -1,
    "d": 1,
    "J": 1,
    "-": 1,
    "move down": 1,
}
_CANCELS = {CANCEL, "escape", "q", "Q"}
_BACK = {"backspace", "left", "b"}

_TITLE = "Your order of the variant namespaces, the most important first"
_ORDER_KEYS = (
    "Up/Down: choose a line",
    "u/d: move the entry up/down",
    "Space: in your order or not",
    "Enter: save...",
    "q: cancel, nothing is changed",
)
_DESTINATION_KEYS = (
    "Up/Down: choose a file",
    "Enter: save",
    "Backspace: back to the order",
    "q: cancel, nothing is changed",
)
_NOTHING = "(nothing: no order of your own)"


@dataclass(frozen=True, slots=True)
class Picked:
    """What the user wants to be saved."""

    order: tuple[str, ...]
    """The items, most important first; none where the user wants no order."""
    destination: str
    """The name of one of the destinations that were offered."""


class Stage(Enum):
    """How far the user is."""

    ORDER = "order"
    DESTINATION = "destination"
    SAVED = "saved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Entry:
    """One item, and whether it is in the user's order."""

    item: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class State:
    """Everything that the picker knows.

    >>> state = State((Entry("nvidia", True), Entry("x86_64", True)), (("user", ""),))
    >>> press(state, "d").order
    ('x86_64', 'nvidia')
    """

    entries: tuple[Entry, ...]
    destinations: tuple[tuple[str, str], ...]
    """Name and path of each file that the order can be saved to."""
    stage: Stage = Stage.ORDER
    row: int = 0
    """The entry at the cursor."""
    file: int = 0
    """The destination at the cursor."""

    @property
    def order(self) -> tuple[str, ...]:
        """The items in the user's order, as it is now."""
        return tuple(entry.item for entry in self.entries if entry.chosen)

    @property
    def picked(self) -> Picked | None:
        """What is to be saved, None before the user said so."""
        if self.stage is not Stage.SAVED:
            return None
        return Picked(self.order, self.destinations[self.file][0])


def pick(
    items: Sequence[str],
    destinations: Sequence[tuple[str, str]],
    *,
    chosen: int = 0,
    terminal: Terminal | None = None,
) -> Picked | None:
    """Let the user choose among *items* and put them in order.

    Nothing is saved here. The streams have to be a terminal, which is given back as
    it was; a signal that ends the process does so after that.

    :param items: in the present order: those that are set, then further ones.
    :param destinations: name and path of each file that can be saved to, the one to
        suggest first.
    :param chosen: how many of the items are set now.
    :returns: None when the user cancelled.
    :raises ValueError: without a destination, or when *chosen* is no such count.
    """
    if not destinations or not 0 <= chosen <= len(items):
        raise ValueError("a picker needs a destination, and chosen items among all")
    entries = tuple(Entry(item, n < chosen) for n, item in enumerate(items))
    state = State(entries, tuple(destinations))
    if terminal is None:
        terminal = Terminal(sys.stdin, sys.stdout, os.environ)
    try:
        state = (_draw if terminal.can_draw() else _ask)(state, terminal)
    except KeyboardInterrupt:
        return None
    return state.picked


def _draw(state: State, terminal: Terminal) -> State:
    with terminal.drawing() as screen:
        while state.stage in {Stage.ORDER, Stage.DESTINATION}:
            lines = render(state, terminal.canvas())
            marked = (n for n, line in enumerate(lines) if line.startswith(">"))
            screen.draw(lines, next(marked, 0))
            state = press(state, screen.key())
    return state


def press(state: State, key: str) -> State:
    """Return the state after *key*; a key without meaning changes nothing."""
    if state.stage is Stage.ORDER:
        return _press_in_order(state, key)
    if state.stage is Stage.DESTINATION:
        return _press_in_destination(state, key)
    return state


def _press_in_order(state: State, key: str) -> State:
    if key in _CANCELS:
        return replace(state, stage=Stage.CANCELLED)
    if key == "enter":
        return replace(state, stage=Stage.DESTINATION)
    if key in _STEPS:
        return replace(state, row=_step(state.row, _STEPS[key], state.entries))
    if key in _MOVES:
        return _move(state, _MOVES[key])
    if key == " " and state.entries:
        entries = list(state.entries)
        entry = entries[state.row]
        entries[state.row] = replace(entry, chosen=not entry.chosen)
        return replace(state, entries=tuple(entries))
    return state


def _press_in_destination(state: State, key: str) -> State:
    if key in _CANCELS:
        return replace(state, stage=Stage.CANCELLED)
    if key == "enter":
        return replace(state, stage=Stage.SAVED)
    if key in _BACK:
        return replace(state, stage=Stage.ORDER)
    if key in _STEPS:
        return replace(state, file=_step(state.file, _STEPS[key], state.destinations))
    return state


def _step(place: int, by: int, among: Sequence[object]) -> int:
    return max(0, min(place + by, len(among) - 1))


def _move(state: State, by: int) -> State:
    to = _step(state.row, by, state.entries)
    entries = list(state.entries)
    if entries:
        entries.insert(to, entries.pop(state.row))
    return replace(state, entries=tuple(entries), row=to)


def render(state: State, canvas: Canvas) -> list[str]:
    """Return the lines to show, which fit into *canvas*; ``>`` marks the cursor."""
    # The last column stays free: some terminals go to the next line there.
    width = max(1, canvas.columns - 1)
    if state.stage is Stage.DESTINATION:
        head = ["Save this order to which file?", f"  {_order_text(state)}"]
        body, cursor = _file_lines(state, canvas), state.file
        hints = _packed(_DESTINATION_KEYS, width)
    else:
        head = textwrap.wrap(_TITLE, width)
        body, cursor = list(_entry_lines(state)), state.row
        hints = _packed(_ORDER_KEYS, width)
    body = [f"{'>' if n == cursor else ' '}{line}" for n, line in enumerate(body)]
    top = [*head, ""]
    bottom = ["", *hints]
    room = canvas.lines - len(top) - len(bottom)
    if room < 4:
        top, bottom, room = [], [], max(1, canvas.lines)
    lines = [*top, *_window(body, cursor, room), *bottom]
    return [_clipped(_encodable(line, canvas), width) for line in lines]


def _entry_lines(state: State) -> Iterator[str]:
    number = 0
    for entry in state.entries:
        number += entry.chosen
        place = f"{number:3} [x]" if entry.chosen else "    [ ]"
        yield f"{place} {printable(entry.item)}"


def _file_lines(state: State, canvas: Canvas) -> list[str]:
    longest = max(len(printable(name)) for name, _ in state.destinations)
    lines = []
    for name, path in state.destinations:
        start = f" {printable(name):{longest}}  "
        # The end of a path tells more than its beginning.
        room = canvas.columns - 2 - len(start)
        backwards = _encodable(printable(path), canvas)[::-1]
        lines.append(start + _clipped(backwards, room)[::-1])
    return lines


def _order_text(state: State) -> str:
    return printable(", ".join(state.order)) or _NOTHING


def _window(lines: list[str], cursor: int, room: int) -> list[str]:
    """Return the part of *lines* around the cursor, with a word on what is left out."""
    if len(lines) <= room:
        return lines
    if room < 4:
        return lines[cursor : cursor + room]
    above = max(0, cursor - (room - 2) // 2)
    below = max(0, len(lines) - above - (room - 2))
    # A place at either end is for a line where there is nothing to say.
    if above < 2:
        above, below = 0, len(lines) - (room - 1)
    elif below < 2:
        above, below = len(lines) - (room - 1), 0
    return [
        *([f"     ({above} more above)"] if above else []),
        *lines[above : len(lines) - below],
        *([f"     ({below} more below)"] if below else []),
    ]


def _packed(words: Sequence[str], width: int) -> list[str]:
    """Return *words* in as few lines as they fit into."""
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + 3 + len(word) <= width:
            lines[-1] += f"   {word}"
        else:
            lines.append(word)
    return lines


def _encodable(text: str, canvas: Canvas) -> str:
    encoded = text.encode(canvas.encoding, "backslashreplace")
    return encoded.decode(canvas.encoding)


def _cells(text: str) -> int:
    """Return how many columns *text* takes."""
    return sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


def _clipped(text: str, width: int) -> str:
    if _cells(text) <= width:
        return text
    dots = "..." if width > 3 else ""
    while text and _cells(text) > width - len(dots):
        text = text[:-1]
    return text + dots


def _ask(state: State, terminal: Terminal) -> State:
    """Ask for the order and for the file, by lines."""
    canvas = terminal.canvas()
    items = [_encodable(printable(entry.item), canvas) for entry in state.entries]
    terminal.say([f"{_TITLE}:", *_numbered(items)])
    now = tuple(n for n, entry in enumerate(state.entries) if entry.chosen)
    shown = " ".join(str(n + 1) for n in now) or "none"
    question = (
        f"Type the numbers in the order you want, or none;"
        f" Enter to keep [{shown}], q to cancel: "
    )
    order = _ask_numbers(terminal, question, len(items), now)
    if order is None:
        return replace(state, stage=Stage.CANCELLED)
    entries = tuple(replace(state.entries[n], chosen=True) for n in order)

    files = [
        _encodable(f"{printable(name)}  {printable(path)}", canvas)
        for name, path in state.destinations
    ]
    terminal.say(["Save to which file:", *_numbered(files)])
    question = "Type one number; Enter for [1], q to cancel: "
    while True:
        file = _ask_numbers(terminal, question, len(files), (0,))
        if file is None:
            return replace(state, stage=Stage.CANCELLED)
        if len(file) == 1:
            return replace(state, entries=entries, stage=Stage.SAVED, file=file[0])
        terminal.say(["One number is needed."])


def _numbered(lines: Sequence[str]) -> list[str]:
    return [f"{n:3}  {line}" for n, line in enumerate(lines, start=1)]


def _ask_numbers(
    terminal: Terminal, question: str, count: int, default: tuple[int, ...]
) -> tuple[int, ...] | None:
    """Ask until the answer is understood; None is the wish to cancel."""
    while True:
        answer = terminal.ask(question)
        if answer is None or answer.lower() == "q" or "\x1b" in answer:
            return None
        try:
            return read_answer(answer, count, default)
        except ValueError as error:
            terminal.say([_encodable(str(error), terminal.canvas())])


def read_answer(answer: str, count: int, default: tuple[int, ...]) -> tuple[int, ...]:
    """Return the places, from 0, that *answer* names by numbers from 1.

    >>> read_answer("3, 1", 3, ())
    (2, 0)

    :raises ValueError: when *answer* is not a list of such numbers.
    """
    words = answer.replace(",", " ").split()
    if not words:
        return default
    if [word.lower() for word in words] == ["none"]:
        return ()
    places = {str(n + 1): n for n in range(count)}
    for n, word in enumerate(words):
        if word not in places:
            raise ValueError(f"{printable(word)} is no number from 1 to {count}.")
        if word in words[:n]:
            raise ValueError(f"{word} is there twice.")
    return tuple(places[word] for word in words)
