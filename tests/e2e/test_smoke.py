"""The way of the first tutorial: torch and numpy of the demo, on recorded machines."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from pip_variants.demo.packages import hash_label
from tests.e2e.this_machine import has_nvml, level_of_this_machine
from tests.kit import Index, Pip, gpu, variant_of


@pytest.mark.parametrize(
    ("driver", "label"),
    [("12.9", "cu129"), ("12.8", "cu128"), ("12.6", "cu126"), ("12.5", "null")],
)
def test_torch_takes_the_variant_of_the_forced_driver(
    pip: Pip, demo_index: Index, driver: str, label: str
) -> None:
    """F60; the choices of seed 001."""
    result = pip.dry(demo_index, "torch", environ=gpu(driver)).ok()
    assert result.would_install == [f"torch-2.8.0-{label}"]
    assert not result.warnings


@pytest.mark.skipif(has_nvml(), reason="there is an NVIDIA driver here")
def test_torch_without_a_gpu_takes_the_null_variant(
    pip: Pip, demo_index: Index
) -> None:
    """J2, R45: no warning, null before the plain wheel."""
    result = pip.dry(demo_index, "torch").ok()
    assert result.would_install == ["torch-2.8.0-null"]
    assert not result.err


@pytest.mark.parametrize(
    ("driver", "architecture", "label"),
    [
        ("12.9", "4.0", "null"),  # older than any that is supported
        ("13.0", "9.0", "cu129"),
        ("12.8", "12.0", "cu128"),
        ("13.0", "12.1", "cu129"),  # through 120_real
        ("13.0", "11.0", "null"),  # no wheel has 110_real
    ],
)
def test_torch_needs_an_architecture_as_well(
    pip: Pip, demo_index: Index, driver: str, architecture: str, label: str
) -> None:
    """R7, F56: a driver is not enough."""
    environ = gpu(driver, architecture)
    choice = pip.choose("--index-url", demo_index.url, "torch", environ=environ)
    assert choice.file == f"torch-2.8.0-py3-none-any-{label}.whl"


def test_an_invalid_forced_driver_is_a_warning_and_no_properties(
    pip: Pip, demo_index: Index
) -> None:
    result = pip.dry(demo_index, "torch", environ=gpu("abc")).ok()
    assert result.would_install == ["torch-2.8.0-null"]
    (warning,) = result.warnings
    assert "NV_VARIANT_PROVIDER_FORCE_CUDA_DRIVER_VERSION" in warning


@pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64")
    or not Path("/proc/cpuinfo").exists(),
    reason="needs Linux on x86-64",
)
def test_numpy_takes_the_level_of_this_machine(pip: Pip, demo_index: Index) -> None:
    """F58: best first is v4, v3, v2, v1 (PROVIDERS 1.4)."""
    label = hash_label(f"x86_64 :: level :: {level_of_this_machine()}")
    result = pip.dry(demo_index, "numpy").ok()
    assert result.would_install == [f"numpy-2.2.5-{label}"]


def test_real_installation(own_pip: Pip, demo_index: Index) -> None:
    """F25, F49: the result line names the label, and what is there is that wheel."""
    dry = own_pip.dry(demo_index, "torch", environ=gpu("12.9")).ok()
    real = own_pip(
        "install", "--index-url", demo_index.url, "torch", environ=gpu("12.9")
    ).ok()
    assert dry.out.splitlines()[-1] == "Would install torch-2.8.0-cu129"
    assert real.out.splitlines()[-1] == "Successfully installed torch-2.8.0-cu129"
    (site,) = own_pip.python.parents[1].glob("lib/python*/site-packages")
    assert variant_of(site, "torch") == "cu129"
    assert "torch==2.8.0" in own_pip("freeze").ok().out.splitlines()
    own_pip("check").ok()
    own_pip("uninstall", "-y", "torch").ok()
    assert not list(site.glob("torch*"))


def test_an_old_dialect_of_the_seeds(pip: Pip, demo_index: Index) -> None:
    """F36, F59, F60: torch 2.7 of PyCon, with the variables of today."""
    choice = pip.choose(
        "--index-url", demo_index.url, "torch==2.7.0", environ=gpu("12.8")
    )
    assert choice.file == "torch-2.7.0-py3-none-any-d5784ad6.whl"
