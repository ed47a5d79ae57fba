"""Variant metadata of one wheel and of a whole release.

The first is called ``variant.json``, the other ``{name}-{version}-variants.json``.
Every published dialect is read, several documents are combined, the newest dialect
is written. What breaks the rules is left out and listed in
:attr:`VariantsJson.problems`; the rest stays usable (R3, R5, E9). Only a document
that cannot be used at all raises.

Sources: PEP 825, "Variant metadata" and "Metadata consistency"; providers draft;
PROVIDERS 3 for the dialects before them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from ._combining import combine_labels, combine_lists, combine_tables
from ._dialects import Dialect, dialect_of
from ._pieces import LARGEST_WHOLE, namespaces_of, take_apart
from ._sections import Sections
from .collector import collector_paused
from .errors import MetadataError, ProblemPath
from .model import ABI_DEPENDENCY, Label, Properties
from .providers import Provider
from .reading import LARGE, parse_text, read_text

__all__ = ["Problem", "VariantsJson"]

_SCHEMA = "https://variants-schema.wheelnext.dev/peps/{pep}/v{version}.json"
_SCHEMA_825 = _SCHEMA.format(pep=825, version="0.1.1")
_SCHEMA_PROVIDERS = _SCHEMA.format(pep=850, version="0.2.0")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was left out of a document, and why.

    :param kind: what sort of mistake it is, for callers that treat some in their own
        way; "" where nobody does.
    """

    path: ProblemPath
    message: str
    kind: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path))}: {self.message}"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class VariantsJson:
    """The usable part of one or several metadata documents.

    The mappings are shared, not copied: read them, do not change them.

    >>> document = VariantsJson.from_dict({
    ...     "$schema": "https://packaging.python.org/schemas/v0.1.1.json",
    ...     "default-priorities": {"namespace": ["x86_64"]},
    ...     "variants": {"v3": {"x86_64": {"level": ["v3"]}}},
    ... })
    >>> document.properties("v3")
    {'x86_64': {'level': ['v3']}}
    """

    dialect: Dialect
    namespaces: tuple[str, ...]
    """The publisher's order of the namespaces, most important first (R22)."""
    variants: Mapping[Label, Properties]
    """The properties of every usable label."""
    providers: Mapping[str, Provider] = field(default_factory=dict)
    feature_order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Features that the publisher puts first, by namespace (dialects before 825)."""
    value_order: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """Values that the publisher puts first, by namespace and feature."""
    lost: Mapping[str, str] = field(default_factory=dict)
    """Labels that are listed but unusable, with the reason."""
    problems: tuple[Problem, ...] = ()

    @classmethod
    def from_bytes(cls, data: bytes) -> VariantsJson:
        """Read an untrusted file.

        :raises MetadataError: when nothing of it can be used.
        """
        with collector_paused(len(data) > LARGE):
            text = read_text(data)
            parts = take_apart(text) if len(data) > LARGEST_WHOLE else None
            if parts is None:
                return cls.from_dict(parse_text(text))
            return dataclasses.replace(cls.from_dict(parts.rest), variants=parts.labels)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> VariantsJson:
        """Read a parsed document; lists and objects of it are kept, not copied.

        :raises MetadataError: when nothing of it can be used.
        """
        if not isinstance(document, Mapping):
            raise MetadataError("not a JSON object")
        dialect = dialect_of(document)
        sections = Sections(document, dialect)
        return cls(
            dialect=dialect,
            namespaces=sections.namespaces,
            variants=sections.variants,
            providers=sections.providers,
            feature_order=sections.feature_order,
            value_order=sections.value_order,
            lost=sections.lost,
            problems=tuple(Problem(path, text) for path, text in sections.problems),
        )

    def properties(self, label: str) -> Properties | None:
        """Return the properties of *label*, None when it is absent or unusable."""
        return self.variants.get(Label(label))

    @property
    def ranked_namespaces(self) -> tuple[str, ...]:
        """The namespaces that a label may use, in the publisher's order.

        ``abi_dependency`` must not be listed (R96) and ranks after all others.
        """
        return (*(n for n in self.namespaces if n != ABI_DEPENDENCY), ABI_DEPENDENCY)

    @property
    def used_namespaces(self) -> tuple[str, ...]:
        """Those of them that occur in a label."""
        used = namespaces_of(self.variants)
        return tuple(name for name in self.ranked_namespaces if name in used)

    @property
    def names_providers(self) -> bool:
        """Whether the dialect says who answers for a namespace (825 does not)."""
        return self.dialect is not Dialect.PEP_825 or bool(self.providers)

    def only(self, labels: Iterable[str]) -> VariantsJson:
        """Return the part that concerns *labels*, each of them whole (R58).

        Namespaces that no label of them uses are left out, and what is said about
        them. When that would leave none, all stay: a document must list one.
        """
        wanted = set(labels)
        variants = {
            label: properties
            for label, properties in self.variants.items()
            if label in wanted
        }
        used = set(chain.from_iterable(variants.values()))
        if used.isdisjoint(self.namespaces):
            used.update(self.namespaces)
        providers = {n: p for n, p in self.providers.items() if n in used}
        return dataclasses.replace(
            self,
            namespaces=tuple(n for n in self.namespaces if n in used),
            variants=variants,
            # Without any, the document would be one of PEP 825, where all may answer.
            providers=providers or self.providers,
            feature_order={n: o for n, o in self.feature_order.items() if n in used},
            value_order={k: o for k, o in self.value_order.items() if k[0] in used},
            lost={},
        )

    def combine(self, *others: VariantsJson) -> VariantsJson:
        """Combine the metadata of several wheels of one release (R24, R27).

        The result does not depend on the order of the documents. Where they
        contradict each other, what they disagree about is left out: a label with
        two meanings, a namespace with two providers, the tail of two orders that
        part (R13, R85, PEP 825 "Metadata consistency").
        """
        documents = (self, *others)
        problems: list[tuple[ProblemPath, str]] = []
        variants, lost = combine_labels(
            [(document.variants, document.lost) for document in documents], problems
        )
        return VariantsJson(
            dialect=max(document.dialect for document in documents),
            namespaces=combine_lists(
                [document.namespaces for document in documents],
                ("default-priorities", "namespace"),
                problems,
            ),
            variants=variants,
            providers=combine_tables(
                [document.providers for document in documents], "providers", problems
            ),
            feature_order=combine_tables(
                [document.feature_order for document in documents], "feature", problems
            ),
            value_order=combine_tables(
                [document.value_order for document in documents], "property", problems
            ),
            lost=lost,
            problems=tuple(
                dict.fromkeys(
                    chain(
                        *(document.problems for document in documents),
                        (Problem(path, text) for path, text in problems),
                    )
                )
            ),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the document in the newest dialect that can hold it.

        That is PEP 825's 0.1.1, or 0.2.0 when there are providers. Everything is
        sorted, so that equal metadata gives equal bytes (R26, R27).
        """
        priorities: dict[str, Any] = {"namespace": list(self.namespaces)}
        written: dict[str, Any] = {
            "$schema": _SCHEMA_PROVIDERS if self.providers else _SCHEMA_825,
            "default-priorities": priorities,
        }
        if self.providers:
            # Nothing writes these two any more, and strict readers refuse them: they
            # stand only where an old document had something to say.
            for namespace, names in sorted(self.feature_order.items()):
                priorities.setdefault("feature", {})[namespace] = list(names)
            for (namespace, feature), order in sorted(self.value_order.items()):
                values = priorities.setdefault("property", {}).setdefault(namespace, {})
                values[feature] = list(order)
            written["providers"] = {
                namespace: provider.to_dict()
                for namespace, provider in sorted(self.providers.items())
            }
        written["variants"] = {
            label: {
                namespace: {
                    feature: sorted(set(values))
                    for feature, values in sorted(features.items())
                }
                for namespace, features in sorted(properties.items())
            }
            for label, properties in sorted(self.variants.items())
        }
        return written
