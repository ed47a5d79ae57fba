"""The page of findings has each rule that can be reported, as the code has it."""

from __future__ import annotations

import re
from pathlib import Path

from pip_variants.variantlib.publishing.validating import RULES
from tests.unit.variantlib.publishing.validating.cases.every import CASES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "findings.md"


def rows() -> dict[str, list[str]]:
    """Return the cells of each rule, by its number."""
    found = {}
    for line in PAGE.read_text("utf-8").splitlines():
        if re.match(r"\| `[WR]\d+` \|", line):
            rule, *cells = (cell.strip() for cell in line.strip("| ").split(" | "))
            assert rule.strip("`") not in found
            found[rule.strip("`")] = cells
    return found


def test_the_page_has_the_rules_and_their_texts() -> None:
    assert {rule: cells[1] for rule, cells in rows().items()} == dict(RULES)


def test_the_page_has_the_severities_that_are_reported() -> None:
    reported: dict[str, set[str]] = {"R15": {"note"}}
    for rule, severity, *_ in CASES:
        reported.setdefault(rule, set()).add(severity)
    on_page = {rule: set(cells[0].split(", ")) for rule, cells in rows().items()}
    assert on_page == reported


def test_every_rule_has_a_source_and_something_to_do() -> None:
    for rule, cells in rows().items():
        assert len(cells) == 4, rule
        assert all(cells), rule
