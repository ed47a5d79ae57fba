"""Runs a command again and again, and ends it a little later each time."""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.kit import SECONDS, Pip

_SCRIPT = Path(__file__).with_name("_mortal.py")
_TRIAL = re.compile("[a-z0-9_]{8}")
_MARK = "PIP_VARIANTS_TEST_RUN"

ENDINGS = ("SIGKILL", "SIGINT", "SIGTERM")
"""What ends a process: at once; by the user; by the system, which asks for it."""

linux = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="finds processes in /proc"
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run went.

    :param status: as a shell would tell it, negative for a signal.
    :param moments: what it did to the disk, in order.
    :param mark: what its children have in their environment.
    """

    status: int
    out: str
    err: str
    moments: tuple[str, ...]
    mark: str

    def ok(self) -> Ended:
        assert self.status == 0, f"it failed:\n{self.out}{self.err}"
        return self

    @property
    def met_pip_clearing_up(self) -> bool:
        """Whether Ctrl-C met pip while it cleared up after itself.

        Nobody catches it there: stock pip ends with a traceback of its own, too.
        """
        last = self.err.rstrip().rpartition("\n")[2]
        return last == "KeyboardInterrupt" and "pip_variants" not in self.err

    @property
    def left_running(self) -> list[str]:
        """The command lines of what it has started and still runs."""
        found = []
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                environ = (folder / "environ").read_bytes()
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if f"{_MARK}={self.mark}".encode() in environ and state not in "ZX":
                found.append(f"{folder.name}: {line.decode(errors='replace')}")
        return found

    def nothing_runs(self) -> bool:
        """Wait until nothing runs of what it has started."""
        return waited_for(lambda: not self.left_running)


class Mortal:
    """pip in an environment that can be ended at any moment; a context.

    :param pip: the environment, its home and its cache.
    :param temporary: a folder for temporary files, which is made.
    :param variables: environment variables of all runs.
    """

    def __init__(
        self,
        pip: Pip,
        temporary: Path,
        **variables: str,
    ) -> None:
        self.pip = pip
        self.temporary = temporary
        temporary.mkdir()
        self._files = [temporary.with_name(f"{temporary.name}-{n}") for n in range(4)]
        self._environ = pip.environ(TMPDIR=str(temporary), **variables)
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._count = 0

    def __enter__(self) -> Mortal:
        self._process = subprocess.Popen(
            [self.pip.python, _SCRIPT],
            env=self._environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        assert self._answers.get(timeout=SECONDS) == "ready"
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(SECONDS)
        finally:
            self._process.kill()
            self._reader.join()
            assert self._process.stdout is not None
            self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(line.strip())

    def __call__(
        self,
        *arguments: str | Path,
        number: int = 0,
        ending: str = "SIGKILL",
        folder: Path | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Ended:
        """Run pip.

        :param number: at which moment to end it; 0 for never.
        :param ending: the name of the signal.
        :param folder: where it works; its home unless told otherwise.
        :param variables: environment variables of this run.
        """
        self._count += 1
        mark = f"{os.getpid()}-{id(self)}-{self._count}."
        order = {
            "arguments": [*map(str, arguments)],
            "folder": str(folder or self.pip.home),
            "number": number,
            "signal": int(getattr(signal, ending)),
            "variables": {**(variables or {}), _MARK: mark},
            "files": [*map(str, self._files)],
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        process = int(self._answers.get(timeout=SECONDS))
        try:
            status = int(self._answers.get(timeout=SECONDS))
        except queue.Empty:
            os.killpg(process, signal.SIGKILL)
            raise AssertionError(f"{arguments} goes on for ever") from None
        out, err, moments = (
            file.read_text("utf-8", errors="replace") for file in self._files[:3]
        )
        return Ended(status, out, err, tuple(moments.splitlines()), mark)

    def sweep(
        self,
        *arguments: str | Path,
        before: Callable[[], object],
        ending: str,
        picked: Callable[[int], Sequence[int]],
        folder: Path | None = None,
    ) -> Iterator[tuple[str, Ended]]:
        """Yield one run after another, each ended at another moment.

        :param before: puts everything back as it was.
        :param picked: chooses among so many moments.
        :returns: what was about to happen, and how the run went.
        """
        before()
        whole = self(*arguments, folder=folder).ok()
        for number in picked(len(whole.moments)):
            before()
            run = self(*arguments, number=number, ending=ending, folder=folder)
            # A thread may have been elsewhere; one that ended earlier was not ended.
            if len(run.moments) >= number:
                yield f"{ending} before {number}: {run.moments[number - 1]}", run

    def clear(self) -> None:
        """Empty the folder for temporary files."""
        for path in self.temporary.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    def leftovers(self) -> list[str]:
        """Return what lies in the folder for temporary files.

        Python tries first whether it can write there, by a file of eight letters.
        """
        names = (path.name for path in self.temporary.iterdir())
        return sorted(name for name in names if not _TRIAL.fullmatch(name))


def spread(most: int, start: int = 0) -> Callable[[int], Sequence[int]]:
    """Return what picks so many numbers from 1 on, evenly and always the same.

    >>> spread(3)(9)
    [1, 5, 9]
    >>> spread(3)(2)
    [1, 2]

    :param start: shifts them, so that others get other ones.
    """

    def pick(count: int) -> Sequence[int]:
        if count <= most:
            return [*range(1, count + 1)]
        step = (count - 1) / (most - 1)
        return sorted(
            {1 + (start + round(number * step)) % count for number in range(most)}
        )

    return pick


def every(count: int) -> Sequence[int]:
    """Pick all."""
    return range(1, count + 1)


def waited_for(what: Callable[[], bool]) -> bool:
    """Wait until something is so, but not for ever; tell whether it is."""
    deadline = time.monotonic() + SECONDS
    while not what() and time.monotonic() < deadline:
        time.sleep(0.02)
    return what()
