"""What exists of CPUs, and machines that have some of it; see :mod:`.possible`.

A CPU may have any flags. One of a level or version has the flags that it demands.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Features
from . import aarch64, x86_64
from .possible import Mentioned, Possible

__all__ = ["FIRST_GENERATION", "POSSIBLE"]

_ON = ("on",)
_LEVEL, _VERSION = "level", "version"

_X86_64: Features = (
    (_LEVEL, x86_64.levels({flag for _, flags in x86_64.LEVELS for flag in flags})),
    *((flag, _ON) for flag in x86_64.FLAGS),
)
_AARCH64: Features = (
    (
        _VERSION,
        (
            *sorted(aarch64.TOPS, reverse=True),
            *(version for version, _ in reversed(aarch64.STEPS)),
            aarch64.LOWEST,
        ),
    ),
    *((flag, _ON) for flag in aarch64.FLAGS),
)


def _flags(wanted: Mentioned) -> frozenset[str]:
    return frozenset(name for name in wanted if name not in {_LEVEL, _VERSION})


def _x86_64_machines(wanted: Mentioned, _mentioned: Mentioned) -> Iterator[Features]:
    for wished in wanted.get(_LEVEL, ("v1",)):
        flags = _flags(wanted)
        for level, needed in x86_64.LEVELS:
            if level <= wished:
                flags |= needed
        yield x86_64.describe(flags).features


def _aarch64_machines(wanted: Mentioned, _mentioned: Mentioned) -> Iterator[Features]:
    for wished in wanted.get(_VERSION, (aarch64.LOWEST,)):
        flags = _flags(wanted) | aarch64.TOPS.get(wished, frozenset())
        for version, needed in aarch64.STEPS:
            if version <= wished and wished != aarch64.LOWEST:
                flags |= needed
        yield aarch64.describe(wished, flags).features


def _is_x86_64_value(feature: str, value: str) -> bool:
    return value in dict(_X86_64)[feature]


def _is_aarch64_value(feature: str, value: str) -> bool:
    return value in dict(_AARCH64)[feature]


POSSIBLE = {
    "x86_64": Possible(
        "x86_64", _X86_64, frozenset(), _is_x86_64_value, _x86_64_machines
    ),
    "aarch64": Possible(
        "aarch64", _AARCH64, frozenset(), _is_aarch64_value, _aarch64_machines
    ),
}
"""What exists, by namespace."""

FIRST_GENERATION: dict[str, Possible] = {}
"""No words of May 2025 differ."""
