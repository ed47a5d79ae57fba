"""What exists of GPUs, and machines that have some of it; see :mod:`.possible`.

::

    nvidia   each driver that is known, with each architecture
    amd      one architecture with one version of ROCm
    intel    one GPU of each kind that is known
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, partial

from ..model import Features
from . import amd, intel, nvidia
from .host import Host
from .possible import Mentioned, Possible, restrict

__all__ = ["FIRST_GENERATION", "POSSIBLE"]

_LOWER, _UPPER, _ARCH = (
    "cuda_version_lower_bound",
    "cuda_version_upper_bound",
    "sm_arch",
)

_MAJORS = range(11, 16)
_MINORS = range(21)
# The published list ends with 12.9; GPUs of later generations have their own names.
_OLDEST_GPU, _NEWEST_GPU = 5, 12
_SM_ARCH = re.compile(r"([1-9][0-9]?)[0-9]_(?:real|virtual)", re.ASCII)

# What the published provider knows when the user says nothing else.
_GFX = (
    *("gfx900", "gfx906", "gfx908", "gfx90a", "gfx942", "gfx1030", "gfx1100"),
    *("gfx1101", "gfx1102", "gfx1200", "gfx1201"),
)
_ROCM = (*(f"7.{minor}" for minor in range(10, -1, -1)), "6.4", "6.3")
_ROCM_VERSION = re.compile(r"(?:0|[1-9][0-9]{0,2})\.(?:0|[1-9][0-9]{0,2})", re.ASCII)


@cache
def _driver(major: int, minor: int) -> Features:
    """Describe a machine whose GPUs do not tell their architecture."""
    return nvidia.describe(nvidia.Nvml(1000 * major + 10 * minor, ()), {}).features


@cache
def _gpu(major: int, minor: int) -> Features:
    """Describe the architecture of a GPU."""
    nvml = nvidia.Nvml(12000, ((major, minor),))
    found = nvidia.describe(nvml, {}).features
    return tuple(each for each in found if each[0] == _ARCH)


def _nvidia_features() -> Features:
    bounds = dict(_driver(_MAJORS[-1], _MINORS[-1]))[_LOWER]
    numbers = [
        f"{major}{minor}"
        for major in range(_NEWEST_GPU, _OLDEST_GPU - 1, -1)
        for minor in range(9, -1, -1)
    ]
    arches = (f"{number}_{kind}" for kind in ("real", "virtual") for number in numbers)
    return ((_LOWER, bounds), (_UPPER, bounds), (_ARCH, tuple(arches)))


def _is_nvidia_value(known: frozenset[str], feature: str, value: str) -> bool:
    if feature != _ARCH:
        return value in known
    match = _SM_ARCH.fullmatch(value)
    return match is not None and int(match[1]) >= _OLDEST_GPU


def _nvidia_machines(wanted: Mentioned, mentioned: Mentioned) -> Iterator[Features]:
    """Yield each driver with each architecture; with none where none is wanted."""
    drivers = (_driver(major, minor) for major in _MAJORS for minor in _MINORS)
    gpus: Iterable[Features] = ((),)
    if _ARCH in wanted:
        majors = {*range(_OLDEST_GPU, _NEWEST_GPU + 1), *_gpu_majors(wanted[_ARCH])}
        gpus = (_gpu(major, minor) for major in sorted(majors) for minor in range(10))
    bounds = {name: wanted[name] for name in (_LOWER, _UPPER) if name in wanted}
    architectures = {name: wanted[name] for name in (_ARCH,) if name in wanted}
    fitting = [*_different(gpus, architectures, mentioned)]
    for driver in _different(drivers, bounds, mentioned):
        for gpu in fitting:
            yield (*driver, *gpu)


def _gpu_majors(values: Iterable[str]) -> Iterator[int]:
    for value in values:
        match = _SM_ARCH.fullmatch(value)
        if match is not None and int(match[1]) >= _OLDEST_GPU:
            yield int(match[1])


def _different(
    machines: Iterable[Features], wanted: Mentioned, mentioned: Mentioned
) -> Iterator[Features]:
    """Yield those that support what is wanted, one of each kind."""
    seen = set()
    for machine in machines:
        offered = dict(machine)
        if all(set(offered.get(k, ())).intersection(v) for k, v in wanted.items()):
            kind = restrict(machine, mentioned)
            if kind not in seen:
                seen.add(kind)
                yield machine


def _first_machines(_wanted: Mentioned, mentioned: Mentioned) -> Iterator[Features]:
    found = (
        nvidia.describe_first_generation(
            nvidia.Nvml(1000 * major + 10 * minor, ()), {}
        ).features
        for major in _MAJORS
        for minor in _MINORS
    )
    return _different(found, {}, mentioned)


def _first_features() -> Features:
    return (("cuda", dict(_driver(_MAJORS[-1], _MINORS[-1]))[_LOWER]),)


def _is_amd_value(feature: str, value: str) -> bool:
    if feature == "gfx_arch":
        return re.fullmatch(amd.ARCHITECTURE, value, re.ASCII) is not None
    return _ROCM_VERSION.fullmatch(value) is not None


def _amd_machines(wanted: Mentioned, _mentioned: Mentioned) -> Iterator[Features]:
    for arch in wanted.get("gfx_arch", ("",)):
        for version in wanted.get("rocm_version", ("",)):
            forced = {amd.FORCE_GFX: arch, amd.FORCE_ROCM: version}
            # The folder of ROCm and the GPUs of this machine say nothing of others.
            yield amd.detect(Host("", "", forced)).features


def _intel_machines(_wanted: Mentioned, _mentioned: Mentioned) -> Iterator[Features]:
    for ip in intel.KNOWN:
        yield intel.describe((), {intel.FORCE_DEVICE_IP: ip}).features


def _is_listed(listed: Features, feature: str, value: str) -> bool:
    return value in dict(listed)[feature]


def _of_nvidia() -> Possible:
    features = _nvidia_features()
    return Possible(
        "nvidia",
        features,
        frozenset({_ARCH}),
        partial(_is_nvidia_value, frozenset(features[0][1])),
        _nvidia_machines,
    )


_INTEL: Features = (("device_ip", intel.KNOWN),)

POSSIBLE = {
    "nvidia": _of_nvidia(),
    "amd": Possible(
        "amd",
        (("gfx_arch", _GFX), ("rocm_version", _ROCM)),
        frozenset({"gfx_arch"}),
        _is_amd_value,
        _amd_machines,
    ),
    "intel": Possible(
        "intel",
        _INTEL,
        frozenset({"device_ip"}),
        partial(_is_listed, _INTEL),
        _intel_machines,
    ),
}
"""What exists, by namespace."""

FIRST_GENERATION = {
    "nvidia": Possible(
        "nvidia",
        _first_features(),
        frozenset(),
        partial(_is_listed, _first_features()),
        _first_machines,
    )
}
"""The same in the words of May 2025."""
