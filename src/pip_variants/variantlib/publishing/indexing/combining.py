"""The metadata of a release out of that of its wheels, or who contradicts whom.

What an installer leaves out with a warning is an error here: the index is where it can
still be put right.

Source: PEP 825, "Metadata consistency" (R13, R23, R24, R27); providers draft (R85).
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

from ...errors import VariantError
from ...metadata import Problem, VariantsJson

__all__ = ["Disagreement", "combine_wheels", "index_bytes"]

_SHOWN = 3
_MOST = 100
"""Contradictions that are told: for each, all wheels are looked at once more."""


class Disagreement(VariantError):  # noqa: N818 - what the wheels are in
    """Wheels of one release that contradict each other.

    :param problems: each with its place in the metadata, and what which file says.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def combine_wheels(wheels: Mapping[str, VariantsJson]) -> VariantsJson:
    """Combine the metadata of the wheels of one release (R24, R27).

    The order of the wheels does not matter.

    :param wheels: file name -> what is inside; at least one.
    :raises Disagreement: with every contradiction, and which file says what.

    >>> def wheel(label, *namespaces):
    ...     return VariantsJson.from_dict({
    ...         "$schema": "https://packaging.python.org/schemas/v0.1.1.json",
    ...         "default-priorities": {"namespace": [*namespaces]},
    ...         "variants": {label: {}},
    ...     })
    >>> combine_wheels({"a.whl": wheel("one", "x"), "b.whl": wheel("two", "x", "y")}
    ...     ).namespaces
    ('x', 'y')
    >>> combine_wheels({"a.whl": wheel("one", "x"), "b.whl": wheel("two", "y")})
    Traceback (most recent call last):
    ...
    pip_variants.variantlib.publishing.indexing.combining.Disagreement: \
default-priorities.namespace: a.whl says x; b.whl says y
    """
    # What is wrong with one file alone is told by whoever has read it.
    documents = {
        name: dataclasses.replace(document, problems=())
        for name, document in sorted(wheels.items())
    }
    first, *others = documents.values()
    combined = first.combine(*others)
    if combined.problems:
        told = [
            Problem(each.path, _who_says_what(each, documents))
            for each in combined.problems[:_MOST]
        ]
        rest = combined.problems[_MOST:]
        if rest:
            text = f"{len(rest):,} further contradictions"
            told.append(Problem(rest[0].path[:1], text))
        raise Disagreement(tuple(told))
    problems = (each for document in wheels.values() for each in document.problems)
    return dataclasses.replace(combined, problems=tuple(dict.fromkeys(problems)))


def index_bytes(document: VariantsJson) -> bytes:
    """Return the content of ``{name}-{version}-variants.json``.

    Equal metadata gives equal bytes.
    """
    return (json.dumps(document.to_dict(), indent=1) + "\n").encode()


def _who_says_what(problem: Problem, documents: Mapping[str, VariantsJson]) -> str:
    saying: dict[str, list[str]] = {}
    for name, document in documents.items():
        said = _READERS[problem.path[0]](document, *problem.path[1:])
        if said is not None:
            saying.setdefault(said, []).append(name)
    return "; ".join(
        f"{_listed(names)} {'says' if len(names) == 1 else 'say'} {said}"
        for said, names in saying.items()
    )


def _listed(names: list[str]) -> str:
    """Name some files; a release may have hundreds."""
    shown = ", ".join(names[:_SHOWN])
    more = len(names) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _namespaces(document: VariantsJson, _key: str) -> str:
    return ", ".join(document.namespaces)


def _variant(document: VariantsJson, label: str) -> str | None:
    properties = document.properties(label)
    if properties is None:
        return None
    said = [
        f"{namespace} :: {feature} :: {value}"
        for namespace, features in sorted(properties.items())
        for feature, values in sorted(features.items())
        for value in sorted(set(values))
    ]
    return ", ".join(said) or "no properties"


def _provider(document: VariantsJson, namespace: str) -> str | None:
    provider = document.providers.get(namespace)
    return None if provider is None else json.dumps(provider.to_dict())


def _features(document: VariantsJson, namespace: str) -> str | None:
    order = document.feature_order.get(namespace)
    return None if order is None else ", ".join(order)


def _values(document: VariantsJson, namespace: str, feature: str) -> str | None:
    order = document.value_order.get((namespace, feature))
    return None if order is None else ", ".join(order)


_READERS: Mapping[Any, Callable[..., str | None]] = {
    "default-priorities": _namespaces,
    "variants": _variant,
    "providers": _provider,
    "feature": _features,
    "property": _values,
}
