"""Wheel variants for any installer or build backend: read, decide, explain.

Data flows one way: file name -> label; bytes -> metadata; machine -> supported
properties; metadata and supported properties -> a rank or a reason per label.
Nothing here knows pip, reads the environment or prints.
"""

from __future__ import annotations

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
