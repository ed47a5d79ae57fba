"""The machine that the built-in providers look at, and the answer they give.

A provider sees its machine through a :class:`Host` alone, so that a test can hand it
a recorded one and nothing below depends on the environment of this process.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import loader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Detected", "Host", "read_cpuinfo"]

_MAX_READ = 1024 * 1024
_MAX_NAMES = 4096
# One processor takes under 4 KiB of /proc/cpuinfo, but the kernel renders all of them
# for who reads on: 256 processors are half a megabyte. Early arm64 kernels list the
# bare processor numbers first and the fields after them, hence room for many of these.
_CPUINFO_READ = 16 * 1024
_REAL_ROOT = Path("/")


@dataclass(frozen=True, slots=True)
class Host:
    """The machine asked about; everything a provider may look at comes through here.

    >>> Host("Linux", "x86_64", {}).is_recorded
    False
    """

    system: str
    """What ``platform.system()`` says: Linux, Darwin, Windows."""
    machine: str
    """What ``platform.machine()`` says: x86_64, AMD64, aarch64, arm64."""
    environ: Mapping[str, str]
    """The environment variables of the caller; upper-case names on Windows."""
    root: Path = _REAL_ROOT
    """Where /proc and the like are looked up; anything but "/" is a recording."""

    @property
    def is_recorded(self) -> bool:
        """Tell whether this is a recorded tree, not the machine we run on."""
        return self.root != _REAL_ROOT

    def _place(self, path: str) -> str:
        # Many places are looked at before each answer from the cache, most of them
        # empty, and a Path for each takes longer than the look.
        return os.path.join(self.root, path.lstrip("/"))  # noqa: PTH118

    def read_text(self, path: str, limit: int = _MAX_READ) -> str | None:
        """Read the start of a text file; None when that is not possible.

        :param path: absolute, with ``/``; looked up below :attr:`root`.
        :param limit: how many bytes are read at most; never more than 1 MiB.
        """
        try:
            with open(self._place(path), "rb") as stream:  # noqa: PTH123
                content = stream.read(min(limit, _MAX_READ))
        except (OSError, ValueError):  # ValueError: a zero byte in the path
            return None
        return content.decode("utf-8", "replace")

    def is_there(self, path: str) -> bool:
        """Tell whether there is a file, folder or device; looked up as a text is."""
        try:
            return os.path.exists(self._place(path))  # noqa: PTH110
        except (OSError, ValueError):
            return False

    def list_folder(self, path: str) -> tuple[str, ...]:
        """Return the names in a folder, in order; none where there is no folder.

        :param path: absolute, with ``/``; looked up below :attr:`root`.
        """
        try:
            # A Path for each name would take three times as long.
            names = os.listdir(self._place(path))  # noqa: PTH208
            return tuple(sorted(names)[:_MAX_NAMES])
        except (OSError, ValueError):
            return ()

    def stamp_of(self, path: str) -> str:
        """Return what tells a file from another in its place, "" for no such file.

        :returns: the name without symbolic links, the size in bytes and the time of
            the last change in nanoseconds, with blanks between them.
        """
        place = self._place(path)
        try:
            status = os.stat(place)  # noqa: PTH116
            real = Path(place).resolve()
        except (OSError, ValueError, RuntimeError):
            # RuntimeError: links in a circle, on older Pythons.
            return ""
        if real.is_relative_to(self.root):
            real = real.relative_to(self.root)
        return f"{real.as_posix()} {status.st_size} {status.st_mtime_ns}"

    def has_library(self, name: str) -> bool:
        """Tell whether the library of a driver can be loaded; True if not known."""
        return not self.is_recorded and loader.is_there(name)

    def load_library(self, paths: Iterable[str]) -> Any:
        """Load the first of some libraries that can be loaded, or return None."""
        return None if self.is_recorded else loader.load(paths)

    def sysctl(self, name: str) -> bytes | None:
        """Ask the kernel of macOS for a value; None when it has none.

        A string ends in a zero byte, a number is in the byte order of the machine.
        This asks the C library rather than ``/usr/sbin/sysctl``: no child process.
        Untried on a real Mac.

        Source: ``man 3 sysctlbyname``.
        """
        if self.system != "Darwin" or self.is_recorded:
            return None
        try:
            # Imported here for its cost, and because some Pythons are built without.
            import ctypes

            ask = ctypes.CDLL(None).sysctlbyname
        except (ImportError, OSError, AttributeError, TypeError):
            return None
        ask.argtypes = (
            ctypes.c_char_p,
            ctypes.c_void_p,
            ctypes.POINTER(ctypes.c_size_t),
            ctypes.c_void_p,
            ctypes.c_size_t,
        )
        size = ctypes.c_size_t(0)
        if ask(name.encode(), None, ctypes.byref(size), None, 0) != 0:
            return None
        if not 0 < size.value <= _MAX_READ:
            return None
        buffer = ctypes.create_string_buffer(size.value)
        if ask(name.encode(), buffer, ctypes.byref(size), None, 0) != 0:
            return None
        return buffer.raw[: size.value]


@dataclass(frozen=True, slots=True)
class Detected:
    """What a provider found out.

    >>> dict(Detected((("level", ("v2", "v1")),)).features)
    {'level': ('v2', 'v1')}
    """

    features: tuple[tuple[str, tuple[str, ...]], ...]
    """Features and their values, most preferred first; none without values."""
    warnings: tuple[str, ...] = ()
    """What the user should know, one clear sentence each."""


def read_cpuinfo(host: Host, key: str) -> Mapping[str, str] | None:
    """Return the fields of the first processor in /proc/cpuinfo that has *key*.

    :returns: None where there is no such file or no such field in its start.
    """
    text = host.read_text("/proc/cpuinfo", _CPUINFO_READ)
    if text is None:
        return None
    fields: dict[str, str] = {}
    # A blank line stands between two processors; one more ends the last of them.
    for line in (*text.split("\n"), ""):
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip(), value.strip())
        elif not line.strip():
            if key in fields:
                return fields
            fields = {}
    return None
