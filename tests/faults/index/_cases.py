"""What is to come of each misbehaviour: the table of these tests.

Of pages, wheels and their PEP 658 metadata, the outcome is that of stock pip, which
is asked beside. Of the files about variants, it is written down here.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

import pytest

from tests.faults.index.misbehaviours import MISBEHAVIOURS

__all__ = ["INSIDE", "LISTED", "OF_PARTS", "SIDE_BY_SIDE", "Outcome", "cases"]


class Outcome(enum.Enum):
    """Which wheel of demo is installed, and what is said."""

    BEST = "the best variant, without a word"
    WHEELS = "the best variant, by the metadata in the wheels, with one warning"
    SILENT = "the best variant, by the metadata in the wheels, without a word"
    NEXT = "the second best variant, with one warning"
    PLAIN = "the plain wheel, with one warning"
    REFUSED = "an error that names the release; nothing is installed"
    BROKEN = "an error, for the wheel that is chosen cannot be had either"


_HARMLESS = (
    "drips the body",
    "drips the head",
    "stalls once",
    "closes once before the head",
    "closes a kept connection",
    "says 503 once",
    "redirects to another host",
    "redirects with credentials",
    "gives another type",
    "gives no type",
    "gives an unknown charset",
    "sends more than the length",
    "gives no length",
    "gives a negative length",
    "gives a length in words",
    "sends chunks",
    "packs unasked",
    "packs as deflate",
    "packs twice",
    "packs as nobody does",
    "speaks HTTP/1.0",
    "says 100 first",
)
_OF_PARTS = (
    "sends all for a part",
    "sends another part",
    "does not say which part",
    "sends wrong bytes of a part",
    "has no such part",
    "promises no parts",
    "refuses HEAD",
    "stalls at HEAD",
    "doubles the length at HEAD",
)
_PIPS_OWN_LOG = "sends a header without colon"
"""urllib3 reports it with a traceback, and all is well: stock pip shows that, too."""

_OF_METADATA = "sends other metadata"
_WITHOUT_END = frozenset({"drips for ever", "sends without end"})
"""Stock pip waits for ever, or until the disk is full; so do we, with pages and wheels."""

_OF_ANYTHING = tuple(name for name in MISBEHAVIOURS if name != _OF_METADATA)

LISTED: dict[str, Outcome] = {
    **dict.fromkeys(MISBEHAVIOURS, Outcome.WHEELS),
    **dict.fromkeys((*_HARMLESS, *_OF_PARTS, _PIPS_OWN_LOG), Outcome.BEST),
    # E35: it is gone, and the wheels are there.
    "says 404": Outcome.SILENT,
    "says 410": Outcome.SILENT,
    "redirects with credentials to nothing": Outcome.SILENT,
    # E35: as for a wheel.
    "says 401": Outcome.REFUSED,
    "says 403": Outcome.REFUSED,
    "says 407": Outcome.REFUSED,
    "redirects with credentials to a refusal": Outcome.REFUSED,
    # Nothing can be had any more, and who says so is one warning and pip.
    "switches off": Outcome.BROKEN,
}
"""Of variants.json, which the index lists with its hash."""

_HEAD_TELLS_NOTHING = (
    "gives no length",
    "gives a negative length",
    "gives a length in words",
    "sends chunks",
)
_HASH_OF_WHEEL = (
    "packs unasked",
    "packs as deflate",
    "packs twice",
    "sends other bytes",
)

INSIDE: dict[str, Outcome] = {
    **dict.fromkeys(_OF_ANYTHING, Outcome.NEXT),
    **dict.fromkeys(_HARMLESS, Outcome.BEST),
    # Without a length there are no parts, of this wheel.
    **dict.fromkeys(_HEAD_TELLS_NOTHING, Outcome.NEXT),
    # It can be read, but pip finds another hash when it downloads it.
    **dict.fromkeys(_HASH_OF_WHEEL, Outcome.BROKEN),
    "switches off": Outcome.BROKEN,
    # A server that knows no parts knows none of other wheels.
    "sends all for a part": Outcome.PLAIN,
    "promises no parts": Outcome.PLAIN,
}
"""Of the best wheel, where there is no variants.json and the wheels are read."""

OF_PARTS: dict[str, None] = dict.fromkeys(_OF_PARTS)
"""Of requests for parts."""

SIDE_BY_SIDE: dict[str, None] = dict.fromkeys(
    name for name in MISBEHAVIOURS if name not in {*_WITHOUT_END, _OF_METADATA}
)
"""Of what stock pip asks for, too."""

_ALWAYS = {
    "listed": (
        "drips for ever",
        "stalls in the body",
        "closes before the head",
        "closes in the body",
        "switches off",
        "says 204",
        "says 403",
        "says 404",
        "says 503",
        "redirects with credentials to a refusal",
        "redirects in a loop",
        "redirects to a file",
        "sends without end",
        "sends a bomb in a bomb",
        "sends other metadata",
    ),
    "inside": (
        "stalls at HEAD",
        "closes in the body",
        "redirects to another host",
        "redirects to a file",
        "sends all for a part",
        "sends another part",
    ),
    "page": ("closes once before the head", "says 503"),
    "metadata": ("sends other bytes",),
    "wheel": ("closes in the body", "sends other bytes"),
    "parts": ("sends another part",),
}
"""What is tried without --thorough: one of each kind."""


def cases(subject: str, table: Mapping[str, Outcome | None]) -> list[Any]:
    """Return the rows of a table as parameters of a test."""
    return [
        pytest.param(
            name,
            outcome,
            id=name.replace(" ", "-"),
            marks=() if name in _ALWAYS[subject] else pytest.mark.thorough,
        )
        for name, outcome in table.items()
    ]
