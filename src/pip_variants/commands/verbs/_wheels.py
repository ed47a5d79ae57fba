"""What the verbs that write wheels have in common."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from optparse import OptionGroup, Values
from pathlib import Path
from typing import Any

from ... import _pip
from ...text import printable
from ...variantlib.errors import VariantError
from ...variantlib.publishing.wheels.making import Made
from ...variantlib.publishing.wheels.packer import SOURCE_DATE, source_date

__all__ = ["add_wheel_options", "date_of_builds", "each_wheel", "status", "wheels"]

logger = logging.getLogger(__name__)


def add_wheel_options(group: OptionGroup) -> None:
    """Add the options that name the wheels, and where the new ones go."""
    group.add_option(
        "-f",
        "--file",
        dest="files",
        action="append",
        default=[],
        metavar="file",
        help="A wheel, as if it stood among the arguments.",
    )
    group.add_option(
        "-o",
        "--output-directory",
        dest="output_directory",
        metavar="dir",
        help="Where the new wheels go [default: beside the wheel].",
    )


def wheels(options: Values, args: Sequence[str]) -> list[Path]:
    """Return the wheels that are named.

    :raises pip's CommandError: when there are none, or one is not there: nothing is
        written then.
    """
    names = dict.fromkeys([*options.files, *args])
    if not names:
        raise _pip.CommandError("no wheel given; name one or more files")
    for name in names:
        if "::" in name:
            msg = f"{printable(name)!r} is a property: write -p in front of each"
            raise _pip.CommandError(msg)
        # Path raises for names that no system has, before Python 3.14.
        if not os.path.exists(name):  # noqa: PTH110
            raise _pip.CommandError(f"there is no file {printable(name)!r}")
    return [*map(Path, names)]


def each_wheel(
    options: Values, files: Sequence[Path], work: Callable[[Path, Path], Made]
) -> list[dict[str, Any]]:
    """Do something with each wheel; one that fails keeps no other from its turn.

    :param work: gets the wheel and the folder that the new one goes to.
    :return: what came of each, for JSON.
    """
    rows = []
    for file in files:
        folder = Path(options.output_directory or file.parent)
        made, error = None, ""
        try:
            made = work(file, folder)
        except VariantError as reason:
            error = str(reason)
        _tell(file, made, error, quiet=options.json)
        rows.append(_row(file, made, error))
    return rows


def status(rows: Sequence[Mapping[str, Any]]) -> int:
    """Return the exit status of the command."""
    return 1 if any(row["error"] for row in rows) else 0


def date_of_builds() -> int | None:
    """Return the date that builds are to bear, in seconds since 1970; None for none.

    :raises pip's CommandError: when it is no number.
    """
    try:
        return source_date(os.environ.get(SOURCE_DATE))
    except VariantError as error:
        raise _pip.CommandError(printable(error)) from None


def _tell(file: Path, made: Made | None, error: str, *, quiet: bool) -> None:
    """Say what came of a wheel, at once: the next may take its time."""
    if made is None:
        logger.error("%s", printable(error))
        return
    for note in made.notes:
        logger.warning("%s: %s", printable(file.name), printable(note))
    if not quiet:
        word = "Kept" if made.kept else "Made"
        _pip.write_output("%s", f"{word} {printable(made.path)}")


def _row(file: Path, made: Made | None, error: str) -> dict[str, Any]:
    return {
        "file": str(file),
        "made": None if made is None else str(made.path),
        "label": None if made is None else made.label,
        "kept": made is not None and made.kept,
        "notes": [] if made is None else [*made.notes],
        "error": error,
    }
