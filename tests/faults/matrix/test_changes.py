"""pip and pip-variants are replaced by the pip that runs, release after release."""

from __future__ import annotations

from pathlib import Path

import pytest

from pip_variants import __version__
from tests.environments import NEWEST, PIPS, Workshop
from tests.faults.matrix._place import (
    InstallPlace,
    in_environment,
    in_folder,
    make_environment,
)
from tests.faults.matrix._pythons import find_python, this_python
from tests.faults.matrix._releases import rename_release
from tests.faults.matrix._trial import OURS, index_options, starts_in_silence, trial
from tests.kit import Index

pytestmark = [pytest.mark.network, pytest.mark.slow]

OLDER, NEWER = "0.0.9", "9.0.0"


@pytest.mark.thorough
def test_every_step_between_pips(
    workshop: Workshop, tmp_path: Path, demo_index: Index
) -> None:
    """Up by one release, and down again."""
    environment = workshop.environment(tmp_path / "env", pip=PIPS[0], hooked=True)
    place = in_environment(environment, tmp_path / "work")
    wheels = [workshop.pip_wheel(pip) for pip in PIPS]
    links = ("--no-index", "--find-links", wheels[0].parent)
    for pip in (*PIPS[1:], *reversed(PIPS[:-1]), NEWEST, PIPS[0]):
        result = place.pip("install", *links, f"pip=={pip}")
        assert f"Successfully installed pip-{pip}" in result.out
        assert place.pip("--version").out.startswith(f"pip {pip}{OURS} from ")
        starts_in_silence(place)
    trial(place, *index_options(demo_index))


@pytest.mark.thorough
@pytest.mark.parametrize("pip", PIPS)
def test_another_release_of_ours_and_back(
    pip: str, workshop: Workshop, tmp_path: Path, demo_index: Index
) -> None:
    """What only the other release has is gone with it."""
    environment = workshop.environment(tmp_path / "env", pip=pip, hooked=True)
    place = in_environment(environment, tmp_path / "work")
    before = environment.files()
    ours = workshop.our_wheel()
    for version in (OLDER, NEWER):
        other = rename_release(ours, version, tmp_path / version)
        changed = place.pip("install", "--no-index", other)
        assert f"Successfully installed pip-variants-{version}" in changed.out
        shown = place.pip("--version").out
        assert shown.startswith(f"pip {pip}+variants.{version} from ")
        back = place.pip("install", "--no-index", ours)
        assert f"Successfully installed pip-variants-{__version__}" in back.out
        assert environment.files() == before
    trial(place, *index_options(demo_index))


@pytest.mark.thorough
@pytest.mark.parametrize("pip", ["23.2", "24.2", "25.3"])
def test_a_pip_that_is_too_old_is_stock_pip_and_says_so_once(
    pip: str, workshop: Workshop, tmp_path: Path, demo_index: Index
) -> None:
    """As ensurepip brings one along; what it may do is to upgrade itself."""
    make_environment(workshop, this_python(), tmp_path / "env", pip=pip)
    place = InstallPlace(
        in_folder(tmp_path / "env", tmp_path).python,
        tmp_path / "work",
        noise=r"WARNING: pip-variants is off, plain pip runs: ",
    )
    starts_in_silence(place)
    shown = place.pip("--version")
    assert shown.out.startswith(f"pip {pip} from ")
    assert len(shown.err.splitlines()) == 1
    source = index_options(demo_index)
    tried = place.pip("install", "--dry-run", *source, "torch")
    assert tried.would_install == ["torch-2.8.0"]
    assert len(tried.err.splitlines()) == 1
    workshop.pip_wheel(NEWEST)
    links = ("--no-index", "--find-links", workshop.wheels)
    upgraded = place.pip("install", *links, "--upgrade", f"pip<={NEWEST}")
    assert len(upgraded.err.splitlines()) == 1
    assert place.pip("--version").out.startswith(f"pip {NEWEST}{OURS} from ")


@pytest.mark.thorough
@pytest.mark.parametrize("minor", [11, 12, 13, 14])
def test_ensurepip_of_every_python(
    minor: int, workshop: Workshop, tmp_path: Path
) -> None:
    """It installs the pip of that Python, whose messages may not hold a traceback."""
    python = find_python(minor)
    if python is None:
        pytest.skip(f"no Python 3.{minor} here")
    make_environment(workshop, python, tmp_path / "env")
    place = InstallPlace(
        in_folder(tmp_path / "env", tmp_path).python,
        tmp_path / "work",
        # The pip that it installs is none that pip-variants allows, and says so.
        noise=r"WARNING: pip-variants is off|ERROR: pip's dependency|pip-variants .* req",
    )
    if place.run("-c", "import ensurepip", status=None).status:
        pytest.skip("this Python comes without pip")
    place.pip("uninstall", "--yes", "pip")
    place.run("-m", "ensurepip", "--default-pip")
    result = place.pip("--version")
    assert (OURS in result.out) != bool(result.err)
