"""Architecture versions and flags of ARM, from recorded /proc/cpuinfo and sysctl."""

import platform
from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_variants.variantlib.builtin import Detected, Host
from pip_variants.variantlib.builtin.aarch64 import detect

# PROVIDERS 1.5: the features after "version", in their order; "btiecv" and
# "asimdrdmatomics" of the table are two names each, as they were meant.
FLAGS = """
sve2 flagm2 frint sb bti ecv paca pacg ssbs asimdfhm bf16 dcpodp dgh dit flagm i8mm
ilrcpc jscvt rng sha3 sha512 svebf16 svei8mm uscat asimddp lrcpc asimdhp dcpop fcma fphp
sve asimdrdm atomics aes asimd cpuid crc32 evtstrm fp pmull sha1 sha2
""".split()

V8_0 = "fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid "
V8_1 = V8_0 + "atomics asimdrdm "
V8_2 = V8_1 + "fphp asimdhp dcpop "
V8_4 = (
    V8_2 + "lrcpc asimddp ssbs jscvt fcma sha3 sha512 asimdfhm dit uscat ilrcpc "
    "flagm dcpodp "
)
M1 = V8_4 + "sb paca pacg flagm2 frint "
M2 = M1 + "i8mm bf16 bti ecv "
V9_0 = (
    V8_4 + "sm3 sm4 sve sb paca pacg sve2 sveaes svepmull svebitperm svesha3 svesm4 "
    "flagm2 frint svei8mm svebf16 i8mm bf16 dgh bti "
)

# PROVIDERS 1.5: name -> implementer, part, flags, version.
CORES = {
    "Cortex-A72": ("0x41", "0xd08", V8_0, "8a"),
    "Cortex-A72 of a Raspberry Pi": (
        *("0x41", "0xd08"),
        *("fp asimd evtstrm crc32 cpuid", "8a"),
    ),
    "ThunderX2": ("0x43", "0x0af", V8_1, "8.1a"),
    "A64FX": (
        *("0x46", "0x001"),
        (
            "fp asimd evtstrm sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm fcma "
            "dcpop sve"
        ),
        "8.2a",
    ),
    "Neoverse N1": ("0x41", "0xd0c", V8_2 + "lrcpc asimddp ssbs", "8.2a"),
    "Neoverse V1": (
        *("0x41", "0xd40"),
        V8_4 + "sm3 sm4 sve paca pacg svei8mm svebf16 i8mm bf16 dgh rng",
        "8.4a",
    ),
    "Neoverse N2": ("0x41", "0xd49", V9_0, "9.0a"),
    "Neoverse V2": ("0x41", "0xd4f", V9_0, "9.0a"),
    "Neoverse V3AE": ("0x41", "0xd83", V9_0 + "ecv afp wfxt", "9.0a"),
    "Neoverse V3": ("0x41", "0xd84", V9_0 + "ecv afp wfxt", "9.0a"),
    "Olympus": ("0x4e", "0x010", V9_0 + "rng ecv afp wfxt fpmr lut ls64", "9.0a"),
    "Ampere-1": ("0xc0", "0xac3", M2 + "rng", "8.6a"),
    "Ampere-1A": ("0xc0", "0xac4", M2 + "rng sm3 sm4", "8.6a"),
    "M1 under Linux": ("0x61", "0x022", M1, "8.4a"),
    "M1 Max under Linux": ("0x61", "0x029", M1, "8.4a"),
    "M2 under Linux": ("0x61", "0x032", M2, "8.5a"),
}

# PROVIDERS 1.5: the value list of each highest version.
VERSIONS = {
    "8a": "8a",
    "8.1a": "8.1a 8a",
    "8.2a": "8.2a 8.1a 8a",
    "8.3a": "8.3a 8.2a 8.1a 8a",
    "8.4a": "8.4a 8.3a 8.2a 8.1a 8a",
    "8.5a": "8.5a 8.4a 8.3a 8.2a 8.1a 8a",
    "8.6a": "8.6a 8.5a 8.4a 8.3a 8.2a 8.1a 8a",
    "9.0a": "9.0a 8.5a 8.4a 8.3a 8.2a 8.1a 8a",
}


def cpuinfo(implementer: str, part: str, flags: str) -> str:
    """Return the text for two processors; the second is another core."""
    return "".join(
        f"processor\t: {number}\nBogoMIPS\t: 2000.00\nFeatures\t: {text}\n"
        f"CPU implementer\t: {implementer}\nCPU architecture: 8\n"
        f"CPU variant\t: 0x0\nCPU part\t: {core}\nCPU revision\t: 1\n\n"
        for number, (text, core) in enumerate(((flags, part), ("sve2", "0xd4f")))
    )


def recorded(root: Path, text: str, machine: str = "aarch64") -> Host:
    (root / "proc").mkdir(exist_ok=True)
    (root / "proc" / "cpuinfo").write_text(text, encoding="utf-8")
    return Host("Linux", machine, {}, root)


def features(version: str, flags: Collection[str]) -> list[tuple[str, tuple[str, ...]]]:
    return [
        ("version", tuple(VERSIONS[version].split())),
        *((flag, ("on",)) for flag in FLAGS if flag in flags),
    ]


class TestRecordedCores:
    """PROVIDERS 1.5."""

    @pytest.mark.parametrize("name", CORES)
    def test_version_and_flags(self, tmp_path: Path, name: str) -> None:
        implementer, part, flags, version = CORES[name]
        detected = detect(recorded(tmp_path, cpuinfo(implementer, part, flags)))
        assert list(detected.features) == features(version, flags.split())
        assert detected.warnings == ()

    def test_an_old_core_in_full(self, tmp_path: Path) -> None:
        detected = detect(recorded(tmp_path, cpuinfo("0x41", "0xd08", V8_0)))
        assert [name for name, _ in detected.features] == (
            "version aes asimd cpuid crc32 evtstrm fp pmull sha1 sha2".split()
        )

    @pytest.mark.parametrize(
        ("implementer", "part"), [("0x48", "0xd01"), ("0x41", "0xfff"), ("", "")]
    )
    def test_an_unknown_core_is_8a_with_its_flags(
        self, tmp_path: Path, implementer: str, part: str
    ) -> None:
        """PROVIDERS 1.5: only 8a; its flags are ours."""
        detected = detect(recorded(tmp_path, cpuinfo(implementer, part, V9_0)))
        assert list(detected.features) == features("8a", V9_0.split())

    @pytest.mark.parametrize(
        ("hidden", "version"),
        [
            ("sve2", "8.5a"),
            ("frint", "8.4a"),
            ("ilrcpc", "8.3a"),
            ("jscvt", "8.2a"),
            ("dcpop", "8.1a"),
            ("atomics", "8a"),
        ],
    )
    def test_what_a_virtual_machine_hides_lowers_the_version(
        self, tmp_path: Path, hidden: str, version: str
    ) -> None:
        """PROVIDERS 1.5: a core is recognised by its flags, too."""
        flags = [flag for flag in V9_0.split() if flag != hidden]
        text = cpuinfo("0x41", "0xd4f", " ".join(flags))
        detected = detect(recorded(tmp_path, text))
        assert list(detected.features) == features(version, flags)

    def test_case_of_the_numbers_does_not_matter(self, tmp_path: Path) -> None:
        text = cpuinfo("0xC0", "0xAC3", M2)
        assert detect(recorded(tmp_path, text)).features[0][1][0] == "8.6a"


class TestOtherMachines:
    @pytest.mark.parametrize("machine", ["x86_64", "armv7l", "aarch64_be", ""])
    def test_other_cpus_have_nothing(self, tmp_path: Path, machine: str) -> None:
        """PROVIDERS 1.5: non-ARM gives nothing."""
        text = cpuinfo("0x41", "0xd4f", V9_0)
        assert detect(recorded(tmp_path, text, machine)) == Detected(())

    @pytest.mark.parametrize("system", ["Linux", "Darwin", "FreeBSD"])
    def test_an_unreadable_cpu_is_8a_with_a_warning(
        self, tmp_path: Path, system: str
    ) -> None:
        assert detect(Host(system, "arm64", {}, tmp_path)) == Detected(
            (("version", ("8a",)),),
            (
                (
                    "The features of this ARM CPU could not be read, so that only version "
                    "8a counts as supported."
                ),
            ),
        )

    def test_windows_is_8a(self) -> None:
        detected = detect(Host("Windows", "ARM64", {}))
        assert detected == Detected((("version", ("8a",)),))


def mac(brand: str) -> Host:
    class Mac(Host):
        def sysctl(self, name: str) -> bytes | None:
            assert name == "machdep.cpu.brand_string"
            return brand.encode() + b"\0"

    return Mac("Darwin", "arm64", {})


class TestMac:
    """PROVIDERS 1.5: m1 8.4a, m2 8.5a, m3 and m4 8.6a."""

    @pytest.mark.parametrize(
        ("brand", "version", "flags"),
        [
            ("Apple M1", "8.4a", M1),
            ("Apple M1 Ultra", "8.4a", M1),
            ("Apple M2 Pro", "8.5a", M2),
            ("Apple M3 Max", "8.6a", M2),
            ("Apple M4", "8.6a", M2.replace("ssbs", "")),
            ("Apple M5", "8.6a", M2.replace("ssbs", "")),
            ("Apple M12 Max", "8.6a", M2.replace("ssbs", "")),
            ("Apple processor", "8.4a", M1),
            ("Apple A18 Pro", "8.4a", M1),
            ("Apple M0", "8.4a", M1),
        ],
    )
    def test_the_chip_tells(self, brand: str, version: str, flags: str) -> None:
        detected = detect(mac(brand))
        assert list(detected.features) == features(version, flags.split())
        assert detected.warnings == ()


class TestAnyText:
    """No text in /proc/cpuinfo makes it raise or answer with an unknown name."""

    @given(
        st.text()
        | st.builds(
            cpuinfo,
            st.sampled_from(["0x41", "0x61", "0xc0", "?"]),
            st.sampled_from(["0xd4f", "0x022", "0xac3", "0xd0c", ""]),
            st.lists(st.sampled_from([*FLAGS, "\0", "SVE"])).map(" ".join),
        )
    )
    def test_it_does_not_raise(
        self, tmp_path_factory: pytest.TempPathFactory, text: str
    ) -> None:
        root = tmp_path_factory.getbasetemp() / "aarch64"
        root.mkdir(exist_ok=True)
        (root / "proc").mkdir(exist_ok=True)
        (root / "proc" / "cpuinfo").write_bytes(text.encode("utf-8", "surrogatepass"))
        detected = detect(Host("Linux", "aarch64", {}, root))
        names = [name for name, _ in detected.features]
        assert names == [name for name in ("version", *FLAGS) if name in names]
        versions = detected.features[0][1]
        assert versions == tuple(VERSIONS[versions[0]].split())


def test_this_machine_answers() -> None:
    detected = detect(Host(platform.system(), platform.machine(), {}))
    is_arm = platform.machine().lower() in {"aarch64", "arm64"}
    assert bool(detected.features) == is_arm
    if is_arm:
        assert dict(detected.features)["version"][-1] == "8a"
