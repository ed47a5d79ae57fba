"""Python's cyclic collector, kept quiet while much is made that stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collector_paused"]


@contextmanager
def collector_paused(wanted: bool = True) -> Iterator[None]:
    """Keep the collector from walking again and again what only grows.

    Modules bring much along that stays to the end. Reading 10,000 variants takes a
    third of the time so; neither makes cycles that are worth a look.

    :param wanted: False where it is not worth the while.
    """
    if not (wanted and gc.isenabled()):
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
