"""Libraries of drivers: whether one is there, and loading it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["is_there", "load"]


def is_there(name: str) -> bool:
    """Tell whether a library can be loaded; True also when that is not known.

    Most machines have no driver of a given vendor. They need not pay for importing
    ctypes, which takes more time than all else here; the module below it, which does
    the loading, takes next to none.
    """
    try:
        import _ctypes
    except ImportError:
        return True
    load_it = getattr(_ctypes, "dlopen", None)
    if load_it is None:
        return True
    try:
        load_it(name, 0)
    except OSError:
        return False
    return True


def load(paths: Iterable[str]) -> Any:  # its functions are whatever is asked for
    """Load the first of some libraries that can be loaded; None when there is none."""
    paths = tuple(paths)
    if not paths:
        return None
    try:
        # Imported here for its cost, and because some Pythons are built without.
        import ctypes
    except ImportError:
        return None
    for path in paths:
        try:
            return ctypes.CDLL(path)
        except (OSError, ValueError):  # ValueError: the path is no name of a file
            continue
    return None
