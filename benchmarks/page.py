"""The page of the documentation that holds the last tables."""

from __future__ import annotations

from pathlib import Path

__all__ = ["MAIN", "PAGE", "TREE", "write"]

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"

MAIN = "python -m benchmarks --write"
"""The command that writes the table of all parts but the tree."""

TREE = f"{MAIN} --only tree"
"""The command that writes the other one."""

_END = "<!-- end of what is written -->"


def write(table: str, command: str = MAIN, page: Path = PAGE) -> None:
    """Replace the table that a command writes; all else on the page is left alone.

    :param command: ``MAIN`` or ``TREE``.
    :raises ValueError: when the page has lost the marks around it.
    """
    text = page.read_text("utf-8")
    before, begin, rest = text.partition(f"<!-- written by {command} -->")
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"{page.name} has no place for the table")
    page.write_text(f"{before}{begin}\n\n{table}\n{end}{after}", "utf-8", newline="\n")
