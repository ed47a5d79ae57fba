"""The page of codes has a line for each code that the sources cite, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "development" / "rules.md"

KINDS = {"R": "Rules", "E": "Edge cases", "F": "Features", "J": "Journeys"}

# One code, or a range of them; "E5-2680" is a processor.
CODE = re.compile(r"\b([RFEJ])(\d{1,3})(?:(?:-| to )\1(\d{1,3}))?\b(?!-\d)")
# What a linter is told has codes of its own.
NOQA = re.compile(r"# (?:ruff: )?noqa\b.*")


def codes(text: str) -> Iterator[tuple[str, int]]:
    for kind, first, last in CODE.findall(NOQA.sub("", text)):
        for number in range(int(first), int(last or first) + 1):
            yield kind, number


def cited() -> dict[tuple[str, int], str]:
    """Return each code with a file that cites it."""
    found = {}
    for folder in ("src", "tests", "docs"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".md"} and path not in (PAGE, Path(__file__)):
                name = path.relative_to(ROOT).as_posix()
                found.update(dict.fromkeys(codes(path.read_text("utf-8")), name))
    return found


def lines() -> list[tuple[str, int]]:
    rows = re.findall(r"^\| ([RFEJ])(\d+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    return [(kind, int(number)) for kind, number in rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(R36, E12)", {"R36", "E12"}),
        ("rules R7-R9", {"R7", "R8", "R9"}),
        ("E1 to E3", {"E1", "E2", "E3"}),
        ("R16-R18, F41: old", {"R16", "R17", "R18", "F41"}),
        ("Xeon(R) CPU E5-2680 v3", set()),
        ("import x  # noqa: F401, E501", set()),
        ("RUF100 PLR2004 AVX512F16 E2E f1", set()),
    ],
)
def test_what_counts_as_a_code(text: str, expected: set[str]) -> None:
    assert {f"{kind}{number}" for kind, number in codes(text)} == expected


def test_every_code_that_is_cited_has_a_line() -> None:
    there = set(lines())
    lost = {f"{k}{n}": name for (k, n), name in cited().items() if (k, n) not in there}
    assert lost == {}


def test_every_line_is_cited_somewhere() -> None:
    known = cited()
    assert [f"{k}{n}" for k, n in lines() if (k, n) not in known] == []


def test_a_line_cites_only_codes_that_have_a_line() -> None:
    assert set(codes(PAGE.read_text("utf-8"))) == set(lines())


def test_each_kind_has_one_table_in_its_order() -> None:
    there = lines()
    assert [kind for kind, _ in groupby(there, key=lambda code: code[0])] == [*KINDS]
    for kind, title in KINDS.items():
        numbers = [number for this, number in there if this == kind]
        assert numbers == sorted(set(numbers))
        part = PAGE.read_text("utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]
        assert len(re.findall(rf"^\| {kind}\d+ \|", part, re.MULTILINE)) == len(numbers)
