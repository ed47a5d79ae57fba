"""``name==1.0#label``: a requirement with the label of a variant.

The label is taken off before pip parses the rest, and kept for the run under the
name of the package; a fragment of a URL or a path is left alone (F67, E29).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from . import _pip

__all__ = ["Pin", "Pins", "pins", "take_label"]

_REQUIREMENT = re.compile(
    r"""\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)
        (?P<specifier>\s*(?:\[[^\]@/:\\#]*\])?[^@/:\\\[\]#;]*?)
        \#(?P<label>[^#;\s]+)\s*
        (?P<marker>;.*)?""",
    re.VERBOSE | re.DOTALL,
)


_LONGEST = 2000
_ARCHIVES = (".whl", ".zip", ".gz", ".bz2", ".xz", ".tar", ".tgz")


class Pin(NamedTuple):
    """A label that the user asked for, and where."""

    label: str
    source: str


class Pins:
    """The labels asked for in this run, by canonical package name."""

    def __init__(self) -> None:
        """Start with none."""
        self._pins: dict[str, Pin] = {}

    def add(self, name: str, pin: Pin) -> None:
        """Remember a label.

        :raises pip's InstallationError: when another one was asked for before.
        """
        present = self._pins.setdefault(_pip.canonicalize_name(name), pin)
        if present.label != pin.label:
            msg = (
                f"Two variants of {name} are asked for: {present.label!r} "
                f"({present.source}) and {pin.label!r} ({pin.source}). Keep one."
            )
            raise _pip.InstallationError(msg)

    def labels(self, name: str) -> tuple[str, ...] | None:
        """Return the labels asked for, None when the machine decides."""
        pin = self._pins.get(_pip.canonicalize_name(name))
        return None if pin is None else (pin.label,)

    def clear(self) -> None:
        """Forget all, for a process that runs pip more than once."""
        self._pins.clear()

    def as_mapping(self) -> Mapping[str, Pin]:
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
    if not is_label(found["label"]):
        msg = (
            f"Invalid requirement: {requirement!r}: {found['label']!r} is no variant "
            "label. Write name==version#label; a label holds only 0-9, a-z, '_' and '.'"
        )
        raise _pip.InstallationError(msg)
    pins.add(found["name"], Pin(found["label"], line_source or "command line"))
    return f"{found['name']}{found['specifier']}{found['marker'] or ''}"
