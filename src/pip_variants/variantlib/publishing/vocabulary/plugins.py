"""The words of plugins, which are asked what exists, each once.

A plugin is somebody else's code: whether it may be asked, and how it is run, is the
caller's business. Here its answers become words, or the reason why there are none.

Source: building draft, "Extensions to provider plugin API" (R102, R103).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...builtin import builtin_of
from ...detection import MarkerEvaluator
from ...errors import ReferenceFault, Refusal
from ...model import Features
from ...plugins.plugin import reference_of
from ...providers import Provider
from .words import BuiltinVocabulary, ListedWords, Words

if TYPE_CHECKING:
    from ...plugins.plugin import Plugin
    from ...plugins.probing import Probed

__all__ = ["PluginVocabulary"]


class PluginVocabulary:
    """Knows static lists, what built-in providers can say, and what plugins say."""

    def __init__(
        self,
        find: Callable[[str, Provider | None], Plugin | None],
        ask: Callable[[Plugin, str], Probed],
        holds: MarkerEvaluator,
    ) -> None:
        """Prepare; nobody is asked yet.

        :param find: returns the plugin that answers for a namespace; raises a
            :class:`Refusal` when it may not or cannot be asked.
        :param ask: asks a plugin for what is "supported", or for "all".
        :param holds: evaluates a marker for the Python that plugins run with.
        """
        self._find = find
        self._ask = ask
        self._holds = holds
        self._replies: dict[tuple[Plugin, str], Probed] = {}
        self._outcomes: dict[tuple[str, Provider | None], Words | Refusal] = {}

    def words(self, namespace: str, provider: Provider | None) -> Words:
        """Return what is known of a namespace.

        :raises Refusal: when nobody may or can be asked.
        """
        key = namespace, provider
        if key not in self._outcomes:
            try:
                self._outcomes[key] = self._look_up(namespace, provider)
            except Refusal as refusal:
                self._outcomes[key] = refusal
        found = self._outcomes[key]
        if isinstance(found, Refusal):
            raise type(found)(found.reason, found.remedy)
        return found

    def _look_up(self, namespace: str, provider: Provider | None) -> Words:
        listed = provider is not None and provider.static_properties is not None
        if listed or builtin_of(namespace, provider, self._holds) is not None:
            return BuiltinVocabulary(self._holds).words(namespace, provider)
        plugin = self._find(namespace, provider)
        if plugin is None:
            raise Refusal(f"no installed plugin goes by the name {namespace}")
        if provider is not None and provider.plugin_api is not None:
            plugin = self._where_named(plugin, provider.plugin_api)
        return self._of_plugin(plugin)

    def _where_named(self, plugin: Plugin, api: str) -> Plugin:
        """Return a plugin as the metadata refers to it, and in no other way.

        This pip finds a plugin that has moved by its entry point; others need not.

        :raises ReferenceFault: when it is only there (R84).
        """
        named = reference_of(api, plugin.distribution)
        moved = replace(
            plugin, apis=tuple(each for each in plugin.apis if each != named)
        )
        there = replace(plugin, apis=(named,))
        failure = self._probed(there, "all").failure
        if not failure or not moved.apis or self._probed(moved, "all").failure:
            return there
        raise ReferenceFault(
            f"plugin-api is {named}, but as that {plugin} {failure}",
            f"write plugin-api = {json.dumps(moved.apis[0])}, where its entry point is",
        )

    def _of_plugin(self, plugin: Plugin) -> Words:
        everything = self._answer(plugin, "all")
        features = everything.features
        if not features:
            raise Refusal(f"{plugin} knows of no feature, and so cannot check any")
        unsure = set(everything.reply.no_multi_value)
        every = frozenset(name for name, _ in features)
        static = None
        if everything.reply.all_properties_compatible:
            # Only there, the order is that of preference.
            static = self._answer(plugin, "supported").features
            if _as_sets(static) != _as_sets(features):
                raise Refusal(
                    f"{plugin} says that all its properties fit everywhere, but it "
                    "does not support all that exist",
                    _report(plugin),
                )
        return ListedWords(
            str(plugin),
            features,
            None if unsure & every else everything.multi_value,
            static,
        )

    def _probed(self, plugin: Plugin, ask: str) -> Probed:
        key = plugin, ask
        if key not in self._replies:
            self._replies[key] = self._ask(plugin, ask)
        return self._replies[key]

    def _answer(self, plugin: Plugin, ask: str) -> Probed:
        """Ask a plugin.

        :raises Refusal: when it does not answer.
        """
        probed = self._probed(plugin, ask)
        if not probed.failure:
            return probed
        reason = f"{plugin} cannot say which properties exist: it {probed.failure}"
        raise Refusal(reason, _report(plugin))


def _as_sets(features: Features) -> object:
    return {name: frozenset(values) for name, values in features}


def _report(plugin: Plugin) -> str:
    return f"report that to {plugin.report_to:.200}" if plugin.report_to else ""
