"""``name==1.0#label``: a requirement with the label of a variant.

The label is taken off before pip parses the rest, and kept for the run under the
name of the package; a fragment of a URL or a path is left alone (F67, E29).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping

from . import _pip
from .text import without_credentials
from .wishes import Wish, combine

__all__ = ["Pins", "pins", "refuse_markers", "take_label"]

_REQUIREMENT = re.compile(
    r"""\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)
        (?P<specifier>\s*(?:\[[^\]@/:\\#]*\])?[^@/:\\\[\]#;]*?)
        \#(?P<label>[^#;\s]+)\s*
        (?P<marker>;.*)?""",
    re.VERBOSE | re.DOTALL,
)


_LONGEST = 2000
_ARCHIVES = (".whl", ".zip", ".gz", ".bz2", ".xz", ".tar", ".tgz")


class Pins:
    """The labels in requirements of this run, by canonical package name."""

    def __init__(self) -> None:
        """Start with none."""
        self._pins: dict[str, Wish] = {}

    def add(self, name: str, label: str, place: str) -> None:
        """Remember a label.

        :raises pip's InstallationError: when another one was asked for before.
        """
        canonical = _pip.canonicalize_name(name)
        pin = Wish((label,), place)
        combine(name, [self._pins.setdefault(canonical, pin), pin])

    def wish(self, name: str) -> Wish | None:
        """Return what was asked for of a package, by its canonical name."""
        return self._pins.get(name)

    def clear(self) -> None:
        """Forget all, for a process that runs pip more than once."""
        self._pins.clear()

    def as_mapping(self) -> Mapping[str, Wish]:
        """Return all pins by canonical name."""
        return dict(self._pins)


pins = Pins()
"""pip parses requirements in a function of a module, which knows nothing of the run."""


def take_label(requirement: str, line_source: str | None) -> str:
    """Return *requirement* without its label, which is remembered in :data:`pins`.

    Anything that is no ``name[extras]specifiers#label`` comes back as it is.

    :raises pip's InstallationError: for a label that is none, and for two labels.
    """
    if "#" not in requirement or len(requirement) > _LONGEST:
        return requirement
    from .variantlib.model import is_label

    found = _REQUIREMENT.fullmatch(requirement)
    if found is None or found["name"].lower().endswith(_ARCHIVES):
        return requirement
    # To pip, the name of an archive that is there is its path, whatever is in it.
    # Path raises for names that no system has, before Python 3.14.
    if requirement.lower().endswith(_ARCHIVES) and os.path.isfile(requirement):  # noqa: PTH113
        return requirement
    place = without_credentials(line_source or "command line")
    if not is_label(found["label"]):
        msg = (
            f"Invalid requirement: {requirement!r} ({place}): {found['label']!r} is no "
            "variant label. Write name==version#label; a label holds only 0-9, a-z, "
            "'_' and '.'"
        )
        raise _pip.InstallationError(msg)
    marker = found["marker"] or ""
    if _holds(marker[1:]):
        pins.add(found["name"], found["label"], place)
    return f"{found['name']}{found['specifier']}{marker}"


def _holds(marker: str) -> bool:
    """Tell whether pip will heed a requirement with this marker; pip reports bad ones."""
    try:
        return not marker.strip() or _pip.Marker(marker).evaluate({"extra": ""})
    except (_pip.InvalidMarker, KeyError, ValueError, RecursionError):
        return True


def refuse_markers(requirements: Iterable[_pip.InstallRequirement]) -> None:
    """Refuse the markers of variants on what the user asked for (R51).

    :raises pip's InstallationError: for the first requirement that has one.
    """
    from .text import printable
    from .variantlib.markers import marker_names

    for requirement in requirements:
        marker = str(requirement.markers or "")
        names = marker_names(marker)
        if not names:
            continue
        what = without_credentials(requirement.req or requirement.link)
        if marker not in what:
            what += f"; {marker}"
        source = without_credentials(requirement.comes_from or "command line")
        msg = (
            f"Invalid requirement: {printable(what)!r} ({printable(source)}): "
            f"{names[0]} describes the wheel that a dependency stands in, and this "
            "requirement stands in none. Leave it out; to choose a variant, write "
            f"{requirement.name or 'NAME'}==VERSION#LABEL"
        )
        raise _pip.InstallationError(msg)
