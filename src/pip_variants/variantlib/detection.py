"""Who answers for a namespace on this machine, and the answer.

The sources are asked in the order of DESIGN 4; the first that applies decides, and
what it says is final, also when it is "nothing"::

    switched off -> static list -> platform file -> (another machine)
                 -> built-in provider -> installed plugin -> trusted package -> nobody

A detector works for one machine. It decides who is to be asked; an
:class:`~.inquiry.Inquiry` asks, each provider once, however many packages have variants.

Sources: providers draft, "Providers"; rules R67-R84.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ._dialects import Dialect
from .builtin import BUILTINS, Builtin
from .errors import Refusal
from .inquiry import Inquiry, Told
from .metadata import VariantsJson
from .model import ABI_DEPENDENCY, SupportedProperties
from .providers import Provider
from .requirement import needed_packages

if TYPE_CHECKING:
    from .plugins.plugin import Plugin
    from .plugins.third_party import ThirdParty

__all__ = ["ASKED", "NOTHING", "OPTIONAL", "Answer", "Detector", "Source"]

OPTIONAL = "optional, and not switched on"
"""The note where the metadata calls a provider optional (R83)."""

NOTHING = "it has nothing like it"
"""The note where a provider was asked, and found nothing."""

_OTHER_MACHINE = "the wheels are for another machine, whose properties are not known"

MarkerEvaluator = Callable[[str], bool]
"""Evaluates an environment marker; raises ValueError when it cannot be read."""


class Source(enum.Enum):
    """Where the supported properties of a namespace came from."""

    DISABLED = "disabled"
    STATIC = "static list in the metadata"
    PLATFORM_FILE = "platform file"
    BUILTIN = "built-in provider"
    PLUGIN = "installed plugin"
    TRUSTED = "trusted package"
    RESOLVER = "what is installed beside it"
    OTHER_MACHINE = "not asked: the wheels are for another machine"
    NOBODY = "no provider"


ASKED = (Source.BUILTIN, Source.PLUGIN, Source.TRUSTED)
"""The sources that look at a machine."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about one namespace.

    :param seconds: how long it took to ask the machine; 0 when it was not asked.
    :param note: why there are no properties.
    :param remedy: what the user may do about that, "" for nothing.
    :param warnings: what the provider complained about, one sentence each.
    :param provider: the distribution and version that answered, where it was one.
    :param age: how many seconds ago it was asked; None when it was asked just now.
    """

    namespace: str
    source: Source
    features: tuple[tuple[str, tuple[str, ...]], ...] = ()
    seconds: float = 0.0
    note: str = ""
    warnings: tuple[str, ...] = ()
    provider: str = ""
    age: float | None = None
    remedy: str = ""


class _Question(NamedTuple):
    """What is to be asked, and of whom.

    :param plugin: None for the built-in provider of the namespace.
    """

    namespace: str
    source: Source
    plugin: Plugin | None = None
    first_generation: bool = False


class Detector:
    """Finds out what one machine supports."""

    def __init__(
        self,
        inquiry: Inquiry,
        evaluate_marker: MarkerEvaluator,
        *,
        given: SupportedProperties | None = None,
        ask_machine: bool = True,
        enabled: Iterable[str] = (),
        disabled: Iterable[str] = (),
        third_party: Callable[[], ThirdParty] | None = None,
    ) -> None:
        """Prepare; nothing is asked yet.

        :param inquiry: who asks the providers.
        :param evaluate_marker: for the markers in provider requirements and in
            ``enable-if``, evaluated for the Python that is installed into.
        :param given: what platform files say; nothing else answers for the
            namespaces in it (R71).
        :param ask_machine: false when the wheels are for another machine than this.
        :param enabled: namespaces whose optional provider the user switched on.
        :param disabled: namespaces that the user switched off.
        :param third_party: returns who finds plugins, for most runs need nobody;
            without it, none is asked.
        """
        self._inquiry = inquiry
        self._evaluate_marker = evaluate_marker
        self._given = given or SupportedProperties()
        self._ask_machine = ask_machine
        self._enabled = frozenset(enabled)
        self._disabled = frozenset(disabled)
        self._make_third_party = third_party

    @cached_property
    def _third_party(self) -> ThirdParty | None:
        return None if self._make_third_party is None else self._make_third_party()

    def supported(
        self, document: VariantsJson
    ) -> tuple[SupportedProperties, tuple[Answer, ...]]:
        """Return what this machine supports of the namespaces that labels use.

        The answers tell where each namespace got its properties from. Nobody is asked
        about other distributions, which are no property of a machine (R97).
        """
        answers = self._settle(
            self._plan(namespace, document)
            for namespace in document.used_namespaces
            if namespace != ABI_DEPENDENCY
        )
        supported = SupportedProperties(
            {answer.namespace: dict(answer.features) for answer in answers}
        )
        return supported, answers

    def answer(self, namespace: str, document: VariantsJson) -> Answer:
        """Ask the first source that applies to *namespace*."""
        (answer,) = self._settle([self._plan(namespace, document)])
        return answer

    def everything(self, trusted: Sequence[Plugin] = ()) -> tuple[Answer, ...]:
        """Return what is known without any metadata: one answer for each namespace.

        :param trusted: plugins of packages that the user trusts.
        """
        plans: list[Answer | _Question] = [
            self._written_down(namespace)
            if namespace in self._given
            else _Question(namespace, Source.BUILTIN)
            for namespace in dict.fromkeys((*self._given, *BUILTINS))
            if namespace in self._given or self._ask_machine
        ]
        plans += self._others({plan.namespace for plan in plans}, trusted)
        return self._settle(plans)

    def _plan(self, namespace: str, document: VariantsJson) -> Answer | _Question:
        """Return the first of the sources that apply, in their order."""
        provider = document.providers.get(namespace)
        for source in self._sources(namespace, provider, document):
            return source
        note = "the metadata names no provider for it"
        if provider is not None:
            asked = ", ".join(provider.requires)
            note = f"{namespace} asks for {asked}, and only built-in providers answer"
        return Answer(namespace, Source.NOBODY, note=note)

    def _sources(
        self, namespace: str, provider: Provider | None, document: VariantsJson
    ) -> Iterator[Answer | _Question]:
        off = self._reason_off(namespace, provider)
        if off:
            yield Answer(namespace, Source.DISABLED, note=off)
        if provider is not None and provider.static_properties is not None:
            yield Answer(namespace, Source.STATIC, provider.static_properties)
        if namespace in self._given:
            yield self._written_down(namespace)
        if not self._ask_machine:
            yield Answer(namespace, Source.OTHER_MACHINE, note=_OTHER_MACHINE)
        builtin = self._builtin(namespace, provider, document)
        if builtin is not None:
            old = _dialect(document, builtin) is Dialect.PYCON
            yield _Question(namespace, Source.BUILTIN, first_generation=old)
        if self._third_party is not None:
            try:
                plugin = self._plugin(self._third_party, namespace, provider, document)
            except Refusal as refusal:
                reason, remedy = refusal.reason, refusal.remedy
                yield Answer(namespace, Source.NOBODY, note=reason, remedy=remedy)
            else:
                if plugin is not None:
                    yield plugin

    def _written_down(self, namespace: str) -> Answer:
        features = self._given.features(namespace)
        note = "" if features else "the platform file says so"
        return Answer(namespace, Source.PLATFORM_FILE, features, note=note)

    def _reason_off(self, namespace: str, provider: Provider | None) -> str:
        if namespace in self._disabled:
            return "switched off by the user"
        if provider is None:
            return ""
        if provider.optional and namespace not in self._enabled:
            return OPTIONAL
        if provider.enable_if is not None and not self._holds(provider.enable_if):
            return f"only for platforms with {provider.enable_if}"
        return ""

    def _holds(self, marker: str) -> bool:
        """Evaluate a marker; one that cannot be read is false (E11)."""
        try:
            return self._evaluate_marker(marker)
        except ValueError:
            return False

    def _builtin(
        self, namespace: str, provider: Provider | None, document: VariantsJson
    ) -> Builtin | None:
        """Return the built-in provider when it is the one that the metadata names.

        It must be known under the name of the package that holds the plugin: the
        first requirement whose marker holds (R80, R81). A fork has another name and
        is somebody else's (F10). PEP 825 itself names nobody: there the namespace
        is enough.
        """
        builtin = BUILTINS.get(namespace)
        if builtin is None:
            return None
        if provider is None:
            return None if document.names_providers else builtin
        try:
            (name, _), *_ = needed_packages(provider.requires, self._holds)
        except Refusal:
            return None
        return builtin if name in builtin.packages else None

    def _plugin(
        self,
        third_party: ThirdParty,
        namespace: str,
        provider: Provider | None,
        document: VariantsJson,
    ) -> _Question | None:
        """Return whom of others to ask.

        :raises Refusal: when there is somebody who may not or cannot be asked.
        """
        if provider is not None:
            plugin, trusted = third_party.of_package(namespace, provider, self._holds)
            source = Source.TRUSTED if trusted else Source.PLUGIN
            return _Question(namespace, source, plugin)
        if document.names_providers:
            return None
        found = third_party.named(namespace) or self.self_named(namespace)
        return None if found is None else _Question(namespace, Source.PLUGIN, found)

    def self_named(self, namespace: str) -> Plugin | None:
        """Return the installed plugin that calls itself by a namespace (R109).

        Early ones do. All that may be asked are asked.

        :raises Refusal: when several do.
        """
        plugins = () if self._third_party is None else self._third_party.unnamed()
        told = self._inquiry.ask_plugins(plugins)
        found = [
            plugin
            for plugin, each in zip(plugins, told, strict=True)
            if each.namespace == namespace
        ]
        if len(found) > 1:
            from .plugins.third_party import one_only

            one_only(namespace, found)
        return found[0] if found else None

    def _others(
        self, known: set[str], trusted: Sequence[Plugin]
    ) -> Iterator[_Question]:
        """Yield a question for each plugin whose namespace is not known yet."""
        third_party = self._third_party
        if third_party is None or third_party.barred or not self._ask_machine:
            return
        installed = third_party.unnamed()
        plugins = [*installed, *trusted]
        told = self._inquiry.ask_plugins(plugins)
        for number, (plugin, each) in enumerate(zip(plugins, told, strict=True)):
            namespace = each.namespace or plugin.name
            if namespace not in known:
                known.add(namespace)
                ours = number < len(installed)
                source = Source.PLUGIN if ours else Source.TRUSTED
                yield _Question(namespace, source, plugin)

    def _settle(self, plans: Iterable[Answer | _Question]) -> tuple[Answer, ...]:
        """Ask what is to be asked, plugins side by side."""
        planned = [*plans]
        plugins = [
            plan.plugin
            for plan in planned
            if isinstance(plan, _Question) and plan.plugin
        ]
        told = iter(self._inquiry.ask_plugins(plugins) if plugins else ())
        return tuple(
            plan
            if isinstance(plan, Answer)
            else _from_plugin(plan, plan.plugin, next(told))
            if plan.plugin is not None
            else self._from_builtin(plan)
            for plan in planned
        )

    def _from_builtin(self, question: _Question) -> Answer:
        told = self._inquiry.ask_builtin(
            BUILTINS[question.namespace], first_generation=question.first_generation
        )
        return _answer(question, told, told.warnings)


def _answer(
    question: _Question, told: Told, warnings: tuple[str, ...], provider: str = ""
) -> Answer:
    note = ""
    if not told.features:
        note = "see the warning" if warnings else NOTHING
    return Answer(
        question.namespace,
        question.source,
        told.features,
        told.seconds,
        note,
        warnings,
        provider,
        told.age,
    )


_LONGEST_OUTPUT = 200


def _from_plugin(question: _Question, plugin: Plugin, told: Told) -> Answer:
    """Return the answer of a plugin, with all its troubles in one warning (E13-E16)."""
    troubles = [*told.warnings]
    if told.failure:
        troubles.insert(0, told.failure)
    own = told.namespace
    if own not in (None, question.namespace):
        troubles.append(f"calls itself {own!r:.100}")
    if not troubles:
        return _answer(question, told, (), str(plugin))
    text = f"The plugin for {question.namespace}, {plugin}, {'; '.join(troubles)}"
    if told.failure:
        text += "; none of its labels fits"
    if plugin.report_to:
        text += f"; report that to {plugin.report_to:.200}"
    output = told.output.strip()
    if told.failure and output:
        text += f"; the end of its output: {output[-_LONGEST_OUTPUT:]!r}"
    return _answer(question, told, (text,), str(plugin))


def _dialect(document: VariantsJson, builtin: Builtin) -> Dialect:
    """Return the dialect in whose words a namespace is written.

    Where old metadata was written anew, as in a lock file, the words are still old.
    """
    words = builtin.first_generation_features
    dialect = document.dialect
    for properties in document.variants.values() if words else ():
        features = properties.get(builtin.namespace)
        if features is None:
            continue
        if not words.issuperset(features):
            return document.dialect
        dialect = Dialect.PYCON
    return dialect
