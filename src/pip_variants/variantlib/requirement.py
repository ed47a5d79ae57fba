"""The little of a dependency specifier that choosing a provider needs.

Only names are read here, never versions or URLs: nothing is installed by this.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import ValidationError

__all__ = ["ProviderRequirement", "normalize_name"]

_SPECIFIER = re.compile(
    r"""\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)
        \s*(?:\[[^\]]*\])?      # extras
        \s*(?P<version>[^;@]*)  # no URL
        (?:;(?P<marker>.+))?""",
    re.VERBOSE,
)


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
        found = _SPECIFIER.fullmatch(text)
        if found is None:
            msg = f"{text!r:.200} does not name a package with a version range"
            raise ValidationError(msg)
        marker = found["marker"]
        return cls(normalize_name(found["name"]), marker and marker.strip())
