"""A setting as it was written, with the place where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

__all__ = ["Layer", "Origin", "Setting"]


class Origin(NamedTuple):
    """Where a setting stands.

    :param place: the file, or "command line" or "environment".
    :param key: the key as it is written there.
    """

    place: str
    key: str

    def __str__(self) -> str:
        if self.place == "command line":
            return f"--{self.key}"
        return (
            f"{self.key} in {self.place}" if self.place != "environment" else self.key
        )


class Setting(NamedTuple):
    """The texts of one setting, as they were written, and where."""

    texts: Sequence[str]
    origin: Origin


Layer = Mapping[str, Setting]
"""The settings of one place, by long name of their option."""
