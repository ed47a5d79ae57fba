"""Which plugin answers for a namespace, and whether it may.

::

    metadata names a package --> installed? --> trusted? --> nobody
    metadata names nobody    --> installed under the name of the namespace? --> nobody

Sources: DESIGN 4, sources 5 to 7; providers draft, "Providers" steps 5 and 6; R74-R81,
R107.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..errors import ReferenceFault, Refusal, ValidationError
from ..policy import Policy
from ..providers import Provider
from ..requirement import needed_packages
from .plugin import Plugin

__all__ = ["Installed", "Needed", "Packages", "ThirdParty"]


Needed = Sequence[tuple[str, str]]
"""The packages to install: normalised name, and requirement without marker."""


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
    :param remedy: what the user may type so that some packages are asked, and
        whether installing them is among that.
    :param place: where the policy was written, "" for nowhere.
    :param hash_mode: only packages with a hash: code that is installed already has
        none (E28).
    :param barred: why no plugin may run at all, "" when one may.
    """

    policy: Policy
    installed: Installed
    packages: Packages | None
    satisfies: Callable[[str, str], bool]
    remedy: Callable[[Needed, bool], str]
    place: str = ""
    hash_mode: bool = False
    barred: str = ""

    def _check_installed(self) -> None:
        """Check that plugins that are installed may be asked at all.

        :raises Refusal: when they may not.
        """
        if self.barred:
            raise Refusal(self.barred)
        if self.policy is Policy.BUILTIN:
            raise Refusal(f"only built-in providers may answer{self._where}")
        if self.hash_mode:
            raise Refusal("hashes are checked, and what is installed has none")

    @property
    def _where(self) -> str:
        return f" ({self.place})" if self.place else ""

    def named(self, namespace: str) -> Plugin | None:
        """Return the installed plugin that goes by the name of a namespace (R89).

        :returns: None when there is none.
        :raises Refusal: when there are several, or none may be asked.
        """
        self._check_installed()
        found = [each for each in self.installed.plugins() if each.name == namespace]
        return self.only_one(namespace, found)

    @staticmethod
    def only_one(namespace: str, plugins: Sequence[Plugin]) -> Plugin | None:
        """Return the only one of some plugins that claim a namespace.

        :raises Refusal: when they are of several distributions (R107).
        """
        holders = {plugin.distribution: str(plugin) for plugin in plugins}
        if len(holders) > 1:
            msg = f"{' and '.join(sorted(holders.values()))} both claim {namespace}"
            raise Refusal(msg, "uninstall one of them")
        return plugins[0] if plugins else None

    def unnamed(self) -> tuple[Plugin, ...]:
        """Return all installed plugins that may be asked what they call themselves."""
        try:
            self._check_installed()
        except Refusal:
            return ()
        return tuple(self.installed.plugins())

    def of_package(
        self, namespace: str, provider: Provider, holds: Callable[[str], bool]
    ) -> Plugin:
        """Return the plugin that metadata names.

        :param holds: evaluates a marker.
        :raises Refusal: when it may not or cannot be asked.
        """
        if self.barred:
            raise Refusal(self.barred)
        needed = needed_packages(provider.requires, holds)
        asked = f"{namespace} asks for {', '.join(base for _, base in needed)}, and"
        if self.policy is Policy.BUILTIN:
            raise Refusal(f"{asked} only built-in providers may answer{self._where}")
        try:
            return _at(self._installed(needed), provider.plugin_api)
        except _AbsentError as absent:
            if self.policy is Policy.TRUSTED and self.packages is not None:
                bases = [base for _, base in needed]
                return self.packages.plugin(namespace, provider, bases)
            remedy = self.remedy(needed, absent.to_install)
            raise Refusal(f"{asked} {absent}", remedy) from None

    def _installed(self, needed: Needed) -> Plugin:
        """Return what the first of some packages offers, when all are installed.

        :raises _AbsentError: when something is missing in the environment.
        """
        found = []
        for name, base in needed:
            plugin = self.installed.distribution(name)
            helps = not self.hash_mode
            if plugin is None:
                missing = "it" if len(needed) == 1 else name
                msg = f"{missing} is neither installed nor trusted"
                raise _AbsentError(msg, to_install=helps)
            if not self.satisfies(base, plugin.version):
                msg = f"{plugin} is installed, another version"
                raise _AbsentError(msg, to_install=helps)
            found.append(plugin)
        if self.hash_mode:
            raise _AbsentError("hashes are checked, and what is installed has none")
        if not found[0].apis:
            # Metadata must not make any package run that happens to be installed.
            raise _AbsentError(f"{found[0]} is no plugin by its entry points")
        return found[0]


class _AbsentError(Exception):
    """What is missing in the environment, and whether installing it would help."""

    def __init__(self, problem: str, *, to_install: bool = False) -> None:
        super().__init__(problem)
        self.to_install = to_install


def _at(plugin: Plugin, api: str | None) -> Plugin:
    try:
        return plugin.at(api)
    except ValidationError as error:
        raise ReferenceFault(str(error)) from None
