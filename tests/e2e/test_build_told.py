"""J18: what ``pip variant build`` says of the wheels, and what it leaves alone."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from pathlib import Path

import pytest

from tests.e2e._build_project import CUDA, Project
from tests.kit import Pip

LOGS = ".variant-build"

ONE = """
[variant.matrix]
label = "{cuda}"
null = true
environment = { CUDA = "{cuda}" }

[variant.matrix.axes.cuda]
property = "nvidia :: cuda_version_lower_bound"
values = ["12.6", "13.0"]
"""


@pytest.fixture
def project(tmp_path: Path, builder: Pip) -> Project:
    return Project(tmp_path / "project", builder, ONE)


def described(project: Project) -> list[str]:
    """Return the labels that an installer would find in the folder."""
    document = json.loads((project.dist / "tiny-1.0-variants.json").read_text())
    return sorted(document["variants"])


# what lies in the folder


def wheels_of(project: Project, *labels: str) -> str:
    dist = project.dist.relative_to(project.folder)
    return ", ".join(str(dist / f"tiny-1.0-py3-none-any-{each}.whl") for each in labels)


def test_wheels_of_another_template_are_told(project: Project) -> None:
    """They are published with the others, so they have to be described (R30)."""
    project.build().ok()
    project.write(ONE.replace('"{cuda}"', '"cu{cuda}"', 1))
    result = project.build().ok()
    assert (
        "WARNING: Wheels of tiny 1.0 that the matrix does not have are published with "
        f"the others: {wheels_of(project, '12.6', '13.0')}; --prune removes those that "
        "an earlier run has made"
    ) in result.err
    assert described(project) == ["12.6", "13.0", "cu12.6", "cu13.0", "null"]


def test_wheels_that_the_matrix_has_lost_are_removed_on_demand(
    project: Project,
) -> None:
    project.build().ok()
    project.write(ONE.replace('"{cuda}"', '"cu{cuda}"', 1))
    result = project.build("--prune").ok()
    assert f"Removed {wheels_of(project, '12.6')}\n" in result.out
    assert result.err == ""
    assert set(project.wheels) == {"cu12.6", "cu13.0", "null"}
    assert described(project) == ["cu12.6", "cu13.0", "null"]


def test_a_plain_wheel_is_left_over_only_where_it_was_made_here(
    project: Project,
) -> None:
    """Others may have made it with another command: it is no variant."""
    with_plain = ONE.replace("null = true", "null = true\nplain = true")
    project.write(with_plain)
    project.build().ok()
    project.write(ONE)
    told = "dist/tiny-1.0-py3-none-any.whl".replace("/", os.sep)
    assert f"with the others: {told}; --prune" in project.build().ok().err
    os.utime(project.wheels[None], ns=(0, 0))
    assert project.build("--prune").ok().err == ""
    assert None in project.wheels


def test_only_what_was_made_here_is_removed(project: Project) -> None:
    """A wheel that somebody put there, or touched since, is not ours to remove."""
    project.build().ok()
    touched = project.wheels["13.0"]
    with zipfile.ZipFile(touched, "a") as wheel:
        wheel.comment = b"signed"
    project.write(ONE.replace('"{cuda}"', '"cu{cuda}"', 1))
    result = project.build("--prune").ok()
    assert (
        f"{wheels_of(project, '13.0')}; nothing shows that this command" in result.err
    )
    assert set(project.wheels) == {"cu12.6", "cu13.0", "13.0", "null"}


def test_nothing_is_removed_while_something_is_missing(project: Project) -> None:
    project.build().ok()
    project.write(ONE.replace('"{cuda}"', '"cu{cuda}"', 1))
    project.build("--prune", BROKEN="13.0").failed()
    assert set(project.wheels) == {"12.6", "13.0", "cu12.6", "null"}


def test_a_part_of_the_labels_makes_no_leftovers_of_the_others(
    project: Project,
) -> None:
    """A farm builds a share on each machine."""
    project.build("--only", "12.6").ok()
    result = project.build("--only", "13.0", "--prune").ok()
    assert result.err == ""
    assert described(project) == ["12.6", "13.0"]


def test_the_wheels_of_another_version_are_left_alone(project: Project) -> None:
    """What contradicts itself there is no error of this release."""
    project.dist.mkdir()
    broken = project.dist / "tiny-0.9-py3-none-any-12.6.whl"
    broken.write_bytes(b"no wheel at all")
    old = project.dist / "tiny-0.9-variants.json"
    old.write_text("{}")
    result = project.build("--prune").ok()
    assert result.err == ""
    assert old.read_text() == "{}"
    assert broken.read_bytes() == b"no wheel at all"
    assert described(project) == ["12.6", "13.0", "null"]


def test_what_cannot_be_read_in_this_release_is_an_error(project: Project) -> None:
    project.dist.mkdir()
    (project.dist / "tiny-1.0-py3-none-any-12.6-x.whl").touch()
    (project.dist / "tiny-1.0-py3-none-any-x.whl").touch()
    result = project.build().failed()
    assert "tiny-1.0-variants.json is not written: " in result.err
    assert result.err.splitlines()[-1] == (
        "ERROR: All wheels are made, but their index-level metadata is not written, "
        "see above"
    )
    assert not (project.dist / "tiny-1.0-variants.json").exists()


# the last line


def test_what_failed_is_said_at_the_end(project: Project) -> None:
    result = project.build(BROKEN="12.6").failed()
    assert result.err.splitlines()[-1] == (
        "ERROR: Failed: 12.6; put right what is wrong and type the same command, which "
        "makes what is missing"
    )


def test_an_error_of_the_check_is_said_at_the_end(project: Project) -> None:
    """R49: a set has no equal."""
    backend = project.folder / "backend.py"
    text = backend.read_text()
    requirement = "Requires-Dist: other; variant_namespaces == 'x'"
    changed = text.replace(
        "Version: {VERSION}\\n", f"Version: {{VERSION}}\\n{requirement}\\n"
    )
    assert requirement in changed
    backend.write_text(changed)
    result = project.build().failed()
    last = result.err.splitlines()[-1]
    assert last.startswith("ERROR: All wheels are made, but checking them found ")


# logs


def test_logs_are_named_by_label_and_no_run_takes_that_of_another(
    project: Project,
) -> None:
    project.build(BROKEN="12.6").failed()
    before = (project.dist / LOGS / "build-12.6.log").read_text()
    assert "there is no compiler for CUDA 12.6" in before
    project.build("--only", "13.0", "--fresh").ok()
    assert (project.dist / LOGS / "build-12.6.log").read_text() == before
    assert "compiling for 13.0" in (project.dist / LOGS / "build-13.0.log").read_text()


# labels out of one build


def test_labels_that_would_hold_the_same_files_are_told(project: Project) -> None:
    project.write(CUDA.replace("shared-builds = true\n", ""))
    for args in (["--list"], []):
        result = project.build(*args).ok()
        assert (
            "WARNING: cu126_v2, cu126_v3 come out of one build, though they differ in "
            "x86_64 :: level; so it is with 1 further build: nothing tells the build "
            "backend which it builds. What does is, for example, environment = "
            '{ VARIANT = "{label}" } in [variant.matrix]. Where one build is meant: '
            "shared-builds = true"
        ) in result.err


def test_the_remedy_for_it_helps(project: Project) -> None:
    matrix = CUDA.replace("shared-builds = true\n", "")
    project.write(matrix.replace("environment = {", 'environment = { V = "{label}",'))
    result = project.build("--list").ok()
    assert result.err == ""
    assert "6 wheels out of 6 builds" in result.out


def test_labels_that_differ_in_static_properties_may_share_a_build(
    builder: Pip, tmp_path: Path
) -> None:
    """R78: nothing of a machine answers for them."""
    project = Project(tmp_path / "static", builder, "")
    text = (project.folder / "pyproject.toml").read_text()
    text = text.replace('"x86_64"]', '"x86_64", "flavour"]')
    text += (
        '[variant.providers.flavour]\nstatic-properties = {taste = ["sweet", "sour"]}\n'
        '[variant.variants]\na.flavour.taste = ["sweet"]\nb.flavour.taste = ["sour"]\n'
    )
    (project.folder / "pyproject.toml").write_text(text)
    result = project.build().ok()
    assert result.err == ""
    assert "2 wheels out of 1 build" in result.out


# the command line


def test_labels_are_parted_by_commas(project: Project) -> None:
    plan = project.document("--list", "--only", "12.6, 13*")
    found = [wheel["label"] for build in plan["builds"] for wheel in build["wheels"]]
    assert found == ["12.6", "13.0"]


@pytest.mark.parametrize("key", ["variant-label", "variant-name", "null-variant"])
def test_a_setting_that_asks_for_one_variant_is_refused(
    project: Project, key: str
) -> None:
    """Most backends would ignore it."""
    result = project.build("-C", f"{key}=12.6").failed()
    assert (
        f"-C{key} asks for one variant; name those to build with --only" in result.err
    )


def test_the_plan_has_no_version_that_only_the_backend_knows(project: Project) -> None:
    file = project.folder / "pyproject.toml"
    text = file.read_text()
    assert text.count('name = "tiny"\nversion = "1.0"\n') == 1
    file.write_text(
        text.replace('name = "tiny"\nversion = "1.0"\n', 'name = "Ti_Ny"\n')
    )
    plan = project.document("--list", "--only", "null")
    (wheel,) = plan["builds"][0]["wheels"]
    assert wheel == {
        "name": "ti-ny",
        "version": None,
        "label": "null",
        "plain": False,
        "properties": {},
    }


def test_the_outcome_as_json(project: Project) -> None:
    project.write(CUDA)
    wheels = {each["label"]: each for each in project.document()["wheels"]}
    made = project.wheels["cu130_v3"]
    entry = wheels["cu130_v3"]
    assert entry["name"] == "tiny"
    assert entry["version"] == "1.0"
    assert entry["properties"] == {
        "nvidia": {"cuda_version_lower_bound": ["13.0"]},
        "x86_64": {"level": ["v3"]},
    }
    assert entry["size"] == made.stat().st_size
    assert entry["sha256"] == hashlib.sha256(made.read_bytes()).hexdigest()
    assert {label: each["plain"] for label, each in wheels.items()} == {
        "cu126_v2": False,
        "cu126_v3": False,
        "cu130_v2": False,
        "cu130_v3": False,
        "null": False,
        None: True,
    }
    # What is not there has no size.
    entry = json.loads(project.build("--json", "--fresh", BROKEN="13.0").failed().out)
    assert [
        (each["size"], each["sha256"])
        for each in entry["wheels"]
        if each["label"] == "cu130_v3"
    ] == [(None, None)]
