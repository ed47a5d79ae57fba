"""``pip variant explain`` of a release, read from its JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.kit import Document, Index, Pip, levels
from tests.running import Result

NEW = {"properties": {"cpu": {"level": ["v3", "v2", "v1"]}}}
OLD = {"properties": {"cpu": {"level": ["v1"]}}}


def explain(pip: Pip, index: Index, *args: str | Path, **named: Any) -> Result:
    return pip("variant", "explain", "--index-url", index.url, *args, **named)


def explained(pip: Pip, index: Index, *args: str | Path, **named: Any) -> Document:
    """Return what is told about the only release."""
    result = explain(pip, index, "--json", *args, **named).ok()
    (release,) = json.loads(result.out)["releases"]
    found: Document = release
    return found


def machine(release: Document) -> Document:
    (found,) = release["machines"]
    answer: Document = found
    return answer


def by_label(release: Document) -> dict[str | None, Document]:
    return {file["label"]: file for file in machine(release)["files"]}


def unwrapped(text: str) -> list[str]:
    """Return the lines of an output, with sentences in one piece."""
    return re.sub(r"\n(?:  |      )(?=\S)", " ", text).splitlines()


def behind(release: Document) -> dict[str | None, str]:
    """Return why each label stands behind the one before it."""
    files = machine(release)["files"]
    return {f["label"]: f["behind"]["reason"] for f in files if f["behind"]}


def ask_machine(*labels: str) -> Document:
    """Return metadata with labels whose property no static list answers for."""
    document = levels(*labels)
    del document["providers"]["cpu"]["static-properties"]
    document["providers"]["cpu"]["requires"] = ["cpu-provider"]
    return document


def platforms(folder: Path) -> tuple[Path, Path]:
    """Write the files of a new and of an old machine."""
    paths = folder / "new.json", folder / "old.json"
    for path, content in zip(paths, (NEW, OLD), strict=True):
        path.write_text(json.dumps(content))
    return paths
