"""Run a command that ends when the process that asked for it does, however that ends.

A script that works alone; :mod:`.leashed` starts it::

    asking process  --- stdin, on which nothing ever comes --->  this script
                                                                   | starts
                                                                   v
                                                                 the command

The system closes the pipe when the asking process is gone, also when it was killed and
could not tell anybody. Then the script ends the command with all that it has started.

Written for Windows, too, but not tried there: ``taskkill`` in place of a session.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import NoReturn

_NOT_STARTED = 127
"""The status that shells give to a command that cannot be started."""


def main(command: Sequence[str]) -> None:
    """Run the command to its end, and end as it did."""
    lifeline = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    heed_no_requests()
    started: list[subprocess.Popen[bytes]] = []
    watch = threading.Thread(target=follow, args=(lifeline, started), daemon=True)
    watch.start()
    try:
        process = subprocess.Popen(command, stdin=0)
    except OSError as error:
        sys.stderr.write(f"{command[0]} cannot be started: {error}\n")
        end_with(_NOT_STARTED)
    started.append(process)
    end_with(process.wait())


def heed_no_requests() -> None:
    """Leave it to the command how to answer those who ask the group to end."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            # Not to be ignored: the command would inherit that.
            signal.signal(number, lambda *_: None)


def follow(lifeline: int, started: Sequence[subprocess.Popen[bytes]]) -> None:
    """Wait for the end of the asking process, and end everything."""
    with contextlib.suppress(OSError):
        while os.read(lifeline, 1):
            pass
    if sys.platform == "win32":
        for process in started:
            number = str(process.pid)
            subprocess.run(["taskkill", "/F", "/T", "/PID", number], check=False)
        os._exit(1)
    # A group that somebody else leads is spared, and what this one started is not.
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    for process in started:
        process.kill()
    os._exit(1)


def end_with(status: int) -> NoReturn:
    """End with a status, or by the same signal."""
    sys.stderr.flush()
    if status < 0:
        with contextlib.suppress(OSError, ValueError):
            signal.signal(-status, signal.SIG_DFL)
        with contextlib.suppress(OSError):
            os.kill(os.getpid(), -status)
    os._exit(status if status >= 0 else 128 - status)


if __name__ == "__main__":
    main(sys.argv[1:])
