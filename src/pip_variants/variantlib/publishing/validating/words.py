"""Whether the properties of labels are such as their provider knows.

Source: providers draft, "Variant feature config class" (R94); building draft (R105).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from ...errors import Refusal
from ...metadata import Problem, VariantsJson
from ...model import Label, Properties
from ..project.seed import Seed
from ..vocabulary import REFERENCE, SEVERAL, UNLISTED, Vocabulary, check_properties
from .findings import Finding, finding
from .provider_tables import are_readable
from .tools import Tools

__all__ = ["check_words"]

_MOST = 20
"""Of how many mistakes is told: to look for what was meant takes time for each."""

_NO_SUCH = (
    "R105",
    "correct the property; installers will find that no machine has it",
)
_RULES = {
    SEVERAL: ("R94", "make a wheel for each value"),
    REFERENCE: ("R84", ""),
}
"""Rule and remedy of the other mistakes; of what is not listed, R22 tells."""

_Values = tuple[str, str, tuple[str, ...]]
"""Namespace, feature and values; labels share most of these."""


def check_words(document: VariantsJson, where: str, tools: Tools) -> Iterator[Finding]:
    """Find properties that their provider does not know (R94, R105)."""
    if tools.vocabulary is None:
        return
    spelling = _Spelling(document, tools.vocabulary)
    owners: dict[Problem, list[Label]] = {}
    for label, properties in document.variants.items():
        for problem in spelling.problems(properties):
            owners.setdefault(problem, []).append(label)
        if len(owners) > _MOST:
            break
    for problem, labels in [*owners.items()][:_MOST]:
        several = f" and {len(labels) - 1} more" if len(labels) > 1 else ""
        rule, remedy = _RULES.get(problem.kind, _NO_SUCH)
        said = f"the label {labels[0]!r:.200}{several}: {problem}"
        only = "" if several else labels[0]
        yield finding(rule, "error", where, said, remedy, label=only)
    for namespace, refusal in sorted(spelling.unchecked.items()):
        if _is_sound(namespace, document):
            said = f"which properties {namespace:.200} has is not known: "
            remedy = refusal.remedy
            yield finding("R105", "note", where, said + refusal.reason, remedy)


class _Spelling:
    """Remembers what was wrong with the values of a feature."""

    def __init__(self, document: VariantsJson, vocabulary: Vocabulary) -> None:
        self._seed = Seed(dataclasses.replace(document, variants={}))
        self._vocabulary = vocabulary
        self._known: dict[_Values, Sequence[Problem]] = {}
        self.unchecked: dict[str, Refusal] = {}

    def problems(self, properties: Properties) -> Iterator[Problem]:
        """Yield what is wrong with the properties of a label."""
        for namespace, features in properties.items():
            for feature, values in features.items():
                yield from self._problems((namespace, feature, tuple(values)))

    def _problems(self, asked: _Values) -> Sequence[Problem]:
        if asked not in self._known:
            namespace, feature, values = asked
            self._known[asked] = ()
            if namespace not in self.unchecked:
                properties = {namespace: {feature: values}}
                checked = check_properties(properties, self._seed, self._vocabulary)
                self.unchecked.update(checked.unchecked)
                self._known[asked] = tuple(
                    each for each in checked.problems if each.kind != UNLISTED
                )
        return self._known[asked]


def _is_sound(namespace: str, document: VariantsJson) -> bool:
    """Tell whether no other rule tells already why nobody can be asked."""
    provider = document.providers.get(namespace)
    if provider is None and document.names_providers:
        return False
    readable = provider is None or are_readable(provider.requires)
    return readable and namespace in document.namespaces
