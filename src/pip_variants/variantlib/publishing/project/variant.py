"""Which variant somebody wants made, in the words of a command line.

::

    properties            --> their label: the one given, or the default one
    null                  --> the label "null"
    a label alone         --> the properties that the project gives it, in
                              [variant.variants] or [variant.matrix]

Whatever is wrong is told at once: who builds forty wheels wants one list.

Sources: PROVIDERS 6 for the ways to ask; PEP 825, "Variant label" (R12-R14); building
draft, "pyproject.toml integration" (R98-R101, R104).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...errors import Refusal, ValidationError, VariantError
from ...metadata import Problem, VariantsJson
from ...model import (
    ABI_DEPENDENCY,
    NULL_LABEL,
    Label,
    Properties,
    Property,
    each_property,
    is_label,
    parse_label,
    same_properties,
)
from ...providers import Provider
from ..labels import default_label
from ..vocabulary import BuiltinVocabulary, Vocabulary, check_properties, fill
from ._tables import near
from .matrix import read_matrix
from .seed import Seed

__all__ = ["Described", "Wanted", "WantedError", "sorted_properties"]

_SHOWN = 8
_MOST_COMPARED = 1_000


class WantedError(VariantError):
    """A variant that cannot be made.

    :param problems: everything that stands in the way, a sentence each.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("; ".join(self.problems))


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """What a variant wheel will say about itself.

    :param document: its metadata.
    :param unchecked: the namespaces that nobody could be asked about, with the reason.
    """

    document: VariantsJson
    unchecked: Mapping[str, Refusal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A variant that is to be made.

    >>> wanted = Wanted.read(["x86_64 :: level :: v3"])
    >>> wanted.label, wanted.properties
    ('fa7c1393', {'x86_64': {'level': ['v3']}})
    """

    label: Label
    properties: Properties
    seed: Seed

    @classmethod
    def read(
        cls,
        properties: Sequence[str] = (),
        *,
        null: bool = False,
        label: str | None = None,
        seed: Seed | None = None,
    ) -> Wanted:
        """Read what was asked for.

        :param properties: written ``namespace :: feature :: value``.
        :param null: whether the null variant is wanted.
        :param label: the label that the wheel gets, or that says which properties.
        :param seed: what the project says about its variants, None for nothing.
        :raises WantedError: when it is no variant, or not one of the project.
        :raises SeedError: when a label is looked up in a matrix that breaks a rule.
        """
        problems: list[str] = []
        found = _parsed(properties, problems)
        named = _label(label, problems)
        if null and properties:
            problems.append("a null variant has no properties")
        if not (null or properties):
            found = _of_label(named, seed, problems) if label is None or named else {}
        elif named and not problems:
            problems += _misfits(named, found, seed)
        if seed is not None:
            problems += _unlisted(found, seed)
        elif not problems and not {*found} - {ABI_DEPENDENCY}:
            problems.append(
                "the metadata of this variant must list the namespaces of the others: "
                "a [variant] table has to name them in default-priorities.namespace"
            )
        if problems:
            raise WantedError(problems)
        return cls(
            named or default_label(found), found, seed or Seed.of_properties(found)
        )

    def describe(self, vocabulary: Vocabulary, *, check: bool = True) -> Described:
        """Return the metadata of the wheel.

        :param vocabulary: who knows which properties exist.
        :param check: whether the properties are looked up there.
        :raises WantedError: when there are no such properties.
        :raises Refusal: when a static list cannot be filled in.
        """
        problems: list[Problem] = []
        unchecked: Mapping[str, Refusal] = {}
        if check:
            checked = check_properties(self.properties, self.seed, vocabulary)
            problems += checked.problems
            unchecked = checked.unchecked
        if problems:
            raise WantedError(map(str, problems))
        filled = fill(self.seed, vocabulary)
        problems += self._not_filled_in(filled)
        if problems:
            raise WantedError(map(str, problems))
        document = self.seed.document(self.label, self.properties, filled)
        return Described(document, unchecked)

    def _not_filled_in(self, filled: Mapping[str, Provider]) -> tuple[Problem, ...]:
        """Find properties that a static list does not permit, asked for or not (R104)."""
        own = {
            name: self.properties[name] for name in filled if name in self.properties
        }
        metadata = dataclasses.replace(self.seed.metadata, providers=filled)
        seed = dataclasses.replace(self.seed, metadata=metadata, to_fill={})
        return check_properties(own, seed, BuiltinVocabulary()).problems


def sorted_properties(properties: Iterable[Property]) -> Properties:
    """Return properties in the nested form, all of it sorted (R26).

    >>> sorted_properties([Property("a", "b", "2"), Property("a", "b", "1")])
    {'a': {'b': ['1', '2']}}
    """
    nested: dict[str, dict[str, list[str]]] = {}
    for each in sorted(set(properties)):
        features = nested.setdefault(each.namespace, {})
        features.setdefault(each.feature, []).append(each.value)
    return nested


def _parsed(texts: Sequence[str], problems: list[str]) -> Properties:
    found = []
    for text in texts:
        try:
            found.append(Property.parse(text))
        except ValidationError as error:
            problems.append(error.message)
    return sorted_properties(found)


def _label(text: str | None, problems: list[str]) -> Label | None:
    if text is None:
        return None
    try:
        return parse_label(text)
    except ValidationError as error:
        fixed = text.strip().lower().replace("-", "_")
        meant = f"; did you mean {fixed!r}?" if is_label(fixed) else ""
        problems.append(f"{error.message}{meant}")
        return None


def _of_label(
    label: Label | None, seed: Seed | None, problems: list[str]
) -> Properties:
    """Return the properties that the project gives a label."""
    if label == NULL_LABEL:
        return {}
    if label is None:
        problems.append(
            "nothing says which variant is wanted: give its properties (-p), ask for "
            "the null variant (--null-variant), or name a label that the project "
            "describes in [variant.variants] or [variant.matrix] (--variant-label)"
        )
        return {}
    known = _described(seed)
    if label in known:
        return sorted_properties(each_property(known[label]))
    where = "there is no [variant] table" if seed is None else _some(known)
    where += near(label, [*known][:_MOST_COMPARED])
    problems.append(f"no properties are given for {label!r}, and {where}")
    return {}


def _described(seed: Seed | None) -> Mapping[Label, Properties]:
    """Return the labels of a project, with their properties.

    :raises SeedError: when its matrix breaks a rule.
    """
    if seed is None:
        return {}
    cells = () if seed.matrix is None else read_matrix(seed)
    return {**seed.variants, **{cell.label: cell.properties for cell in cells}}


def _some(known: Mapping[Label, Properties]) -> str:
    """Say which labels a project describes."""
    if not known:
        return "the project describes none in [variant.variants] or [variant.matrix]"
    shown = ", ".join(sorted(known)[:_SHOWN])
    more = ", ..." if len(known) > _SHOWN else ""
    return f"the project describes only these: {shown}{more}"


def _misfits(label: Label, properties: Properties, seed: Seed | None) -> Iterator[str]:
    """Yield why properties cannot stand below a label (R13, R14)."""
    if properties and label == NULL_LABEL:
        yield f"the label {NULL_LABEL!r} is that of the variant without properties"
        return
    if not properties and label != NULL_LABEL:
        yield f"a null variant is called {NULL_LABEL!r}, not {label!r}"
        return
    meant = _described(seed).get(label)
    if meant is not None and not same_properties(properties, meant):
        others = ", ".join(map(str, sorted(each_property(meant))))
        yield f"{label!r} has other properties in the project: {others}"


def _unlisted(properties: Properties, seed: Seed) -> Iterator[str]:
    """Yield the namespaces whose rank the metadata would not say (R22)."""
    for namespace in properties:
        if namespace not in (*seed.metadata.namespaces, ABI_DEPENDENCY):
            yield (
                f"the namespace {namespace!r} is not listed in "
                f"[variant.default-priorities] of {seed.source or 'the project'}"
            )
