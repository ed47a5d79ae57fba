"""The recorded or real machine, and the table of the built-in providers."""

import ctypes
import platform
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_variants.variantlib.builtin import (
    BUILTINS,
    Detected,
    Host,
    amd,
    intel,
    nvidia,
)
from pip_variants.variantlib.builtin.host import read_cpuinfo

MIB = 1024 * 1024


def recorded(root: Path, cpuinfo: str) -> Host:
    (root / "proc").mkdir(exist_ok=True)
    (root / "proc" / "cpuinfo").write_text(cpuinfo, encoding="utf-8")
    return Host("Linux", "x86_64", {}, root)


class TestReading:
    def test_files_are_looked_up_below_the_root(self, tmp_path: Path) -> None:
        host = recorded(tmp_path, "flags : sse\n")
        assert host.read_text("/proc/cpuinfo") == "flags : sse\n"

    def test_what_cannot_be_read_is_none(self, tmp_path: Path) -> None:
        host = recorded(tmp_path, "")
        assert host.read_text("/proc/driver/nvidia/version") is None
        assert host.read_text("/proc") is None
        assert host.read_text("/proc/\0") is None

    def test_a_file_is_read_up_to_the_bound(self, tmp_path: Path) -> None:
        host = recorded(tmp_path, "x" * (MIB + 1))
        assert host.read_text("/proc/cpuinfo") == "x" * MIB
        assert host.read_text("/proc/cpuinfo", 3) == "xxx"
        assert host.read_text("/proc/cpuinfo", 2 * MIB) == "x" * MIB

    def test_bytes_that_are_no_text_do_no_harm(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"a\xffb")
        host = Host("Linux", "x86_64", {}, tmp_path)
        assert host.read_text("/file") == "a\N{REPLACEMENT CHARACTER}b"

    def test_folders_and_devices_are_looked_up_below_the_root(
        self, tmp_path: Path
    ) -> None:
        host = recorded(tmp_path, "")
        (tmp_path / "proc" / "10").mkdir()
        (tmp_path / "proc" / "1").mkdir()
        assert host.list_folder("/proc") == ("1", "10", "cpuinfo")
        assert [host.is_there(f"/proc/{name}") for name in ("1", "cpuinfo", "2")] == [
            True,
            True,
            False,
        ]

    def test_what_is_no_folder_has_nothing_in_it(self, tmp_path: Path) -> None:
        host = recorded(tmp_path, "")
        for path in ("/sys", "/proc/cpuinfo", "/\0"):
            assert host.list_folder(path) == ()
        assert not host.is_there("/\0")

    @pytest.mark.skipif(platform.system() != "Linux", reason="no Linux")
    def test_a_recording_has_no_libraries(self, tmp_path: Path) -> None:
        name = "libc.so.6"
        real, other = Host("Linux", "x86_64", {}), recorded(tmp_path, "")
        assert (real.has_library(name), other.has_library(name)) == (True, False)
        assert real.load_library([name]) is not None
        assert other.load_library([name]) is None

    def test_another_root_is_a_recording(self, tmp_path: Path) -> None:
        assert Host("Linux", "x86_64", {}, tmp_path).is_recorded
        assert not Host("Linux", "x86_64", {}).is_recorded


class TestSysctl:
    NAME = "machdep.cpu.brand_string"

    @pytest.mark.skipif(platform.system() == "Darwin", reason="has sysctl")
    def test_a_system_without_it_says_none(self) -> None:
        assert Host("Darwin", "arm64", {}).sysctl(self.NAME) is None

    @pytest.mark.skipif(platform.system() != "Darwin", reason="has no sysctl")
    def test_a_mac_tells_its_chip(self) -> None:
        brand = Host("Darwin", platform.machine(), {}).sysctl(self.NAME)
        assert brand is not None
        assert brand.endswith(b"\0")

    def test_other_systems_are_not_asked(self, tmp_path: Path) -> None:
        assert Host("Linux", "x86_64", {}).sysctl(self.NAME) is None
        assert Host("Darwin", "arm64", {}, tmp_path).sysctl(self.NAME) is None

    @pytest.mark.parametrize(
        "value", [b"Apple M1\0", b"\1\0\0\0", b"", b"x" * (MIB + 1)]
    )
    def test_the_c_library_is_asked_for_the_size_and_the_value(
        self, monkeypatch: pytest.MonkeyPatch, value: bytes
    ) -> None:
        class Library:
            """Stands for the C library of macOS."""

            @staticmethod
            def sysctlbyname(*arguments: object) -> int:
                match arguments:
                    case (b"machdep.cpu.brand_string", buffer, size, None, 0):
                        pointed = getattr(size, "_obj", None)
                        assert isinstance(pointed, ctypes.c_size_t)
                        if buffer is not None:
                            assert isinstance(buffer, ctypes.Array)
                            assert pointed.value == len(value)
                            buffer.raw = value
                        pointed.value = len(value)
                        return 0
                    case _:
                        return -1

        def load(name: None) -> object:
            return Library

        monkeypatch.setattr(ctypes, "CDLL", load)
        host = Host("Darwin", "arm64", {})
        expected = value if 0 < len(value) <= MIB else None
        assert host.sysctl(self.NAME) == expected
        assert host.sysctl("hw.unknown") is None


class TestCpuinfo:
    def test_the_first_processor_counts(self, tmp_path: Path) -> None:
        text = "processor\t: 0\nflags\t\t: sse\n\nprocessor\t: 1\nflags\t\t: avx\n\n"
        assert read_cpuinfo(recorded(tmp_path, text), "flags") == {
            "processor": "0",
            "flags": "sse",
        }

    def test_the_last_line_needs_no_end(self, tmp_path: Path) -> None:
        host = recorded(tmp_path, "flags: a: b")
        assert read_cpuinfo(host, "flags") == {"flags": "a: b"}

    def test_blocks_without_the_field_are_passed_over(self, tmp_path: Path) -> None:
        # The way of arm64 kernels before 3.19.
        text = (
            "Processor\t: AArch64 Processor rev 3 (aarch64)\nprocessor\t: 0\n"
            "processor\t: 1\n\nFeatures\t: fp asimd\nCPU part\t: 0xd07\n\nHardware\t: X\n"
        )
        assert read_cpuinfo(recorded(tmp_path, text), "Features") == {
            "Features": "fp asimd",
            "CPU part": "0xd07",
        }

    def test_without_the_file_or_the_field_there_is_nothing(
        self, tmp_path: Path
    ) -> None:
        assert read_cpuinfo(Host("Linux", "x86_64", {}, tmp_path), "flags") is None
        assert read_cpuinfo(recorded(tmp_path, "processor: 0\n"), "flags") is None

    def test_256_processors_are_not_all_read(self, tmp_path: Path) -> None:
        asked: list[int] = []

        class Watched(Host):
            def read_text(self, path: str, limit: int = MIB) -> str | None:
                asked.append(limit)
                return super().read_text(path, limit)

        block = "processor: 0\nflags: " + "sse " * 400 + "\n\n"
        recorded(tmp_path, block * 256)
        fields = read_cpuinfo(Watched("Linux", "x86_64", {}, tmp_path), "flags")
        assert fields is not None
        assert len(fields["flags"].split()) == 400
        assert asked == [16 * 1024]


class TestTable:
    def test_it_knows_each_package_under_every_name(self) -> None:
        """PROVIDERS 1.0, 7.3, 9 (5)."""
        assert {
            namespace: builtin.packages for namespace, builtin in BUILTINS.items()
        } == {
            "nvidia": ("nvidia-variant-provider",),
            "amd": ("amd-variant-provider",),
            "intel": ("intel-variant-provider",),
            "x86_64": ("provider-variant-x86-64", "x86-64-variant-provider"),
            "aarch64": ("provider-variant-aarch64", "aarch64-variant-provider"),
        }

    def test_the_names_are_normalised(self) -> None:
        for builtin in BUILTINS.values():
            for package in builtin.packages:
                assert re.sub(r"[-_.]+", "-", package).lower() == package

    def test_the_keys_are_the_namespaces(self) -> None:
        assert all(name == builtin.namespace for name, builtin in BUILTINS.items())

    def test_the_variables_are_those_that_are_read(self) -> None:
        """PROVIDERS 1.1 to 1.3."""
        assert {name: each.variables for name, each in BUILTINS.items()} == {
            "nvidia": (nvidia.FORCE_DRIVER, nvidia.FORCE_SM_ARCH),
            "amd": (amd.FORCE_GFX, amd.FORCE_ROCM, amd.OVERRIDE_GFX, amd.ROCM_PATH),
            "intel": (intel.FORCE_DEVICE_IP, "ZE_AFFINITY_MASK"),
            "x86_64": ("PROCESSOR_IDENTIFIER",),
            "aarch64": (),
        }

    def test_every_provider_answers(self) -> None:
        for builtin in BUILTINS.values():
            assert builtin.detect(Host("Plan9", "mips", {})) == Detected(())
            if builtin.detect_first_generation is not None:
                host = Host("Plan9", "mips", {})
                assert builtin.detect_first_generation(host) == Detected(())

    def test_everything_is_a_value(self) -> None:
        assert len({*BUILTINS.values()}) == len(BUILTINS)
        assert hash(Detected((("level", ("v1",)),))) == hash(
            Detected((("level", ("v1",)),))
        )

    def test_modules_are_imported_when_asked_and_ctypes_later_still(self) -> None:
        code = f"""
import sys
sys.path[:] = {sys.path!r}
from pip_variants.variantlib.builtin import BUILTINS
modules = [f"pip_variants.variantlib.builtin.{{name}}" for name in BUILTINS]
assert not sys.modules.keys() & modules
loaded = "ctypes" in sys.modules
for module in modules:
    __import__(module)
assert ("ctypes" in sys.modules) == loaded
"""
        subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


class TestAnyMachine:
    """No machine whatever makes a built-in provider raise."""

    @given(
        st.sampled_from(["Linux", "Darwin", "Windows", "FreeBSD", ""]),
        st.sampled_from(["x86_64", "AMD64", "aarch64", "arm64", "ARM64", "i686", ""]),
        st.dictionaries(
            st.sampled_from(
                [variable for item in BUILTINS.values() for variable in item.variables]
                + ["WINDIR", "PROGRAMFILES"]
            ),
            st.text(),
        ),
    )
    def test_it_does_not_raise(
        self, system: str, machine: str, environ: Mapping[str, str]
    ) -> None:
        host = Host(system, machine, environ)
        for builtin in BUILTINS.values():
            features = builtin.detect(host).features
            assert all(values for _, values in features)
            assert len({name for name, _ in features}) == len(features)
