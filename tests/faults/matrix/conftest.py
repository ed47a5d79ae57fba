"""Environments to run the trial in."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.environments import Environment, Workshop
from tests.faults.matrix._place import InstallPlace, in_environment
from tests.faults.matrix._pythons import MINORS, find_python


@pytest.fixture(scope="session")
def hooked(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The newest pip with pip-variants; a trial leaves it as it was."""
    return workshop.environment(tmp_path_factory.mktemp("hooked") / "env", hooked=True)


@pytest.fixture
def place(hooked: Environment, tmp_path: Path) -> InstallPlace:
    """This environment, and folders of the test's own."""
    return in_environment(hooked, tmp_path / "work")


@pytest.fixture
def other_python() -> Path:
    """Return a Python of another release than the one that runs the tests."""
    for minor in reversed(MINORS):
        found = find_python(minor)
        if minor != sys.version_info.minor and found is not None:
            return found
    pytest.skip("no other supported Python here")
