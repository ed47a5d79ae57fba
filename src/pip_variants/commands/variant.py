"""``pip variant``: one verb a module."""

from __future__ import annotations

from optparse import Values
from typing import Any

from .. import _pip
from . import _demo

__all__ = ["VariantCommand"]


class VariantCommand(_pip.Command):
    """
    Show how pip chooses among wheel variants.

    demo
        Run the embedded demo: real pip commands against an index with variants,
        on this machine alone.
    """

    ignore_require_venv = True
    usage = """
        %prog demo [--serve] [--port N]
    """

    _VERBS = {"demo": _demo.run}  # noqa: RUF012 - a constant table

    def add_options(self) -> None:
        """Add the options of all verbs."""
        _demo.add_options(self.cmd_opts)
        self.parser.insert_option_group(0, self.cmd_opts)

    def run(self, options: Values, args: list[Any]) -> int:
        """Run the verb.

        :raises pip's CommandError: when there is none of that name.
        """
        if not args or args[0] not in self._VERBS:
            asked = f"unknown verb {args[0]!r}" if args else "no verb given"
            msg = f"{asked}; choose one of: {', '.join(sorted(self._VERBS))}"
            raise _pip.CommandError(msg)
        if len(args) > 1:
            msg = f"pip variant {args[0]} takes no further argument: {args[1]!r}"
            raise _pip.CommandError(msg)
        return self._VERBS[args[0]](options)
