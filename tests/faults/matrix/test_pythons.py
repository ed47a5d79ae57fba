"""The small trial on every Python that is here, with every pip that we support."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.environments import NEWEST, PIPS, Workshop
from tests.faults.matrix._place import in_environment, in_folder, make_environment
from tests.faults.matrix._pythons import MINORS, find_python
from tests.faults.matrix._trial import index_options, plugin_trial, trial
from tests.kit import Index

pytestmark = [pytest.mark.network, pytest.mark.slow]


def the_python(minor: int) -> Path:
    found = find_python(minor)
    if found is None:
        pytest.skip(f"no Python 3.{minor} here")
    return found


def cells() -> list[object]:
    """Every pair; the short run takes the newest pip of each other Python."""
    return [
        pytest.param(
            minor,
            pip,
            id=f"python3.{minor}-pip{pip}",
            marks=[] if pip == NEWEST else [pytest.mark.thorough],
        )
        for minor in MINORS
        if minor != sys.version_info.minor
        for pip in PIPS
    ]


@pytest.mark.parametrize(("minor", "pip"), cells())
def test_a_python_and_a_pip(
    minor: int, pip: str, workshop: Workshop, tmp_path: Path, demo_index: Index
) -> None:
    make_environment(workshop, the_python(minor), tmp_path / "env", pip=pip)
    trial(in_folder(tmp_path / "env", tmp_path / "work"), *index_options(demo_index))


@pytest.mark.parametrize("pip", PIPS)
def test_every_pip_on_this_python(
    pip: str, workshop: Workshop, tmp_path: Path, demo_index: Index
) -> None:
    environment = workshop.environment(tmp_path / "env", pip=pip, hooked=True)
    place = in_environment(environment, tmp_path / "work")
    trial(place, *index_options(demo_index))


@pytest.mark.thorough
@pytest.mark.parametrize("minor", MINORS)
def test_plugins_are_asked_by_every_python(
    minor: int, workshop: Workshop, tmp_path: Path, demo_index: Index
) -> None:
    make_environment(workshop, the_python(minor), tmp_path / "env")
    place = in_folder(tmp_path / "env", tmp_path / "work")
    plugin_trial(place, *index_options(demo_index))
