"""``--force-variant`` and ``--variant-exclude``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e._project import write_project
from tests.kit import (
    LEVELS,
    Choice,
    Index,
    Pip,
    gpu,
    label_of_demo,
    level,
    levels,
    static_document,
    variant_of,
)


def choose(pip: Pip, index: Index, *args: str | Path, **environ: str) -> Choice:
    return pip.choose("--index-url", index.url, *args, environ=environ)


# --force-variant


def forced(label: str, name: str = "demo", place: str = "--force-variant") -> str:
    return (
        f"WARNING: Variant {label} of {name} is forced ({place}): nobody asks whether "
        "this machine supports it"
    )


@pytest.mark.parametrize(
    ("arguments", "warning"),
    [
        ("--force-variant v3 demo", forced("v3")),
        ("--force-variant v3 --variant v3,v1 demo demo[more]", forced("v3")),
        ("--force-variant demo=v3 demo#v3 user", forced("v3")),
        ("--force-variant v1 demo", forced("v1")),
    ],
)
def test_a_forced_label_is_taken_with_one_warning(
    pip: Pip, levels_index: Index, arguments: str, warning: str
) -> None:
    """F64: for a machine that is not this one."""
    choice = choose(pip, levels_index, *arguments.split())
    assert label_of_demo(choice) == warning.split()[2]
    told = [line for line in choice.warnings.splitlines() if "extra" not in line]
    assert told == [warning]


def test_forced_from_the_environment(pip: Pip, levels_index: Index) -> None:
    choice = choose(pip, levels_index, "user", PIP_FORCE_VARIANT="demo=v3")
    assert label_of_demo(choice) == "v3"
    assert choice.warnings.strip() == forced("v3", place="PIP_FORCE_VARIANT")


def test_a_node_without_a_gpu_installs_for_one_with(
    pip: Pip, demo_index: Index, tmp_path: Path
) -> None:
    """F64, J7: on the login node of a cluster; nothing is probed, and it is noted."""
    target = tmp_path / "target"
    result = pip.install_into(
        target,
        "--index-url",
        demo_index.url,
        "--force-variant",
        "torch=cu129",
        "trainer",
        environ=gpu("no version at all", "none"),
    ).ok()
    assert result.installed == ["torch-2.8.0-cu129", "trainer-1.0"]
    assert result.warnings == [forced("cu129", "torch")]
    assert variant_of(target, "torch") == "cu129"
    items = json.loads(pip("list", "--path", target, "--format=json").ok().out)
    assert {item["name"]: item["variant"] for item in items}["torch"] == "cu129"


def test_markers_see_the_forced_properties(pip: Pip, index: Index) -> None:
    """Its properties count as supported, those of no other label."""
    index.add(
        LEVELS,
        requires=[
            'fast; "cpu :: level :: v3" in variant_properties',
            'slow; "cpu :: level :: v2" in variant_properties',
            'any; variant_label != "null"',
        ],
    )
    for name in ("fast", "slow", "any"):
        index.add(name=name)
    choice = choose(pip, index, "--force-variant=v3", "demo")
    assert choice.files == (
        "any-1.0-py3-none-any.whl",
        "demo-1.0-py3-none-any-v3.whl",
        "fast-1.0-py3-none-any.whl",
    )


def test_a_wheel_named_by_path(pip: Pip, levels_index: Index) -> None:
    """R64: forced, it is not checked; what asks for another label says so."""
    wheel = levels_index.links() / "demo-1.0-py3-none-any-v3.whl"
    for wish in ("demo=v3", "v3"):
        choice = choose(pip, levels_index, f"--force-variant={wish}", wheel)
        assert choice.label == "v3"
        assert choice.warnings.strip() == forced("v3")
    for wish in ("--variant=demo=v1", "--force-variant=demo=v1"):
        result = pip.dry(levels_index, wish, wheel).failed()
        assert "Two variants of demo are asked for" in result.err
        assert f"'v3' ({wheel.name}) and 'v1'" in result.err
    # What is for all packages is about those to choose from.
    other = levels_index.links() / "demo-1.0-py3-none-any-v2.whl"
    assert choose(pip, levels_index, "--variant=v1", other).label == "v2"


# --variant-exclude


@pytest.mark.parametrize(
    ("items", "label"),
    [
        ("v2", "v1"),
        ("v2,v1", "null"),
        ("cpu", "null"),
        ("cpu::level", "null"),
        ("cpu :: level :: v2", "v1"),
        ("cpu::level::v2 v1", "null"),
        ("cpu,null", None),
        ("gpu,cpu::other,v9", "v2"),
    ],
)
def test_what_is_excluded_is_never_taken(
    pip: Pip, levels_index: Index, items: str, label: str | None
) -> None:
    """R47: labels, namespaces, features and values."""
    choice = choose(pip, levels_index, f"--variant-exclude={items}", "user")
    assert label_of_demo(choice) == label


def test_an_exclusion_is_told(pip: Pip, index: Index) -> None:
    """F52; without a plain wheel it is an error with the reason."""
    index.add(levels("v1", "v2"), plain=False)
    result = pip.dry(index, "-v", "--variant-exclude=v2", "demo").ok()
    assert result.would_install == ["demo-1.0-v1"]
    assert (
        "Variant v2 is rejected: excluded (--variant-exclude)"
        in result.out.splitlines()
    )
    result = pip.dry(index, "--variant-exclude=cpu", "demo").failed()
    assert "v1 is rejected: excluded (--variant-exclude)" in result.err


def test_exclusions_and_priorities_reach_isolated_builds_and_labels_do_not(
    own_pip: Pip, index: Index, tmp_path: Path
) -> None:
    """What a build needs was named by nobody; the policy holds there, too."""
    machine = {"cpu": {"level": ["v2", "v1"]}, "gpu": {"kind": ["a"]}}
    variants = {
        "v1": level("v1"),
        "v2": level("v2"),
        "gpu": {"gpu": {"kind": ["a"]}},
        "gpu2": {"gpu": {"kind": ["b"]}},
    }
    index.add(static_document(variants, machine), name="helper")
    project = write_project(
        tmp_path / "project",
        # A project that is built says nothing about the choice.
        '[tool.pip-variants]\nexclude = ["gpu"]\n',
    )
    wishes = ["--variant-priorities=gpu", "--variant=helper=v2"]
    found = []
    for more in ([], ["--variant-exclude=gpu,v2"]):
        target = tmp_path / f"target{len(more)}"
        environ = {"PIP_FORCE_VARIANT": "gpu2"}
        arguments = ["--index-url", index.url, *wishes, *more]
        own_pip.install_into(target, *arguments, project, environ=environ).ok()
        found.append(variant_of(target, "built"))
    assert found == ["gpu", "v1"]
