"""``--variant``, ``name#label``, and what cannot be had."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.kit import (
    LEVELS,
    PLAIN,
    Index,
    Pip,
    choose,
    hashes,
    label_of_demo,
    levels,
    variant_of,
)

IDLE = (
    "changed nothing: no package that you named has variants to choose from; write "
    "NAME=LABEL for one that is only a dependency"
)
ALL_LABELS = "there are null, v1, v2, v3"


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


# who is asked for what


@pytest.mark.parametrize(
    ("arguments", "label"),
    [
        ("--variant v1 demo", "v1"),
        ("--variant=demo=v1 demo", "v1"),
        ("--variant Demo=v1 demo", "v1"),
        ("--variant v3,v1,v2 demo", "v1"),
        ("--variant v3 --variant null demo", "null"),
        ("--variant v2,v1 --variant demo=null demo", "null"),
        ("--variant null demo#v1", "v1"),
        ("--variant demo=v2,v1 demo==1.0#v1", "v1"),
        ("demo>=1#v1", "v1"),
        ("demo[more]<2,>=1#v1 demo#v1", "v1"),
        ("--variant other=null demo", "v2"),
    ],
)
def test_a_label_is_taken(
    pip: Pip, levels_index: Index, arguments: str, label: str
) -> None:
    """F66, F67, R47: several in order; what names the package decides."""
    choice = choose(pip, levels_index, *arguments.split())
    assert (choice.label, choice.file) == (label, f"demo-1.0-py3-none-any-{label}.whl")


@pytest.mark.parametrize(
    ("arguments", "label"),
    [
        ("--variant demo=v1 user", "v1"),
        ("--variant v1 user demo", "v1"),
        ("--force-variant demo=v3 user", "v3"),
        ("--variant-exclude v2 user", "v1"),
        # Only a dependency, and no option names it.
        ("--variant v1 user", "v2"),
    ],
)
def test_a_label_for_a_dependency(
    pip: Pip, levels_index: Index, arguments: str, label: str
) -> None:
    """F3, DESIGN 5: NAME= reaches everything, the general form what is named."""
    choice = choose(pip, levels_index, *arguments.split())
    assert label_of_demo(choice) == label


def test_a_name_in_a_file_is_named_and_one_in_a_constraint_is_not(
    pip: Pip, levels_index: Index, tmp_path: Path
) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("demo\n")
    (tmp_path / "pyproject.toml").write_text('[dependency-groups]\ngpu = ["demo"]\n')
    for source in (["-r", str(requirements)], ["--group", "gpu"]):
        choice = choose(pip, levels_index, "--variant=v1", *source, cwd=tmp_path)
        assert choice.label == "v1"
    choice = choose(pip, levels_index, "--variant=v1", "-c", requirements, "user")
    assert label_of_demo(choice) == "v2"


def test_two_places_for_one_package_and_for_all(pip: Pip, levels_index: Index) -> None:
    """NAME= on the command line, the general form in the environment, and back."""
    choice = choose(
        pip, levels_index, "--variant=demo=v1", "demo", environ={"PIP_VARIANT": "null"}
    )
    assert choice.label == "v1"
    choice = choose(
        pip, levels_index, "--variant=null", "demo", environ={"PIP_VARIANT": "demo=v1"}
    )
    assert choice.label == "v1"


def test_the_newest_version_that_has_the_label(pip: Pip, index: Index) -> None:
    index.add(LEVELS)
    index.add(levels("v2", "null"), version="2.0")
    index.add(version="3.0")
    for wish in ("demo>=1#v1", "--variant=demo=v1 demo", "--variant=v1 demo"):
        assert choose(pip, index, *wish.split()).file == (
            "demo-1.0-py3-none-any-v1.whl"
        )


@pytest.mark.parametrize("where", ["argument", "requirements", "constraints"])
def test_a_marker_that_does_not_hold_pins_nothing(
    pip: Pip, levels_index: Index, tmp_path: Path, where: str
) -> None:
    """One label for each platform, as files write it."""
    lines = [
        f"demo==1.0#v1; os_name == '{os.name}'",
        "demo==1.0#null; os_name == 'other'",
    ]
    if where == "argument":
        choice = choose(pip, levels_index, *lines)
    else:
        path = tmp_path / "file.txt"
        path.write_text("\n".join(lines))
        choice = choose(pip, levels_index, f"--{where[:-1]}={path}", "user")
    assert label_of_demo(choice) == "v1"
    choice = choose(pip, levels_index, lines[1], "demo")
    assert choice.label == "v2"


def test_a_label_with_hashes(pip: Pip, levels_index: Index, tmp_path: Path) -> None:
    """E28: the label among the allowed files, none without a hash."""

    def line(label: str) -> str:
        names = [f"demo-1.0-py3-none-any-{allowed}.whl" for allowed in ("v1", "null")]
        allowed = hashes(levels_index.links() / name for name in names)
        return f"demo==1.0#{label} {allowed}\n"

    path = tmp_path / "requirements.txt"
    path.write_text(line("null"))
    assert choose(pip, levels_index, "--require-hashes", "-r", path).label == "null"
    path.write_text(line("v2"))
    result = pip.dry(levels_index, "--require-hashes", "-r", path).failed()
    assert "v2" in result.err


@pytest.mark.parametrize("command", ["download", "wheel", "lock", "index", "legacy"])
def test_other_commands_have_the_options(
    pip: Pip, levels_index: Index, tmp_path: Path, command: str
) -> None:
    """DESIGN 5."""
    folder = tmp_path / "d"
    wishes = ["--variant=demo=v1,null", "--variant-exclude=v1", "user"]
    arguments: list[str | Path] = ["--index-url", levels_index.url, *wishes]
    if command == "index":
        pip("index", "versions", *arguments[:-1], "demo").ok()
        return
    if command == "lock":
        lock = tmp_path / "pylock.toml"
        pip("lock", "--output", lock, *arguments).ok()
        text = lock.read_text("utf-8")
        assert "demo-1.0-py3-none-any-null.whl" in text
        assert "demo-1.0-py3-none-any-v2.whl" not in text
        return
    options: dict[str, list[str | Path]] = {
        "download": ["download", "--dest", folder],
        "wheel": ["wheel", "--wheel-dir", folder],
        "legacy": ["install", "--use-deprecated=legacy-resolver", "--target", folder],
    }
    pip(*options[command], *arguments).ok()
    if command == "legacy":
        assert variant_of(folder) == "null"
    else:
        assert "demo-1.0-py3-none-any-null.whl" in names_in(folder)


# contradictions


@pytest.mark.parametrize(
    ("arguments", "places"),
    [
        ("demo#v1 --variant demo=v2", ["'v1' (command line)", "'v2' (--variant)"]),
        ("demo#v1 -c c.txt", ["'v1' (command line)", "'null' (line 2 of c.txt)"]),
        ("-r r.txt -c c.txt", ["'v2' (line 1 of r.txt)", "(line 2 of c.txt)"]),
        (
            "demo --variant demo=v1,v2 --force-variant demo=v3",
            ["'v1', 'v2' (--variant)", "'v3' (--force-variant)"],
        ),
        ("demo --variant v1 --force-variant v3", ["(--variant)", "(--force-variant)"]),
        (
            "-r r.txt --force-variant demo=v3",
            ["'v2' (line 1 of r.txt)", "'v3' (--force"],
        ),
    ],
)
def test_a_contradiction_names_both_places(
    pip: Pip, levels_index: Index, tmp_path: Path, arguments: str, places: list[str]
) -> None:
    """E29: also between a file and an option."""
    (tmp_path / "r.txt").write_text("demo[more]==1.0#v2\n")
    (tmp_path / "c.txt").write_text("# limits\nDemo==1.0#null\n")
    index = ["--index-url", levels_index.url]
    result = pip("install", "--dry-run", *index, *arguments.split(), cwd=tmp_path)
    (line,) = [
        line
        for line in result.failed().err.splitlines()
        if line.startswith("ERROR: Two variants of demo are asked for: ")
    ]
    assert [place for place in places if place not in line] == []


def test_a_contradiction_between_places(pip: Pip, levels_index: Index) -> None:
    result = pip.dry(levels_index, "demo#v1", environ={"PIP_VARIANT": "demo=v2"})
    assert "'v1' (command line) and 'v2' (PIP_VARIANT)" in result.failed().err


# what cannot be had


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("--variant demo=v9 user", ["v9 does not exist", ALL_LABELS]),
        ("--variant v9 demo", ["v9 does not exist", ALL_LABELS]),
        ("--variant v9,v3 demo", ["v9 does not exist", "cpu :: level :: v3", "v2, v1"]),
        ("--force-variant demo=v9 user", ["v9 does not exist", ALL_LABELS]),
        ("--force-variant v9 demo", ["v9 does not exist", ALL_LABELS]),
        (
            "--variant-exclude v1 demo#v1",
            ["v1 is rejected: excluded (--variant-exclude)"],
        ),
        (
            "--variant-exclude cpu --force-variant v3 demo",
            ["v3 is rejected: excluded (--variant-exclude)"],
        ),
        ("--variant user=v1 user", ["Variant v1 of user is asked for", "no version"]),
    ],
)
def test_the_error_says_what_there_is(
    pip: Pip, levels_index: Index, arguments: str, told: list[str]
) -> None:
    """F66, R48: never another one instead."""
    result = pip.dry(levels_index, *arguments.split()).failed()
    assert [text for text in told if text not in result.err] == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("--variant V1", "--variant: 'V1' is no variant label"),
        ("--variant demo=v1,user=v1", "--variant: 'demo=v1,user' is no name of a"),
        ("--variant demo==1.0", "--variant: 'demo=' is no name of a package"),
        ("--force-variant v1,v2", "--force-variant: only one label of a package"),
        ("--variant-exclude a::b::c::d", "--variant-exclude: 'a::b::c::d' is not of"),
    ],
)
def test_what_cannot_be_read(
    pip: Pip, levels_index: Index, arguments: str, told: str
) -> None:
    """Before anything is asked of the index."""
    result = pip.dry(levels_index, *arguments.split(), "demo").failed()
    assert f"ERROR: {told}" in result.err
    assert levels_index.log == []


def test_the_legacy_resolver_gives_the_reasons(pip: Pip, levels_index: Index) -> None:
    """Also where the name is spelled in another way."""
    legacy = "--use-deprecated=legacy-resolver"
    result = pip.dry(levels_index, legacy, "Demo#v3").failed()
    assert "v3 is rejected: needs cpu :: level :: v3" in result.err


def test_a_name_that_nobody_needs(pip: Pip, levels_index: Index) -> None:
    """As with pip's own lists of names, such as --only-binary, it is no error."""
    result = pip.dry(levels_index, "--variant=dmeo=v1", "user").ok()
    assert result.would_install == ["demo-1.0-v2", "user-1.0"]
    (warning,) = result.warnings
    assert "--variant dmeo=v1 changed nothing: dmeo is not among" in warning


# packages without variants


def test_a_wish_for_all_leaves_packages_without_variants_alone(
    pip: Pip, levels_index: Index, tmp_path: Path
) -> None:
    """F6; a warning where it stood on the command line and met nothing at all."""
    result = pip.dry(levels_index, "--variant=v1", "user", "--no-deps").ok()
    assert result.would_install == ["user-1.0"]
    assert result.warnings == [f"WARNING: --variant v1 {IDLE}"]
    arguments = ("--index-url", levels_index.url, "--variant=v1", "user", "--no-deps")
    result = pip.install_into(tmp_path / "target", *arguments).ok()
    assert result.installed == ["user-1.0"]
    assert result.warnings == [f"WARNING: --variant v1 {IDLE}"]
    # demo is no package that the user named.
    result = pip.dry(levels_index, "--variant=v1", "user").ok()
    assert result.warnings == [f"WARNING: --variant v1 {IDLE}"]
    choice = choose(
        pip, levels_index, "user", "--no-deps", environ={"PIP_VARIANT": "v1"}
    )
    assert choice.warnings == ""


def test_a_wish_for_all_beside_one_with_variants(pip: Pip, levels_index: Index) -> None:
    choice = choose(pip, levels_index, "--variant=v1", "user", "demo")
    assert choice.files == ("demo-1.0-py3-none-any-v1.whl", "user-1.0-py3-none-any.whl")
    assert choice.warnings == ""


def test_no_variant_and_a_wish(pip: Pip, levels_index: Index) -> None:
    """F63: they contradict each other where the wish names the package."""
    for wish in ("--variant=demo=v1", "--force-variant=demo=v3"):
        result = pip.dry(levels_index, "--no-variant", wish, "demo").failed()
        assert "is asked for, and --no-variant is set" in result.err
    choice = choose(
        pip, levels_index, "--no-variant", "demo", environ={"PIP_VARIANT": "v1"}
    )
    assert (choice.file, choice.warnings) == (PLAIN, "")
