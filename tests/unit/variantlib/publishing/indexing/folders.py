"""Folders of wheels, and what an index made of them."""

from __future__ import annotations

import json
import os
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from pip_variants.demo.wheels import build_wheel
from pip_variants.variantlib.publishing.indexing.folder import IndexReport

SCHEMA = "https://variants-schema.wheelnext.dev/peps/825/v0.1.1.json"

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX file systems")


def document(label: str, value: str = "", *namespaces: str) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "default-priorities": {"namespace": [*(namespaces or ("cpu",))]},
        "variants": {label: {"cpu": {"level": [value]}} if value else {}},
    }


def add(
    folder: Path,
    label: str | None,
    value: str = "",
    *namespaces: str,
    name: str = "demo",
    version: str = "1.0",
    **wheel: Any,
) -> Path:
    """Add a wheel, with a label and one property, or plain."""
    if label is None:
        return build_wheel(folder, name, version, **wheel)
    inside = document(label, value, *namespaces)
    return build_wheel(folder, name, version, label=label, variant_json=inside, **wheel)


def labels_of(file: Path) -> list[str]:
    return [*json.loads(file.read_bytes())["variants"]]


def texts(report: IndexReport) -> list[str]:
    return [problem.text for problem in report.problems]


def states(report: IndexReport) -> dict[str, str]:
    return {release.file: release.state for release in report.releases}


class Anchors(HTMLParser):
    """The links of a page, as a browser sees them."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self._open: dict[str, str] | None = None
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open = {key: value or "" for key, value in attrs}

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self.found[data] = self._open
            self._open = None


def listed(page: Path) -> dict[str, Any]:
    """Return the files on the JSON page of a project, by name."""
    document = json.loads((page / "index.json").read_bytes())
    return {file["filename"]: file for file in document["files"]}


def snapshot(*folders: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }
