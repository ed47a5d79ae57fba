from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pip_variants.text import message_of, printable, unbroken, wrapped


@given(st.text())
def test_nothing_that_controls_a_terminal_is_left(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert "\x1b" not in shown


def test_long_texts_are_cut() -> None:
    assert len(printable("a" * 10_000)) == 500


def test_lines_of_a_sentence() -> None:
    name = "a file-name of 30 letters.whl"
    lines = wrapped(f"{'word ' * 14}{unbroken(name)} {unbroken('x' * 90)} end", "  ")
    assert lines == [
        f"  {'word ' * 14}".rstrip(),
        f"    {name}",
        f"    {'x' * 90}",
        "    end",
    ]
    assert wrapped("") == []
    assert wrapped(f"{'word ' * 13}nvidia :: sm_arch :: 90")[1] == (
        "  nvidia :: sm_arch :: 90"
    )


@given(st.text())
def test_a_name_keeps_its_blanks_and_its_line(text: str) -> None:
    name = f"<{text}>"
    assert "".join(wrapped(unbroken(name))) == printable(name)


def test_the_message_of_an_error_of_pip_has_no_colours() -> None:
    class DiagnosticError(Exception):
        """As those of pip: the text is a field, with the markup of rich in it."""

        message = "Failed to connect to [magenta]host[/] and [bold]more[/bold] [x 1]"

    assert message_of(DiagnosticError()) == "Failed to connect to host and more [x 1]"
    assert message_of(ValueError("a [1] c")) == "a [1] c"
