"""J17: any front end builds variants, through a backend that delegates to another."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.kit import Pip
from tests.providers.zoo import install_into
from tests.running import Result

_FLIT = "flit_core.buildapi"
_SETUPTOOLS = "setuptools.build_meta"

_PROJECT = """\
[build-system]
requires = ["pip-variants"]
build-backend = "pip_variants.build_backend"

[project]
name = "tiny"
version = "1.0"
description = "tiny"

[tool.setuptools]
py-modules = ["tiny"]

[variant]
build-backend = "BACKEND"

[variant.default-priorities]
namespace = ["x86_64"]

[variant.providers.x86_64]
requires = ["provider-variant-x86-64"]

[variant.variants.fast]
x86_64.level = ["v3"]
"""


class Project:
    def __init__(self, folder: Path, pip: Pip, backend: str, more: str = "") -> None:
        self.folder = folder
        self.dist = folder / "dist"
        self.pip = pip
        folder.mkdir()
        (folder / "tiny.py").write_text('"""Tiny."""\n__version__ = "1.0"\n')
        text = _PROJECT.replace("BACKEND", backend) + more
        (folder / "pyproject.toml").write_text(text)

    def build(self, *args: str) -> Result:
        """Run ``python -m build`` in the environment as it is."""
        command = ("-m", "build", "--no-isolation", "--skip-dependency-check", *args)
        return self.pip.run(*command, cwd=self.folder)

    @property
    def wheels(self) -> list[str]:
        return sorted(path.name for path in self.dist.glob("*.whl"))

    @property
    def inside(self) -> Any:
        """What the only wheel says about its variant."""
        (wheel,) = self.dist.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            assert archive.testzip() is None
            names = [n for n in archive.namelist() if n.endswith("variant.json")]
            (name,) = names
            assert any(
                line.startswith(f"{name},sha256=")
                for member in archive.namelist()
                if member.endswith("/RECORD")
                for line in archive.read(member).decode().splitlines()
            )
            return json.loads(archive.read(name))


@pytest.fixture(params=[_FLIT, _SETUPTOOLS])
def project(request: pytest.FixtureRequest, tmp_path: Path, backends: Pip) -> Project:
    return Project(tmp_path / "project", backends, request.param)


def plain(name: str) -> bool:
    return name.count("-") == 4


def test_without_a_word_about_variants_the_wheel_is_plain(project: Project) -> None:
    """R99."""
    result = project.build("--wheel")
    assert result.status == 0, result.both
    (name,) = project.wheels
    assert plain(name)


@pytest.mark.parametrize(
    ("settings", "label", "properties"),
    [
        (["-Cvariant-label=fast"], "fast", {"x86_64": {"level": ["v3"]}}),
        # Seed 004, with the hash that the published tools give.
        (
            ["-Cvariant-name=x86_64::level::v3"],
            "fa7c1393",
            {"x86_64": {"level": ["v3"]}},
        ),
        (
            ["-Cvariant-name=x86_64 :: level :: v3", "-Cvariant-label=mine"],
            "mine",
            {"x86_64": {"level": ["v3"]}},
        ),
        (["-Cnull-variant=true"], "null", {}),
        (["-Cvariant-label=null"], "null", {}),
    ],
)
def test_a_variant_is_built_when_it_is_asked_for(
    project: Project, settings: list[str], label: str, properties: Any
) -> None:
    result = project.build("--wheel", *settings)
    assert result.status == 0, result.both
    (name,) = project.wheels
    assert name.endswith(f"-{label}.whl")
    assert project.inside["variants"] == {label: properties}


def test_an_sdist_comes_along(project: Project) -> None:
    """The front end gives the same settings to the hook of the sdist."""
    result = project.build("-Cvariant-label=fast")
    assert result.status == 0, result.both
    assert [path.name for path in project.dist.glob("*.tar.gz")] == ["tiny-1.0.tar.gz"]
    assert project.inside["variants"] == {"fast": {"x86_64": {"level": ["v3"]}}}


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            ["-Cvariant-label=slow"],
            "no properties are given for 'slow', and the project describes only these: fast",
        ),
        (["-Cvariant-label=a", "-Cvariant-label=b"], "may be given only once"),
        (["-Cvariant-label=../../x"], "'../../x' is no variant label"),
        (["-Cvariant-name=nonsense"], "'nonsense' is no property"),
        (
            ["-Cvariant-name=x86_64::level::v9"],
            "the built-in provider knows no value 'v9'",
        ),
        (["-Cvariant-name=gpu::a::b"], "the namespace 'gpu' is not listed"),
        (["-Cnull-variant=perhaps"], "-Cnull-variant=perhaps must be true or false"),
        (
            ["-Cnull-variant=true", "-Cvariant-name=x86_64::level::v3"],
            "a null variant has no properties",
        ),
    ],
)
def test_a_variant_that_cannot_be_is_refused_in_a_sentence(
    tmp_path: Path, backends: Pip, settings: list[str], told: str
) -> None:
    project = Project(tmp_path / "project", backends, _FLIT)
    result = project.build("--wheel", *settings)
    assert result.status != 0
    (line,) = [
        line
        for line in result.both.splitlines()
        if line.startswith("pip_variants.build_backend: ")
    ]
    assert told in line
    assert "Traceback" not in result.both
    assert project.wheels == []


def test_pip_builds_variants_too(project: Project) -> None:
    """pip prepares metadata first: the wheel must have the same."""
    result = project.pip(
        "wheel",
        "--no-build-isolation",
        "--no-deps",
        "--wheel-dir",
        project.dist,
        "-Cvariant-label=fast",
        project.folder,
    ).ok()
    (name,) = project.wheels
    assert name.endswith("-fast.whl"), result.out
    assert project.inside["variants"] == {"fast": {"x86_64": {"level": ["v3"]}}}


def test_prepared_metadata_is_that_of_the_wheel(
    project: Project, tmp_path: Path
) -> None:
    """PEP 517: a wheel is built with the metadata that was prepared for it."""
    prepared, built = tmp_path / "prepared", tmp_path / "built"
    prepared.mkdir()
    built.mkdir()
    settings = {"variant-label": "fast"}
    code = (
        "from pip_variants import build_backend as b; from pathlib import Path;"
        f"name = b.prepare_metadata_for_build_wheel({str(prepared)!r}, {settings!r});"
        f"path = str(Path({str(prepared)!r}, name));"
        f"b.build_wheel({str(built)!r}, {settings!r}, path)"
    )
    project.pip.run("-c", code, cwd=project.folder).ok()
    (wheel,) = built.iterdir()
    (folder,) = prepared.glob("*.dist-info")
    with zipfile.ZipFile(wheel) as archive:
        for file in folder.iterdir():
            if file.name != "RECORD":
                inside = archive.read(f"{folder.name}/{file.name}")
                assert inside == file.read_bytes(), file.name
    assert (folder / "variant.json").exists()


def test_an_editable_install_is_that_of_the_other_backend(
    tmp_path: Path, backends: Pip
) -> None:
    project = Project(tmp_path / "project", backends, _FLIT)
    target = ("--target", str(tmp_path / "target"), "--no-build-isolation", "--no-deps")
    project.pip("install", *target, "-e", project.folder).ok()
    assert any((tmp_path / "target").glob("tiny*.pth"))
    result = project.pip(
        "install", *target, "-Cvariant-label=fast", "-e", project.folder
    )
    assert result.status != 0
    told = "an editable install cannot be a variant: leave out -Cvariant-label"
    assert told in result.both


_HOOKS = """
import json, sys
from pip_variants import build_backend as b
hooks = [
    "build_wheel", "get_requires_for_build_wheel", "prepare_metadata_for_build_wheel",
    "build_sdist", "get_requires_for_build_sdist", "build_editable",
    "get_requires_for_build_editable", "prepare_metadata_for_build_editable",
]
print(json.dumps([hook for hook in hooks if hasattr(b, hook)]))
"""


def run_inside(project: Project, code: str) -> Any:
    found = {"PYTHONPATH": str(project.folder)}
    result = project.pip.run("-c", code, environ=found, cwd=project.folder).ok()
    return json.loads(result.out)


def test_only_hooks_that_the_other_backend_has_are_there(
    tmp_path: Path, backends: Pip
) -> None:
    """PEP 517: front ends find out by looking for them."""
    project = Project(tmp_path / "project", backends, "small")
    (project.folder / "small.py").write_text("def build_wheel(*args): ...\n")
    assert run_inside(project, _HOOKS) == [
        "build_wheel",
        "get_requires_for_build_wheel",
    ]


def test_a_backend_in_the_tree_is_reached_through_a_module_beside_it(
    tmp_path: Path, backends: Pip
) -> None:
    project = Project(tmp_path / "project", backends, "own")
    text = (project.folder / "pyproject.toml").read_text()
    (project.folder / "pyproject.toml").write_text(
        text.replace(
            'build-backend = "pip_variants.build_backend"',
            'build-backend = "beside"\nbackend-path = ["."]',
        )
    )
    (project.folder / "own.py").write_text("from flit_core.buildapi import *\n")
    (project.folder / "beside.py").write_text(
        "from pip_variants.build_backend import (\n"
        "    build_sdist, build_wheel, get_requires_for_build_wheel)\n"
    )
    result = project.build("--wheel", "-Cvariant-label=fast")
    assert result.status == 0, result.both
    assert project.inside["variants"] == {"fast": {"x86_64": {"level": ["v3"]}}}


_ECHO = """
import json, os

class hooks:
    @staticmethod
    def get_requires_for_build_wheel(config_settings=None):
        return [json.dumps([config_settings, os.environ.get("CUDA")])]

    @staticmethod
    def build_sdist(folder, config_settings=None):
        return json.dumps(config_settings)

    build_wheel = build_sdist
"""


def test_other_settings_and_the_variables_of_the_matrix_are_handed_on(
    tmp_path: Path, backends: Pip
) -> None:
    matrix = (
        '[variant.matrix]\nlabel = "x_{level}"\nenvironment = {CUDA = "{level}"}\n'
        'config-settings = {jobs = "1", flag = "{level}"}\n'
        '[variant.matrix.axes.level]\nproperty = "x86_64 :: level"\nvalues = ["v2"]\n'
    )
    project = Project(tmp_path / "project", backends, "echo:hooks", matrix)
    (project.folder / "echo.py").write_text(_ECHO)
    code = (
        "import json; from pip_variants import build_backend as b;"
        "settings = {'variant-label': 'x_v2', 'jobs': '9'};"
        "asked = b.get_requires_for_build_wheel(settings);"
        "print(json.dumps([asked, b.build_sdist('.', settings), b.build_sdist('.'),"
        " b.build_sdist('.', {'a': 'b'})]))"
    )
    (asked, *sdists) = run_inside(project, code)
    assert [json.loads(text) for text in asked] == [[{"jobs": "9", "flag": "v2"}, "v2"]]
    # An sdist is the same for all variants.
    assert [json.loads(text) for text in sdists] == [{"jobs": "9"}, None, {"a": "b"}]


@pytest.mark.parametrize(
    ("backend", "told"),
    [
        ("nowhere", "the backend 'nowhere' of variant.build-backend cannot be loaded"),
        ("json:nothing", "the backend 'json:nothing' of variant.build-backend cannot"),
        (".relative", "the backend '.relative' of variant.build-backend cannot"),
        ("json", "variant.build-backend: 'json' is no build backend: it has no"),
        ("json:__name__", "'json:__name__' is no build backend: it has no build_wheel"),
        ("pip_variants.build_backend", "names pip_variants.build_backend itself"),
    ],
)
def test_a_backend_that_is_none_is_told(
    tmp_path: Path, backends: Pip, backend: str, told: str
) -> None:
    project = Project(tmp_path / "project", backends, backend)
    result = project.build("--wheel")
    assert result.status != 0
    assert told in result.both
    assert "Traceback" not in result.both


def test_a_project_that_names_no_backend_is_told(tmp_path: Path, backends: Pip) -> None:
    project = Project(tmp_path / "project", backends, _FLIT)
    text = (project.folder / "pyproject.toml").read_text()
    (project.folder / "pyproject.toml").write_text(
        text.replace(f'build-backend = "{_FLIT}"', "")
    )
    result = project.build("--wheel")
    assert result.status != 0
    assert "does not say in variant.build-backend which backend builds" in result.both


def test_a_static_list_is_filled_in_by_its_plugin(
    own_pip: Pip, links: Path, tmp_path: Path
) -> None:
    """R100, R101, R104: the plugin is a build requirement, and answers for the wheel."""
    own_pip("install", "--no-index", "--find-links", links, "build", "flit-core").ok()
    more = (
        '[variant.providers.zoo]\nbuild-requires = ["zoo-gen6"]\nplugin-api = "zoo_gen6:Plugin"\n'
        '[variant.variants.red]\nzoo.colour = ["red"]\n'
    )
    project = Project(tmp_path / "project", own_pip, _FLIT, more)
    text = (project.folder / "pyproject.toml").read_text()
    (project.folder / "pyproject.toml").write_text(
        text.replace('namespace = ["x86_64"]', 'namespace = ["zoo", "x86_64"]')
    )
    code = (
        "import json; from pip_variants import build_backend as b;"
        "print(json.dumps([b.get_requires_for_build_wheel(each) for each in"
        " ({'variant-label': 'red'}, {})]))"
    )
    assert run_inside(project, code) == [["zoo-gen6"], []]
    result = project.build("--wheel", "-Cvariant-label=red")
    assert result.status != 0
    assert "zoo-gen6" in result.both
    install_into(own_pip.site, "gen6")
    result = project.build("--wheel", "-Cvariant-label=red")
    assert result.status == 0, result.both
    provider = project.inside["providers"]["zoo"]
    assert provider["static-properties"] == {"speed": ["2", "1"], "colour": ["red"]}
    assert "build-requires" not in provider
