"""What every test gets: its own copy of the environment, and a check on the way out."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.fixtures"]

# No property is about time: a busy machine takes as long as it takes.
_THOROUGH = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", _THOROUGH)
# Whoever changes one thing wants no news of another: each run tries the same examples.
settings.register_profile("short", _THOROUGH, derandomize=True)

# What the machine says of its terminal or of itself as a CI system: pip writes other
# things then, and no test is about this machine's.
_OF_THE_MACHINE = (
    *("BUILD_BUILDID", "BUILD_ID", "CI"),
    *(
        "COLUMNS",
        "FORCE_COLOR",
        "LINES",
        "NO_COLOR",
        "TTY_COMPATIBLE",
        "TTY_INTERACTIVE",
    ),
)
for _name in _OF_THE_MACHINE:
    os.environ.pop(_name, None)

# Whoever runs the tests in the background has some signals ignored, and what the tests
# start would ignore them, too.
for _signal in ("SIGHUP", "SIGINT", "SIGQUIT"):
    _number = getattr(signal, _signal, None)  # Windows has not all of them
    if _number and signal.getsignal(_number) == signal.SIG_IGN:
        signal.signal(
            _number,
            signal.default_int_handler if _signal == "SIGINT" else signal.SIG_DFL,
        )


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


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of the long runs."""
    parser.addoption(
        "--thorough",
        action="store_true",
        help="the tests of faults look at every moment and every case, for minutes",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Let only a long run look for new examples."""
    settings.load_profile("thorough" if config.getoption("--thorough") else "short")


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what only a long run has the time for."""
    if config.getoption("--thorough"):
        return
    reason = pytest.mark.skip(reason="runs with --thorough: nox -s faults")
    for item in items:
        if item.get_closest_marker("thorough"):
            item.add_marker(reason)


@pytest.fixture(scope="session")
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether a test of faults may take minutes."""
    return bool(request.config.getoption("--thorough"))
