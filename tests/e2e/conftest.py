"""Real environments, real pips, real servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pip_variants.demo.environment import fresh_environment
from pip_variants.demo.packages import write_index
from tests.e2e.kit import LEVELS, Index, Pip


@pytest.fixture(scope="session")
def shared_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that no test changes."""
    folder = tmp_path_factory.mktemp("environment")
    python = fresh_environment(folder / "env")
    # Otherwise every test would fail, and none would say why.
    version = Pip(python, folder / "home")("--version")
    assert "+variants." in version.out, version.both
    return python


@pytest.fixture
def pip(shared_python: Path, tmp_path: Path) -> Pip:
    """pip with pip-variants, for runs that leave their environment as it is."""
    return Pip(shared_python, tmp_path / "home")


@pytest.fixture
def own_pip(tmp_path: Path) -> Pip:
    """pip with pip-variants, in an environment that the test may change."""
    return Pip(fresh_environment(tmp_path / "env"), tmp_path / "home")


@pytest.fixture
def make_index(tmp_path: Path) -> Iterator[Callable[..., Index]]:
    """Makes further indexes; the arguments are those of IndexServer."""
    with ExitStack() as stack:
        count = 0

        def make(**habits: Any) -> Index:
            nonlocal count
            count += 1
            return stack.enter_context(Index(tmp_path / f"index{count}", **habits))

        yield make


@pytest.fixture
def index(make_index: Callable[..., Index]) -> Index:
    """An empty index."""
    return make_index()


@pytest.fixture(scope="session")
def _shared_demo_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("demo") / "index"
    with Index(folder) as index:
        write_index(folder)
        yield index


@pytest.fixture
def demo_index(_shared_demo_index: Index) -> Index:
    """The index of the embedded demo, which no test changes; its log is empty."""
    _shared_demo_index.forget()
    return _shared_demo_index


@pytest.fixture(scope="session")
def _shared_levels_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index(tmp_path_factory.mktemp("levels") / "index") as index:
        index.add(LEVELS)
        index.add(name="user", requires=["demo"])
        yield index


@pytest.fixture
def levels_index(_shared_levels_index: Index) -> Index:
    """demo 1.0 with v1, v2 (the best), v3 (does not fit), null and a plain wheel.

    ``user`` needs it. No test changes this index; its log is empty.
    """
    _shared_levels_index.forget()
    return _shared_levels_index
