"""Whether dependencies use the markers of variants with effect.

Source: PEP 825, "Environment markers" (R49-R56).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from typing import NamedTuple

from ...errors import ValidationError
from ...markers import MARKER_NAMES
from ...model import Label, Properties
from .conditions import Comparison, Condition, members, parse_marker
from .findings import Finding, finding
from .tools import Tools
from .wheels import Wheel

__all__ = ["Carrier", "check_declared", "check_dependencies"]

_MOST = 20
_SHOWN = 8
_MOST_COMPARED = 1_000
_LABEL, *_ = MARKER_NAMES
_NO_PROPERTIES: Properties = {}
_PAGE = 'see "Dependencies of a variant" (docs/concepts/markers.md)'
_NO_TOOLS = Tools()


class Carrier(NamedTuple):
    """A wheel that has a dependency, or will have it.

    :param where: what it is called in findings.
    :param label: "" for a plain wheel (R56).
    """

    where: str
    label: str
    properties: Properties


def check_dependencies(
    wheels: Sequence[Wheel], where: str, tools: Tools, *, complete: bool
) -> Iterator[Finding]:
    """Yield what is wrong with the dependencies of a release, each text once.

    :param complete: whether these are all wheels of the release; of some of them it is
        not known which dependencies never apply.
    """
    owners: dict[str, list[Carrier]] = {}
    for wheel in wheels:
        for text in dict.fromkeys(wheel.requires):
            owners.setdefault(text, []).append(_carrier(wheel))
    found = (
        each
        for text, carriers in owners.items()
        for each in _check(
            text, carriers, where, tools, "the release" if complete else ""
        )
    )
    yield from islice(found, _MOST)
    yield from _check_plain(owners, where)


def check_declared(
    requires: Sequence[str], carriers: Sequence[Carrier], where: str, *, plain: bool
) -> Iterator[Finding]:
    """Yield what is wrong with the dependencies that a project declares.

    Whether they can be read without the markers of variants, its backend tells.

    :param carriers: what the project builds.
    :param plain: whether a plain wheel is for publishing; one can always be built.
    """
    owners = dict.fromkeys(requires, carriers)
    found = (
        each
        for text in owners
        for each in _check(text, carriers, where, _NO_TOOLS, "the project")
    )
    yield from islice(found, _MOST)
    if plain:
        yield from _check_plain(owners, where)


def _check_plain(
    owners: Mapping[str, Sequence[Carrier]], where: str
) -> Iterator[Finding]:
    """Find plain wheels that tools without knowledge of variants cannot read (R56)."""
    texts = []
    wheels: dict[str, None] = {}
    for text, carriers in owners.items():
        plain = [each.where for each in carriers if not each.label]
        condition = _condition(text) if plain else None
        if isinstance(condition, Condition) and condition.is_about_variants():
            wheels.update(dict.fromkeys(plain))
            texts.append(text)
    if not texts:
        return
    more = f" and {len(texts) - 1} more" if len(texts) > 1 else ""
    told = (
        f"stock pip passes over {_called([*wheels])}: it cannot read the dependency "
        f"{texts[0]!r:.300}{more}"
    )
    remedy = f"keep these markers out of plain wheels; {_PAGE}"
    place = where if len(wheels) > 1 else next(iter(wheels))
    yield finding("R56", "warning", place, told, remedy)


def _called(wheels: Sequence[str]) -> str:
    return "the plain wheel" if len(wheels) == 1 else f"{len(wheels)} plain wheels"


def _check(
    text: str, carriers: Sequence[Carrier], where: str, tools: Tools, whole: str
) -> Iterator[Finding]:
    """Check one dependency.

    :param whole: what the carriers are all wheels of; "" where there may be more.
    """
    shown = f"the dependency {text!r:.300}"
    place = carriers[0].where if len(carriers) == 1 else where
    condition = _condition(text)
    if isinstance(condition, str):
        if "variant" in text:
            yield finding("R49", "error", place, f"{shown}: {condition}")
            return
        condition = None
    wrong = (
        dict.fromkeys((*condition.faults(), *_unknown(condition))) if condition else ()
    )
    if wrong:
        for each in wrong:
            yield finding("R49", "error", place, f"{shown}: {each}", _PAGE)
        return
    fault = tools.requirement_fault(text)
    if fault:
        yield finding("W3", "error", place, f"{shown} cannot be read: {fault}")
        return
    if condition is None or not whole or not condition.is_about_variants():
        return
    variants = [(each.label, each.properties) for each in carriers]
    if not any(condition.can_hold(*each) for each in variants):
        reasons = "; ".join(_reasons(condition, variants))
        told = f"{shown} applies to no wheel of {whole}"
        told += f": {reasons}" if reasons else ""
        remedy = "compare its marker with the labels and their properties"
        yield finding("R54", "warning", where, told, remedy)


def _reasons(
    condition: Condition, variants: Sequence[tuple[str, Properties]]
) -> Iterator[str]:
    """Yield which words of a marker no wheel has, and what may have been meant."""
    for part in islice(condition.unmet(variants), _SHOWN):
        if part.operator in ("not in", "!="):
            continue
        word = part.text
        if part.variable == _LABEL:
            known = sorted({label for label, _ in variants if label})
            said = f"no wheel has the label {word!r:.200}"
        else:
            known = _members(part, variants)
            said = f"no wheel has {word!r:.200} in {part.variable}"
        yield f"{said}, {_meant(word, known)}"


def _members(part: Comparison, variants: Sequence[tuple[str, Properties]]) -> list[str]:
    """Return what the wheels have in a set, as people write it."""
    found = {
        each
        for _, properties in variants
        for each in members(part.variable, properties)[0]
    }
    return sorted(each.replace("::", " :: ") for each in found)


def _meant(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word[:200], known[:_MOST_COMPARED], n=1)
    if near:
        return f"did you mean {near[0]!r:.200}?"
    more = ", ..." if len(known) > _SHOWN else ""
    shown = ", ".join(repr(each)[:200] for each in known[:_SHOWN])
    return f"only {shown}{more}" if shown else "and none has any"


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


def _carrier(wheel: Wheel) -> Carrier:
    """Return a wheel as its markers see it."""
    label = wheel.name.label
    if label is None or wheel.document is None:
        return Carrier(wheel.where, label or "", _NO_PROPERTIES)
    properties = wheel.document.variants.get(Label(label), _NO_PROPERTIES)
    return Carrier(wheel.where, label, properties)
