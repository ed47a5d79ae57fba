"""What this machine has, read without any code of ours."""

from __future__ import annotations

import ctypes
from pathlib import Path

# psABI for x86-64, table 3.1: what each level needs beyond the one before it, as
# /proc/cpuinfo spells it.
PSABI_LEVELS = {
    "v1": "cmov cx8 fpu fxsr mmx syscall sse sse2",
    "v2": "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3",
    "v3": "abm avx avx2 bmi1 bmi2 f16c fma movbe xsave",
    "v4": "avx512f avx512bw avx512cd avx512dq avx512vl",
}


def has_nvml() -> bool:
    try:
        ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return False
    return True


def level_of_this_machine() -> str:
    """Transcribe the psABI over /proc/cpuinfo."""
    cpuinfo = Path("/proc/cpuinfo").read_text("utf-8")
    (line, *_) = [line for line in cpuinfo.splitlines() if line.startswith("flags")]
    flags = set(line.partition(":")[2].split())
    best = ""
    for name, needed in PSABI_LEVELS.items():
        if not flags.issuperset(needed.split()):
            break
        best = name
    return best
