"""What ``python -m benchmarks`` refuses before it measures, and what it keeps."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import page
from benchmarks.__main__ import keep, read
from benchmarks.table import Report, Row


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--check --quick", "leave out --quick"),
        ("--check --write", "--check goes with neither"),
        ("--check --only tree", "--check goes with neither"),
        ("--write --quick", "--write needs a full run"),
        ("--write --only hook", "--write needs a full run"),
        ("--write --only tree --only hook", "--write needs a full run"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    line: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        read(line.split())
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_only_what_is_drawn_needs_matplotlib(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert read(["--write", "--only", "tree"]).write
    with pytest.raises(SystemExit):
        read(["--write"])
    assert "needs matplotlib" in capsys.readouterr().err


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    path = tmp_path / "benchmarks.md"
    path.write_bytes(page.PAGE.read_bytes())
    return path


def test_a_tree_that_the_disk_has_no_room_for_leaves_the_page_alone(
    copy: Path,
) -> None:
    before = copy.read_bytes()
    nothing = Report(notes=["There is no room on the disk for the tree."])
    assert not keep({"tree": nothing}, nothing.render([]), copy)
    assert copy.read_bytes() == before


def test_a_tree_that_was_measured_is_put_on_the_page(copy: Path) -> None:
    measured = Report(rows=[Row("whole install, uv: to stock pip", "", "0.25")])
    assert keep({"tree": measured}, measured.render([]), copy)
    assert "| whole install, uv: to stock pip |        | 0.25" in copy.read_text(
        "utf-8"
    )
