"""``pip variant demo``."""

from __future__ import annotations

import sys
from optparse import OptionGroup, Values

__all__ = ["add_options", "run"]


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

    if options.serve:
        return tour.serve(port=options.port, out=sys.stdout)
    return tour.run_tour(out=sys.stdout)
