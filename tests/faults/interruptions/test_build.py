"""``pip variant build``, ended at any moment: whole wheels, and nothing goes on."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from pip_variants.variantlib.metadata import VariantsJson
from pip_variants.variantlib.wheel import read_wheel
from tests.e2e._build_project import Project
from tests.faults._builds import BUILD, SHARED
from tests.faults.interruptions._sweep import ENDINGS, Mortal, every, linux, spread
from tests.kit import Pip

pytestmark = linux

_AVENGER = """
def hook(*args):
    import signal, subprocess
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    os.kill(int(os.environ["MORTAL"]), getattr(signal, os.environ["ENDING"]))
    time.sleep(600)

if os.environ.get("HOOK"):
    globals()[os.environ["HOOK"]] = hook
"""
"""A backend that ends the run, and goes on with a child of its own."""


@dataclass
class BuildPlace:
    project: Project
    mortal: Mortal

    def put_back(self) -> None:
        shutil.rmtree(self.project.dist, ignore_errors=True)
        self.mortal.clear()

    def check(self, moment: str) -> None:
        """Check that whatever is there is whole."""
        for wheel in self.project.wheels.values():
            with zipfile.ZipFile(wheel) as archive:
                assert archive.testzip() is None, moment
            if self.project.wheels.get(None) != wheel:
                assert not read_wheel(wheel).problems, moment
        for path in self.project.dist.glob("*.json"):
            assert not VariantsJson.from_bytes(path.read_bytes()).problems, moment
        for path in self.project.dist.glob(".variant-build/*.json"):
            json.loads(path.read_bytes())

    @property
    def names(self) -> list[str]:
        """The names of all that is in the folder, also in hidden ones."""
        return sorted(path.name for path in self.project.dist.rglob("*"))


@pytest.fixture(scope="module")
def place(
    shared_backends: Pip, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BuildPlace]:
    folder = tmp_path_factory.mktemp("build")
    pip = Pip(shared_backends.python, folder / "home")
    project = Project(folder / "project", pip, SHARED)
    with (project.folder / "backend.py").open("a", encoding="utf-8") as file:
        file.write(_AVENGER)
    with Mortal(pip, folder / "temporary", PIP_NO_INDEX="1") as mortal:
        yield BuildPlace(project, mortal)


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_built_is_whole_and_the_next_run_builds_the_rest(
    place: BuildPlace, ending: str, thorough: bool
) -> None:
    folder = place.project.folder
    place.put_back()
    place.mortal(*BUILD, folder=folder).ok()
    after = place.names
    picked = every if thorough else spread(3, ENDINGS.index(ending))
    for moment, run in place.mortal.sweep(
        *BUILD, before=place.put_back, ending=ending, picked=picked, folder=folder
    ):
        assert run.nothing_runs(), f"{moment}: {run.left_running}"
        assert "Traceback" not in run.err, f"{moment}: {run.err}"
        place.check(moment)
        if ending != "SIGKILL":
            assert run.status in (0, 1, -15), f"{moment}: {run}"
            unfinished = [name for name in place.names if name.endswith(".part")]
            assert [*unfinished, *place.mortal.leftovers()] == [], f"{moment}: {run}"
        again = place.mortal(*BUILD, folder=folder)
        assert again.status == 0, f"{moment}: {again.out}{again.err}"
        assert place.names == after, moment
        place.check(moment)


@pytest.mark.parametrize("hook", ["build_sdist", "build_wheel"])
def test_a_backend_ends_with_a_run_that_is_killed(place: BuildPlace, hook: str) -> None:
    """Nobody is there to end it: the system has to tell it."""
    place.put_back()
    variables = {"HOOK": hook, "ENDING": "SIGKILL"}
    run = place.mortal(*BUILD, folder=place.project.folder, variables=variables)
    assert run.status == -9
    assert run.nothing_runs(), run.left_running
    again = place.mortal(*BUILD, folder=place.project.folder).ok()
    assert "3 wheels made, 0 kept, 0 failed" in again.out
    place.check(hook)
