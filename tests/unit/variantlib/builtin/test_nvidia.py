"""The CUDA driver and the GPUs, from recorded answers of NVML."""

import ctypes
import platform
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version

from pip_variants.variantlib.builtin import Detected, Host, loader, nvidia
from pip_variants.variantlib.builtin.nvidia import (
    FORCE_DRIVER,
    FORCE_SM_ARCH,
    Nvml,
    describe,
    describe_first_generation,
    detect,
    detect_first_generation,
)
from pip_variants.variantlib.model import is_value

LOWER = "cuda_version_lower_bound"
UPPER = "cuda_version_upper_bound"
SM_ARCH = "sm_arch"

HOST = Host("Linux", "x86_64", {})


def found(
    nvml: Nvml | None, environ: Mapping[str, str] | None = None
) -> dict[str, tuple[str, ...]]:
    """Return the features, of an answer that must not warn."""
    detected = describe(nvml, environ or {})
    assert detected.warnings == ()
    return dict(detected.features)


def driver(major: int, minor: int) -> Nvml:
    return Nvml(1000 * major + 10 * minor, ())


def minors(major: int, first: int, last: int) -> list[str]:
    return [f"{major}.{minor}" for minor in range(first, last - 1, -1)]


class TestBounds:
    """PROVIDERS 1.1, cuda_version_lower_bound and cuda_version_upper_bound."""

    @pytest.mark.parametrize(
        ("major", "minor", "lower", "upper"),
        [
            (11, 0, 2, 108),
            (12, 7, 31, 79),
            (12, 9, 33, 77),
            (13, 0, 46, 64),
        ],
    )
    def test_the_lists_have_the_published_lengths(
        self, major: int, minor: int, lower: int, upper: int
    ) -> None:
        features = found(driver(major, minor))
        assert (len(features[LOWER]), len(features[UPPER])) == (lower, upper)

    def test_12_7(self) -> None:
        assert list(found(driver(12, 7)).items()) == [
            (LOWER, (*minors(12, 7, 0), "12", *minors(11, 20, 0), "11")),
            (
                UPPER,
                (
                    *(*minors(15, 20, 0), "15", *minors(14, 20, 0), "14"),
                    *(*minors(13, 20, 0), "13", *minors(12, 20, 8)),
                ),
            ),
        ]

    def test_11_0_is_the_oldest(self) -> None:
        features = found(driver(11, 0))
        assert features[LOWER] == ("11.0", "11")
        assert features[UPPER][-1] == "11.1"

    def test_13_0_goes_on_in_12_20(self) -> None:
        features = found(driver(13, 0))
        assert features[LOWER][:3] == ("13.0", "13", "12.20")
        assert features[LOWER][-1] == "11"
        assert features[UPPER][0] == "15.20"
        assert features[UPPER][-1] == "13.1"

    def test_above_15_20_there_is_no_upper_bound(self) -> None:
        features = found(driver(15, 20))
        assert list(features) == [LOWER]
        assert len(features[LOWER]) == 110

    @given(st.integers(11, 15), st.integers(0, 20))
    def test_each_value_is_in_just_one_list(self, major: int, minor: int) -> None:
        """Rule: a driver is at least as new as a value, or older than it.

        The bare own major belongs to the lower bounds: 12 <= 12.7.
        """
        features = found(driver(major, minor))
        lower, upper = features[LOWER], features.get(UPPER, ())
        assert len({*lower, *upper}) == len(lower) + len(upper) == 110
        for values in (lower, upper):
            keys = [
                # A bare major comes after its .0.
                tuple(map(int, value.split("."))) if "." in value else (int(value), -1)
                for value in values
            ]
            assert keys == sorted(keys, reverse=True)


class TestArchitecture:
    """PROVIDERS 1.1, sm_arch."""

    @pytest.mark.parametrize(
        ("capability", "values"),
        [
            (
                (8, 6),
                "86_real 85_real 84_real 83_real 82_real 81_real 80_real 80_virtual",
            ),
            ((9, 0), "90_real 90_virtual"),
            ((12, 1), "121_real 120_real 120_virtual"),
            ((5, 0), "50_real 50_virtual"),
        ],
    )
    def test_the_values(self, capability: tuple[int, int], values: str) -> None:
        features = found(Nvml(12070, (capability,)))
        assert list(features) == [LOWER, UPPER, SM_ARCH]
        assert features[SM_ARCH] == tuple(values.split())

    def test_only_the_highest_gpu_counts(self) -> None:
        features = found(Nvml(12070, ((7, 5), (12, 0), (8, 6))))
        assert features[SM_ARCH] == ("120_real", "120_virtual")

    def test_a_gpu_below_5_0_loses_only_this_feature(self) -> None:
        detected = describe(Nvml(12070, ((3, 7),)), {})
        assert detected.features == describe(Nvml(12070, ()), {}).features
        assert detected.warnings == (
            (
                "The GPU architecture 3.7 is older than the oldest known one, 5.0; "
                "nvidia :: sm_arch does not count as supported."
            ),
        )

    def test_no_readable_gpu_leaves_the_bounds(self) -> None:
        """PROVIDERS 1.1, outcomes: an IndexError as published."""
        assert list(found(Nvml(12070, ()))) == [LOWER, UPPER]


class TestOutcomes:
    """PROVIDERS 1.1, outcomes."""

    def test_nothing_detected_is_nothing(self) -> None:
        assert describe(None, {}) == Detected(())

    def test_no_driver_is_nothing_also_with_gpus(self) -> None:
        assert describe(Nvml(None, ((9, 0),)), {}) == Detected(())

    @pytest.mark.parametrize(
        ("number", "written"),
        [(10020, "10.2"), (16000, "16.0"), (15210, "15.21"), (0, "0.0")],
    )
    def test_a_driver_out_of_range_is_a_warning(
        self, number: int, written: str
    ) -> None:
        detected = describe(Nvml(number, ((9, 0),)), {FORCE_SM_ARCH: "9.0"})
        assert detected == Detected(
            (),
            (
                (
                    f"The NVIDIA driver supports CUDA {written}, which is outside the known "
                    "11.0 to 15.20; nvidia properties do not count as supported."
                ),
            ),
        )

    def test_the_integer_is_read_as_published(self) -> None:
        """PROVIDERS 1.1: major n // 1000, minor (n % 1000) // 10."""
        assert Nvml(12085, ()).version == (12, 8)
        assert Nvml(15200, ()).version == (15, 20)
        assert Nvml(None, ()).version is None


class TestForcedDriver:
    """PROVIDERS 1.1, NV_VARIANT_PROVIDER_FORCE_CUDA_DRIVER_VERSION."""

    @pytest.mark.parametrize(
        ("text", "major", "minor"),
        [
            ("12.7", 12, 7),
            ("12", 12, 0),
            ("12.8rc1", 12, 8),
            (" 12.8 ", 12, 8),
            ("12.7.1", 12, 7),
            ("v12.8", 12, 8),
            ("1!12.8", 12, 8),
            ("12.8.post1.dev2+local.7", 12, 8),
            ("012.008", 12, 8),
        ],
    )
    def test_major_and_minor_of_any_version_are_used(
        self, text: str, major: int, minor: int
    ) -> None:
        forced = {FORCE_DRIVER: text}
        expected = found(driver(major, minor))
        assert found(None, forced) == expected
        assert found(driver(13, 1), forced) == expected

    def test_empty_is_unset(self) -> None:
        forced = {FORCE_DRIVER: "", FORCE_SM_ARCH: ""}
        assert found(None, forced) == {}
        assert found(Nvml(12070, ((9, 0),)), forced) == found(Nvml(12070, ((9, 0),)))

    def test_10_2_has_no_lower_bound(self) -> None:
        features = found(None, {FORCE_DRIVER: "10.2"})
        assert list(features) == [UPPER]
        assert features[UPPER] == (
            *(each for major in range(15, 10, -1) for each in self.whole(major)),
            *minors(10, 20, 3),
        )

    def test_16_25_has_no_upper_bound(self) -> None:
        features = found(None, {FORCE_DRIVER: "16.25"})
        assert list(features) == [LOWER]
        assert features[LOWER] == (
            *(*minors(16, 25, 0), "16"),
            *(each for major in range(15, 10, -1) for each in self.whole(major)),
        )

    @staticmethod
    def whole(major: int) -> list[str]:
        return [*minors(major, 20, 0), str(major)]

    @pytest.mark.parametrize("text", ["abc", "12.x", "12.", ".8", " ", "-1", "12,8"])
    def test_anything_else_is_a_warning_and_nothing(self, text: str) -> None:
        forced = {FORCE_DRIVER: text}
        warning = (
            f"{FORCE_DRIVER}={text!r} is no CUDA version; give one like 12.8, whose "
            "numbers are below 100."
        )
        assert describe(Nvml(12070, ((9, 0),)), forced) == Detected((), (warning,))
        assert describe_first_generation(None, forced) == Detected((), (warning,))

    @pytest.mark.parametrize("text", ["99999999.0", "12.99999999", "1" * 5000])
    def test_a_version_that_would_fill_the_memory_is_refused(self, text: str) -> None:
        detected = describe(None, {FORCE_DRIVER: text})
        assert detected.features == ()
        assert len(detected.warnings) == 1

    @given(
        st.one_of(
            st.text(),
            st.from_regex(r"\A\s*v?([0-9]!)?[0-9]{1,2}(\.[0-9]{1,2}){0,3}\s*\Z"),
            st.from_regex(
                r"\A1[0-9]\.[0-9][-_.]?(a|b|c|rc|alpha|beta|pre|preview|post|rev|r|dev)"
                r"[-_.]?[0-9]?(-[0-9])?(\.dev[0-9]?)?(\+[a-z0-9]+([-_.][a-z0-9]+)*)?\Z"
            ),
        )
    )
    def test_what_counts_as_a_version_is_what_pep_440_says(self, text: str) -> None:
        """Rule: with small numbers, a warning comes just where packaging refuses."""
        detected = describe(None, {FORCE_DRIVER: text})
        try:
            version = Version(text)
        except InvalidVersion:
            assert detected.features == ()
            assert bool(detected.warnings) is bool(text)
            return
        if max(version.major, version.minor) < 100:
            environ = {FORCE_DRIVER: f"{version.major}.{version.minor}"}
            assert detected == describe(None, environ)
            assert detected.warnings == ()


class TestForcedArchitecture:
    """PROVIDERS 1.1, NV_VARIANT_PROVIDER_FORCE_SM_ARCH."""

    def test_it_takes_the_place_of_the_gpus(self) -> None:
        features = found(Nvml(12070, ((9, 0),)), {FORCE_SM_ARCH: "8.1"})
        assert features[SM_ARCH] == ("81_real", "80_real", "80_virtual")

    def test_there_is_no_upper_limit(self) -> None:
        features = found(driver(12, 7), {FORCE_SM_ARCH: "13.5"})
        assert features[SM_ARCH][0] == "135_real"
        assert features[SM_ARCH][-2:] == ("130_real", "130_virtual")

    def test_below_5_0_only_this_feature_is_lost(self) -> None:
        detected = describe(driver(12, 7), {FORCE_SM_ARCH: "4.0"})
        assert detected.features == describe(driver(12, 7), {}).features
        assert len(detected.warnings) == 1

    def test_without_a_driver_it_is_nothing(self) -> None:
        assert describe(None, {FORCE_SM_ARCH: "9.0"}) == Detected(())

    def test_with_a_forced_driver_no_machine_is_needed(self) -> None:
        features = found(None, {FORCE_DRIVER: "12.8", FORCE_SM_ARCH: "9.0"})
        assert list(features) == [LOWER, UPPER, SM_ARCH]

    @pytest.mark.parametrize("text", ["9", "9.0.1", "9.0a", "abc", "-9.0", "9.100"])
    def test_anything_else_is_a_warning_and_nothing(self, text: str) -> None:
        assert describe(driver(12, 7), {FORCE_SM_ARCH: text}) == Detected(
            (),
            (
                (
                    f"{FORCE_SM_ARCH}={text!r} is no GPU architecture; give exactly two "
                    "numbers below 100 like 9.0."
                ),
            ),
        )

    def test_two_mistakes_are_two_warnings(self) -> None:
        detected = describe(None, {FORCE_DRIVER: "abc", FORCE_SM_ARCH: "abc"})
        assert detected.features == ()
        assert len(detected.warnings) == 2


class TestFirstGeneration:
    """PROVIDERS 1.1, old generation: the feature cuda."""

    def test_minors_then_the_bare_major(self) -> None:
        assert describe_first_generation(Nvml(12020, ((9, 0),)), {}) == Detected(
            (("cuda", ("12.2", "12.1", "12.0", "12")),)
        )

    def test_the_forced_driver_counts_and_the_forced_gpu_does_not(self) -> None:
        environ = {FORCE_DRIVER: "13", FORCE_SM_ARCH: "abc"}
        assert detect_first_generation(Host("Linux", "x86_64", environ)) == Detected(
            (("cuda", ("13.0", "13")),)
        )

    def test_no_driver_is_nothing(self) -> None:
        assert describe_first_generation(None, {}) == Detected(())

    def test_a_driver_out_of_range_is_a_warning(self) -> None:
        detected = describe_first_generation(Nvml(10020, ()), {})
        assert detected.features == ()
        assert len(detected.warnings) == 1


class FakeLibrary:
    """NVML as Python objects; each function can be made to fail."""

    def __init__(
        self,
        capabilities: list[tuple[int, int] | None],
        *,
        version: int = 12070,
        failing: tuple[str, ...] = (),
        missing: tuple[str, ...] = (),
    ) -> None:
        self.capabilities = capabilities
        self.version = version
        self.failing = failing
        self.missing = missing
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., int]:
        if name in self.missing:
            raise AttributeError(name)

        def call(*arguments: object) -> int:
            self.calls.append(name)
            return 999 if name in self.failing else self.answer(name, *arguments)

        return call

    def answer(self, name: str, *arguments: object) -> int:
        targets = [getattr(argument, "_obj", argument) for argument in arguments]
        match name, targets:
            case "nvmlInit_v2" | "nvmlShutdown", []:
                return 0
            case (
                "nvmlSystemGetCudaDriverVersion_v2" | "nvmlSystemGetCudaDriverVersion",
                [ctypes.c_int() as version],
            ):
                version.value = self.version
            case "nvmlDeviceGetCount_v2", [ctypes.c_uint() as count]:
                count.value = len(self.capabilities)
            case (
                "nvmlDeviceGetHandleByIndex_v2",
                [ctypes.c_uint() as index, ctypes.c_void_p() as device],
            ):
                device.value = index.value + 1
            case (
                "nvmlDeviceGetCudaComputeCapability",
                [ctypes.c_void_p() as device, major, minor],
            ):
                capability = self.capabilities[(device.value or 0) - 1]
                if capability is None:
                    return 15
                assert isinstance(major, ctypes.c_int)
                assert isinstance(minor, ctypes.c_int)
                major.value, minor.value = capability
            case _:
                pytest.fail(f"unexpected call of {name} with {targets}")
        return 0


def ask(monkeypatch: pytest.MonkeyPatch, library: FakeLibrary) -> Nvml | None:
    monkeypatch.setattr(nvidia, "_load", lambda _: library)
    return nvidia.query(HOST)


class TestAsking:
    """PROVIDERS 1.1, detection: NVML through ctypes."""

    def test_driver_and_gpus(self, monkeypatch: pytest.MonkeyPatch) -> None:
        library = FakeLibrary([(8, 6), (9, 0)])
        assert ask(monkeypatch, library) == Nvml(12070, ((8, 6), (9, 0)))
        assert library.calls[0] == "nvmlInit_v2"
        assert library.calls[-1] == "nvmlShutdown"

    def test_a_gpu_that_errors_is_skipped(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        library = FakeLibrary([(8, 6), None])
        assert ask(monkeypatch, library) == Nvml(12070, ((8, 6),))

    def test_no_gpus(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert ask(monkeypatch, FakeLibrary([])) == Nvml(12070, ())

    @pytest.mark.parametrize("how", ["failing", "missing"])
    def test_the_old_driver_function_is_the_fallback(
        self, monkeypatch: pytest.MonkeyPatch, how: str
    ) -> None:
        names = ("nvmlSystemGetCudaDriverVersion_v2",)
        library = (
            FakeLibrary([(9, 0)], failing=names)
            if how == "failing"
            else FakeLibrary([(9, 0)], missing=names)
        )
        assert ask(monkeypatch, library) == Nvml(12070, ((9, 0),))

    def test_no_driver_version(self, monkeypatch: pytest.MonkeyPatch) -> None:
        names = ("nvmlSystemGetCudaDriverVersion_v2", "nvmlSystemGetCudaDriverVersion")
        library = FakeLibrary([(9, 0)], failing=names)
        assert ask(monkeypatch, library) == Nvml(None, ((9, 0),))

    @pytest.mark.parametrize(
        "name",
        [
            "nvmlInit_v2",
            "nvmlDeviceGetCount_v2",
            "nvmlDeviceGetHandleByIndex_v2",
        ],
    )
    def test_other_errors_are_nothing(
        self, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        failing = FakeLibrary([(9, 0)], failing=(name,))
        assert ask(monkeypatch, failing) is None
        assert ("nvmlShutdown" in failing.calls) == (name != "nvmlInit_v2")
        assert ask(monkeypatch, FakeLibrary([(9, 0)], missing=(name,))) is None

    def test_detection_asks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(nvidia, "_load", lambda _: FakeLibrary([(9, 0)]))
        assert detect(HOST) == describe(Nvml(12070, ((9, 0),)), {})
        assert detect_first_generation(HOST) == describe_first_generation(
            Nvml(12070, ()), {}
        )

    def test_nobody_is_asked_when_everything_is_forced(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        library = FakeLibrary([(9, 0)])
        monkeypatch.setattr(nvidia, "_load", lambda _: library)
        environ = {FORCE_DRIVER: "12.8", FORCE_SM_ARCH: "9.0"}
        assert detect(Host("Linux", "x86_64", environ)) == describe(None, environ)
        assert library.calls == []

    def test_a_recording_does_not_ask_this_machine(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(nvidia, "_load", lambda _: FakeLibrary([(9, 0)]))
        assert detect(Host("Linux", "x86_64", {}, tmp_path)) == Detected(())


class TestLibrary:
    """PROVIDERS 1.1, detection: where the library is."""

    WINDOWS = "C:\\Windows\\System32\\nvml.dll"
    PROGRAMS = "C:\\Program Files\\NVIDIA Corporation\\NVSMI\\nvml.dll"

    def tried(
        self, monkeypatch: pytest.MonkeyPatch, system: str, **environ: str
    ) -> list[str]:
        paths: list[str] = []

        def load(path: str) -> object:
            paths.append(path)
            raise OSError

        monkeypatch.setattr(ctypes, "CDLL", load)
        assert detect(Host(system, "x86_64", environ)) == Detected(())
        return paths

    @pytest.mark.parametrize("is_there", [True, False])
    def test_linux_has_one(
        self, monkeypatch: pytest.MonkeyPatch, is_there: bool
    ) -> None:
        monkeypatch.setattr(loader, "is_there", lambda _: is_there)
        expected = ["libnvidia-ml.so.1"] if is_there else []
        assert self.tried(monkeypatch, "Linux") == expected

    def test_windows_has_two_places(self, monkeypatch: pytest.MonkeyPatch) -> None:
        environ = {"WINDIR": "C:\\Windows", "PROGRAMFILES": "C:\\Program Files"}
        assert self.tried(monkeypatch, "Windows", **environ) == [
            self.WINDOWS,
            self.PROGRAMS,
        ]

    def test_the_working_directory_is_no_place(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert self.tried(monkeypatch, "Windows") == []
        assert self.tried(monkeypatch, "Windows", WINDIR="Windows") == []

    def test_macos_has_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.tried(monkeypatch, "Darwin") == []

    @pytest.mark.skipif(
        platform.system() != "Linux" or shutil.which("cc") is None,
        reason="needs a C compiler on Linux",
    )
    def test_a_real_library_is_called_as_its_header_says(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        source = tmp_path / "nvml.c"
        library = tmp_path / "libnvidia-ml.so.1"
        source.write_text(C_LIBRARY, encoding="utf-8")
        command = ["cc", "-shared", "-fPIC", "-o", str(library), str(source)]
        subprocess.run(command, check=True, timeout=60)
        monkeypatch.setattr(nvidia, "_LINUX_LIBRARY", str(library))
        # The second of its GPUs cannot tell.
        assert nvidia.query(HOST) == Nvml(12080, ((9, 0), (10, 3)))


C_LIBRARY = """
#include <stdint.h>
struct device { int major, minor; };
static struct device devices[] = {{9, 0}, {0, 0}, {10, 3}};
typedef struct device *nvmlDevice_t;
static int ready = 0;
int nvmlInit_v2(void) { ready = 1; return 0; }
int nvmlShutdown(void) { ready = 0; return 0; }
int nvmlSystemGetCudaDriverVersion_v2(int *version) {
    *version = 12080; return ready ? 0 : 1;
}
int nvmlDeviceGetCount_v2(unsigned int *count) { *count = 3; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvmlDevice_t *device) {
    *device = &devices[index]; return 0;
}
int nvmlDeviceGetCudaComputeCapability(nvmlDevice_t device, int *major, int *minor) {
    *major = device->major; *minor = device->minor;
    return device->major ? 0 : 15;
}
"""


class TestAnyAnswer:
    """No environment and no answer of NVML makes it raise or break R10."""

    @given(
        st.none()
        | st.builds(
            Nvml,
            st.none() | st.integers(-(2**31), 2**31 - 1),
            st.lists(st.tuples(st.integers(-1, 30), st.integers(-1, 30))).map(tuple),
        ),
        st.dictionaries(
            st.sampled_from([FORCE_DRIVER, FORCE_SM_ARCH]),
            st.text() | st.from_regex(r"\A[0-9]+\.[0-9]+\Z"),
        ),
    )
    def test_it_does_not_raise(
        self, nvml: Nvml | None, environ: dict[str, str]
    ) -> None:
        for detected in (
            describe(nvml, environ),
            describe_first_generation(nvml, environ),
        ):
            for _, values in detected.features:
                assert values
                assert all(is_value(value) for value in values)
                assert len({*values}) == len(values)
            assert all(text.isprintable() for text in detected.warnings)


def test_this_machine_answers() -> None:
    detected = detect(Host(platform.system(), platform.machine(), {}))
    assert {name for name, _ in detected.features} <= {LOWER, UPPER, SM_ARCH}
