"""A plugin's process: started, fed, read, and ended with all that it started.

::

    asking process                     _probe.py, in a session of its own
      request  ------- stdin ------->    one line; closed when the asker ends
      tail     <--- stdout, stderr --    what the plugin writes
      answer   <------- file --------    in a private folder

Written for Windows, too, but not tried there: ``taskkill`` in place of a session.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from time import monotonic

from ..bounded_file import read_up_to
from ..reading import MAX_BYTES

__all__ = ["Child", "status"]

_PROBE = Path(__file__).parent.with_name("_probe.py")
_TAIL = 8 * 1024
# How long the kernel may take to end a process, and a pipe to empty, in seconds.
_GRACE = 1.0
_MOST_FOLDERS = 100_000


class Child:
    """A running probe.

    :param command: the interpreter with its flags.
    :param environ: the environment.
    :param request: what the probe reads, without the name of the answer.
    :param ended: called from another thread when the process has ended.
    :raises OSError: when it cannot be started.
    :raises ValueError: for a zero byte in a path or a variable.
    :raises RuntimeError: when there is no thread to be had.
    """

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        request: Mapping[str, object],
        ended: Callable[[], None],
    ) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._attendant: threading.Thread | None = None
        self._output = _Output()
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="pip-variants-"))
        except BaseException:
            self._output.stop()
            raise
        self._answer = self._folder / "answer.json"
        self.started = monotonic()
        """When it was started, in seconds of the monotonic clock."""
        try:
            line = json.dumps({**request, "answer": str(self._answer)}).encode()
            # Nothing of the user's working directory can be found or hit from here.
            work = self._folder / "work"
            work.mkdir()
            self._process = process = subprocess.Popen(
                [*command, str(_PROBE)],
                stdin=subprocess.PIPE,
                stdout=self._output.writer,
                stderr=self._output.writer,
                bufsize=0,
                cwd=work,
                env=environ,
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
            self._output.start()
            attendant = threading.Thread(
                target=_attend, args=(process, line + b"\n", ended), daemon=True
            )
            attendant.start()
            self._attendant = attendant
        except BaseException:
            self.end()
            raise

    @property
    def status(self) -> int | None:
        """The status that it ended with, negative for a signal; None while it runs."""
        return None if self._process is None else self._process.returncode

    @property
    def written(self) -> int:
        """How many bytes it wrote to stdout and stderr."""
        return self._output.written

    @property
    def tail(self) -> str:
        """The end of what it wrote."""
        return self._output.tail

    def end(self) -> tuple[bytes | None, bool]:
        """End it with all that it started, and remove its folder.

        A process that left the session cannot be found; it shows by the pipe that it
        holds.

        :returns: its answer, None where there is none, and whether something of it
            went on, or still goes on, after its end.
        """
        try:
            left_behind = self._end_processes()
            return self._read_answer(), left_behind
        finally:
            _remove(self._folder)

    def _end_processes(self) -> bool:
        process = self._process
        if process is None:
            self._output.stop()
            return False
        had_ended = process.returncode is not None
        went_on = _end_group(process)
        # It waits for the process; one that the kernel cannot end is left to it.
        if self._attendant is None:
            process.wait()
        else:
            self._attendant.join(_GRACE)
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        held = not self._output.stop()
        return held or (had_ended and went_on)

    def _read_answer(self) -> bytes | None:
        """Read the answer: a regular file of bounded size, whatever lies there."""
        flags = os.O_RDONLY
        for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY"):
            flags |= getattr(os, name, 0)
        try:
            with os.fdopen(os.open(self._answer, flags), "rb") as stream:
                if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                    return None
                return read_up_to(stream, MAX_BYTES + 1)
        except OSError:
            return None


def _attend(
    process: subprocess.Popen[bytes], line: bytes, ended: Callable[[], None]
) -> None:
    """Hand over the request and wait for the end, in a thread: a poll would be late."""
    assert process.stdin is not None
    # A program that does not read makes this wait, but not beyond its end.
    with contextlib.suppress(OSError, ValueError):
        process.stdin.write(line)
    process.wait()
    ended()


class _Output:
    """The pipe that a plugin writes to: read for ever, but only its end is kept."""

    def __init__(self) -> None:
        self._reader, self.writer = os.pipe()
        self._buffer = b""
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self.written = 0

    @property
    def tail(self) -> str:
        return self._buffer.decode("utf-8", "replace")

    def start(self) -> None:
        """Begin to read, and let go of the end that the child has."""
        os.close(self.writer)
        self._thread.start()

    def _drain(self) -> None:
        with contextlib.suppress(OSError):
            while piece := os.read(self._reader, 64 * 1024):
                if self._stopped.is_set():
                    break
                self.written += len(piece)
                self._buffer = (self._buffer + piece)[-_TAIL:]
        os.close(self._reader)

    def stop(self) -> bool:
        """Wait for the end of the output, but not for long; tell whether it came.

        Where a process that cannot be ended holds the pipe, the thread stays until
        that one writes, and breaks the pipe then.
        """
        if self._thread.ident is None:
            for end in (self._reader, self.writer):
                with contextlib.suppress(OSError):
                    os.close(end)
            return True
        self._thread.join(_GRACE / 2)
        self._stopped.set()
        return not self._thread.is_alive()


def _end_group(process: subprocess.Popen[bytes]) -> bool:
    """End a process and its group; tell whether there was any.

    The number of a process that has ended can be somebody else's by now only if none of
    its group is left and all other numbers were used since.
    """
    if sys.platform == "win32":
        if process.poll() is None:
            number = str(process.pid)
            subprocess.run(
                ["taskkill", "/F", "/T", "/PID", number],
                check=False,
                capture_output=True,
            )
            process.kill()
        return False
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except OSError:
        return False
    return True


def status(code: int) -> str:
    """Say how a process ended.

    >>> status(3), status(-11)
    ('ended with status 3', 'was ended by SIGSEGV')
    """
    if code >= 0:
        return f"ended with status {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def _remove(folder: Path) -> None:
    """Remove a folder, however deep a plugin has made it."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
        return
    # Whatever is two levels down comes up, until there is one level.
    moved = 0
    while moved < _MOST_FOLDERS and (child := next(_folders(folder), None)):
        for below in [*_folders(child)]:
            with contextlib.suppress(OSError):
                below.rename(folder / f"{os.urandom(16).hex()}")
            moved += 1
        shutil.rmtree(child, ignore_errors=True)
        if child.exists():
            break
    shutil.rmtree(folder, ignore_errors=True)


def _folders(folder: Path) -> Iterator[Path]:
    try:
        children = [*folder.iterdir()]
    except OSError:
        return
    yield from (path for path in children if path.is_dir() and not path.is_symlink())
