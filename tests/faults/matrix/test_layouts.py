"""Where pip-variants lies: beside pip, elsewhere on the path, twice, as a checkout."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pip_variants import __version__
from tests.environments import CHECKOUT, NEWEST, Environment, Workshop
from tests.faults.matrix._place import InstallPlace, in_environment, in_folder, install
from tests.faults.matrix._pythons import this_python
from tests.faults.matrix._releases import rename_release
from tests.faults.matrix._trial import OURS, index_options, starts_in_silence, trial
from tests.kit import Index
from tests.running import alone, configured, run

pytestmark = [pytest.mark.network, pytest.mark.slow]

OLDER = "0.0.9"


@pytest.fixture
def older(workshop: Workshop, tmp_path: Path) -> Path:
    """The wheel of a release before this one."""
    return rename_release(workshop.our_wheel(), OLDER, tmp_path / "older")


def into_folder(workshop: Workshop, folder: Path, *wheels: Path) -> Path:
    """Install wheels with ``--target``; return that folder."""
    options = ("--no-index", "--no-deps", "--target", folder)
    command = (this_python(), workshop.pip_program(NEWEST), "install", *options)
    run((*command, *wheels), alone(workshop.folder / "home"), workshop.folder)
    return folder


class TestFolder:
    """``pip install --target``, which is then put on the path: no .pth file is read."""

    @pytest.fixture
    def folder(self, workshop: Workshop, tmp_path: Path) -> Path:
        wheels = (workshop.pip_wheel(NEWEST), workshop.our_wheel())
        return into_folder(workshop, tmp_path / "folder", *wheels)

    @pytest.fixture
    def bare(self, workshop: Workshop, tmp_path: Path) -> InstallPlace:
        environment = workshop.environment(tmp_path / "env", pip=None)
        return in_environment(environment, tmp_path / "work")

    @pytest.mark.thorough
    def test_on_the_path_it_is_stock_pip(
        self, folder: Path, bare: InstallPlace, demo_index: Index
    ) -> None:
        there = replace(bare, variables={"PYTHONPATH": str(folder)})
        trial(there, *index_options(demo_index), variants=False)

    @pytest.mark.thorough
    def test_as_a_site_folder_it_is_extended(
        self, folder: Path, bare: InstallPlace, demo_index: Index
    ) -> None:
        (site, _) = bare.sites
        line = f"import site; site.addsitedir({str(folder)!r})\n"
        (site / "more.pth").write_text(line, "utf-8")
        trial(bare, *index_options(demo_index))

    @pytest.mark.thorough
    def test_variantlib_needs_no_hook(self, folder: Path, bare: InstallPlace) -> None:
        there = replace(bare, variables={"PYTHONPATH": str(folder)})
        result = there.run("-m", "pip_variants.variantlib", "--version")
        assert __version__ in result.out


class TestTwoCopies:
    """The first on the path runs, once."""

    @pytest.mark.thorough
    def test_in_two_site_folders(
        self,
        older: Path,
        workshop: Workshop,
        tmp_path: Path,
        demo_index: Index,
    ) -> None:
        folder = into_folder(workshop, tmp_path / "folder", older)
        environment = workshop.environment(tmp_path / "env", hooked=True)
        line = f"import site; site.addsitedir({str(folder)!r})\n"
        (environment.site / "more.pth").write_text(line, "utf-8")
        place = in_environment(environment, tmp_path / "work")
        trial(place, *index_options(demo_index))
        place.pip("uninstall", "--yes", "pip-variants")
        assert f"+variants.{OLDER} " in place.pip("--version").out

    @pytest.mark.thorough
    def test_of_the_user_and_in_an_environment_that_sees_it(
        self, older: Path, workshop: Workshop, tmp_path: Path, demo_index: Index
    ) -> None:
        base = tmp_path / "base"
        python = this_python()
        making = ("-m", "venv", "--without-pip", "--system-site-packages")
        environ = alone(tmp_path / "home", PYTHONUSERBASE=str(base))
        run((python, *making, tmp_path / "env"), environ, tmp_path)
        options = ("--no-index", "--no-deps", "--user", "--break-system-packages")
        command = (python, workshop.pip_program(NEWEST), "install", *options)
        run((*command, older), environ, tmp_path)
        place = in_folder(tmp_path / "env", tmp_path / "work")
        place = replace(place, variables={"PYTHONUSERBASE": str(base)})
        install(workshop, place.python, NEWEST, environ=place.environ())
        trial(place, *index_options(demo_index))
        # pip itself was installed beside it.
        place.pip("uninstall", "--yes", "pip-variants")
        assert f"+variants.{OLDER} " in place.pip("--version").out


class TestCheckout:
    @pytest.mark.thorough
    def test_an_editable_installation(
        self, workshop: Workshop, tmp_path: Path, demo_index: Index
    ) -> None:
        environment = workshop.environment(tmp_path / "env")
        before = environment.files()
        environment.pip(
            "install", "--no-deps", "--editable", CHECKOUT, environ=configured()
        )
        place = in_environment(environment, tmp_path / "work")
        trial(place, *index_options(demo_index))
        place.pip("uninstall", "--yes", "pip-variants")
        assert environment.files() == before
        starts_in_silence(place)


class TestMoved:
    @pytest.mark.thorough
    def test_an_environment_that_was_moved(
        self, hooked: Environment, tmp_path: Path, demo_index: Index
    ) -> None:
        """No file of ours holds the place where it was installed."""
        root = Path(shutil.copytree(hooked.root, tmp_path / "moved", symlinks=True))
        place = in_folder(root, tmp_path / "work")
        shown = place.pip("--version")
        assert OURS in shown.out
        assert str(root) in shown.out
        trial(place, *index_options(demo_index))


class TestNothingStays:
    def test_after_it_was_used_and_uninstalled(
        self, workshop: Workshop, tmp_path: Path, demo_index: Index
    ) -> None:
        """Every file is as before, those that Python compiled included."""
        environment = workshop.environment(tmp_path / "env")
        place = in_environment(environment, tmp_path / "work")
        before = environment.files()
        links = ("--no-index", "--no-deps", workshop.our_wheel())
        place.pip("install", *links)
        trial(place, *index_options(demo_index))
        place.pip("uninstall", "--yes", "pip-variants")
        assert environment.files() == before
        assert not [*environment.site.rglob("*variant*")]
        starts_in_silence(place)
        assert OURS not in place.pip("--version").out
