"""``pip list``, which knows variants."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .. import _pip
from ..installed import installed_label
from ..options import SWITCH
from ..text import printable
from ._base import FinderCommand

__all__ = ["ListCommand"]

_HEADS_BEFORE = ("Package", "Version", "Latest", "Type", "Build")
"""The columns that stand before ours; pip's others are locations."""


class ListCommand(FinderCommand, _pip.ListCommand):  # noqa: D101 - has the docstring of pip, which is its help
    __doc__ = _pip.ListCommand.__doc__
    variant_options = (SWITCH,)

    _labels: Sequence[str | None] = ()

    def output_package_listing(self, packages: Any, options: Any) -> None:
        """Print the packages with their labels; the freeze format has none."""
        if options.list_format == "freeze":
            super().output_package_listing(packages, options)
            return
        # In pip's order, so that the labels find their rows.
        dists = sorted(packages, key=lambda dist: dist.canonical_name)
        labels = [installed_label(dist) for dist in dists]
        if options.list_format == "json":
            items = json.loads(_pip.format_for_json(dists, options))
            for item, label in zip(items, labels, strict=True):
                item["variant"] = label
            _pip.write_output(json.dumps(items))
        else:
            self._labels = labels
            super().output_package_listing(dists, options)

    def output_package_listing_columns(
        self, data: list[list[str]], header: list[str]
    ) -> None:
        """Print the table, with a column more when something has a label."""
        if any(self._labels):
            place = sum(head in _HEADS_BEFORE for head in header)
            header.insert(place, "Variant")
            for row, label in zip(data, self._labels, strict=True):
                row.insert(place, printable(label or ""))
        super().output_package_listing_columns(data, header)
