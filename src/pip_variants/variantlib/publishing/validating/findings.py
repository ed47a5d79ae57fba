"""What is said about a file that breaks a rule, and the rules there are.

The numbers are those of the project's list of rules (docs/development/rules.md). Those
that begin with W stand for the format of wheels, which is older than variants.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

__all__ = ["RULES", "Finding", "Severity", "finding", "in_order"]

Severity = Literal["error", "warning", "note"]

_GRAVEST_FIRST: tuple[Severity, ...] = ("error", "warning", "note")

_LONGEST = 2000
"""Characters of a text: names in it come from files of anybody."""

RULES: Mapping[str, str] = MappingProxyType(
    {
        "W1": "A wheel is a readable archive without tricks.",
        "W2": "RECORD lists every file of the wheel, with its hash and its size.",
        "W3": "METADATA and WHEEL agree with the name of the file.",
        "R1": "What is written is valid.",
        "R6": "A variant wheel has a label in its name and variant.json inside.",
        "R7": "Some machine selects each label.",
        "R8": "Each platform has a wheel that fits every machine.",
        "R9": "Namespaces and features are made of 0-9, a-z and _.",
        "R10": "Values are made of 0-9, a-z, _ and the dot.",
        "R11": "No Python tag begins with a digit.",
        "R12": "Labels are made of 0-9, a-z, _ and the dot.",
        "R13": "One label means one set of properties.",
        "R14": "null is the label of the empty set, and of nothing else.",
        "R15": "Drafts of the format are for trials.",
        "R16": "The draft is one that tools of today read.",
        "R17": "The version of the format is one that is known.",
        "R21": "$schema is an address with a version in it.",
        "R22": "default-priorities.namespace lists every namespace in use.",
        "R23": "The lists of namespaces of a release continue each other.",
        "R25": "variant.json knows one label, that of the file name.",
        "R26": "Values are written as sorted sets.",
        "R28": "{name}-{version}-variants.json lies beside the wheels.",
        "R30": "It lists all labels, and agrees with the wheels.",
        "R44": "Something else than spelling decides between two labels.",
        "R49": "Dependencies use the four markers as they are meant.",
        "R54": "Each dependency applies to some wheel of the release.",
        "R56": "Plain wheels do without the markers of variants.",
        "R67": "Each namespace that is listed has a provider, and no other has one.",
        "R72": "A provider without static lists names its packages.",
        "R78": "A provider has either static lists or requirements.",
        "R79": "Several static features have an order.",
        "R80": "On every machine one requirement of a provider remains.",
        "R82": "The plugin has the same name on every machine.",
        "R83": "An optional provider is off until the user enables it.",
        "R84": "plugin-api is an object reference.",
        "R85": "One namespace has one provider in all wheels of a release.",
        "R86": "Provider packages are found where the wheels are.",
        "R87": "Provider packages are plain wheels.",
        "R94": "A wheel lists several values only where the feature allows it.",
        "R96": "abi_dependency has no provider and no priority.",
        "R97": "Values of abi_dependency are versions of up to three parts.",
        "R98": "The [variant] table of a project is valid.",
        "R101": "build-requires is for building, and stands in no wheel.",
        "R105": "Properties are such as their provider knows.",
        "R106": "A tool that knows no variants finds a wheel, too.",
    }
)
"""Every rule that can be reported, with what it asks."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or that users may suffer from.

    :param rule: its number, a key of :data:`RULES`.
    :param severity: "error" where a rule is broken, "warning" where users will suffer
        or a good habit is left, "note" for what is worth knowing.
    :param where: a file, or a release as ``name version``.
    :param package: the normalised name of the project, "" where nothing tells it.
    :param version: as the file spells it, "" where nothing tells it.
    :param label: of the only variant that it is about, else "".
    :param text: what was found, a sentence without its full stop.
    :param remedy: what to do about it, "" for nothing.
    """

    rule: str
    severity: Severity
    where: str
    text: str
    remedy: str = ""
    package: str = ""
    version: str = ""
    label: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the form for JSON."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "where": self.where,
            "package": self.package,
            "version": self.version,
            "label": self.label,
            "text": self.text,
            "remedy": self.remedy,
        }


def finding(
    rule: str,
    severity: Severity,
    where: str,
    text: str,
    remedy: str = "",
    *,
    label: str = "",
) -> Finding:
    """Make a finding with texts of bounded length.

    :raises KeyError: for a rule that is none.
    """
    if rule not in RULES:
        raise KeyError(rule)
    return Finding(
        rule,
        severity,
        where,
        text[:_LONGEST],
        remedy[:_LONGEST],
        label=label[:_LONGEST],
    )


def in_order(found: Finding) -> tuple[bool, str, int, str, int, str]:
    """Return the key by which findings are sorted: place, gravity, rule.

    What is about all files alike goes last (R15).

    >>> first = Finding("R9", "error", "a", "x")
    >>> in_order(first) < in_order(Finding("R10", "error", "a", "x"))
    True
    """
    kind, number = found.rule[:1], int(found.rule[1:])
    gravity = _GRAVEST_FIRST.index(found.severity)
    return found.rule == "R15", found.where, gravity, kind, number, found.text
