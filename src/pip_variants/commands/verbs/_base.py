"""What the verbs have in common."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from optparse import OptionGroup, Values
from pathlib import Path
from textwrap import wrap
from typing import Any, TextIO

from ... import _pip
from ...text import printable

__all__ = [
    "Verb",
    "add_json_option",
    "feature_lines",
    "keep_notes_off",
    "print_json",
    "print_table",
    "standard_output",
]

_ON = ("on",)
_WIDTH = 79


class Verb(_pip.Command):
    """A verb that looks at no index."""

    ignore_require_venv = True

    def refuse(self, args: Sequence[str]) -> None:
        """Refuse arguments, for a verb that takes none.

        :raises pip's CommandError: when there are some.
        """
        if args:
            msg = f"pip {self.name} takes no further argument: {args[0]!r}"
            raise _pip.CommandError(msg)


def add_json_option(group: OptionGroup) -> None:
    """Add ``--json``."""
    group.add_option(
        "--json",
        action="store_true",
        default=False,
        help="Print the outcome as JSON.",
    )


def keep_notes_off(options: Values) -> None:
    """With ``--json``, keep pip's notes off standard output; warnings go elsewhere."""
    for handler in logging.getLogger().handlers:
        if options.json and handler.name == "console":
            handler.setLevel(logging.WARNING)


def print_json(content: Any) -> None:
    """Print a document on standard output, whatever pip's own verbosity is.

    :raises pip's CommandError: when it cannot be written.
    """
    with standard_output() as out:
        out.write(json.dumps(content, indent=2) + "\n")


@contextmanager
def standard_output() -> Iterator[TextIO]:
    """Hand out standard output, for what is no message of pip's.

    :raises pip's CommandError: when it cannot be written.
    """
    # Python has none where it was closed before the start; then nobody reads.
    if sys.stdout is None:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            yield nowhere
        return
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError as error:
        # pip ends orderly on this one.
        raise _pip.BrokenStdoutLoggingError from error
    except OSError as error:
        raise _pip.CommandError(printable(error)) from None


def feature_lines(
    features: Iterable[tuple[str, Sequence[str]]], indent: str
) -> Iterator[str]:
    """Yield features with their values, and those that are only on or off as one list."""
    listed = [*features]
    flags = [name for name, values in listed if tuple(values) == _ON]
    others = [(name, values) for name, values in listed if tuple(values) != _ON]
    for feature, values in (*others, *([("on", flags)] if flags else ())):
        yield from wrap(
            f"{feature}: {', '.join(values)}",
            _WIDTH,
            initial_indent=indent,
            subsequent_indent=f"{indent}  ",
            break_on_hyphens=False,
        )


def print_table(rows: Sequence[Sequence[str]], *, indent: str = "") -> None:
    """Print rows in columns, the first row being their heads."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        line = "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        )
        _pip.write_output("%s", f"{indent}{line}".rstrip())
