"""A part that fails costs its own figures alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import page
from benchmarks.__main__ import finish
from benchmarks.parts import TREE, Measured, measure_each
from benchmarks.table import Report, Row


def measured() -> Report:
    return Report(rows=[Row("pip --version", "1.05", "1.01")])


def fails() -> Report:
    raise OSError("no room")


def test_the_parts_before_and_behind_one_that_fails_are_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    found = measure_each({"hook": measured, "uv": fails, "plain": measured}, kept)
    assert [*found.reports] == ["hook", "plain"]
    assert found.failed == ["uv"]
    assert sorted(path.name for path in kept.iterdir()) == ["hook.md", "plain.md"]
    assert "| pip --version | 1.05   | 1.01" in (kept / "hook.md").read_text("utf-8")
    assert "OSError: no room" in capsys.readouterr().err


def test_what_an_earlier_run_has_kept_is_not_taken_for_that_of_this_one(
    tmp_path: Path,
) -> None:
    measure_each({"hook": measured, "uv": measured}, tmp_path)
    measure_each({"uv": fails}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["hook.md"]


def test_a_part_is_kept_before_the_next_one_is_measured(tmp_path: Path) -> None:
    def stopped() -> Report:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure_each({"hook": measured, "uv": stopped}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["hook.md"]


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (False, "These parts failed: uv, plain.\n"),
        (True, "These parts failed: uv, plain.\nNothing is written. "),
    ],
)
def test_a_part_that_failed_leaves_the_page_alone_and_fails_the_run(
    write: bool, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "benchmarks.md"
    copy.write_bytes(page.PAGE.read_bytes())
    found = Measured({TREE: measured()}, ["uv", "plain"])
    assert finish(found, "| new |\n", write=write, documentation=copy) == 1
    assert copy.read_bytes() == page.PAGE.read_bytes()
    assert capsys.readouterr().err.startswith(said)


def test_a_run_without_failures_writes_the_page_where_that_was_asked_for(
    tmp_path: Path,
) -> None:
    copy = tmp_path / "benchmarks.md"
    copy.write_bytes(page.PAGE.read_bytes())
    found = Measured({TREE: measured()})
    assert finish(found, "| new |\n", write=False, documentation=copy) == 0
    assert copy.read_bytes() == page.PAGE.read_bytes()
    assert finish(found, "| new |\n", write=True, documentation=copy) == 0
    assert "| new |" in copy.read_text("utf-8")
