"""Whose code may run to find out what a machine supports.

Sources: DESIGN 4; providers draft, "Providers" and "Security Implications"; R69,
R74, R75.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .errors import ValidationError
from .requirement import normalize_name

__all__ = ["Trusted", "trusted_for"]


_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_VERSION = r"[A-Za-z0-9.!+_-]+"
_ITEM = re.compile(
    rf"(?P<name>{_NAME})(?:==(?P<version>{_VERSION}))?(?:#sha256=(?P<digest>[0-9a-f]{{64}}))?"
)


@dataclass(frozen=True, slots=True)
class Trusted:
    """A package that the user trusts.

    :param name: the normalised name.
    :param version: the only version that is trusted, None for all.
    :param sha256: the only wheel that is trusted, as hex digits; None for all.
    """

    name: str
    version: str | None = None
    sha256: str | None = None

    @classmethod
    def parse(cls, text: str) -> Trusted:
        """Read ``NAME``, ``NAME==VERSION`` or either with ``#sha256=DIGITS``.

        >>> Trusted.parse("Provider_X==1.0")
        Trusted(name='provider-x', version='1.0', sha256=None)

        :raises ValidationError: for anything else.
        """
        match = _ITEM.fullmatch(text)
        if match is None:
            msg = (
                f"{text!r:.200} is no package; write NAME, NAME==VERSION or "
                "NAME==VERSION#sha256=DIGITS"
            )
            raise ValidationError(msg)
        return cls(normalize_name(match["name"]), match["version"], match["digest"])

    def __str__(self) -> str:
        """Return the text that :meth:`parse` reads."""
        version = "" if self.version is None else f"=={self.version}"
        digest = "" if self.sha256 is None else f"#sha256={self.sha256}"
        return f"{self.name}{version}{digest}"


def trusted_for(trusted: Iterable[Trusted], name: str) -> tuple[Trusted, ...]:
    """Return the items that are about a package; none of them: it is not trusted.

    :param name: in any spelling.
    """
    wanted = normalize_name(name)
    return tuple(item for item in trusted if item.name == wanted)
