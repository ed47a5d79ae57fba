"""Intel's GPUs, from recorded answers of Level Zero (PROVIDERS 1.3).

No machine with such a GPU has been tried. The library here is one of ours: once a
compiled one with the structures of the specification, otherwise functions that are
called as those of a library are.
"""

import ctypes
import platform
import shutil
import subprocess
from collections.abc import Callable
from ctypes import POINTER, c_int, c_size_t, c_uint32, c_void_p
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_variants.variantlib.builtin import Detected, Host, intel, loader
from pip_variants.variantlib.builtin.intel import (
    FORCE_DEVICE_IP,
    describe,
    detect,
    query,
)
from pip_variants.variantlib.model import is_value

HOST = Host("Linux", "x86_64", {})

INTEL, OTHER = 0x8086, 0x10DE


def number(architecture: int, release: int, revision: int) -> int:
    """Pack the parts, as hw_ip_version.h lays them out."""
    return architecture << 22 | release << 14 | revision


def found(*numbers: int, **environ: str) -> tuple[str, ...]:
    """Return the values, of an answer that must not warn."""
    detected = describe(numbers, environ)
    assert detected.warnings == ()
    ((feature, values),) = detected.features
    assert feature == "device_ip"
    return values


class TestValues:
    @pytest.mark.parametrize(
        ("parts", "values"),
        [
            ((35, 11, 0), "35.11.0"),
            ((30, 5, 4), "30.5.4 30.0.4"),
            ((30, 4, 4), "30.4.4 30.0.4"),
            ((30, 3, 1), "30.3.1 30.0.4"),
            ((30, 1, 0), "30.1.0 30.0.4"),
            ((30, 0, 4), "30.0.4"),
            ((20, 4, 4), "20.4.4 20.1.0"),
            ((20, 2, 0), "20.2.0 20.1.0"),
            ((20, 1, 0), "20.1.0"),
            ((12, 74, 4), "12.74.4"),
            ((12, 71, 4), "12.71.4 12.70.4"),
            ((12, 60, 7), "12.60.7"),
            ((12, 57, 0), "12.57.0 12.55.8"),
            ((12, 56, 5), "12.56.5 12.55.8"),
            ((12, 0, 0), "12.0.0"),
        ],
    )
    def test_a_gpu_has_its_own_and_that_of_its_base(
        self, parts: tuple[int, int, int], values: str
    ) -> None:
        assert found(number(*parts)) == tuple(values.split())

    def test_they_stand_in_the_order_of_the_gpus_each_once(self) -> None:
        gpus = (number(12, 56, 5), number(30, 1, 0), number(12, 57, 0))
        assert found(*gpus, *gpus) == (
            *("12.56.5", "12.55.8"),
            *("30.1.0", "30.0.4"),
            "12.57.0",
        )

    def test_the_reserved_bits_do_not_matter(self) -> None:
        assert found(number(20, 1, 0) | 0xFF << 6) == ("20.1.0",)

    def test_one_that_is_not_known_is_a_warning(self) -> None:
        detected = describe((number(40, 1, 2), number(20, 1, 0)), {})
        assert detected == Detected(
            (("device_ip", ("20.1.0",)),),
            (
                (
                    "The Intel GPU architecture 40.1.2 is not known here; intel :: "
                    "device_ip :: 40.1.2 does not count as supported."
                ),
            ),
        )

    def test_no_gpu_is_nothing(self) -> None:
        assert describe((), {}) == Detected(())

    @given(st.lists(st.integers(0, 2**32 - 1)), st.text())
    def test_no_answer_makes_it_raise_or_break_r10(
        self, numbers: list[int], forced: str
    ) -> None:
        for environ in ({}, {FORCE_DEVICE_IP: forced}):
            detected = describe(numbers, environ)
            for _, values in detected.features:
                assert values
                assert all(is_value(value) for value in values)
                assert len({*values}) == len(values)
            assert all(text.isprintable() for text in detected.warnings)


class TestForced:
    @pytest.mark.parametrize(
        ("text", "values"),
        [("20.1.0", ("20.1.0",)), (" 12.71.4 ", ("12.71.4", "12.70.4"))],
    )
    def test_it_stands_for_a_whole_gpu(
        self, text: str, values: tuple[str, ...]
    ) -> None:
        environ = {FORCE_DEVICE_IP: text}
        assert found(number(30, 1, 0), **environ) == values
        assert detect(Host("Darwin", "arm64", environ)).features == (
            ("device_ip", values),
        )

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("40.1.2", "is no GPU architecture that is known here"),
            ("abc", "is no GPU architecture"),
            ("20.1", "is no GPU architecture"),
            (" ", "is no GPU architecture"),
        ],
    )
    def test_anything_else_is_a_warning_and_nothing(
        self, text: str, problem: str
    ) -> None:
        warning = f"{FORCE_DEVICE_IP}={text!r} {problem}; give one like 20.1.0."
        forced = {FORCE_DEVICE_IP: text}
        assert describe((number(20, 1, 0),), forced) == Detected((), (warning,))

    def test_empty_is_unset(self) -> None:
        assert found(number(20, 1, 0), **{FORCE_DEVICE_IP: ""}) == ("20.1.0",)

    def test_nobody_is_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def load(_: object) -> object:
            pytest.fail("a library is loaded")

        monkeypatch.setattr(loader, "load", load)
        detect(Host("Linux", "x86_64", {FORCE_DEVICE_IP: "20.1.0"}))


def functions(
    drivers: list[list[tuple[int, int]]],
    *,
    missing: tuple[str, ...] = (),
    failing: tuple[str, ...] = (),
) -> SimpleNamespace:
    """Return a library with GPUs (vendor, IP version) under their drivers.

    Its functions have C types, so that a wrong argument is a crash here, too.
    """
    devices: list[tuple[int, int]] = [gpu for driver in drivers for gpu in driver]
    # Handles beyond 32 bits, as pointers are.
    base = 0x7F00_0000_0000

    def hand_out(count: Any, handles: Any, every: list[int]) -> int:
        if handles:
            for index in range(count[0]):
                at = handles + index * ctypes.sizeof(c_size_t)
                c_size_t.from_address(at).value = every[index]
        else:
            count[0] = len(every)
        return 0

    def driver_handles(count: Any, handles: Any) -> int:
        return hand_out(count, handles, [base + at for at in range(len(drivers))])

    def init_drivers(count: Any, handles: Any, kind: int) -> int:
        assert c_uint32.from_address(kind).value == 0x20021
        return driver_handles(count, handles)

    def device_handles(driver: int, count: Any, handles: Any) -> int:
        at = driver - base
        start = sum(map(len, drivers[:at]))
        every = [base + 0x1000 + start + index for index in range(len(drivers[at]))]
        return hand_out(count, handles, every)

    def properties(device: int, target: int) -> int:
        vendor, ip = devices[device - base - 0x1000]
        pointer = ctypes.sizeof(c_size_t)
        assert c_uint32.from_address(target).value == 0x3
        extension = c_size_t.from_address(target + pointer).value
        assert c_uint32.from_address(extension).value == 0x1000F
        c_uint32.from_address(target + 2 * pointer + 4).value = vendor
        c_uint32.from_address(extension + 2 * pointer).value = ip
        return 0

    counts = POINTER(c_uint32)
    every: dict[str, tuple[Callable[..., int], tuple[Any, ...]]] = {
        "zeInitDrivers": (init_drivers, (counts, c_void_p, c_void_p)),
        "zeInit": (lambda flags: 0 if flags == 1 else 1, (c_uint32,)),
        "zeDriverGet": (driver_handles, (counts, c_void_p)),
        "zeDeviceGet": (device_handles, (c_void_p, counts, c_void_p)),
        "zeDeviceGetProperties": (properties, (c_void_p, c_void_p)),
    }
    library = SimpleNamespace()
    for name, (function, types) in every.items():
        if name not in missing:
            called = (lambda *_: 0x78000001) if name in failing else function
            setattr(library, name, ctypes.CFUNCTYPE(c_int, *types)(called))
    return library


def ask(monkeypatch: pytest.MonkeyPatch, library: object) -> tuple[int, ...]:
    monkeypatch.setattr(loader, "load", lambda _: library)
    return query(HOST)


class TestAsking:
    def test_all_gpus_of_all_drivers(self, monkeypatch: pytest.MonkeyPatch) -> None:
        library = functions([[(INTEL, 3), (INTEL, 1)], [], [(INTEL, 2)]])
        assert ask(monkeypatch, library) == (3, 1, 2)

    def test_other_vendors_do_not_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert ask(monkeypatch, functions([[(OTHER, 1), (INTEL, 2)]])) == (2,)

    def test_a_driver_that_does_not_tell_has_no_gpu(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert ask(monkeypatch, functions([[(INTEL, 0), (INTEL, 2)]])) == (2,)

    @pytest.mark.parametrize("drivers", [[], [[]]])
    def test_no_driver_and_no_gpu(
        self, monkeypatch: pytest.MonkeyPatch, drivers: list[list[tuple[int, int]]]
    ) -> None:
        assert ask(monkeypatch, functions(drivers)) == ()

    def test_an_old_library_is_asked_as_it_knows(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        library = functions([[(INTEL, 7)]], missing=("zeInitDrivers",))
        assert ask(monkeypatch, library) == (7,)

    @pytest.mark.parametrize("how", ["failing", "missing"])
    @pytest.mark.parametrize("name", ["zeDeviceGet", "zeDeviceGetProperties"])
    def test_errors_are_nothing(
        self, monkeypatch: pytest.MonkeyPatch, name: str, how: str
    ) -> None:
        library = (
            functions([[(INTEL, 7)]], failing=(name,))
            if how == "failing"
            else functions([[(INTEL, 7)]], missing=(name,))
        )
        assert ask(monkeypatch, library) == ()

    @pytest.mark.parametrize("name", ["zeInit", "zeDriverGet"])
    def test_errors_of_an_old_library_are_nothing(
        self, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        old = ("zeInitDrivers",)
        gpus = [[(INTEL, 7)]]
        assert ask(monkeypatch, functions(gpus, missing=old, failing=(name,))) == ()
        assert ask(monkeypatch, functions(gpus, missing=(*old, name))) == ()

    def test_a_library_without_drivers_fails_to_start(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert ask(monkeypatch, functions([], failing=("zeInitDrivers",))) == ()

    def test_detection_asks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        library = functions([[(INTEL, number(20, 2, 0))]])
        monkeypatch.setattr(loader, "load", lambda _: library)
        expected = Detected((("device_ip", ("20.2.0", "20.1.0")),))
        assert detect(HOST) == expected

    def test_a_recording_does_not_ask_this_machine(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        library = functions([[(INTEL, number(20, 2, 0))]])
        monkeypatch.setattr(loader, "load", lambda _: library)
        assert detect(Host("Linux", "x86_64", {}, tmp_path)) == Detected(())


class TestLibrary:
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
        expected = ["libze_loader.so.1"] if is_there else []
        assert self.tried(monkeypatch, "Linux") == expected

    def test_windows_has_one_in_the_folder_of_the_system(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert self.tried(monkeypatch, "Windows", WINDIR="C:\\Windows") == [
            "C:\\Windows\\System32\\ze_loader.dll"
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
    @pytest.mark.parametrize("flag", ["-DNEW", "-DOLD"])
    def test_a_real_library_is_called_as_its_header_says(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, flag: str
    ) -> None:
        source = tmp_path / "ze.c"
        library = tmp_path / "libze_loader.so.1"
        source.write_text(C_LIBRARY, encoding="utf-8")
        command = ["cc", "-shared", "-fPIC", flag, "-o", str(library), str(source)]
        subprocess.run(command, check=True, timeout=60)
        monkeypatch.setattr(intel, "_LINUX_LIBRARY", str(library))
        # The second of its GPUs is somebody else's.
        assert query(HOST) == (number(12, 56, 5), number(30, 1, 0))


# The structures and numbers are those of the specification, as far as they are used.
C_LIBRARY = """
#include <stdint.h>
#include <string.h>
typedef struct { uint32_t vendor, ip; } *device_t;
static struct { uint32_t vendor, ip; } devices[] = {
    {0x8086, 12u << 22 | 56 << 14 | 5}, {0x1002, 7}, {0x8086, 30u << 22 | 1 << 14}
};
typedef struct { uint32_t stype; void *next; uint32_t flags; } driver_type_t;
typedef struct { uint32_t stype; void *next; uint32_t ip; } ip_version_t;
typedef struct {
    uint32_t stype; void *next;
    uint32_t type, vendor, device, flags, subdevice, clock;
    uint64_t max_memory;
    uint32_t contexts, priority, threads, width, units, subslices, slices;
    uint64_t resolution;
    uint32_t timestamp_bits, kernel_timestamp_bits;
    uint8_t uuid[16];
    char name[256];
} properties_t;
static int ready = 0, driver = 0;
static int drivers(uint32_t *count, void **handles) {
    if (!ready) return 0x78000001;
    if (handles) handles[0] = &driver;
    *count = 1;
    return 0;
}
#ifdef NEW
int zeInitDrivers(uint32_t *count, void **handles, driver_type_t *kind) {
    ready = kind->stype == 0x20021 && !kind->next && kind->flags == 1;
    return drivers(count, handles);
}
#else
int zeInit(uint32_t flags) { ready = flags == 1; return 0; }
int zeDriverGet(uint32_t *count, void **handles) { return drivers(count, handles); }
#endif
int zeDeviceGet(void *from, uint32_t *count, void **handles) {
    if (from != &driver) return 1;
    if (handles)
        for (uint32_t at = 0; at < *count; at++) handles[at] = &devices[at];
    else
        *count = 3;
    return 0;
}
int zeDeviceGetProperties(device_t device, properties_t *properties) {
    ip_version_t *extension = properties->next;
    if (properties->stype != 3 || !extension || extension->stype != 0x1000f) return 1;
    memset(&properties->type, 0xff, sizeof *properties - 16);
    properties->vendor = device->vendor;
    extension->ip = device->ip;
    return 0;
}
"""
