"""The JSON of the verbs has the keys that the page shows, and no others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.kit import Index, Pip, gpu

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "json-output.md"

# Names of namespaces stand where keys do.
FREE = ("properties", "sources", "declared", "matched")


def shown(verb: str) -> Any:
    """Return the sample on the page."""
    text = PAGE.read_text("utf-8").split(f"\n## pip variant {verb}\n")[1]
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
    return set(re.findall(r"`([a-z]+)`", text.split("\n## ")[0]))


@pytest.mark.parametrize(
    "args",
    [
        ("explain", "torch"),
        ("platform",),
        ("check", "--no-index"),
        ("prioritize",),
    ],
)
def test_the_keys_are_those_of_the_page(
    own_pip: Pip, demo_index: Index, args: tuple[str, ...]
) -> None:
    environ = {"PIP_INDEX_URL": demo_index.url, **gpu("12.8")}
    own_pip("install", "torch", environ=environ).ok()
    environ["PIP_VARIANT_PRIORITIES"] = "nvidia"
    result = own_pip("variant", *args, "--json", environ=environ).ok()
    document = json.loads(result.out)
    assert set(keys(document)) == set(keys(shown(args[0])))
    named = {key for place in keys(document) for key in re.findall(r"[a-z]+$", place)}
    assert named - {"version"} <= explained(args[0])


def test_the_samples_are_of_this_version(pip: Pip, demo_index: Index) -> None:
    for verb in ("explain", "platform", "check", "prioritize"):
        args = ("torch",) if verb == "explain" else ()
        environ = {"PIP_INDEX_URL": demo_index.url}
        result = pip("variant", verb, "--json", *args, environ=environ).ok()
        assert json.loads(result.out)["version"] == shown(verb)["version"]
