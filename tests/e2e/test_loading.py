"""What a run imports of ours: who meets no variants loads nothing that decides."""

from __future__ import annotations

import re

import pytest

from tests.kit import LEVELS, Index, Pip
from tests.running import Result

WATCHED = {"PYTHONPROFILEIMPORTTIME": "1"}
DECIDING = {
    *("choice", "decider", "machine", "release_metadata", "report"),
    *("variantlib.detection", "variantlib.metadata", "variantlib.selection"),
}


def loaded(result: Result) -> set[str]:
    """Return the names of our modules that a run imported."""
    found = set(re.findall(r"\| +pip_variants\.(\S+)$", result.err, re.MULTILINE))
    assert "finder" in found
    return found


@pytest.mark.parametrize("legacy", [False, True], ids=["resolver", "legacy resolver"])
class TestWithoutVariants:
    def run(self, pip: Pip, index: Index, legacy: bool, requirement: str) -> Result:
        old = ("--use-deprecated=legacy-resolver",) if legacy else ()
        where = ("--index-url", index.url)
        return pip("install", "--dry-run", *old, *where, requirement, environ=WATCHED)

    def test_a_plain_package_loads_nothing_that_decides(
        self, pip: Pip, index: Index, legacy: bool
    ) -> None:
        index.add()
        result = self.run(pip, index, legacy, "demo").ok()
        assert not DECIDING & loaded(result)

    def test_a_package_that_is_not_found_loads_nothing_that_decides(
        self, pip: Pip, index: Index, legacy: bool
    ) -> None:
        index.add()
        result = self.run(pip, index, legacy, "demo==7").failed()
        assert "No matching distribution found for demo==7" in result.err
        assert not DECIDING & loaded(result)

    def test_a_labelled_wheel_loads_what_decides(
        self, pip: Pip, index: Index, legacy: bool
    ) -> None:
        """Without this the two above could not fail."""
        index.add(document=LEVELS)
        result = self.run(pip, index, legacy, "demo").ok()
        assert loaded(result) >= DECIDING


def test_metadata_alone_does_not_load_what_looks_into_wheels(
    pip: Pip, index: Index
) -> None:
    index.add(document=LEVELS)
    result = pip.dry(index, "demo", environ=WATCHED).ok()
    assert "demo-1.0-v2" in result.would_install
    unused = {"dependencies", "records", "range_reader", "variantlib.wheel"}
    assert not unused & loaded(result)
