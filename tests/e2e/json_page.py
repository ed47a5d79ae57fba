"""The page of the JSON output: its samples, and what its tables explain."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "json-output.md"

# Names of namespaces stand where keys do.
FREE = (
    "config_settings",
    "environment",
    "properties",
    "static_properties",
    "sources",
    "declared",
    "matched",
    "variables",
)


def shown(verb: str, action: str = "") -> Any:
    """Return the sample on the page; that of an action comes after its command."""
    text = PAGE.read_text("utf-8").split(f"\n## pip variant {verb}\n")[1]
    if action:
        text = text.split(f"\n`pip variant {verb} {action} ")[1]
    found = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def keys(value: Any, place: str = "") -> Iterator[str]:
    """Yield the places of all keys, with the type of what stands there."""
    if isinstance(value, list):
        for each in value:
            yield from keys(each, f"{place}[]")
    elif isinstance(value, dict) and not place.rpartition(".")[2].startswith(FREE):
        for key, below in value.items():
            yield f"{place}.{key}"
            yield from keys(below, f"{place}.{key}")
    elif isinstance(value, dict) and place == ".sources":
        for below in value.values():
            yield from keys(below, ".each")


def explained(verb: str) -> set[str]:
    """Return the keys that the tables of the page name."""
    text = PAGE.read_text("utf-8").split(f"\n## pip variant {verb}\n")[1]
    return set(re.findall(r"`([a-z_]+)`", text.split("\n## ")[0]))


def are_those_of_the_page(document: Any, verb: str, action: str = "") -> bool:
    """Tell whether the sample has all keys of a document, and tables explain them."""
    found = set(keys(document))
    named = {key for place in found for key in re.findall(r"[a-z_]+$", place)}
    assert found == set(keys(shown(verb, action)))
    return named - {"version"} <= explained(verb)
