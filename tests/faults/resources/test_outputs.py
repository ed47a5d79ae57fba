"""Nobody to read what is written: closed, full, or somebody who has read enough."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.resources._scarce import posix
from tests.kit import SECONDS, Index, Pip
from tests.running import Result, run

pytestmark = [
    posix,
    pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full"),
]

PIP = ("-m", "pip")
LIBRARY = ("-m", "pip_variants.variantlib")

COMMANDS = {
    "json": (*PIP, "variant", "platform", "--json"),
    "lines": (*PIP, "variant", "platform"),
    "inspect": (*PIP, "variant", "inspect", "--json", "WHEEL"),
    "library": (*LIBRARY, "plugins", "list"),
    "wheel": (*LIBRARY, "analyze-wheel", "-i", "WHEEL"),
    "demo": (*PIP, "variant", "demo"),
    "install": (*PIP, "install", "--dry-run", "-i", "INDEX", "demo"),
    "report": (*PIP, "install", "--dry-run", "--report=-", "-qi", "INDEX", "demo"),
}

_OURS = "pip_variants/"


def command(asking: Pip, shelf: Index, name: str) -> list[str]:
    wheel = next(shelf.links().glob("*-one.whl"))
    words = {"INDEX": shelf.url, "WHEEL": str(wheel)}
    line = [
        words.get(each, each).replace("INDEX", shelf.url) for each in COMMANDS[name]
    ]
    return [str(asking.python), *line]


def with_shell(asking: Pip, line: Sequence[str], ending: str) -> Result:
    """Run a command with a redirection."""
    command = ("sh", "-c", f'"$@" {ending}', "sh", *line)
    environ = asking.environ()
    return run(command, environ, asking.home, status=None, seconds=SECONDS, strict=True)


SHORT = ("json", "library", "install")


def names(thorough: bool) -> Sequence[str]:
    return [*COMMANDS] if thorough else SHORT


def test_a_closed_output_is_no_error(asking: Pip, shelf: Index, thorough: bool) -> None:
    """Nobody wants to know, as with stock pip."""
    for name in names(thorough):
        line = command(asking, shelf, name)
        result = with_shell(asking, line, ">&-")
        assert not result.has_traceback, str(result)
        assert result.status in (0, 1), str(result)
        assert result.status == 0 or name in ("demo", "library", "wheel"), str(result)


def test_closed_errors_do_not_get_among_the_results(
    asking: Pip, shelf: Index, thorough: bool
) -> None:
    for name in names(thorough):
        line = command(asking, shelf, name)
        result = with_shell(asking, line, "2>&-")
        assert "variantlib - " not in result.out, str(result)
        assert not result.has_traceback, str(result)
        assert result.status in (0, 1), str(result)


def test_an_output_that_is_full_is_an_error_without_our_traceback(
    asking: Pip, shelf: Index, thorough: bool
) -> None:
    """What logging prints for pip's own lines is pip's; so is its report."""
    for name in names(thorough):
        line = command(asking, shelf, name)
        result = with_shell(asking, line, ">/dev/full")
        if name in ("json", "inspect", "library", "wheel", "demo"):
            assert not result.has_traceback, str(result)
            assert result.status != 0, str(result)
            assert "No space left on device" in result.err, str(result)


def test_who_has_read_enough_hears_no_traceback(
    asking: Pip, shelf: Index, thorough: bool
) -> None:
    for name in names(thorough):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(
            command(asking, shelf, name),
            env=asking.environ(),
            cwd=asking.home,
            stdin=subprocess.DEVNULL,
            stdout=writer,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        os.close(writer)
        # pip prints its report by rich, and what that raises then as an error.
        if name != "report":
            assert "Traceback" not in done.stderr, f"{name}: {done.stderr}"
        assert done.returncode != 0, name
