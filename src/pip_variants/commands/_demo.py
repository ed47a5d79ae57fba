"""``pip variant demo``."""

from __future__ import annotations

import sys
from optparse import OptionGroup, Values

from .. import _pip

__all__ = ["add_options", "run"]

_LAST_PORT = 65535


def add_options(group: OptionGroup) -> None:
    """Add the options of the demo."""
    group.add_option(
        "--serve",
        action="store_true",
        default=False,
        help="demo: keep the demo index running and print its URL.",
    )
    group.add_option(
        "--port",
        type="int",
        default=0,
        metavar="N",
        help="demo --serve: the port to listen on [default: any free port].",
    )


def run(options: Values) -> int:
    """Run the demo, or serve its index."""
    from ..demo import tour

    if not 0 <= options.port <= _LAST_PORT:
        msg = f"--port {options.port}: a port is a number from 0 to {_LAST_PORT}"
        raise _pip.CommandError(msg)
    if options.port and not options.serve:
        raise _pip.CommandError("--port goes with --serve")
    if options.serve:
        return tour.serve(port=options.port, out=sys.stdout)
    return tour.run_tour(out=sys.stdout)
