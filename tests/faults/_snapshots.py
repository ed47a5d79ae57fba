"""What lies in a folder, to be compared with what lies there later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["Tree", "documents", "everything", "tree"]

Tree = dict[str, str]
"""Path -> digest of the content of a file; "" for a folder."""


def tree(folder: Path, *, without: Sequence[str] = ()) -> Tree:
    """Return what lies below a folder; what Python compiled is left out.

    :param without: names in the folder that do not count.
    """
    found: Tree = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if relative.parts[0] in without or "__pycache__" in relative.parts:
            continue
        if path.is_file():
            found[relative.as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            found[relative.as_posix()] = ""
    return found


def everything(folder: Path) -> set[str]:
    """Name all that lies below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def documents(folder: Path, pattern: str) -> Mapping[str, Any]:
    """Read all JSON files below a folder that have such a name.

    :raises ValueError: when one is none.
    """
    return {
        path.relative_to(folder).as_posix(): json.loads(path.read_bytes())
        for path in sorted(folder.rglob(pattern))
    }
