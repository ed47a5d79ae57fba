"""The machine that pip runs on: whom to ask what it supports, and with whose leave.

Installed plugins are those of the environment that pip installs into: pip itself runs
there, also with ``--python``.
"""

from __future__ import annotations

import os
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from logging import getLogger
from typing import TYPE_CHECKING

from . import __version__, _pip
from .cache_folder import detected_folder
from .settings import Settings
from .text import printable
from .variantlib.builtin.host import Host
from .variantlib.cache import Cache, DiskCache, NoCache
from .variantlib.detection import Detector
from .variantlib.inquiry import Inquiry, Runner
from .variantlib.policy import Policy

if TYPE_CHECKING:
    from .variantlib.plugins.plugin import Plugin
    from .variantlib.plugins.probing import Probed
    from .variantlib.plugins.third_party import Needed, Packages, ThirdParty

__all__ = ["Environment", "Machine", "this_host"]

logger = getLogger(__name__)

_LONGEST_MARKER = 1000
_NOT_ON_BEHALF = (
    "the platform file says nothing of it, and no plugin is asked on behalf of "
    "another machine"
)


class Machine:
    """Makes detectors that share what they ask."""

    def __init__(
        self,
        settings: Settings,
        *,
        refresh: bool = False,
    ) -> None:
        """Prepare; nothing is asked yet.

        :param settings: those of the run.
        :param refresh: ask although the cache has an answer.
        """
        self._settings = settings
        self._refresh = refresh
        self.environment = Environment()

    @cached_property
    def host(self) -> Host:
        """What built-in providers look at."""
        return this_host()

    @cached_property
    def cache(self) -> Cache:
        """Where answers are kept."""
        folder = self._settings.cache_folder
        return NoCache() if folder is None else DiskCache(detected_folder(folder))

    @cached_property
    def inquiry(self) -> Inquiry:
        """Who asks."""
        return Inquiry(
            self.host,
            cache=self.cache,
            version=__version__,
            runner=Runner(
                sys.executable or "", self._settings.provider_seconds, _say_who_is_slow
            ),
            refresh=self._refresh,
        )

    def detector(self, settings: Settings) -> Detector:
        """Return who asks this machine, or reads the file that describes another.

        :param settings: those for one machine.
        """
        (given,) = settings.platforms.values() or (None,)
        return Detector(
            self.inquiry,
            partial(_evaluate_marker, environment=settings.marker_environment),
            given=given,
            ask_machine=not settings.foreign_target,
            enabled=settings.optional,
            unwanted=(item for item in settings.exclude if "::" not in item),
            third_party=partial(self.third_party, settings),
        )

    def kept_plugins(self) -> tuple[Plugin, ...]:
        """Return the plugins of trusted packages that were installed before."""
        settings = self._settings
        if settings.providers is not Policy.TRUSTED or settings.foreign_target:
            return ()
        from .trusting.packages import kept_plugins

        return kept_plugins(
            settings.cache_folder, settings.trusted, hash_mode=settings.hash_mode
        )

    def find_plugin(self, settings: Settings, namespace: str) -> Plugin | None:
        """Return the plugin that answers where metadata names nobody.

        Without an installed one, that of a trusted package that would answer where it
        is named.

        :raises Refusal: when none may be asked.
        """
        found = self.detector(settings).plugin_named(namespace)
        kept = (each for each in self.kept_plugins() if each.name == namespace)
        return found or next(kept, None)

    def probe(self, plugin: Plugin, *, ask: str) -> Probed:
        """Ask a plugin, whatever the cache holds.

        :param ask: "supported", "all" or "debug".
        """
        from .variantlib.plugins.probing import Interpreter, probe

        return probe(
            plugin.apis,
            plugin.path,
            Interpreter(sys.executable, os.environ, plugin.isolated),
            seconds=self._settings.provider_seconds,
            ask=ask,
        )

    @cached_property
    def _packages(self) -> Packages | None:
        """Who installs trusted packages; None where nobody does."""
        settings = self._settings
        if settings.providers is not Policy.TRUSTED or settings.sources is None:
            return None
        from .trusting.packages import ProviderPackages

        return ProviderPackages(
            settings.trusted,
            settings.cache_folder,
            settings.sources,
            hash_mode=settings.hash_mode,
            place=settings.places.get("variant-trusted-providers", ""),
        )

    def third_party(self, settings: Settings) -> ThirdParty:
        """Return who finds plugins, by what the user allows."""
        from .variantlib.plugins.third_party import ThirdParty

        return ThirdParty(
            settings.providers,
            self.environment,
            self._packages,
            _satisfies,
            partial(_remedy, settings),
            place=settings.places.get("variant-providers", ""),
            hash_mode=settings.hash_mode,
            barred=_NOT_ON_BEHALF if settings.platforms else "",
        )


def this_host() -> Host:
    """Return the machine that pip runs on."""
    return Host(platform.system(), platform.machine(), os.environ)


class Environment:
    """The distributions of the Python that pip runs in."""

    @cached_property
    def _path(self) -> tuple[str, ...]:
        # pip takes the working directory out, where anybody may have put something;
        # where its own script lies, there are no packages.
        here = _working_directory()
        script = os.path.join(here, os.path.dirname(sys.argv[0]))  # noqa: PTH118, PTH120
        strange = {"", ".", here, script}
        return tuple(entry for entry in sys.path if entry not in strange)

    @property
    def path_with_work(self) -> tuple[str, ...]:
        """The path with the working directory in front, for who develops there."""
        here = _working_directory()
        return (here, *self._path) if here else self._path

    @cached_property
    def _plugins(self) -> tuple[Plugin, ...]:
        from .variantlib.plugins.plugin import find_plugins

        return find_plugins(self._path)

    def plugins(self) -> Sequence[Plugin]:
        """Return all plugins that have an entry point."""
        return self._plugins

    def distribution(self, name: str) -> Plugin | None:
        """Return what a distribution has to offer; None when it is not installed."""
        from .variantlib.plugins.plugin import find_distribution

        return find_distribution(self._path, name)


def _working_directory() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 - compared with text, and it may be gone
    except OSError:
        return ""


def _evaluate_marker(marker: str, environment: Mapping[str, str]) -> bool:
    if len(marker) > _LONGEST_MARKER:
        raise ValueError("too long")
    try:
        return _pip.Marker(marker).evaluate(dict(environment))
    except (_pip.InvalidMarker, KeyError, RecursionError) as error:
        raise ValueError(str(error)) from None


def _satisfies(requirement: str, version: str) -> bool:
    """Tell whether a version is one that a requirement asks for."""
    try:
        specifier = _pip.Requirement(requirement).specifier
        return specifier.contains(version, prereleases=True)
    except ValueError:
        # It is none, or has a number of thousands of digits.
        return False


def _remedy(settings: Settings, needed: Needed, to_install: bool) -> str:
    """Say what to type so that packages may answer."""
    from .trusting import how_to_pin, how_to_trust

    names = [name for name, _ in needed]
    forbidden = settings.providers is not Policy.TRUSTED and (
        "variant-providers" in settings.places
    )
    trust = how_to_pin if settings.hash_mode else how_to_trust
    ways = [f"add {trust(names, settings.trusted, forbidden=forbidden)}"]
    if to_install:
        # pip runs itself where it installs into another environment.
        there = "_PIP_RUNNING_IN_SUBPROCESS" in os.environ
        pip = f"pip --python {shlex.quote(sys.executable)}" if there else "pip"
        ways.insert(0, f"{pip} install {shlex.join(base for _, base in needed)}")
    return f"to have it asked: {', or '.join(ways)}"


def _say_who_is_slow(plugins: Sequence[Plugin]) -> None:
    names = ", ".join(map(str, plugins))
    logger.info("Asking what this machine supports: %s ...", printable(names))
