"""An environment that anybody may use, and an index."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pip_variants.demo.environment import fresh_environment
from tests.faults.resources._scarce import DOCUMENT, PLUGIN
from tests.kit import Index, Pip
from tests.providers.zoo import put


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that other users may look into, unlike those of pytest."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path


@pytest.fixture(scope="session")
def asking_python(open_folder: Path) -> Path:
    """The Python of an environment with a plugin, which no test changes."""
    python = fresh_environment(open_folder / "env")
    pip = Pip(python, open_folder / "maker")
    put(
        pip.site,
        "tester",
        files={"tester.py": PLUGIN.encode()},
        entry_points={"variant_plugins": {"tester": "tester:Plugin"}},
    )
    return python


@pytest.fixture(scope="session")
def shelf(open_folder: Path) -> Iterator[Index]:
    """An index with demo in variants, and plain without any."""
    with Index(open_folder / "index") as index:
        index.add(DOCUMENT)
        index.add(name="plain")
        yield index


@pytest.fixture
def place(open_folder: Path) -> Iterator[Path]:
    """A folder of the test in which anybody may write."""
    with tempfile.TemporaryDirectory(
        dir=open_folder, ignore_cleanup_errors=True
    ) as folder:
        path = Path(folder)
        path.chmod(0o777)
        yield path


@pytest.fixture
def asking(asking_python: Path, place: Path) -> Pip:
    """pip in that environment, with a home and a cache of its own."""
    pip = Pip(asking_python, place / "home")
    pip.home.chmod(0o777)
    return pip
