"""Folders with names that need care: blanks, other alphabets, signs of URLs and shells."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.environments import Workshop
from tests.faults.matrix._place import InstallPlace, in_folder, make_environment
from tests.faults.matrix._pythons import this_python
from tests.faults.matrix._trial import (
    OURS,
    folder_options,
    index_options,
    plugin_trial,
    rows,
    trial,
)
from tests.kit import Index
from tests.running import WINDOWS, run

pytestmark = [pytest.mark.network, pytest.mark.slow]

WORST = "it's 100% #1 \N{LATIN SMALL LETTER U WITH DIAERESIS}n\N{SNOWMAN}"

NAMES = (
    "two words  and more",
    " blank in front",
    "-dash",
    "hash#label",
    "per%20cent %s",
    "one'quote",
    'a "word"',
    "semi;colon & $HOME `x`",
    "[glob] {x} *?",
    "plus+at@!~^",
    "back\\slash",
    "trailing dot.",
    "\N{CJK UNIFIED IDEOGRAPH-6F22}\N{CJK UNIFIED IDEOGRAPH-5B57}",
    "e\N{COMBINING ACUTE ACCENT} and \N{LATIN SMALL LETTER E WITH ACUTE}",
    "\N{SNAKE}",
    "new\nline",
)


@pytest.fixture(
    params=[
        WORST,
        *(pytest.param(name, marks=pytest.mark.thorough) for name in NAMES),
    ],
    ids=ascii,
)
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    name: str = request.param
    folder = tmp_path / name
    try:
        folder.mkdir()
    except OSError as error:
        pytest.skip(f"no such folder can be here: {error}")
    return folder


@pytest.fixture
def place(root: Path, workshop: Workshop) -> InstallPlace:
    """An environment, the working folder, the home, the cache: all in there."""
    make_environment(workshop, this_python(), root / "env")
    return in_folder(root / "env", root / "work")


def test_everything_is_in_such_a_folder(
    place: InstallPlace, root: Path, workshop: Workshop, thorough: bool
) -> None:
    source = folder_options(root / "index")
    trial(place, *source)
    a_project_file_is_read(place, *source)
    if not thorough:
        return
    plugin_trial(place, *source)
    the_script_works(place, root)
    another_environment_is_reached(place, root, workshop, *source)
    an_index_is_made_and_read(place, root)


def a_project_file_is_read(place: InstallPlace, *source: str | Path) -> None:
    file = place.project / "variants.toml"
    file.write_text('exclude = ["cu129"]\n', "utf-8")
    result = place.pip("install", "--dry-run", *source, "torch")
    file.unlink()
    assert result.would_install == ["torch-2.8.0-cu128"]


def the_script_works(place: InstallPlace, root: Path) -> None:
    """Wherever stock pip's own script does: it is written for a shell."""
    if WINDOWS:
        return
    command = (root / "env/bin/pip", "--version")
    off = {**place.environ(), "PIP_VARIANTS_OFF": "1"}
    try:
        stock = run(command, off, place.project, status=None)
    except OSError:
        return  # Its first line cannot name such a folder.
    if stock.status == 0:
        result = run(command, place.environ(), place.project)
        assert OURS in result.out
        assert not result.err


def another_environment_is_reached(
    place: InstallPlace, root: Path, workshop: Workshop, *source: str | Path
) -> None:
    make_environment(workshop, this_python(), root / "other", pip=None)
    other = in_folder(root / "other", root / "work").python[0]
    place.pip("--python", other, "install", *source, "torch")
    assert ["torch", "2.8.0", "cu129"] in rows(place.pip("--python", other, "list"))


def an_index_is_made_and_read(place: InstallPlace, root: Path) -> None:
    pages = root / "pages"
    place.pip("variant", "index", "--quiet", "--simple", pages, root / "index")
    source = ("--index-url", pages.as_uri())
    result = place.pip("install", "--dry-run", *source, "trainer")
    assert result.would_install == ["torch-2.8.0-cu129", "trainer-1.0"]


@pytest.mark.thorough
@pytest.mark.skipif(WINDOWS, reason="names there are text, not bytes")
def test_a_name_that_is_no_text(
    workshop: Workshop, tmp_path: Path, demo_index: Index
) -> None:
    """What a home or a cache is called may be in an encoding of another time."""
    root = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    try:
        root.mkdir()
    except OSError as error:
        pytest.skip(f"no such folder can be here: {error}")
    environment = workshop.environment(tmp_path / "env", hooked=True)
    place = in_folder(environment.root, root / "work")
    trial(place, *index_options(demo_index))
