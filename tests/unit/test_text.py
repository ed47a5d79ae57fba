from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pip_variants.text import printable


@given(st.text())
def test_nothing_that_controls_a_terminal_is_left(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert "\x1b" not in shown


def test_long_texts_are_cut() -> None:
    assert len(printable("a" * 10_000)) == 500
