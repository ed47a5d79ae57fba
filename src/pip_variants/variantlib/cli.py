"""The ``variantlib`` command."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib.metadata import version

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(
        prog="variantlib", description="Wheel variants, without pip."
    )
    parser.add_argument(
        "-v",
        "--version",
        action="version",
        version=f"variantlib version: {version('pip-variants')}",
    )
    parser.parse_args(arguments)
    parser.print_help()
    return 0
