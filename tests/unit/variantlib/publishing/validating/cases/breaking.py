"""What a case is: files that break a rule, and what is found of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pip_variants.variantlib.publishing.validating import Tools
from tests.unit.variantlib.publishing.validating.samples import TOOLS, Release, changed

Break = Callable[[Release], object]


class Case(NamedTuple):
    """What breaks a rule, and how severe that is for these tools."""

    rule: str
    severity: str
    write: Break
    tools: Tools


class Cases:
    """The cases of one module, in the order in which they stand there."""

    def __init__(self) -> None:
        self.all: list[Case] = []

    def breaks(
        self, rule: str, severity: str = "error", tools: Tools = TOOLS
    ) -> Callable[[Break], Break]:
        """Add a case: files that are found to break a rule."""

        def add(write: Break) -> Break:
            self.all.append(Case(rule, severity, write, tools))
            return write

        return add


def alone(*path: str, to: object) -> Break:
    """Return a case: what the metadata says is changed in all wheels."""
    return lambda release: release.put(changed(*path, to=to))
