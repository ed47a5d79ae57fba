"""The Python and the machine that wheels are for (E11, E39)."""

from __future__ import annotations

from optparse import Values
from typing import Any

import pytest

from pip_variants.target import is_foreign, marker_environment


def options(**given: Any) -> Values:
    """Return what pip's parser makes of --platform and --python-version."""
    values = Values()
    for name, value in given.items():
        setattr(values, name, value)
    return values


def test_without_options_the_running_python_decides() -> None:
    nothing: list[dict[str, Any]] = [
        {},
        {"platforms": None, "python_version": None},
        {"platforms": []},
    ]
    for given in nothing:
        assert marker_environment(options(**given)) == {}
        assert not is_foreign(options(**given))


def test_a_platform_is_another_machine_and_another_python_is_not() -> None:
    assert is_foreign(options(platforms=["any"]))
    assert not is_foreign(options(python_version=(3, 9)))


@pytest.mark.parametrize(
    ("version", "short", "full"),
    [
        ((3, 12), "3.12", "3.12.0"),
        ((3,), "3.0", "3.0.0"),
        ((3, 9, 18), "3.9", "3.9.18"),
    ],
)
def test_a_python_version(version: tuple[int, ...], short: str, full: str) -> None:
    """E11: markers mean the Python that is installed for."""
    assert marker_environment(options(python_version=version)) == {
        "python_version": short,
        "python_full_version": full,
    }


@pytest.mark.parametrize(
    ("tag", "system", "machine"),
    [
        ("linux_x86_64", "Linux", "x86_64"),
        ("linux_armv7l", "Linux", "armv7l"),
        ("manylinux1_x86_64", "Linux", "x86_64"),
        ("manylinux1_i686", "Linux", "i686"),
        ("manylinux2010_x86_64", "Linux", "x86_64"),
        ("manylinux2014_aarch64", "Linux", "aarch64"),
        ("manylinux_2_17_x86_64", "Linux", "x86_64"),
        ("manylinux_2_28_ppc64le", "Linux", "ppc64le"),
        ("musllinux_1_2_aarch64", "Linux", "aarch64"),
        ("macosx_10_9_x86_64", "Darwin", "x86_64"),
        ("macosx_11_0_arm64", "Darwin", "arm64"),
        ("win_amd64", "Windows", "AMD64"),
        ("win_arm64", "Windows", "ARM64"),
        ("win32", "Windows", "x86"),
        # pip takes both for the tag.
        ("macosx-11.0-arm64", "Darwin", "arm64"),
        ("Linux_x86_64", "Linux", "x86_64"),
    ],
)
def test_what_a_platform_tag_tells(tag: str, system: str, machine: str) -> None:
    """E39: every form of tag that pip knows."""
    found = marker_environment(options(platforms=[tag]))
    assert found["platform_system"] == system
    assert found["platform_machine"] == machine
    assert (found["os_name"], found["sys_platform"]) == {
        "Linux": ("posix", "linux"),
        "Darwin": ("posix", "darwin"),
        "Windows": ("nt", "win32"),
    }[system]


def test_a_tag_for_two_kinds_of_machine_tells_none() -> None:
    found = marker_environment(options(platforms=["macosx_11_0_universal2"]))
    assert found["platform_system"] == "Darwin"
    assert "platform_machine" not in found


@pytest.mark.parametrize("tag", ["any", "", "plan9_x86_64"])
def test_a_tag_that_tells_nothing(tag: str) -> None:
    assert marker_environment(options(platforms=[tag])) == {}


def test_of_several_platforms_the_first_is_the_machine() -> None:
    found = marker_environment(
        options(platforms=["manylinux_2_28_aarch64", "linux_x86_64"])
    )
    assert found["platform_machine"] == "aarch64"


@pytest.mark.parametrize(
    ("short", "name", "implementation"),
    [("cp", "cpython", "CPython"), ("pp", "pypy", "PyPy")],
)
def test_an_implementation(short: str, name: str, implementation: str) -> None:
    """E11: --implementation, too, is a property of what is installed for."""
    assert marker_environment(options(implementation=short)) == {
        "implementation_name": name,
        "platform_python_implementation": implementation,
    }


@pytest.mark.parametrize("short", ["py", "xx", None])
def test_an_implementation_that_tells_nothing(short: str | None) -> None:
    assert marker_environment(options(implementation=short)) == {}
