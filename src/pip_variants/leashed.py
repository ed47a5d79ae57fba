"""Processes that end with this one, however it ends, and all that they have started.

Written for Windows, too, but not tried there.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

__all__ = ["Leashed"]

_SCRIPT = Path(__file__).with_name("_leash.py")


class Leashed:
    """A running command; a context, at whose end nothing of it runs any more.

    It has a session of its own: Ctrl-C reaches this process alone.

    :param command: the program with its arguments.
    :param folder: where it runs; None for the working directory.
    :param environ: all of its environment variables.
    :param output: where what it writes goes, errors too; None for :meth:`communicate`.
    :raises OSError: when it cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: str | None,
        environ: Mapping[str, str],
        output: IO[bytes] | None = None,
    ) -> None:
        # By hand: what is given to subprocess to close, it closes too early.
        reader, self._lifeline = os.pipe()
        try:
            self._process = subprocess.Popen(
                # -I, -S: it needs nothing of the environment, and starts at once.
                [sys.executable, "-I", "-S", "-B", str(_SCRIPT), *command],
                cwd=folder,
                env=dict(environ),
                stdin=reader,
                stdout=subprocess.PIPE if output is None else output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except BaseException:
            os.close(self._lifeline)
            raise
        finally:
            os.close(reader)

    def __enter__(self) -> Leashed:
        """Go on with it."""
        return self

    def __exit__(self, *_: object) -> None:
        """End what is left of it."""
        self.end(gently=False)
        os.close(self._lifeline)
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; return its status, negative for a signal.

        :param timeout: in seconds.
        :raises subprocess.TimeoutExpired: when it takes longer.
        """
        return self._process.wait(timeout)

    def communicate(self, timeout: float) -> tuple[int, bytes]:
        """Wait for its end; return its status and what it has written.

        :param timeout: in seconds.
        :raises subprocess.TimeoutExpired: when it takes longer.
        """
        output, _ = self._process.communicate(timeout=timeout)
        return self._process.returncode, output

    def end(self, *, gently: bool) -> None:
        """End it with its group; from any thread.

        :param gently: only ask for it.
        """
        if sys.platform == "win32":
            if self._process.poll() is None and not gently:
                number = str(self._process.pid)
                subprocess.run(
                    ["taskkill", "/F", "/T", "/PID", number],
                    check=False,
                    capture_output=True,
                )
            return
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGTERM if gently else signal.SIGKILL)
