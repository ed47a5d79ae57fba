"""The built-in provider of the namespace ``nvidia``: CUDA driver and GPU architecture.

::

    cuda_version_lower_bound  12.7 ... 12.0, 12, 11.20 ... 11.0, 11  driver >= value
    cuda_version_upper_bound  15.20 ... 13.0, 13, 12.20 ... 12.8     driver < value
    sm_arch                   86_real ... 80_real, 80_virtual        of the best GPU

The machine is asked through NVML, the library that comes with the driver, and two
environment variables can take the place of what it says. :func:`query` does the asking
and :func:`describe` the rest, so that recorded answers can be told too.

Sources: the published ``nvidia-variant-provider`` 0.0.2; the NVML API reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING

from .host import Detected, Host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Protocol

    class _Library(Protocol):
        """A loaded NVML; every function returns 0 for success."""

        def __getattr__(self, name: str) -> Callable[..., int]: ...


__all__ = [
    "FORCE_DRIVER",
    "FORCE_SM_ARCH",
    "Nvml",
    "describe",
    "describe_first_generation",
    "detect",
    "detect_first_generation",
    "query",
]

FORCE_DRIVER = "NV_VARIANT_PROVIDER_FORCE_CUDA_DRIVER_VERSION"
"""The variable that takes the place of the driver's CUDA version."""

FORCE_SM_ARCH = "NV_VARIANT_PROVIDER_FORCE_SM_ARCH"
"""The variable that takes the place of the compute capability of the GPUs."""

_LOWEST_DRIVER = (11, 0)
_HIGHEST_DRIVER = (15, 20)
_MINORS = range(20, -1, -1)
_LOWEST_CAPABILITY = (5, 0)

_LINUX_LIBRARY = "libnvidia-ml.so.1"

# A version by PEP 440, with at most two digits (beyond leading zeros) in the two parts
# that are used. Better than published: 99999999.0 would make it run out of memory.
# Few people force anything, so that this is compiled when it is needed.
_VERSION = r"""(?xai)
    v? (?:[0-9]+!)?
    0*(?P<major>[0-9]{1,2}) (?:\.0*(?P<minor>[0-9]{1,2})(?:\.[0-9]+)*)?
    (?:[-_.]?(?:alpha|a|beta|b|preview|pre|c|rc)[-_.]?[0-9]*)?
    (?:-[0-9]+|[-_.]?(?:post|rev|r)[-_.]?[0-9]*)?
    (?:[-_.]?dev[-_.]?[0-9]*)?
    (?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?
"""
_CAPABILITY = r"0*(?P<major>[0-9]{1,2})\.0*(?P<minor>[0-9]{1,2})"

_Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Nvml:
    """What NVML says.

    >>> Nvml(12070, ((8, 6),)).version
    (12, 7)
    """

    driver: int | None
    """The CUDA version of the driver, as 1000 * major + 10 * minor."""
    capabilities: tuple[_Version, ...]
    """The compute capability of each GPU that could tell its own."""

    @property
    def version(self) -> _Version | None:
        """The CUDA version of the driver as major and minor."""
        if self.driver is None:
            return None
        return self.driver // 1000, self.driver % 1000 // 10


def detect(host: Host) -> Detected:
    """Find what the NVIDIA driver and the GPUs support."""
    forced = host.environ.get(FORCE_DRIVER) and host.environ.get(FORCE_SM_ARCH)
    return describe(None if forced else query(host), host.environ)


def detect_first_generation(host: Host) -> Detected:
    """Find the same driver version in the words of the first generation (May 2025).

    That one knew the single feature ``cuda``.
    """
    forced = host.environ.get(FORCE_DRIVER)
    return describe_first_generation(None if forced else query(host), host.environ)


def describe(nvml: Nvml | None, environ: Mapping[str, str]) -> Detected:
    """Turn the answer of NVML and the environment into properties.

    Better than published, which crashes on both: a forced value that cannot be read is
    a warning, and a driver without a GPU that tells its architecture has its bounds.

    >>> found = dict(describe(Nvml(15200, ((9, 0),)), {}).features)
    >>> found["sm_arch"], len(found["cuda_version_lower_bound"])
    (('90_real', '90_virtual'), 110)

    :param nvml: None when there is no library, no driver or no GPU.
    """
    driver = _driver(nvml, environ)
    capability = _capability(nvml, environ)
    if isinstance(driver, str) or isinstance(capability, str):
        problems = (part for part in (driver, capability) if isinstance(part, str))
        return Detected((), tuple(problems))
    if driver is None:
        return Detected(())
    bounds = (
        ("cuda_version_lower_bound", tuple(_lower_bounds(*driver))),
        ("cuda_version_upper_bound", tuple(_upper_bounds(*driver))),
    )
    features = tuple((name, values) for name, values in bounds if values)
    if capability is None:
        return Detected(features)
    if capability < _LOWEST_CAPABILITY:
        warning = (
            f"The GPU architecture {_written(capability)} is older than the oldest "
            f"known one, {_written(_LOWEST_CAPABILITY)}; nvidia :: sm_arch does not "
            "count as supported."
        )
        return Detected(features, (warning,))
    return Detected((*features, ("sm_arch", tuple(_architectures(*capability)))))


def describe_first_generation(
    nvml: Nvml | None, environ: Mapping[str, str]
) -> Detected:
    """Turn the same into the feature ``cuda``: M.m ... M.0, then bare M.

    >>> describe_first_generation(Nvml(12020, ()), {}).features
    (('cuda', ('12.2', '12.1', '12.0', '12')),)
    """
    driver = _driver(nvml, environ)
    if isinstance(driver, str):
        return Detected((), (driver,))
    if driver is None:
        return Detected(())
    major, minor = driver
    return Detected((("cuda", tuple(_versions(major, range(minor, -1, -1)))),))


def _driver(nvml: Nvml | None, environ: Mapping[str, str]) -> _Version | str | None:
    """Return the driver version, the reason why it is of no use, or None."""
    if forced := environ.get(FORCE_DRIVER):
        match = re.fullmatch(_VERSION, forced.strip())
        if match is None:
            return (
                f"{FORCE_DRIVER}={forced!r} is no CUDA version; give one like 12.8, "
                "whose numbers are below 100."
            )
        return int(match["major"]), int(match["minor"] or 0)
    driver = nvml.version if nvml else None
    if driver is not None and not _LOWEST_DRIVER <= driver <= _HIGHEST_DRIVER:
        return (
            f"The NVIDIA driver supports CUDA {_written(driver)}, which is outside the "
            f"known {_written(_LOWEST_DRIVER)} to {_written(_HIGHEST_DRIVER)}; nvidia "
            "properties do not count as supported."
        )
    return driver


def _capability(nvml: Nvml | None, environ: Mapping[str, str]) -> _Version | str | None:
    """Return the highest compute capability, why it is of no use, or None."""
    if forced := environ.get(FORCE_SM_ARCH):
        match = re.fullmatch(_CAPABILITY, forced.strip())
        if match is None:
            return (
                f"{FORCE_SM_ARCH}={forced!r} is no GPU architecture; give exactly two "
                "numbers below 100 like 9.0."
            )
        return int(match["major"]), int(match["minor"])
    return max(nvml.capabilities, default=None) if nvml else None


def _lower_bounds(major: int, minor: int) -> Iterator[str]:
    """Yield each X for which the driver is at least X, highest first."""
    for each in range(major, _LOWEST_DRIVER[0] - 1, -1):
        yield from _versions(each, range(minor, -1, -1) if each == major else _MINORS)


def _upper_bounds(major: int, minor: int) -> Iterator[str]:
    """Yield each X for which the driver is below X, highest first."""
    for each in range(_HIGHEST_DRIVER[0], major, -1):
        yield from _versions(each, _MINORS)
    if major <= _HIGHEST_DRIVER[0]:
        # Its own major without minor is not above the driver.
        for each in range(_MINORS[0], minor, -1):
            yield f"{major}.{each}"


def _versions(major: int, minors: range) -> Iterator[str]:
    """Yield major.minor for each of the minors, then the bare major."""
    for minor in minors:
        yield f"{major}.{minor}"
    yield str(major)


def _architectures(major: int, minor: int) -> Iterator[str]:
    """Yield what runs on a GPU: compiled for its major up to its minor, and PTX."""
    for each in range(minor, -1, -1):
        yield f"{major}{each}_real"
    yield f"{major}0_virtual"


def _written(version: _Version) -> str:
    return f"{version[0]}.{version[1]}"


def query(host: Host) -> Nvml | None:
    """Ask NVML; None when there is no library, no driver or no usable answer."""
    library = None if host.is_recorded else _load(host)
    if library is None:
        return None
    try:
        if library.nvmlInit_v2() != 0:
            return None
        try:
            return _ask(library)
        finally:
            library.nvmlShutdown()
    except AttributeError:
        # A library without one of the functions, too old to be of use.
        return None


def _load(host: Host) -> _Library | None:
    library: _Library | None = host.load_library(_library_paths(host))
    return library


def _library_paths(host: Host) -> Iterator[str]:
    if host.system == "Linux" and host.has_library(_LINUX_LIBRARY):
        yield _LINUX_LIBRARY
    if host.system == "Windows":
        for variable, *parts in (
            ("WINDIR", "System32", "nvml.dll"),
            ("PROGRAMFILES", "NVIDIA Corporation", "NVSMI", "nvml.dll"),
        ):
            folder = PureWindowsPath(host.environ.get(variable, ""))
            # A library from the working directory would be anybody's.
            if folder.is_absolute():
                yield str(folder.joinpath(*parts))


def _ask(library: _Library) -> Nvml | None:
    """Ask a library that is ready; None when it cannot tell the GPUs."""
    from ctypes import byref, c_int, c_uint, c_void_p

    driver = _ask_driver(library)
    count = c_uint()
    if library.nvmlDeviceGetCount_v2(byref(count)) != 0:
        return None
    capabilities: list[_Version] = []
    for index in range(count.value):
        device = c_void_p()
        # As published: a GPU that cannot even be opened spoils the whole answer, one
        # that only does not tell its capability is left out.
        if library.nvmlDeviceGetHandleByIndex_v2(c_uint(index), byref(device)) != 0:
            return None
        major, minor = c_int(), c_int()
        status = library.nvmlDeviceGetCudaComputeCapability(
            device, byref(major), byref(minor)
        )
        if status == 0:
            capabilities.append((major.value, minor.value))
    return Nvml(driver, tuple(capabilities))


def _ask_driver(library: _Library) -> int | None:
    from ctypes import byref, c_int

    version = c_int()
    for name in ("nvmlSystemGetCudaDriverVersion_v2", "nvmlSystemGetCudaDriverVersion"):
        function = getattr(library, name, None)
        if function is not None and function(byref(version)) == 0:
            return version.value
    return None
