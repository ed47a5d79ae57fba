"""The dependencies of a distribution, with the markers of its variant evaluated.

Where the values of the markers come from, the first that there is:

- the decision of this run, for a wheel that it chose: the machine was asked
- the record beside an installed variant: what the machine supported at that time (E30)
- ``variant.json`` alone: then all properties of the label count

Loaded when a dependency with such a marker is met; other packages never need it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import PurePath
from typing import Any

from . import _pip
from .installed import InstalledVariant, installed_variant
from .variantlib.markers import NO_VARIANT, MarkerValues, marker_names

__all__ = [
    "chosen_wheel",
    "depends_by_label",
    "evaluate",
    "iter_dependencies",
    "remember",
]

_chosen: dict[PurePath, InstalledVariant] = {}
"""The variants of wheels on disk. pip reads a wheel anew where it checks for conflicts
and where it installs, in functions that know nothing of the run."""


def remember(wheel: PurePath, variant: InstalledVariant) -> None:
    """Note which variant a wheel on disk is, as this run decided."""
    _chosen[wheel] = variant


def chosen_wheel(wheel: PurePath) -> InstalledVariant | None:
    """Return the variant that a wheel on disk is, None when nothing was decided."""
    return _chosen.get(wheel)


def iter_dependencies(
    dist: _pip.BaseDistribution, extras: Collection[str] = ()
) -> Iterable[_pip.Requirement]:
    """Return the dependencies of a variant, like pip's method of that name.

    Requirements whose markers name the variant come without their markers, which
    were just found true: pip parses the text again and evaluates once more, where
    nobody knows the variant.

    :raises packaging's InvalidRequirement: when one cannot be read or evaluated.
    """
    environment = _values(dist).environment()
    extra_by_extra = [{**environment, "extra": extra} for extra in extras or ("",)]
    found = []
    for text in dist.iter_raw_dependencies():
        # Not pip's cached parser: what it returns is shared, and this gets changed.
        requirement = _pip.Requirement(text.strip())
        marker = requirement.marker
        if marker is None:
            found.append(requirement)
        elif any(_evaluate(marker.evaluate, each) for each in extra_by_extra):
            if marker_names(str(marker)):
                requirement.marker = None
            found.append(requirement)
    return found


def depends_by_label(dist: _pip.BaseDistribution, name: str) -> bool:
    """Tell whether another label may do without a dependency of that name."""
    wanted = _pip.canonicalize_name(name)
    for text in dist.iter_raw_dependencies():
        if not marker_names(text):
            continue
        try:
            requirement = _pip.Requirement(text.strip())
        except _pip.InvalidRequirement:
            continue
        if _pip.canonicalize_name(requirement.name) == wanted:
            return True
    return False


def _values(dist: _pip.BaseDistribution) -> MarkerValues:
    variant = getattr(dist, "chosen_variant", None)
    if variant is None and dist.location:
        variant = _chosen.get(PurePath(dist.location))
    if variant is None:
        variant = installed_variant(dist)
    if variant is None:
        return NO_VARIANT
    return MarkerValues.of(variant.label, variant.matched)


def evaluate(
    original: Callable[[Mapping[str, Any]], bool],
    environment: Mapping[str, Any] | None,
) -> bool:
    """Evaluate a marker where no wheel is at hand: like that of a plain wheel.

    :raises packaging's InvalidRequirement: for an operator that a set has not.
    """
    return _evaluate(original, {**NO_VARIANT.environment(), **(environment or {})})


def _evaluate(
    original: Callable[[Mapping[str, Any]], bool], environment: Mapping[str, Any]
) -> bool:
    try:
        return original(environment)
    except Exception as error:  # noqa: BLE001 - of text that anybody may have written
        # The resolver passes over a version with such metadata, and `pip check` says
        # so. Any other error would end them.
        raise _pip.InvalidRequirement(f"Invalid marker: {error}") from None
