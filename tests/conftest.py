"""What every test gets: its own copy of the environment, and a check on the way out."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _leave_the_process_as_it_was() -> Iterator[None]:
    """Undo changes of os.environ, and fail the test that moved elsewhere.

    This fixture is set up first, so it looks after monkeypatch has undone its part.
    """
    environment, folder = dict(os.environ), Path.cwd()
    yield
    # pytest keeps the name of the current test there, and changes it meanwhile.
    current_test = os.environ.get("PYTEST_CURRENT_TEST")
    os.environ.clear()
    os.environ.update(environment)
    if current_test is not None:
        os.environ["PYTEST_CURRENT_TEST"] = current_test
    moved_to = Path.cwd()
    if moved_to != folder:
        os.chdir(folder)
        pytest.fail(f"the test left the process in {moved_to}")
