"""``--variant-platform``: choosing for a machine on paper."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.kit import SCHEMA_825, SCHEMAS, Index, Pip, gpu
from tests.kit import choose_demo as choose

DOCUMENT = {
    "$schema": SCHEMA_825,
    "default-priorities": {"namespace": ["nvidia", "mpi", "x86_64"]},
    "variants": {
        "cu126": {"nvidia": {"cuda_version_lower_bound": ["12.6"]}},
        "cu129": {"nvidia": {"cuda_version_lower_bound": ["12.9"]}},
        "openmpi": {"mpi": {"library": ["openmpi"]}},
        **{name: {"x86_64": {"level": [name]}} for name in ("v2", "v3", "v4")},
        "null": {},
    },
}
NO_GPU: dict[str, Any] = {"nvidia": {}}
V4 = {"x86_64": {"level": ["v4", "v3", "v2", "v1"]}}
V2 = {"x86_64": {"level": ["v2", "v1"]}}
CUDA = {"nvidia": {"cuda_version_lower_bound": ["12.9", "12.8", "12.6"]}}
OLD_CUDA = {"nvidia": {"cuda_version_lower_bound": ["12.6", "12.5"]}}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index(tmp_path_factory.mktemp("platform") / "index") as index:
        index.add(DOCUMENT)
        yield index


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Writes a platform file for a machine."""

    def write(name: str, *parts: Mapping[str, Any]) -> Path:
        properties: dict[str, Any] = {}
        for part in parts:
            properties |= part
        path = tmp_path / name
        path.write_text(json.dumps({"version": 1, "properties": properties}))
        return path

    return write


def test_json_and_toml(pip: Pip, index: Index, tmp_path: Path, write: Any) -> None:
    """DESIGN 5."""
    as_toml = tmp_path / "node.toml"
    as_toml.write_text('[properties.nvidia]\n[properties.x86_64]\nlevel = ["v4"]')
    for path in (write("node.json", NO_GPU, V4), as_toml):
        choice = choose(pip, index, "--variant-platform", path)
        assert (choice.label, choice.warnings) == ("v4", "")


def test_nobody_else_is_asked_about_what_the_file_names(
    pip: Pip, index: Index, write: Any
) -> None:
    """R71: neither the machine, nor what stands in for it; a bad one is not noticed."""
    node = write("node.json", NO_GPU, V2)
    choice = choose(pip, index, "--variant-platform", node, environ=gpu("12.9"))
    assert choice.label == "v2"
    bad = gpu("no version at all")
    choice = choose(pip, index, "--variant-platform", node, environ=bad)
    assert (choice.label, choice.warnings) == ("v2", "")


def test_the_machine_is_asked_about_everything_else(
    pip: Pip, index: Index, write: Any
) -> None:
    node = write("node.json", V4)
    choice = choose(pip, index, "--variant-platform", node, environ=gpu("12.6"))
    assert choice.label == "cu126"


def test_a_namespace_that_nobody_else_knows(pip: Pip, index: Index, write: Any) -> None:
    """Also of a provider that is not there."""
    node = write("node.json", NO_GPU, {"mpi": {"library": ["openmpi"]}})
    assert choose(pip, index, "--variant-platform", node).label == "openmpi"


def test_static_lists_of_the_metadata_come_first(
    pip: Pip, levels_index: Index, write: Any
) -> None:
    """R70."""
    node = write("node.json", {"cpu": {"level": ["v3"]}})
    assert choose(pip, levels_index, "--variant-platform", node).label == "v2"


@pytest.mark.parametrize(
    ("machines", "label"),
    [
        ([[CUDA, V4], [OLD_CUDA, V4]], "cu126"),
        ([[CUDA, V4], [NO_GPU, V2]], "v2"),
        # The second file says nothing about nvidia, so it may not be there.
        ([[CUDA, V4], [V2]], "v2"),
        ([[V2], [CUDA, V4]], "v2"),
        ([[CUDA], [NO_GPU, {"x86_64": {}}]], "null"),
        ([[CUDA, V4], [OLD_CUDA, V2], [NO_GPU, V4]], "v2"),
    ],
)
def test_several_machines(
    pip: Pip, index: Index, write: Any, machines: list[Any], label: str
) -> None:
    """DESIGN 5, J8: one environment for a mixed cluster; not this machine's GPU."""
    arguments: list[str | Path] = []
    for number, parts in enumerate(machines):
        arguments += ["--variant-platform", write(f"node{number}.json", *parts)]
    assert choose(pip, index, *arguments, environ=gpu("12.9")).label == label


def test_a_wheel_for_each_of_several_gpus(pip: Pip, index: Index, write: Any) -> None:
    """J8: what fits each machine fits all, though no value is common to them."""
    gpus = {"nvidia": {"sm_arch": ["75_real", "80_real", "90_real"]}}
    document = {**DOCUMENT, "variants": {"all": gpus, "null": {}}}
    index.add(document, name="gpus")
    files = {
        number: write(f"sm{number}.json", {"nvidia": {"sm_arch": [f"{number}_real"]}})
        for number in (75, 80, 90, 100)
    }
    options = [("--variant-platform", file) for file in files.values()]
    fitting = [part for option in options[:3] for part in option]
    result = pip.dry(index, *fitting, "gpus").ok()
    assert result.would_install == ["gpus-1.0-all"]
    for number in (75, 80, 90):
        assert f"Variant-property: nvidia :: sm_arch :: {number}_real" in result.out
    explained = pip(
        "variant", "explain", "--index-url", index.url, *fitting, "gpus"
    ).ok()
    joint = explained.line("One environment for all of them: ")
    assert joint.endswith("gpus-1.0-py3-none-any-all.whl")
    every = [part for option in options for part in option]
    result = pip.dry(index, *every, "gpus").ok()
    assert result.would_install == ["gpus-1.0-null"]
    refused = pip.dry(index, *every, "gpus#all").failed()
    assert f"{files[100]} offers 100_real" in refused.err


def test_a_file_that_leaves_something_out(pip: Pip, index: Index, write: Any) -> None:
    """This machine speaks for it then, which is said once."""
    node = write("node.json", NO_GPU, {"mpi": {}})
    result = pip.dry(index, "--variant-platform", node, "demo==1.0").ok()
    (warning,) = result.warnings
    assert f"{node} says nothing of x86_64, so this machine was asked" in warning


@pytest.mark.parametrize("place", ["environment", "project", "pip.conf"])
def test_files_named_elsewhere(
    pip: Pip, index: Index, tmp_path: Path, write: Any, place: str
) -> None:
    one = write("one.json", CUDA, V4)
    write("two.json", NO_GPU, V2)
    environ = {}
    if place == "environment":
        environ = {"PIP_VARIANT_PLATFORM": "one.json two.json"}
    elif place == "project":
        (tmp_path / "variants.toml").write_text('platform = ["one.json", "two.json"]')
    else:
        one.rename(pip.home / "one with blanks.json")
        (pip.home / "one.json").write_bytes(
            (pip.home / "one with blanks.json").read_bytes()
        )
        config = tmp_path / "pip.conf"
        config.write_text("[variant]\nplatform =\n    ~/one.json\n    two.json\n")
        environ = {"PIP_CONFIG_FILE": str(config)}
    assert choose(pip, index, environ=environ, cwd=tmp_path).label == "v2"
    if place == "pip.conf":
        # On the command line a path is one path.
        path = pip.home / "one with blanks.json"
        choice = choose(pip, index, "--variant-platform", path, environ=environ)
        assert choice.label == "cu129"


FOREIGN = ("--platform", "win_amd64", "--only-binary", ":all:")


def left_out(namespaces: str) -> str:
    return (
        "WARNING: The wheels are for another machine, so the variants of demo 1.0 "
        f"that depend on {namespaces} are left out"
    )


def test_installing_for_another_platform(
    pip: Pip, index: Index, tmp_path: Path, write: Any
) -> None:
    """E39, J14: the file is the only source; what it does not name is left out."""
    options = (*FOREIGN, "--target", tmp_path / "target")
    full = write("full.json", OLD_CUDA, V4, {"mpi": {}})
    choice = choose(pip, index, *options, "--variant-platform", full)
    assert (choice.label, choice.warnings) == ("cu126", "")
    part = write("part.json", V4)
    environ = gpu("12.9")
    choice = choose(pip, index, *options, "--variant-platform", part, environ=environ)
    assert (choice.label, choice.warnings.strip()) == ("v4", left_out("nvidia, mpi"))
    choice = choose(pip, index, *options, environ=environ)
    assert choice.label == "null"
    assert choice.warnings.strip() == left_out("nvidia, mpi, x86_64")


def test_another_python_on_the_same_machine(
    pip: Pip, index: Index, tmp_path: Path
) -> None:
    """E39: --target and --python-version alone do not change the machine."""
    options = ("--python-version", "3.12", "--only-binary", ":all:")
    target = ("--target", tmp_path / "target")
    choice = choose(pip, index, *options, *target, environ=gpu("12.6"))
    assert (choice.label, choice.warnings) == ("cu126", "")


@pytest.mark.parametrize(
    ("marker", "arguments", "label"),
    [
        ("python_version < '3.10'", (), "null"),
        ("python_version < '3.10'", ("--python-version", "3.9"), "v2"),
        ("python_full_version >= '3.11'", ("--python-version", "3.9"), "null"),
        ("sys_platform == 'win32'", (), "null"),
        ("sys_platform == 'win32'", ("--platform", "win_amd64"), "v2"),
        ("platform_machine == 'arm64'", ("--platform", "macosx_11_0_arm64"), "v2"),
        ("platform_system == 'Linux'", ("--platform", "win_amd64"), "null"),
        ("implementation_name == 'pypy'", ("--implementation", "pp"), "v2"),
        ("no marker at all", (), "null"),
        ("os_name in 'posix nt' and (" + "os_name != '' or " * 99, (), "null"),
    ],
)
def test_the_markers_of_a_provider_are_about_the_target(
    pip: Pip,
    make_index: Any,
    write: Any,
    marker: str,
    arguments: tuple[str, ...],
    label: str,
) -> None:
    """E11, F41: what cannot be read switches the provider off, without a word."""
    index = make_index()
    index.add(
        {
            "$schema": f"{SCHEMAS}/v0.0.2.json",
            "default-priorities": {"namespace": ["x86_64"]},
            "providers": {
                "x86_64": {
                    "enable-if": marker,
                    "plugin-api": "provider_variant_x86_64",
                    "requires": ["provider-variant-x86-64"],
                }
            },
            "variants": {"v2": {"x86_64": {"level": ["v2"]}}, "null": {}},
        }
    )
    node = write("node.json", V2)
    options = ("--only-binary", ":all:", "--target", node.parent / "target")
    choice = choose(pip, index, "--variant-platform", node, *options, *arguments)
    assert (choice.label, choice.warnings) == (label, "")


def test_a_download_and_a_report_for_another_machine(
    pip: Pip, index: Index, tmp_path: Path, write: Any
) -> None:
    """J11, J24: the label is in the report, with what the file supports."""
    node = write("node.json", OLD_CUDA)
    options = ("--index-url", index.url, "--variant-platform", node)
    report = tmp_path / "report.json"
    pip("install", "--dry-run", *options, "--report", report, "demo").ok()
    (item,) = json.loads(report.read_text())["install"]
    assert item["variant"]["label"] == "cu126"
    assert item["variant"]["properties"] == {
        "nvidia": {"cuda_version_lower_bound": ["12.6"]}
    }
    folder = tmp_path / "d"
    pip("download", *options, "--dest", folder, "demo").ok()
    assert [path.name for path in folder.glob("*.whl")] == [
        "demo-1.0-py3-none-any-cu126.whl"
    ]


def test_the_reasons_speak_of_the_machine_in_the_file(
    pip: Pip, index: Index, write: Any
) -> None:
    node = write("node.json", OLD_CUDA, {"mpi": {}})
    result = pip.dry(index, "--variant-platform", node, "demo#cu129").failed()
    assert f"needs nvidia driver >= 12.9, {node} offers 12.6" in result.err
    result = pip.dry(index, "--variant-platform", node, "demo#openmpi").failed()
    assert "(the platform file says so)" in result.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file or directory"),
        ("{", "not JSON"),
        ("<html>", "neither JSON nor TOML"),
        ("{}", "properties: is missing"),
        ('{"version": 7, "properties": {}}', "version: must be 1; 7 is not known here"),
        (
            '{"properties": {"x86_64": {"level": "v3"}}}',
            "properties.x86_64.level: must",
        ),
    ],
)
def test_a_file_that_cannot_be_used(
    pip: Pip, index: Index, tmp_path: Path, content: str | None, told: str
) -> None:
    """The error names the place and the file; nothing is asked of the index."""
    path = tmp_path / "node.json"
    if content is not None:
        path.write_text(content)
    index.forget()
    result = pip.dry(index, "--variant-platform", path, "demo").failed()
    (line,) = result.err.splitlines()
    start = f"ERROR: --variant-platform: {path} is no platform file: "
    assert line.startswith(start + told)
    assert line.endswith("Write one with: pip variant platform --json > FILE")
    assert index.log == []
