"""Which version of a distribution there will be beside a wheel, as far as known.

Labels with ``abi_dependency`` fit or do not fit by that. Who knows it:

- :class:`InstalledPicks`, where nothing is resolved: what is installed
- :class:`LockedPicks`, while a lock file is read: what it lists
- ``resolving.guesses.Guesses``, before pip's resolver has run: what it is likely to pick
- ``resolving.settling.Picked``, after that: what it has picked
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Self

from .. import _pip
from ..variantlib.abi_dependency import distribution_name

__all__ = ["InstalledPicks", "LockedPicks", "Pick", "Picks"]


_ABSENT = "not installed, and pip decides when it installs it"


@dataclass(frozen=True, slots=True)
class Pick:
    """The version of a distribution that there will be.

    :param name: in its normal form.
    :param version: None when it will not be there.
    :param resolved: pip picks it in this run; else it is installed and stays.
    :param absence: what is said where it will not be there.
    """

    name: str
    version: str | None
    resolved: bool = False
    absence: str = "neither installed nor required"

    def __str__(self) -> str:
        if self.version is None:
            return f"{self.name} is {self.absence}"
        if self.resolved:
            return f"pip picks {self.name} {self.version} here"
        return f"{self.name} {self.version} is installed"


class Picks:
    """Knows what there will be; nothing by itself.

    *undecided* means that the resolver may still pick another version: then labels
    that do not fit what is picked so far are the last choice, but a choice.
    """

    undecided: bool = False

    def final(self) -> Self:
        """Return the same, without a way out to other versions."""
        same = copy(self)
        same.undecided = False
        return same

    def version_of(self, name: str) -> Pick:
        """Return the pick of a distribution by its normal name."""
        return Pick(name, None, absence=_ABSENT)

    def of(self, feature: str) -> Pick:
        """Return the pick of the distribution that a feature means."""
        return self.version_of(distribution_name(feature))

    def bars(self, release: tuple[str, str], feature: str) -> bool:  # noqa: ARG002 - for subclasses
        """Tell whether a release cannot have the distribution that a feature means."""
        return False


class InstalledPicks(Picks):
    """What is installed in the environment of this pip."""

    def version_of(self, name: str) -> Pick:
        """Look the distribution up."""
        dist = _pip.get_default_environment().get_distribution(name)
        version = None if dist is None else str(dist.version)
        return Pick(name, version, absence=_ABSENT)


class LockedPicks(InstalledPicks):
    """What a lock file lists; beside it, what is installed."""

    def __init__(self, versions: Mapping[str, str]) -> None:
        """Hold the versions by the normal names of distributions."""
        self._versions = versions

    def version_of(self, name: str) -> Pick:
        """Look the distribution up."""
        if name in self._versions:
            return Pick(name, self._versions[name], resolved=True)
        return super().version_of(name)
