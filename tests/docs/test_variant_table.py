"""The page of the table [variant] has every key that the code reads."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pip_variants.variantlib.metadata import VariantsJson
from pip_variants.variantlib.publishing.project import seed as reading
from pip_variants.variantlib.publishing.project.matrix import Matrix
from pip_variants.variantlib.publishing.project.seed import Seed
from tests.docs import console

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "variant-table.md"
TEXT = PAGE.read_text("utf-8")

TABLE, PRIORITIES, PROVIDER = (
    "variant",
    "variant.default-priorities",
    "variant.providers.NAMESPACE",
)


def sample() -> dict[str, Any]:
    """Return the whole table that the page begins with."""
    table = tomllib.loads(next(console.blocks(TEXT, "toml")))["variant"]
    assert isinstance(table, dict)
    return table


def rows(heading: str) -> Iterator[list[str]]:
    """Yield the cells of a section's table."""
    section = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    for line in section.splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.strip("| ").split(" | ")]


def keys(heading: str) -> list[str]:
    return [row[0].strip("`") for row in rows(heading)]


def test_every_key_of_the_table_stands_there() -> None:
    assert sorted(keys(TABLE)) == sorted(reading._KEYS)


@pytest.mark.parametrize("heading", [TABLE, PRIORITIES, PROVIDER])
def test_every_key_has_a_type_a_meaning_and_a_source(heading: str) -> None:
    found = list(rows(heading))
    assert found
    for row in found:
        assert len(row) == 4, row
        assert all(row), row


def test_every_key_is_shown() -> None:
    table = sample()
    # The one that new projects should not have.
    assert {*table} == {*keys(TABLE)} - {"static-properties"}
    assert {*table["default-priorities"]} == {*keys(PRIORITIES)}
    shown = {key for provider in table["providers"].values() for key in provider}
    assert shown == {*keys(PROVIDER)}


def test_what_is_shown_can_be_built() -> None:
    seed = Seed.from_dict(sample())
    labels = [cell.label for cell in Matrix.of(seed).cells]
    assert labels == ["cu128_mkl", "null"]


@pytest.mark.parametrize("key", keys(PROVIDER))
def test_every_key_of_a_provider_counts(key: str) -> None:
    """Without it, the table means something else, or is an error."""
    table = sample()
    for namespace, provider in table["providers"].items():
        if key in provider:
            del provider[key]
            assert meaning(table) != meaning(sample()), namespace
            return
    pytest.fail("nobody has it")


@pytest.mark.parametrize("key", keys(PRIORITIES))
def test_every_key_of_the_priorities_counts(key: str) -> None:
    table = sample()
    del table["default-priorities"][key]
    assert meaning(table) != meaning(sample())


def meaning(table: dict[str, Any]) -> Any:
    """Return what the wheels would say, or why there are none."""
    try:
        seed = Seed.from_dict(table)
    except reading.SeedError as error:
        return str(error)
    return seed.metadata.to_dict(), {n: p.to_dict() for n, p in seed.to_fill.items()}


def test_the_static_lists_of_early_drafts_are_read() -> None:
    table = sample()
    blas = table["providers"]["blas"]
    table["static-properties"] = {"blas": blas.pop("static-properties")}
    assert meaning(table) == meaning(sample())


def test_priorities_are_only_written_beside_providers() -> None:
    table = sample()
    del table["providers"]
    document: VariantsJson = Seed.from_dict(table).metadata
    assert {*document.to_dict()["default-priorities"]} == {"namespace"}
