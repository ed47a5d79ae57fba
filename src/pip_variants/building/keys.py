"""The keys of wheels in the ledger: equal for wheels that are made of the same."""

from __future__ import annotations

import hashlib
import json
import sys
import sysconfig
from typing import Any

from .. import __version__
from .orders import Orders
from .plan import Build
from .source import Sdist

__all__ = ["digest_of", "key_of"]


def key_of(build: Build, label: str | None, sdist: Sdist, orders: Orders) -> str:
    """Return the key of a wheel: it names all that matters to it.

    :param label: None for the plain wheel.
    """
    document = None if label is None else orders.documents[label].to_dict()
    return digest_of(
        {
            "maker": __version__,
            "sdist": sdist.digest,
            "recipe": build.recipe.key,
            "document": document,
            "python": sys.version,
            "platform": sysconfig.get_platform(),
            "isolated": orders.isolated,
            "timestamp": orders.timestamp,
        }
    )


def digest_of(made_of: Any) -> str:
    """Return the digest of all that a wheel is made of, given as JSON."""
    text = json.dumps(made_of, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
