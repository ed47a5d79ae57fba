"""Environments that uv and virtualenv made, and what they install and remove there."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.environments import NEWEST, Workshop
from tests.faults.matrix._place import InstallPlace, in_folder, install
from tests.faults.matrix._pythons import this_python
from tests.faults.matrix._trial import (
    OURS,
    index_options,
    plugin_trial,
    starts_in_silence,
    trial,
)
from tests.kit import Index
from tests.running import WINDOWS, alone, run

pytestmark = [pytest.mark.network, pytest.mark.slow, pytest.mark.thorough]


def program(name: str) -> Path:
    """Return a program of this environment, or one on the path."""
    own = Path(sys.executable).parent
    found = shutil.which(name, path=own) or shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} here: group 'faults'")
    return Path(found)


class TestUv:
    @pytest.fixture
    def uv(self) -> tuple[str | Path, ...]:
        return program("uv"), "--offline", "--no-config", "--no-python-downloads"

    @pytest.fixture
    def environ(self, tmp_path: Path) -> dict[str, str]:
        cache = {"UV_CACHE_DIR": str(tmp_path / "uv"), "UV_NO_PROGRESS": "1"}
        return {
            name: text
            for name, text in alone(tmp_path / "home", **cache).items()
            if not name.startswith("UV_") or name in cache
        }

    @pytest.fixture(
        params=["", "--relocatable", "--system-site-packages", "--seed"], ids=str
    )
    def place(
        self,
        request: pytest.FixtureRequest,
        uv: tuple[str | Path, ...],
        environ: dict[str, str],
        workshop: Workshop,
        tmp_path: Path,
    ) -> InstallPlace:
        """An environment into which uv installs pip and pip-variants."""
        workshop.pip_wheel(NEWEST)
        options = [*filter(None, [request.param]), "--python", this_python()]
        if request.param == "--seed":
            # What it puts into an environment, by the Python that it is for.
            seeds = (f"pip=={NEWEST}", "setuptools", "wheel")
            workshop.download(tmp_path / "seeds", *seeds)
            options += ["--no-index", "--find-links", tmp_path / "seeds"]
        root = tmp_path / "env"
        run((*uv, "venv", "--quiet", *options, root), environ, tmp_path)
        place = in_folder(root, tmp_path / "work")
        before = {path for path in place.files() if "pip" not in path}
        self.install(uv, environ, place, workshop)
        assert before <= place.files()
        return place

    @staticmethod
    def install(
        uv: tuple[str | Path, ...],
        environ: dict[str, str],
        place: InstallPlace,
        workshop: Workshop,
    ) -> None:
        links = ("--no-index", "--no-build", "--find-links", workshop.wheels)
        command = ("pip", "install", "--quiet", "--python", *place.python)
        wheel = workshop.our_wheel()
        run(
            (*uv, *command, *links, f"pip=={NEWEST}", wheel), environ, place.work.parent
        )

    def test_the_trial(self, place: InstallPlace, demo_index: Index) -> None:
        trial(place, *index_options(demo_index))
        plugin_trial(place, *index_options(demo_index))

    def test_uv_uninstalls_it(
        self,
        place: InstallPlace,
        uv: tuple[str | Path, ...],
        environ: dict[str, str],
        demo_index: Index,
    ) -> None:
        (root,) = place.sites
        place.pip("install", "--dry-run", *index_options(demo_index), "trainer")
        command = ("pip", "uninstall", "--quiet", "--python", *place.python)
        run((*uv, *command, "pip-variants"), environ, place.work.parent)
        assert "variants" not in place.pip("--version").out
        assert not [*root.rglob("pip_variants*")]
        starts_in_silence(place)

    @pytest.mark.skipif(WINDOWS, reason="a program there is no script")
    def test_an_environment_that_was_moved(
        self,
        uv: tuple[str | Path, ...],
        environ: dict[str, str],
        workshop: Workshop,
        tmp_path: Path,
        demo_index: Index,
    ) -> None:
        made = tmp_path / "made"
        options = ("--quiet", "--relocatable", "--python", this_python())
        run((*uv, "venv", *options, made), environ, tmp_path)
        self.install(uv, environ, in_folder(made, tmp_path / "work"), workshop)
        moved = made.rename(tmp_path / "moved")
        place = in_folder(moved, tmp_path / "work")
        trial(place, *index_options(demo_index))
        script = run([moved / "bin/pip", "--version"], place.environ(), place.project)
        assert OURS in script.out


class TestVirtualenv:
    @pytest.fixture(
        params=["", "--copies", "--symlinks", "--system-site-packages", "--no-pip"],
        ids=str,
    )
    def place(
        self, request: pytest.FixtureRequest, workshop: Workshop, tmp_path: Path
    ) -> InstallPlace:
        options = [*filter(None, [request.param]), "--python", this_python()]
        environ = {
            name: text
            for name, text in alone(tmp_path / "home").items()
            if not name.startswith("VIRTUALENV_")
        }
        environ["VIRTUALENV_OVERRIDE_APP_DATA"] = str(tmp_path / "app-data")
        root = tmp_path / "env"
        command = (program("virtualenv"), "--quiet", "--no-download", *options, root)
        run(command, environ, tmp_path)
        place = in_folder(root, tmp_path / "work")
        install(workshop, place.python, NEWEST)
        return place

    def test_the_trial(self, place: InstallPlace, demo_index: Index) -> None:
        trial(place, *index_options(demo_index))
        plugin_trial(place, *index_options(demo_index))

    def test_uninstalling_leaves_nothing(self, place: InstallPlace) -> None:
        (root,) = place.sites
        place.pip("uninstall", "--yes", "pip-variants")
        assert not [*root.rglob("pip_variants*")]
        assert "variants" not in place.pip("--version").out
        starts_in_silence(place)

    @pytest.mark.skipif(os.name == "nt", reason="a program there is no script")
    def test_its_script_of_pip(self, place: InstallPlace, demo_index: Index) -> None:
        (root,) = place.sites
        shown = run([root / "bin/pip", "--version"], place.environ(), root)
        assert OURS in shown.out
        dry = replace(place, python=(*place.python, "-I"))
        source = index_options(demo_index)
        tried = dry.pip("install", "--dry-run", *source, "torch")
        assert tried.would_install == ["torch-2.8.0-cu129"]
