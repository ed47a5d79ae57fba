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

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ._dialects import Dialect
from .answer import NOTHING, OPTIONAL, Answer, Source
from .builtin import BUILTINS, Builtin, builtin_of
from .errors import Refusal
from .inquiry import Inquiry, Told
from .metadata import VariantsJson
from .model import ABI_DEPENDENCY, SupportedProperties
from .providers import Provider

if TYPE_CHECKING:
    from .plugins.plugin import Plugin
    from .plugins.third_party import ThirdParty

__all__ = ["Detector", "MarkerEvaluator", "words_dialect"]

_OTHER_MACHINE = "the wheels are for another machine, whose properties are not known"

MarkerEvaluator = Callable[[str], bool]
"""Evaluates an environment marker; raises ValueError when it cannot be read."""


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
        unwanted: Iterable[str] = (),
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
        :param unwanted: namespaces whose labels the user does not want anyway, so that
            no plugin is asked for them (R69).
        :param third_party: returns who finds plugins, for most runs need nobody;
            without it, none is asked.
        """
        self._inquiry = inquiry
        self._evaluate_marker = evaluate_marker
        self._given = given or SupportedProperties()
        self._ask_machine = ask_machine
        self._enabled = frozenset(enabled)
        self._unwanted = frozenset(unwanted)
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
        source = next(self._sources(namespace, provider, document), None)
        if source is not None:
            return source
        note = "the metadata names no provider for it"
        if not document.names_providers:
            note = "no installed plugin goes by its name"
        if provider is not None:
            note = "only built-in providers answer here"
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
            old = words_dialect(document, builtin) is Dialect.PYCON
            yield _Question(namespace, Source.BUILTIN, first_generation=old)
        other = self._of_third_party(namespace, provider, document)
        if other is not None:
            yield other

    def _written_down(self, namespace: str) -> Answer:
        features = self._given.features(namespace)
        note = "" if features else "the platform file says so"
        return Answer(namespace, Source.PLATFORM_FILE, features, note=note)

    def _reason_off(self, namespace: str, provider: Provider | None) -> str:
        if provider is None:
            return ""
        if provider.optional and namespace not in self._enabled:
            return OPTIONAL
        if provider.enable_if is not None and not self.holds(provider.enable_if):
            return f"only for platforms with {provider.enable_if}"
        return ""

    def holds(self, marker: str) -> bool:
        """Evaluate a marker for this machine; one that cannot be read is false (E11)."""
        try:
            return self._evaluate_marker(marker)
        except ValueError:
            return False

    def _builtin(
        self, namespace: str, provider: Provider | None, document: VariantsJson
    ) -> Builtin | None:
        """Return the built-in provider when it is the one that the metadata names."""
        if provider is None and document.names_providers:
            return None
        return builtin_of(namespace, provider, self.holds)

    def _of_third_party(
        self, namespace: str, provider: Provider | None, document: VariantsJson
    ) -> Answer | _Question | None:
        """Return whom of others to ask, or why nobody may or can be asked."""
        third_party = self._third_party
        if third_party is None or (provider is None and document.names_providers):
            return None
        if namespace in self._unwanted:
            note = "all its labels are excluded"
            return Answer(namespace, Source.DISABLED, note=note)
        try:
            plugin = self.plugin_of(namespace, provider)
        except Refusal as refusal:
            return _refused(namespace, refusal)
        if plugin is None:
            return None
        return _Question(namespace, _source_of(plugin), plugin)

    def plugin_of(self, namespace: str, provider: Provider | None) -> Plugin | None:
        """Return the plugin that answers for a namespace.

        :param provider: what the metadata says; None where it names nobody.
        :returns: None when there is none.
        :raises Refusal: when it may not or cannot be asked.
        """
        third_party = self._third_party
        if provider is None or third_party is None:
            return self.plugin_named(namespace)
        return third_party.of_package(namespace, provider, self.holds)

    def plugin_named(self, namespace: str) -> Plugin | None:
        """Return the installed plugin that answers where metadata names nobody.

        That is the one whose entry point has the name of the namespace. Without one,
        all that may be asked are asked what they call themselves, as early plugins
        do (R109).

        :raises Refusal: when there are several, or none may be asked.
        """
        third_party = self._third_party
        found = None if third_party is None else third_party.named(namespace)
        if found is not None or third_party is None:
            return found
        plugins = third_party.unnamed()
        told = self._inquiry.ask_plugins(plugins)
        return third_party.only_one(
            namespace,
            [
                plugin
                for plugin, each in zip(plugins, told, strict=True)
                if each.namespace == namespace
            ],
        )

    def _others(
        self, known: set[str], trusted: Sequence[Plugin]
    ) -> Iterator[Answer | _Question]:
        """Yield a plan for each namespace of plugins that is not known yet."""
        third_party = self._third_party
        if third_party is None or third_party.barred or not self._ask_machine:
            return
        plugins = [*third_party.unnamed(), *trusted]
        told = self._inquiry.ask_plugins(plugins)
        claims: dict[str, list[Plugin]] = {}
        for plugin, each in zip(plugins, told, strict=True):
            claims.setdefault(each.namespace or plugin.name, []).append(plugin)
        for namespace, claimed in claims.items():
            if namespace in known:
                continue
            try:
                third_party.only_one(namespace, claimed)
                yield _Question(namespace, _source_of(claimed[0]), claimed[0])
            except Refusal as refusal:
                yield _refused(namespace, refusal)

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


def _refused(namespace: str, refusal: Refusal) -> Answer:
    reason, remedy = refusal.reason, refusal.remedy
    return Answer(namespace, Source.NOBODY, note=reason, remedy=remedy)


def _source_of(plugin: Plugin) -> Source:
    # Only what was installed to be asked is kept apart from all else.
    return Source.TRUSTED if plugin.isolated else Source.PLUGIN


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
        forced_by=told.forced_by,
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
    if told.age is not None:
        text += f"; that was {told.age:.0f} s ago"
    output = told.output.strip()
    # Where an exception is named, the end of a traceback says nothing more.
    if output and told.failure and "Error" not in told.failure:
        text += f"; the end of its output: {output[-_LONGEST_OUTPUT:]!r}"
    return _answer(question, told, (text,), str(plugin))


def words_dialect(document: VariantsJson, builtin: Builtin) -> Dialect:
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
