"""The page of the documentation that holds the last table."""

from __future__ import annotations

from pathlib import Path

__all__ = ["PAGE", "write"]

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"

_BEGIN = "<!-- written by python -m benchmarks --write -->"
_END = "<!-- end of what is written -->"


def write(table: str, page: Path = PAGE) -> None:
    """Replace the table of the page; all else on it is left alone.

    :raises ValueError: when the page has lost its two marks.
    """
    text = page.read_text("utf-8")
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"{page.name} has no place for the table")
    page.write_text(f"{before}{begin}\n\n{table}\n{end}{after}", "utf-8", newline="\n")
