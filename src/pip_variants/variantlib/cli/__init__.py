"""The ``variantlib`` command: wheel variants without pip.

It takes the command lines of the published tool of that name (PROVIDERS 6); what it
does is done by the same functions as ``pip variant``. Each command has a function in a
module here, which is loaded when it is asked for.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from ..errors import VariantError
from ._output import error

__all__ = ["COMMANDS", "main"]

_Run = Callable[[Sequence[str]], int]

COMMANDS = {
    "make-variant": ("wheels", "make a variant wheel out of a wheel"),
    "unmake-variant": ("wheels", "make the plain wheel again"),
    "analyze-wheel": ("reading", "show label and properties of a wheel"),
    "get-variant-hash": ("reading", "print the default label of some properties"),
    "generate-index-json": ("indexes", "write the variants.json files of a folder"),
    "add-wheel-to-index-json": ("indexes", "add one wheel to a variants.json"),
    "analyze-platform": ("machine", "show which properties this machine supports"),
    "plugins": ("machine", "show the plugins here, and what they say"),
    "config": ("config", "show which files hold the user's priorities"),
    "update-pyproject-toml": ("pyproject", "show what to write into pyproject.toml"),
}
"""The commands: the module, and what it does in one line."""

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status.

    :param arguments: those behind the name of the command; without it, those of the
        process.
    """
    for stream in (sys.stdout, sys.stderr):
        # Names may hold what a terminal cannot show.
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    given = _parser().parse_args(arguments)
    try:
        status = _find(given.command)(given.args)
        # Python has none where it was closed before the start.
        if sys.stdout is not None:
            sys.stdout.flush()
    except VariantError as failure:
        error(str(failure))
        return 1
    except BrokenPipeError:
        # Whoever reads has enough; Python would flush once more and fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as failure:
        error(str(failure))
        return 1
    except KeyboardInterrupt:
        error("interrupted")
        return _INTERRUPTED
    return status


def _parser() -> argparse.ArgumentParser:
    lines = (f"  {name:24}{does}" for name, (_, does) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="variantlib",
        description="Wheel variants, without pip.",
        epilog="commands:\n" + "\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "-v",
        "--version",
        action="version",
        version=f"%(prog)s version: {_version()}",
    )
    parser.add_argument(
        "command",
        choices=sorted(COMMANDS),
        metavar="command",
        help="one of those below; 'variantlib COMMAND -h' tells more",
    )
    parser.add_argument("args", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def _version() -> str:
    try:
        return version("pip-variants")
    except PackageNotFoundError:
        # The library may be part of another program.
        return "unknown"


def _find(command: str) -> _Run:
    module, _ = COMMANDS[command]
    name = command.replace("-", "_")
    run: _Run = getattr(import_module(f".{module}", __name__), name)
    return run
