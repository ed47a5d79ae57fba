"""A folder of wheels, made an index."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import sys
from pathlib import Path

import pytest

from pip_variants.variantlib.errors import VariantError
from pip_variants.variantlib.filename import label_of
from pip_variants.variantlib.publishing.indexing.folder import index_folder
from tests.unit.variantlib.publishing.indexing.folders import (
    SCHEMA,
    add,
    labels_of,
    posix,
    snapshot,
    states,
    texts,
)

# variants.json


def test_each_release_gets_its_metadata_beside_the_wheels(tmp_path: Path) -> None:
    """R27, R28, R30."""
    add(tmp_path, "v2", "2", name="My.Pkg")
    add(tmp_path, "null", name="My.Pkg")
    add(tmp_path, None, name="My.Pkg")
    add(tmp_path / "deep" / "er", "v3", "3", name="other", version="2.0+cu.1")
    report = index_folder(tmp_path)
    assert report.ok
    assert report.problems == ()
    assert states(report) == {
        "my_pkg-1.0-variants.json": "written",
        "deep/er/other-2.0+cu.1-variants.json": "written",
    }
    written = json.loads((tmp_path / "my_pkg-1.0-variants.json").read_bytes())
    assert written == {
        "$schema": SCHEMA,
        "default-priorities": {"namespace": ["cpu"]},
        "variants": {"null": {}, "v2": {"cpu": {"level": ["2"]}}},
    }
    release = {release.name: release for release in report.releases}["my-pkg"]
    assert (release.version, release.labels) == ("1.0", ("null", "v2"))


def test_the_order_in_which_wheels_land_means_nothing(tmp_path: Path) -> None:
    """R27: equal wheels, equal bytes."""
    found = set()
    wheels = [("v2", "2", "cpu"), ("v3", "3", "cpu", "gpu"), ("null", "", "cpu")]
    for number, order in enumerate((wheels, wheels[::-1])):
        folder = tmp_path / str(number)
        for label, value, *namespaces in order:
            add(folder, label, value, *namespaces)
            index_folder(folder)
        found.add((folder / "demo-1.0-variants.json").read_bytes())
    assert len(found) == 1


def test_a_second_run_touches_nothing(tmp_path: Path) -> None:
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    add(wheels, "v2", "2")
    add(wheels, None, name="plain")
    index_folder(wheels, pages=pages)
    before = snapshot(wheels, pages)
    report = index_folder(wheels, pages=pages)
    assert snapshot(wheels, pages) == before
    assert (report.written, report.pages_written) == ((), ())
    assert states(report) == {"demo-1.0-variants.json": "unchanged"}


def test_a_new_label_is_added_and_a_lost_one_removed(tmp_path: Path) -> None:
    """R32."""
    first = add(tmp_path, "v2", "2")
    index_folder(tmp_path)
    add(tmp_path, "v3", "3")
    index_folder(tmp_path)
    assert labels_of(tmp_path / "demo-1.0-variants.json") == ["v2", "v3"]
    first.unlink()
    index_folder(tmp_path)
    assert labels_of(tmp_path / "demo-1.0-variants.json") == ["v3"]


def test_what_describes_nothing_any_more_is_removed(tmp_path: Path) -> None:
    wheel = add(tmp_path, "v2", "2")
    index_folder(tmp_path)
    wheel.unlink()
    report = index_folder(tmp_path)
    assert report.removed == ("demo-1.0-variants.json",)
    assert not (tmp_path / "demo-1.0-variants.json").exists()


def test_what_somebody_has_changed_is_not_removed(tmp_path: Path) -> None:
    wheel = add(tmp_path, "v2", "2")
    index_folder(tmp_path)
    file = tmp_path / "demo-1.0-variants.json"
    file.write_text("{}")
    wheel.unlink()
    assert index_folder(tmp_path).removed == ()
    assert file.read_text() == "{}"


def test_metadata_of_others_is_left_alone_and_named(tmp_path: Path) -> None:
    add(tmp_path, "v2", "2")
    for name in ("other-1.0-variants.json", "Demo-1.0.0-variants.json"):
        (tmp_path / name).write_text("{}")
    report = index_folder(tmp_path)
    assert report.ok
    assert texts(report) == [
        (
            "Demo-1.0.0-variants.json describes the same release as "
            "demo-1.0-variants.json; remove it"
        ),
        "other-1.0-variants.json describes no wheel that is there; it is left alone",
    ]


def test_the_wheels_are_the_truth(tmp_path: Path) -> None:
    """R30: what was written by hand is replaced."""
    add(tmp_path, "v2", "2")
    (tmp_path / "demo-1.0-variants.json").write_text('{"by": "hand"}')
    index_folder(tmp_path)
    assert labels_of(tmp_path / "demo-1.0-variants.json") == ["v2"]


def test_two_spellings_of_a_version_are_one_release(tmp_path: Path) -> None:
    """E25."""
    add(tmp_path, "v2", "2", version="1.0")
    add(tmp_path, "v3", "3", version="1.0.0")
    (release,) = index_folder(tmp_path).releases
    assert (release.file, release.labels) == ("demo-1.0-variants.json", ("v2", "v3"))


def test_hidden_things_and_linked_folders_are_left_out(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    add(wheels / ".hidden", "v2", "2")
    add(wheels, "v3", "3").rename(wheels / ".demo-1.0-py3-none-any-v3.whl")
    elsewhere = add(tmp_path / "elsewhere", "v4", "4").parent
    if os.name != "nt":
        (wheels / "linked").symlink_to(elsewhere)
        (wheels / "round").symlink_to(wheels)
    assert index_folder(wheels).releases == ()
    assert not (elsewhere / "demo-1.0-variants.json").exists()


@posix
def test_a_link_to_a_wheel_is_a_wheel(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    stored = add(tmp_path / "store", "v2", "2")
    (wheels / stored.name).symlink_to(stored)
    (wheels / "broken-1.0-py3-none-any.whl").symlink_to(tmp_path / "nothing")
    assert states(index_folder(wheels)) == {"demo-1.0-variants.json": "written"}


def test_there_is_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(VariantError, match="there is no folder"):
        index_folder(tmp_path / "none")


def test_two_hundred_wheels(tmp_path: Path) -> None:
    for number in range(200):
        add(tmp_path, f"l{number}", str(number), version=f"1.{number % 5}")
    report = index_folder(tmp_path)
    assert report.ok
    assert [len(release.labels) for release in report.releases] == [40] * 5


# several runs at once


def run_often(folder: str, pages: str, own: str, times: int) -> None:
    for number in range(times):
        add(Path(folder), f"{own}{number}", str(number))
        index_folder(Path(folder), pages=Path(pages))


def test_two_runs_at_once(tmp_path: Path) -> None:
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    wheels.mkdir()
    context = multiprocessing.get_context("spawn")
    runs = [
        context.Process(target=run_often, args=(str(wheels), str(pages), own, 8))
        for own in "ab"
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join(60)
    # A run may meet a wheel that the other is writing: then it says so, and the
    # last one finds all of them.
    assert index_folder(wheels, pages=pages).ok
    labels = sorted(label_of(file.name) or "" for file in wheels.glob("*.whl"))
    assert len(labels) == 16
    assert labels_of(wheels / "demo-1.0-variants.json") == labels
    assert not [*tmp_path.rglob(".*.pip-variant-index")]
    leftovers = {file.name for file in wheels.glob(".*")}
    assert all(re.fullmatch(r"\.pip-variant-index\.\w+", each) for each in leftovers)


@pytest.mark.skipif(sys.platform == "win32", reason="takes the lock as POSIX does")
def test_a_run_waits_for_the_other(tmp_path: Path) -> None:
    import fcntl

    add(tmp_path, "v2", "2")
    index_folder(tmp_path)
    with (tmp_path / ".pip-variant-index.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        class Released:
            times = 0

            def waiting(self) -> None:
                self.times += 1
                fcntl.flock(file, fcntl.LOCK_UN)

            def reading(self, path: Path, size: int) -> None:
                raise AssertionError

        released = Released()
        assert index_folder(tmp_path, progress=released).ok
        assert released.times == 1
