"""The recorded CPUs that archspec publishes as its own test targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pip_variants.variantlib.builtin import Host

__all__ = ["Recording", "recordings"]


@dataclass(frozen=True, slots=True)
class Recording:
    """A CPU: what /proc/cpuinfo says of it, or the lines of sysctl on a Mac."""

    name: str
    system: str
    machine: str
    text: str

    def fields(self) -> dict[str, str]:
        """Return the fields of the first processor, or those of sysctl."""
        found: dict[str, str] = {}
        for line in self.text.splitlines():
            name, colon, value = line.partition(":")
            if colon:
                found.setdefault(name.strip(), value.strip())
        return found

    def host(self, root: Path) -> Host:
        """Return this CPU as a machine of ours, with its files below *root*."""
        if self.system == "Darwin":
            return Mac(self.system, self.machine, self.fields(), root)
        (root / "proc").mkdir()
        (root / "proc" / "cpuinfo").write_text(self.text, encoding="utf-8")
        return Host(self.system, self.machine, {}, root)


class Mac(Host):
    """A Mac whose kernel says what was recorded, given as its environment."""

    def sysctl(self, name: str) -> bytes | None:
        # Left out of the recordings, which are of Macs that have AVX switched on.
        switches: Mapping[str, bytes] = {"hw.optional.avx1_0": b"\1\0\0\0"}
        if name in self.environ:
            return self.environ[name].encode() + b"\0"
        return switches.get(name)


def recordings() -> list[Recording]:
    """Return all of them that are of Linux or macOS; none without archspec.

    Those of Windows hold registers of the CPU, which Windows itself does not tell.
    """
    spec = find_spec("archspec")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "json" / "tests" / "targets"
    return [
        Recording(path.name, system, _machine(text), text)
        for path in sorted(folder.iterdir())
        if (system := _system(path.name))
        for text in [path.read_text("utf-8")]
    ]


def _system(name: str) -> str | None:
    """Return the system of a recording: its name begins with it, or with "bgq"."""
    kind = name.partition("-")[0]
    return {"darwin": "Darwin", "linux": "Linux", "bgq": "Linux"}.get(kind)


def _machine(text: str) -> str:
    if "CPU implementer" in text:
        return "aarch64"
    if "brand_string: Apple" in text:
        return "arm64"
    if "vendor_id" in text or "machdep.cpu.vendor" in text:
        return "x86_64"
    return "riscv64" if "uarch" in text else "ppc64le"
