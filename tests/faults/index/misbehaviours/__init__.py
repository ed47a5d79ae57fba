"""What an index can do wrong with one answer: all that these tests try.

Each misbehaviour takes the wire, on which it answers.
"""

from __future__ import annotations

from tests.faults.index._unruly import Misbehaviour
from tests.faults.index.misbehaviours import (
    bodies,
    connections,
    content_types,
    contents,
    encodings,
    heads,
    parts,
    redirects,
    statuses,
    timing,
)

__all__ = ["MISBEHAVIOURS", "PATIENCE"]

PATIENCE = 3
"""How long pip waits for the next bytes in these tests, in seconds."""

MISBEHAVIOURS: dict[str, Misbehaviour] = {
    **timing.listed,
    **connections.listed,
    **statuses.listed,
    **redirects.listed,
    **content_types.listed,
    **bodies.listed,
    **encodings.listed,
    **heads.listed,
    **contents.listed,
    **parts.listed,
}
"""Name -> what answers."""
