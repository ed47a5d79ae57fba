"""Which properties exist, by who answers for their namespace.

::

    static-properties of the metadata --> their own list
    built-in provider                 --> what it can say on any machine
    plugin                            --> get_all_configs(); see plugins.py

What nobody can tell is no error: it stays unchecked, with the reason.

Sources: building draft, "Extensions to provider plugin API" and "Populating static
properties from provider plugins"; R94, R98, R101, R104, R105.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Protocol

from ..._dialects import Dialect
from ...builtin import BUILTINS, builtin_of
from ...builtin.possible import possible
from ...detection import MarkerEvaluator
from ...errors import ReferenceFault, Refusal
from ...metadata import Problem, VariantsJson
from ...model import ABI_DEPENDENCY, Features, Properties
from ...priorities import put_first
from ...providers import Provider
from ..project.seed import Seed

__all__ = [
    "REFERENCE",
    "SEVERAL",
    "UNLISTED",
    "BuiltinVocabulary",
    "Checked",
    "ListedWords",
    "Vocabulary",
    "Words",
    "check_properties",
    "fill",
]

SEVERAL = "several"
"""The kind of a problem: several values of a feature that takes one (R94)."""

UNLISTED = "unlisted"
"""The kind of a problem: a namespace that the priorities do not list (R22)."""

REFERENCE = "reference"
"""The kind of a problem: a provider package lacks what plugin-api names (R84)."""

_SHOWN = 8
_LONGEST = 100
_MOST_COMPARED = 2_000
_MOST_PROBLEMS = 100


class Words(Protocol):
    """What is known of one namespace."""

    @property
    def source(self) -> str:
        """Who says so: "the built-in provider", "static-properties", "my-plugin 1.0"."""

    @property
    def multi_value(self) -> frozenset[str] | None:
        """The features of which a wheel may list several values; None: not known."""

    @property
    def static(self) -> Features | None:
        """What every machine supports, best first; None when machines differ."""

    @property
    def features(self) -> Features:
        """The features with values that are worth naming; there may be more values."""

    def has_feature(self, feature: str) -> bool:
        """Tell whether there is such a feature."""

    def has(self, feature: str, value: str) -> bool:
        """Tell whether there is such a value."""


class Vocabulary(Protocol):
    """Who knows which properties exist."""

    def words(self, namespace: str, provider: Provider | None) -> Words:
        """Return what is known of a namespace.

        :param provider: what the metadata says about it; None when it says nothing.
        :raises Refusal: when nobody may or can be asked.
        """


@dataclass(frozen=True, slots=True)
class ListedWords:
    """A namespace of which all features and values are listed.

    >>> words = ListedWords("static-properties", (("library", ("mkl", "openblas")),))
    >>> words.has("library", "mkl"), words.has("library", "blis")
    (True, False)
    """

    source: str
    features: Features
    multi_value: frozenset[str] | None = None
    static: Features | None = None

    def has_feature(self, feature: str) -> bool:
        """Tell whether there is such a feature."""
        return any(name == feature for name, _ in self.features)

    def has(self, feature: str, value: str) -> bool:
        """Tell whether there is such a value."""
        return any(
            name == feature and value in values for name, values in self.features
        )


@dataclass(frozen=True, slots=True)
class BuiltinVocabulary:
    """Knows static lists and what the built-in providers can say; asks nobody.

    >>> words = BuiltinVocabulary().words("x86_64", None)
    >>> words.has("level", "v3"), words.has("level", "v5")
    (True, False)

    :param holds: evaluates the markers of requirements; without it, every requirement
        counts.
    """

    holds: MarkerEvaluator | None = None

    def words(self, namespace: str, provider: Provider | None) -> Words:
        """Return what is known of a namespace.

        :raises Refusal: when only a plugin could tell.
        """
        if provider is not None and provider.static_properties is not None:
            listed = provider.static_properties
            return ListedWords("static-properties", listed, static=listed)
        if builtin_of(namespace, provider, self.holds) is not None:
            return possible(namespace)
        reason = "only built-in providers are asked here"
        if provider is None:
            raise Refusal(f"{reason}, and {namespace} has none")
        names = ", ".join(provider.requires) or "no package"
        raise Refusal(f"{namespace} asks for {names:.200}, and {reason}")


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """What came of checking the properties of one label.

    :param problems: what is wrong, with the place below the label.
    :param unchecked: the namespaces that nobody could be asked about, with the reason.
    """

    problems: tuple[Problem, ...] = ()
    unchecked: Mapping[str, Refusal] = field(default_factory=dict)


def check_properties(
    properties: Properties, seed: Seed, vocabulary: Vocabulary
) -> Checked:
    """Check that properties exist, and that a wheel may have them together.

    >>> seed = Seed.of_properties({"x86_64": {"level": ["v5"]}})
    >>> checked = check_properties(
    ...     {"x86_64": {"level": ["v5"]}}, seed, BuiltinVocabulary())
    >>> str(checked.problems[0])
    "x86_64.level: the built-in provider knows no value 'v5'; it knows v4, v3, v2, v1"

    :param properties: those of one label.
    :param seed: what the project says about its namespaces (R98, R104).
    """
    unchecked: dict[str, Refusal] = {}
    problems = _mistakes(properties, seed, vocabulary, unchecked)
    found = [*islice(problems, _MOST_PROBLEMS)]
    rest = next(problems, None)
    if rest is not None:
        found.append(Problem(rest.path[:1], "has further mistakes like these"))
    return Checked(tuple(found), unchecked)


def _mistakes(
    properties: Properties,
    seed: Seed,
    vocabulary: Vocabulary,
    unchecked: dict[str, Refusal],
) -> Iterator[Problem]:
    """Yield what is wrong; the namespaces that nobody answers for go to *unchecked*."""
    for namespace, features in properties.items():
        if namespace == ABI_DEPENDENCY:
            continue
        if namespace not in seed.metadata.namespaces:
            text = "is not listed in default-priorities.namespace"
            yield Problem((namespace,), text, UNLISTED)
        try:
            words = _words(namespace, features, seed, vocabulary)
        except ReferenceFault as fault:
            yield Problem((namespace,), str(fault), REFERENCE)
            continue
        except Refusal as refusal:
            unchecked[namespace] = refusal
            continue
        for feature, values in features.items():
            yield from _problems((namespace, feature), values, words)


def _words(
    namespace: str, features: Collection[str], seed: Seed, vocabulary: Vocabulary
) -> Words:
    """Return the words of a namespace, those of May 2025 where they are in use."""
    provider = seed.metadata.providers.get(namespace) or seed.to_fill.get(namespace)
    words = vocabulary.words(namespace, provider)
    builtin = BUILTINS.get(namespace)
    if builtin is None or words is not possible(namespace):
        return words
    if seed.metadata.dialect is not Dialect.PYCON:
        return words
    if builtin.first_generation_features.issuperset(features):
        return possible(namespace, first_generation=True)
    return words


def _problems(
    place: tuple[str, str], values: Collection[str], words: Words
) -> Iterator[Problem]:
    """Yield what is wrong with one feature.

    :param place: its namespace and its name.
    """
    _, feature = place
    if not words.has_feature(feature):
        known = tuple(name for name, _ in words.features)
        yield Problem(place, _unknown("feature", feature, known, words))
        return
    known = tuple(dict(words.features).get(feature, ()))
    for value in dict.fromkeys(values):
        if not words.has(feature, value):
            yield Problem(place, _unknown("value", value, known, words))
    single = words.multi_value is not None and feature not in words.multi_value
    several = sorted(set(values))
    if single and len(several) > 1:
        text = f"a wheel may list only one value of this feature, not {_some(several)}"
        yield Problem(place, text, SEVERAL)


def _unknown(kind: str, text: str, known: tuple[str, ...], words: Words) -> str:
    """Say that there is no such feature or value, and what may have been meant."""
    said = f"{words.source} knows no {kind} {text[:_LONGEST]!r}"
    near = _nearest(text[:_LONGEST], known[:_MOST_COMPARED])
    if near:
        return f"{said}; did you mean {near}?"
    return f"{said}; it knows {_some(known)}" if known else said


# Labels share their mistakes, and each comparison takes its time.
@lru_cache(maxsize=1_000)
def _nearest(text: str, known: tuple[str, ...]) -> str:
    """Return what was probably meant, "" where nothing comes near.

    >>> _nearest("90", ("129_real", "90_real", "90_virtual"))
    '90_real'
    >>> _nearest("12.6x", ("12.16", "12.6"))
    '12.6'
    """
    from difflib import get_close_matches

    longer = (each for each in known if text and each.startswith(f"{text}_"))
    return next(longer, "") or next(iter(get_close_matches(text, known, n=1)), "")


def _some(items: Collection[str]) -> str:
    """List the first few of many.

    >>> _some("abcdefghijk")
    'a, b, c, d, e, f, g, h, ... (11 in all)'
    """
    shown = ", ".join(item[:_LONGEST] for item in [*items][:_SHOWN])
    return f"{shown}, ... ({len(items)} in all)" if len(items) > _SHOWN else shown


def fill(seed: Seed, vocabulary: Vocabulary) -> dict[str, Provider]:
    """Return the providers of :attr:`Seed.to_fill` with their static lists (R101, R104).

    The order is the plugin's, except for what the project puts first.

    :raises Refusal: when a plugin may not or cannot be asked, or is none of those
        whose properties fit everywhere.
    """
    filled = {}
    for namespace, provider in seed.to_fill.items():
        words = vocabulary.words(namespace, provider)
        listed = dict(words.static or ())
        if not listed:
            raise Refusal(
                f"{words.source} cannot fill in the static properties of {namespace}: "
                "it does not say that all its properties fit everywhere "
                "(all_properties_compatible)",
                "write static-properties in the project, or requires in place of "
                "build-requires",
            )
        metadata = seed.metadata
        names = put_first(metadata.feature_order.get(namespace, ()), listed)
        filled[namespace] = dataclasses.replace(
            provider,
            requires=(),
            plugin_api=None,
            enable_if=None,
            static_properties=tuple(
                (name, _ordered(metadata, namespace, name, listed[name]))
                for name in names
            ),
        )
    return filled


def _ordered(
    metadata: VariantsJson, namespace: str, feature: str, values: tuple[str, ...]
) -> tuple[str, ...]:
    first = metadata.value_order.get((namespace, feature), ())
    return tuple(put_first(first, values))
