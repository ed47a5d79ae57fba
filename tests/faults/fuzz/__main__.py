r"""Fuzz all targets in turn, each in a process of its own, guided by coverage.

::

    python -m tests.faults.fuzz [--seconds 600] [--target NAME]... [--output FOLDER]

Fails where an input breaks a target, and tells which, as small as it could be made.
Once the fault is mended, the input goes to ``corpus/NAME``, under a name that says what
it is: the tests try it from then on. A run of seconds takes some of the targets only.
Without atheris, which is for Linux, the tests of the corpus run for longer in its place.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ._child import SECONDS_TO_SHRINK
from .targets import TARGETS, corpus, words

__all__ = ["main"]

_ROOT = Path(__file__).parents[3]
_LONGEST_INPUT = 6_000
_MEGABYTES = 1_500
_SECONDS_FOR_ONE = 60
"""How long one small input may take."""
_SECONDS_TO_START = 600
_SECONDS_TO_IMPORT = 1
_SECONDS_AT_LEAST = 3
"""What a target takes: it is imported, tries the corpus, and then something new."""

_DONE = re.compile(r"^#(\d+)\s.*?\bcov: (\d+) ft: (\d+)", re.MULTILINE)
_STARTED = re.compile(r"^#\d+\s+INITED .*?\bcov: (\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of fuzzing one target.

    :param runs: how many inputs were tried.
    :param first: how many places of the code the corpus reaches.
    :param reached: how many were reached in the end.
    :param found: the inputs that broke it.
    :param output: what was said.
    """

    runs: int
    first: int
    reached: int
    found: tuple[Path, ...]
    output: str
    broken: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.fuzz")
    parser.add_argument(
        "--seconds", type=float, default=600, help="in all [%(default)s]"
    )
    parser.add_argument("--target", action="append", choices=sorted(TARGETS))
    parser.add_argument(
        "--output",
        type=Path,
        default=_ROOT / "build" / "fuzz",
        help="where inputs are put that break a target [build/fuzz]",
    )
    parser.add_argument("--keep", type=Path, help="where new inputs are kept, too")
    given = parser.parse_args(arguments)
    if importlib.util.find_spec("atheris") is None:
        _say("atheris is not installed: the tests of the corpus run for longer instead")
        return _without_atheris()
    given.output.mkdir(parents=True, exist_ok=True)
    names = given.target or _chosen(given.seconds)
    end = time.monotonic() + given.seconds
    failed = []
    _say(f"{'target':20} {'inputs':>10} {'places':>14}")
    for number, name in enumerate(names):
        left = max(end - time.monotonic(), 0.0) / (len(names) - number)
        with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
            outcome = _fuzz(name, left, Path(scratch), given.output, given.keep)
        _say(f"{name:20} {outcome.runs:10,} {outcome.first:6,} -> {outcome.reached:,}")
        if outcome.broken:
            failed.append(name)
            _tell(name, outcome)
    _say(f"broken: {', '.join(failed)}" if failed else "nothing was found")
    return 1 if failed else 0


def _chosen(seconds: float) -> list[str]:
    """Return as many targets as there is time for: others in each short run."""
    most = max(int(seconds / _SECONDS_AT_LEAST), 1)
    if most >= len(TARGETS):
        return sorted(TARGETS)
    return sorted(random.sample(sorted(TARGETS), most))


def _fuzz(
    name: str, seconds: float, scratch: Path, output: Path, keep: Path | None
) -> Outcome:
    """Fuzz one target."""
    seeds, new, dictionary = scratch / "seeds", scratch / "new", scratch / "words"
    dictionary.write_text("\n".join(map(_quoted, words())), "ascii")
    if keep is not None:
        new = keep / name
    for folder in (seeds, new):
        folder.mkdir(parents=True, exist_ok=True)
    for path in corpus(name):
        (seeds / f"{path.parent.name}-{path.name}").write_bytes(path.read_bytes())
    start = time.time()
    told = _run(
        "fuzz",
        name,
        f"-max_total_time={max(round(seconds - _SECONDS_TO_IMPORT), 1)}",
        f"-timeout={_SECONDS_FOR_ONE}",
        f"-rss_limit_mb={_MEGABYTES}",
        f"-max_len={_LONGEST_INPUT}",
        f"-dict={dictionary}",
        f"-artifact_prefix={output}/{name}-",
        str(new),
        str(seeds),
        seconds=seconds + _SECONDS_TO_START,
        scratch=scratch,
    )
    found = [
        path
        for path in sorted(output.glob(f"{name}-*"))
        if path.stat().st_mtime >= start - 1
    ]
    progress = _DONE.findall(told.stdout)
    runs, reached, _ = progress[-1] if progress else ("0", "0", "0")
    first = _STARTED.search(told.stdout)
    smaller = [_shrink(name, path, scratch) for path in found]
    return Outcome(
        int(runs),
        int(first[1]) if first else 0,
        int(reached),
        tuple(smaller),
        told.stdout,
        told.returncode != 0 or bool(found),
    )


def _shrink(name: str, path: Path, scratch: Path) -> Path:
    """Return a smaller input that breaks the same target, if there is one."""
    small = path.with_name(f"small-{path.name}")
    if path.name.startswith(f"{name}-crash"):
        seconds = SECONDS_TO_SHRINK + _SECONDS_TO_START
        _run("shrink", name, str(path), str(small), seconds=seconds, scratch=scratch)
    return small if small.exists() else path


def _run(
    *arguments: str, seconds: float, scratch: Path
) -> subprocess.CompletedProcess[str]:
    """Run the child; what it says is in the standard output."""
    temporary = Path("/dev/shm") if Path("/dev/shm").is_dir() else scratch
    command = [sys.executable, "-m", "tests.faults.fuzz._child", *arguments]
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=temporary) as folder:
        try:
            return subprocess.run(
                command,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                cwd=_ROOT,
                env={**os.environ, "TMPDIR": folder},
                timeout=seconds,
            )
        except subprocess.TimeoutExpired as error:
            said = str(error.stdout or "")
            return subprocess.CompletedProcess(command, 124, f"{said}\nit hangs")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _quoted(word: bytes) -> str:
    """Write a word for the dictionary of libFuzzer."""
    chars = (
        chr(b) if chr(b).isascii() and chr(b).isalnum() else f"\\x{b:02x}" for b in word
    )
    return f'"{"".join(chars)}"'


def _tell(name: str, outcome: Outcome) -> None:
    for path in outcome.found:
        data = path.read_bytes()
        _say(f"\n{name} breaks on {path}:\n  {data[:2_000]!r}")
    lines = outcome.output.splitlines()
    first = next((at for at, line in enumerate(lines) if "Uncaught" in line), None)
    told = lines[-30:] if first is None else lines[first : first + 40]
    _say("\n".join(f"  {line[:300]}" for line in told))


def _without_atheris() -> int:
    """Run the tests of the corpus with many more inputs."""
    command = [sys.executable, "-m", "pytest", "--thorough", str(Path(__file__).parent)]
    return subprocess.run(command, check=False, cwd=_ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
