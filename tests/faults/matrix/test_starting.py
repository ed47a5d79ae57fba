"""Options and variables of Python: pip is variant-aware under each, or is stock pip."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.environments import Environment
from tests.faults.matrix._place import InstallPlace, in_environment
from tests.faults.matrix._trial import index_options, plugin_trial, rows, trial
from tests.kit import Index

pytestmark = [pytest.mark.network, pytest.mark.slow]

OPTIONS = (
    *("-I", "-P", "-E -s", "-B", "-O", "-OO", "-u", "-q", "-bb", "-W error"),
    *("-X dev -W error", "-X utf8=0", "-X frozen_modules=off", "-X importtime"),
)

NOISE = {"-X importtime": "import time:"}

VARIABLES = (
    "PYTHONSAFEPATH=1",
    "PYTHONOPTIMIZE=2",
    "PYTHONDONTWRITEBYTECODE=1",
    "PYTHONNOUSERSITE=1",
    "PYTHONWARNINGS=error",
    "PYTHONDEVMODE=1",
    "PYTHONIOENCODING=ascii",
    "PYTHONIOENCODING=cp1252",
    "PYTHONUTF8=0",
    "PYTHONUNBUFFERED=1",
    "PYTHONINTMAXSTRDIGITS=640",
    "LC_ALL=C",
    "LC_ALL=POSIX",
    "COLUMNS=20",
    "NO_COLOR=1",
    "FORCE_COLOR=0",
)


@pytest.mark.thorough
@pytest.mark.parametrize("options", OPTIONS)
def test_with_options_of_python(
    options: str, place: InstallPlace, demo_index: Index
) -> None:
    python = (*place.python, *options.split())
    there = replace(place, python=python, noise=NOISE.get(options))
    trial(there, *index_options(demo_index))


@pytest.mark.thorough
@pytest.mark.parametrize("variable", VARIABLES)
def test_with_variables_of_the_environment(
    variable: str, place: InstallPlace, demo_index: Index
) -> None:
    name, _, text = variable.partition("=")
    trial(replace(place, variables={name: text}), *index_options(demo_index))


@pytest.mark.thorough
@pytest.mark.parametrize("options", ["-I", "-OO", "-P", "-W error"])
def test_plugins_are_asked_under_options(
    options: str, place: InstallPlace, demo_index: Index
) -> None:
    there = replace(place, python=(*place.python, *options.split()))
    plugin_trial(there, *index_options(demo_index))


@pytest.mark.thorough
def test_compiled_files_may_be_elsewhere(
    place: InstallPlace, tmp_path: Path, demo_index: Index
) -> None:
    folder = tmp_path / "compiled"
    there = replace(place, variables={"PYTHONPYCACHEPREFIX": str(folder)})
    trial(there, *index_options(demo_index))


class TestWithoutSite:
    """``python -S`` reads no .pth file, and has no site-packages folder."""

    def test_there_is_no_pip(self, place: InstallPlace) -> None:
        there = replace(place, python=(*place.python, "-S"))
        result = there.run("-m", "pip", "--version", status=1)
        assert result.err.endswith("No module named pip\n")

    def test_a_pip_on_the_path_is_stock_pip(
        self, hooked: Environment, place: InstallPlace, demo_index: Index
    ) -> None:
        there = replace(
            place,
            python=(*place.python, "-S"),
            variables={"PYTHONPATH": str(hooked.site)},
        )
        result = there.pip("install", "--dry-run", *index_options(demo_index), "torch")
        assert result.would_install == ["torch-2.8.0"]
        assert "variants" not in there.pip("--version").out


class TestWithoutDocstrings:
    """``python -OO`` removes docstrings, from which pip takes descriptions."""

    def test_help_has_no_empty_description(self, place: InstallPlace) -> None:
        there = replace(place, python=(*place.python, "-OO"))
        shown = there.pip("variant", "--help")
        assert ["None"] not in rows(shown)
        assert "explain     Tell which variant pip would take, and why." in shown.out

    @pytest.mark.thorough
    @pytest.mark.parametrize("command", ["install", "variant platform", "list"])
    def test_help_of_commands(self, command: str, place: InstallPlace) -> None:
        there = replace(place, python=(*place.python, "-OO"))
        shown = there.pip(*command.split(), "--help")
        assert ["None"] not in rows(shown)


@pytest.mark.skipif(os.name == "nt", reason="a program there is no script")
@pytest.mark.thorough
def test_the_script_of_pip_works_as_the_module_does(
    hooked: Environment, tmp_path: Path, demo_index: Index
) -> None:
    place = in_environment(hooked, tmp_path / "work")
    trial(replace(place, start=(hooked.scripts / "pip",)), *index_options(demo_index))
