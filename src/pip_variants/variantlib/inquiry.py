"""Asking providers: each at most once a run, and not at all while an answer is cached.

::

    built-in provider --+                +-- cache: fingerprint, variables, age
                        +-- Inquiry ask -+
    plugin -------------+                +-- the provider itself, plugins side by side

Sources: DESIGN 4; E13-E16, E40.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from time import perf_counter, time
from typing import TYPE_CHECKING, Any

from .builtin import Builtin
from .builtin.host import Detected, Host
from .cache import DEFAULT_LIFETIME, Cache, Entry, NoCache
from .model import SupportedProperties
from .policy import PLUGIN_SECONDS

if TYPE_CHECKING:
    from .plugins.plugin import Plugin
    from .plugins.probing import Probed

__all__ = ["Inquiry", "Runner", "Told", "plugin_key", "told_of"]

_FORCING = "_FORCE_"
"""What the variables have in their names that say what a machine is to be taken for."""

_PATIENCE = 1.0
"""After how many seconds the user wants to know what is going on."""

_FAILURE_LIFETIME = 300.0
"""How long a failure counts, in seconds: a provider that hangs should not make every
run wait, and whoever mends it should not wait either."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider said.

    :param seconds: how long it took to ask it.
    :param warnings: what was wrong with it, one clause or sentence each.
    :param failure: why there is no answer, "" when there is one.
    :param output: the end of what a plugin printed.
    :param namespace: what a plugin calls itself, where it does.
    :param age: how many seconds ago it was asked; None when it was asked just now.
    :param limit: how long it was allowed to take, in seconds.
    :param forced_by: the environment variables that say it in place of the machine.
    """

    features: tuple[tuple[str, tuple[str, ...]], ...] = ()
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    failure: str = ""
    output: str = ""
    namespace: str | None = None
    age: float | None = None
    limit: float = PLUGIN_SECONDS
    forced_by: tuple[str, ...] = ()


def _say_nothing(_plugins: Sequence[Plugin]) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Runner:
    """Who runs plugins.

    :param python: path of the interpreter, "" for none.
    :param seconds: how long one plugin may take.
    :param waiting: is told, once, which plugins make the user wait.
    """

    python: str = ""
    seconds: float = PLUGIN_SECONDS
    waiting: Callable[[Sequence[Plugin]], None] = _say_nothing


class Inquiry:
    """Asks the providers of one machine."""

    def __init__(
        self,
        host: Host,
        *,
        cache: Cache | None = None,
        version: str = "",
        runner: Runner | None = None,
        refresh: bool = False,
        now: Callable[[], float] = time,
    ) -> None:
        """Prepare; nothing is asked yet.

        :param cache: where answers are kept for other runs.
        :param version: of the built-in providers.
        :param runner: who runs plugins; without one, none can be asked.
        :param refresh: ask although there is an answer in the cache.
        :param now: the clock, in seconds since the epoch.
        """
        self._host = host
        self._cache = cache or NoCache()
        self._version = version
        self._runner = runner or Runner()
        self._refresh = refresh
        self._now = now
        self._told: dict[object, Told] = {}

    @cached_property
    def _machine(self) -> str:
        from .fingerprint import fingerprint_digest

        return fingerprint_digest(self._host)

    def ask_builtin(self, builtin: Builtin, *, first_generation: bool = False) -> Told:
        """Ask a built-in provider.

        What an environment variable forces is no news of the machine, and not kept.

        :param first_generation: for metadata of May 2025.
        """
        detect = builtin.detect
        if first_generation and builtin.detect_first_generation is not None:
            detect = builtin.detect_first_generation
        if detect not in self._told:
            self._told[detect] = self._ask_builtin(builtin, detect)
        return self._told[detect]

    def _ask_builtin(
        self, builtin: Builtin, detect: Callable[[Host], Detected]
    ) -> Told:
        forcing = (name for name in builtin.variables if _FORCING in name)
        forced_by = tuple(name for name in forcing if self._host.environ.get(name))
        if forced_by:
            return replace(_run_builtin(detect, self._host), forced_by=forced_by)
        key = {
            "provider": builtin.namespace,
            "source": "built-in",
            "version": self._version,
            "words": "" if detect is builtin.detect else "first generation",
            "machine": self._machine,
        }
        known = self._cached(key)
        if known is not None:
            return known
        told = _run_builtin(detect, self._host)
        self._keep(key, told, builtin.variables)
        return told

    def ask_plugins(self, plugins: Sequence[Plugin]) -> tuple[Told, ...]:
        """Ask plugins, side by side, and return what they said in the same order."""
        # Their modules say nothing here, and there are many to compare.
        plugins = [replace(plugin, modules=frozenset()) for plugin in plugins]
        missing = [*dict.fromkeys(each for each in plugins if each not in self._told)]
        for plugin in missing:
            known = self._cached(self._plugin_key(plugin))
            if known is not None:
                self._told[plugin] = known
        self._run_plugins([each for each in missing if each not in self._told])
        return tuple(self._told[plugin] for plugin in plugins)

    def _plugin_key(self, plugin: Plugin) -> Mapping[str, str]:
        return {
            **plugin_key(plugin),
            "python": f"{self._runner.python} {sys.version}",
            "machine": self._machine,
        }

    def _run_plugins(self, plugins: Sequence[Plugin]) -> None:
        if not plugins:
            return
        if not self._runner.python:
            failed = Told(failure="cannot be asked: there is no Python to run it with")
            self._told.update(dict.fromkeys(plugins, failed))
            return
        # Most runs have no plugin, and need not load what runs one.
        from .plugins.probing import Interpreter, Question, probe_all

        environ = self._host.environ
        questions = [
            Question(
                each.apis,
                each.path,
                Interpreter(self._runner.python, environ, each.isolated),
            )
            for each in plugins
        ]
        with self._patience(plugins):
            answers = probe_all(questions, seconds=self._runner.seconds)
        for plugin, probed in zip(plugins, answers, strict=True):
            self._told[plugin] = told = replace(
                _told(probed), limit=self._runner.seconds
            )
            self._keep(self._plugin_key(plugin), told, probed.variables)

    @contextmanager
    def _patience(self, plugins: Sequence[Plugin]) -> Iterator[None]:
        """Tell who is waited for, when that takes a while."""
        from threading import Timer

        timer = Timer(_PATIENCE, self._runner.waiting, [plugins])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cached(self, key: Mapping[str, str]) -> Told | None:
        entry = None if self._refresh else self._cache.get(key, self._host.environ)
        told = None if entry is None else told_of(entry)
        if entry is None or told is None:
            return None
        if told.failure and told.limit < self._runner.seconds:
            return None  # it has more time now
        return replace(told, age=max(0.0, self._now() - entry.created))

    def _keep(
        self, key: Mapping[str, str], told: Told, variables: Iterable[str]
    ) -> None:
        from .fingerprint import fingerprint_digest

        lifetime = _FAILURE_LIFETIME if told.failure else DEFAULT_LIFETIME
        # Asking may have changed the machine: some libraries load their driver.
        key = {**key, "machine": fingerprint_digest(self._host)}
        self._cache.put(key, _write(told), self._host.environ, variables, lifetime)


def plugin_key(plugin: Plugin) -> Mapping[str, str]:
    """Return what the cache knows a plugin by, whatever the machine is."""
    return {
        "provider": plugin.distribution,
        "source": "plugin",
        "version": plugin.version,
        "apis": " ".join(plugin.apis),
        "stamp": plugin.stamp,
    }


def told_of(entry: Entry) -> Told | None:
    """Return the answer in an entry of the cache, None when it holds another thing."""
    try:
        return _read(entry.content)
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return None


def _run_builtin(detect: Callable[[Host], Detected], host: Host) -> Told:
    started = perf_counter()
    detected = detect(host)
    return Told(detected.features, perf_counter() - started, detected.warnings)


def _told(probed: Probed) -> Told:
    return Told(
        probed.features,
        probed.seconds,
        probed.problems,
        probed.failure,
        probed.output,
        probed.namespace,
    )


def _write(told: Told) -> dict[str, Any]:
    return {
        "features": [[name, list(values)] for name, values in told.features],
        "seconds": told.seconds,
        "warnings": list(told.warnings),
        "failure": told.failure,
        "output": told.output,
        "namespace": told.namespace,
        "limit": told.limit,
    }


def _read(content: Mapping[str, Any]) -> Told:
    """Read what :func:`_write` wrote.

    :raises KeyError, TypeError, ValueError, OverflowError, RecursionError: for anything
        else.
    """
    table = {str(name): tuple(map(str, values)) for name, values in content["features"]}
    # The names are checked there.
    checked = SupportedProperties({"any": table}).features("any")
    namespace = content["namespace"]
    return Told(
        checked,
        float(content["seconds"]),
        tuple(map(str, content["warnings"])),
        str(content["failure"]),
        str(content["output"]),
        None if namespace is None else str(namespace),
        limit=float(content["limit"]),
    )
