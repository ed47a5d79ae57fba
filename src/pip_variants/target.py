"""The Python and the machine that wheels are for, where it is not this one (E39)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from optparse import Values

__all__ = ["is_foreign", "marker_environment"]

_SYSTEMS = {
    "linux": ("posix", "linux", "Linux"),
    "manylinux": ("posix", "linux", "Linux"),
    "musllinux": ("posix", "linux", "Linux"),
    "macosx": ("posix", "darwin", "Darwin"),
    "ios": ("posix", "ios", "iOS"),
    "android": ("posix", "android", "Android"),
    "win": ("nt", "win32", "Windows"),
}
_WINDOWS_MACHINES = {"amd64": "AMD64", "arm64": "ARM64", "32": "x86"}
_SEVERAL_MACHINES = ("universal", "universal2", "fat", "fat32", "fat64", "intel")
_IMPLEMENTATIONS = {"cp": ("cpython", "CPython"), "pp": ("pypy", "PyPy")}

# "_", "1_", "2014_", "_2_28_", "_21_" of linux, manylinux, musllinux, macosx, android.
_VERSION = re.compile(r"(?:[0-9]+|(?:_[0-9]+){1,2})?_")


def is_foreign(options: Values) -> bool:
    """Tell whether the wheels are for another machine than this one."""
    return bool(getattr(options, "platforms", None))


def marker_environment(options: Values) -> dict[str, str]:
    """Return the marker variables that differ from those of the running Python."""
    found: dict[str, str] = {}
    version: Sequence[int] | None = getattr(options, "python_version", None)
    if version:
        numbers = [*version, 0, 0][:3]
        found["python_version"] = ".".join(map(str, numbers[:2]))
        found["python_full_version"] = ".".join(map(str, numbers))
    implementation = _IMPLEMENTATIONS.get(
        getattr(options, "implementation", None) or ""
    )
    if implementation is not None:
        found["implementation_name"] = implementation[0]
        found["platform_python_implementation"] = implementation[1]
    platforms: Sequence[str] = getattr(options, "platforms", None) or ()
    if platforms:
        # The first one is the best; the others are what it also runs.
        found.update(_of_platform(platforms[0]))
    return found


def _of_platform(tag: str) -> dict[str, str]:
    """Return what a platform tag tells about the machine, nothing for ``any``.

    >>> _of_platform("manylinux_2_28_aarch64")["platform_machine"]
    'aarch64'
    >>> _of_platform("win_amd64")["platform_machine"]
    'AMD64'
    """
    tag = tag.lower().replace("-", "_").replace(".", "_")
    for start, (os_name, sys_platform, platform_system) in _SYSTEMS.items():
        if not tag.startswith(start):
            continue
        rest = tag.removeprefix(start)
        version = _VERSION.match(rest)
        machine = rest[version.end() :] if version is not None else rest
        if start == "win":
            machine = _WINDOWS_MACHINES.get(machine, machine)
        found = {
            "os_name": os_name,
            "sys_platform": sys_platform,
            "platform_system": platform_system,
        }
        if machine not in _SEVERAL_MACHINES:
            found["platform_machine"] = machine
        return found
    return {}
