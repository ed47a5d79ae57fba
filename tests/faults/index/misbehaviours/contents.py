"""Other contents than the page says."""

from __future__ import annotations

import json

from tests.faults.index._unruly import Wire
from tests.faults.index.misbehaviours._listing import Listing

listed = Listing()


@listed("sends other bytes")
def _other_bytes(wire: Wire) -> None:
    """As many as the good ones, and with another hash."""
    body = wire.good.body
    wire.reply(body=body[:-1] + bytes(byte ^ 1 for byte in body[-1:]))


@listed("sends other metadata")
def _other_metadata(wire: Wire) -> None:
    """By which another variant would be the best one."""
    document = json.loads(wire.good.body)
    variants = document["variants"]
    variants["v1"], variants["v2"] = variants["v2"], variants["v1"]
    wire.reply(body=json.dumps(document).encode())
