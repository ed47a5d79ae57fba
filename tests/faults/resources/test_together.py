"""Two to eight pips at once, in one home, one cache, one folder."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e._build_project import Project
from tests.faults._builds import BUILD, SHARED
from tests.faults._snapshots import documents, tree
from tests.kit import LEVELS, SECONDS, Index, Pip, variant_of


def together(
    pip: Pip, lines: Sequence[Sequence[str | Path]], folder: Path | None = None
) -> list[tuple[int, str, str]]:
    """Start all, and return status, output and errors of each."""
    running = [
        subprocess.Popen(
            [pip.python, "-m", "pip", *line],
            env=pip.environ(),
            cwd=folder or pip.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for line in lines
    ]
    try:
        ended = [process.communicate(timeout=4 * SECONDS) for process in running]
    finally:
        for process in running:
            process.kill()
            process.wait()
    return [
        (process.returncode, out, err)
        for process, (out, err) in zip(running, ended, strict=True)
    ]


def count(thorough: bool, most: int = 8) -> int:
    return most if thorough else 3


def test_installations_from_cold(
    asking: Pip, shelf: Index, place: Path, thorough: bool
) -> None:
    targets = [place / f"target{number}" for number in range(count(thorough))]
    lines = [
        ("install", "-i", shelf.url, "--target", target, "demo") for target in targets
    ]
    for status, out, err in together(asking, lines):
        assert (status, err) == (0, ""), out + err
        assert "Successfully installed demo-1.0-one" in out
    assert [variant_of(target) for target in targets] == ["one"] * len(targets)
    found = documents(asking.cache / "variants" / "detected", "*.json")
    assert any("tester" in json.dumps(each) for each in found.values())
    assert [*asking.cache.rglob("*.tmp")] == []


def test_the_cache_is_purged_meanwhile(
    asking: Pip, shelf: Index, thorough: bool
) -> None:
    dry = ("install", "--dry-run", "-i", shelf.url, "demo")
    fresh = ("variant", "platform", "--refresh")
    purge = ("variant", "cache", "purge")
    lines = [dry, purge, fresh] * (count(thorough, 6) // 3)
    for line, (status, out, err) in zip(lines, together(asking, lines), strict=True):
        assert (status, err) == (0, ""), f"{line}: {out}{err}"
        assert line != dry or "Would install demo-1.0-one" in out
    documents(asking.cache, "*.json")


def test_an_index_of_one_folder(
    asking: Pip, index: Index, place: Path, thorough: bool
) -> None:
    index.add(LEVELS)
    folders = [place / "one", place / "many"]
    for folder in folders:
        shutil.copytree(
            index.links(), folder / "wheels", ignore=shutil.ignore_patterns("*.json")
        )
    line = ("variant", "index", "--simple", "pages", "wheels")
    asking(*line, cwd=folders[0]).ok()
    lines = [line] * count(thorough)
    for status, out, err in together(asking, lines, folders[1]):
        assert (status, err) == (0, ""), out + err
    state = "wheels/.pip-variant-index.json"
    one, many = map(tree, folders)
    assert {**one, state: ""} == {**many, state: ""}
    json.loads((folders[1] / state).read_bytes())


@pytest.mark.parametrize(
    "fresh",
    [
        pytest.param(False, id="kept"),
        pytest.param(True, id="fresh", marks=pytest.mark.thorough),
    ],
)
def test_a_build_into_one_folder(
    shared_backends: Pip, place: Path, thorough: bool, fresh: bool
) -> None:
    pip = Pip(shared_backends.python, place / "home")
    project = Project(place / "project", pip, SHARED)
    line = (*BUILD, *(["--fresh"] if fresh else []))
    for status, out, err in together(pip, [line] * count(thorough), project.folder):
        assert (status, err) == (0, ""), out + err
    assert sorted(project.wheels, key=str) == ["null", "v1", "v2"]
    listed = json.loads((project.dist / "tiny-1.0-variants.json").read_bytes())
    assert sorted(listed["variants"]) == ["null", "v1", "v2"]
    assert [*project.dist.rglob("*.part")] == []
    again = json.loads(project.build("--no-isolation", "--json").ok().out)
    assert [wheel["kept"] for wheel in again["wheels"]] == [True] * 3


def test_priorities_are_set_by_several(asking: Pip, thorough: bool) -> None:
    """One of them is in effect in the end, whole; pip itself writes the file."""
    names = ["nvidia", "x86_64", "amd", "intel"][: count(thorough, 4)]
    lines = [("variant", "prioritize", "--user", name) for name in names]
    config = {"PIP_CONFIG_FILE": ""}
    for status, _, err in together(_Configured(asking), lines):
        assert status == 0, err
    shown = json.loads(asking("variant", "prioritize", "--json", environ=config).out)
    assert shown["priorities"][0] in names


class _Configured(Pip):
    """Reads and writes the configuration file of its home."""

    def __init__(self, pip: Pip) -> None:
        super().__init__(pip.python, pip.home)

    def environ(self, **extra: str) -> dict[str, str]:
        return super().environ(**{"PIP_CONFIG_FILE": "", **extra})
