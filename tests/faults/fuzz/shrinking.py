"""A smaller input that breaks a target in the same way."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable

__all__ = ["shrink"]


def shrink(target: Callable[[bytes], None], data: bytes, seconds: float) -> bytes:
    """Return what is left of *data* when pieces are taken out as long as it breaks.

    :param seconds: after which it may stop.
    """
    fault = _fault(target, data)
    if fault is None:
        return data
    end = time.monotonic() + seconds
    size = max(len(data) // 2, 1)
    while size and time.monotonic() < end:
        start, shorter = 0, False
        while start < len(data) and time.monotonic() < end:
            rest = data[:start] + data[start + size :]
            if _fault(target, rest) == fault:
                data, shorter = rest, True
            else:
                start += size
        if not shorter:
            size //= 2
    return data


def _fault(
    target: Callable[[bytes], None], data: bytes
) -> tuple[type, str, int] | None:
    """Return what is raised, and where; None for nothing."""
    try:
        target(data)
    except Exception as error:  # noqa: BLE001 - whatever it is
        last = traceback.extract_tb(error.__traceback__)[-1]
        return type(error), last.filename, last.lineno or 0
    return None
