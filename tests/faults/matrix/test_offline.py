"""No network at all, not even this machine's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.matrix._place import InstallPlace
from tests.faults.matrix._trial import (
    folder_options,
    index_options,
    plugin_trial,
    starts_in_silence,
    trial,
)
from tests.faults.matrix._users import without_network
from tests.kit import Index

pytestmark = [pytest.mark.network, pytest.mark.slow]

# Nothing listens on the port for discarding.
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def alone_in_the_world(place: InstallPlace) -> InstallPlace:
    return replace(place, python=(*without_network(), *place.python))


def test_from_a_folder(
    alone_in_the_world: InstallPlace, tmp_path: Path, thorough: bool
) -> None:
    source = folder_options(tmp_path / "index")
    trial(alone_in_the_world, *source)
    if thorough:
        plugin_trial(alone_in_the_world, *source)


@pytest.mark.thorough
def test_behind_a_proxy_that_is_not_there(place: InstallPlace, tmp_path: Path) -> None:
    names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    variables = {**dict.fromkeys(names, NOWHERE), "NO_PROXY": "", "no_proxy": ""}
    trial(replace(place, variables=variables), *folder_options(tmp_path / "index"))


@pytest.mark.thorough
@pytest.mark.parametrize(
    "command",
    [
        "install --retries 0 trainer",
        "download --retries 0 trainer",
        "index --retries 0 versions trainer",
        "list --retries 0 --outdated",
        "check",
        "list",
    ],
)
def test_says_what_stock_pip_says(
    command: str, alone_in_the_world: InstallPlace, demo_index: Index
) -> None:
    """The error is pip's own: nothing is asked of anybody but the index."""
    environ = {"PIP_INDEX_URL": demo_index.url}
    off = {**environ, "PIP_VARIANTS_OFF": "1"}
    ours = replace(alone_in_the_world, variables=environ, noise=".*")
    stock = replace(alone_in_the_world, variables=off, noise=".*")
    words = command.split()
    found, expected = (each.pip(*words, status=None) for each in (ours, stock))
    assert found.status == expected.status
    assert found.err == expected.err
    assert found.out.split() == expected.out.split()


@pytest.mark.thorough
@pytest.mark.parametrize(
    "command",
    [
        "variant platform",
        "variant providers",
        "variant check",
        "variant explain --retries 0 torch",
        "variant cache info",
        "variant prioritize --list",
    ],
)
def test_verbs_end_without_a_traceback(
    command: str, alone_in_the_world: InstallPlace, demo_index: Index
) -> None:
    there = replace(
        alone_in_the_world, variables={"PIP_INDEX_URL": demo_index.url}, noise=".*"
    )
    result = there.pip(*command.split(), status=None)
    assert "Traceback" not in result.out + result.err
    assert result.status == ("explain" in command), str(result)
    starts_in_silence(alone_in_the_world)


@pytest.mark.thorough
def test_an_index_that_cannot_be_reached_leaves_nothing(
    alone_in_the_world: InstallPlace, demo_index: Index
) -> None:
    before = alone_in_the_world.files()
    source = ("--retries", "0", *index_options(demo_index))
    result = alone_in_the_world.pip("install", *source, "trainer", status=1)
    assert "No matching distribution found for trainer" in result.err
    assert alone_in_the_world.files() == before
    assert not alone_in_the_world.litter()
