"""A line at the bottom of a terminal that tells what is going on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ... import _pip

__all__ = ["Live", "live"]


@dataclass(frozen=True, slots=True)
class Live:
    """The line, or none where nobody would see it."""

    _status: _pip.Status | None = None

    @contextmanager
    def away(self) -> Iterator[None]:
        """Take the line away meanwhile: errors go to another stream of the terminal."""
        if self._status is None:
            yield
            return
        self._status.stop()
        try:
            yield
        finally:
            self._status.start()


@dataclass(frozen=True, slots=True)
class _Now:
    """What is shown, asked anew whenever it is drawn."""

    text: Callable[[], str]

    def __rich__(self) -> object:
        # Not as markup: a label would not be shown.
        return _pip.Text(self.text(), no_wrap=True, overflow="ellipsis")


@contextmanager
def live(text: Callable[[], str], *, shown: bool) -> Iterator[Live]:
    """Show the line until the end of the block, where there is a terminal.

    :param text: what it says; called from another thread, several times a second.
    :param shown: whether it is wanted at all.
    """
    console = _pip.get_console()
    if not shown or not console.is_terminal:
        yield Live()
        return
    with console.status(_Now(text)) as status:  # type: ignore[arg-type]
        yield Live(status)
