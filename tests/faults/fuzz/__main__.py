r"""Fuzz all targets in turn, each in a process of its own, guided by coverage.

::

    python -m tests.faults.fuzz [--seconds 600 | --runs N] [--target NAME]...

Fails where an input breaks a target, and tells which, as small as it could be made.
Once the fault is mended, the input goes to ``corpus/NAME``, under a name that says what
it is: the tests try it from then on.

A run of seconds takes as many targets as there is time for, others each time. With
``--runs`` the same code, Python and atheris try the same inputs each time, however fast
the machine is: that is for CI, where nothing may fail by chance.
Without atheris, which is for Linux, the tests of the corpus run in its place.
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
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
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

FIRST = (
    *("metadata", "checked_metadata", "wheel_name", "archive", "members", "record"),
    *("index_links", "reply", "lock_file", "printing"),
)
"""What ``--runs`` tries when no target is named: what reads what was downloaded."""

_SAME_EACH_TIME = (
    "-seed=1",
    "-reload=0",  # it reads new files by the clock
    "-entropic=0",  # its choice differs between runs of the same seed
)
_AT_ONCE = 2

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
    given = read(arguments)
    if importlib.util.find_spec("atheris") is None:
        _say("atheris is not installed: the tests of the corpus run instead")
        return _without_atheris(thorough=given.runs is None)
    given.output.mkdir(parents=True, exist_ok=True)
    failed = []
    _say(f"{'target':20} {'inputs':>10} {'places':>14}")
    outcomes = _in_turn(given) if given.runs is None else _at_once(given)
    for name, outcome in outcomes:
        _say(f"{name:20} {outcome.runs:10,} {outcome.first:6,} -> {outcome.reached:,}")
        if outcome.broken:
            failed.append(name)
            _tell(name, outcome)
    _say(f"broken: {', '.join(failed)}" if failed else "nothing was found")
    return 1 if failed else 0


def read(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; options that contradict each other end the program."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.fuzz")
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--seconds", type=float, default=600, help="in all [%(default)s]"
    )
    length.add_argument(
        "--runs",
        type=_count,
        metavar="N",
        help="inputs of each target, always the same",
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
    if given.keep is not None and given.runs is not None:
        parser.error("--keep does not go with --runs: what is kept is tried again")
    return given


def _count(text: str) -> int:
    """Read how many inputs; a fuzzer that is to try none would go on for ever."""
    if not text.isascii() or not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"invalid: {text!r} is no number from 1 on")
    return int(text)


def _in_turn(given: argparse.Namespace) -> Iterator[tuple[str, Outcome]]:
    """Share the seconds out among the targets."""
    names = given.target or _chosen(given.seconds)
    end = time.monotonic() + given.seconds
    for number, name in enumerate(names):
        left = max(end - time.monotonic(), 0.0) / (len(names) - number)
        with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
            length = _for_seconds(name, left, Path(scratch), given.keep)
            outcome = _fuzz(name, length, left, Path(scratch), given.output)
        yield name, outcome


def _at_once(given: argparse.Namespace) -> Iterator[tuple[str, Outcome]]:
    """Try as many inputs of each target, some targets at once, and tell in order."""
    names = list(dict.fromkeys(given.target or FIRST))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        one = partial(_try_the_same, given.runs, given.output)
        yield from zip(names, pool.map(one, names), strict=True)


def _try_the_same(runs: int, output: Path, name: str) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        return _fuzz(name, for_runs(name, runs), runs, Path(scratch), output)


def _chosen(seconds: float) -> list[str]:
    """Return as many targets as there is time for: others in each short run."""
    most = max(int(seconds / _SECONDS_AT_LEAST), 1)
    if most >= len(TARGETS):
        return sorted(TARGETS)
    return sorted(random.sample(sorted(TARGETS), most))


def for_runs(name: str, runs: int) -> list[str]:
    """Return the options of a run that depends on no clock and on no folder's order."""
    seeds = (path.relative_to(_ROOT).as_posix() for path in corpus(name))
    return [f"-runs={runs}", *_SAME_EACH_TIME, f"-seed_inputs={','.join(seeds)}"]


def _for_seconds(
    name: str, seconds: float, scratch: Path, keep: Path | None
) -> list[str]:
    """Return the options of a run that ends by the clock."""
    seeds, new = scratch / "seeds", scratch / "new" if keep is None else keep / name
    for folder in (seeds, new):
        folder.mkdir(parents=True, exist_ok=True)
    for path in corpus(name):
        (seeds / f"{path.parent.name}-{path.name}").write_bytes(path.read_bytes())
    most = max(round(seconds - _SECONDS_TO_IMPORT), 1)
    return [f"-max_total_time={most}", str(new), str(seeds)]


def _fuzz(
    name: str, length: Sequence[str], seconds: float, scratch: Path, output: Path
) -> Outcome:
    """Fuzz one target.

    :param length: the options that say what it begins with and when it ends.
    :param seconds: how long that takes, apart from the start.
    """
    dictionary = scratch / "words"
    dictionary.write_text("\n".join(map(_quoted, words())), "ascii")
    start = time.time()
    told = _run(
        "fuzz",
        name,
        f"-timeout={_SECONDS_FOR_ONE}",
        f"-rss_limit_mb={_MEGABYTES}",
        f"-max_len={_LONGEST_INPUT}",
        f"-dict={dictionary}",
        f"-artifact_prefix={output}/{name}-",
        *length,
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
                env={**os.environ, "TMPDIR": folder, "PYTHONHASHSEED": "0"},
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


def _without_atheris(*, thorough: bool) -> int:
    """Run the tests of the corpus, *thorough* with many more inputs."""
    command = [sys.executable, "-m", "pytest", str(Path(__file__).parent)]
    command += ["--thorough"] if thorough else []
    return subprocess.run(command, check=False, cwd=_ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
