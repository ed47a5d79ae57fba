"""pip's commands that deal with variants, each made ours when it is asked for."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["find"]

_OURS = {
    "download": "DownloadCommand",
    "index": "IndexCommand",
    "install": "InstallCommand",
    "list": "ListCommand",
    "lock": "LockCommand",
    "variant": "VariantCommand",
    "wheel": "WheelCommand",
}


def find(name: str) -> Any:
    """Return our class for the command *name*, None when pip's own serves."""
    class_name = _OURS.get(name)
    if class_name is None:
        return None
    module = importlib.import_module(f"{__name__}.{name}")
    return getattr(module, class_name)
