"""What publishers write, with the command ended at any moment: as before, or as after."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults._snapshots import Tree, tree
from tests.faults.interruptions._sweep import (
    ENDINGS,
    Ended,
    Mortal,
    every,
    linux,
    spread,
)
from tests.kit import LEVELS, Index, Pip

pytestmark = linux

_DIGITS = 16
# What only the next run reads: it holds dates, and is checked by what that run does.
_PRIVATE = (".pip-variant-index.json", ".pip-variant-index.lock")


@dataclass(frozen=True)
class Case:
    """A command that writes something.

    :param line: its arguments; it works in a folder with ``wheels``, and ``index`` is
        replaced by the address of an index.
    :param written: the files that it writes, at least.
    :param by_pip: a file that pip itself writes, and not in one step.
    """

    line: tuple[str, ...]
    written: tuple[str, ...]
    by_pip: str = ""


_WHEEL = "wheels/demo-1.0-py3-none-any"

CASES = {
    "index": Case(
        ("variant", "index", "--simple", "pages", "wheels"),
        ("wheels/demo-1.0-variants.json", "pages/demo/index.html", "pages/index.json"),
    ),
    "make": Case(
        ("variant", "make", f"{_WHEEL}.whl", "-p", "x86_64::level::v3", "-o", "out/in"),
        ("out/in/demo-1.0-py3-none-any-fa7c1393.whl",),
    ),
    "unmake": Case(
        ("variant", "unmake", f"{_WHEEL}-v1.whl", "-o", "out/in"),
        ("out/in/demo-1.0-py3-none-any.whl",),
    ),
    "download": Case(
        ("download", "--index-url", "INDEX", "--dest", "got", "demo"),
        ("got/demo-1.0-py3-none-any-v2.whl", "got/demo-1.0-variants.json"),
        by_pip="got/demo-1.0-py3-none-any-v2.whl",
    ),
    "lock": Case(
        ("lock", "--index-url", "INDEX", "demo"), ("pylock.toml",), by_pip="pylock.toml"
    ),
    "prioritize": Case(
        ("variant", "prioritize", "--user", "nvidia", "x86_64"),
        (".config/pip/pip.conf",),
        by_pip=".config/pip/pip.conf",
    ),
}

MEETINGS = [
    pytest.param(
        name,
        ending,
        marks=pytest.mark.thorough if case.by_pip and ending != "SIGKILL" else (),
    )
    for name, case in CASES.items()
    for ending in ENDINGS
]
"""A short run ends what pip itself writes in one way only."""


@dataclass
class OutputFolder:
    """A folder in which the commands work, which is also their home."""

    mortal: Mortal
    index: Index
    folder: Path

    def put_back(self) -> None:
        """Have nothing there but the wheels."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        shutil.copytree(
            self.index.links(),
            self.folder / "wheels",
            ignore=shutil.ignore_patterns("*.json"),
        )
        self.mortal.clear()

    @property
    def state(self) -> Tree:
        found = tree(self.folder, without=("cache",))
        return {
            path: text for path, text in found.items() if not path.endswith(_PRIVATE)
        }

    def line(self, case: Case) -> tuple[str, ...]:
        return tuple(self.index.url if each == "INDEX" else each for each in case.line)


@pytest.fixture(scope="module")
def place(
    shared_python: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OutputFolder]:
    folder = tmp_path_factory.mktemp("outputs")
    pip = Pip(shared_python, folder / "home")
    with (
        Index(folder / "index") as index,
        Mortal(pip, folder / "temporary", PIP_CONFIG_FILE="") as mortal,
    ):
        index.add(LEVELS)
        yield OutputFolder(mortal, index, folder / "home")


def is_unfinished(path: str) -> bool:
    """Tell whether a file is one that the next run removes, or that pip leaves."""
    name = Path(path).name
    digits = name[1:].partition(".")[0]
    of_ours = name.startswith(".") and len(digits) == _DIGITS
    return of_ours or name.endswith(".tmp")


def torn(state: Tree, before: Tree, after: Tree) -> list[str]:
    """Return the files that are neither as before nor as after."""
    return [
        path
        for path, text in state.items()
        if text and text not in (before.get(path), after.get(path))
    ]


def told(moment: str, run: Ended, what: object) -> str:
    return f"{moment}: {what}\n{run.out}{run.err}"


@pytest.mark.parametrize(("name", "ending"), MEETINGS)
def test_a_file_is_as_before_or_as_after(
    place: OutputFolder, name: str, ending: str, thorough: bool
) -> None:
    case = CASES[name]
    place.put_back()
    before = place.state
    line = place.line(case)
    place.mortal(*line, folder=place.folder).ok()
    after = place.state
    assert {*case.written} <= {*after}
    picked = every if thorough else spread(3, ENDINGS.index(ending))
    for moment, run in place.mortal.sweep(
        *line, before=place.put_back, ending=ending, picked=picked, folder=place.folder
    ):
        found = place.state
        assert run.nothing_runs(), told(moment, run, run.left_running)
        cleared = not run.met_pip_clearing_up
        assert not cleared or "Traceback" not in run.err, told(moment, run, "")
        left = [path for path in found if is_unfinished(path)]
        if ending == "SIGINT" and cleared:
            assert run.status in (0, 1), told(moment, run, run.status)
            assert [*left, *place.mortal.leftovers()] == [], told(moment, run, left)
        allowed = {*left, case.by_pip}
        half = {*torn(found, before, after)} - allowed
        assert not half, told(moment, run, half)
        again = place.mortal(*line, folder=place.folder)
        assert again.status == 0, told(moment, again, "again")
        # pip's own temporary files have names that nobody can know.
        then = {path: each for path, each in place.state.items() if ".tmp" not in path}
        assert then == after, told(moment, again, then.keys() ^ after.keys())


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_index_that_is_never_done_is_whole_in_the_end(
    place: OutputFolder, ending: str, thorough: bool
) -> None:
    """Nothing is put back in between: each run finds what the one before has left."""
    case = CASES["index"]
    line = place.line(case)
    place.put_back()
    whole = place.mortal(*line, folder=place.folder).ok()
    after = place.state
    place.put_back()
    picked = every if thorough else spread(4, ENDINGS.index(ending))
    for number in picked(len(whole.moments)):
        place.mortal(*line, number=number, ending=ending, folder=place.folder)
    place.mortal(*line, folder=place.folder).ok()
    assert place.state == after
    # Nor does what was half done keep it from seeing what has changed.
    (place.folder / f"{_WHEEL}-v3.whl").unlink()
    place.mortal(*line, folder=place.folder).ok()
    listed = place.folder / "wheels" / "demo-1.0-variants.json"
    assert [*json.loads(listed.read_text())["variants"]] == ["null", "v1", "v2"]


def test_a_configuration_file_is_no_worse_than_with_pip_config(
    place: OutputFolder,
) -> None:
    """pip writes its own file, in place: that is what "pip config set" does, too."""
    ours = place.line(CASES["prioritize"])
    pips = ("config", "--user", "set", "variant.priorities", "nvidia, x86_64")
    left = []
    for line in (ours, pips):
        place.put_back()
        whole = place.mortal(*line, folder=place.folder).ok()
        states = []
        for number in every(len(whole.moments)):
            place.put_back()
            place.mortal(*line, number=number, folder=place.folder)
            states.append(place.state)
        left.append(states)
    assert left[0] == left[1]
