"""The markers of dependencies, as far as variants have a say in them.

Whether a machine is Linux, or an extra asked for, is not known here, so such a part is
taken to hold; of the parts about variants it is told which labels can make them true. Each
part is judged by itself, and markers have no "not" around parts: so a marker that is
said to hold for no label never does, while one that contradicts itself may pass.

Source: PEP 825, "Environment markers" (R49-R56); dependency specifiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...errors import ValidationError
from ...markers import MARKER_NAMES
from ...model import Properties, each_property

__all__ = ["Comparison", "Condition", "members", "parse_marker"]

_LONGEST = 10_000
"""Characters of a marker: no sensible one is longer."""

_DEEPEST = 50

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'[^']*'|"[^"]*")
      | (?P<bracket>[()])
      | (?P<operator>===|==|~=|!=|<=|>=|<|>|not\s+in\b|in\b)
      | (?P<word>[A-Za-z_][A-Za-z0-9_.]*)
    )""",
    re.VERBOSE,
)
_LABEL, *_SETS = MARKER_NAMES
_MEMBERSHIP = ("in", "not in")
_PARTS = dict(zip(_SETS, (3, 2, 1), strict=True))
"""How many parts between ``::`` the members of each set have."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left operator right``; a text keeps its quotes, a name has none."""

    left: str
    operator: str
    right: str

    @property
    def variable(self) -> str:
        """Which of the four markers it is about, "" for none."""
        for side in (self.left, self.right):
            if side in MARKER_NAMES:
                return side
        return ""

    @property
    def text(self) -> str:
        """The text that the marker is compared with, "" without one."""
        for side in (self.left, self.right):
            if side[:1] in ("'", '"'):
                return side[1:-1]
        return ""

    def can_hold(self, label: str, properties: Properties) -> bool:
        """Tell whether some machine makes it true for a wheel."""
        variable = self.variable
        if not variable:
            return True
        if variable == _LABEL:
            return self._of_label(label)
        if self.fault:
            return False
        declared, always = members(variable, properties)
        text = _tight(self.left[1:-1])
        return text in declared if self.operator == "in" else text not in always

    def _of_label(self, label: str) -> bool:
        left, right = (
            label if side == _LABEL else side[1:-1] for side in (self.left, self.right)
        )
        match self.operator:
            case "==" | "===":
                return left == right
            case "!=":
                return left != right
            case "in":
                return left in right
            case "not in":
                return left not in right
        return True

    @property
    def fault(self) -> str:
        """Return how it misuses a set, "" when it does not (R49)."""
        variable = self.variable
        if variable not in _SETS:
            return ""
        if self.operator not in _MEMBERSHIP or self.right != variable:
            return f"{variable} is a set: only 'in' and 'not in' go before it"
        if self.left[:1] not in "'\"":
            return f"what is looked for in {variable} must be a text"
        parts = _PARTS[variable]
        if len(self.left.split("::")) != parts:
            form = " :: ".join(("namespace", "feature", "value")[:parts])
            return f"{self.left:.200} is never in {variable}, whose form is {form!r}"
        return ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A marker: alternatives, each of which is a list of things that must all hold."""

    alternatives: tuple[tuple[Comparison | Condition, ...], ...]

    def can_hold(self, label: str, properties: Properties) -> bool:
        """Tell whether the marker is true for a wheel on some machine.

        >>> marker = parse_marker("'gpu' in variant_namespaces and extra == 'x'")
        >>> marker.can_hold("cu129", {"gpu": {"arch": ["90"]}})
        True
        >>> marker.can_hold("", {})
        False

        :param label: "" for a plain wheel (R56).
        :param properties: those of the label.
        """
        return any(
            all(each.can_hold(label, properties) for each in parts)
            for parts in self.alternatives
        )

    def faults(self) -> Iterator[str]:
        """Yield how it misuses the sets (R49)."""
        for each in self._comparisons():
            if each.fault:
                yield each.fault

    def is_about_variants(self) -> bool:
        """Tell whether it names one of the four markers."""
        return any(each.variable for each in self._comparisons())

    def unknown(self) -> Iterator[str]:
        """Yield names that look like a marker of variants, and are none."""
        for each in self._comparisons():
            for side in (each.left, each.right):
                if side.startswith("variant") and side not in MARKER_NAMES:
                    yield side

    def unmet(self, variants: Sequence[tuple[str, Properties]]) -> Iterator[Comparison]:
        """Yield the parts about variants that are true for none of some wheels.

        :param variants: label and properties of each.
        """
        for each in self._comparisons():
            if each.variable and not any(each.can_hold(*one) for one in variants):
                yield each

    def _comparisons(self) -> Iterator[Comparison]:
        for parts in self.alternatives:
            for each in parts:
                if isinstance(each, Condition):
                    yield from each._comparisons()  # noqa: SLF001 - of the same class
                else:
                    yield each


def parse_marker(text: str) -> Condition:
    """Read a marker.

    :raises ValidationError: when it is none.
    """
    if len(text) > _LONGEST:
        raise ValidationError(f"the marker has more than {_LONGEST:,} characters")
    tokens = _Tokens(text)
    condition = _any(tokens, _DEEPEST)
    if tokens.next:
        raise ValidationError(f"{tokens.next:.100} was not expected in a marker")
    return condition


class _Tokens:
    """The words of a marker, one after the other; ``next`` is "" at the end."""

    def __init__(self, text: str) -> None:
        self._found = _split(text)
        self.next = ""
        self.take()

    def take(self) -> str:
        taken, self.next = self.next, next(self._found, "")
        return taken


def _split(text: str) -> Iterator[str]:
    position = 0
    text = text.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise ValidationError(f"{text[position:]!r:.100} is no part of a marker")
        position = found.end()
        yield (
            " ".join(found["operator"].split())
            if found["operator"]
            else (found[0].strip())
        )


def _any(tokens: _Tokens, depth: int) -> Condition:
    if depth == 0:
        raise ValidationError("the marker is nested too deeply")
    alternatives = [_all(tokens, depth)]
    while tokens.next == "or":
        tokens.take()
        alternatives.append(_all(tokens, depth))
    return Condition(tuple(alternatives))


def _all(tokens: _Tokens, depth: int) -> tuple[Comparison | Condition, ...]:
    parts = [_one(tokens, depth)]
    while tokens.next == "and":
        tokens.take()
        parts.append(_one(tokens, depth))
    return tuple(parts)


def _one(tokens: _Tokens, depth: int) -> Comparison | Condition:
    if tokens.next == "(":
        tokens.take()
        inner = _any(tokens, depth - 1)
        if tokens.take() != ")":
            raise ValidationError("a bracket of the marker is not closed")
        return inner
    left, operator, right = tokens.take(), tokens.take(), tokens.take()
    if not _is_operand(left) or not _is_operand(right) or _is_operand(operator):
        told = f"{left} {operator} {right}".strip()
        raise ValidationError(f"{told!r:.100} is no comparison")
    if operator in ("", "(", ")"):
        raise ValidationError("the marker ends too early")
    return Comparison(left, operator, right)


def _is_operand(token: str) -> bool:
    if token in ("in", "not in", "and", "or"):
        return False
    return token[:1].isalpha() or token[:1] in ("'", '"', "_")


def _tight(text: str) -> str:
    """Return a member without the blanks around ``::``, which mean nothing (R50)."""
    return "::".join(part.strip() for part in text.split("::"))


def members(variable: str, properties: Properties) -> tuple[set[str], set[str]]:
    """Return what can be in a set, and what is in it on every machine that fits.

    Of several values of a feature a machine needs to support one only (R54); features
    and namespaces are never lost by that (R55).
    """
    if variable == _SETS[0]:
        declared = {_tight(str(each)) for each in each_property(properties)}
        always = {
            _tight(str(each))
            for each in each_property(properties)
            if len(set(properties[each.namespace][each.feature])) == 1
        }
        return declared, always
    if variable == _SETS[1]:
        features = {f"{n}::{f}" for n, found in properties.items() for f in found}
        return features, features
    return set(properties), set(properties)
