"""The little of a dependency specifier that choosing a provider needs.

Only names are read here, never versions or URLs: nothing is installed by this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .errors import Refusal, ValidationError

__all__ = ["ProviderRequirement", "needed_packages", "normalize_name"]

_LONGEST = 1000
"""A longer item of ``requires`` is no sensible one, and costs time to look at."""

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_AFTER_NAME = ("", "[", "(", "<", ">", "=", "!", "~")
_ANY_TEXT = "==="
"""The operator that takes any text for a version, also a path."""


def normalize_name(name: str) -> str:
    """Return the normalised name of a distribution.

    >>> normalize_name("Foo.Bar_x")
    'foo-bar-x'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass(frozen=True, slots=True)
class ProviderRequirement:
    """The name and the marker of one item of ``requires``."""

    name: str
    marker: str | None = None

    @classmethod
    def parse(cls, text: str) -> ProviderRequirement:
        """Read a dependency specifier.

        >>> ProviderRequirement.parse("My_Plugin>=1; python_version < '3.13'")
        ProviderRequirement(name='my-plugin', marker="python_version < '3.13'")

        :raises ValidationError: for options, URLs and anything else (E17).
        """
        base, _, marker = text[:_LONGEST].partition(";")
        base = base.strip()
        name = _NAME.match(base)
        after = base[name.end() :].strip() if name else "@"
        if len(text) > _LONGEST or "@" in base or after[:1] not in _AFTER_NAME:
            msg = f"{text!r:.200} does not name a package with a version range"
            raise ValidationError(msg)
        assert name is not None
        return cls(normalize_name(name[0]), marker.strip() or None)


def needed_packages(
    requires: Iterable[str], holds: Callable[[str], bool]
) -> tuple[tuple[str, str], ...]:
    """Return the packages to install: normalised name, and requirement without marker.

    :param holds: evaluates a marker.
    :raises Refusal: when there are none, or one is no plain requirement (R80, E17).
    """
    needed = []
    for item in requires:
        try:
            parsed = ProviderRequirement.parse(item)
        except ValidationError as error:
            raise Refusal(str(error)) from None
        base = item.partition(";")[0].strip()
        if _ANY_TEXT in base:
            raise Refusal(f"{base!r:.200} is no version of an index")
        if parsed.marker is None or holds(parsed.marker):
            needed.append((parsed.name, base))
    if not needed:
        raise Refusal("no provider package is for this platform")
    return tuple(needed)
