"""Target: the checks of a publisher's metadata."""

from __future__ import annotations

from pip_variants.variantlib.publishing.validating import RULES, validate
from tests.unit.variantlib.publishing.validating.samples import TOOLS

from .laws import Scratch, told

__all__ = ["fuzz_checked_metadata"]

_scratch = Scratch()


def fuzz_checked_metadata(data: bytes) -> None:
    """Whatever a file of metadata holds, the check of it ends with findings."""
    path = _scratch.file("demo-1.0-variants.json", data)
    for found in validate([path], TOOLS):
        assert found.rule in RULES
        told(found.text, data)
