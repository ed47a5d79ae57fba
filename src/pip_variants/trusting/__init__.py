"""Packages that the user trusts: who says so, and how they are installed and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..variantlib.trust import Trusted

__all__ = ["how_to_keep_trusting", "how_to_trust"]


def how_to_trust(
    names: Iterable[str], trusted: Sequence[Trusted] = (), *, forbidden: bool = False
) -> str:
    """Return the options that trust further packages in one run.

    :param trusted: whom the user trusts already: a list replaces the one before.
    :param forbidden: whether a policy is set that keeps trusted packages out.
    """
    policy = "--variant-providers trusted " if forbidden else ""
    return f"{policy}--variant-trusted-providers {_list(names, trusted)}"


def how_to_keep_trusting(names: Iterable[str], trusted: Sequence[Trusted] = ()) -> str:
    """Return the command that trusts further packages from now on.

    :param trusted: as above.
    """
    return f"pip config set variant.trusted-providers {_list(names, trusted)}"


def _list(names: Iterable[str], trusted: Sequence[Trusted]) -> str:
    return ",".join(dict.fromkeys((*map(str, trusted), *names)))
