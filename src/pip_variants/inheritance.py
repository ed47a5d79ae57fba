"""What a pip that installs the requirements of a build takes over from its parent.

Not its labels and machines: what is built with runs here, and nobody has named it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

__all__ = ["hand_down", "inherited", "kept_to_this_run"]

_VARIABLE = "_PIP_VARIANTS_BUILD"


def hand_down(policy: Mapping[str, Any]) -> None:
    """Hand a policy to the processes that are started from now on."""
    os.environ[_VARIABLE] = json.dumps({"process": os.getpid(), **policy})


def inherited() -> Mapping[str, Any] | None:
    """Return what the parent has handed down, None when there is no such parent."""
    try:
        policy: Mapping[str, Any] = json.loads(os.environ[_VARIABLE])
        return None if policy["process"] == os.getpid() else policy
    except (KeyError, TypeError, ValueError, RecursionError):
        return None


@contextmanager
def kept_to_this_run() -> Iterator[None]:
    """Take back what is handed down meanwhile: other programs may follow."""
    before = os.environ.get(_VARIABLE)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_VARIABLE, None)
