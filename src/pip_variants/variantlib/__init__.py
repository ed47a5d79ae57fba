"""Wheel variants for any installer or build backend: read, decide, explain.

Data flows one way: file name -> label; bytes -> metadata; machine -> supported
properties; metadata and supported properties -> a rank or a reason per label.
Nothing here knows pip, reads the environment or prints.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .errors import VariantError
    from .filename import parse_wheel_filename
    from .metadata import VariantsJson
    from .model import SupportedProperties
    from .selection import Selection, select

__all__ = [
    "Selection",
    "SupportedProperties",
    "VariantError",
    "VariantsJson",
    "parse_wheel_filename",
    "select",
]

_HOMES = {
    "Selection": "selection",
    "SupportedProperties": "model",
    "VariantError": "errors",
    "VariantsJson": "metadata",
    "parse_wheel_filename": "filename",
    "select": "selection",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is asked for: most runs of pip need none of them."""
    if name not in _HOMES:
        raise AttributeError(name)
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value
