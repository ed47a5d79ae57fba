"""Asking Level Zero, the library of Intel's driver, for the GPUs.

This imports ctypes, so that it is imported itself only where there is that library.

Source: the Level Zero specification, and the numbers and structures of its ``ze_api.h``.
"""

from __future__ import annotations

from ctypes import Structure, byref, c_uint8, c_uint32, c_void_p, cast, pointer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Protocol

    class Library(Protocol):
        """A loaded Level Zero; every function returns 0 for success."""

        def __getattr__(self, name: str) -> Callable[..., int]: ...


__all__ = ["FailedError", "ask"]

_INTEL = 0x8086
_GPU_ONLY = 1
_MAX_HANDLES = 1024

_TYPE_DEVICE_PROPERTIES = 0x3
_TYPE_DEVICE_IP_VERSION = 0x1000F
_TYPE_DRIVER_TYPE = 0x20021


class FailedError(Exception):
    """A function of the library did not succeed."""


class _DriverType(Structure):
    _fields_ = (("kind", c_uint32), ("next", c_void_p), ("flags", c_uint32))


class _IpVersion(Structure):
    _fields_ = (("kind", c_uint32), ("next", c_void_p), ("number", c_uint32))


class _Properties(Structure):
    # The library also fills in what is of no use here, 344 bytes today.
    _fields_ = (
        ("kind", c_uint32),
        ("next", c_void_p),
        ("type", c_uint32),
        ("vendor", c_uint32),
        ("rest", c_uint8 * 1024),
    )


def ask(library: Library) -> Iterator[int]:
    """Yield the IP version of each Intel GPU, in the order of the library.

    As published, an error anywhere spoils the whole answer. A driver that is too old
    for the extension leaves the number at 0, and its GPU is left out.

    :raises FailedError: when a function fails.
    :raises AttributeError: when there is no such function.
    """
    for driver in _drivers(library):
        for device in _handles(library.zeDeviceGet, driver):
            version = _IpVersion(kind=_TYPE_DEVICE_IP_VERSION)
            properties = _Properties(
                kind=_TYPE_DEVICE_PROPERTIES, next=cast(pointer(version), c_void_p)
            )
            _check(library.zeDeviceGetProperties(device, byref(properties)))
            if properties.vendor == _INTEL and version.number:
                yield version.number


def _drivers(library: Library) -> list[c_void_p]:
    initialise = getattr(library, "zeInitDrivers", None)
    if initialise is None:  # before version 1.10 of the interface
        _check(library.zeInit(c_uint32(_GPU_ONLY)))
        return _handles(library.zeDriverGet)
    kind = byref(_DriverType(kind=_TYPE_DRIVER_TYPE, flags=_GPU_ONLY))
    return _handles(lambda *arguments: initialise(*arguments, kind))


def _handles(function: Callable[..., int], *first: Any) -> list[c_void_p]:
    """Ask how many there are, and then for them."""
    count = c_uint32()
    _check(function(*first, byref(count), None))
    count.value = min(count.value, _MAX_HANDLES)
    if not count.value:
        return []  # a function may take this for the first question again
    handles = (c_void_p * count.value)()
    _check(function(*first, byref(count), handles))
    # An array gives numbers away, which would be passed on as 32 bits.
    return [c_void_p(handle) for handle in handles[: count.value]]


def _check(status: int) -> None:
    if status != 0:
        raise FailedError
