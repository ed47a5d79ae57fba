"""What publishers need: variant wheels made, checked, and put on an index."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .indexing.combining import Disagreement, combine_wheels
    from .indexing.folder import index_folder
    from .inspection import Inspection, inspect_file
    from .labels import default_label
    from .project.matrix import Cell, read_matrix
    from .project.seed import Seed, SeedError
    from .validating import RULES, Finding, validate
    from .wheels.making import Made, make_variant, unmake_variant

__all__ = [
    "RULES",
    "Cell",
    "Disagreement",
    "Finding",
    "Inspection",
    "Made",
    "Seed",
    "SeedError",
    "combine_wheels",
    "default_label",
    "index_folder",
    "inspect_file",
    "make_variant",
    "read_matrix",
    "unmake_variant",
    "validate",
]

_HOMES = {
    "RULES": "validating",
    "Cell": "project.matrix",
    "Disagreement": "indexing.combining",
    "Finding": "validating",
    "Inspection": "inspection",
    "Made": "wheels.making",
    "Seed": "project.seed",
    "SeedError": "project.seed",
    "combine_wheels": "indexing.combining",
    "default_label": "labels",
    "index_folder": "indexing.folder",
    "inspect_file": "inspection",
    "make_variant": "wheels.making",
    "read_matrix": "project.matrix",
    "unmake_variant": "wheels.making",
    "validate": "validating",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is asked for: nobody needs all of them."""
    if name not in _HOMES:
        raise AttributeError(name)
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value
