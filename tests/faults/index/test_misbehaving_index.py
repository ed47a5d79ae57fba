"""An index that misbehaves: never a traceback, a hang or a wrong wheel (E1-E3, E35, E36).

Each run is a real pip against a real socket. It must come to an end in the time that
``kit.SECONDS`` gives it; how long pip itself waits is a few seconds here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.faults.index._asking import HASTY, PROJECT, RETRIES, gone
from tests.faults.index._cases import (
    INSIDE,
    LISTED,
    OF_PARTS,
    SIDE_BY_SIDE,
    Outcome,
    cases,
)
from tests.faults.index._unruly import Unruly
from tests.faults.index.misbehaviours import MISBEHAVIOURS
from tests.kit import BEST, JSON_NAME, LEVELS, PLAIN, Index, Pip, variant_of
from tests.running import Result

MOST_REDIRECTS = 30
"""That requests follows."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What came of ``pip install``.

    :param label: of what was installed; None for the plain wheel, "" for nothing.
    """

    result: Result
    label: str | None

    @property
    def ours(self) -> list[str]:
        """Our warnings; pip has its own about connections and redirects."""
        starts = ("WARNING: Ignoring ", "WARNING: The variant wheels of ")
        return [line for line in self.result.warnings if line.startswith(starts)]


def install(
    pip: Pip, unruly: Unruly, target: Path, *options: str, stock: bool = False
) -> Installed:
    named = (f"--target={target}", "--index-url", unruly.url)
    result = pip(
        *("install", "--no-compile", *HASTY, *options, *named, "demo"),
        environ={"PIP_VARIANTS_OFF": "1"} if stock else None,
    )
    there = (target / "demo.py").exists()
    assert there == (result.status == 0), result.both
    return Installed(result, variant_of(target) if there else "")


def check(found: Installed, outcome: Outcome, named: str) -> None:
    """Check what was installed, and what was said about it."""
    result, warnings = found.result, found.ours
    # That a password is wrong, stock pip says with the password.
    said = [line for line in result.both.splitlines() if "401 Error" not in line]
    assert "s3cret" not in "".join(said)
    assert "HTTPConnectionPool" not in "".join(warnings)
    if outcome in (Outcome.REFUSED, Outcome.BROKEN):
        assert result.status == 1, result.both
        # Some of pip's own errors begin in lower case.
        assert "error:" in result.err.lower()
        assert "Traceback" not in result.both
        assert len(warnings) <= 1, warnings
        told = "Could not read the variant metadata of demo 1.0"
        assert outcome is Outcome.BROKEN or told in result.err
        return
    assert result.status == 0, result.both
    labels = {Outcome.NEXT: "v1", Outcome.PLAIN: None}
    assert found.label == labels.get(outcome, "v2"), result.both
    if outcome in (Outcome.BEST, Outcome.SILENT):
        assert warnings == []
    else:
        (warning,) = warnings
        assert named in warning


def skip_if_harmless(name: str) -> None:
    if name == "packs forty times" and version("pip").startswith("26.0"):
        pytest.skip("urllib3 of pip 26.0 unpacks it; that of later ones refuses")


@pytest.mark.parametrize(("name", "outcome"), cases("listed", LISTED))
def test_the_metadata_of_a_release(
    pip: Pip, unruly: Unruly, tmp_path: Path, name: str, outcome: Outcome
) -> None:
    skip_if_harmless(name)
    unruly.behaviours[PROJECT + JSON_NAME] = MISBEHAVIOURS[name]
    found = install(pip, unruly, tmp_path / "target")
    check(found, outcome, JSON_NAME)
    # As often as stock pip asks for a file, and not once more.
    asked = unruly.asked(PROJECT + JSON_NAME)
    assert asked <= (1 + MOST_REDIRECTS if "loop" in name else 1 + RETRIES)
    wheels_read = any(request.range for request in unruly.requests)
    assert wheels_read == (outcome in (Outcome.WHEELS, Outcome.SILENT))


@pytest.mark.parametrize(("name", "outcome"), cases("inside", INSIDE))
def test_a_wheel_that_is_looked_into(
    pip: Pip, unruly: Unruly, tmp_path: Path, name: str, outcome: Outcome
) -> None:
    """R36, E36: there is no variants.json, and parts of the wheels are read."""
    skip_if_harmless(name)
    unruly.behaviours[PROJECT + JSON_NAME] = gone
    unruly.behaviours[PROJECT + BEST] = MISBEHAVIOURS[name]
    found = install(pip, unruly, tmp_path / "target")
    check(found, outcome, "demo 1.0" if outcome is Outcome.PLAIN else "v2")


@pytest.mark.parametrize(("name", "_"), cases("page", SIDE_BY_SIDE))
def test_a_page_side_by_side_with_stock_pip(
    pip: Pip, unruly: Unruly, tmp_path: Path, name: str, _: None
) -> None:
    unruly.behaviours[PROJECT] = MISBEHAVIOURS[name]
    ours = install(pip, unruly, tmp_path / "ours")
    side_by_side(ours, pip, unruly, tmp_path, name, "", "")


@pytest.mark.parametrize(("name", "_"), cases("metadata", SIDE_BY_SIDE))
def test_metadata_beside_a_wheel_side_by_side_with_stock_pip(
    pip: Pip, unruly: Unruly, tmp_path: Path, name: str, _: None
) -> None:
    """PEP 658."""
    unruly.behaviours[f"{PROJECT}{BEST}.metadata"] = MISBEHAVIOURS[name]
    ours = install(pip, unruly, tmp_path / "ours")
    names = f"{BEST}.metadata", f"{PLAIN}.metadata"
    side_by_side(ours, pip, unruly, tmp_path, name, *names)


@pytest.mark.parametrize(("name", "_"), cases("wheel", SIDE_BY_SIDE))
def test_a_wheel_side_by_side_with_stock_pip(
    pip: Pip, unruly: Unruly, tmp_path: Path, name: str, _: None
) -> None:
    unruly.behaviours[PROJECT + BEST] = MISBEHAVIOURS[name]
    ours = install(pip, unruly, tmp_path / "ours")
    side_by_side(ours, pip, unruly, tmp_path, name, BEST, PLAIN)


@pytest.mark.parametrize(("name", "_"), cases("parts", OF_PARTS))
def test_fast_deps_side_by_side_with_stock_pip(
    pip: Pip, make_index: Callable[..., Index], tmp_path: Path, name: str, _: None
) -> None:
    """pip reads parts of wheels, too, where it is told to and has no other metadata."""
    index = make_index(metadata=False)
    index.add(LEVELS)
    with Unruly(index.url) as unruly:
        unruly.behaviours[PROJECT + BEST] = MISBEHAVIOURS[name]
        ours = install(pip, unruly, tmp_path / "ours", "--use-feature=fast-deps")
        side_by_side(
            ours, pip, unruly, tmp_path, name, BEST, PLAIN, "--use-feature=fast-deps"
        )


def test_metadata_without_a_hash_that_is_not_that_of_the_wheels(
    pip: Pip, make_index: Callable[..., Index], tmp_path: Path
) -> None:
    """E33: nobody can tell before the wheel is there; then it is not installed."""
    index = make_index(hashes=False)
    index.add(LEVELS)
    with Unruly(index.url) as unruly:
        unruly.behaviours[PROJECT + JSON_NAME] = MISBEHAVIOURS["sends other metadata"]
        found = install(pip, unruly, tmp_path / "target")
    found.result.failed()
    assert "was chosen for other properties than it has inside" in found.result.err


def side_by_side(
    ours: Installed,
    pip: Pip,
    unruly: Unruly,
    tmp_path: Path,
    name: str,
    our_file: str,
    stock_file: str,
    *options: str,
) -> None:
    """Let stock pip meet the same with the plain wheel, and compare."""
    requests = unruly.asked(PROJECT + our_file)
    unruly.forget()
    if name == "switches off":
        # There is nobody left to compare with.
        assert (ours.result.status, ours.label) == (1, "")
        assert "Traceback" not in ours.result.both
        return
    unruly.behaviours.clear()
    unruly.behaviours[PROJECT + stock_file] = MISBEHAVIOURS[name]
    stock = install(pip, unruly, tmp_path / "stock", *options, stock=True)
    assert ours.result.status == stock.result.status, ours.result.both
    # A few are pip's own.
    shown = ["Traceback" in each.result.both for each in (ours, stock)]
    assert shown[0] == shown[1], ours.result.both
    assert requests == unruly.asked(PROJECT + stock_file)
    if stock.result.status == 0:
        assert (ours.label, stock.label) == ("v2", None)
    assert ours.ours == []
