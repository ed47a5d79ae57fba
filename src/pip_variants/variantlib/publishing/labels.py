"""The label of a wheel whose publisher gives it none.

Source: PROVIDERS 3.1; the published tools name labels like this by default. Thirty-two
bits collide: the label names a wheel, it identifies nothing (F21).
"""

from __future__ import annotations

import hashlib

from ..model import NULL_LABEL, Label, Properties, each_property

__all__ = ["default_label", "properties_hash"]

_DIGITS = 8


def default_label(properties: Properties) -> Label:
    """Return the label that the published tools give to a set of properties.

    The order of the properties does not matter. No properties make the null variant.

    >>> default_label({"x86_64": {"level": ["v3"]}})
    'fa7c1393'
    >>> default_label({})
    'null'
    """
    return Label(properties_hash(properties) if properties else NULL_LABEL)


def properties_hash(properties: Properties) -> str:
    """Return the eight digits that the published tools give to a set of properties.

    >>> properties_hash({"x86_64": {"level": ["v3"]}, "blas_lapack": {"library": ["openblas"]}})
    '35ba9e9a'
    >>> properties_hash({})
    'e3b0c442'
    """
    lines = "".join(f"{each}\n" for each in sorted(set(each_property(properties))))
    return hashlib.sha256(lines.encode()).hexdigest()[:_DIGITS]
