"""Which builds fit the version of a distribution beside them: ``abi_dependency``.

A property ``abi_dependency :: torch :: 2.8`` says that a build fits every torch that
``==2.8.*`` matches. What a machine has does not matter: the versions are those that
are installed together with the build, so they are arguments here.

Source: providers draft, "ABI Dependency Variant Provider" (R95-R97).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from .model import ABI_DEPENDENCY, Properties

__all__ = [
    "distribution_name",
    "fits",
    "fitting",
    "needed",
    "newest_first",
    "used_values",
]

_MOST_COMPONENTS = 3
_LONGEST = 200
"""Characters of a version: more is no version, and costs time to read."""

_RELEASE = re.compile(r"\s*v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)", re.IGNORECASE)
_VALUE = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_]*[a-z0-9])?")


def fits(value: str, version: str) -> bool:
    """Tell whether a version is one of those that a value stands for.

    Only its release counts: what a pre-release leads to, without the local part. A
    version with an epoch fits nothing, and so does a value of more than three parts.

    >>> [fits(value, "2.8.1") for value in ("2", "2.8", "2.8.0")]
    [True, True, False]
    >>> fits("2.0", "2"), fits("2.0", "2.1")
    (True, False)
    """
    wanted, release = _components(value), _release(version)
    if not wanted or not release:
        return False
    padding = (0,) * (len(wanted) - len(release))
    return (release + padding)[: len(wanted)] == wanted


def fitting(values: Iterable[str], version: str | None) -> tuple[str, ...]:
    """Return the values that fit a version, in their order; none without a version."""
    if version is None:
        return ()
    return tuple(value for value in values if fits(value, version))


def newest_first(values: Iterable[str]) -> tuple[str, ...]:
    """Order values: newer versions first, of the same the more specific first.

    >>> newest_first(["2", "2.8", "2.10", "2.8.0"])
    ('2.10', '2.8.0', '2.8', '2')
    """
    return tuple(sorted(set(values), key=lambda value: (_components(value), value)))[
        ::-1
    ]


def used_values(variants: Iterable[Properties]) -> dict[str, tuple[str, ...]]:
    """Return what labels ask for: feature -> values, newest first.

    The features are sorted. What cannot be the name of a distribution is left out:
    it fits nothing.
    """
    found: dict[str, set[str]] = {}
    for properties in variants:
        for feature, values in properties.get(ABI_DEPENDENCY, {}).items():
            if _NAME.fullmatch(feature):
                found.setdefault(feature, set()).update(values)
    return {feature: newest_first(found[feature]) for feature in sorted(found)}


def distribution_name(feature: str) -> str:
    """Return the name of the distribution that a feature means.

    >>> distribution_name("flash_attn")
    'flash-attn'
    """
    return re.sub("_+", "-", feature)


def needed(requirements: Mapping[str, Sequence[str]]) -> str:
    """Say what a label needs beside it.

    >>> needed({"torch": ["2.8", "2.9"]})
    'torch 2.9.* or 2.8.*'
    """
    return " and ".join(
        f"{distribution_name(feature)} "
        + " or ".join(f"{value}.*" for value in newest_first(values))
        for feature, values in requirements.items()
    )


def _components(value: str) -> tuple[int, ...]:
    """Return the numbers of a value, none when it is no value of this namespace."""
    if len(value) > _LONGEST or not _VALUE.fullmatch(value):
        return ()
    numbers = tuple(map(int, value.split(".")))
    return numbers if len(numbers) <= _MOST_COMPONENTS else ()


def _release(version: str) -> tuple[int, ...]:
    """Return the release of a version, none when it has an epoch or is no version."""
    found = _RELEASE.match(version) if len(version) <= _LONGEST else None
    if found is None or int(found[1] or 0) != 0:
        return ()
    return tuple(map(int, found[2].split(".")))
