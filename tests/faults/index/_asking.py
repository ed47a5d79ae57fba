"""How the tests ask an index that misbehaves, and for what."""

from __future__ import annotations

from tests.faults.index._unruly import Wire
from tests.faults.index.misbehaviours import PATIENCE

RETRIES = 1
HASTY = ("--timeout", str(PATIENCE), "--retries", str(RETRIES))
PROJECT = "/simple/demo/"


def gone(wire: Wire) -> None:
    wire.reply(404, body=b"")
