"""What tells one machine, boot, driver or container from another."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pip_variants.variantlib.builtin.host import Host
from pip_variants.variantlib.fingerprint import (
    VARIABLES,
    fingerprint,
    fingerprint_digest,
)

# Shortened from a machine with an EPYC.
PROCESSOR = """\
processor\t: 0
vendor_id\t: AuthenticAMD
model name\t: AMD EPYC
stepping\t: 1
cpu MHz\t\t: 2596.134
flags\t\t: fpu vme de pse avx2
bogomips\t: 5192.26

processor\t: 1
vendor_id\t: AuthenticAMD
cpu MHz\t\t: 1300.000
flags\t\t: fpu vme de pse avx2
bogomips\t: 5192.26
"""
MODULES = """\
nvidia 56823808 1 nvidia_uvm, Live 0x0000000000000000 (POE)
fuse 172032 3 - Live 0x0000000000000000
"""
NVIDIA = """\
NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024
GCC version:  gcc version 11.4.0
"""
FILES = {
    "proc/sys/kernel/osrelease": "6.8.0-45-generic\n",
    "proc/sys/kernel/random/boot_id": "1112112d-98cb-4fa8-93a3-73035904efef\n",
    "proc/cpuinfo": PROCESSOR,
    "proc/modules": MODULES,
    "proc/driver/nvidia/version": NVIDIA,
    "proc/driver/nvidia/gpus/0000:01:00.0/information": "",
    "sys/module/nvidia/version": "550.54.14\n",
    "sys/module/amdgpu/srcversion": "533BB7E5866E52F63B9ACCB\n",
    "sys/class/kfd/kfd/topology/nodes/0/properties": "",
    "opt/rocm/.info/version": "6.4.1-83\n",
    "dev/nvidia0": "",
    "dev/nvidiactl": "",
    "dev/kfd": "",
    "dev/null": "",
    "dev/dri/renderD128": "",
    "usr/lib/x86_64-linux-gnu/libnvidia-ml.so.550.54.14": "a library",
    "etc/ld.so.cache": "glibc-ld.so.cache1.1\0libc.so.6\0/lib/libc.so.6\0",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    library = tmp_path / "usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1"
    library.symlink_to("libnvidia-ml.so.550.54.14")
    return tmp_path


@pytest.fixture
def host(root: Path) -> Host:
    return Host("Linux", "x86_64", {}, root)


def write(name: str, text: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)

    return change


def remove(name: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / name).unlink()

    return change


def upgrade_the_library(root: Path) -> None:
    library = root / "usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1"
    library.unlink()
    library.with_name("libnvidia-ml.so.560.35.03").write_text("a library")
    library.symlink_to("libnvidia-ml.so.560.35.03")


def touch_the_library(root: Path) -> None:
    os.utime(root / "usr/lib/x86_64-linux-gnu/libnvidia-ml.so.550.54.14", ns=(1, 1))


CHANGES = {
    "another kernel": write("proc/sys/kernel/osrelease", "6.8.0-47-generic\n"),
    "a reboot": write("proc/sys/kernel/random/boot_id", "f00d\n"),
    "a CPU of another model": write(
        "proc/cpuinfo", PROCESSOR.replace("EPYC", "Ryzen", 1)
    ),
    "a CPU without a flag": write("proc/cpuinfo", PROCESSOR.replace(" avx2", "")),
    "a module loaded": write("proc/modules", MODULES + "amdgpu 1 0 - Live 0x0\n"),
    "a module unloaded": write("proc/modules", MODULES.splitlines()[0]),
    "another NVIDIA driver": write(
        "proc/driver/nvidia/version", NVIDIA.replace("550.54.14", "560.35.03")
    ),
    "its module alone": write("sys/module/nvidia/version", "560.35.03\n"),
    "another AMD module": write("sys/module/amdgpu/srcversion", "0\n"),
    "an Intel module": write("sys/module/xe/srcversion", "0\n"),
    "an older Intel module": write("sys/module/i915/version", "1.2\n"),
    "another ROCm": write("opt/rocm/.info/version", "6.4.2-1\n"),
    "no ROCm": remove("opt/rocm/.info/version"),
    "a GPU more": write("dev/nvidia1", ""),
    "a GPU less": remove("dev/nvidia0"),
    "a GPU on the bus": write("proc/driver/nvidia/gpus/0000:02:00.0/information", ""),
    "no AMD device": remove("dev/kfd"),
    "a render node": write("dev/dri/renderD129", ""),
    "an AMD GPU": write("sys/class/kfd/kfd/topology/nodes/1/properties", ""),
    "WSL's device": write("dev/dxg", ""),
    "another library behind the link": upgrade_the_library,
    "another library of the same name": write(
        "usr/lib/x86_64-linux-gnu/libnvidia-ml.so.550.54.14", "another one"
    ),
    "a library of another time": touch_the_library,
    "no library": remove("usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1"),
    "the library in another folder": write("usr/lib64/libnvidia-ml.so.1", "x"),
    "a loader for Intel GPUs": write("usr/lib64/libze_loader.so.1", "x"),
    "a driver for Intel GPUs": write("usr/lib64/libze_intel_gpu.so.1", "x"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_each_part_changes_it(
    host: Host, root: Path, change: Callable[[Path], None]
) -> None:
    before = fingerprint_digest(host)
    change(root)
    assert fingerprint_digest(host) != before


@pytest.mark.parametrize("variable", VARIABLES)
def test_each_variable_changes_it(host: Host, variable: str) -> None:
    settings: list[dict[str, str]] = [{}, {variable: ""}, {variable: "0"}]
    digests = {fingerprint_digest(replace(host, environ=each)) for each in settings}
    assert len(digests) == len(settings)


def test_the_machine_and_the_system_change_it(host: Host) -> None:
    others = [host, replace(host, machine="aarch64"), replace(host, system="Darwin")]
    assert len({fingerprint_digest(each) for each in others}) == 3


SAME = {
    "the load": write("proc/cpuinfo", PROCESSOR.replace("2596.134", "998.100")),
    "a measurement at boot": write("proc/cpuinfo", PROCESSOR.replace("5192", "5190")),
    "another processor": write("proc/cpuinfo", PROCESSOR.replace(": 1\nv", ": 2\nv")),
    "who uses a module": write("proc/modules", MODULES.replace("3 -", "4 -")),
    "a device of another kind": write("dev/loop7", ""),
    "nothing": write("dev/null", ""),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_what_changes_all_the_time_does_not_count(
    host: Host, root: Path, change: Callable[[Path], None]
) -> None:
    before = fingerprint(host)
    change(root)
    assert fingerprint(host) == before


def test_the_order_of_modules_does_not_count(host: Host, root: Path) -> None:
    """It is the order in which they were loaded."""
    before = fingerprint(host)
    write("proc/modules", "\n".join(reversed(MODULES.splitlines())))(root)
    assert fingerprint(host) == before


@pytest.mark.parametrize("separator", [":", ";"])
def test_the_folders_of_the_loader_are_looked_at(
    host: Host, root: Path, separator: str
) -> None:
    path = separator.join(("relative", "", "/cuda/lib", "/driver"))
    host = replace(host, environ={"LD_LIBRARY_PATH": path})
    before = fingerprint(host)
    write("driver/libnvidia-ml.so.1", "x")(root)
    assert fingerprint(host) != before


def test_what_the_loader_has_noted_is_looked_at(host: Host, root: Path) -> None:
    """A folder that only a file in /etc/ld.so.conf.d names."""
    write(
        "etc/ld.so.cache",
        "glibc-ld.so.cache1.1\0\x01\x02libnvidia-ml.so.1\0"
        "/opt/driver/lib/libnvidia-ml.so.1\0/opt/i386/libnvidia-ml.so.1\0",
    )(root)
    for folder in ("driver/lib", "i386"):
        before = fingerprint(host)
        write(f"opt/{folder}/libnvidia-ml.so.1", "x")(root)
        assert fingerprint(host) != before


def test_rocm_where_the_user_says_it_is(host: Host, root: Path) -> None:
    host = replace(host, environ={"ROCM_PATH": "/opt/rocm-6.5"})
    before = fingerprint(host)
    write("opt/rocm-6.5/.info/version", "6.5.0\n")(root)
    assert fingerprint(host) != before


def test_two_containers_on_one_machine(host: Host, root: Path, tmp_path: Path) -> None:
    """Same kernel, same boot, same modules; only one got the device and the library."""
    with_gpu = fingerprint(host)
    for name in ("dev/nvidia0", "dev/nvidiactl"):
        remove(name)(root)
    remove("usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1")(root)
    without = fingerprint(host)
    assert with_gpu["boot"] == without["boot"]
    assert with_gpu["modules"] == without["modules"]
    assert with_gpu != without


def test_another_runner_with_the_same_image(host: Host, root: Path) -> None:
    """A cache that another machine filled is of no use here."""
    before = fingerprint_digest(host)
    write("proc/sys/kernel/random/boot_id", "9a3c\n")(root)
    assert fingerprint_digest(host) != before


def test_a_machine_without_anything(tmp_path: Path) -> None:
    assert dict(fingerprint(Host("Linux", "x86_64", {}, tmp_path))) == {
        "system": "Linux x86_64"
    }


@pytest.mark.parametrize("system", ["Linux", "Darwin", "Windows", "FreeBSD", ""])
def test_a_system_that_is_not_this_one(tmp_path: Path, system: str) -> None:
    found = fingerprint(Host(system, "m", {"WINDIR": "C:\\Windows"}, tmp_path))
    assert found["system"] == f"{system} m"


def test_odd_variables_do_no_harm(host: Host) -> None:
    odd = dict.fromkeys(VARIABLES, "\0:/\ud800:" + "/x" * 5000)
    assert fingerprint_digest(replace(host, environ=odd))


def test_stamps_are_short(host: Host, root: Path) -> None:
    write("proc/modules", "".join(f"module_{n} 1 0\n" for n in range(500)))(root)
    write("proc/cpuinfo", "flags : " + "x " * 100_000)(root)
    for name, stamp in fingerprint(host).items():
        assert isinstance(name, str)
        assert 0 < len(stamp) <= 200


def test_this_machine_is_the_same_twice() -> None:
    host = Host(platform.system(), platform.machine(), dict(os.environ))
    assert fingerprint(host) == fingerprint(host)
    assert platform.release() in fingerprint(host)["system"] or os.name == "nt"


class TestStamp:
    def test_of_a_file(self, tmp_path: Path) -> None:
        host = Host("Linux", "x86_64", {}, tmp_path)
        (tmp_path / "file").write_text("four")
        os.utime(tmp_path / "file", ns=(7, 7_000_000_000))
        (tmp_path / "link").symlink_to("file")
        assert host.stamp_of("/file") == "file 4 7000000000"
        assert host.stamp_of("/link") == host.stamp_of("/file")

    @pytest.mark.parametrize("path", ["/nothing", "/a\0b", "/circle", "/nothing/x"])
    def test_of_nothing(self, tmp_path: Path, path: str) -> None:
        (tmp_path / "circle").symlink_to("circle")
        assert Host("Linux", "x86_64", {}, tmp_path).stamp_of(path) == ""
