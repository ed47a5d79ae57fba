"""The fixtures of more rooms than one: real environments, real pips, real servers.

pytest loads them as a plugin (``tests/conftest.py``), and makes each where it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pip_variants.demo.environment import fresh_environment
from pip_variants.demo.packages import write_index
from tests.environments import Workshop
from tests.installed import write_installed
from tests.kit import LEVELS, Index, Pip


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


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Where environments with any pip are made."""
    return Workshop(tmp_path_factory.getbasetemp() / "workshop")


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


@pytest.fixture(scope="session")
def links(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a build front end, and with backends."""
    folder = tmp_path_factory.mktemp("links")
    for name in ("build", "packaging", "pyproject-hooks", "flit-core", "setuptools"):
        write_installed(folder, name)
    return folder


@pytest.fixture(scope="session")
def shared_builder(tmp_path_factory: pytest.TempPathFactory, links: Path) -> Pip:
    folder = tmp_path_factory.mktemp("builder")
    pip = Pip(fresh_environment(folder / "env"), folder / "home")
    pip("install", "--no-index", "--find-links", links, "build").ok()
    return pip


@pytest.fixture
def builder(shared_builder: Pip, tmp_path: Path, links: Path) -> Pip:
    """pip in an environment with the front end, which no test changes."""
    return _Offline(shared_builder.python, tmp_path / "home", links)


@pytest.fixture(scope="session")
def shared_backends(tmp_path_factory: pytest.TempPathFactory, links: Path) -> Pip:
    folder = tmp_path_factory.mktemp("backends")
    pip = Pip(fresh_environment(folder / "env"), folder / "home")
    needed = ("build", "flit-core", "setuptools")
    pip("install", "--no-index", "--find-links", links, *needed).ok()
    return pip


@pytest.fixture
def backends(shared_backends: Pip, tmp_path: Path, links: Path) -> Pip:
    """The same with backends in it, to build without isolation."""
    return _Offline(shared_backends.python, tmp_path / "home", links)


class _Offline(Pip):
    """Finds packages in a folder, and nowhere else."""

    def __init__(self, python: Path, home: Path, links: Path) -> None:
        super().__init__(python, home)
        self._links = links

    def environ(self, **extra: str) -> dict[str, str]:
        found = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self._links.as_uri()}
        return super().environ(**{**found, **extra})
