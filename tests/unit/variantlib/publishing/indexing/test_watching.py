"""When a folder has something to publish."""

from __future__ import annotations

from pathlib import Path

import pytest

from pip_variants.variantlib.publishing.indexing.folder import index_folder
from pip_variants.variantlib.publishing.indexing.watching import Watch
from tests.unit.variantlib.publishing.indexing.folders import add, labels_of, states


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    add(tmp_path, "v2", "2")
    return Watch(tmp_path, None)


def test_nothing_is_done_before_the_second_look(watch: Watch) -> None:
    assert [watch.look() for _ in range(3)] == [False, True, False]


def test_a_file_that_grows_is_waited_for(watch: Watch, tmp_path: Path) -> None:
    watch.look(), watch.look()
    whole = add(tmp_path / ".upload", "v3", "3")
    growing = tmp_path / whole.name
    data = whole.read_bytes()
    for end in (100, 200, 300):
        growing.write_bytes(data[:end])
        assert not watch.look()
        assert growing.name not in watch.settled
    growing.write_bytes(data)
    assert not watch.look()
    assert watch.look()
    assert growing.name in watch.settled


def test_a_growing_file_holds_its_project_alone(watch: Watch, tmp_path: Path) -> None:
    """R33: no release is published by halves."""
    watch.look(), watch.look()
    pages = tmp_path / ".pages"
    assert index_folder(tmp_path, pages=pages, settled=watch.settled).ok
    add(tmp_path, "v4", "4")
    add(tmp_path, "x", name="other")
    watch.look()
    (tmp_path / "demo-1.0-py3-none-any-v3.whl").write_bytes(b"the first half")
    assert watch.look()
    report = index_folder(tmp_path, pages=pages, settled=watch.settled)
    assert report.problems == ()
    assert states(report) == {
        "demo-1.0-variants.json": "held",
        "other-1.0-variants.json": "written",
    }
    assert labels_of(tmp_path / "demo-1.0-variants.json") == ["v2"]
    assert "v4" not in (pages / "demo" / "index.html").read_text()
    assert (pages / "other" / "index.html").exists()


def test_a_file_that_begins_to_change_after_the_look_waits(
    watch: Watch, tmp_path: Path
) -> None:
    watch.look(), watch.look()
    (wheel,) = tmp_path.glob("*.whl")
    wheel.write_bytes(b"the first half of another")
    report = index_folder(tmp_path, settled=watch.settled)
    assert report.problems == ()
    assert states(report) == {"demo-1.0-variants.json": "held"}


def test_a_lost_file_is_a_change(watch: Watch, tmp_path: Path) -> None:
    watch.look(), watch.look()
    for wheel in tmp_path.glob("*.whl"):
        wheel.unlink()
    assert watch.look()


def test_what_is_written_is_no_change(watch: Watch, tmp_path: Path) -> None:
    watch.look(), watch.look()
    index_folder(tmp_path, pages=tmp_path / "simple", settled=watch.settled)
    assert not watch.look()
    assert not watch.look()


def test_what_went_wrong_is_tried_again(watch: Watch) -> None:
    watch.look(), watch.look()
    watch.again()
    assert watch.look()
    assert not watch.look()
