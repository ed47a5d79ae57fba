"""J18: a matrix becomes wheels, by the project's own backend, and nothing is lost."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e._build_project import CUDA, LABELS, Project
from tests.kit import SECONDS, Pip, gpu


@pytest.fixture
def project(tmp_path: Path, builder: Pip) -> Project:
    return Project(tmp_path / "project", builder)


def read(wheel: Path, name: str) -> Any:
    with zipfile.ZipFile(wheel) as archive:
        (member,) = [each for each in archive.namelist() if each.endswith(name)]
        data = archive.read(member).decode()
    return json.loads(data) if name.endswith(".json") else data


def test_the_whole_matrix_is_built(project: Project) -> None:
    result = project.build().ok()
    assert set(project.wheels) == set(LABELS)
    inside = read(project.wheels["cu130_v3"], "variant.json")
    assert inside["variants"] == {
        "cu130_v3": {
            "nvidia": {"cuda_version_lower_bound": ["13.0"]},
            "x86_64": {"level": ["v3"]},
        }
    }
    assert read(project.wheels["cu130_v3"], "tiny.py") == "CUDA = '13.0'\n"
    # What names an axis is not for the wheels outside the product.
    assert read(project.wheels["null"], "tiny.py") == "CUDA = ''\n"
    release = json.loads((project.dist / "tiny-1.0-variants.json").read_text())
    assert sorted(release["variants"]) == sorted(filter(None, LABELS))
    assert "[6/6] " in result.out
    assert "6 wheels made, 0 kept, 0 failed" in result.out


def test_what_was_built_is_installed_from_the_folder(project: Project) -> None:
    project.build("--only", "cu*_v2").ok()
    choice = project.pip.choose(
        "--find-links", project.dist, "tiny", environ=gpu("12.8")
    )
    assert choice.label == "cu126_v2"


def test_cells_that_are_built_alike_share_a_build(project: Project) -> None:
    """One sdist, and one build each for 12.6, for 13.0 and for null with plain."""
    project.build().ok()
    calls = project.calls()
    assert sorted(call["cuda"] or "" for call in calls) == ["", "12.6", "13.0"]
    # Each found the folder as it is in the sdist.
    assert {tuple(call["folder"]) for call in calls} == {
        ("backend.py", "pyproject.toml", "tiny.py")
    }
    assert not (project.folder / "left-behind").exists()


def test_one_sdist_serves_all_builds(project: Project) -> None:
    project.build().ok()
    assert len(project.calls("build_sdist")) == 1


def test_the_plan_is_shown_and_nothing_is_built(project: Project) -> None:
    result = project.build("--list").ok()
    assert result.out.splitlines() == [
        "build  label       properties",
        "1      cu126_v2    nvidia :: cuda_version_lower_bound :: 12.6, x86_64 :: level :: v2",
        "1      cu126_v3    nvidia :: cuda_version_lower_bound :: 12.6, x86_64 :: level :: v3",
        "2      cu130_v2    nvidia :: cuda_version_lower_bound :: 13.0, x86_64 :: level :: v2",
        "2      cu130_v3    nvidia :: cuda_version_lower_bound :: 13.0, x86_64 :: level :: v3",
        "3      null        none",
        "3      (no label)",
        "6 wheels out of 3 builds; -v shows their variables and settings",
    ]
    assert not project.dist.exists()
    assert project.calls() == []


def test_the_plan_shows_how_each_is_built_when_it_is_asked_to(project: Project) -> None:
    result = project.build("--list", "-v", "-C", "a=1").ok()
    assert result.out.splitlines()[-6:] == [
        "build 1: CUDA=12.6",
        "build 1: -Ca=1",
        "build 2: CUDA=13.0",
        "build 2: -Ca=1",
        "build 3: -Ca=1",
        "6 wheels out of 3 builds",
    ]


def test_the_plan_as_json(project: Project) -> None:
    document = project.document("--list", "-C", "a=1", "-C", "a=2", "-C", "b=c=d")
    assert document["version"] == 1
    assert document["builds"][1] == {
        "build": 2,
        "environment": {"CUDA": "13.0"},
        "config_settings": {"a": ["1", "2"], "b": "c=d"},
        "wheels": [
            {
                "name": "tiny",
                "version": "1.0",
                "label": f"cu130_{level}",
                "plain": False,
                "properties": {
                    "nvidia": {"cuda_version_lower_bound": ["13.0"]},
                    "x86_64": {"level": [level]},
                },
            }
            for level in ("v2", "v3")
        ],
    }


def test_config_settings_reach_the_backend(project: Project) -> None:
    project.build("--only", "null", "-C", "jobs=4", "-C", "x=1", "-C", "x=2").ok()
    (call,) = project.calls()
    assert call["settings"] == {"jobs": "4", "x": ["1", "2"]}


@pytest.mark.parametrize(
    ("args", "labels"),
    [
        (["--only", "cu126_v2"], {"cu126_v2"}),
        (["--only", "*_v3", "--only", "null"], {"cu126_v3", "cu130_v3", "null"}),
        (["--only", "cu*", "--exclude", "cu130_*"], {"cu126_v2", "cu126_v3"}),
        (["--exclude", "cu*"], {"null", None}),
    ],
)
def test_labels_are_chosen_by_pattern(
    project: Project, args: list[str], labels: set[str | None]
) -> None:
    plan = project.document("--list", *args)
    found = {wheel["label"] for build in plan["builds"] for wheel in build["wheels"]}
    assert found == labels


def test_a_pattern_that_fits_nothing_is_an_error(project: Project) -> None:
    result = project.build("--only", "cu129").failed()
    assert "'cu129' is no label of the matrix, which has: cu126_v2, " in result.err
    assert not project.dist.exists()


def test_a_failed_build_keeps_no_other_from_being_made(project: Project) -> None:
    result = project.build(BROKEN="13.0").failed()
    assert set(project.wheels) == {"cu126_v2", "cu126_v3", "null", None}
    assert "cu130_v2 failed: " in result.err
    # What the backend said last, and where the rest of it is.
    assert "there is no compiler for CUDA 13.0" in result.err
    log = project.dist / ".variant-build" / "build-cu130_v2.log"
    assert f"All of it is in {log.relative_to(project.folder)}" in result.err
    assert "compiling for 13.0" in log.read_text()
    assert "4 wheels made, 0 kept, 2 failed" in result.out
    # What can be published is: the wheels that are there.
    release = json.loads((project.dist / "tiny-1.0-variants.json").read_text())
    assert sorted(release["variants"]) == ["cu126_v2", "cu126_v3", "null"]


def test_what_a_backend_warns_of_is_in_the_log_alone(project: Project) -> None:
    result = project.build("-j", "2").ok()
    assert result.err == ""
    logs = sorted((project.dist / ".variant-build").glob("build-*.log"))
    assert len(logs) == 3
    assert all("this backend is old" in log.read_text() for log in logs)


def test_the_next_run_builds_what_is_missing(project: Project) -> None:
    project.build(BROKEN="13.0").failed()
    before = {path: path.stat().st_mtime_ns for path in project.wheels.values()}
    project.calls()
    result = project.build().ok()
    assert "2 wheels made, 4 kept, 0 failed" in result.out
    assert [call["cuda"] for call in project.calls()] == ["13.0"]
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert set(project.wheels) == set(LABELS)


def test_nothing_is_built_twice(project: Project) -> None:
    project.build().ok()
    project.calls()
    document = project.document()
    assert [wheel["kept"] for wheel in document["wheels"]] == [True] * 6
    assert project.calls() == []


def change_source(project: Project) -> None:
    (project.folder / "tiny.py").write_text("x = 1\n")


def change_environment(project: Project) -> None:
    project.write(CUDA.replace('"130", values', '"130", environment.A="1", values'))


def remove_a_wheel(project: Project) -> None:
    project.wheels["cu130_v2"].unlink()


def overwrite_a_wheel(project: Project) -> None:
    project.wheels["cu130_v2"].write_bytes(b"something else")


def break_the_ledger(project: Project) -> None:
    (project.dist / ".variant-build" / "ledger.json").write_text("[" * 100_000)


@pytest.mark.parametrize(
    ("change", "labels"),
    [
        (change_source, set(LABELS)),
        (change_environment, {"cu130_v2", "cu130_v3"}),
        (remove_a_wheel, {"cu130_v2"}),
        (overwrite_a_wheel, {"cu130_v2"}),
        (break_the_ledger, set(LABELS)),
    ],
)
def test_what_is_out_of_date_is_made_again(
    project: Project, change: Any, labels: set[str | None]
) -> None:
    project.build().ok()
    change(project)
    document = project.document()
    made = {each["label"] for each in document["wheels"] if not each["kept"]}
    assert made == labels
    with zipfile.ZipFile(project.wheels["cu130_v2"]) as wheel:
        assert wheel.testzip() is None


def test_fresh_builds_everything_again(project: Project) -> None:
    project.build().ok()
    document = project.document("--fresh")
    assert not any(wheel["kept"] for wheel in document["wheels"])


def test_several_builds_run_at_once(project: Project, tmp_path: Path) -> None:
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    # Each build waits for another one; the third finds two that were there.
    project.build("--jobs", "2", MEETING=str(meeting)).ok()


def test_the_same_source_makes_the_same_bytes(project: Project, tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        project.build("--outdir", tmp_path / name, SOURCE_DATE_EPOCH="1700000000").ok()
        folder = tmp_path / name
        found.append({path.name: path.read_bytes() for path in folder.glob("tiny*")})
    assert found[0] == found[1]
    assert len(found[0]) == len(LABELS) + 1


def test_an_sdist_is_built_like_a_folder(project: Project, tmp_path: Path) -> None:
    project.build("--only", "null").ok()
    sdist = tmp_path / "tiny-1.0.tar.gz"
    code = f"import backend; print(backend.build_sdist({str(tmp_path)!r}))"
    project.pip.run("-c", code, cwd=project.folder).ok()
    result = project.build(sdist, "--outdir", tmp_path / "out").ok()
    assert "6 wheels made" in result.out
    assert len(list((tmp_path / "out").glob("*.whl"))) == 6


# backends that make variants themselves


OWN = """
[variant.matrix]
label = "cu{cuda}"
config-settings = { label = "{label}", property = "{cuda.values}" }

[variant.matrix.axes.cuda]
property = "nvidia :: cuda_version_lower_bound"
values = [{ name = "126", values = ["12.6"] }, { name = "130", values = ["13.0"] }]
"""


def test_a_variant_that_the_backend_made_is_taken_as_it_is(
    builder: Pip, tmp_path: Path
) -> None:
    project = Project(tmp_path / "project", builder, OWN)
    document = project.document()
    assert [wheel["notes"] for wheel in document["wheels"]] == [
        ["the backend made the variant wheel itself"]
    ] * 2
    inside = read(project.wheels["cu130"], "variant.json")
    assert inside["variants"] == {
        "cu130": {"nvidia": {"cuda_version_lower_bound": ["13.0"]}}
    }


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            OWN.replace('label = "{label}"', 'label = "other"'),
            (
                "the backend made 'other' (nvidia :: cuda_version_lower_bound :: 12.6) where "
                "'cu126' (nvidia :: cuda_version_lower_bound :: 12.6) was asked for"
            ),
        ),
        (
            OWN.replace('"{cuda.values}"', '"11.0"'),
            (
                "the backend made 'cu130' (nvidia :: cuda_version_lower_bound :: 11.0) where "
                "'cu130' (nvidia :: cuda_version_lower_bound :: 13.0) was asked for"
            ),
        ),
        (
            OWN.replace('label = "{label}"', 'label = "always"').replace(
                'label = "cu{cuda}"',
                "plain = {config-settings={label='x', property='1'}}",
            ),
            "where a wheel without a label was asked for",
        ),
    ],
)
def test_another_variant_than_was_asked_for_fails(
    builder: Pip, tmp_path: Path, written: str, told: str
) -> None:
    project = Project(tmp_path / "project", builder, written)
    result = project.build().failed()
    assert told in result.err
    assert project.wheels == {}


# what is refused


def test_a_wheel_of_another_project_fails(project: Project) -> None:
    result = project.build("--only", "null", OTHER_NAME="other").failed()
    told = "the backend made other-1.0-py3-none-any.whl, which is no wheel of tiny 1.0"
    assert told in result.err
    assert not list(project.dist.glob("*.whl"))


@pytest.mark.parametrize("name", ["../evil.whl", "/etc/passwd", "", "missing.whl"])
def test_a_backend_that_names_no_wheel_of_its_own_fails(
    project: Project, name: str
) -> None:
    """E34: what a backend returns is no path to be followed."""
    (project.folder.parent / "evil.whl").touch()
    result = project.build("--only", "null", RETURNED=name).failed()
    assert "the backend left no wheel in the folder that it was given" in result.err
    assert not list(project.dist.glob("*.whl"))


def test_an_sdist_without_pyproject_is_refused(project: Project) -> None:
    result = project.build(LEFT_OUT="pyproject.toml").failed()
    assert "tiny-1.0.tar.gz has no pyproject.toml" in result.err
    assert project.calls() == []


def test_a_sdist_that_cannot_be_built_shows_why(project: Project) -> None:
    (project.folder / "tiny.py").unlink()
    result = project.build().failed()
    assert "the sdist cannot be built" in result.err
    assert "No such file or directory: 'tiny.py'" in result.err


def test_properties_that_do_not_exist_are_told_before_anything_is_built(
    project: Project,
) -> None:
    project.write(CUDA.replace('"v2", "v3"', '"v2", "v7"'))
    result = project.build().failed()
    told = "x86_64.level: the built-in provider knows no value 'v7'"
    # Once, with all labels that it concerns.
    assert f"\n  cu126_v7, cu130_v7: {told}" in result.err
    assert result.err.count(told) == 1
    assert project.calls("build_sdist") == []
    project.build("--no-validate", "--only", "cu126_v7").ok()


@pytest.mark.parametrize(
    "label", ["../../evil", "..\\\\evil", "a/b", "a\\nb", "A", "ü", "", "a-b"]
)
def test_a_label_that_is_no_label_is_refused(project: Project, label: str) -> None:
    """E34: no label is ever a path."""
    project.write(CUDA.replace("cu{cuda}_{level}", f"{label}{{cuda}}-{{level}}"))
    before = {*project.folder.parent.rglob("*")}
    result = project.build().failed()
    assert "variant.matrix.label: " in result.err
    assert "is no variant label" in result.err
    assert {*project.folder.parent.rglob("*")} == before


def test_labels_that_look_like_folders_are_only_names(project: Project) -> None:
    """E34: '.' and '..' are labels like others."""
    project.write(
        '[variant.variants.".."]\nx86_64.level = ["v2"]\n'
        '[variant.variants."."]\nx86_64.level = ["v3"]\n'
    )
    project.build().ok()
    assert {path.name for path in project.dist.glob("*.whl")} == {
        "tiny-1.0-py3-none-any-...whl",
        "tiny-1.0-py3-none-any-..whl",
    }


def test_everything_that_is_wrong_with_the_matrix_is_told_at_once(
    project: Project,
) -> None:
    project.write(CUDA.replace("null =", "nul =").replace('"v3"', '"V3"'))
    result = project.build().failed()
    assert "variant.matrix.nul: is not known; did you mean 'null'?" in result.err
    assert "variant.matrix.axes.level.values.1.values: 'V3' is no value" in result.err


def test_a_project_without_variants_is_told_where_they_go(project: Project) -> None:
    text = (project.folder / "pyproject.toml").read_text().split("[variant.")[0]
    (project.folder / "pyproject.toml").write_text(text)
    result = project.build().failed()
    assert "has no [variant] table" in result.err
    project.write("")
    result = project.build().failed()
    assert (
        "describes no variants in [variant.variants] or [variant.matrix]" in result.err
    )


def test_what_is_no_project_is_refused(project: Project, tmp_path: Path) -> None:
    result = project.build(tmp_path / "nothing").failed()
    assert "is neither the folder of a project nor an sdist" in result.err
    (tmp_path / "broken-1.0.tar.gz").write_bytes(b"\x1f\x8b nothing")
    result = project.build(tmp_path / "broken-1.0.tar.gz").failed()
    assert "broken-1.0.tar.gz is no readable sdist" in result.err


def test_without_the_front_end_the_remedy_is_told(pip: Pip, tmp_path: Path) -> None:
    project = Project(tmp_path / "project", pip)
    project.build("--list").ok()
    result = project.build().failed()
    assert "pip install 'pip-variants[build]'" in result.err


# isolation


FLIT = """\
[build-system]
requires = ["flit_core>=3.11"]
build-backend = "flit_core.buildapi"

[project]
name = "tiny"
version = "1.0"
description = "tiny"

[variant.default-priorities]
namespace = ["x86_64"]

[variant.providers.x86_64]
requires = ["provider-variant-x86-64"]

[variant.matrix]
environment = { LEVEL = "{level}" }

[variant.matrix.axes.level]
property = "x86_64 :: level"
values = ["v1", "v2", "v3"]
"""


def test_build_requirements_are_installed_apart(project: Project) -> None:
    (project.folder / "pyproject.toml").write_text(FLIT)
    result = project.build().ok()
    assert "3 wheels made" in result.out
    listed = project.pip("list", "--format=freeze").ok().out
    assert "flit" not in listed


def test_one_environment_serves_one_build_after_the_other(project: Project) -> None:
    (project.folder / "pyproject.toml").write_text(FLIT)
    result = project.build("--verbose").ok()
    assert result.out.count("Creating isolated environment") == 1
    assert result.out.count("Installing packages in isolated environment") == 1
    assert result.out.count("Building wheel...") == 3


_EXTRA = """
import os
from flit_core.buildapi import *

def get_requires_for_build_wheel(config_settings=None):
    level = os.environ.get("LEVEL", "")
    return ["packaging"] if level == "v2" else []

def build_wheel(*args):
    import importlib.util
    found = importlib.util.find_spec("packaging") is not None
    assert found == (os.environ.get("LEVEL", "") == "v2"), found
    from flit_core import buildapi
    return buildapi.build_wheel(*args)
"""


def test_no_build_finds_the_requirements_of_another(project: Project) -> None:
    """The one in the middle asks for more than those around it."""
    text = FLIT.replace('"flit_core.buildapi"', '"extra"\nbackend-path = ["."]')
    sdist = '[tool.flit.sdist]\ninclude = ["extra.py"]\n'
    (project.folder / "pyproject.toml").write_text(text + sdist)
    (project.folder / "extra.py").write_text(_EXTRA)
    (project.folder / "tiny.py").write_text('"""Tiny."""\n')
    result = project.build("--verbose").ok()
    assert "3 wheels made" in result.out
    assert result.out.count("Creating isolated environment") == 2


def test_another_python_is_named_on_the_command_line(
    project: Project, own_pip: Pip
) -> None:
    """pip runs itself there; what it starts must not take that for its own target."""
    (project.folder / "pyproject.toml").write_text(FLIT)
    environ = project.pip.environ()
    found = {name: environ[name] for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS")}
    python = str(project.pip.python)
    own_pip(
        "--python", python, "variant", "build", environ=found, cwd=project.folder
    ).ok()
    assert set(project.wheels) == {"v1", "v2", "v3"}
    assert "flit" not in project.pip("list", "--format=freeze").ok().out


def test_without_isolation_the_requirements_must_be_there(project: Project) -> None:
    (project.folder / "pyproject.toml").write_text(FLIT)
    result = project.build("--no-isolation").failed()
    told = (
        "without isolation, these build requirements must be installed: flit_core>=3.11"
    )
    assert told in result.err.replace(" >= ", ">=")


def test_requirements_that_cannot_be_installed_are_told(project: Project) -> None:
    (project.folder / "pyproject.toml").write_text(
        FLIT.replace("flit_core>", "flit_corn>")
    )
    result = project.build().failed()
    assert "the build requirements cannot be installed: flit_corn>=3.11" in result.err
    assert "No matching distribution found for flit_corn" in result.err


# the end


@pytest.fixture
def hanging(project: Project) -> Iterator[subprocess.Popen[str]]:
    """A run of which one build hangs and the others are done."""
    environ = project.pip.environ(HANGING="13.0")
    with subprocess.Popen(
        [project.pip.python, "-m", "pip", "variant", "build", "-j", "2"],
        env=environ,
        cwd=project.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        deadline = time.monotonic() + SECONDS
        while len(project.wheels) < 4 and time.monotonic() < deadline:
            time.sleep(0.1)
        yield process
        process.kill()


posix = pytest.mark.skipif(os.name == "nt", reason="needs signals and terminals")


@posix
def test_an_interrupted_run_keeps_what_is_done(
    project: Project, hanging: subprocess.Popen[str]
) -> None:
    hanging.send_signal(signal.SIGINT)
    # The pipes are closed only when the backend has ended, too.
    _, err = hanging.communicate(timeout=SECONDS)
    assert hanging.returncode != 0
    assert "Traceback" not in err
    assert "Stopped: 4 of 6 wheels are made; the same command makes the others" in err
    result = project.build().ok()
    assert "2 wheels made, 4 kept, 0 failed" in result.out


@posix
def test_a_terminal_shows_what_is_being_built(project: Project) -> None:
    python = str(project.pip.python)
    code = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) != 0)"
    result = project.pip.run(
        *("-c", code, python, "-m", "pip", "variant", "build"),
        environ={"TERM": "xterm", "BROKEN": "12.6"},
        cwd=project.folder,
    )
    assert result.status == 1
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", result.out)
    assert "making the sdist" in shown
    assert "building cu130_v2, cu130_v3" in shown
    assert "[1/6] cu126_v2 failed: " in shown
    assert "4 wheels made, 0 kept, 2 failed" in shown


TWENTY = """
[variant.matrix]
environment = { CUDA = "{cuda}" }

[variant.matrix.axes.cuda]
property = "nvidia :: cuda_version_lower_bound"
values = ["12.0", "12.1", "12.2", "12.3", "12.4"]

[variant.matrix.axes.level]
property = "x86_64 :: level"
values = ["v1", "v2", "v3", "v4"]
"""


def test_a_matrix_of_twenty_is_built_and_indexed(builder: Pip, tmp_path: Path) -> None:
    project = Project(tmp_path / "project", builder, TWENTY)
    project.build("-j", "2").ok()
    assert len(project.wheels) == 20
    assert len(project.calls()) == 5
    release = json.loads((project.dist / "tiny-1.0-variants.json").read_text())
    assert len(release["variants"]) == 20
