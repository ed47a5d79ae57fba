"""One good index, another one to redirect to, and what stands before the first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.index._unruly import Unruly
from tests.kit import LEVELS, Index


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """demo 1.0 with v1, v2 (the best), v3 (does not fit), null and a plain wheel."""
    with Index(tmp_path_factory.mktemp("good") / "index") as index:
        index.add(LEVELS)
        yield index


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The same on another port."""
    with Index(tmp_path_factory.mktemp("elsewhere") / "index") as index:
        index.add(LEVELS)
        yield index


@pytest.fixture
def unruly(good: Index, elsewhere: Index) -> Iterator[Unruly]:
    """The good index behind a server that misbehaves where it is told to."""
    with Unruly(good.url, elsewhere.url) as server:
        yield server
