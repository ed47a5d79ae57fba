"""Which variant an installed distribution is, and why it was taken.

Two files in its ``.dist-info`` folder tell: ``variant.json``, which came with the
wheel, and ``variant_selection.json``, the record that is written when a variant is
installed. The record keeps what the machine supported at that time, so that the
markers of its dependencies mean the same for ever (E30).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import _pip
from .variantlib.model import Properties

if TYPE_CHECKING:
    from .variantlib.metadata import VariantsJson

__all__ = [
    "RECORD_NAME",
    "InstalledVariant",
    "attach",
    "installed_label",
    "installed_metadata",
    "installed_variant",
]

RECORD_NAME = "variant_selection.json"

_METADATA_NAME = "variant.json"


@dataclass(frozen=True, slots=True)
class InstalledVariant:
    """The variant that an installed distribution is.

    :param declared: all properties of the label.
    :param matched: those that the machine supported when it was installed; all of
        them where no record tells.
    :param forced: it was taken although nobody asked the machine.
    :param recorded: a record says that it was chosen as a variant.
    """

    label: str
    declared: Properties
    matched: Properties
    forced: bool = False
    recorded: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return what reports and the record say."""
        return {
            "label": self.label,
            "properties": self.matched,
            "forced": self.forced,
        }

    def record(self) -> str:
        """Return the text of the record."""
        return json.dumps(self.to_dict(), indent=1, sort_keys=True) + "\n"


def attach(dist: _pip.BaseDistribution, variant: InstalledVariant) -> None:
    """Tell a distribution which variant it is.

    For one that is only metadata: that does not know the label (PEP 658).
    """
    # The replacement of iter_dependencies looks for this very name.
    dist.chosen_variant = variant  # type: ignore[attr-defined]


def installed_metadata(dist: _pip.BaseDistribution) -> VariantsJson | None:
    """Return the metadata that a variant wheel left behind, None without a label.

    A file that cannot be read counts as none.
    """
    text = _read(dist, _METADATA_NAME)
    if text is None:
        return None
    from .variantlib.errors import VariantError
    from .variantlib.metadata import VariantsJson

    try:
        document = VariantsJson.from_bytes(text.encode())
    except VariantError:
        return None
    return document if len(document.variants) == 1 else None


def installed_variant(dist: _pip.BaseDistribution) -> InstalledVariant | None:
    """Return the variant that a distribution is, None for one without a label."""
    document = installed_metadata(dist)
    if document is None:
        return None
    ((label, declared),) = document.variants.items()
    record = _read_record(dist, label)
    matched = _within(declared, record.get("properties"))
    forced = record.get("forced") is True
    return InstalledVariant(label, declared, matched, forced, bool(record))


def installed_label(dist: _pip.BaseDistribution) -> str | None:
    """Return the label of an installed distribution, None for a plain one."""
    variant = installed_variant(dist)
    return None if variant is None else variant.label


def _read(dist: _pip.BaseDistribution, name: str) -> str | None:
    try:
        text: str | None = dist.read_text(name)
    except (OSError, ValueError, _pip.PipError):
        return None
    return text  # None for a wheel that was not installed


def _read_record(dist: _pip.BaseDistribution, label: str) -> dict[str, Any]:
    """Return the record, empty when it is missing, broken or of another label."""
    try:
        record = json.loads(_read(dist, RECORD_NAME) or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(record, dict) or record.get("label") != label:
        return {}
    return record


def _within(declared: Properties, recorded: Any) -> Properties:
    """Return what the record says, as far as the metadata agrees."""
    if not isinstance(recorded, dict):
        return declared
    return {
        namespace: {
            feature: [
                value
                for value in values
                if value in _list_at(recorded, namespace, feature)
            ]
            for feature, values in features.items()
        }
        for namespace, features in declared.items()
    }


def _list_at(recorded: dict[str, Any], namespace: str, feature: str) -> list[Any]:
    features = recorded.get(namespace)
    values = features.get(feature) if isinstance(features, dict) else None
    return values if isinstance(values, list) else []
