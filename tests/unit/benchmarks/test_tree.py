"""The wheels of the tree are real ones, and pip can still be taken apart."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from benchmarks.commands import CommandError
from benchmarks.environments import Environment, make_environment
from benchmarks.tree.anatomy import PARTS, Clock
from benchmarks.tree.contents import library, module
from benchmarks.tree.index import SlowIndex
from benchmarks.tree.runs import Installation, Place
from benchmarks.tree.wheels import LABEL, write_wheels

SIZE = 0.005
"""GB: what there is once in a library is there once in a tree of any size."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    write_wheels(folder, SIZE)
    return folder


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return make_environment(tmp_path_factory.mktemp("stock") / "env", hooked=False)


def wheels(tree: Path) -> list[Path]:
    return sorted(tree.rglob("*.whl"))


class TestWheels:
    def test_every_member_of_every_wheel_unpacks_to_what_record_says(
        self, tree: Path
    ) -> None:
        for path in wheels(tree):
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
                (record,) = (name for name in names if name.endswith("/RECORD"))
                rows = csv.reader(archive.read(record).decode().splitlines())
                listed = {name: (digest, size) for name, digest, size in rows}
                assert listed.keys() == set(names), path.name
                for name in names:
                    data = archive.read(name)
                    if name != record:
                        assert listed[name] == (_digest(data), str(len(data))), name

    def test_torch_is_there_twice_in_the_same_size(self, tree: Path) -> None:
        plain, variant = (
            tree / "torch" / f"torch-2.8.0-py3-none-any{ending}.whl"
            for ending in ("", f"-{LABEL}")
        )
        added = variant.stat().st_size - plain.stat().st_size
        assert 0 < added < 2000


def _digest(data: bytes) -> str:
    text = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode()
    return f"sha256={text.rstrip('=')}"


class TestContents:
    def test_a_library_is_the_same_each_time_and_unlike_others(self) -> None:
        first, again, other = (
            [id(block) for block in library(name, 5e6)] for name in ("a", "a", "b")
        )
        assert first == again
        assert first != other

    def test_a_library_deflates_to_about_the_size_asked_for(self) -> None:
        parts = list(library("a", 5e7))
        packed = sum(len(part.deflated) for part in parts)
        assert packed == pytest.approx(5e7, rel=0.05)
        assert packed / sum(len(part.data) for part in parts) == pytest.approx(
            0.5, abs=0.05
        )

    def test_modules_are_valid_python_and_not_all_the_same(self) -> None:
        sources = {module(number).data for number in range(20)}
        assert len(sources) == 20
        for source in sources:
            compile(source, "module", "exec")


class TestClock:
    def test_a_moment_belongs_to_the_innermost_part_alone(self) -> None:
        ticks = count()
        clock = Clock(lambda: next(ticks))
        compile_file = clock.wrap("byte-compile", lambda: None)

        def install() -> None:
            compile_file()
            compile_file()

        clock.wrap("RECORD and scripts", install)()
        # Six looks at the clock are five ticks, of which each inner call takes one.
        assert clock.seconds["byte-compile"] == 2
        assert clock.seconds["RECORD and scripts"] == 3

    def test_a_part_that_fails_has_its_time_too(self) -> None:
        ticks = count()
        clock = Clock(lambda: next(ticks))

        def fail() -> None:
            raise ValueError("no")

        with pytest.raises(ValueError, match=r"^no$"):
            clock.wrap("hash", fail)()
        clock.wrap("download", lambda: None)()
        assert clock.seconds["hash"] == clock.seconds["download"] == 1


class TestScripts:
    """What they replace in pip is there, in the pip that runs these tests."""

    @pytest.fixture
    def place(self, tree: Path, tmp_path: Path) -> Iterator[Place]:
        with SlowIndex(tree, 1000) as index:
            yield Place(index.url, tmp_path)

    def test_pip_taken_apart_does_something_in_each_part(
        self, place: Place, stock: Environment, tmp_path: Path
    ) -> None:
        answer = tmp_path / "answer.json"
        place.taken_apart(stock, answer).install()
        parts = json.loads(answer.read_text("utf-8"))
        whole = parts.pop("")
        assert parts.keys() == set(PARTS)
        assert all(parts.values())
        assert sum(parts.values()) < whole

    @pytest.mark.parametrize("installers", [0, 1])
    def test_overlapping_installs_the_same_files_as_pip(
        self, place: Place, stock: Environment, installers: int
    ) -> None:
        before = place.with_pip(stock)
        after = place.overlapped(stock, 3, installers)
        assert _installed(after) == _installed(before)

    def test_overlapping_installs_nothing_that_has_another_hash(
        self, tree: Path, stock: Environment, tmp_path: Path
    ) -> None:
        folder = tmp_path / "changed"
        shutil.copytree(tree, folder)
        (torch,) = (folder / "torch").glob("*-any.whl")
        work = tmp_path / "work"
        work.mkdir()
        with SlowIndex(folder, 1000) as index:
            # The page was written; what it says of this file is no longer true.
            data = bytearray(torch.read_bytes())
            data[len(data) // 2] ^= 1
            torch.write_bytes(data)
            installation = Place(index.url, work).overlapped(stock, 3, 1)
            with pytest.raises(CommandError, match="DO NOT MATCH THE HASHES"):
                installation.install()
        assert not [*installation.target.rglob("torch*")]


def _installed(installation: Installation) -> dict[str, bytes]:
    """Install, and return what is there: path -> content, compiled files left out."""
    installation.install()
    try:
        target = installation.target
        return {
            path.relative_to(target).as_posix(): path.read_bytes()
            for path in sorted(target.rglob("*"))
            if path.is_file() and path.suffix != ".pyc"
        }
    finally:
        installation.remove()
