"""What makes an answer of a provider stale when it changes, found without asking one.

::

    system      name, machine, kernel         boot       the kernel's number for it
    cpu         the first processor           modules    names of the loaded ones
    file PATH   what a driver says of itself  devices    names of the device nodes
    lib NAME    what the loader would find    env NAME   what vendors' libraries read

Two containers on one machine differ when only one of them has the GPU, and so do two
machines with the same image. It is taken before each answer from the cache, so all of
it is a look at small files: no library is loaded, no device opened, no process started.

A stamp is short text to compare; what is not there has none.

Sources: DESIGN 4, "driver file stamps"; Linux' ``man 5 proc`` and ``man 8 ld.so``; the
environment variables that CUDA, ROCm and Level Zero document.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import PureWindowsPath
from types import MappingProxyType

from .builtin.host import Host
from .cache import digest

__all__ = ["VARIABLES", "fingerprint", "fingerprint_digest"]

VARIABLES = (
    "CUDA_DEVICE_ORDER",
    "CUDA_VISIBLE_DEVICES",
    "GPU_DEVICE_ORDINAL",
    "HIP_VISIBLE_DEVICES",
    "HSA_OVERRIDE_GFX_VERSION",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "NVIDIA_DRIVER_CAPABILITIES",
    "NVIDIA_VISIBLE_DEVICES",
    "ONEAPI_DEVICE_SELECTOR",
    "PROCESSOR_IDENTIFIER",
    "ROCM_PATH",
    "ROCR_VISIBLE_DEVICES",
    "ZE_AFFINITY_MASK",
    "ZE_FLAT_DEVICE_HIERARCHY",
)
"""Environment variables by which libraries of vendors, or Windows, tell of devices."""

_LONGEST_STAMP = 200
_MAX_FOLDERS = 50
_BOOT_STEP = 60  # seconds

# One processor takes less, and the kernel renders as many as are read.
_SHORT_READ = 4 * 1024
_VARYING = ("mhz", "bogomips", "clock")

_DRIVER_FILES = (
    "/proc/driver/nvidia/version",
    "/opt/rocm/.info/version",
    *(
        f"/sys/module/{module}/{name}"
        for module in ("nvidia", "amdgpu", "i915", "xe")
        for name in ("version", "srcversion")
    ),
)
_DEVICE_FOLDERS = {
    "/dev": ("nvidia", "kfd", "dxg"),
    "/dev/accel": ("",),
    "/dev/dri": ("",),
    "/proc/driver/nvidia/gpus": ("",),
    "/sys/class/kfd/kfd/topology/nodes": ("",),
}
"""Folder -> how the names begin that tell of a device."""

# The second of Level Zero is the driver that its loader looks for.
_LINUX_LIBRARIES = ("libnvidia-ml.so.1", "libze_loader.so.1", "libze_intel_gpu.so.1")
_LINUX_FOLDERS = (
    "/lib64",
    "/usr/lib64",
    "/lib",
    "/usr/lib",
    "/usr/local/nvidia/lib64",  # where some clusters mount the driver
    "/usr/lib/wsl/lib",
)
_WINDOWS_LIBRARIES = (
    ("WINDIR", "System32/nvml.dll"),
    ("WINDIR", "System32/ze_loader.dll"),
    ("PROGRAMFILES", "NVIDIA Corporation/NVSMI/nvml.dll"),
)


def fingerprint(host: Host) -> Mapping[str, str]:
    """Return what to compare, by name; without what is not there.

    >>> dict(fingerprint(Host("Plan9", "x86_64", {"ROCM_PATH": "/opt/r"})))["system"]
    'Plan9 x86_64'
    """
    found: dict[str, str] = {}
    for name, stamp in _stamps(host):
        if stamp:
            found[name] = stamp if len(stamp) <= _LONGEST_STAMP else digest(stamp)
    return MappingProxyType(found)


def fingerprint_digest(host: Host) -> str:
    """Return the whole fingerprint as one word."""
    return digest(dict(fingerprint(host)))


def _stamps(host: Host) -> Iterator[tuple[str, str]]:
    """Yield names and stamps; an empty stamp is none."""
    look = {"Linux": _linux, "Darwin": _darwin, "Windows": _windows}.get(host.system)
    kernel = ""
    if look is not None:
        kernel, *others = look(host)
        yield from zip(("boot", "cpu"), others, strict=True)
    yield "system", f"{host.system} {host.machine} {kernel}".rstrip()
    if host.system == "Linux":
        yield from _linux_drivers(host)
        yield from _linux_libraries(host)
    if host.system == "Windows":
        yield from _windows_libraries(host)
    for variable in VARIABLES:
        value = host.environ.get(variable)
        if value is not None:
            yield f"env {variable}", f"={value}"


def _linux(host: Host) -> tuple[str, str, str]:
    """Return kernel, boot and CPU."""
    kernel = _read_short(host, "/proc/sys/kernel/osrelease")
    boot = _read_short(host, "/proc/sys/kernel/random/boot_id")
    return kernel, boot, _first_processor(host)


def _read_short(host: Host, path: str) -> str:
    return (host.read_text(path, _SHORT_READ) or "").strip()


def _first_processor(host: Host) -> str:
    """Return the fields of the first processor, without those that vary by load."""
    text = host.read_text("/proc/cpuinfo", _SHORT_READ) or ""
    fields = text.partition("\n\n")[0].split("\n")
    return "\n".join(
        field
        for field in fields
        if not any(word in field.partition(":")[0].lower() for word in _VARYING)
    )


def _linux_drivers(host: Host) -> Iterator[tuple[str, str]]:
    modules = (host.read_text("/proc/modules") or "").splitlines()
    yield "modules", ",".join(sorted(line.partition(" ")[0] for line in modules))
    files = list(_DRIVER_FILES)
    rocm = host.environ.get("ROCM_PATH", "")
    if rocm.startswith("/"):
        files.append(f"{rocm}/.info/version")
    for file in files:
        yield f"file {file}", _read_short(host, file)
    for folder, starts in _DEVICE_FOLDERS.items():
        names = host.list_folder(folder)
        yield (
            f"devices {folder}",
            ",".join(name for name in names if name.startswith(starts)),
        )


def _linux_libraries(host: Host) -> Iterator[tuple[str, str]]:
    """Yield the files that a loader may take for a library.

    Which of them it takes does not matter: each is part of the stamp.
    """
    given = host.environ.get("LD_LIBRARY_PATH", "").replace(";", ":").split(":")
    folders = list(islice(filter(_is_absolute, given), _MAX_FOLDERS))
    folders += _LINUX_FOLDERS
    folders.append(f"/usr/lib/{host.machine}-linux-gnu")
    known = host.read_text("/etc/ld.so.cache") or ""
    for library in _LINUX_LIBRARIES:
        paths = [f"{folder}/{library}" for folder in folders]
        paths += _in_loader_cache(known, library)
        stamps = map(host.stamp_of, dict.fromkeys(paths))
        yield f"lib {library}", "\n".join(dict.fromkeys(filter(None, stamps)))


def _is_absolute(folder: str) -> bool:
    return folder.startswith("/")


def _in_loader_cache(known: str, library: str) -> Iterator[str]:
    """Yield the paths of a library in ld.so.cache, which ends each with a zero byte."""
    end = known.find(f"/{library}\0")
    while end >= 0:
        start = known.rfind("\0", 0, end) + 1
        yield known[start : end + 1 + len(library)]
        end = known.find(f"/{library}\0", end + 1)


def _darwin(host: Host) -> tuple[str, str, str]:
    """Return kernel, boot and CPU. Untried on a real Mac."""
    names = ("kern.osrelease", "kern.bootsessionuuid", "machdep.cpu.brand_string")
    kernel, boot, cpu = (
        (host.sysctl(name) or b"").rstrip(b"\0").decode("utf-8", "replace")
        for name in names
    )
    return kernel, boot, cpu


def _windows(host: Host) -> tuple[str, str, str]:
    """Return kernel and boot; the CPU is in a variable. Untried on a real Windows."""
    if sys.platform == "win32" and not host.is_recorded:
        kernel = ".".join(map(str, sys.getwindowsversion()[:3]))
        # This clock of Windows starts with the machine. The other one may be set, so
        # that this is rough; where it falls into the next step, all is asked anew.
        boot = (time.time() - time.monotonic()) // _BOOT_STEP
        return kernel, f"{boot:.0f}", ""
    return "", "", ""


def _windows_libraries(host: Host) -> Iterator[tuple[str, str]]:
    for variable, library in _WINDOWS_LIBRARIES:
        folder = PureWindowsPath(host.environ.get(variable, ""))
        if folder.is_absolute():
            path = (folder / library).as_posix()
            yield f"lib {path}", host.stamp_of(path)
