"""The index, the pips and the two sides of the comparison."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.environments import PIPS, Workshop
from tests.faults.commands import _packages
from tests.faults.commands._sides import Indexes, Sides
from tests.kit import Index

HERE = "of the tests"


@pytest.fixture(scope="session")
def plain_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("plain") / "index"
    habits = {"yanked": _packages.YANKED, "upload_times": _packages.TIMES}
    with Index(folder, **habits) as index:
        _packages.fill(index)
        yield index


@pytest.fixture(scope="session")
def variant_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index(tmp_path_factory.mktemp("variants") / "index") as index:
        _packages.fill_with_variants(index)
        yield index


@pytest.fixture(scope="session")
def things(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("things")
    _packages.write_things(folder)
    return folder


@pytest.fixture(
    scope="session",
    params=[
        HERE,
        *(
            pytest.param(
                release,
                marks=[pytest.mark.thorough, pytest.mark.network],
            )
            for release in PIPS
            # That of the tests ran already.
            if not version("pip").startswith(f"{release}.")
            and version("pip") != release
        ),
    ],
)
def pip_release(request: pytest.FixtureRequest) -> str:
    """The pip that both sides have: that of the tests, or another release."""
    return str(request.param)


@pytest.fixture(scope="session")
def sides(
    tmp_path_factory: pytest.TempPathFactory,
    pip_release: str,
    plain_index: Index,
    variant_index: Index,
    things: Path,
) -> Sides:
    wheel, release = None, version("pip")
    if pip_release != HERE:
        release = pip_release
        workshop = Workshop(tmp_path_factory.getbasetemp() / "workshop")
        wheel = workshop.pip_wheel(pip_release)
    folder = tmp_path_factory.mktemp("sides")
    return Sides(folder, Indexes(plain_index, variant_index), things, wheel, release)
