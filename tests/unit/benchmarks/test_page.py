"""The tables on the page of the documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import page


def blocks(text: str) -> list[str]:
    """Return what stands between the marks, in order."""
    parts = text.split("<!-- end of what is written -->")[:-1]
    return [part.partition("-->")[2].strip() for part in parts]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    path = tmp_path / "benchmarks.md"
    path.write_bytes(page.PAGE.read_bytes())
    return path


@pytest.mark.parametrize(("command", "place"), [(page.MAIN, 0), (page.TREE, 1)])
def test_a_command_replaces_its_own_table_alone(
    copy: Path, command: str, place: int
) -> None:
    before = copy.read_text("utf-8")
    page.write("| new |\n", command, copy)
    text = copy.read_text("utf-8")
    expected = blocks(before)
    expected[place] = "| new |"
    assert blocks(text) == expected
    assert text.startswith("# Benchmarks\n")
    assert text.endswith(before[-100:])


def test_writing_the_same_table_again_changes_nothing(copy: Path) -> None:
    page.write("| new |\n", page.MAIN, copy)
    first = copy.read_text("utf-8")
    page.write("| new |\n", page.MAIN, copy)
    assert copy.read_text("utf-8") == first


def test_a_page_without_the_marks_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.md"
    path.write_text("# Benchmarks\n", "utf-8")
    with pytest.raises(ValueError, match="no place"):
        page.write("| new |\n", page.MAIN, path)
    assert path.read_text("utf-8") == "# Benchmarks\n"
