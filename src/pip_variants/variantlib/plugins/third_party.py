"""Which plugin answers for a namespace, and whether it may.

::

    metadata names a package --> installed? --> trusted? --> nobody
    metadata names nobody    --> installed under the name of the namespace? --> nobody

Sources: DESIGN 4, sources 5 to 7; providers draft, "Providers" steps 5 and 6; R74-R81,
R107.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..errors import Refusal, ValidationError
from ..policy import Policy
from ..providers import Provider
from ..requirement import needed_packages
from .plugin import Plugin

__all__ = ["Installed", "Packages", "ThirdParty", "one_only"]


_UNPINNED = "hashes are checked, and what is installed has none"


class Installed(Protocol):
    """What is installed in an environment."""

    def plugins(self) -> Sequence[Plugin]:
        """Return all plugins that have an entry point."""

    def distribution(self, name: str) -> Plugin | None:
        """Return what a distribution has to offer; None when it is not installed."""


class Packages(Protocol):
    """Where the packages come from that the user trusts."""

    def plugin(
        self, namespace: str, provider: Provider, requirements: Sequence[str]
    ) -> Plugin:
        """Install what is asked for, unless it is there, and return the plugin.

        :param requirements: those whose marker holds, without it.
        :raises Refusal: when that may not or cannot be.
        """


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """Finds the plugin for a namespace, by what the user allows.

    :param policy: how far to go.
    :param installed: what the environment has.
    :param packages: who installs packages that are trusted.
    :param satisfies: tells whether a version is one that a requirement asks for.
    :param remedy: what the user may type so that some packages are asked.
    :param place: where the policy was written, "" for nowhere.
    :param excluded: namespaces whose labels the user does not want anyway (R69).
    :param pinned_only: only packages with a hash: code that is installed already has
        none (E28).
    :param barred: why no plugin may run at all, "" when one may.
    """

    policy: Policy
    installed: Installed
    packages: Packages | None
    satisfies: Callable[[str, str], bool]
    remedy: Callable[[Iterable[str]], str]
    place: str = ""
    excluded: frozenset[str] = frozenset()
    pinned_only: bool = False
    barred: str = ""

    def check(self, namespace: str) -> None:
        """Check that somebody may answer for a namespace at all.

        :raises Refusal: when nobody may.
        """
        if self.barred:
            raise Refusal(self.barred)
        if namespace in self.excluded:
            raise Refusal("all its labels are excluded")

    def named(self, namespace: str) -> Plugin | None:
        """Return the installed plugin that goes by the name of a namespace (R89).

        :returns: None when there is none.
        :raises Refusal: when there are several, or none may be asked.
        """
        self.check(namespace)
        found = [each for each in self._askable() if each.name == namespace]
        one_only(namespace, found)
        return found[0] if found else None

    def unnamed(self) -> tuple[Plugin, ...]:
        """Return all installed plugins that may be asked what they call themselves."""
        return tuple(self._askable())

    def _askable(self) -> Sequence[Plugin]:
        if self.policy is Policy.BUILTIN or self.pinned_only:
            return ()
        return self.installed.plugins()

    def of_package(
        self, namespace: str, provider: Provider, holds: Callable[[str], bool]
    ) -> tuple[Plugin, bool]:
        """Return the plugin that metadata names, and whether it is a trusted package.

        :param holds: evaluates a marker.
        :raises Refusal: when it may not or cannot be asked.
        """
        self.check(namespace)
        needed = needed_packages(provider.requires, holds)
        asked = ", ".join(base for _, base in needed)
        if self.policy is Policy.BUILTIN:
            where = f" ({self.place})" if self.place else ""
            raise Refusal(
                f"{namespace} asks for {asked}, and only built-in providers may "
                f"answer{where}"
            )
        problem = _UNPINNED if self.pinned_only else self._why_not_installed(needed)
        if not problem:
            plugin = self.installed.distribution(needed[0][0])
            assert plugin is not None  # as it was a moment ago
            return _at(plugin, provider.plugin_api), False
        if self.policy is Policy.TRUSTED and self.packages is not None:
            bases = [base for _, base in needed]
            return self.packages.plugin(namespace, provider, bases), True
        names = [name for name, _ in needed]
        msg = f"{namespace} asks for {asked}, and {problem}"
        raise Refusal(msg, self.remedy(names))

    def _why_not_installed(self, needed: Sequence[tuple[str, str]]) -> str:
        """Say what is missing in the environment, "" when nothing is."""
        for name, base in needed:
            plugin = self.installed.distribution(name)
            if plugin is None:
                missing = "it" if len(needed) == 1 else name
                return f"{missing} is neither installed nor trusted"
            if not self.satisfies(base, plugin.version):
                return f"{plugin} is installed, another version"
        holder = self.installed.distribution(needed[0][0])
        if holder is not None and not holder.apis:
            # Metadata must not make any package run that happens to be installed.
            return f"{holder} is no plugin by its entry points"
        return ""


def _at(plugin: Plugin, api: str | None) -> Plugin:
    try:
        return plugin.at(api)
    except ValidationError as error:
        raise Refusal(str(error)) from None


def one_only(namespace: str, plugins: Sequence[Plugin]) -> None:
    """Check that plugins are of one distribution.

    :raises Refusal: when several claim a namespace (R107).
    """
    holders = {plugin.distribution: str(plugin) for plugin in plugins}
    if len(holders) > 1:
        msg = (
            f"{' and '.join(sorted(holders.values()))} both claim {namespace}; "
            "uninstall one of them"
        )
        raise Refusal(msg)
