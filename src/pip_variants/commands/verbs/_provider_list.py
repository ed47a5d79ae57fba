"""The list of ``pip variant providers``: it runs nothing, and reads the cache alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace

from ... import _pip
from ...machine import Machine
from ...settings import Settings
from ...text import printable
from ...variantlib.builtin import BUILTINS
from ...variantlib.cache import Entry
from ...variantlib.inquiry import plugin_key, told_of
from ...variantlib.plugins.plugin import Plugin
from ...variantlib.policy import Policy
from ._base import print_json, print_table

__all__ = ["show"]

_VERSION = 1
_FAR = {
    Policy.BUILTIN: "only built-in providers are asked",
    Policy.INSTALLED: "built-in providers and plugins that are installed here are asked",
    Policy.TRUSTED: "built-in providers, plugins that are installed here, and packages "
    "that you trust are asked",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """A provider as it is shown.

    :param namespace: by custom, the name of the entry point; "" where nobody knows.
    :param package: the distribution, "" for a built-in provider.
    :param entry_point: the object reference of a plugin.
    :param in_place_of: the distributions that a built-in provider answers for.
    :param asked: whether the policy lets it be asked.
    :param last_error: what went wrong when it was asked last, "" for nothing.
    """

    namespace: str
    kind: str
    package: str
    version: str
    entry_point: str
    asked: bool
    last_error: str
    in_place_of: tuple[str, ...] = ()


def show(settings: Settings, machine: Machine, *, as_json: bool) -> None:
    """Print all providers that this pip knows of."""
    plugins = [*_plugins(settings, machine)]
    rows = [*_builtin(), *plugins, *_trusted(settings, plugins)]
    place = settings.places.get("variant-providers", "")
    if as_json:
        document = {
            "version": _VERSION,
            "policy": settings.providers.value,
            "policy_from": place,
            "providers": [asdict(row) for row in rows],
        }
        print_json(document)
        return
    where = printable(place) or "the default"
    text = f"Policy: {settings.providers.value} ({where}): {_FAR[settings.providers]}."
    _pip.write_output("%s", text)
    heads = ("Namespace", "Kind", "Provider", "Entry point", "Asked", "Last error")
    print_table([heads, *map(_cells, rows)])


def _cells(row: _Row) -> tuple[str, ...]:
    cells = (
        row.namespace or "-",
        row.kind,
        f"{row.package} {row.version}".strip() or f"for {', '.join(row.in_place_of)}",
        row.entry_point or "-",
        "yes" if row.asked else "no",
        row.last_error or "-",
    )
    return tuple(map(printable, cells))


def _builtin() -> Iterator[_Row]:
    for builtin in BUILTINS.values():
        row = _Row(builtin.namespace, "built-in", "", "", "", True, "")
        yield replace(row, in_place_of=builtin.packages)


def _plugins(settings: Settings, machine: Machine) -> Iterator[_Row]:
    """Yield the plugins that there are, with what went wrong when they were asked."""
    asked = settings.providers is not Policy.BUILTIN
    entries = sorted(machine.cache.entries(), key=lambda entry: entry.created)
    for plugin in (*machine.environment.plugins(), *machine.kept_plugins()):
        told = [told_of(entry) for entry in entries if _is_of(entry, plugin)]
        yield _Row(
            plugin.name,
            "trusted" if plugin.isolated else "installed",
            plugin.distribution,
            plugin.version,
            " ".join(plugin.apis),
            asked,
            told[-1].failure if told and told[-1] else "",
        )


def _is_of(entry: Entry, plugin: Plugin) -> bool:
    """Tell whether a plugin gave an answer; metadata may have named further objects."""
    key = plugin_key(plugin)
    alike = (entry.key.get(part) == key[part] for part in key if part != "apis")
    return all(alike) and set(plugin.apis) <= {*entry.key.get("apis", "").split()}


def _trusted(settings: Settings, known: Iterable[_Row]) -> Iterator[_Row]:
    """Yield the packages that are trusted, and were not needed so far."""
    asked = settings.providers is Policy.TRUSTED
    there = {row.package for row in known if row.kind == "trusted"}
    for item in settings.trusted:
        if item.name not in there:
            digest = f"sha256={item.sha256}" if item.sha256 else ""
            version = " ".join(filter(None, (item.version, digest)))
            yield _Row("", "trusted", item.name, version, "", asked, "")
