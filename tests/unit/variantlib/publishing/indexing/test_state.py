"""Files that have not changed are not read again."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from pathlib import Path
from typing import Any

import pytest

from pip_variants.variantlib.publishing.indexing.folder import index_folder
from pip_variants.variantlib.publishing.indexing.output import UNFINISHED
from pip_variants.variantlib.publishing.indexing.state import STATE
from pip_variants.variantlib.whole_file import replacing
from tests.unit.variantlib.publishing.indexing.folders import (
    SCHEMA,
    add,
    document,
    labels_of,
    listed,
    posix,
    snapshot,
)


def replaced(wheel: Path, data: bytes) -> None:
    """Replace the bytes of a file in place, with the size and the date of before."""
    before = wheel.stat()
    assert len(data) == before.st_size
    with wheel.open("r+b") as file:
        file.write(data)
    os.utime(wheel, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_an_unchanged_file_is_not_opened_again(tmp_path: Path) -> None:
    """Were it opened, it would be found broken."""
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    wheel = add(wheels, "v2", "2")
    index_folder(wheels, pages=pages)
    digest = listed(pages / "demo")[wheel.name]["hashes"]["sha256"]
    replaced(wheel, b"x" * wheel.stat().st_size)
    add(wheels, "v3", "3")
    assert index_folder(wheels, pages=pages).ok
    assert labels_of(wheels / "demo-1.0-variants.json") == ["v2", "v3"]
    assert listed(pages / "demo")[wheel.name]["hashes"]["sha256"] == digest
    assert not index_folder(wheels, pages=pages, refresh=True).ok


def test_only_new_files_are_read(tmp_path: Path) -> None:
    class Noted:
        def __init__(self) -> None:
            self.read: list[str] = []

        def waiting(self) -> None:
            raise AssertionError

        def reading(self, path: Path, size: int) -> None:
            assert size == path.stat().st_size
            self.read.append(path.name)

    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    wheel = add(wheels, "v2", "2")
    first, second, third = Noted(), Noted(), Noted()
    index_folder(wheels, pages=pages, progress=first)
    new = add(wheels, None)
    index_folder(wheels, pages=pages, progress=second)
    os.utime(wheel, ns=(1, 1))
    index_folder(wheels, pages=pages, progress=third)
    assert (first.read, second.read, third.read) == (
        [wheel.name],
        [new.name],
        [wheel.name],
    )


def test_a_file_of_the_same_size_and_date_is_another(tmp_path: Path) -> None:
    """It has another inode: "cp -p" of another build is noticed."""
    if os.name == "nt":
        pytest.skip("Windows tells no inode of a closed file")
    wheel = add(tmp_path, "v2", "2")
    before = wheel.stat()
    index_folder(tmp_path)
    other = add(tmp_path / "x", "v2", "3")
    assert other.stat().st_size == before.st_size
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(wheel)
    index_folder(tmp_path)
    written = json.loads((tmp_path / "demo-1.0-variants.json").read_bytes())
    assert written["variants"]["v2"] == {"cpu": {"level": ["3"]}}


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"version": 99}',
        b'{"version": 1, "files": []}',
        b'{"version": 1, "files": {"demo-1.0-py3-none-any-v2.whl": 3}}',
        b'{"version": 1, "made": {"x": 3}, "pages": {"folder": 3}}',
        b'{"version": 1, "files": ' + b"[" * 100_000,
        b'{"version": 1, "files": {"demo-1.0-py3-none-any-v2.whl": {"stamp": [1]}}}',
    ],
)
def test_a_broken_state_is_no_state(tmp_path: Path, state: bytes) -> None:
    add(tmp_path, "v2", "2")
    (tmp_path / STATE).write_bytes(state)
    assert index_folder(tmp_path).ok
    assert labels_of(tmp_path / "demo-1.0-variants.json") == ["v2"]
    assert json.loads((tmp_path / STATE).read_bytes())["version"] == 1


@pytest.mark.parametrize(
    "inside",
    [
        {},
        document("v3", "3"),
        {**document("v2", "2"), "$schema": 3},
        {"$schema": SCHEMA, "variants": {"v2": {"cpu": {"level": ["BAD"]}}}},
    ],
)
def test_a_state_that_says_something_else_of_a_wheel(
    tmp_path: Path, inside: dict[str, Any]
) -> None:
    wheel = add(tmp_path, "v2", "2")
    index_folder(tmp_path)
    state = json.loads((tmp_path / STATE).read_bytes())
    state["files"][wheel.name]["variant"] = inside
    (tmp_path / STATE).write_text(json.dumps(state))
    assert index_folder(tmp_path).ok
    assert labels_of(tmp_path / "demo-1.0-variants.json") == ["v2"]


@pytest.mark.parametrize(
    "entry",
    [
        {"stamp": [1e999, 1, 1]},
        {"stamp": ["1", [], {}]},
        {"requires-python": "\ud800"},
        {"sha256": "../x"},
        {"problems": 3},
    ],
)
def test_an_entry_of_the_state_that_makes_no_sense(
    tmp_path: Path, entry: dict[str, Any]
) -> None:
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    wheel = add(wheels, "v2", "2")
    index_folder(wheels, pages=pages)
    before = snapshot(pages)
    state = json.loads((wheels / STATE).read_bytes())
    state["files"][wheel.name] |= entry
    (wheels / STATE).write_text(json.dumps(state))
    assert index_folder(wheels, pages=pages).ok
    assert snapshot(pages) == before


def test_a_path_in_the_state_that_no_system_has(tmp_path: Path) -> None:
    paths = ("\0", "\ud800", "a" * 5000)
    made = {f"{path}-variants.json": "0" * 64 for path in paths}
    (tmp_path / STATE).write_text(json.dumps({"version": 1, "made": made}))
    assert index_folder(tmp_path).removed == ()


@pytest.mark.parametrize(
    "path",
    [
        "../precious-1.0-variants.json",
        "sub/../../precious-1.0-variants.json",
        "linked/precious-1.0-variants.json",
        "notes.txt",
    ],
)
def test_a_state_cannot_make_us_remove_other_files(tmp_path: Path, path: str) -> None:
    wheels = tmp_path / "wheels"
    (wheels / "sub").mkdir(parents=True)
    for name in ("precious-1.0-variants.json", "wheels/notes.txt"):
        (tmp_path / name).write_text("mine")
    if os.name != "nt":
        (wheels / "linked").symlink_to(tmp_path)
    digest = hashlib.sha256(b"mine").hexdigest()
    (wheels / STATE).write_text(json.dumps({"version": 1, "made": {path: digest}}))
    assert index_folder(wheels).removed == ()
    assert (wheels / path).read_text() == "mine" or os.name == "nt"
    assert (tmp_path / "precious-1.0-variants.json").read_text() == "mine"


@pytest.mark.parametrize("start", ["", "/", "//"])
def test_a_state_cannot_make_us_remove_files_elsewhere(
    tmp_path: Path, start: str
) -> None:
    """Two slashes in front are a root of their own for POSIX, three are one again."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    precious = tmp_path / "precious-1.0-variants.json"
    precious.write_text("mine")
    digest = hashlib.sha256(b"mine").hexdigest()
    made = {f"{start}{precious.as_posix()}": digest}
    (wheels / STATE).write_text(json.dumps({"version": 1, "made": made}))
    assert index_folder(wheels).removed == ()
    assert precious.read_text() == "mine"


@posix
@pytest.mark.parametrize(
    "path",
    [
        "wheels/.pip-variant-index.json",
        "wheels/.pip-variant-index.lock",
        "wheels/demo-1.0-variants.json",
        "wheels/gone-1.0-variants.json",
        "wheels/demo-1.0-py3-none-any-v2.whl.metadata",
        "wheels/a-1.0-py3-none-any.whl",
        "pages/demo/index.html",
        "pages/demo/index.json",
        "pages/index.html",
    ],
)
def test_a_pipe_holds_nobody_up(tmp_path: Path, path: str) -> None:
    """Who opens a pipe waits for the other end."""
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    add(wheels, "v2", "2")
    if path.startswith("wheels/gone"):
        made = {"gone-1.0-variants.json": "0" * 64}
        (wheels / STATE).write_text(json.dumps({"version": 1, "made": made}))
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(tmp_path / path)
    run = multiprocessing.get_context("spawn").Process(
        target=index_folder, args=(wheels,), kwargs={"pages": pages}
    )
    run.start()
    run.join(60)
    waits = run.is_alive()
    run.kill()
    run.join()
    assert not waits
    assert run.exitcode == 0


@posix
def test_what_a_killed_run_has_left_is_removed(tmp_path: Path) -> None:
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    add(wheels, "v2", "2")
    (pages / "demo").mkdir(parents=True)
    name = f".{'0123456789abcdef'}.pip-variant-index"
    left = [wheels / name, pages / name, pages / "demo" / name]
    others = [wheels / ".mine.pip-variant-index", wheels / f"x{name}"]
    for path in (*left, *others):
        path.touch()
    target = wheels / "demo-1.0-variants.json"
    with replacing(target, UNFINISHED) as file:
        (used,) = {*wheels.glob(".*.pip-variant-index")} - {*left, *others}
        assert index_folder(wheels, pages=pages).ok
        assert used.exists()
        file.write(target.read_bytes())
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in others)
