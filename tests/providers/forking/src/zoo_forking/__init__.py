"""Leaves processes behind that hold the pipes."""

import os
import time
from types import SimpleNamespace

_FEATURES = [SimpleNamespace(name="speed", values=["1"], multi_value=False)]


class Twice:
    """Returns in two processes; the second one says something else, and later."""

    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        if os.fork() == 0:
            time.sleep(0.2)
            return [SimpleNamespace(name="child", values=["1"], multi_value=False)]
        os.wait()
        return _FEATURES


class First:
    """The second process is through before the first one."""

    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        if os.fork() == 0:
            return [SimpleNamespace(name="child", values=["1"], multi_value=False)]
        time.sleep(0.2)
        return _FEATURES


class Daemon:
    """Its child goes on in the session, and keeps stdout."""

    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        child = os.fork()
        if child == 0:
            time.sleep(600)
            os._exit(0)
        print("child", child, flush=True)  # noqa: T201
        return _FEATURES


class Escaped:
    """Its child leaves the session, and keeps stdout for two seconds."""

    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        child = os.fork()
        if child == 0:
            os.setsid()
            time.sleep(2)
            os._exit(0)
        print("child", child, flush=True)  # noqa: T201
        return _FEATURES
