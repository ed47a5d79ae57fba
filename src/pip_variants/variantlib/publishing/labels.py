"""The label of a wheel whose publisher gives it none.

Source: PROVIDERS 3.1; the published tools name labels like this by default. Thirty-two
bits collide: the label names a wheel, it identifies nothing (F21).
"""

from __future__ import annotations

import hashlib

from ..model import NULL_LABEL, Label, Properties, each_property

__all__ = ["default_label"]

_DIGITS = 8


def default_label(properties: Properties) -> Label:
    """Return the label that the published tools give to a set of properties.

    The order of the properties does not matter. No properties make the null variant.

    >>> default_label({"x86_64": {"level": ["v3"]}})
    'fa7c1393'
    >>> default_label({})
    'null'
    """
    if not properties:
        return Label(NULL_LABEL)
    lines = "".join(f"{each}\n" for each in sorted(set(each_property(properties))))
    return Label(hashlib.sha256(lines.encode()).hexdigest()[:_DIGITS])
