"""Ask the published providers about recorded machines; runs in a process of its own.

They replace modules when they are imported, so that the tests do not import them. What
they look at is put in their way: the system, its /proc/cpuinfo and its sysctl.

The argument is a plugin-api, or "archspec.cpu" for archspec itself, which knows more CPUs in
its own releases than in the copies that the providers have. Input: a JSON list of [system,
machine, recorded text]. Output: for each, a JSON list of [feature, values].
"""

import builtins
import importlib
import io
import json
import platform
import sys
from types import SimpleNamespace
from typing import Any


class Archspec:
    """Says which generic CPUs of archspec a machine is compatible with."""

    def get_supported_configs(self, _: None) -> list[SimpleNamespace]:
        generic = sys.modules["archspec.cpu.detect"].host().generic
        names = [generic.name, *(each.name for each in generic.ancestors)]
        return [SimpleNamespace(name="generic", values=names)]


def ask(
    plugin: Any, system: str, machine: str, text: str
) -> list[tuple[str, list[str]]]:
    """Return what a published provider says of a machine."""
    # Each provider brings its own copy, and puts it in this place.
    detect = sys.modules["archspec.cpu.detect"]
    values = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    real_open = builtins.open
    for each in vars(detect).values():
        if hasattr(each, "cache_clear"):
            each.cache_clear()

    def run_sysctl(arguments: list[str], **_: Any) -> str:
        # One value, or all of them by name.
        return values.get(arguments[-1], "") if arguments[1] == "-n" else text

    def open_recorded(path: Any, *args: Any, **options: Any) -> Any:
        if path == "/proc/cpuinfo":
            return io.StringIO(text)
        return real_open(path, *args, **options)

    changed = (
        (platform, "system", lambda: system),
        (platform, "machine", lambda: machine),
        (builtins, "open", open_recorded),
        (detect, "_check_output", run_sysctl),
    )
    saved = [(owner, name, getattr(owner, name)) for owner, name, _ in changed]
    for owner, attribute, stand_in in changed:
        setattr(owner, attribute, stand_in)
    try:
        # A plugin of this generation wants to be told which properties are known.
        found = plugin.get_supported_configs(None)
    finally:
        for owner, attribute, real in saved:
            setattr(owner, attribute, real)
    return [(each.name, each.values) for each in found]


def main(api: str) -> None:
    module, _, name = api.partition(":")
    loaded = importlib.import_module(module)
    plugin = getattr(loaded, name)() if name else Archspec()
    answers = [ask(plugin, *question) for question in json.load(sys.stdin)]
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
