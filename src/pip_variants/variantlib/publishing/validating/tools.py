"""What a check needs and the standard library has not: given by who calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ..indexing.names import version_key

if TYPE_CHECKING:
    from ..vocabulary import Vocabulary

__all__ = ["Shortage", "Tools"]


class Shortage(NamedTuple):
    """Why a provider package cannot be had.

    :param reason: a sentence without its full stop.
    :param remedy: what to do about it.
    :param found: whether the package is there, but not as a plain wheel (R87).
    :param unsure: whether nobody could be asked, so that nothing is known.
    """

    reason: str
    remedy: str = ""
    found: bool = False
    unsure: bool = False


def _no_fault(_requirement: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Tools:
    """Who answers what a check cannot know by itself.

    :param canonical_version: returns the one spelling of a version.
    :param requirement_fault: says why a dependency specifier cannot be read, "" when
        it can.
    :param holds: evaluates a marker for a described environment; raises ValueError
        when it cannot be read. None: markers of providers are not looked into.
    :param vocabulary: who knows which properties exist. None: those that no machine
        offers are not found.
    :param shortage: tells why the packages that a provider requires cannot be had,
        None when they can. None: not looked for.
    :param on_file: is told the name of each file before it is looked at, with its
        number and how many there are.
    """

    canonical_version: Callable[[str], str] = version_key
    requirement_fault: Callable[[str], str] = _no_fault
    holds: Callable[[str, Mapping[str, str]], bool] | None = None
    vocabulary: Vocabulary | None = None
    shortage: Callable[[Sequence[str]], Shortage | None] | None = None
    on_file: Callable[[str, int, int], None] | None = None
