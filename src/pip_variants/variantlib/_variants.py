"""The labels of one metadata document, with their properties checked.

There may be 100,000 of them, nearly always without a fault::

    all labels --one look at everything at once--> all of them, as they were parsed
               --if anything is amiss: each one--> those without fault; the faults

The first look asks the same as the second, in a dozen passes that Python makes without
running any code of ours. It tells only whether all is well, not what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import chain
from operator import countOf
from typing import Any, cast

from ._dialects import Dialect
from .errors import ValidationError
from .model import (
    FIRST_NULL_LABEL,
    NULL_LABEL,
    Label,
    Properties,
    is_feature_name,
    is_label,
    is_namespace,
    is_value,
)
from .reading import Repeated, sample

__all__ = ["Survey", "read_variants", "survey"]

_NO_OBJECT = "must be an object, each key once"
_NULLS = (NULL_LABEL, FIRST_NULL_LABEL)


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """Labels without fault.

    :param labels: the very object that was looked at.
    :param namespaces: all that occur.
    :param keys: how many there are: labels, namespaces and features.
    """

    labels: dict[Label, Properties]
    namespaces: frozenset[str]
    keys: int


def read_variants(
    variants: dict[str, Any], dialect: Dialect
) -> tuple[dict[Label, Properties], list[tuple[str, ValidationError]]]:
    """Return the usable labels, and what is wrong with the others (R3, E9).

    What is usable is shared with *variants*, not copied.
    """
    surveyed = survey(variants)
    if surveyed is not None:
        return surveyed.labels, []
    single_strings = dialect < Dialect.V0_0_2
    conflicts: Collection[str] = ()
    if isinstance(variants, Repeated):
        conflicts = variants.keys_in_conflict
    usable: dict[Label, Properties] = {}
    faults: list[tuple[str, ValidationError]] = []
    for label, properties in variants.items():
        try:
            checked = _label(label)
            if label in conflicts:
                raise ValidationError("stands twice, with different contents")
            lists = _with_lists(properties) if single_strings else properties
            usable[checked] = _properties(label, lists)
        except ValidationError as error:
            faults.append((label, error))
    return usable, faults


def survey(variants: Mapping[str, Any]) -> Survey | None:
    """Look at all labels at once; None when anything is wrong with any of them."""
    try:
        tables = _inside([variants])
        features = _inside(tables)
        lists = _inside(features)
        _require(list, lists)
        values = {*chain.from_iterable(lists)}
    except TypeError:
        return None
    namespaces = frozenset[str]().union(*tables)
    names = namespaces.union(*features)
    if (
        all(lists)
        and not any(variants.get(null) for null in _NULLS)
        and _have_only(is_label, variants)
        and _have_only(is_feature_name, names)
        and _have_only(is_value, values)
    ):
        labels = cast("dict[Label, Properties]", variants)
        keys = len(variants) + len(features) + len(lists)
        return Survey(labels, namespaces, keys)
    return None


def _inside(objects: Collection[Any]) -> list[Any]:
    """Return the values of all objects.

    :raises TypeError: when one of them is no object, or has a key twice.
    """
    _require(dict, objects)
    return [*chain.from_iterable(map(dict.values, objects))]


def _require(kind: type, things: Collection[object]) -> None:
    """Compare exactly: an object that has a key twice is of a subclass."""
    if countOf(map(type, things), kind) < len(things):
        raise TypeError


def _have_only(is_valid: Callable[[str], bool], texts: Collection[Any]) -> bool:
    """Tell whether all are valid texts.

    The rules for names, values and labels look at one character after the other, so
    texts that are not empty keep them when all of them in one text do (R9, R10, R12).
    """
    try:
        joined = "".join(texts)
    except TypeError:  # no text
        return False
    return not texts or ("" not in texts and is_valid(joined))


def _label(text: str) -> Label:
    if not is_label(text):
        raise ValidationError("is no variant label")
    return Label(text)


def _properties(label: str, raw: Any) -> Properties:
    """Check the properties of one label.

    Values of a feature may stand in any order, since published files have them so
    (PROVIDERS 8).
    """
    if type(raw) is not dict:
        raise ValidationError(_NO_OBJECT)
    for namespace, features in raw.items():
        _check(namespace, is_namespace)
        if type(features) is not dict:
            raise ValidationError(_NO_OBJECT, (namespace,))
        for feature, values in features.items():
            _check(feature, is_feature_name)
            if type(values) is not list or not values:
                msg = "must be a list with at least one value"
                raise ValidationError(msg, (namespace, feature))
            for value in values:
                _check(value, is_value)
    if raw and label in _NULLS:
        raise ValidationError("the null variant must have no properties")
    properties: Properties = raw
    return properties


def _check(text: Any, is_valid: Callable[[object], bool]) -> None:
    if not is_valid(text):
        raise ValidationError(f"{sample(text)} may not stand here")


def _with_lists(raw: Any) -> Any:
    """Give the single strings of the dialects before PEP 817 the form of today."""
    if not isinstance(raw, dict):
        return raw
    return {
        namespace: {
            feature: [value] if isinstance(value, str) else value
            for feature, value in features.items()
        }
        if isinstance(features, dict)
        else features
        for namespace, features in raw.items()
    }
