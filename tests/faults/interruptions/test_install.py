"""``pip install`` of a variant, ended at any moment: no worse than stock pip leaves it."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from pip_variants.demo.environment import fresh_environment
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

_LIST = "demo-1.0.dist-info/RECORD"
# What pip, and we, write when the rest is there; nobody misses it.
_LAST = re.compile(
    r"demo-1\.0\.dist-info/"
    r"(?:(?:INSTALLER|REQUESTED|RECORD)(?:\w{8}\.tmp|\.new)?|variant_selection\.json)"
)


_OF_PIP = "pip-uninstall-"
"""What stock pip leaves after Ctrl-C: it does not put back what it has uninstalled."""

_NO_RECORD = "uninstall-no-record-file"
_NOTHING = hashlib.sha256().hexdigest()


@dataclass
class Place:
    """An environment in which demo is installed again and again."""

    pip: Pip
    index: Index
    folder: Path

    def __post_init__(self) -> None:
        self.others = tuple(path.name for path in self.pip.site.iterdir())
        self.kept = self.folder / "kept"
        self.kept.mkdir()

    @property
    def state(self) -> Tree:
        return tree(self.pip.site, without=self.others)

    def keep(self) -> None:
        """Remember what is installed, to put it back each time."""
        shutil.rmtree(self.kept)
        self.kept.mkdir()
        for path in self._installed():
            _copy(path, self.kept)

    def put_back(self, mortal: Mortal) -> None:
        """Put everything back as it was, nothing in caches."""
        for path in self._installed():
            _remove(path)
        for path in self.kept.iterdir():
            _copy(path, self.pip.site)
        mortal.clear()
        shutil.rmtree(self.pip.cache, ignore_errors=True)

    def _installed(self) -> list[Path]:
        return [
            path for path in self.pip.site.iterdir() if path.name not in self.others
        ]


def _copy(path: Path, folder: Path) -> None:
    if path.is_dir():
        shutil.copytree(path, folder / path.name)
    else:
        shutil.copy2(path, folder)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("install")
    pip = Pip(fresh_environment(folder / "env"), folder / "home")
    with Index(folder / "index") as index:
        index.add(LEVELS)
        yield Place(pip, index, folder)


@pytest.fixture(scope="module")
def ours(place: Place) -> Iterator[Mortal]:
    with Mortal(place.pip, place.folder / "ours") as mortal:
        yield mortal


@pytest.fixture(scope="module")
def stock(place: Place) -> Iterator[Mortal]:
    with Mortal(place.pip, place.folder / "stock", PIP_VARIANTS_OFF="1") as mortal:
        yield mortal


def what_is_there(state: Tree, before: Tree, after: Tree) -> str:
    """Tell whether the old, the new, or something in between is installed."""
    # What pip has moved aside counts as gone to everybody.
    seen = {path: each for path, each in state.items() if not path.startswith("~")}
    if seen == before:
        return "old"
    if seen == after:
        return "new"
    needed = [
        {path: each for path, each in tree_.items() if not _LAST.fullmatch(path)}
        for tree_ in (seen, after)
    ]
    complete = seen.get(_LIST) not in (None, _NOTHING)
    return "new" if complete and needed[0] == needed[1] else "between"


def command(place: Place, *further: str) -> tuple[str, ...]:
    return ("install", "--index-url", place.index.url, *further, "demo")


def prepare(place: Place, mortal: Mortal, *, replaced: bool) -> None:
    """Have nothing of demo installed, or another label of it."""
    place.put_back(mortal)
    shutil.rmtree(place.kept)
    place.kept.mkdir()
    place.put_back(mortal)
    if replaced:
        mortal(*command(place, "--variant", "v1")).ok()
    place.keep()


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("replaced", [False, True], ids=["new", "replaced"])
def test_an_installation_that_is_ended_is_done_by_the_next(
    place: Place, ours: Mortal, ending: str, replaced: bool, thorough: bool
) -> None:
    prepare(place, ours, replaced=replaced)
    before = place.state
    line = command(place, "--variant", "v2")
    ours(*line).ok()
    after = place.state
    assert before != after
    picked = every if thorough else spread(3, ENDINGS.index(ending))
    count = 0
    for moment, run in ours.sweep(
        *line, before=lambda: place.put_back(ours), ending=ending, picked=picked
    ):
        count += 1
        check_the_end(moment, run, ending, ours)
        there = what_is_there(place.state, before, after)
        again = ours(*line)
        # Where its metadata was to be written, pip knows no way but to be told one.
        known = again.status == 0 or _NO_RECORD in again.err
        assert known, f"{moment}: {again.out}{again.err}"
        if what_is_there(place.state, before, after) != "new":
            # To pip, it is installed as soon as its metadata is there.
            ours(*line, "--ignore-installed").ok()
        then = what_is_there(place.state, before, after)
        assert then == "new", f"{moment}: {there}, then {place.state}"
    assert count


def check_the_end(moment: str, run: Ended, ending: str, mortal: Mortal) -> None:
    """Check what holds for any command that was ended, and clear what may be left."""
    assert run.nothing_runs(), f"{moment}: {run.left_running}"
    if run.met_pip_clearing_up:
        mortal.clear()
        return
    assert "Traceback" not in run.err, f"{moment}: {run.err}"
    if ending == "SIGINT":
        assert run.status in (0, 1), f"{moment}: {run}"
        left = mortal.leftovers()
        assert not {name for name in left if not name.startswith(_OF_PIP)}, moment
    mortal.clear()


_RANDOM = (
    (r"(pip-[a-z-]+)-[a-z0-9_]{8}\b", r"\1"),
    (r"\.pyc\.[0-9]+", ".pyc"),
    (r"(INSTALLER|RECORD|REQUESTED)[a-z0-9_]{8}\.tmp", r"\1.tmp"),
    # What the wheel has more, pip writes in the same way as the rest.
    (r"-v[0-9]\.whl|-any\.whl", ".whl"),
    (r"variant\.json", "WHEEL"),
    (r"~[^/ ]*", "~"),
    (r"\b[a-z0-9_]{8}$", ""),
)


def plainly(moment: str, *folders: Path) -> str:
    """Return the text of a moment without what is another one in each run."""
    text = moment.partition(": ")[2]
    for folder in folders:
        text = text.replace(str(folder), "")
    for pattern, replacement in _RANDOM:
        text = re.sub(pattern, replacement, text)
    return text


@pytest.mark.thorough
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("replaced", [False, True], ids=["new", "replaced"])
def test_what_is_left_is_no_worse_than_with_stock_pip(
    place: Place, ours: Mortal, stock: Mortal, ending: str, replaced: bool
) -> None:
    """The same moments; at those that only we have, the old or the new is there."""
    further = ("--force-reinstall",)
    left = {}
    for mortal, labels in ((stock, ((), ())), (ours, (("v1",), ("v2",)))):
        old, new = ([f"--variant={label}" for label in each] for each in labels)
        shutil.rmtree(place.kept)
        place.kept.mkdir()
        place.put_back(mortal)
        if replaced:
            mortal(*command(place, *old)).ok()
        place.keep()
        before = place.state
        line = command(place, *further, *new)
        mortal(*line).ok()
        after = place.state
        left[mortal] = {
            plainly(moment, place.pip.site, mortal.temporary): what_is_there(
                place.state, before, after
            )
            for moment, _ in mortal.sweep(
                *line,
                before=partial(place.put_back, mortal),
                ending=ending,
                picked=every,
            )
        }
    assert "between" in left[stock].values()
    worse = {
        moment: (state, left[stock].get(moment))
        for moment, state in left[ours].items()
        if state == "between" and left[stock].get(moment) != "between"
    }
    assert not worse
