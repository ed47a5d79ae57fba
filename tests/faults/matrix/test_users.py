"""A user without rights, an installation of the user's own, a Python of the system."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.environments import NEWEST, Workshop
from tests.faults.matrix._place import (
    InstallPlace,
    in_folder,
    install,
    make_environment,
)
from tests.faults.matrix._pythons import MINORS, managed_python, python_for
from tests.faults.matrix._trial import (
    OURS,
    index_options,
    plugin_trial,
    starts_in_silence,
    trial,
)
from tests.faults.matrix._users import as_nobody, give
from tests.kit import Index

pytestmark = [pytest.mark.network, pytest.mark.slow]

NO_CACHE = "WARNING: The directory .* or its parent directory is not owned"


@pytest.fixture
def commons() -> Iterator[Path]:
    """A folder that everybody may enter; those of pytest are their owner's alone."""
    folder = Path(tempfile.mkdtemp(prefix="pip-variants-users-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def python_of(nobody: tuple[str, ...]) -> Path:
    """Return a Python that this user may run, or skip the test."""
    for minor in MINORS:
        found = python_for(minor, nobody)
        if found is not None:
            return found
    pytest.skip("that user may run no supported Python here")


class TestNobody:
    """pip runs as a user without rights, in an environment of that user's."""

    @pytest.fixture
    def place(self, commons: Path, workshop: Workshop) -> InstallPlace:
        nobody = as_nobody()
        make_environment(workshop, python_of(nobody), commons / "env")
        there = in_folder(commons / "env", commons / "work")
        give(commons)
        # The folders are made by whoever runs the tests.
        for folder in (there.project, there.home, there.temporary):
            folder.mkdir(parents=True)
        give(there.work)
        return replace(there, python=(*nobody, *there.python))

    def test_in_an_environment_of_its_own(
        self, place: InstallPlace, demo_index: Index, thorough: bool
    ) -> None:
        trial(place, *index_options(demo_index))
        if thorough:
            plugin_trial(place, *index_options(demo_index))

    @pytest.mark.thorough
    def test_with_a_home_of_somebody_else(
        self, place: InstallPlace, demo_index: Index
    ) -> None:
        os.chown(place.home, 0, 0)
        there = replace(
            place,
            variables={"PIP_CACHE_DIR": str(place.home / "cache")},
            noise=NO_CACHE,
        )
        trial(there, *index_options(demo_index))
        plugin_trial(there, *index_options(demo_index))
        assert not list(place.home.iterdir())

    @pytest.mark.thorough
    def test_in_a_folder_of_somebody_else(
        self, place: InstallPlace, demo_index: Index
    ) -> None:
        os.chown(place.project, 0, 0)
        trial(place, *index_options(demo_index))

    @pytest.mark.thorough
    def test_in_an_environment_of_somebody_else(
        self, place: InstallPlace, demo_index: Index
    ) -> None:
        """It may look, and not install: with pip's own words."""
        (site,) = place.sites
        for path in (site, *site.rglob("*")):
            os.chown(path, 0, 0, follow_symlinks=False)
        source = index_options(demo_index)
        tried = place.pip("install", "--dry-run", *source, "trainer")
        assert tried.would_install == ["torch-2.8.0-cu129", "trainer-1.0"]
        before = place.files()
        off = replace(place, variables={"PIP_VARIANTS_OFF": "1"})
        failed, stock = (
            each.pip("install", *source, "trainer", status=1) for each in (place, off)
        )
        assert failed.err == stock.err
        assert place.files() == before
        starts_in_silence(place)


class TestUserInstallation:
    """``pip install --user``: everything lies in a folder of the user's."""

    @staticmethod
    def installed(
        python: tuple[str | Path, ...], folder: Path, workshop: Workshop
    ) -> InstallPlace:
        base = folder / "base"
        variables = {
            "PYTHONUSERBASE": str(base),
            "PIP_USER": "1",
            "PIP_BREAK_SYSTEM_PACKAGES": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
            "PATH": os.pathsep.join([str(base / "bin"), *os.get_exec_path()]),
        }
        place = InstallPlace(
            python, folder / "work", sites=(base,), variables=variables
        )
        install(workshop, python, NEWEST, environ=place.environ())
        return place

    @pytest.mark.thorough
    def test_as_the_one_who_runs_the_tests(
        self, workshop: Workshop, tmp_path: Path, demo_index: Index
    ) -> None:
        python = managed_python() or python_for(MINORS[0], ())
        if python is None:
            pytest.skip("no Python here that is not an environment")
        place = self.installed((python,), tmp_path, workshop)
        trial(place, *index_options(demo_index))

    @pytest.mark.thorough
    def test_as_nobody(
        self, commons: Path, workshop: Workshop, demo_index: Index
    ) -> None:
        nobody = as_nobody()
        python = python_of(nobody)
        place = self.installed((python,), commons, workshop)
        for folder in (place.project, place.home, place.temporary):
            folder.mkdir(parents=True, exist_ok=True)
        give(commons)
        there = replace(place, python=(*nobody, python))
        trial(there, *index_options(demo_index))

    @pytest.mark.thorough
    @pytest.mark.parametrize("options", ["-s", "-I", "-E -s"])
    def test_without_the_folder_of_the_user(
        self, options: str, workshop: Workshop, tmp_path: Path
    ) -> None:
        """What lies in there is then not there: neither that pip nor the hook."""
        python = managed_python() or python_for(MINORS[0], ())
        if python is None:
            pytest.skip("no Python here that is not an environment")
        place = self.installed((python,), tmp_path, workshop)
        there = replace(place, python=(python, *options.split()), noise=".*")
        result = there.pip("--version", status=None)
        assert OURS not in result.out
        assert "pip-variants" not in result.err


class TestManagedBySystem:
    """A Python whose packages belong to the system (PEP 668)."""

    @pytest.fixture
    def place(self, workshop: Workshop, tmp_path: Path) -> InstallPlace:
        python = managed_python()
        if python is None:
            pytest.skip("no Python here that is managed by the system")
        made = TestUserInstallation.installed((python,), tmp_path, workshop)
        kept = {**made.variables}
        for name in ("PIP_USER", "PIP_BREAK_SYSTEM_PACKAGES"):
            del kept[name]
        return replace(made, variables=kept)

    @pytest.mark.thorough
    @pytest.mark.parametrize("command", ["install", "uninstall --yes"])
    def test_refuses_as_stock_pip_does(
        self, place: InstallPlace, demo_index: Index, command: str
    ) -> None:
        words = [*command.split(), "pip-variants"]
        if command == "install":
            words = ["install", *index_options(demo_index), "trainer"]
        off = replace(place, variables={**place.variables, "PIP_VARIANTS_OFF": "1"})
        refused, stock = (each.pip(*words, status=1) for each in (place, off))
        assert refused.err.startswith("error: externally-managed-environment")
        assert refused.err == stock.err
        assert refused.out == stock.out

    @pytest.mark.thorough
    def test_looks_all_the_same(self, place: InstallPlace, demo_index: Index) -> None:
        source = index_options(demo_index)
        # pip allows this for the report's sake.
        command = ("install", "--dry-run", "--report", place.work / "report.json")
        tried = place.pip(*command, *source, "trainer")
        assert tried.would_install == ["torch-2.8.0-cu129", "trainer-1.0"]
        shown = place.pip("variant", "explain", *source, "torch")
        assert "cu129" in shown.out
