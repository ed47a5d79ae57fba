"""Who answers for a namespace on this machine, and the answer.

The sources are asked in the order of DESIGN 4; the first that applies decides, and
what it says is final, also when it is "nothing"::

    switched off -> static list -> platform file -> (another machine)
                 -> built-in provider -> nobody

A detector works for one machine and remembers its answers: a built-in provider is
asked once, however many packages have variants.

Sources: providers draft, "Providers"; rules R67-R84.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter

from ._dialects import Dialect
from .builtin import BUILTINS, Builtin
from .builtin.host import Detected, Host
from .errors import ValidationError
from .metadata import VariantsJson
from .model import SupportedProperties
from .providers import Provider
from .requirement import ProviderRequirement

__all__ = ["NOTHING", "Answer", "Detector", "Source"]

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
    OTHER_MACHINE = "not asked: the wheels are for another machine"
    NOBODY = "no provider"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about one namespace.

    :param seconds: how long the machine was asked; 0 when it was not.
    :param note: why there are no properties, and what would change that.
    :param warnings: what the provider complained about, one sentence each.
    """

    namespace: str
    source: Source
    features: tuple[tuple[str, tuple[str, ...]], ...] = ()
    seconds: float = 0.0
    note: str = ""
    warnings: tuple[str, ...] = ()


class Detector:
    """Finds out what one machine supports."""

    def __init__(
        self,
        host: Host,
        evaluate_marker: MarkerEvaluator,
        *,
        given: SupportedProperties | None = None,
        ask_machine: bool = True,
        enabled: Iterable[str] = (),
        disabled: Iterable[str] = (),
    ) -> None:
        """Prepare; nothing is asked yet.

        :param evaluate_marker: for the markers in provider requirements and in
            ``enable-if``, evaluated for the Python that is installed into.
        :param given: what platform files say; nothing else answers for the
            namespaces in it (R71).
        :param ask_machine: false when the wheels are for another machine than this.
        :param enabled: namespaces whose optional provider the user switched on.
        :param disabled: namespaces that the user switched off.
        """
        self._host = host
        self._evaluate_marker = evaluate_marker
        self._given = given or SupportedProperties()
        self._ask_machine = ask_machine
        self._enabled = frozenset(enabled)
        self._disabled = frozenset(disabled)
        self._asked: dict[Callable[[Host], Detected], tuple[Detected, float]] = {}

    def supported(
        self, document: VariantsJson
    ) -> tuple[SupportedProperties, tuple[Answer, ...]]:
        """Return what this machine supports of the namespaces that labels use.

        The answers tell where each namespace got its properties from.
        """
        answers = tuple(
            self.answer(namespace, document) for namespace in document.used_namespaces
        )
        supported = SupportedProperties(
            {answer.namespace: dict(answer.features) for answer in answers}
        )
        return supported, answers

    def everything(self) -> tuple[Answer, ...]:
        """Return what is known without any metadata: one answer for each namespace."""
        return tuple(
            self._written_down(namespace)
            if namespace in self._given
            else self._ask(namespace, BUILTINS[namespace], Dialect.PEP_825)
            for namespace in dict.fromkeys((*self._given, *BUILTINS))
            if namespace in self._given or self._ask_machine
        )

    def answer(self, namespace: str, document: VariantsJson) -> Answer:
        """Ask the first source that applies to *namespace*."""
        provider = document.providers.get(namespace)
        for source in self._sources(namespace, provider, document):
            return source
        return Answer(namespace, Source.NOBODY, note=_nobody(namespace, provider))

    def _sources(
        self, namespace: str, provider: Provider | None, document: VariantsJson
    ) -> Iterator[Answer]:
        """Yield the answers of the sources that apply, in their order."""
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
            yield self._ask(namespace, builtin, _dialect(document, builtin))

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
            return "optional, and not switched on"
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
        return builtin if self._package(provider) in builtin.packages else None

    def _package(self, provider: Provider) -> str | None:
        for item in provider.requires:
            try:
                requirement = ProviderRequirement.parse(item)
            except ValidationError:
                return None
            if requirement.marker is None or self._holds(requirement.marker):
                return requirement.name
        return None

    def _ask(self, namespace: str, builtin: Builtin, dialect: Dialect) -> Answer:
        detect = builtin.detect
        if dialect is Dialect.PYCON and builtin.detect_first_generation is not None:
            detect = builtin.detect_first_generation
        if detect not in self._asked:
            started = perf_counter()
            detected = detect(self._host)
            self._asked[detect] = detected, perf_counter() - started
        detected, seconds = self._asked[detect]
        note = ""
        if not detected.features:
            note = "see the warning" if detected.warnings else NOTHING
        return Answer(
            namespace,
            Source.BUILTIN,
            detected.features,
            seconds,
            note,
            detected.warnings,
        )


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


def _nobody(namespace: str, provider: Provider | None) -> str:
    if provider is None:
        return "the metadata names no provider for it"
    packages = ", ".join(provider.requires)
    return f"this release runs no provider packages; {namespace} asks for {packages}"
