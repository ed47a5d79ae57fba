"""The built-in provider of the namespace ``intel``: the architecture of the GPUs.

::

    device_ip   12.71.4, 12.70.4    of each GPU, and of the one it is compatible with

A value is what Intel calls a device IP version, ``architecture.release.revision``. The
machine is asked through Level Zero, whose loader comes with the driver, and a variable
can take the place of what it says. :func:`query` does the asking and :func:`describe`
the rest, so that recorded answers can be told too.

Sources: the published ``intel-variant-provider`` 0.0.3 for the known versions; the
Level Zero specification, with its extension "Device IP Version"; ``hw_ip_version.h`` of
Intel's compute runtime for the bits.
"""

from __future__ import annotations

import re
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING

from .host import Detected, Host

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["FORCE_DEVICE_IP", "KNOWN", "describe", "detect", "query"]

FORCE_DEVICE_IP = "INTEL_VARIANT_PROVIDER_FORCE_DEVICE_IP"
"""The variable that takes the place of the GPUs."""

_LINUX_LIBRARY = "libze_loader.so.1"

_KNOWN_NAMES = """
35.11.0 35.10.4 30.5.4 30.4.4 30.3.1 30.1.0 30.0.4 20.4.4 20.2.0 20.1.0 12.74.4 12.71.4
12.70.4 12.60.7 12.57.0 12.56.5 12.55.8 12.10.0 12.4.0 12.3.0 12.2.0 12.1.0 12.0.0
"""
KNOWN = tuple(_KNOWN_NAMES.split())
"""The versions that are known, newest first."""

# GPUs that also run what was compiled for another one.
_BASES = {
    **dict.fromkeys(("30.5.4", "30.4.4", "30.3.1", "30.1.0"), "30.0.4"),
    **dict.fromkeys(("20.4.4", "20.2.0"), "20.1.0"),
    "12.71.4": "12.70.4",
    **dict.fromkeys(("12.57.0", "12.56.5"), "12.55.8"),
}


def detect(host: Host) -> Detected:
    """Find the architectures of the Intel GPUs."""
    forced = host.environ.get(FORCE_DEVICE_IP)
    return describe(() if forced else query(host), host.environ)


def describe(numbers: Iterable[int], environ: Mapping[str, str]) -> Detected:
    """Turn the answer of Level Zero and the environment into properties.

    Better than published: a forced version stands for a whole GPU, which runs what is
    compiled for its base, too. It is the same otherwise: what it does not know is left
    out with a warning.

    >>> describe((0x0311C004,), {}).features
    (('device_ip', ('12.71.4', '12.70.4')),)

    :param numbers: the IP version of each GPU, in the order they were found.
    """
    forced = environ.get(FORCE_DEVICE_IP)
    if forced:
        if forced.strip() not in KNOWN:
            return Detected((), (_explain_forced(forced),))
        found = [forced.strip()]
    else:
        found = list(dict.fromkeys(_written(number) for number in numbers))
    warnings = tuple(
        f"The Intel GPU architecture {ip} is not known here; intel :: device_ip :: {ip} "
        "does not count as supported."
        for ip in found
        if ip not in KNOWN
    )
    values = tuple(dict.fromkeys(_compatible(ip for ip in found if ip in KNOWN)))
    return Detected((("device_ip", values),) if values else (), warnings)


def _explain_forced(forced: str) -> str:
    named = f"{FORCE_DEVICE_IP}={forced!r}"
    if re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", forced.strip(), re.ASCII):
        return (
            f"{named} is no GPU architecture that is known here; give one like 20.1.0."
        )
    return f"{named} is no GPU architecture; give one like 20.1.0."


def _written(number: int) -> str:
    """Write an IP version with its three parts.

    >>> _written(0x05004000)
    '20.1.0'

    :param number: the revision in bits 0 to 5, the release in bits 14 to 21 and the
        architecture from bit 22.
    """
    return f"{number >> 22}.{number >> 14 & 0xFF}.{number & 0x3F}"


def _compatible(ips: Iterable[str]) -> Iterator[str]:
    for ip in ips:
        yield ip
        if ip in _BASES:
            yield _BASES[ip]


def query(host: Host) -> tuple[int, ...]:
    """Ask Level Zero for the IP version of each Intel GPU; none where it has none."""
    library = host.load_library(_library_paths(host))
    if library is None:
        return ()
    from . import level_zero

    try:
        return tuple(level_zero.ask(library))
    except (AttributeError, level_zero.FailedError):
        # AttributeError: without one of the functions it is some other library.
        return ()


def _library_paths(host: Host) -> Iterator[str]:
    if host.system == "Linux" and host.has_library(_LINUX_LIBRARY):
        yield _LINUX_LIBRARY
    if host.system == "Windows":
        folder = PureWindowsPath(host.environ.get("WINDIR", ""))
        # A library from the working directory would be anybody's.
        if folder.is_absolute():
            yield str(folder.joinpath("System32", "ze_loader.dll"))
