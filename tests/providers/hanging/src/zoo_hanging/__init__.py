"""Never answers."""

import signal
import subprocess
import sys
import threading
import time
from types import SimpleNamespace


class Forever:
    @staticmethod
    def get_supported_configs() -> None:
        time.sleep(600)


class Stubborn:
    """Does not end when it is asked to, and has a child that does not, either."""

    @staticmethod
    def get_supported_configs() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
        child = subprocess.Popen([sys.executable, "-c", f"{code}; time.sleep(600)"])
        print("child", child.pid, flush=True)  # noqa: T201
        time.sleep(600)


class AfterTheAnswer:
    """Answers, but a thread of it goes on."""

    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        threading.Thread(target=time.sleep, args=(600,)).start()
        return [SimpleNamespace(name="speed", values=["1"], multi_value=False)]


class WaitsForInput:
    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        text = sys.stdin.read()
        return [
            SimpleNamespace(name="read", values=[f"{len(text)}"], multi_value=False)
        ]
