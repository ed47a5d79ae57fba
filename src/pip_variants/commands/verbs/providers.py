"""``pip variant providers``: who may answer, how one answered, and a test for authors."""

from __future__ import annotations

from collections.abc import Sequence
from optparse import Values

from ... import _pip
from ...machine import Machine
from ...options import PROVIDERS, add_options
from ...settings import Settings
from ._base import Verb, add_json_option, keep_notes_off
from ._provider_debug import debug
from ._provider_list import show
from ._provider_test import try_out

__all__ = ["ProvidersVerb"]


class ProvidersVerb(Verb):
    """
    Show who may say what this machine supports.

    Without arguments, or with "list", lists the built-in providers, the
    plugins that are installed here, and the packages that you trust; no plugin
    is run. "debug" asks for one namespace and tells how it was answered. "test"
    runs a plugin and checks it for its author; the exit status is 1 when it has
    an error.
    """

    usage = """
        %prog [list] [options]
        %prog debug [options] <namespace>
        %prog test [options] <module>[:<object>]"""

    def add_options(self) -> None:
        """Add the options."""
        add_json_option(self.cmd_opts)
        self.parser.insert_option_group(0, self.cmd_opts)
        add_options(self.parser, PROVIDERS)

    def run(self, options: Values, args: list[str]) -> int:
        """Do what the arguments say.

        :raises pip's CommandError: for arguments that say nothing known.
        """
        keep_notes_off(options)
        settings = Settings.read(options, self.parser)
        machine = Machine(settings)
        if args[:1] in ([], ["list"]):
            self.refuse(args[1:])
            show(settings, machine, as_json=options.json)
            return 0
        if args[0] == "debug":
            namespace = self._only(args, "a namespace")
            debug(settings, machine, namespace, as_json=options.json)
            return 0
        if args[0] == "test":
            api = self._only(args, "an object reference such as my_plugin:Plugin")
            return 0 if try_out(settings, machine, api, as_json=options.json) else 1
        msg = f"unknown action {args[0]!r}; choose 'list', 'debug' or 'test', or give none"
        raise _pip.CommandError(msg)

    def _only(self, args: Sequence[str], what: str) -> str:
        if len(args) == 1:
            raise _pip.CommandError(f"pip {self.name} {args[0]} needs {what}")
        self.refuse(args[2:])
        return args[1]
