"""Which variant is taken, however the user or a dependency names the package."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e._project import write_project
from tests.kit import (
    BEST,
    LEVELS,
    PLAIN,
    Index,
    Pip,
    gpu,
    level,
    levels,
    static_document,
    variant_of,
)

# dependencies, extras, constraints


def test_a_dependency_gets_its_variant(pip: Pip, demo_index: Index) -> None:
    """F3: trainer needs torch, the user never named torch."""
    result = pip.dry(demo_index, "trainer", environ=gpu("12.8")).ok()
    assert result.would_install == ["torch-2.8.0-cu128", "trainer-1.0"]


def test_extras_of_a_variant_wheel(pip: Pip, index: Index) -> None:
    index.add(LEVELS, extras={"more": ["helper"]})
    index.add(name="helper")
    result = pip.dry(index, "demo[more]").ok()
    assert result.would_install == ["demo-1.0-v2", "helper-1.0"]


def test_an_extra_that_brings_a_package_with_variants(pip: Pip, index: Index) -> None:
    index.add(LEVELS)
    index.add(name="user", extras={"fast": ["demo"]})
    result = pip.dry(index, "user[fast]").ok()
    assert result.would_install == ["demo-1.0-v2", "user-1.0"]


@pytest.mark.parametrize(
    ("constraint", "file"),
    [
        ("torch<2.8", "torch-2.7.0-py3-none-any-00000000.whl"),
        ("torch==2.8.0", "torch-2.8.0-py3-none-any-cu128.whl"),
    ],
)
def test_a_constraints_file(
    pip: Pip, demo_index: Index, tmp_path: Path, constraint: str, file: str
) -> None:
    """A constraint limits the version; the variant follows from the version."""
    constraints = tmp_path / "constraints.txt"
    constraints.write_text(constraint)
    choice = pip.choose(
        "--index-url",
        demo_index.url,
        "--constraint",
        constraints,
        "trainer",
        # 2.7.0 has no variant for a driver as old as this in its dialect's only
        # feature, "cuda": it stands for 11.2 and 11.1, but not for 11.8.
        environ=gpu("12.8") if "==" in constraint else gpu("11.2"),
    )
    assert choice.files == (file, "trainer-1.0-py3-none-any.whl")


def test_a_requirement_file(pip: Pip, levels_index: Index, tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"--index-url {levels_index.url}\nuser  # a comment\n")
    choice = pip.choose("--requirement", requirements)
    assert choice.files == (BEST, "user-1.0-py3-none-any.whl")


# a label after the version


def test_a_label_in_an_argument(pip: Pip, levels_index: Index) -> None:
    """F67, R47."""
    result = pip.dry(levels_index, "demo==1.0#v1").ok()
    assert result.would_install == ["demo-1.0-v1"]


def test_null_as_a_label(pip: Pip, levels_index: Index) -> None:
    result = pip.dry(levels_index, "demo==1.0#null").ok()
    assert result.would_install == ["demo-1.0-null"]


def test_a_label_in_a_requirement_file(
    pip: Pip, levels_index: Index, tmp_path: Path
) -> None:
    """F67: a comment needs a blank before its sign, a label has none."""
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("demo==1.0#v1  # the slow one\n")
    result = pip.dry(levels_index, "--requirement", requirements).ok()
    assert result.would_install == ["demo-1.0-v1"]


def test_a_label_in_a_constraints_file(
    pip: Pip, levels_index: Index, tmp_path: Path
) -> None:
    """E29: a constraint narrows, also for a dependency."""
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("demo==1.0#v1\n")
    result = pip.dry(levels_index, "--constraint", constraints, "user").ok()
    assert result.would_install == ["demo-1.0-v1", "user-1.0"]


def test_a_label_with_extras(pip: Pip, index: Index) -> None:
    """E29: extras keep the label."""
    index.add(LEVELS, extras={"more": ["helper"]})
    index.add(name="helper")
    result = pip.dry(index, "demo[more]==1.0#v1").ok()
    assert result.would_install == ["demo-1.0-v1", "helper-1.0"]


def test_two_labels_for_one_package(
    pip: Pip, levels_index: Index, tmp_path: Path
) -> None:
    """E29: contradicting pins name both sources."""
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("demo==1.0#v1\n")
    result = pip.dry(
        levels_index, "demo==1.0#v2", "--requirement", requirements
    ).failed()
    assert "'v1'" in result.err
    assert "'v2'" in result.err
    assert "requirements.txt" in result.err


def test_a_label_that_nobody_has(pip: Pip, levels_index: Index) -> None:
    """F66: an error with the labels there are, never another one."""
    result = pip.dry(levels_index, "demo==1.0#v9").failed()
    for label in ("v9", "v1", "v2", "v3", "null"):
        assert label in result.err


def test_a_label_that_the_machine_does_not_support(
    pip: Pip, levels_index: Index
) -> None:
    """R48: an option never picks an unsupported wheel; the property is named."""
    result = pip.dry(levels_index, "demo==1.0#v3").failed()
    assert "cpu :: level :: v3" in result.err
    assert "v2, v1" in result.err


# ranking


def test_the_publisher_orders_namespaces(pip: Pip, index: Index) -> None:
    """R40: the other order gives the other winner."""
    machine = {"gpu": {"kind": ["a"]}, "cpu": {"level": ["v2", "v1"]}}
    variants = {"fast_cpu": level("v2"), "with_gpu": {"gpu": {"kind": ["a"]}}}
    index.add(static_document(variants, machine))
    backwards = static_document(variants, dict(reversed(machine.items())))
    index.add(backwards, version="2.0")
    first = pip.choose("--index-url", index.url, "demo<2")
    second = pip.choose("--index-url", index.url, "demo")
    assert (first.label, second.label) == ("with_gpu", "fast_cpu")


def test_only_supported_values_count_for_the_rank(pip: Pip, index: Index) -> None:
    """R41: [v4, v1] is v1 on a machine with v2."""
    index.add(static_document({"both": level("v1", "v4"), "one": level("v2")}))
    assert pip.choose("--index-url", index.url, "demo").label == "one"


def test_of_two_that_start_alike_the_longer_is_taken(pip: Pip, index: Index) -> None:
    """R43."""
    machine = {"cpu": {"level": ["v2", "v1"]}, "gpu": {"kind": ["a"]}}
    variants = {
        "a_short": level("v2"),
        "z_long": {**level("v2"), "gpu": {"kind": ["a"]}},
    }
    index.add(static_document(variants, machine))
    assert pip.choose("--index-url", index.url, "demo").label == "z_long"


def test_a_wheel_may_combine_namespaces(pip: Pip, index: Index) -> None:
    """F5, R7: all features, but any value of each."""
    machine = {"cpu": {"level": ["v2", "v1"]}, "gpu": {"kind": ["b"]}}
    variants = {
        "any_gpu": {**level("v1"), "gpu": {"kind": ["a", "b"]}},
        "other_gpu": {**level("v2"), "gpu": {"kind": ["a"]}},
    }
    index.add(static_document(variants, machine))
    assert pip.choose("--index-url", index.url, "demo").label == "any_gpu"


def test_labels_mean_nothing(pip: Pip, index: Index) -> None:
    """F20: nobody may parse a label."""
    index.add(static_document({"v1": level("v2"), "v2": level("v1")}))
    assert pip.choose("--index-url", index.url, "demo").label == "v1"


def test_an_ordinary_version_is_preferred_to_a_variant_of_an_older_one(
    pip: Pip, index: Index
) -> None:
    """F15: the version first, then the variant."""
    index.add(LEVELS)
    index.add(version="1.1")
    choice = pip.choose("--index-url", index.url, "demo")
    assert choice.file == "demo-1.1-py3-none-any.whl"


# --no-variant


@pytest.mark.parametrize("where", ["flag", "environment", "global", "install"])
def test_no_variant(pip: Pip, levels_index: Index, tmp_path: Path, where: str) -> None:
    """F63: the plain wheel, nothing fetched, nothing said; however it is asked for."""
    arguments: list[str] = []
    environ: dict[str, str] = {}
    if where == "flag":
        arguments = ["--no-variant"]
    elif where == "environment":
        environ = {"PIP_NO_VARIANT": "1"}
    else:
        config = tmp_path / "pip.conf"
        config.write_text(f"[{where}]\nno-variant = true\n")
        environ = {"PIP_CONFIG_FILE": str(config)}
    result = pip.dry(levels_index, *arguments, "user", environ=environ).ok()
    assert result.would_install == ["demo-1.0", "user-1.0"]
    assert levels_index.metadata_log == []
    assert "ariant" not in result.both


def test_no_variant_leaves_out_null_too(pip: Pip, index: Index) -> None:
    """F63: "also skip null"."""
    index.add(levels("null"), version="2.0", plain=False)
    index.add()
    choice = pip.choose("--index-url", index.url, "--no-variant", "demo")
    assert choice.file == PLAIN


def test_no_variant_reaches_isolated_builds(
    own_pip: Pip, index: Index, tmp_path: Path
) -> None:
    """ "Build isolation": numpy in build-requires follows the same policy."""
    project = write_project(tmp_path / "project")
    index.add(LEVELS, name="helper")
    found = []
    for arguments in ([], ["--no-variant"]):
        target = tmp_path / f"target{len(arguments)}"
        own_pip.install_into(target, "--index-url", index.url, *arguments, project).ok()
        found.append(variant_of(target, "built"))
    assert found == ["v2", None]


def test_switched_off_it_is_stock_pip(pip: Pip, levels_index: Index) -> None:
    """DESIGN 1, F7: the plain wheel."""
    choice = pip.choose(
        "--index-url", levels_index.url, "demo", environ={"PIP_VARIANTS_OFF": "1"}
    )
    assert choice.file == PLAIN
    assert levels_index.metadata_log == []


# formats


def test_only_binary(pip: Pip, index: Index) -> None:
    index.add(LEVELS)
    index.add_sdist(version="2.0")
    choice = pip.choose("--index-url", index.url, "--only-binary", ":all:", "demo")
    assert choice.file == BEST


def test_no_binary(pip: Pip, index: Index) -> None:
    """E24: format control goes before variants; nothing is fetched for them."""
    index.add(LEVELS)
    index.add_sdist()
    choice = pip.choose("--index-url", index.url, "--no-binary", "demo", "demo")
    assert choice.file == "demo-1.0.tar.gz"
    assert index.metadata_log == []


def test_prefer_binary(pip: Pip, index: Index) -> None:
    """DESIGN 3: prefer-binary is one of pip's own criteria, and goes first."""
    index.add(LEVELS)
    index.add_sdist(version="2.0")
    choice = pip.choose("--index-url", index.url, "--prefer-binary", "demo")
    assert choice.file == BEST


# where the wheels are


@pytest.mark.parametrize("listed", [True, False], ids=["json", "no json"])
def test_a_folder(pip: Pip, index: Index, listed: bool) -> None:
    """R65, E37: the same algorithm, also without variants.json."""
    index.add(LEVELS, listed=LEVELS if listed else None)
    choice = pip.choose("--no-index", "--find-links", index.links(), "demo")
    assert choice.file == BEST
    assert not choice.warnings
    assert index.requests == []


def test_a_folder_named_by_url(pip: Pip, index: Index) -> None:
    index.add(LEVELS, listed=None)
    choice = pip.choose("--no-index", "--find-links", index.links().as_uri(), "demo")
    assert choice.file == BEST


def test_a_page_of_links(pip: Pip, levels_index: Index) -> None:
    """--find-links with the URL of a page."""
    page = f"{levels_index.url}demo/"
    choice = pip.choose("--no-index", "--find-links", page, "demo")
    assert choice.file == BEST
    assert levels_index.metadata_log == ["demo-1.0-variants.json"]


@pytest.mark.parametrize("listed", [True, False], ids=["json", "no json"])
def test_an_index_of_files(pip: Pip, index: Index, listed: bool) -> None:
    """E37: file:// as an index."""
    index.add(LEVELS, listed=LEVELS if listed else None)
    folder = index.links()
    names = [path.name for path in sorted(folder.iterdir())]
    links = "".join(f'<a href="{name}">{name}</a>' for name in names)
    (folder / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body>")
    choice = pip.choose("--index-url", index.folder.as_uri(), "demo")
    assert choice.file == BEST


@pytest.mark.parametrize("form", ["html", "json"])
def test_both_forms_of_an_index(
    pip: Pip, make_index: Callable[..., Index], form: str
) -> None:
    """R29: the link to the metadata is found in HTML and in JSON."""
    index = make_index(formats=[form])
    index.add(LEVELS)
    assert pip.choose("--index-url", index.url, "demo").file == BEST
    assert index.metadata_log == ["demo-1.0-variants.json"]


@pytest.mark.parametrize("metadata", [True, False])
def test_an_index_without_hashes_and_metadata_files(
    pip: Pip, make_index: Callable[..., Index], metadata: bool
) -> None:
    index = make_index(hashes=False, metadata=metadata)
    index.add(LEVELS)
    assert pip.choose("--index-url", index.url, "demo").file == BEST


# the legacy resolver


def test_the_legacy_resolver(pip: Pip, levels_index: Index, tmp_path: Path) -> None:
    result = pip.install_into(
        tmp_path / "target",
        "--use-deprecated=legacy-resolver",
        "--index-url",
        levels_index.url,
        "user",
    ).ok()
    assert result.installed == ["demo-1.0-v2", "user-1.0"]
