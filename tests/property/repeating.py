"""JSON whose objects have a key more than once."""

from __future__ import annotations

import json
from typing import Any


def written(value: Any, colon: str) -> str:
    """Write JSON in which a tuple of pairs is an object, keys repeated or not."""
    if isinstance(value, tuple):
        pairs = (f"{json.dumps(k)}{colon}{written(v, colon)}" for k, v in value)
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(item, colon) for item in value) + "]"
    return json.dumps(value)
