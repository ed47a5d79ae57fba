"""Options that several commands have."""

from __future__ import annotations

import argparse
from pathlib import Path

__all__ = ["add_file", "add_properties", "parser_for"]


def parser_for(command: str, does: str) -> argparse.ArgumentParser:
    """Return a parser for the arguments of a command.

    :param does: what it does, for the help.
    """
    return argparse.ArgumentParser(prog=f"variantlib {command}", description=does)


def add_properties(target: argparse._ActionsContainer) -> None:
    """Add ``-p``."""
    target.add_argument(
        "-p",
        "--property",
        dest="properties",
        action="extend",
        nargs="+",
        default=[],
        metavar="PROPERTY",
        help="a variant property, 'namespace :: feature :: value'; takes several, "
        "and may be given several times",
    )


def add_file(parser: argparse.ArgumentParser, *names: str, **more: str) -> None:
    """Add an option that takes a path and must be given."""
    parser.add_argument(*names, type=Path, required=True, metavar="PATH", **more)
