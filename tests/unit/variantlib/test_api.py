"""The names that others may rely on are those of the page, and can be imported."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "python-api.md"
MODULES = {
    "pip_variants.variantlib": "# Python API",
    "pip_variants.variantlib.publishing": "## For publishers",
}


def named(heading: str) -> list[str]:
    """Return the names in the first table below a heading."""
    text = PAGE.read_text("utf-8").partition(f"{heading}\n")[2]
    table = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert table is not None
    return re.findall(r"^\| `(\w+)` \|", table[0], re.MULTILINE)


@pytest.mark.parametrize(("module", "heading"), MODULES.items())
def test_the_page_names_what_can_be_imported(module: str, heading: str) -> None:
    imported = importlib.import_module(module)
    names = named(heading)
    assert sorted(names) == sorted(imported.__all__)
    for name in names:
        assert getattr(imported, name) is not None


@pytest.mark.parametrize(("module", "heading"), MODULES.items())
def test_the_page_documents_each_of_them_in_full(module: str, heading: str) -> None:
    text = PAGE.read_text("utf-8").partition("## In full")[2]
    documented = re.findall(r"^\.\. auto\w+:: (\w+)$", text, re.MULTILINE)
    assert {*named(heading)} <= {*documented}


@pytest.mark.parametrize("module", MODULES)
def test_other_names_do_not_exist(module: str) -> None:
    with pytest.raises(AttributeError):
        importlib.import_module(module).no_such_name  # noqa: B018


def test_what_is_not_asked_for_is_not_loaded() -> None:
    """Most who use the library need a part of it, and none of them pip."""
    code = (
        "import sys; from pip_variants.variantlib.publishing import default_label; "
        "print([m for m in sys.modules if m.endswith(('.validating', '.matrix', "
        "'.making', '.index')) or m.partition('.')[0] == 'pip'])"
    )
    shown = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    assert shown.stdout == "[]\n"
