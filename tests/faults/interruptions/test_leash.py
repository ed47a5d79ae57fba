"""A process on a leash: it ends as its command does, and never outlives its keeper."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pip_variants.leashed import Leashed
from tests.faults.interruptions._sweep import linux, waited_for
from tests.kit import SECONDS

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")

_KEEPER = """
import os, signal, sys, time
from pip_variants.leashed import Leashed

# It is ignored where the tests run in the background.
signal.signal(signal.SIGINT, signal.default_int_handler)
code = "import os, time; open(os.environ['SEEN'], 'w').write(str(os.getpid())); time.sleep(600)"
with Leashed([sys.executable, "-c", code], None, os.environ):
    time.sleep(600)
"""


def python(code: str, **environ: str) -> Leashed:
    return Leashed([sys.executable, "-c", code], None, {**os.environ, **environ})


@pytest.mark.parametrize("status", [0, 1, 3, 255])
def test_its_status_is_that_of_the_command(status: int) -> None:
    with python(f"raise SystemExit({status})") as process:
        assert process.wait(SECONDS) == status


@posix
@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGINT", "SIGSEGV"])
def test_it_ends_by_the_signal_that_ended_the_command(name: str) -> None:
    number = getattr(signal, name)
    code = f"""
import os, resource, signal
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.kill(os.getpid(), {int(number)})
"""
    with python(code) as process:
        assert process.wait(SECONDS) == -number


def test_what_it_writes_is_read_and_nothing_comes_in() -> None:
    code = "import sys; print(repr(sys.stdin.read())); print('error', file=sys.stderr)"
    with python(code) as process:
        status, output = process.communicate(SECONDS)
    assert (status, sorted(output.split())) == (0, [b"''", b"error"])


def test_a_program_that_is_not_there_is_told() -> None:
    with Leashed(["/nowhere/at/all"], None, os.environ) as process:
        status, output = process.communicate(SECONDS)
    assert status == 127
    assert b"/nowhere/at/all cannot be started: " in output


def test_it_is_ended_with_the_block() -> None:
    with (
        python("import time; time.sleep(600)") as process,
        pytest.raises(subprocess.TimeoutExpired),
    ):
        process.wait(0.0)
    # It was killed, and somebody has waited for it.
    assert process.wait(0.0) != 0


@posix
def test_who_is_asked_to_end_may_tidy_up(tmp_path: Path) -> None:
    code = """
import os, signal, sys, time

def tidy(*_):
    open(os.environ["TIDY"], "w").close()
    sys.exit(7)

signal.signal(signal.SIGTERM, tidy)
open(os.environ["READY"], "w").close()
time.sleep(600)
"""
    ready, tidy = tmp_path / "ready", tmp_path / "tidy"
    with python(code, READY=str(ready), TIDY=str(tidy)) as process:
        assert waited_for(ready.exists)
        process.end(gently=True)
        assert process.wait(SECONDS) == 7
    assert tidy.exists()


@linux
@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_it_ends_with_its_keeper(tmp_path: Path, name: str) -> None:
    seen = tmp_path / "seen"
    keeper = subprocess.Popen(
        [sys.executable, "-c", _KEEPER],
        env={**os.environ, "SEEN": str(seen)},
        stderr=subprocess.DEVNULL,
    )
    try:
        assert waited_for(lambda: seen.exists() and bool(seen.read_text()))
        keeper.send_signal(getattr(signal, name))
        keeper.wait(SECONDS)
    finally:
        keeper.kill()
        keeper.wait()
    number = int(seen.read_text())
    assert waited_for(lambda: _is_gone(number))


def _is_gone(number: int) -> bool:
    try:
        stat = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] in "ZX"


def test_it_starts_where_the_environment_is_broken() -> None:
    """It needs nothing of it."""
    environ = {**os.environ, "PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere"}
    command = [sys.executable, "-I", "-c", "print('here')"]
    with Leashed(command, None, environ) as process:
        status, output = process.communicate(SECONDS)
    assert (status, output.split()) == (0, [b"here"])
