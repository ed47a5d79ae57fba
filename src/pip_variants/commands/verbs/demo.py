"""``pip variant demo``: real pip commands against an index with variants."""

from __future__ import annotations

from optparse import Values

from ... import _pip
from ._base import Verb, standard_output

__all__ = ["DemoVerb"]

_LAST_PORT = 65535


class DemoVerb(Verb):
    """
    Run real pip commands against an index with variants, on this machine alone.

    The index and the environment are made in a temporary folder and removed at
    the end.
    """

    usage = """
        %prog [--serve [--port N]]
    """

    def add_options(self) -> None:
        """Add the options of the demo."""
        self.cmd_opts.add_option(
            "--serve",
            action="store_true",
            default=False,
            help="Keep the demo index running and print its URL.",
        )
        self.cmd_opts.add_option(
            "--port",
            type="int",
            default=0,
            metavar="N",
            help="The port to serve on [default: any free port].",
        )
        self.parser.insert_option_group(0, self.cmd_opts)

    def run(self, options: Values, args: list[str]) -> int:
        """Run the demo, or serve its index.

        :raises pip's CommandError: for options that make no sense.
        """
        from ...demo import tour

        self.refuse(args)
        if not 0 <= options.port <= _LAST_PORT:
            msg = f"--port {options.port}: a port is a number from 0 to {_LAST_PORT}"
            raise _pip.CommandError(msg)
        if options.port and not options.serve:
            raise _pip.CommandError("--port goes with --serve")
        with standard_output() as out:
            if options.serve:
                return tour.serve(port=options.port, out=out)
            return tour.run_tour(out=out)
