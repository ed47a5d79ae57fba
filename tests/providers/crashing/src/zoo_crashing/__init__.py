"""Ends the process in which it is asked."""

import atexit
import os
import signal
import sys
from types import SimpleNamespace


def _crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


class BySignal:
    @staticmethod
    def get_supported_configs() -> None:
        os.write(2, b"the driver is gone\n")
        _crash()


class WithStatus:
    @staticmethod
    def get_supported_configs() -> None:
        os._exit(3)


class Silently:
    @staticmethod
    def get_supported_configs() -> None:
        os._exit(0)


class Politely:
    @staticmethod
    def get_supported_configs() -> None:
        sys.exit(4)


class AfterTheAnswer:
    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        atexit.register(_crash)
        return [SimpleNamespace(name="speed", values=["1"], multi_value=False)]
