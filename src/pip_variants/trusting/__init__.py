"""Packages that the user trusts: who says so, and how they are installed and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..variantlib.trust import Trusted

__all__ = ["how_to_keep_trusting", "how_to_pin", "how_to_trust"]


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


def how_to_pin(
    names: Sequence[str], trusted: Sequence[Trusted] = (), *, forbidden: bool = False
) -> str:
    """Say how to trust one wheel alone: nobody but the user can know its hash.

    :param trusted: as above; what it says of these packages is left out.
    :param forbidden: as above.
    """
    kept = [item for item in trusted if item.name not in names]
    pins = [f"{name}==VERSION#sha256=DIGITS" for name in names]
    option = how_to_trust(pins, kept, forbidden=forbidden)
    return (
        f"{option}; 'pip download --no-deps --only-binary :all: {' '.join(names)}' gets "
        "it and 'pip hash FILE' shows the digits"
    )


def _list(names: Iterable[str], trusted: Sequence[Trusted]) -> str:
    return ",".join(dict.fromkeys((*map(str, trusted), *names)))
