"""CPU levels and flags of x86-64, from recorded /proc/cpuinfo and sysctl."""

import ctypes
import platform
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_variants.variantlib.builtin import Detected, Host
from pip_variants.variantlib.builtin.x86_64 import detect, levels

# PROVIDERS 1.4: the features after "level", in their order.
FLAGS = """
avx_vnni cppc ibrs_enhanced tsc_adjust flush_l1d movdir64b movdiri avx512_bf16
avx512_bitalg avx512_vbmi2 avx512_vnni avx512_vp2intersect avx512_vpopcntdq avx512ifma
avx512vbmi rdpid sha_ni vaes vpclmulqdq clwb clzero avx512bw avx512cd avx512dq avx512f
avx512vl clflushopt gfni rdseed xsavec xsaveopt adx avx2 avx bmi2 bmi1 abm f16c fma
movbe xsave rdrand aes pclmulqdq sse4a fsgsbase sse4_2 sse4_1 ssse3 sse3 cx16 lahf_lm
popcnt sse2 sse mmx
""".split()

# PROVIDERS 1.4, the psABI column in the words of /proc/cpuinfo: OSFXSR, SCE and
# OSXSAVE are what a Linux that shows fxsr, syscall and xsave has switched on.
PSABI = {
    "v1": "cmov cx8 fpu fxsr mmx syscall sse sse2",
    "v2": "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3",
    "v3": "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave",
    "v4": "avx512f avx512bw avx512cd avx512dq avx512vl",
}

COMMON = (
    "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush "
    "mmx fxsr sse sse2 ht syscall nx lm constant_tsc rep_good nopl "
)
# Model name -> flags as its Linux shows them, without what comes from the hypervisor.
CPUS = {
    "AMD EPYC 9654 96-Core Processor": COMMON
    + "mmxext fxsr_opt pdpe1gb rdtscp nonstop_tsc cpuid extd_apicid aperfmperf pni "
    "pclmulqdq monitor ssse3 fma cx16 pcid sse4_1 sse4_2 x2apic movbe popcnt aes xsave "
    "avx f16c rdrand lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a misalignsse "
    "3dnowprefetch osvw ibs skinit wdt tce topoext fsgsbase bmi1 avx2 smep bmi2 erms "
    "invpcid cqm rdt_a avx512f avx512dq rdseed adx smap avx512ifma clflushopt clwb "
    "avx512cd sha_ni avx512bw avx512vl xsaveopt xsavec xgetbv1 xsaves avx512_bf16 "
    "clzero irperf xsaveerptr wbnoinvd avx512vbmi umip pku ospke avx512_vbmi2 gfni "
    "vaes vpclmulqdq avx512_vnni avx512_bitalg avx512_vpopcntdq la57 rdpid fsrm "
    "flush_l1d",
    "Intel(R) Xeon(R) Gold 6132 CPU @ 2.60GHz": COMMON
    + "dts acpi ss tm pbe pdpe1gb rdtscp art arch_perfmon pebs bts xtopology "
    "nonstop_tsc aperfmperf pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 "
    "fma cx16 xtpr pdcm pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer "
    "aes xsave avx f16c rdrand lahf_lm abm 3dnowprefetch fsgsbase tsc_adjust bmi1 hle "
    "avx2 smep bmi2 erms invpcid rtm cqm mpx rdt_a avx512f avx512dq rdseed adx smap "
    "clflushopt clwb avx512cd avx512bw avx512vl xsaveopt xsavec xgetbv1",
    "Intel(R) Xeon Phi(TM) CPU 7210 @ 1.30GHz": COMMON
    + "pni pclmulqdq ssse3 fma cx16 sse4_1 sse4_2 movbe popcnt aes xsave avx f16c "
    "rdrand lahf_lm abm 3dnowprefetch fsgsbase tsc_adjust bmi1 avx2 bmi2 erms avx512f "
    "rdseed adx avx512pf avx512er avx512cd xsaveopt",
    "Intel(R) Xeon(R) CPU E5-2680 v3 @ 2.50GHz": COMMON
    + "dts acpi ss tm pbe pdpe1gb rdtscp arch_perfmon pebs bts xtopology nonstop_tsc "
    "aperfmperf eagerfpu pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 fma "
    "cx16 xtpr pdcm pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes "
    "xsave avx f16c rdrand lahf_lm abm epb fsgsbase tsc_adjust bmi1 avx2 smep bmi2 "
    "erms invpcid cqm xsaveopt",
    "AMD FX(tm)-8350 Eight-Core Processor": COMMON
    + "pni pclmulqdq monitor ssse3 fma cx16 sse4_1 sse4_2 popcnt aes xsave avx f16c "
    "lahf_lm cmp_legacy svm abm sse4a misalignsse 3dnowprefetch xop fma4 tbm bmi1",
    "Intel(R) Xeon(R) CPU X5550 @ 2.67GHz": COMMON
    + "dts acpi ss tm pbe rdtscp arch_perfmon pebs bts xtopology nonstop_tsc "
    "aperfmperf pni dtes64 monitor ds_cpl vmx est tm2 ssse3 cx16 xtpr pdcm dca sse4_1 "
    "sse4_2 popcnt lahf_lm",
    "AMD Opteron(tm) Processor 6136": COMMON
    + "mmxext fxsr_opt pdpe1gb rdtscp 3dnowext 3dnow nonstop_tsc extd_apicid amd_dcm "
    "pni monitor cx16 popcnt lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a "
    "misalignsse 3dnowprefetch osvw ibs skinit wdt nodeid_msr hw_pstate",
    "Intel(R) Core(TM)2 Duo CPU E8400 @ 3.00GHz": COMMON
    + "dts acpi ss tm pbe arch_perfmon pebs bts aperfmperf pni dtes64 monitor ds_cpl "
    "vmx smx est tm2 ssse3 cx16 xtpr pdcm sse4_1 xsave lahf_lm",
}
ALL_LEVELS = ("v4", "v3", "v2", "v1")


def cpuinfo(model: str, flags: str) -> str:
    """Return the text for two processors; the second has flags of its own."""
    return "".join(
        f"processor\t: {number}\nmodel name\t: {model}\nfpu\t\t: yes\n"
        f"flags\t\t: {text}\nvmx flags\t: ept\nbugs\t\t: spectre_v1\n\n"
        for number, text in enumerate((flags, "avx512f other"))
    )


def recorded(root: Path, text: str, machine: str = "x86_64") -> Host:
    (root / "proc").mkdir(exist_ok=True)
    (root / "proc" / "cpuinfo").write_text(text, encoding="utf-8")
    return Host("Linux", machine, {}, root)


def level_by_psabi(flags: Collection[str]) -> tuple[str, ...]:
    """Return the levels whose table, and all below it, the flags fulfil."""
    reached: tuple[str, ...] = ()
    for level, needed in PSABI.items():
        if not all(flag in flags for flag in needed.split()):
            break
        reached = (level, *reached)
    return reached


def features(level: str, flags: Collection[str]) -> list[tuple[str, tuple[str, ...]]]:
    return [
        ("level", ALL_LEVELS[ALL_LEVELS.index(level) :]),
        *((flag, ("on",)) for flag in FLAGS if flag in flags),
    ]


class TestRecordedCpus:
    """PROVIDERS 1.4."""

    @pytest.mark.parametrize(
        ("model", "level"),
        list(zip(CPUS, "v4 v4 v3 v3 v2 v2 v1 v1".split(), strict=True)),
    )
    def test_level_and_flags(self, tmp_path: Path, model: str, level: str) -> None:
        flags = CPUS[model].split()
        assert level_by_psabi(flags)[0] == level
        detected = detect(recorded(tmp_path, cpuinfo(model, CPUS[model])))
        # cpuinfo calls sse3 by its first name.
        assert list(detected.features) == features(level, [*flags, "sse3"])
        assert detected.warnings == ()

    def test_an_old_cpu_in_full(self, tmp_path: Path) -> None:
        flags = "fpu cx8 cmov mmx fxsr sse sse2 syscall lm pni ssse3 cx16"
        detected = detect(recorded(tmp_path, cpuinfo("core2", flags)))
        assert detected.features == (
            ("level", ("v1",)),
            ("ssse3", ("on",)),
            ("sse3", ("on",)),
            ("cx16", ("on",)),
            ("sse2", ("on",)),
            ("sse", ("on",)),
            ("mmx", ("on",)),
        )

    def test_no_v3_without_what_the_system_has_to_enable(self, tmp_path: Path) -> None:
        # A kernel started with "noxsave" shows none of these.
        haswell = CPUS["Intel(R) Xeon(R) CPU E5-2680 v3 @ 2.50GHz"].split()
        hidden = {"xsave", "xsaveopt", "avx", "avx2", "f16c", "fma"}
        text = " ".join(flag for flag in haswell if flag not in hidden)
        detected = detect(recorded(tmp_path, cpuinfo("haswell", text)))
        assert dict(detected.features)["level"] == ("v2", "v1")

    def test_ssse3_stands_for_sse3(self, tmp_path: Path) -> None:
        """PROVIDERS 1.4: archspec accepts sse3 when ssse3 is present."""
        text = PSABI["v2"].replace("pni ", "")
        detected = detect(recorded(tmp_path, cpuinfo("virtual", text)))
        assert dict(detected.features)["level"] == ("v2", "v1")
        assert dict(detected.features)["sse3"] == ("on",)

    def test_a_missing_flag_ends_the_climb(self) -> None:
        complete = {*" ".join(PSABI.values()).split(), "sse3"}
        assert levels(complete) == ALL_LEVELS
        for flag in PSABI["v3"].split():
            assert levels(complete - {flag}) == ("v2", "v1")
        for flag in PSABI["v4"].split():
            assert levels(complete - {flag}) == ("v3", "v2", "v1")
        assert levels(set()) == ("v1",)


class TestOtherMachines:
    @pytest.mark.parametrize("machine", ["aarch64", "i686", "x86", "ppc64le", ""])
    def test_other_cpus_have_nothing(self, tmp_path: Path, machine: str) -> None:
        """PROVIDERS 1.4: non-x86 gives nothing."""
        text = cpuinfo("any", " ".join(PSABI.values()))
        assert detect(recorded(tmp_path, text, machine)) == Detected(())

    @pytest.mark.parametrize("system", ["Linux", "Windows", "Darwin", "FreeBSD"])
    def test_an_unreadable_cpu_is_v1_with_a_warning(
        self, tmp_path: Path, system: str
    ) -> None:
        detected = detect(Host(system, "AMD64", {}, tmp_path))
        assert list(detected.features) == features("v1", {"mmx", "sse", "sse2"})
        assert detected.warnings == (
            (
                "The flags of this x86-64 CPU could not be read, so that only level v1 "
                "counts as supported."
            ),
        )

    def test_any_system_with_cpuinfo_is_read(self, tmp_path: Path) -> None:
        text = cpuinfo("any", " ".join(PSABI.values()))
        recorded(tmp_path, text)
        detected = detect(Host("NetBSD", "amd64", {}, tmp_path))
        assert dict(detected.features)["level"] == ALL_LEVELS


SKYLAKE_MAC = {
    "machdep.cpu.features": "FPU VME DE PSE TSC MSR PAE MCE CX8 APIC SEP MTRR PGE MCA "
    "CMOV PAT PSE36 CLFSH DS ACPI MMX FXSR SSE SSE2 SS HTT TM PBE SSE3 PCLMULQDQ "
    "DTES64 MON DSCPL VMX EST TM2 SSSE3 FMA CX16 TPR PDCM SSE4.1 SSE4.2 x2APIC MOVBE "
    "POPCNT AES PCID XSAVE OSXSAVE SEGLIM64 TSCTMR AVX1.0 RDRAND F16C",
    "machdep.cpu.leaf7_features": "RDWRFSGS TSC_THREAD_OFFSET SGX BMI1 HLE AVX2 SMEP "
    "BMI2 ERMS INVPCID RTM FPU_CSDS MPX RDSEED ADX SMAP CLFSOPT IPT MDCLEAR TSXFA",
    "machdep.cpu.extfeatures": "SYSCALL XD EM64T LAHF LZCNT RDTSCP TSCI",
    "hw.optional.avx1_0": 1,
    "hw.optional.avx512f": 0,
}
# An x86-64 Python on Apple silicon.
ROSETTA = {
    "machdep.cpu.features": "FPU VME DE PSE TSC MSR PAE MCE CX8 APIC SEP MTRR PGE MCA "
    "CMOV PAT PSE36 CLFSH DS ACPI MMX FXSR SSE SSE2 SS HTT TM PBE SSE3 PCLMULQDQ "
    "DTSE64 MON DSCPL VMX EST TM2 SSSE3 CX16 TPR PDCM SSE4.1 SSE4.2 AES SEGLIM64",
    "hw.optional.avx1_0": 0,
    "hw.optional.avx512f": 0,
}


def mac(values: dict[str, object]) -> Host:
    class Mac(Host):
        def sysctl(self, name: str) -> bytes | None:
            match values.get(name):
                case str(text):
                    return text.encode() + b"\0"
                case int(number):
                    return number.to_bytes(4, "little")
                case _:
                    return None

    return Mac("Darwin", "x86_64", {})


class TestMac:
    def test_skylake(self) -> None:
        expected = """
            clflushopt rdseed adx avx2 avx bmi2 bmi1 abm f16c fma movbe xsave rdrand aes
            pclmulqdq fsgsbase sse4_2 sse4_1 ssse3 sse3 cx16 lahf_lm popcnt sse2 sse mmx
        """.split()
        detected = detect(mac({**SKYLAKE_MAC}))
        assert list(detected.features) == features("v3", expected)
        assert detected.warnings == ()

    def test_avx_512_needs_the_system(self) -> None:
        leaf7 = f"{SKYLAKE_MAC['machdep.cpu.leaf7_features']} AVX512F AVX512DQ "
        leaf7 += "AVX512CD AVX512BW AVX512VL AVX512VNNI"
        without = detect(mac({**SKYLAKE_MAC, "machdep.cpu.leaf7_features": leaf7}))
        assert without == detect(mac({**SKYLAKE_MAC}))
        switched_on = {"hw.optional.avx512f": 1, "machdep.cpu.leaf7_features": leaf7}
        found = dict(detect(mac({**SKYLAKE_MAC, **switched_on})).features)
        assert found["level"] == ALL_LEVELS
        assert "avx512_vnni" in found

    def test_avx_needs_the_system(self) -> None:
        found = dict(detect(mac({**SKYLAKE_MAC, "hw.optional.avx1_0": 0})).features)
        assert found["level"] == ("v2", "v1")
        assert not found.keys() & {"avx", "avx2", "fma", "f16c"}

    def test_rosetta(self) -> None:
        found = dict(detect(mac({**ROSETTA})).features)
        assert found["level"] == ("v1",)
        assert "sse4_2" in found


class TestWindows:
    NEW = "AMD64 Family 25 Model 33 Stepping 0, AuthenticAMD"

    def detected(
        self, monkeypatch: pytest.MonkeyPatch, present: set[int], identifier: str
    ) -> dict[str, tuple[str, ...]]:
        class Kernel:
            IsProcessorFeaturePresent: Callable[[int], int] = staticmethod(
                lambda number: int(number in present)
            )

        monkeypatch.setattr(ctypes, "CDLL", {"kernel32": Kernel}.__getitem__)
        host = Host("Windows", "AMD64", {"PROCESSOR_IDENTIFIER": identifier})
        detected = detect(host)
        assert detected.warnings == ()
        return dict(detected.features)

    def test_avx2_of_a_known_vendor_is_v3(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        numbers = {3, 6, 10, 13, 14, 17, 36, 37, 38, 39, 40}
        found = self.detected(monkeypatch, numbers, self.NEW)
        assert found["level"] == ("v3", "v2", "v1")
        assert [name for name in found if name != "level"] == [
            flag
            for flag in FLAGS
            if flag in {*" ".join(PSABI.values()).split(), "sse3"}
            and not flag.startswith("avx512")
        ]

    def test_avx2_of_another_vendor_is_v2(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        numbers = {3, 6, 10, 13, 14, 17, 36, 37, 38, 39, 40}
        found = self.detected(monkeypatch, numbers, "VIA64 Family 6, CentaurHauls")
        assert found["level"] == ("v2", "v1")
        assert self.detected(monkeypatch, numbers, "")["level"] == ("v2", "v1")

    def test_avx512f_alone_is_no_v4(self, monkeypatch: pytest.MonkeyPatch) -> None:
        numbers = {3, 6, 10, 13, 14, 17, 36, 37, 38, 39, 40, 41}
        found = self.detected(monkeypatch, numbers, self.NEW)
        assert found["level"] == ("v3", "v2", "v1")
        assert "avx512f" in found

    def test_an_old_cpu_is_v1(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = self.detected(monkeypatch, {3, 6, 10, 13, 14, 36, 37}, self.NEW)
        assert found["level"] == ("v1",)


class TestAnyText:
    """No text in /proc/cpuinfo makes it raise or answer with an unknown name."""

    @given(
        st.text()
        | st.lists(st.sampled_from([*FLAGS, "pni", "\0", "AVX"])).map(
            lambda flags: "flags: " + " ".join(flags)
        )
    )
    def test_it_does_not_raise(
        self, tmp_path_factory: pytest.TempPathFactory, text: str
    ) -> None:
        root = tmp_path_factory.getbasetemp() / "x86_64"
        root.mkdir(exist_ok=True)
        (root / "proc").mkdir(exist_ok=True)
        (root / "proc" / "cpuinfo").write_bytes(text.encode("utf-8", "surrogatepass"))
        detected = detect(Host("Linux", "x86_64", {}, root))
        names = [name for name, _ in detected.features]
        assert names == [name for name in ("level", *FLAGS) if name in names]
        assert {"level", "mmx", "sse", "sse2"} <= {*names}


@pytest.mark.skipif(
    platform.system() != "Linux" or platform.machine() != "x86_64",
    reason="no Linux on x86-64",
)
def test_this_machine_has_the_level_of_the_psabi() -> None:
    """PROVIDERS 1.4, transcribed directly."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("flags"))
    flags = line.partition(":")[2].split()
    detected = detect(Host(platform.system(), platform.machine(), {}))
    assert dict(detected.features)["level"] == level_by_psabi(flags)
    assert detected.warnings == ()
