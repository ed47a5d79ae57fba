"""Whether the dependencies of a release use the markers of variants with effect.

Source: PEP 825, "Environment markers" (R49-R56).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...errors import ValidationError
from ...model import Properties
from .conditions import Condition, parse_marker
from .findings import Finding, finding
from .tools import Tools
from .wheels import Wheel

__all__ = ["check_dependencies"]

_MOST = 20
_NO_PROPERTIES: Properties = {}


def check_dependencies(
    wheels: Sequence[Wheel], where: str, tools: Tools, *, complete: bool
) -> Iterator[Finding]:
    """Yield what is wrong with the dependencies of a release, each text once.

    :param complete: whether these are all wheels of the release; of some of them it is
        not known which dependencies never apply.
    """
    owners: dict[str, list[Wheel]] = {}
    for wheel in wheels:
        for text in dict.fromkeys(wheel.requires):
            owners.setdefault(text, []).append(wheel)
    count = 0
    for text, carrying in owners.items():
        for each in _check(text, carrying, where, tools, complete=complete):
            count += 1
            if count <= _MOST:
                yield each


def _check(
    text: str, wheels: Sequence[Wheel], where: str, tools: Tools, *, complete: bool
) -> Iterator[Finding]:
    shown = f"the dependency {text!r:.300}"
    place = wheels[0].where
    condition = _condition(text)
    if isinstance(condition, str):
        if "variant" in text:
            yield finding("R49", "error", place, f"{shown}: {condition}")
            return
        condition = None
    wrong = (
        dict.fromkeys((*condition.faults(), *_unknown(condition))) if condition else ()
    )
    if condition is not None and wrong:
        for each in wrong:
            remedy = "see the page on markers"
            yield finding("R49", "error", place, f"{shown}: {each}", remedy)
        return
    fault = tools.requirement_fault(text)
    if fault:
        yield finding("W3", "error", place, f"{shown} cannot be read: {fault}")
        return
    if condition is None or not complete or not condition.is_about_variants():
        return
    if not any(condition.can_hold(*_variant(wheel)) for wheel in wheels):
        told = f"{shown} applies to no wheel of the release"
        remedy = "compare its marker with the labels and their properties"
        yield finding("R54", "warning", where, told, remedy)


def _unknown(condition: Condition) -> Iterator[str]:
    for name in condition.unknown():
        yield f"there is no marker {name:.100}"


def _condition(text: str) -> Condition | str | None:
    """Read the marker of a dependency; None for none, or why it cannot be read."""
    # An address may have a semicolon in it; then a blank comes before the marker's.
    separator = " ;" if "@" in text.partition(";")[0] else ";"
    _, found, marker = text.partition(separator)
    if not found:
        return None
    try:
        return parse_marker(marker)
    except ValidationError as error:
        return str(error)


def _variant(wheel: Wheel) -> tuple[str, Properties]:
    """Return label and properties of a wheel, as its markers see them."""
    label = wheel.name.label
    if label is None or wheel.document is None:
        return label or "", _NO_PROPERTIES
    variants: Mapping[Any, Properties] = wheel.document.variants
    return label, variants.get(label, _NO_PROPERTIES)
