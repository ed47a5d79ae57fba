"""``pip variant unmake``: the plain wheel again that a variant wheel was made of."""

from __future__ import annotations

from optparse import Values

from ...variantlib.publishing.wheels.making import unmake_variant
from ._base import Verb, add_json_option, keep_notes_off, print_json
from ._wheels import add_wheel_options, each_wheel, status, wheels

__all__ = ["UnmakeVerb"]

_VERSION = 1


class UnmakeVerb(Verb):
    """
    Make the plain wheel again that a variant wheel was made of.

    The label and the variant.json are taken off; all other files are the same
    bytes. A plain wheel with other content is never replaced.
    """

    usage = """
        %prog [options] <wheel> ..."""

    def add_options(self) -> None:
        """Add the options."""
        add_wheel_options(self.cmd_opts)
        add_json_option(self.cmd_opts)
        self.parser.insert_option_group(0, self.cmd_opts)

    def run(self, options: Values, args: list[str]) -> int:
        """Unmake the wheels.

        :raises pip's CommandError: when none is named.
        """
        keep_notes_off(options)
        rows = each_wheel(options, wheels(options, args), unmake_variant)
        if options.json:
            print_json({"version": _VERSION, "wheels": rows})
        return status(rows)
