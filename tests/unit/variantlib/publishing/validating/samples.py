"""A release that keeps every rule, and changes to it that break one each."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pip_variants.demo.wheels import build_sdist, build_wheel
from pip_variants.validation import make_tools
from pip_variants.variantlib.publishing.validating import Shortage, Tools, validate
from pip_variants.variantlib.publishing.vocabulary import BuiltinVocabulary

SCHEMAS = "https://variants-schema.wheelnext.dev"
SCHEMA_825 = f"{SCHEMAS}/peps/825/v0.1.1.json"
SCHEMA_0_2_0 = f"{SCHEMAS}/peps/850/v0.2.0.json"
SCHEMA_0_0_3 = f"{SCHEMAS}/v0.0.3.json"

Document = dict[str, Any]


def level(*values: str) -> dict[str, dict[str, list[str]]]:
    return {"x86_64": {"level": [*values]}}


GOOD: Document = {
    "$schema": SCHEMA_0_2_0,
    "default-priorities": {"namespace": ["x86_64"]},
    "providers": {"x86_64": {"requires": ["provider-variant-x86-64>=0.0.3,<1.0.0"]}},
    "variants": {"null": {}, "v2": level("v2"), "v3": level("v3")},
}
"""Nothing is wrong with it."""

# The parser of pip knows the markers of variants in a running pip only.
TOOLS: Tools = dataclasses.replace(
    make_tools(BuiltinVocabulary()), requirement_fault=lambda _: "", on_file=None
)

DRAFT = ("R15", "note")
"""What every run says."""


def changed(*path: str, to: Any, base: Document = GOOD) -> Document:
    """Return a document with another value at a place; None takes the key out."""
    document = copy.deepcopy(base)
    *above, last = path
    part = document
    for key in above:
        part = part.setdefault(key, {})
    if to is None:
        del part[last]
    else:
        part[last] = to
    return document


def static(features: Mapping[str, Sequence[str]], **variants: Any) -> Document:
    """Return a document with one made-up namespace that has a static list."""
    order = {"feature-order": [*features]} if len(features) > 1 else {}
    return {
        "$schema": SCHEMA_0_2_0,
        "default-priorities": {"namespace": ["blas"]},
        "providers": {"blas": {"static-properties": {**features}, **order}},
        "variants": variants,
    }


class Release:
    """The files of demo 1.0 in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def put(
        self,
        document: Mapping[str, Any] = GOOD,
        *,
        plain: bool = True,
        listed: Mapping[str, Any] | None = None,
        **wheel: Any,
    ) -> Release:
        """Write a wheel for each label and a plain one.

        :param listed: what ``demo-1.0-variants.json`` is to say; None for no file.
        """
        if plain:
            self.wheel(**wheel)
        for label in document["variants"]:
            self.wheel(label, document, **wheel)
        if listed is not None:
            self.metadata(listed)
        return self

    def wheel(
        self,
        label: str | None = None,
        document: Mapping[str, Any] | None = None,
        *,
        inside: Mapping[str, bytes] | None = None,
        **wheel: Any,
    ) -> Path:
        """Write one wheel.

        :param inside: contents of files in its ``.dist-info`` folder.
        """
        named = {"name": "demo", "version": "1.0", **wheel}
        if inside is not None:
            files = {f"demo-1.0.dist-info/{name}": d for name, d in inside.items()}
            named["files"] = {"demo.py": b"", **files}
        return build_wheel(self.folder, label=label, variant_json=document, **named)

    def metadata(
        self, document: Mapping[str, Any], name: str = "demo-1.0-variants.json"
    ) -> Path:
        path = self.folder / name
        path.write_text(json.dumps(document), "utf-8")
        return path

    def sdist(self) -> None:
        build_sdist(self.folder, "demo", "1.0")

    def project(self, text: str) -> None:
        (self.folder / "pyproject.toml").write_text(text, "utf-8")


def found(folder: Path, tools: Tools = TOOLS) -> Iterator[tuple[str, str]]:
    """Yield rule and severity of everything that is found, without the usual note."""
    for each in validate([folder], tools):
        if (each.rule, each.severity) != DRAFT:
            yield each.rule, each.severity


def lacking(shortage: Shortage) -> Tools:
    """Return tools that find no package of any provider."""
    return dataclasses.replace(TOOLS, shortage=lambda _: shortage)
