"""Text with gaps: ``cu{cuda}_{level}``.

A gap holds the name of an axis, or that name and ``.values``. ``{{`` and ``}}`` stand
for the braces themselves. Python's own formatting is not used: it looks up attributes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...errors import ValidationError

__all__ = ["fill_in", "gaps"]

_TOKEN = re.compile(r"\{\{|\}\}|\{([a-z0-9_]+(?:\.values)?)\}|[{}]")
_BRACES = {"{{": "{", "}}": "}"}


def gaps(template: str) -> frozenset[str]:
    """Return what the gaps of a template hold.

    >>> sorted(gaps("cu{cuda}_{level.values}{{}}"))
    ['cuda', 'level.values']

    :raises ValidationError: for a brace that belongs to no gap.
    """
    found = set()
    for match in _TOKEN.finditer(template):
        if match[1] is not None:
            found.add(match[1])
        elif match[0] not in _BRACES:
            msg = (
                f"{template!r} has a brace that belongs to no name; "
                "'{{' and '}}' stand for braces"
            )
            raise ValidationError(msg)
    return frozenset(found)


def fill_in(template: str, words: Mapping[str, str]) -> str:
    """Fill the gaps of a checked template; those of unknown names stay as they are.

    >>> fill_in("cu{cuda}_{level}", {"cuda": "129", "level": "v3"})
    'cu129_v3'
    """

    def word(match: re.Match[str]) -> str:
        if match[1] is None:
            return _BRACES.get(match[0], match[0])
        return words.get(match[1], match[0])

    return _TOKEN.sub(word, template)
