"""Run a provider plugin in this process, which is there for nothing else.

A script that works alone, with ``_asking.py`` beside it: no other import of ours, and
no syntax beyond Python 3.9, since the plugin may live in another interpreter than the
one that asks. :mod:`.probing` starts it and reads what it answers::

    stdin    one line, the request; then nothing until the asking process ends
    stdout   the plugin's, as stderr is: nothing of the answer goes there
    file     the answer, which appears whole, or not at all

The request: ``apis`` (object references, the first that can be asked is), ``path``
(what comes after the standard library on ``sys.path``), ``answer`` (the file), and
``ask``, which is ``supported``, ``all`` or ``debug``.
"""

from __future__ import annotations

import contextlib
import importlib.machinery
import importlib.util
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

_MAX_REQUEST = 4 * 1024 * 1024
_MAX_NAME = 200
_MAX_VARIABLES = 500
_MAX_REPLACED = 100
_MAX_TRACEBACK = 16 * 1024

# How long the interpreter may take to end after the answer, in seconds, and the status
# that tells of more: a thread of the plugin must not cost the whole time limit.
_LINGER = 1.0
_LINGERED = 75

# Of Linux; not all Pythons have a name for it.
_F_SETSIG = 10

# What tells that a program was started, which can read any variable.
_PROGRAMS = frozenset(
    (
        *("subprocess.Popen", "os.system", "os.posix_spawn", "os.exec", "os.spawn"),
        # A process of its own reads variables where nobody sees it.
        *("os.fork", "os.forkpty"),
    )
)


def main() -> None:
    """Read the request, ask the plugin, write the answer."""
    request = read_request()
    follow_parent()
    forbid_core_dumps()
    write = writer(request["answer"])
    asking = neighbour("_asking")
    sys.meta_path.append(LookAlikes)
    extend_path(request["path"])
    never_fail_to_print()
    variables = record_variables()
    before = dict(sys.modules)
    answer, error = asking.ask_plugin(request["apis"], request["ask"])
    show(error)
    answer["variables"] = sorted(variables)
    answer["replaced"] = replaced_modules(before)
    write(answer)
    threading.Thread(target=end_soon, daemon=True).start()


def neighbour(name: str) -> Any:
    """Load the file beside this one; its folder must not be on ``sys.path``."""
    path = Path(__file__).resolve().with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"pip_variants{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_request() -> Any:
    """Read the first line of stdin."""
    data = b""
    while b"\n" not in data and len(data) < _MAX_REQUEST:
        piece = os.read(0, 64 * 1024)
        if not piece:
            break
        data += piece
    return json.loads(data)


def follow_parent() -> None:
    """End with the process that asked, however that ends; the plugin gets no stdin."""
    lifeline = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)

    def wait() -> None:
        with contextlib.suppress(OSError):
            while os.read(lifeline, 1):
                pass
        end_group()

    threading.Thread(target=wait, daemon=True).start()
    end_by_signal(lifeline)


def end_by_signal(lifeline: int) -> None:
    """Let the kernel of Linux end the group when the lifeline breaks.

    A plugin that is busy in C gives the thread above no turn.
    Source: ``man 2 fcntl``, F_SETOWN and F_SETSIG.
    """
    if sys.platform != "linux" or os.getpgrp() != os.getpid():
        return
    with contextlib.suppress(ImportError, OSError, ValueError):
        import fcntl

        fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(lifeline, _F_SETSIG, signal.SIGKILL)
        flags = fcntl.fcntl(lifeline, fcntl.F_GETFL)
        fcntl.fcntl(lifeline, fcntl.F_SETFL, flags | fcntl.FASYNC)


def end_group() -> NoReturn:
    """End this process and what it started; a group that it does not lead is spared."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def end_soon() -> None:
    """End the process that does not end by itself."""
    time.sleep(_LINGER)
    os._exit(_LINGERED)


def forbid_core_dumps() -> None:
    """Let a crash leave no file behind.

    Memory gets no limit: drivers of GPUs reserve more address space than a machine has
    memory, and fail where they cannot.
    """
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def extend_path(path: list[str]) -> None:
    """Put folders after the standard library, which nobody may hide, before the rest."""
    sites = {"site-packages", "dist-packages"}
    places = (n for n, entry in enumerate(sys.path) if Path(entry).name in sites)
    place = next(places, len(sys.path))
    sys.path[place:place] = path


def never_fail_to_print() -> None:
    """Let the plugin print any text, whatever encoding its output has."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def show(error: BaseException | None) -> None:
    """Write a traceback where the output of the plugin goes."""
    if error is None:
        return
    # The plugin may have closed or replaced the stream, and its error may not print.
    with contextlib.suppress(BaseException):
        lines = traceback.format_exception(type(error), error, error.__traceback__)
        sys.stderr.write("".join(lines)[-_MAX_TRACEBACK:])


def writer(path: str) -> Callable[[dict[str, Any]], None]:
    """Return what writes the answer, in this process and not in a fork of it."""
    original = os.getpid()

    def write(answer: dict[str, Any]) -> None:
        if os.getpid() != original:
            os._exit(0)
        part = f"{path}.part"
        with Path(part).open("xb") as stream:
            stream.write(json.dumps(answer).encode())
        Path(part).replace(path)

    return write


def record_variables() -> set[str]:
    """Return the names of the environment variables that are looked up from now on.

    The name ``*`` stands for all of them: somebody went through the environment, or
    started a program.
    """
    seen: set[str] = set()

    def record(name: str) -> None:
        fits = len(seen) < _MAX_VARIABLES and len(name) <= _MAX_NAME
        seen.add(name if fits else "*")

    def watch(event: str, _arguments: tuple[Any, ...]) -> None:
        if event in _PROGRAMS:
            record("*")

    for environ in (os.environ, getattr(os, "environb", None)):
        if environ is not None:
            # The object stays the same: other modules have it already.
            environ.__class__ = recording(type(environ), record)
    sys.addaudithook(watch)
    return seen


def recording(base: Any, record: Callable[[str], None]) -> Any:
    """Return a class of environments that tells which names are looked up."""

    class Recording(base):  # type: ignore[misc]
        def __getitem__(self, key: Any) -> Any:
            with contextlib.suppress(TypeError, ValueError):
                record(os.fsdecode(self.encodekey(key)))
            return super().__getitem__(key)

        def __iter__(self) -> Iterator[Any]:
            record("*")
            return iter(super().__iter__())

        def __len__(self) -> int:
            record("*")
            return int(super().__len__())

    return Recording


def replaced_modules(before: dict[str, ModuleType]) -> list[str]:
    """Return the names under which another module can be imported than before.

    Also those that were not there before, and stand for a module of another name: a
    copy that the plugin carries along.
    """
    found = []
    for name, module in list(sys.modules.items()):
        was = before.get(name)
        if was is not None:
            differs = was is not module
        else:
            differs = "." not in name and getattr(module, "__name__", name) != name
        if differs and len(name) <= _MAX_NAME:
            found.append(name)
    return sorted(found)[:_MAX_REPLACED]


class LookAlikes:
    """Stands in for the library that plugins of old generations import, if need be.

    It comes after all other finders, so that the real library is taken where it is.
    Source: PROVIDERS 2; the seeds for generation 1.
    """

    _MODULES = frozenset(
        "variantlib variantlib.base variantlib.config variantlib.models "
        "variantlib.models.provider variantlib.models.variant "
        "variantlib.protocols".split()
    )
    _CLASSES = (
        ("KeyConfig", "key", "values"),
        ("ProviderConfig", "provider", "configs"),
        ("VariantFeatureConfig", "name", "values", "multi_value"),
        ("VariantProperty", "namespace", "feature", "value"),
        ("PluginBase",),
        ("PluginType",),
        ("VariantFeatureConfigType",),
    )

    @classmethod
    def find_spec(cls, fullname: str, *_: Any) -> Any:
        """Find one of the few modules that plugins import."""
        if fullname not in cls._MODULES:
            return None
        # Each is a package, since some have modules below them.
        return importlib.machinery.ModuleSpec(fullname, cls, is_package=True)  # type: ignore[arg-type]

    @staticmethod
    def create_module(_spec: Any) -> None:
        """Leave that to Python."""

    @classmethod
    def exec_module(cls, module: ModuleType) -> None:
        """Put all classes into each module: they moved from one to the next."""
        for name, *fields in cls._CLASSES:
            setattr(module, name, values_class(name, *fields))


def values_class(name: str, *fields: str) -> type:
    """Make a class that holds what it is given."""

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        vars(self).update(zip(fields, args), **kwargs)  # noqa: B905 - Python 3.10

    return type(name, (), {"__init__": init})


if __name__ == "__main__":
    main()
