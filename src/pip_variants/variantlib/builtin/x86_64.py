"""The built-in provider of the namespace ``x86_64``: CPU level and CPU flags.

Feature ``level`` comes first (``v4, v3, v2, v1``), then one feature for each CPU flag
with the only value ``on``, in the order of the published provider.

Where the flags come from:

========  ====================================================================
Linux     /proc/cpuinfo, which leaves out what the kernel did not enable
macOS     sysctl; untried on a real Mac
Windows   IsProcessorFeaturePresent, which knows few flags; untried on Windows
others    /proc/cpuinfo where there is one, else level v1
========  ====================================================================

Sources: the published ``provider-variant-x86-64``; the levels from the System V ABI,
AMD64 supplement, "Micro-Architecture Levels"; sysctl names from XNU's ``cpuid.c``;
numbers and vendors from Windows' ``IsProcessorFeaturePresent`` and its ``winnt.h``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .host import Detected, Host, read_cpuinfo

if TYPE_CHECKING:
    from collections.abc import Callable, Set

__all__ = ["ALWAYS", "FLAGS", "LEVELS", "describe", "detect", "levels"]

_MACHINES = frozenset({"x86_64", "amd64"})

_FLAG_NAMES = """
avx_vnni cppc ibrs_enhanced tsc_adjust flush_l1d movdir64b movdiri avx512_bf16
avx512_bitalg avx512_vbmi2 avx512_vnni avx512_vp2intersect avx512_vpopcntdq avx512ifma
avx512vbmi rdpid sha_ni vaes vpclmulqdq clwb clzero avx512bw avx512cd avx512dq avx512f
avx512vl clflushopt gfni rdseed xsavec xsaveopt adx avx2 avx bmi2 bmi1 abm f16c fma
movbe xsave rdrand aes pclmulqdq sse4a fsgsbase sse4_2 sse4_1 ssse3 sse3 cx16 lahf_lm
popcnt sse2 sse mmx
"""
FLAGS = tuple(_FLAG_NAMES.split())
"""All flags, in the order of the published provider."""

ALWAYS = frozenset({"mmx", "sse", "sse2"})
"""What every 64-bit x86 CPU has: the flags of level v1 that are among the values."""

_V2 = {"cx16", "lahf_lm", "popcnt", "sse3", "sse4_1", "sse4_2", "ssse3"}
# Linux shows no osxsave; it hides xsave and all of AVX instead when it is off.
_V3 = {"abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "xsave"}
_V4 = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}
LEVELS = (("v2", _V2), ("v3", _V3), ("v4", _V4))
"""What each level needs beyond the one before it, lowest first."""

_CPUINFO_NAMES = {"pni": "sse3"}

# Only names that differ from ours by more than case.
_MAC_NAMES = {
    "sse4.1": "sse4_1",
    "sse4.2": "sse4_2",
    "avx1.0": "avx",
    "lahf": "lahf_lm",
    "lzcnt": "abm",
    "rdwrfsgs": "fsgsbase",
    "clfsopt": "clflushopt",
    "sha": "sha_ni",
    "movdiri64b": "movdir64b",
    "avx512vnni": "avx512_vnni",
    "avx512bitalg": "avx512_bitalg",
    "avx512vbmi2": "avx512_vbmi2",
    "avx512vpopcntdq": "avx512_vpopcntdq",
}
_MAC_LISTS = (
    "machdep.cpu.features",
    "machdep.cpu.leaf7_features",
    "machdep.cpu.extfeatures",
)
_NEEDS_AVX = frozenset({"f16c", "fma", "vaes", "vpclmulqdq"})

_WINDOWS_NUMBERS = {
    3: "mmx",
    6: "sse",
    10: "sse2",
    13: "sse3",
    14: "cx16",
    17: "xsave",
    22: "fsgsbase",
    28: "rdrand",
    33: "rdpid",
    36: "ssse3",
    37: "sse4_1",
    38: "sse4_2",
    39: "avx",
    40: "avx2",
    41: "avx512f",
}
_WINDOWS_VENDORS = ("GenuineIntel", "AuthenticAMD")

_UNREADABLE = (
    "The flags of this x86-64 CPU could not be read, so that only level v1 counts as "
    "supported."
)


def detect(host: Host) -> Detected:
    """Find the level and the flags of the CPU; nothing on any other CPU.

    Two things are better than in the published provider. It takes the flags from the
    microarchitecture that it thinks it has recognised; these are the flags of the CPU
    itself, which include all of those. And a CPU below v2 gets no answer from it, not
    even ``v1``; here it does.
    """
    if host.machine.lower() not in _MACHINES:
        return Detected(())
    found = _read_flags(host)
    features = describe(found or frozenset()).features
    return Detected(features, () if found is not None else (_UNREADABLE,))


def describe(flags: Set[str]) -> Detected:
    """Turn the flags of a 64-bit x86 CPU into properties.

    >>> describe(frozenset()).features[0]
    ('level', ('v1',))
    """
    flags = ALWAYS | flags
    if "ssse3" in flags:
        # As archspec does: some virtual CPUs name the superset alone.
        flags |= {"sse3"}
    return Detected(
        (
            ("level", levels(flags)),
            *((flag, ("on",)) for flag in FLAGS if flag in flags),
        )
    )


def levels(flags: Set[str]) -> tuple[str, ...]:
    """Return the levels that a CPU with these flags has, highest first.

    >>> levels({"cx16", "lahf_lm", "popcnt", "sse3", "sse4_1", "sse4_2", "ssse3"})
    ('v2', 'v1')
    """
    reached = ["v1"]
    for level, needed in LEVELS:
        if not needed <= flags:
            break
        reached.append(level)
    return tuple(reversed(reached))


def _read_flags(host: Host) -> frozenset[str] | None:
    """Return the flags under the names of the values; None when unreadable."""
    if host.system == "Darwin":
        return _read_mac_flags(host)
    if host.system == "Windows":
        return _read_windows_flags(host)
    fields = read_cpuinfo(host, "flags")
    if fields is None:
        return None
    words = fields["flags"].split()
    return frozenset(_CPUINFO_NAMES.get(word, word) for word in words)


def _read_mac_flags(host: Host) -> frozenset[str] | None:
    # Published: xsave is taken to mean xsavec and xsaveopt too, which is a guess.
    lists = [host.sysctl(name) for name in _MAC_LISTS]
    if lists[0] is None:
        return None
    text = b" ".join(item.rstrip(b"\0") for item in lists if item)
    words = text.decode("ascii", "replace").lower().split()
    flags = frozenset(_MAC_NAMES.get(word, word) for word in words)
    # The lists say what the CPU has; these switches, what the system lets it use.
    if not _is_on(host, "hw.optional.avx1_0"):
        flags = frozenset(
            flag for flag in flags - _NEEDS_AVX if not flag.startswith("avx")
        )
    if not _is_on(host, "hw.optional.avx512f"):
        flags = frozenset(flag for flag in flags if not flag.startswith("avx512"))
    return flags


def _is_on(host: Host, name: str) -> bool:
    # Any byte that is not zero: the width of these numbers differs.
    return any(host.sysctl(name) or b"")


def _read_windows_flags(host: Host) -> frozenset[str] | None:
    if host.is_recorded:
        return None
    try:
        # Imported here for its cost, and because some Pythons are built without.
        import ctypes

        kernel = ctypes.CDLL("kernel32")
        is_present: Callable[[int], int] = kernel.IsProcessorFeaturePresent
    except (ImportError, OSError, AttributeError):
        return None
    told = frozenset(
        flag for number, flag in _WINDOWS_NUMBERS.items() if is_present(number)
    )
    return told | _implied(told, host.environ.get("PROCESSOR_IDENTIFIER", ""))


def _implied(told: Set[str], processor: str) -> frozenset[str]:
    """Return the flags that Windows does not tell but that must be there.

    A CPU with SSE4.2 has POPCNT and LAHF. One of Intel or AMD with AVX2 has all the
    rest of v3; VIA made one without FMA, and emulators have whatever they like. v4 is
    left alone: Knights Landing has AVX512F and no other part of it.
    """
    implied: frozenset[str] = frozenset()
    if "sse4_2" in told:
        implied |= {"lahf_lm", "popcnt"}
        if "avx2" in told and processor.rstrip().endswith(_WINDOWS_VENDORS):
            implied |= {"abm", "bmi1", "bmi2", "f16c", "fma", "movbe"}
    return implied
