"""Asks plugins of the zoo, and looks after the processes that they start."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from pip_variants.variantlib.plugins.probing import Interpreter, Probed, probe
from tests.providers.zoo import ZOO

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs fork and signals")
SPEED = (("speed", ("1",)),)
BOTH = (("speed", ("2", "1")), ("colour", ("red",)))


def interpreter(
    environ: Mapping[str, str] | None = None, *, isolated: bool = True
) -> Interpreter:
    given_to_it = dict(os.environ) if environ is None else environ
    return Interpreter(sys.executable, given_to_it, isolated)


def ask(
    animal: str,
    thing: str = "",
    *,
    seconds: float = 10.0,
    question: str = "supported",
    environ: Mapping[str, str] | None = None,
) -> Probed:
    """Ask one animal of the zoo, or one of several things in its module."""
    api = ZOO[animal].api
    if thing:
        api = f"{api.partition(':')[0]}:{thing}"
    return probe(
        [api],
        [str(ZOO[animal].source)],
        interpreter(environ),
        seconds=seconds,
        ask=question,
    )


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that nobody waited for does not (Linux)."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def ends_soon(pid: int) -> bool:
    for _ in range(100):
        if not is_alive(pid):
            return True
        time.sleep(0.02)
    return False


def child_of(probed: Probed) -> int:
    """Return the number of the process that a plugin said it had started."""
    return int(probed.output.split("child ")[1].split()[0])
