"""What a property of a built-in namespace means to the owner of a machine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..model import SupportedProperties

__all__ = ["in_order", "needed", "needs"]

_SHOWN = 4


def needs(
    namespace: str,
    feature: str,
    wanted: Sequence[str],
    supported: SupportedProperties,
    machine: str = "this machine",
) -> str:
    """Say what a label needs, and what the machine has of that.

    >>> here = SupportedProperties(
    ...     {"nvidia": {"cuda_version_lower_bound": ["12.6", "12.5"]}})
    >>> needs("nvidia", "cuda_version_lower_bound", ["12.9"], here)
    'needs nvidia driver >= 12.9, this machine offers 12.6'
    """
    has = _has(namespace, feature, supported)
    return f"needs {needed(namespace, feature, wanted)}, {machine} offers {has}"


def needed(namespace: str, feature: str, wanted: Sequence[str]) -> str:
    """Say which machine has one of some values.

    >>> needed("x86_64", "level", ["v3"])
    'x86-64-v3'
    """
    if (namespace, feature) == ("nvidia", "cuda_version_lower_bound"):
        return f"nvidia driver >= {min(wanted, key=_natural)}"
    if (namespace, feature) == ("nvidia", "cuda_version_upper_bound"):
        return f"nvidia driver < {max(wanted, key=_natural)}"
    if (namespace, feature) == ("x86_64", "level"):
        return f"x86-64-{min(wanted, key=_natural)}"
    if (namespace, feature) == ("amd", "rocm_version"):
        return f"ROCm {' or '.join(in_order(wanted))}"
    one_of = "one of " if len(wanted) > 1 else ""
    return f"{namespace} :: {feature} :: {one_of}{_some(in_order(wanted))}"


def _has(namespace: str, feature: str, supported: SupportedProperties) -> str:
    """Say what a machine has of a feature."""
    if not supported.features(namespace):
        return f"nothing of {namespace}"
    if namespace == "nvidia" and feature.startswith("cuda_version_"):
        # Either bound tells of the driver, whose version is the best lower bound.
        driver = supported.values(namespace, "cuda_version_lower_bound")
        return driver[0] if driver else f"no {feature}"
    offered = supported.values(namespace, feature)
    if not offered:
        return f"no {feature}"
    if (namespace, feature) == ("x86_64", "level"):
        return f"x86-64-{offered[0]}"
    return _some(offered)


def _some(values: Sequence[str]) -> str:
    shown = ", ".join(values[:_SHOWN])
    return f"{shown}, ... ({len(values)} values)" if len(values) > _SHOWN else shown


def in_order(values: Iterable[str]) -> list[str]:
    """Order values by the numbers in them.

    >>> in_order(["100_real", "90_real"])
    ['90_real', '100_real']
    """
    return sorted(values, key=lambda value: (_natural(value), value))


def _natural(text: str) -> tuple[tuple[int, str], ...]:
    """Return what texts are compared by: the numbers in them as numbers.

    Numbers may be of any length, so that they are compared by it, not read.
    """
    parts = [part.lstrip("0") for part in re.split("([0-9]+)", text)]
    return tuple((at % 2 and len(part), part) for at, part in enumerate(parts))
