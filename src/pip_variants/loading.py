"""Modules that are loaded late, as cheaply as it goes."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collector_resting"]


@contextmanager
def collector_resting() -> Iterator[None]:
    """Let the cyclic collector rest: what modules bring along stays to the end.

    Else it looks at all of that again and again while it grows.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
