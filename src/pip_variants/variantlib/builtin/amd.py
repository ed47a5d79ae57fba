"""The built-in provider of the namespace ``amd``: GPU architecture and ROCm version.

::

    gfx_arch      gfx1100, gfx90a     of the GPUs, each once, in the order of text
    rocm_version  6.4                 of the installed ROCm, this one and no older

The GPUs come from the kernel driver, in ``/sys/class/kfd``, and the version from a file
of ROCm. Both are on Linux only; the variables that force a value work everywhere.

Sources: the published ``amd-variant-provider`` 0.0.2; ``kfd_topology.c`` and
``kfd_device.c`` of Linux for the numbers; ``topology.c`` of ROCm's thunk library for
``HSA_OVERRIDE_GFX_VERSION``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .host import Detected, Host

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "ARCHITECTURE",
    "FORCE_GFX",
    "FORCE_ROCM",
    "OVERRIDE_GFX",
    "ROCM_PATH",
    "detect",
]

FORCE_GFX = "AMD_VARIANT_PROVIDER_FORCE_GFX_ARCH"
"""The variable that takes the place of the architectures of the GPUs."""

FORCE_ROCM = "AMD_VARIANT_PROVIDER_FORCE_ROCM_VERSION"
"""The variable that takes the place of the version of ROCm."""

OVERRIDE_GFX = "HSA_OVERRIDE_GFX_VERSION"
"""The variable by which ROCm itself takes every GPU for another one."""

ROCM_PATH = "ROCM_PATH"
"""The variable that says where ROCm is."""

_NODES = "/sys/class/kfd/kfd/topology/nodes"
# ROCm opens it. A container shows the folder above of the machine around it, but has
# this one only when it was given the GPUs.
_DEVICE = "/dev/kfd"
_DEFAULT_ROCM = "/opt/rocm"
# The kernel writes some forty short lines.
_PROPERTIES_READ = 16 * 1024

ARCHITECTURE = "gfx[0-9]{1,4}[0-9a-f]{0,4}"
"""The pattern of the name of an architecture."""
_VERSION = r"0*(?P<major>[0-9]{1,3})\.0*(?P<minor>[0-9]{1,3})"


class _UnusableError(Exception):
    """A variable has a value that cannot be read; the text is for the user."""


def detect(host: Host) -> Detected:
    """Find the architectures of the GPUs and the version of ROCm.

    Three things are better than in the published provider. It runs ``rocminfo``, which
    may hang for seconds, and the tool that it asks next prints into its answer; here the
    kernel is asked. It believes the first tool only if it knows all of the GPUs; here
    each one counts, and ``AMD_PREFERRED_GFX_ARCHS``, the list of those that it knows,
    is not read. A forced version other than X.Y.Z is a crash there; here X.Y does, and
    anything else is a warning.
    """
    features: list[tuple[str, tuple[str, ...]]] = []
    problems: list[str] = []
    for name, find in (("gfx_arch", _architectures), ("rocm_version", _versions)):
        try:
            values = find(host)
        except _UnusableError as problem:
            problems.append(str(problem))
            continue
        if values:
            features.append((name, values))
    # Half of what a user asked for would be some other machine.
    return Detected(() if problems else tuple(features), tuple(problems))


def _architectures(host: Host) -> tuple[str, ...]:
    forced = host.environ.get(FORCE_GFX)
    if forced:
        return _read_forced_architectures(forced)
    found = set(_read_architectures(host))
    if not found:
        return ()
    stand_in = _read_override(host.environ)
    return (stand_in,) if stand_in else tuple(sorted(found))


def _read_forced_architectures(forced: str) -> tuple[str, ...]:
    """Return the names in the variable, in their order; published: unchecked."""
    names = [name for name in re.split(r"[,;\s]+", forced.lower()) if name]
    if not names or not all(re.fullmatch(ARCHITECTURE, name) for name in names):
        raise _UnusableError(
            f"{FORCE_GFX}={forced!r} is no list of GPU architectures; give some like "
            "gfx90a or gfx1100,gfx1201."
        )
    return tuple(dict.fromkeys(names))


def _read_architectures(host: Host) -> Iterator[str]:
    """Yield what the kernel driver says; a CPU is a node, too, with the number 0."""
    if host.system != "Linux" or not host.is_there(_DEVICE):
        return
    for node in host.list_folder(_NODES):
        properties = host.read_text(f"{_NODES}/{node}/properties", _PROPERTIES_READ)
        match = re.search(
            r"(?m)^gfx_target_version ([0-9]{1,9})$", properties or "", re.ASCII
        )
        name = _name(int(match[1])) if match else None
        if name is not None:
            yield name


def _name(number: int) -> str | None:
    """Name the architecture of a number of the kernel; None where it has no name.

    >>> _name(90010), _name(90402), _name(100300), _name(110501)
    ('gfx90a', 'gfx942', 'gfx1030', 'gfx1151')

    :param number: 10000 * major + 100 * minor + stepping.
    """
    return _spelled(number // 10000, number // 100 % 100, number % 100)


def _spelled(major: int, minor: int, stepping: int) -> str | None:
    """Put a name together, where minor and stepping have one digit to base 16 each."""
    if not major or minor > 15 or stepping > 15:
        return None
    return f"gfx{major}{minor:x}{stepping:x}"


def _read_override(environ: Mapping[str, str]) -> str | None:
    """Return the architecture that ROCm is told to take every GPU for.

    The tools that the published provider runs are told, too, and so it says this one.
    """
    given = environ.get(OVERRIDE_GFX)
    if not given:
        return None
    match = re.fullmatch(
        r"([0-9]{1,2})\.([0-9]{1,3})\.([0-9]{1,3})", given.strip(), re.ASCII
    )
    name = _spelled(*map(int, match.groups())) if match else None
    if name is None:
        raise _UnusableError(
            f"{OVERRIDE_GFX}={given!r} is no version of a GPU architecture; give three "
            "numbers like 10.3.0, the last two below 16."
        )
    return name


def _versions(host: Host) -> tuple[str, ...]:
    """Return the version of ROCm alone; older ones are not in the list, as published.

    ROCm does not promise that what was built for 6.3 runs on 6.4.
    """
    forced = host.environ.get(FORCE_ROCM)
    if forced:
        match = re.fullmatch(rf"{_VERSION}(?:\.[0-9]+)?", forced.strip(), re.ASCII)
        if match is None:
            raise _UnusableError(
                f"{FORCE_ROCM}={forced!r} is no version of ROCm; give one like 6.4."
            )
        return (_written(match),)
    if host.system != "Linux":
        return ()
    # Such as "6.4.1-83" or "7.10.0".
    text = host.read_text(f"{_read_folder(host.environ)}/.info/version", 256)
    match = re.match(rf"\s*{_VERSION}(?![0-9])", text or "", re.ASCII)
    return (_written(match),) if match else ()


def _read_folder(environ: Mapping[str, str]) -> str:
    """Return where ROCm is: a path with ``/`` that does not depend on the folder."""
    given = environ.get(ROCM_PATH)
    if not given:
        return _DEFAULT_ROCM
    if not given.startswith("/"):
        raise _UnusableError(
            f"{ROCM_PATH}={given!r} is no absolute path, so that the version of ROCm is "
            "not known."
        )
    return given.rstrip("/")


def _written(match: re.Match[str]) -> str:
    return f"{int(match['major'])}.{int(match['minor'])}"
