"""``variantlib update-pyproject-toml``: what to write, for whoever writes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ..builtin import BUILTINS
from ..errors import VariantError
from ..plugins.plugin import Plugin
from ._here import Environment
from ._options import parser_for
from ._output import error, say
from ._toml_writer import toml_string

__all__ = ["update_pyproject_toml"]


def update_pyproject_toml(arguments: Sequence[str]) -> int:
    """Say what to write into a pyproject.toml, which is not touched.

    Writing TOML anew would lose comments and layout, and the standard library does
    not write it.

    :raises VariantError: for a namespace that nobody here answers for.
    """
    parser = parser_for(
        "update-pyproject-toml",
        "Print what to write into pyproject.toml to name providers; the file itself "
        "is not changed.",
    )
    parser.add_argument(
        *("-f", "--file"), type=Path, default=Path("pyproject.toml"), metavar="PATH"
    )
    for names, does in ((("-a", "--add"), "add"), (("-d", "--delete"), "remove")):
        parser.add_argument(
            *names,
            action="extend",
            nargs="+",
            default=[],
            metavar="NAMESPACE",
            help=f"the namespaces whose providers to {does}",
        )
    given = parser.parse_args(arguments)
    if not given.add and not given.delete:
        parser.error("give --add or --delete")
    installed = {each.name: each for each in Environment().plugins()}
    tables = [[*_table(namespace, installed)] for namespace in given.add]
    error(f"{given.file} is not changed: please edit it")
    for namespace in given.delete:
        say(f"# Remove [variant.providers.{namespace}], and {namespace!r} from")
        say("# variant.default-priorities.namespace.")
    for namespace, lines in zip(given.add, tables, strict=True):
        say(f"# Put {namespace!r} into variant.default-priorities.namespace, and add:")
        for line in lines:
            say(line)
    return 1


def _table(namespace: str, installed: dict[str, Plugin]) -> Iterator[str]:
    plugin = installed.get(namespace)
    if plugin is not None:
        requirement = f"{plugin.distribution} >={plugin.version}"
        api = plugin.apis[0]
    elif namespace in BUILTINS:
        requirement, api = BUILTINS[namespace].packages[0], ""
    else:
        msg = f"no plugin for {namespace} is installed, and no provider built in"
        raise VariantError(msg)
    yield f"[variant.providers.{namespace}]"
    yield f"requires = [{toml_string(requirement)}]"
    if api and api != requirement.partition(" ")[0].replace("-", "_"):
        yield f"plugin-api = {toml_string(api)}"
