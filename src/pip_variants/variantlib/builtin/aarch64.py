"""The built-in provider of the namespace ``aarch64``: architecture version and flags.

Feature ``version`` comes first (``9.0a, 8.5a ... 8.1a, 8a``), then one feature for each
CPU flag with the only value ``on``, in the order of the published provider.

========  ==================================================================
Linux     /proc/cpuinfo: the version from the core, the flags from the kernel
macOS     the name of the chip, read through sysctl; untried on a real Mac
Windows   8a without flags, as published
========  ==================================================================

Sources: the published ``provider-variant-aarch64`` with the tables of archspec; core
numbers from Linux' ``cputype.h``; flag names from Linux' "ARM64 ELF hwcaps".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .host import Detected, Host, read_cpuinfo

if TYPE_CHECKING:
    from collections.abc import Set

__all__ = ["FLAGS", "LOWEST", "STEPS", "TOPS", "describe", "detect"]

_MACHINES = frozenset({"aarch64", "arm64"})

# The published list has two typos of the kind "btiecv" (a comma was lost), names that
# no CPU has. Here they are "bti", "ecv", "asimdrdm" and "atomics", in their places.
_FLAG_NAMES = """
sve2 flagm2 frint sb bti ecv paca pacg ssbs asimdfhm bf16 dcpodp dgh dit flagm i8mm
ilrcpc jscvt rng sha3 sha512 svebf16 svei8mm uscat asimddp lrcpc asimdhp dcpop fcma
fphp sve asimdrdm atomics aes asimd cpuid crc32 evtstrm fp pmull sha1 sha2
"""
FLAGS = tuple(_FLAG_NAMES.split())
"""All flags, in the order of the published provider."""

LOWEST = "8a"
"""The version of every CPU of this kind."""
# 9.0a is 8.5a with SVE2; 8.6a is no part of it, and nothing above 9.0a is known.
STEPS: tuple[tuple[str, frozenset[str]], ...] = (
    ("8.1a", frozenset({"asimdrdm", "atomics", "crc32"})),
    ("8.2a", frozenset({"dcpop"})),
    ("8.3a", frozenset({"fcma", "jscvt", "lrcpc"})),
    ("8.4a", frozenset({"asimddp", "flagm", "ilrcpc", "uscat"})),
    ("8.5a", frozenset({"flagm2", "frint", "sb"})),
)
"""Each version with what it demands beyond the one before it, as far as the kernel
names it, lowest first."""
TOPS = {"8.6a": frozenset({"bf16", "i8mm"}), "9.0a": frozenset({"sve2"})}
"""The two that may follow, of which no CPU has both."""

# CPU implementer -> CPU part -> version; the 9.2 cores stand at the highest known one.
_CORES = {
    "0x41": {  # Arm
        "0xd08": "8a",  # Cortex-A72
        "0xd0c": "8.2a",  # Neoverse N1
        "0xd40": "8.4a",  # Neoverse V1
        "0xd49": "9.0a",  # Neoverse N2
        "0xd4f": "9.0a",  # Neoverse V2
        "0xd83": "9.0a",  # Neoverse V3AE
        # Not known by number to the published provider, which takes these two for a
        # Neoverse V2 by their flags.
        "0xd84": "9.0a",  # Neoverse V3
        "0xd8e": "9.0a",  # Neoverse N3
    },
    "0x43": {"0x0af": "8.1a"},  # Cavium ThunderX2
    "0x46": {"0x001": "8.2a"},  # Fujitsu A64FX
    "0x4e": {"0x010": "9.0a"},  # NVIDIA Olympus
    "0x61": {  # Apple: M1 and M2 in their plain, Pro and Max forms
        **dict.fromkeys(("0x022", "0x023", "0x024", "0x025", "0x028", "0x029"), "8.4a"),
        **dict.fromkeys(("0x032", "0x033", "0x034", "0x035", "0x038", "0x039"), "8.5a"),
    },
    "0xc0": {"0xac3": "8.6a", "0xac4": "8.6a"},  # Ampere-1, Ampere-1A
}

_M1_FLAG_NAMES = """
fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm jscvt
fcma lrcpc dcpop sha3 asimddp sha512 asimdfhm dit uscat ilrcpc flagm ssbs sb paca pacg
dcpodp flagm2 frint
"""
_M1_FLAGS = frozenset(_M1_FLAG_NAMES.split())
_M2_FLAGS = _M1_FLAGS | {"bf16", "bti", "ecv", "i8mm"}
# Published: with ssbs, although recordings of an M4 say hw.optional.arm.FEAT_SSBS: 0.
_M4_FLAGS = _M2_FLAGS - {"ssbs"}
_APPLE_CHIPS = {
    1: ("8.4a", _M1_FLAGS),
    2: ("8.5a", _M2_FLAGS),
    3: ("8.6a", _M2_FLAGS),
    4: ("8.6a", _M4_FLAGS),
}
_APPLE_NAME = r"Apple M([0-9]{1,3})\b"

_UNREADABLE = (
    "The features of this ARM CPU could not be read, so that only version 8a counts as "
    "supported."
)


def detect(host: Host) -> Detected:
    """Find the architecture version and the flags of the CPU; nothing on other CPUs.

    As the published provider does, only a known core gets more than ``8a``, and only
    as much as its flags allow: a virtual machine may hide SVE from a core that has it.
    Better than published: the flags are those of the CPU itself, also of an unknown
    core, rather than those of the core that it is taken for.
    """
    if host.machine.lower() not in _MACHINES:
        return Detected(())
    if host.system == "Windows":
        return describe(LOWEST, frozenset())
    core = _read_mac_core(host) if host.system == "Darwin" else _read_linux_core(host)
    if core is None:
        return Detected((("version", (LOWEST,)),), (_UNREADABLE,))
    return describe(*core)


def describe(version: str, flags: Set[str]) -> Detected:
    """Turn the version of a core and the flags of the CPU into properties.

    >>> describe("8.1a", {"asimdrdm", "atomics", "crc32"}).features[0]
    ('version', ('8.1a', '8a'))
    """
    return Detected(
        (
            ("version", _versions(version, flags)),
            *((flag, ("on",)) for flag in FLAGS if flag in flags),
        )
    )


def _versions(version: str, flags: Set[str]) -> tuple[str, ...]:
    """Return the versions from *version* down, less those that the flags refute.

    >>> _versions("8.2a", {"asimdrdm", "atomics", "crc32", "dcpop"})
    ('8.2a', '8.1a', '8a')
    """
    reached = [LOWEST]
    steps = STEPS
    if version in TOPS:
        steps = (*steps, (version, TOPS[version]))
    for step, needed in steps:
        if reached[-1] == version or not needed <= flags:
            break
        reached.append(step)
    return tuple(reversed(reached))


def _read_linux_core(host: Host) -> tuple[str, frozenset[str]] | None:
    fields = read_cpuinfo(host, "Features")
    if fields is None:
        return None
    known = _CORES.get(fields.get("CPU implementer", "").lower(), {})
    version = known.get(fields.get("CPU part", "").lower(), LOWEST)
    return version, frozenset(fields["Features"].split())


def _read_mac_core(host: Host) -> tuple[str, frozenset[str]] | None:
    brand = host.sysctl("machdep.cpu.brand_string")
    if brand is None:
        return None
    match = re.match(_APPLE_NAME, brand.rstrip(b"\0").decode("ascii", "replace"))
    # Without a number it is a virtual machine ("Apple processor") or some other chip;
    # no Mac is below an M1. A chip newer than the newest known one counts as that one.
    number = int(match[1]) if match else 1
    return _APPLE_CHIPS[min(max(number, 1), max(_APPLE_CHIPS))]
