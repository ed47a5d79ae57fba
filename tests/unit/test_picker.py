from __future__ import annotations

import doctest
import io
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_variants.picking import keys, picker
from pip_variants.picking.picker import (
    Entry,
    Picked,
    Stage,
    State,
    pick,
    press,
    read_answer,
    render,
)
from pip_variants.picking.terminal import Canvas, Terminal

FILES = (("user", "/home/me/.config/pip/pip.conf"), ("site", "/venv/pip.conf"))
STATE = State(
    (
        Entry("nvidia", True),
        Entry("x86_64", True),
        Entry("aarch64", False),
        Entry("blas", False),
    ),
    FILES,
)
USUAL = Canvas(80, 24)

KEYS = [
    *("up", "down", "home", "end", "page up", "page down", "move up", "move down"),
    *("enter", "escape", "backspace", "left", "cancel", "redraw"),
    *" qjkuudKJgG+-bz1",
]
ITEMS = st.lists(st.text(max_size=8), max_size=15)
ENTRIES = st.lists(st.builds(Entry, st.text(max_size=20), st.booleans()), max_size=40)
STATES = st.builds(
    State,
    ENTRIES.map(tuple),
    st.lists(st.tuples(st.text(max_size=9), st.text(max_size=120)), min_size=1).map(
        tuple
    ),
    st.sampled_from(Stage),
)


def pressed(state: State, *names: str) -> State:
    for name in names:
        state = press(state, name)
    return state


def shown(state: State, canvas: Canvas = USUAL) -> str:
    return "".join(f"{line}\n" for line in render(state, canvas))


def test_samples_in_the_docstrings_are_true() -> None:
    assert not doctest.testmod(picker).failed
    assert not doctest.testmod(keys).failed


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (["d"], "x86_64 nvidia"),
        (["down", "u"], "x86_64 nvidia"),
        (["j", "K"], "x86_64 nvidia"),
        (["-"], "x86_64 nvidia"),
        (["down", "+"], "x86_64 nvidia"),
        (["move down"], "x86_64 nvidia"),
        (["u"], "nvidia x86_64"),
        (["G", "d"], "nvidia x86_64"),
        ([" "], "x86_64"),
        ([" ", " "], "nvidia x86_64"),
        (["end", " "], "nvidia x86_64 blas"),
        (["end", " ", "u", "u", "u"], "blas nvidia x86_64"),
        (["d", "d"], "x86_64 nvidia"),  # the cursor goes with the entry
        (["page down", "up", " ", "home", " "], "x86_64 aarch64"),
        (["z", "redraw", "backspace"], "nvidia x86_64"),
    ],
)
def test_keys_change_the_order(names: list[str], order: str) -> None:
    assert " ".join(pressed(STATE, *names).order) == order


def test_enter_leads_to_the_file_and_enter_saves() -> None:
    assert pressed(STATE, "enter").picked is None
    assert pressed(STATE, "enter", "enter").picked == Picked(
        ("nvidia", "x86_64"), "user"
    )
    saved = pressed(STATE, "d", "enter", "down", "down", "enter")
    assert saved.picked == Picked(("x86_64", "nvidia"), "site")


@pytest.mark.parametrize("back", ["backspace", "left", "b"])
def test_there_is_a_way_back_to_the_order(back: str) -> None:
    assert pressed(STATE, "enter", back) == STATE


@pytest.mark.parametrize("key", ["q", "escape", "cancel"])
@pytest.mark.parametrize("before", [[], ["enter"], ["d", " ", "enter"]])
def test_cancelling_saves_nothing(key: str, before: list[str]) -> None:
    cancelled = pressed(STATE, *before, key)
    assert cancelled.stage is Stage.CANCELLED
    assert pressed(cancelled, "enter", "enter").picked is None


def test_an_empty_order_can_be_saved() -> None:
    assert pressed(STATE, " ", "down", " ", "enter", "enter").picked == Picked(
        (), "user"
    )


def test_nothing_to_choose_from_is_no_error() -> None:
    state = pressed(State((), FILES), *KEYS[:8], " ", "u", "d")
    assert state == State((), FILES)
    assert shown(state)


@given(ITEMS, st.integers(0, 15), st.lists(st.sampled_from(KEYS)))
def test_items_stay_the_same_whatever_is_pressed(
    items: list[str], chosen: int, names: list[str]
) -> None:
    """Law: keys permute the entries; none is lost, doubled or changed."""
    entries = tuple(Entry(item, n < chosen) for n, item in enumerate(items))
    state = State(entries, FILES)
    for name in names:
        after = press(state, name)
        assert Counter(e.item for e in after.entries) == Counter(items)
        assert 0 <= after.row < max(1, len(items))
        assert 0 <= after.file < len(FILES)
        assert (after.picked is not None) == (after.stage is Stage.SAVED)
        state = after


@given(
    STATES, st.integers(1, 120), st.integers(1, 50), st.sampled_from(["ascii", "utf-8"])
)
def test_every_state_fits_on_every_screen(
    state: State, columns: int, lines: int, encoding: str
) -> None:
    """Law: no line is too long, there are not too many, and the cursor is seen."""
    rendered = render(state, Canvas(columns, lines, encoding))
    assert len(rendered) <= lines
    for line in rendered:
        assert line.isprintable()
        assert len(line) <= max(1, columns - 1)
        line.encode(encoding)
    cursors = sum(line.startswith(">") for line in rendered)
    assert cursors == (1 if state.entries or state.stage is Stage.DESTINATION else 0)


def test_the_order_as_shown() -> None:
    assert (
        shown(pressed(STATE, "down"))
        == """\
Your order of the variant namespaces, the most important first

   1 [x] nvidia
>  2 [x] x86_64
     [ ] aarch64
     [ ] blas

Up/Down: choose a line   u/d: move the entry up/down
Space: in your order or not   Enter: save...   q: cancel, nothing is changed
"""
    )


def test_the_files_as_shown() -> None:
    assert (
        shown(pressed(STATE, "enter", "down"))
        == """\
Save this order to which file?
  nvidia, x86_64

  user  /home/me/.config/pip/pip.conf
> site  /venv/pip.conf

Up/Down: choose a file   Enter: save   Backspace: back to the order
q: cancel, nothing is changed
"""
    )


def test_that_nothing_is_chosen_is_said() -> None:
    lines = render(pressed(STATE, " ", "down", " ", "enter"), USUAL)
    assert lines[1] == "  (nothing: no order of your own)"


def test_a_long_list_scrolls_with_the_cursor() -> None:
    state = State(tuple(Entry(f"n{n}", False) for n in range(50)), FILES, row=25)
    assert (
        shown(state, Canvas(80, 12))
        == """\
Your order of the variant namespaces, the most important first

     (23 more above)
     [ ] n23
     [ ] n24
>    [ ] n25
     [ ] n26
     [ ] n27
     (22 more below)

Up/Down: choose a line   u/d: move the entry up/down
Space: in your order or not   Enter: save...   q: cancel, nothing is changed
"""
    )
    first = render(replace(state, row=0), Canvas(80, 12))
    assert first[2:9:6] == [">    [ ] n0", "     (44 more below)"]
    last = render(replace(state, row=49), Canvas(80, 12))
    assert last[2:9:6] == ["     (44 more above)", ">    [ ] n49"]


@given(st.integers(0, 60), st.integers(4, 60))
def test_no_line_is_forgotten_when_a_list_scrolls(row: int, room: int) -> None:
    """Law: what is shown and what is counted is everything."""
    lines = [str(n) for n in range(61)]
    window = picker._window(lines, row, room)
    assert len(window) == min(room, len(lines))
    assert str(row) in window
    left_out = sum(int(line.strip(" (").split()[0]) for line in window if "(" in line)
    assert left_out + sum(line.isdecimal() for line in window) == len(lines)


def test_a_narrow_terminal_gets_shorter_lines() -> None:
    state = State((Entry("n" * 60, True),), (("user", "/home/" + "me/" * 20 + "p.c"),))
    lines = render(state, Canvas(40, 24))
    assert lines[3] == ">  1 [x] " + "n" * 27 + "..."
    lines = render(pressed(state, "enter"), Canvas(40, 24))
    assert lines[3].startswith("> user  ...")
    assert lines[3].endswith("/me/p.c")
    assert len(lines[3]) == 39


def test_text_of_others_cannot_control_the_terminal() -> None:
    state = State((Entry("\x1b[2Jbad\n", True),), (("user", "/tmp/\x9b31m\u202e"),))
    assert r"[x] \x1b[2Jbad\n" in shown(state)
    assert r"/tmp/\x9b31m\u202e" in shown(press(state, "enter"))


def test_ascii_is_enough() -> None:
    state = State((Entry("größe", True),), (("user", "/home/ö/pip.conf"),))
    assert shown(state, Canvas(80, 24, "ascii")).isascii()
    assert r"/home/\xf6/pip.conf" in shown(
        press(state, "enter"), Canvas(80, 24, "ascii")
    )
    assert "größe" in shown(state)


@pytest.mark.parametrize(
    ("answer", "places"),
    [("2 1", (1, 0)), ("3,1", (2, 0)), (" ", (0,)), ("", (0,)), ("none", ())],
)
def test_answers(answer: str, places: tuple[int, ...]) -> None:
    assert read_answer(answer, 3, (0,)) == places


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("4", "4 is no number from 1 to 3."),
        ("0", "0 is no number from 1 to 3."),
        ("1 1", "1 is there twice."),
        ("nvidia", "nvidia is no number from 1 to 3."),
        ("-1", "-1 is no number from 1 to 3."),
        ("\x9b", r"\x9b is no number from 1 to 3."),
        ("9" * 5000, "9" * 500 + " is no number from 1 to 3."),
    ],
)
def test_answers_that_are_none(answer: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - its text is compared
        read_answer(answer, 3, ())
    assert str(caught.value) == message


class Interrupted(Terminal):
    """What is typed ends with Ctrl-C."""

    def ask(self, question: str) -> str | None:
        answer = super().ask(question)
        if answer is None:
            raise KeyboardInterrupt
        return answer


def asked(typed: str, kind: type[Terminal] = Terminal) -> tuple[Picked | None, str]:
    sink = io.StringIO()
    terminal = kind(io.StringIO(typed), sink, {"TERM": "dumb"})
    items = [entry.item for entry in STATE.entries]
    return pick(items, FILES, chosen=2, terminal=terminal), sink.getvalue()


def test_questions_are_enough() -> None:
    picked, text = asked("4 1\n2\n")
    assert picked == Picked(("blas", "nvidia"), "site")
    assert text == (
        "Your order of the variant namespaces, the most important first:\n"
        "  1  nvidia\n"
        "  2  x86_64\n"
        "  3  aarch64\n"
        "  4  blas\n"
        "Type the numbers in the order you want, or none;"
        " Enter to keep [1 2], q to cancel: "
        "Save to which file:\n"
        "  1  user  /home/me/.config/pip/pip.conf\n"
        "  2  site  /venv/pip.conf\n"
        "Type one number; Enter for [1], q to cancel: "
    )


def test_questions_have_defaults() -> None:
    assert asked("\n\n")[0] == Picked(("nvidia", "x86_64"), "user")


def test_questions_are_asked_again() -> None:
    picked, text = asked("7\nnone\n1 2\nthree\n1\n")
    assert picked == Picked((), "user")
    assert "7 is no number from 1 to 4.\n" in text
    assert "One number is needed.\n" in text
    assert "three is no number from 1 to 2.\n" in text


@pytest.mark.parametrize("typed", ["", "q\n", "\x1b\n", "2 1\n", "2 1\nQ\n"])
@pytest.mark.parametrize("kind", [Terminal, Interrupted])
def test_questions_can_be_cancelled(typed: str, kind: type[Terminal]) -> None:
    assert asked(typed, kind)[0] is None


class Hasty(io.StringIO):
    """Shows a question, and Ctrl-C comes before anybody waits for an answer."""

    def flush(self) -> None:
        if self.getvalue().endswith("cancel: "):
            raise KeyboardInterrupt


def test_a_question_can_be_cancelled_as_soon_as_it_is_seen() -> None:
    sink = Hasty()
    terminal = Terminal(io.StringIO("1\n"), sink, {"TERM": "dumb"})
    assert pick(["a", "b"], FILES, terminal=terminal) is None
    assert sink.getvalue().endswith("cancel: \n")


@pytest.mark.parametrize(("chosen", "files"), [(0, ()), (3, FILES), (-1, FILES)])
def test_the_caller_is_told_of_mistakes(
    chosen: int, files: tuple[tuple[str, str], ...]
) -> None:
    with pytest.raises(ValueError, match="a picker needs a destination"):
        pick(["a", "b"], files, chosen=chosen)
