"""Less of everything: the right wheel all the same, or what stock pip says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.resources._scarce import Scarcity, posix
from tests.kit import Index, Pip
from tests.running import Result

pytestmark = posix


def shut(folder: Path) -> str:
    """Make a folder in which only root could write."""
    folder.mkdir()
    folder.chmod(0o555)
    return str(folder)


def _read_only_home(place: Path) -> Scarcity:
    home = shut(place / "shut")
    return Scarcity(variables={"HOME": home, "PIP_CACHE_DIR": None}, unprivileged=True)


def _read_only_cache(place: Path) -> Scarcity:
    cache = place / "shut"
    cache.mkdir()
    shut(cache / "variants")
    cache.chmod(0o555)
    return Scarcity(variables={"PIP_CACHE_DIR": str(cache)}, unprivileged=True)


def _read_only_detected(place: Path) -> Scarcity:
    cache = place / "mine"
    cache.mkdir()
    (cache / "variants").mkdir()
    shut(cache / "variants" / "detected")
    shut(cache / "variants" / "providers")
    return Scarcity(variables={"PIP_CACHE_DIR": str(cache)}, unprivileged=True)


def _cache_is_a_file(place: Path) -> Scarcity:
    (place / "file").write_text("no folder")
    return Scarcity(variables={"PIP_CACHE_DIR": str(place / "file")})


def _our_cache_is_a_file(place: Path) -> Scarcity:
    (place / "cache").mkdir()
    (place / "cache" / "variants").write_text("no folder")
    return Scarcity(variables={"PIP_CACHE_DIR": str(place / "cache")})


def _cache_below_a_file(place: Path) -> Scarcity:
    (place / "file").write_text("no folder")
    return Scarcity(variables={"PIP_CACHE_DIR": str(place / "file" / "cache")})


def _no_home(_: Path) -> Scarcity:
    gone = ("HOME", "PIP_CACHE_DIR", "USER", "LOGNAME", "LANG", "LC_ALL", "TERM")
    return Scarcity(variables=dict.fromkeys(gone))


def _home_is_nowhere(place: Path) -> Scarcity:
    return Scarcity(variables={"HOME": str(place / "gone"), "PIP_CACHE_DIR": None})


def _home_is_empty_text(_: Path) -> Scarcity:
    return Scarcity(variables={"HOME": "", "PIP_CACHE_DIR": None})


def _temporary_is_missing(place: Path) -> Scarcity:
    return Scarcity(variables={"TMPDIR": str(place / "gone")})


def _temporary_is_read_only(place: Path) -> Scarcity:
    return Scarcity(variables={"TMPDIR": shut(place / "shut")}, unprivileged=True)


def _temporary_is_a_file(place: Path) -> Scarcity:
    (place / "file").write_text("no folder")
    return Scarcity(variables={"TMPDIR": str(place / "file")})


WITHOUT: list[Callable[[Path], Scarcity]] = [
    _read_only_home,
    _read_only_cache,
    _read_only_detected,
    _cache_is_a_file,
    _our_cache_is_a_file,
    _cache_below_a_file,
    _no_home,
    _home_is_nowhere,
    _home_is_empty_text,
    _temporary_is_missing,
    _temporary_is_read_only,
    _temporary_is_a_file,
]
"""In none of these does pip fail."""


def try_demo(scarcity: Scarcity, pip: Pip, shelf: Index) -> Result:
    return scarcity.run(pip, "install", "--dry-run", "--index-url", shelf.url, "demo")


def try_plain(scarcity: Scarcity, pip: Pip, shelf: Index) -> Result:
    """What stock pip does."""
    line = ("install", "--dry-run", "--index-url", shelf.url, "plain")
    return scarcity.run(pip, *line, PIP_VARIANTS_OFF="1")


@pytest.mark.parametrize("make", WITHOUT, ids=lambda make: make.__name__.strip("_"))
def test_the_right_wheel_without_a_place_to_keep_things(
    asking: Pip,
    shelf: Index,
    place: Path,
    make: Callable[[Path], Scarcity],
    thorough: bool,
) -> None:
    scarcity = make(place)
    ours = try_demo(scarcity, asking, shelf)
    assert ours.chosen == "demo-1.0-one", ours
    assert not ours.has_traceback, ours
    if thorough or len(ours.warnings) > 1:
        stock = try_plain(scarcity, asking, shelf)
        assert stock.status == 0, stock
        assert len(ours.warnings) <= len(stock.warnings) + 1, ours
    # Nobody has written where nobody may.
    written = [path for path in (place / "shut").rglob("*") if path.is_file()]
    assert written == []


VERBS = (
    ("variant", "platform"),
    ("variant", "platform", "--refresh", "--json"),
    ("variant", "cache", "info"),
    ("variant", "cache", "purge"),
    ("variant", "providers"),
    ("variant", "prioritize"),
    ("variant", "check"),
    ("list",),
)


@pytest.mark.thorough
@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
@pytest.mark.parametrize("make", WITHOUT, ids=lambda make: make.__name__.strip("_"))
def test_other_commands_without_a_place_to_keep_things(
    asking: Pip,
    place: Path,
    make: Callable[[Path], Scarcity],
    verb: tuple[str, ...],
) -> None:
    run = make(place).run(asking, *verb)
    assert not run.has_traceback, run
    # pip refuses to say anything about a cache that it does not have.
    assert run.status == 0 or ("cache" in verb and "ERROR: " in run.err), run


FILES = (6, 8, 9, 10, 11, 12, 13, 14, 16, 18, 20, 24, 32)
MEMORY = tuple(range(40, 260, 20))


def check_scarce(stock: Result, ours: Result) -> None:
    """Check that it went well, or as badly as with stock pip, or that it is told."""
    if stock.status == 0 and not stock.has_traceback:
        assert not ours.has_traceback, ours
    if ours.status == 0:
        lost = ours.chosen != "demo-1.0-one"
        assert ours.chosen in ("demo-1.0-one", "demo-1.0-null"), ours
        # What could not be found out is said.
        assert not lost or "tester" in "".join(ours.warnings), ours
    else:
        assert stock.status != 0 or "ERROR: " in ours.err, ours


@pytest.mark.parametrize("number", FILES[::5])
def test_few_open_files(asking: Pip, shelf: Index, number: int) -> None:
    scarcity = Scarcity(limits={"NOFILE": number})
    stock = try_plain(scarcity, asking, shelf)
    check_scarce(stock, try_demo(scarcity, asking, shelf))


@pytest.mark.thorough
@pytest.mark.parametrize("number", range(4, 40))
def test_any_number_of_open_files(asking: Pip, shelf: Index, number: int) -> None:
    test_few_open_files(asking, shelf, number)


@pytest.mark.thorough
@pytest.mark.parametrize("megabytes", MEMORY)
def test_little_memory(asking: Pip, shelf: Index, megabytes: int) -> None:
    scarcity = Scarcity(limits={"AS": megabytes * 1024 * 1024})
    stock = try_plain(scarcity, asking, shelf)
    check_scarce(stock, try_demo(scarcity, asking, shelf))


@pytest.mark.parametrize("size", [0, 5000])
def test_no_file_may_grow(asking: Pip, shelf: Index, size: int) -> None:
    """As on a disk that is full."""
    scarcity = Scarcity(limits={"FSIZE": size})
    stock = try_plain(scarcity, asking, shelf)
    check_scarce(stock, try_demo(scarcity, asking, shelf))
