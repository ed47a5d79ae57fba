"""Where labels meet: which have wheels for the same platform, and for which CPUs.

Source: the platform compatibility tags of the Python packaging specifications.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass

from ...metadata import VariantsJson

__all__ = ["CPUS", "Place", "cpus_of", "places"]

CPUS = ("x86_64", "aarch64")
"""Namespaces of which a machine has one."""

# The ends of platform tags, with the namespace of the CPU where there is one.
_ENDS = {
    "x86_64": "x86_64",
    "amd64": "x86_64",
    "intel": "x86_64",
    "aarch64": "aarch64",
    "arm64": "aarch64",
    **dict.fromkeys(("ppc64le", "ppc64", "s390x", "riscv64", "loongarch64"), ""),
}
_END = re.compile(rf"(?:^|_)({'|'.join(_ENDS)})$")


def cpus_of(tag: str, otherwise: Set[str]) -> frozenset[str]:
    """Return the namespaces of the CPUs that a tag is for.

    A 32-bit tag says nothing here: such a Python may run on a 64-bit CPU.

    >>> cpus = {"x86_64", "aarch64"}
    >>> cpus_of("cp313-cp313-manylinux_2_28_x86_64", cpus)
    frozenset({'x86_64'})
    >>> sorted(cpus_of("py3-none-any", cpus))
    ['aarch64', 'x86_64']

    :param otherwise: returned for a tag that says nothing of the CPU.
    """
    found: set[str] = set()
    for platform in tag.rpartition("-")[2].split("."):
        match = _END.search(platform)
        if match is None:
            return frozenset(otherwise)
        found.add(_ENDS[match[1]])
    return frozenset(found)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where some labels have wheels: one tag or several alike.

    :param cpus: the namespaces of the CPUs that it can have.
    """

    labels: frozenset[str]
    cpus: frozenset[str]


def places(
    document: VariantsJson, tags: Mapping[str, Collection[str]] | None
) -> tuple[Place, ...]:
    """Return where the labels of a release meet, those with few labels first.

    :param tags: the tags that each label has wheels for; None: all for the same.
    """
    everywhere = frozenset(CPUS)
    if tags is None:
        return (Place(frozenset(document.variants), everywhere),)
    by_tag: dict[str, set[str]] = {}
    for label in document.variants:
        for tag in tags.get(label, ()):
            by_tag.setdefault(tag, set()).add(label)
    kinds = {
        (frozenset(labels), everywhere.intersection(cpus_of(tag, everywhere)))
        for tag, labels in by_tag.items()
    }
    ordered = sorted(kinds, key=lambda kind: (len(kind[0]), sorted(kind[0])))
    return tuple(Place(labels, cpus) for labels, cpus in ordered)
