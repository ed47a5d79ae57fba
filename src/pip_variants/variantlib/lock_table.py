"""The table ``[packages.variants-json]`` of a lock file, written and read.

It holds the combined metadata of a release (PEP 825, "Integration with pylock.toml").
An installer that reads it needs neither the index page nor ``variants.json``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from .errors import MetadataError
from .metadata import VariantsJson
from .schema import violations

__all__ = ["KEY", "read_table", "write_table"]

KEY = "variants-json"
"""The key of the table in the entry of a package."""

_MOST_PROBLEMS = 5


def write_table(document: VariantsJson, labels: Iterable[str]) -> dict[str, Any]:
    """Return the table for the wheels with these labels (R57, R58).

    Each of the labels is kept whole; other labels go, and what only they used.

    :raises MetadataError: when the metadata cannot be written by its schema.
    """
    table = document.only(labels).to_dict()
    _move_feature_order(table)
    _check(table)
    return table


def _move_feature_order(table: dict[str, Any]) -> None:
    """Say the order of static features where the published schema has a place for it."""
    for namespace, provider in table.get("providers", {}).items():
        order = provider.pop("feature-order", None)
        if order is not None:
            features = table["default-priorities"].setdefault("feature", {})
            features.setdefault(namespace, order)


def read_table(table: object) -> VariantsJson:
    """Return the metadata in a table of a lock file.

    :raises MetadataError: when it breaks the schema that it names (R61).

    >>> read_table({"variants": {}})
    Traceback (most recent call last):
    ...
    pip_variants.variantlib.errors.MetadataError: $schema: must be the address of a schema
    """
    _check(table)
    assert isinstance(table, Mapping)
    return VariantsJson.from_dict(table)


def _check(table: object) -> None:
    found = list(islice(violations(table), _MOST_PROBLEMS + 1))
    if not found:
        return
    first, *others = map(str, found[:_MOST_PROBLEMS])
    if len(found) > _MOST_PROBLEMS:
        others.append("...")
    path = found[0].path
    message = "; ".join([found[0].message, *others]) if first else ""
    raise MetadataError(message, path)
