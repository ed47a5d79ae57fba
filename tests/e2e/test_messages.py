"""What the user is told, word for word where it is promised (DESIGN 5)."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.kit import LEVELS, Index, Pip, gpu, level, static_document

BANNER = """\
####################### torch==2.8.0; variant_hash=cu129 #######################
Variant-property: nvidia :: cuda_version_lower_bound :: 12.9
Variant-property: nvidia :: sm_arch :: 75_real
################################################################################
"""


def test_the_default_output(pip: Pip, demo_index: Index) -> None:
    """F25, F54: the seeds' banner, with the properties that this machine matched."""
    result = pip.dry(demo_index, "torch", environ=gpu("12.9")).ok()
    assert result.out == (
        f"Looking in indexes: {demo_index.url}\n"
        f"{BANNER}"
        "Collecting torch\n"
        "  Downloading torch-2.8.0-py3-none-any-cu129.whl.metadata"
        f" ({metadata_size(demo_index)} bytes)\n"
        "Would install torch-2.8.0-cu129\n"
    )
    assert result.err == ""


def metadata_size(demo_index: Index) -> int:
    wheel = demo_index.folder / "torch" / "torch-2.8.0-py3-none-any-cu129.whl"
    with zipfile.ZipFile(wheel) as archive:
        return archive.getinfo("torch-2.8.0.dist-info/METADATA").file_size


def test_the_banner_of_an_architecture_that_matches_through_several_values(
    pip: Pip, demo_index: Index
) -> None:
    """F54, R41: the values in common, sorted as text."""
    result = pip.dry(demo_index, "torch", environ=gpu("12.9", "12.1")).ok()
    shown = [line for line in result.out.splitlines() if "sm_arch" in line]
    assert shown == [
        "Variant-property: nvidia :: sm_arch :: 120_real",
        "Variant-property: nvidia :: sm_arch :: 120_virtual",
    ]


def test_the_banner_comes_once(pip: Pip, levels_index: Index, tmp_path: Path) -> None:
    """F50: nothing is said twice, however often the resolver looks."""
    result = pip.install_into(
        tmp_path / "target", "--index-url", levels_index.url, "user", "demo", "demo>0"
    ).ok()
    assert result.out.count("variant_hash=") == 1


def test_the_banner_of_null(pip: Pip, levels_index: Index) -> None:
    result = pip.dry(levels_index, "demo==1.0#null").ok()
    lines = result.out.splitlines()
    title = lines.index(" demo==1.0; variant_hash=null ".center(80, "#"))
    assert lines[title + 1] == "No properties: this variant fits every machine"
    assert lines[title + 2] == "#" * 80


def test_a_plain_wheel_beside_variants_has_no_banner(pip: Pip, index: Index) -> None:
    """F23, J2: nothing fits, the plain wheel comes quietly."""
    index.add(static_document({"v3": level("v3")}))
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0"]
    assert "####" not in result.out
    note = "None of the 1 variants of demo 1.0 fits this machine; -v tells why"
    assert note in result.out.splitlines()
    reasons = pip.dry(index, "-v", "demo").ok().out
    assert "Variant v3 is rejected: needs" in reasons
    assert result.err == ""


def test_quiet(pip: Pip, levels_index: Index, tmp_path: Path) -> None:
    """DESIGN 5: -q nothing."""
    for arguments in (("--dry-run",), ("--target", str(tmp_path / "target"))):
        result = pip(
            "install", "-q", "--index-url", levels_index.url, *arguments, "demo"
        ).ok()
        assert (result.out, result.err) == ("", "")


def test_verbose(pip: Pip, demo_index: Index) -> None:
    """F52, F53: every property, each rejected label with its reason, the count."""
    result = pip.dry(demo_index, "-v", "torch", environ=gpu("12.6", "9.0")).ok()
    properties = [
        line for line in result.out.splitlines() if line.startswith("Variant-property")
    ]
    for value in ("50_real", "60_real", "70_real", "75_real", "80_real", "86_real"):
        assert any(f"sm_arch :: {value}" in line for line in properties)
    assert "Variant-property: nvidia :: sm_arch :: 90_real" in properties
    for label, bound in (("cu128", "12.8"), ("cu129", "12.9")):
        line = result.line(f"Variant {label} is rejected")
        assert f"needs nvidia driver >= {bound}, this machine offers 12.6" in line
        assert "12.6" in line.partition("offers")[2]
    assert "Total number of compatible variants: 2" in result.out.splitlines()


def test_verbose_lists_the_reason_of_every_label(pip: Pip, index: Index) -> None:
    """F52: also those that need a namespace or a feature that is not there."""
    variants = {
        "v1": level("v1"),
        "v3": level("v3"),
        "speed": {"cpu": {"speed": ["high"]}},
        "unlisted": {"other": {"feature": ["on"]}},
        "bad": level("V2"),
    }
    index.add(static_document(variants))
    result = pip.dry(index, "-v", "demo").ok()
    for label in ("v3", "speed", "unlisted", "bad"):
        assert result.line(f"Variant {label} is rejected: ")
    assert "Total number of compatible variants: 1" in result.out.splitlines()


def test_a_dry_run_and_a_real_run_agree(
    pip: Pip, levels_index: Index, tmp_path: Path
) -> None:
    """F49."""
    dry = pip.dry(levels_index, "user").ok()
    real = pip.install_into(
        tmp_path / "target", "--index-url", levels_index.url, "user"
    ).ok()
    assert dry.would_install == real.installed == ["demo-1.0-v2", "user-1.0"]


def test_a_label_may_look_like_a_version(
    pip: Pip, index: Index, tmp_path: Path
) -> None:
    """F25: the result line of a label with dots and digits."""
    index.add(
        static_document({"12.9": level("v2")}), name="my-pkg", version="1.0.post1"
    )
    result = pip.install_into(tmp_path / "target", "--index-url", index.url, "my-pkg")
    assert result.ok().installed == ["my-pkg-1.0.post1-12.9"]


def test_freeze_and_list_are_as_ever(own_pip: Pip, index: Index) -> None:
    """DESIGN 5, J5: ``pip freeze`` never names a label."""
    index.add(LEVELS)
    own_pip("install", "--index-url", index.url, "demo").ok()
    frozen = own_pip("freeze").ok().out.splitlines()
    assert "demo==1.0" in frozen
    assert not any("v2" in line for line in frozen if line.startswith("demo"))


def test_output_in_the_plainest_locale(pip: Pip, levels_index: Index) -> None:
    """ "Output must stay stable under LC_ALL=C", on a dumb terminal."""
    environ = {"LC_ALL": "C", "TERM": "dumb", "PYTHONUTF8": "0"}
    result = pip.dry(levels_index, "-v", "demo", environ=environ).ok()
    assert result.both.isascii()
    assert result.would_install == ["demo-1.0-v2"]


def test_a_hidden_variant_is_mentioned(pip: Pip, index: Index) -> None:
    """Nothing is found because --no-variant hides all there is."""
    index.add(static_document({"v2": level("v2")}), plain=False)
    result = pip.dry(index, "--no-variant", "demo").failed()
    hint = "ERROR: demo has variant wheels, which --no-variant hides"
    assert result.err.splitlines()[0] == hint


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_is_none_is_named(pip: Pip, port: str) -> None:
    result = pip("variant", "demo", "--serve", f"--port={port}").failed()
    assert f"ERROR: --port {port}: a port is a number from 0 to 65535" in result.err
    assert "Traceback" not in result.both


def test_a_port_without_serve_is_refused(pip: Pip) -> None:
    result = pip("variant", "demo", "--port", "8000").failed()
    assert "ERROR: --port goes with --serve" in result.err


def test_a_label_in_capitals_is_named(pip: Pip, levels_index: Index) -> None:
    result = pip.dry(levels_index, "demo==1.0#V2").failed()
    assert "'V2' is no variant label. Write name==version#label" in result.err
