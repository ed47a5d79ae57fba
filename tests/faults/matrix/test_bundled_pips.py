"""A pip that is not installed: a zip application, a wheel, an unpacked folder."""

from __future__ import annotations

import shutil
import zipapp
from dataclasses import replace
from pathlib import Path

import pytest

from tests.environments import NEWEST, PIPS, Workshop
from tests.faults.matrix._place import InstallPlace, in_folder, make_environment
from tests.faults.matrix._trial import index_options, plugin_trial, trial
from tests.kit import Index

pytestmark = [pytest.mark.network, pytest.mark.slow]

BUNDLES = ("zipapp", "wheel", "folder")

MAIN = """\
import sys
from pip._internal.cli.main import main
sys.exit(main())
"""


def bundle(kind: str, version: str, workshop: Workshop, folder: Path) -> Path:
    """Return what Python can run as pip."""
    folder.mkdir()
    if kind == "wheel":
        return Path(shutil.copy(workshop.pip_wheel(version), folder)) / "pip"
    copy = folder / "source" / "pip"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(workshop.pip_program(version), copy, ignore=ignored)
    if kind == "folder":
        return copy
    (copy.parent / "__main__.py").write_text(MAIN, "utf-8")
    zipapp.create_archive(copy.parent, folder / "pip.pyz")
    return folder / "pip.pyz"


@pytest.mark.thorough
@pytest.mark.parametrize("version", PIPS)
@pytest.mark.parametrize("kind", BUNDLES)
def test_it_is_extended_by_the_hook_of_the_environment(
    kind: str,
    version: str,
    place: InstallPlace,
    workshop: Workshop,
    tmp_path: Path,
    demo_index: Index,
) -> None:
    program = bundle(kind, version, workshop, tmp_path / "bundle")
    there = replace(place, start=(program,))
    trial(there, *index_options(demo_index))
    plugin_trial(there, *index_options(demo_index))


@pytest.mark.thorough
@pytest.mark.parametrize("kind", BUNDLES)
def test_it_is_stock_pip_where_the_hook_is_not(
    kind: str, workshop: Workshop, tmp_path: Path, demo_index: Index
) -> None:
    environment = workshop.environment(tmp_path / "env", pip=None)
    program = bundle(kind, NEWEST, workshop, tmp_path / "bundle")
    there = replace(in_folder(environment.root, tmp_path / "work"), start=(program,))
    trial(there, *index_options(demo_index), variants=False)


@pytest.mark.thorough
@pytest.mark.parametrize("version", PIPS)
@pytest.mark.parametrize("kind", BUNDLES)
def test_it_takes_the_hook_along_to_another_environment(
    kind: str,
    version: str,
    place: InstallPlace,
    workshop: Workshop,
    tmp_path: Path,
    demo_index: Index,
) -> None:
    other = workshop.environment(tmp_path / "other", pip=None)
    program = bundle(kind, version, workshop, tmp_path / "bundle")
    there = replace(place, start=(program, "--python", other.python))
    source = index_options(demo_index)
    result = there.pip("install", "--dry-run", *source, "torch")
    assert result.would_install == ["torch-2.8.0-cu129"]


@pytest.mark.thorough
def test_a_zip_application_of_any_python(
    workshop: Workshop, tmp_path: Path, demo_index: Index, other_python: Path
) -> None:
    make_environment(workshop, other_python, tmp_path / "env")
    program = bundle("zipapp", NEWEST, workshop, tmp_path / "bundle")
    place = in_folder(tmp_path / "env", tmp_path / "work")
    trial(replace(place, start=(program,)), *index_options(demo_index))
