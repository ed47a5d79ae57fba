"""What keeps a release from being published."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

import pytest

from pip_variants.variantlib.publishing.indexing.folder import index_folder
from tests.unit.variantlib.publishing.indexing.folders import (
    Anchors,
    add,
    labels_of,
    listed,
    posix,
    snapshot,
    states,
    texts,
)


def test_wheels_that_contradict_each_other(tmp_path: Path) -> None:
    """R13, R23: named with what each says; others are published."""
    add(tmp_path, "v2", "2")
    index_folder(tmp_path)
    before = (tmp_path / "demo-1.0-variants.json").read_bytes()
    add(tmp_path, "v2", "3", tag="py2-none-any")
    add(tmp_path, "good", "1", name="other")
    report = index_folder(tmp_path)
    assert not report.ok
    assert states(report) == {
        "demo-1.0-variants.json": "held",
        "other-1.0-variants.json": "written",
    }
    assert texts(report) == [
        (
            "demo-1.0-variants.json is not updated: variants.v2: "
            "demo-1.0-py2-none-any-v2.whl says cpu :: level :: 3; "
            "demo-1.0-py3-none-any-v2.whl says cpu :: level :: 2"
        )
    ]
    assert (tmp_path / "demo-1.0-variants.json").read_bytes() == before


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda wheel: wheel.write_bytes(b"PK"), "is no readable wheel"),
        (lambda wheel: wheel.write_bytes(b""), "is no readable wheel"),
        (
            lambda wheel: wheel.write_bytes(wheel.read_bytes()[:-30]),
            "is no readable wheel",
        ),
        (
            lambda wheel: shutil.copy(add(wheel.parent / "x", "v3", "3"), wheel),
            "is named 'bad', but its variant.json describes 'v3'",
        ),
        (
            lambda wheel: shutil.copy(add(wheel.parent / "x", None), wheel),
            "has a label but no variant.json",
        ),
    ],
)
def test_a_wheel_that_cannot_be_used_holds_its_release(
    tmp_path: Path, spoil: Any, reason: str
) -> None:
    """E32, R33: nothing is published by halves."""
    wheels, pages, away = (tmp_path / name for name in ("wheels", "pages", "away"))
    add(wheels, "v2", "2")
    add(wheels, None, name="other")
    index_folder(wheels, pages=pages)
    before = snapshot(pages / "demo")
    add(wheels, "v3", "3")
    away.mkdir()
    bad = add(away, "bad")
    spoil(bad)
    bad = Path(shutil.move(bad, wheels))
    add(wheels, None, name="third")
    report = index_folder(wheels, pages=pages)
    assert not report.ok
    first, second = texts(report)
    assert first.startswith("demo-1.0-py3-none-any-bad.whl ")
    assert reason in first
    assert second == (
        "demo-1.0-variants.json is not updated, nor are the pages of demo: not all of "
        "its wheels can be read"
    )
    assert labels_of(wheels / "demo-1.0-variants.json") == ["v2"]
    assert snapshot(pages / "demo") == before
    assert [*Anchors(pages / "index.html").found] == ["demo", "other", "third"]
    bad.unlink()
    assert index_folder(wheels, pages=pages).ok
    assert labels_of(wheels / "demo-1.0-variants.json") == ["v2", "v3"]
    assert "demo-1.0-py3-none-any-v3.whl" in listed(pages / "demo")


def test_a_broken_plain_wheel_is_left_out(tmp_path: Path) -> None:
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    add(wheels, None)
    (wheels / "demo-2.0-py3-none-any.whl").write_bytes(b"half of it")
    report = index_folder(wheels, pages=pages)
    assert not report.ok
    assert [*listed(pages / "demo")] == ["demo-1.0-py3-none-any.whl"]


def test_names_that_are_none(tmp_path: Path) -> None:
    """E34: named, left out, and never a path."""
    wheel = add(tmp_path, "v2", "2")
    for name in ("demo.whl", "demo-1.0-py3-none-any-V2.whl", "_-1-py3-none-any.whl"):
        shutil.copy(wheel, tmp_path / name)
    report = index_folder(tmp_path, pages=tmp_path / "pages")
    assert report.ok
    assert sorted(problem.where for problem in report.problems) == [
        "_-1-py3-none-any.whl",
        "demo-1.0-py3-none-any-V2.whl",
        "demo.whl",
    ]
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == [
        "demo",
        "index.html",
        "index.json",
    ]


@posix
@pytest.mark.parametrize("label", [".", "..", "con", "l" * 180])
def test_a_label_is_never_a_path(tmp_path: Path, label: str) -> None:
    """E34."""
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    wheel = add(wheels, label, "2")
    assert index_folder(wheels, pages=pages).ok
    entry = listed(pages / "demo")[wheel.name]
    page = (pages / "demo" / "index.html").as_uri()
    assert unquote(urljoin(page, entry["url"])) == unquote(wheel.as_uri())


@posix
@pytest.mark.skipif(
    hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    add(tmp_path / "wheels", "v2", "2")
    (tmp_path / "wheels").chmod(0o555)
    try:
        report = index_folder(tmp_path / "wheels")
    finally:
        (tmp_path / "wheels").chmod(0o755)
    assert not report.ok
    assert "demo-1.0-variants.json cannot be written: Permission denied" in texts(
        report
    )


@posix
def test_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    """Nothing is taken for lost that only cannot be seen."""
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    add(wheels / "sub", "v2", "2")
    add(wheels, "v2", "2", name="other")
    index_folder(wheels, pages=pages)
    before = snapshot(pages, wheels / "sub")
    # Its path is longer than the system takes, which holds for root as well.
    with contextlib.ExitStack() as stack:
        here = os.open(wheels, os.O_RDONLY)
        for _ in range(20):
            stack.callback(os.close, here)
            os.mkdir("d" * 250, dir_fd=here)
            here = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        stack.callback(os.close, here)
    shutil.move(wheels / "sub", tmp_path / "away")
    add(wheels, "v3", "3", name="other")
    report = index_folder(wheels, pages=pages)
    assert not report.ok
    (text,) = texts(report)
    assert text.startswith("the folder ddd")
    assert text.endswith("; until it can, nothing is removed and no page changes")
    assert labels_of(wheels / "other-1.0-variants.json") == ["v2", "v3"]
    assert report.removed == report.pages_written == report.pages_removed == ()
    shutil.rmtree(wheels / ("d" * 250))
    shutil.move(tmp_path / "away", wheels / "sub")
    assert before.items() <= snapshot(pages, wheels / "sub").items()
    assert index_folder(wheels, pages=pages).ok


def test_metadata_cannot_be_written_where_a_folder_stands(tmp_path: Path) -> None:
    add(tmp_path, "v2", "2")
    add(tmp_path, "v2", "2", name="other")
    (tmp_path / "demo-1.0-variants.json").mkdir()
    report = index_folder(tmp_path)
    assert states(report) == {
        "demo-1.0-variants.json": "held",
        "other-1.0-variants.json": "written",
    }
    assert "demo-1.0-variants.json cannot be written: " in texts(report)[0]
    assert not [*tmp_path.glob(".*.pip-variant-index")]
