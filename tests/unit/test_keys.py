from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_variants.picking.keys import split_keys

PIECES = st.sampled_from(["\x1b", "[", "O", "A", "1", ";", "5", "~", "q", "\r", "\xc3"])


@pytest.mark.parametrize(
    ("sent", "names"),
    [
        ("\x1b[A", ["up"]),
        ("\x1b[B", ["down"]),
        ("\x1b[D", ["left"]),
        ("\x1bOA", ["up"]),  # in application mode
        ("\x1b[H", ["home"]),
        ("\x1b[1~", ["home"]),
        ("\x1b[4~", ["end"]),
        ("\x1bOF", ["end"]),
        ("\x1b[5~", ["page up"]),
        ("\x1b[6~", ["page down"]),
        ("\x1b[1;2A", ["move up"]),
        ("\x1b[1;5B", ["move down"]),
        ("\r", ["enter"]),
        ("\n", ["enter"]),
        ("\x7f", ["backspace"]),
        ("\x03", ["cancel"]),
        ("\x04", ["cancel"]),
        ("\x0c", ["redraw"]),
        ("jj q", ["j", "j", " ", "q"]),
        ("\x1b[Aj\x1b[B", ["up", "j", "down"]),
        ("\x1b\x1b[A", ["escape", "up"]),
    ],
)
def test_what_terminals_send_has_a_name(sent: str, names: list[str]) -> None:
    assert split_keys(sent) == (names, "")


@pytest.mark.parametrize(
    "sent",
    [
        "\x1b[15~",  # a function key
        "\x1bOP",  # another
        "\x1bx",  # Alt and x
        "\x1b[<0;10;10M",  # a mouse
        "\x1b[\x01",  # broken
        "é".encode().decode("latin-1"),
        "\x00",
    ],
)
def test_what_has_no_name_is_left_out(sent: str) -> None:
    assert split_keys(f"{sent}j") == (["j"], "")


@pytest.mark.parametrize("begun", ["\x1b", "\x1b[", "\x1b[1;", "\x1bO"])
def test_a_key_may_come_in_pieces(begun: str) -> None:
    keys, rest = split_keys(f"j{begun}")
    assert (keys, rest) == (["j"], begun)
    assert split_keys(f"{rest}A")[1] == ""


def test_a_lone_escape_is_the_key_when_nothing_follows() -> None:
    assert split_keys("\x1b", last=True) == (["escape"], "")
    assert split_keys("\x1b[", last=True) == ([], "")


def test_a_sequence_without_end_is_given_up() -> None:
    assert split_keys("\x1b[" + "1" * 1000)[1] == ""


@given(st.lists(PIECES).map("".join), st.booleans())
def test_nothing_is_kept_but_the_start_of_a_key(text: str, last: bool) -> None:
    keys, rest = split_keys(text, last=last)
    assert len(keys) <= len(text)
    assert len(rest) < 40
    assert rest == ("" if last else rest)
    assert rest.startswith("\x1b") or not rest
    assert text.endswith(rest)


@given(st.text(), st.booleans())
def test_any_text_can_be_split(text: str, last: bool) -> None:
    split_keys(text, last=last)
