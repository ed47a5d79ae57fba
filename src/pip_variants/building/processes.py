"""The processes of build backends: their output goes to a log, and all can be ended.

Written for Windows, too, but not tried there.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import IO

from ..leashed import Leashed

__all__ = ["Processes", "Stopped", "ended_as_by_ctrl_c"]

_GRACE = 5.0
"""How long processes that are asked to end may take, in seconds."""

_REQUESTS = ("SIGTERM", "SIGHUP", "SIGBREAK")
"""Signals that ask a process to end, beside that of Ctrl-C; systems have some of them."""


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The run is being ended."""


class Processes:
    """Starts processes, from several threads, and ends those that run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[Leashed] = set()
        self._stopped = False

    def run(
        self,
        command: Sequence[str],
        folder: str | None,
        environ: Mapping[str, str],
        log: IO[bytes],
    ) -> None:
        """Run a command to its end.

        :param environ: all of its environment variables.
        :param log: where its output goes.
        :raises subprocess.CalledProcessError: when it fails.
        :raises OSError: when it cannot be started.
        :raises Stopped: when the run is being ended.
        """
        log.flush()
        process = self._start(command, folder, environ, log)
        try:
            # Nor does what it has started go on: its folder will be gone.
            with process:
                status = self._wait(process)
        finally:
            with self._lock:
                self._running.discard(process)
        self.check()
        if status:
            raise subprocess.CalledProcessError(status, [*command])

    def _wait(self, process: Leashed) -> int:
        try:
            return process.wait()
        except BaseException:
            # Ctrl-C reaches the main thread alone: the process is in another session.
            self.stop()
            raise

    def _start(
        self,
        command: Sequence[str],
        folder: str | None,
        environ: Mapping[str, str],
        log: IO[bytes],
    ) -> Leashed:
        # Nothing is started once the others were ended.
        with self._lock:
            if self._stopped:
                raise Stopped
            process = Leashed(command, folder, environ, log)
            self._running.add(process)
            return process

    def check(self) -> None:
        """Go on only while the run does.

        :raises Stopped: when it is being ended.
        """
        if self._stopped:
            raise Stopped

    def stop(self) -> None:
        """End all processes with what they started, and start no other."""
        with self._lock:
            self._stopped = True
            running = [*self._running]
        latest = monotonic() + _GRACE
        try:
            for process in running:
                process.end(gently=True)
            for process in running:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, latest - monotonic()))
        finally:
            # Also when a second Ctrl-C ends the waiting: their threads wait for them.
            for process in running:
                process.end(gently=False)


@contextmanager
def ended_as_by_ctrl_c() -> Iterator[None]:
    """Let whatever asks this process to end do what Ctrl-C does, until the block ends.

    By itself it would end at once, and leave its processes and folders behind. What
    the user has set to be ignored, as ``nohup`` does, still is.

    :raises KeyboardInterrupt: from the block.
    """
    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in _REQUESTS:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
