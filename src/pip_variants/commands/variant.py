"""``pip variant``: finds the verb, and lets it run as a command of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib import import_module
from optparse import OptionParser, Values
from typing import Any

from .. import _pip

__all__ = ["VERBS", "VariantCommand"]


VERBS = {
    "explain": "Tell which variant pip would take, and why.",
    "platform": "Show which properties this machine supports.",
    "providers": "Show who may say that; test a plugin.",
    "check": "Check that the installed variants fit this machine.",
    "prioritize": "Show or set what decides among variants.",
    "cache": "Show or remove what providers answered before.",
    "demo": "Run real pip commands against an index with variants.",
    "make": "Make a variant wheel out of any wheel.",
    "unmake": "Make the plain wheel again.",
    "inspect": "Show what a wheel says about its variant.",
    "validate": "Check wheels before you publish them.",
    "index": "Make a folder of wheels an index for any web server.",
    "build": "Build the variant wheels of a project.",
}
"""The verbs, each with what it does in one line; a verb has a module of its name."""


class VariantCommand(_pip.Command):
    """
    Show, steer and check how pip chooses among wheel variants.

    "pip variant VERB --help" tells more about each verb.
    """

    ignore_require_venv = True
    usage = "\n" + "\n".join(f"        %prog {verb} [options]" for verb in VERBS)

    def __init__(self, name: str, summary: str, isolated: bool = False) -> None:
        """Prepare; a shell that completes gets the options of the verb."""
        super().__init__(name, summary, isolated)
        self._isolated = isolated
        lines = (f"  {verb:12}{summary}" for verb, summary in VERBS.items())
        self.parser.epilog = None
        # Python started with "-OO" has no docstrings.
        self.parser.description = f"{self.__doc__ or ''}\n" + "\n".join(
            f"    {line}" for line in lines
        )
        words = os.environ.get("COMP_WORDS", "").split()
        after = words[words.index(name) + 1 :] if name in words else []
        verb, _ = _part(after, self.parser)
        if verb is not None:
            self.parser = self._make(verb).parser

    def handler_map(self) -> dict[str, Callable[[Values, list[str]], None]]:
        """Return the verbs: completion offers them."""
        return dict.fromkeys(VERBS, lambda _options, _args: None)

    def main(self, args: list[str]) -> int:
        """Run the verb with the other arguments."""
        verb, rest = _part(args, self.parser)
        if verb is None:
            return super().main(args)
        status: int = self._make(verb).main(rest)
        return status

    def run(self, options: Values, args: list[str]) -> int:  # noqa: ARG002 - as pip calls it
        """Say which verbs there are.

        :raises pip's CommandError: always.
        """
        asked = f"unknown verb {args[0]!r}" if args else "no verb given"
        msg = f"{asked}; choose one of: {', '.join(sorted(VERBS))}"
        raise _pip.CommandError(msg)

    def _make(self, verb: str) -> Any:
        module = import_module(f".verbs.{verb}", __package__)
        command = getattr(module, f"{verb.capitalize()}Verb")
        made = command(f"{self.name} {verb}", VERBS[verb], isolated=self._isolated)
        made.cmd_opts.title = f"{verb.capitalize()} Options"
        return made


def _part(args: Sequence[str], parser: OptionParser) -> tuple[str | None, list[str]]:
    """Take the verb out of the arguments; options may stand before it.

    pip passes on what stood before the name of the command, too, with values.
    """
    value_follows: bool | None = False
    for position, argument in enumerate(args):
        if argument in VERBS and not value_follows:
            return argument, [*args[:position], *args[position + 1 :]]
        if value_follows is False and not argument.startswith("-"):
            break
        value_follows = _takes_value(argument, parser)
    return None, list(args)


def _takes_value(argument: str, parser: OptionParser) -> bool | None:
    """Tell whether a value follows; None for an option that only a verb knows."""
    if not argument.startswith("-") or "=" in argument:
        return False
    option = parser.get_option(argument)
    return None if option is None else option.takes_value()
