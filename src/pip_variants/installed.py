"""Which variant an installed distribution is."""

from __future__ import annotations

from . import _pip

__all__ = ["installed_label"]


def installed_label(dist: _pip.BaseDistribution) -> str | None:
    """Return the label of an installed distribution, None for a plain one.

    It stands in the ``variant.json`` that the wheel left behind; a file that cannot
    be read counts as none.
    """
    try:
        text: str | None = dist.read_text("variant.json")
    except (OSError, ValueError, _pip.PipError):
        return None
    if text is None:  # of a wheel that was not installed
        return None
    from .variantlib.errors import VariantError
    from .variantlib.metadata import VariantsJson

    try:
        labels = tuple(VariantsJson.from_bytes(text.encode()).variants)
    except VariantError:
        return None
    return labels[0] if len(labels) == 1 else None
