"""The table of what exists in built-in namespaces says what the code knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pip_variants.variantlib.builtin import BUILTINS
from pip_variants.variantlib.builtin.possible import possible

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "providers.md"
SECTION = PAGE.read_text("utf-8").partition("## What exists")[2].partition("\n## ")[0]
ROWS = re.findall(r"^\| (.+?) \| (.+?) \| (yes|no) \|$", SECTION, re.MULTILINE)


@pytest.mark.parametrize("namespace", BUILTINS)
def test_every_feature_has_a_row_that_says_whether_it_may_have_several(
    namespace: str,
) -> None:
    known = possible(namespace)
    told = {}
    for features, _, several in ROWS:
        found = re.fullmatch(rf"`{namespace} :: (\w+)`", features)
        if found:
            told[found[1]] = several == "yes"
        elif f"other features of `{namespace}`" in features:
            flags = (name for name, values in known.features if values == ("on",))
            told.update(dict.fromkeys(flags, several == "yes"))
    assert told == {name: name in known.multi_value for name, _ in known.features}


@pytest.mark.parametrize(("features", "values"), [row[:2] for row in ROWS])
def test_the_values_that_a_row_names_exist(features: str, values: str) -> None:
    found = re.fullmatch(r"`(\w+) :: (\w+)`", features)
    flags = re.fullmatch(r"other features of `(\w+)`", features)
    named = re.findall(r"`([a-z0-9_.]+)`", values)
    if found:
        assert all(possible(found[1]).has(found[2], value) for value in named)
    else:
        assert flags is not None
        *_, (last, _) = possible(flags[1]).features
        assert named == ["on"]
        assert possible(flags[1]).has(last, "on")
