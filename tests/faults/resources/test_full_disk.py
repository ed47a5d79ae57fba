"""Disks that are really full: what is on them stays as it was, and it is told."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults._snapshots import Tree, tree
from tests.faults.resources._scarce import can_mount, in_namespace
from tests.kit import LEVELS, SECONDS, Index, Pip
from tests.running import Result, run

pytestmark = pytest.mark.skipif(
    not can_mount(), reason="only root on Linux can mount a small disk for itself"
)

_ENOUGH = 8192
"""From so many free bytes on, a small index may well find room."""

_AFTER = """
"$@"; status=$?
rm -f "$DISK/filler"
cp -a "$DISK/." "$COPY"
exit $status
"""


@dataclass(frozen=True)
class Disk:
    """A small disk, which is there for one command at a time.

    :param place: where it is mounted; what lies there is on it at first.
    :param free: how many bytes are free, in whole pages of 4096.
    """

    place: Path
    free: int

    def run(
        self, pip: Pip, *arguments: str | Path, module: str = "pip", **more: str
    ) -> tuple[Result, Tree]:
        """Run pip; return what is on the disk after it."""
        copy = self.place.with_name(f"{self.place.name}-copy")
        copy.mkdir()
        before = self.place.with_name(f"{self.place.name}-before")
        before.mkdir()
        subprocess.run(["cp", "-a", f"{self.place}/.", before], check=True)
        fill = (
            f'cp -a "{before}/." "$DISK" && '
            f'dd if=/dev/zero of="$DISK/filler" bs=4096 2>/dev/null; '
            f'truncate -s -{self.free} "$DISK/filler"; {_AFTER}'
        )
        line = [str(pip.python), "-m", module, *map(str, arguments)]
        environ = pip.environ(DISK=str(self.place), COPY=str(copy), **more)
        done = run(
            in_namespace(
                ["sh", "-c", fill, "sh", *line],
                [f'-t tmpfs -o size=512k none "{self.place}"'],
            ),
            environ,
            "/",
            status=None,
            seconds=SECONDS,
        )
        found = tree(copy)
        for folder in (copy, before):
            subprocess.run(["rm", "-rf", folder], check=True)
        return done, found


def disk(place: Path, free: int = 0) -> Disk:
    folder = place / "disk"
    folder.mkdir(exist_ok=True)
    return Disk(folder, free)


def try_demo(
    place: Disk, pip: Pip, shelf: Index, *further: str | Path, **variables: str
) -> Result:
    line = ("install", "--index-url", shelf.url, *further, "demo")
    return place.run(pip, *line, **variables)[0]


@pytest.mark.parametrize("free", [0, 4096])
def test_a_full_cache_is_no_error(
    asking: Pip, shelf: Index, place: Path, free: int
) -> None:
    full = disk(place, free)
    variables = {"PIP_CACHE_DIR": str(full.place)}
    ours = try_demo(full, asking, shelf, "--dry-run", **variables)
    assert ours.chosen == "demo-1.0-one", ours
    assert not ours.has_traceback, ours
    stock = try_demo(
        full, asking, shelf, "--dry-run", PIP_VARIANTS_OFF="1", **variables
    )
    assert len(ours.warnings) <= len(stock.warnings) + 1, ours


@pytest.mark.parametrize("free", [0, 4096, 16384])
def test_no_room_for_temporary_files(
    asking: Pip, shelf: Index, place: Path, free: int
) -> None:
    """The right one, or the next best and a warning, or the error of pip."""
    full = disk(place, free)
    ours = try_demo(full, asking, shelf, "--dry-run", TMPDIR=str(full.place))
    assert not ours.has_traceback, ours
    if ours.status:
        assert "No space left on device" in ours.err, ours
    elif ours.chosen != "demo-1.0-one":
        assert ours.chosen == "demo-1.0-null", ours
        assert "tester" in "".join(ours.warnings), ours


@pytest.mark.parametrize("where", ["--target", "--prefix"])
@pytest.mark.parametrize(
    "free",
    [
        0,
        8192,
        *(
            pytest.param(pages * 4096, marks=pytest.mark.thorough)
            for pages in range(3, 16)
        ),
    ],
)
def test_no_room_for_the_package(
    asking: Pip, shelf: Index, place: Path, free: int, where: str
) -> None:
    """As with stock pip, which breaks off in the middle of it."""
    full = disk(place, free)
    line = ("install", "-i", shelf.url, "--no-compile", where, full.place / "in")
    ours, found = full.run(asking, *line, "demo")
    if ours.status:
        assert "No space left on device" in ours.err, ours
        # Into a target, pip moves files without looking after errors.
        assert ours.has_traceback == (where == "--target"), ours
        frames = [each for each in ours.err.splitlines() if each.startswith("  File")]
        assert not frames or "pip_variants" not in frames[-1], ours
    else:
        # What is only noted down for later may be missing, and is told.
        noted = any(path.endswith("variant_selection.json") for path in found)
        assert noted or "Could not record" in ours.err, (ours, found)


def published(place: Path, index: Index, pip: Pip) -> Path:
    """Return a folder of wheels with an index, and one wheel more."""
    folder = place / "disk"
    folder.mkdir()
    wheels = sorted(index.links().glob("*.whl"))
    for path in wheels[:-1]:
        (folder / path.name).write_bytes(path.read_bytes())
    line = ("variant", "index", "--simple", folder / "pages", folder)
    pip(*line).ok()
    last = wheels[-1]
    (folder / last.name).write_bytes(last.read_bytes())
    return folder


@pytest.mark.parametrize("free", [0, 4096, 12288])
def test_an_index_stays_whole_without_room_for_a_new_one(
    asking: Pip, index: Index, place: Path, free: int
) -> None:
    index.add(LEVELS)
    folder = published(place, index, asking)
    before = tree(folder)
    line = ("variant", "index", "--simple", folder / "pages", folder)
    run, after = Disk(folder, free).run(asking, *line)
    assert not run.has_traceback, run
    if free < _ENOUGH or run.status:
        assert run.status == 1, run
        assert "No space left on device" in run.err, run
    assert before.keys() <= after.keys()
    assert not [path for path in after if Path(path).name.startswith(".0")]
    asking(*line).ok()
    whole = tree(folder)
    state = ".pip-variant-index.json"
    for path, digest in after.items():
        if path != state:
            assert digest in (before.get(path), whole.get(path)), path
    unknown = {path for path in after if path not in whole}
    assert not unknown


@pytest.mark.parametrize("verb", ["make", "unmake"])
def test_a_wheel_that_finds_no_room_is_not_there(
    asking: Pip, index: Index, place: Path, verb: str
) -> None:
    index.add(LEVELS)
    full = disk(place)
    wheel = next(index.links().glob("*-v1.whl" if verb == "unmake" else "*any.whl"))
    wanted: Sequence[str] = ("-p", "x86_64::level::v3") if verb == "make" else ()
    run, after = full.run(
        asking, "variant", verb, wheel, *wanted, "-o", full.place / "out"
    )
    assert run.status == 1, run
    assert not run.has_traceback, run
    assert "No space left on device" in run.err, run
    assert after == {}


def test_a_lock_file_that_finds_no_room(asking: Pip, index: Index, place: Path) -> None:
    index.add(LEVELS)
    full = disk(place)
    line = ("lock", "-i", index.url, "-o", full.place / "pylock.toml", "demo")
    ours, _ = full.run(asking, *line)
    stock, _ = full.run(asking, *line, PIP_VARIANTS_OFF="1")
    assert ours.status == stock.status != 0
    assert ours.has_traceback == stock.has_traceback


def test_a_document_of_the_library_is_whole_or_not_there(
    asking: Pip, index: Index, place: Path
) -> None:
    index.add(LEVELS)
    full = disk(place)
    line = ("generate-index-json", "-d", index.links(), "-o", full.place)
    run, after = full.run(asking, *line, module="pip_variants.variantlib")
    assert run.status != 0, run
    assert not run.has_traceback, run
    assert not [path for path in after if path.endswith(".json")], json.dumps(after)
