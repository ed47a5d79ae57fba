"""What an earlier run has read and written, kept in the folder itself.

::

    .pip-variant-index.json
      files   path -> size, date, inode; what is inside
      made    path -> SHA-256 of what was written there
      pages   the folder of the pages, and the same of them

The file is untrusted: what is not right is read again, and only what still has the
recorded content is ever removed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...bounded_file import read_up_to
from ...errors import ValidationError
from ...reading import get_mapping, get_str, get_strings
from .content import Content
from .listing import Stamp

__all__ = ["STATE", "State", "load_state", "state_bytes"]

STATE = ".pip-variant-index.json"

_VERSION = 1
_MAX_BYTES = 512 * 1024 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(slots=True)
class State:
    """What is known of a folder.

    :param pages: the folder of the pages, "" for none.
    :param made_pages: as *made*, of that folder.
    """

    files: dict[str, Content] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    pages: str = ""
    made_pages: dict[str, str] = field(default_factory=dict)


def load_state(folder: Path) -> State:
    """Read what is kept; nothing where that is missing, broken, or of another version."""
    try:
        # Opening a pipe would wait for whoever writes into it.
        if not (folder / STATE).is_file():
            return State()
        with (folder / STATE).open("rb") as file:
            data = read_up_to(file, _MAX_BYTES + 1)
        document = json.loads(data) if len(data) <= _MAX_BYTES else None
    except (OSError, ValueError, RecursionError):
        return State()
    if not isinstance(document, dict) or document.get("version") != _VERSION:
        return State()
    try:
        pages = get_mapping(document, "pages")
        return State(
            {
                path: content
                for path, each in get_mapping(document, "files").items()
                if (content := _content(each)) is not None
            },
            _digests(document),
            get_str(pages, "folder") or "",
            _digests(pages),
        )
    except ValidationError:
        return State()


def state_bytes(state: State) -> bytes:
    """Return the content of the file."""
    document = {
        "version": _VERSION,
        "files": {path: _written(each) for path, each in sorted(state.files.items())},
        "made": dict(sorted(state.made.items())),
        "pages": {
            "folder": state.pages,
            "made": dict(sorted(state.made_pages.items())),
        },
    }
    return (json.dumps(document, separators=(",", ":")) + "\n").encode()


def _digests(document: Mapping[str, Any]) -> dict[str, str]:
    return {
        path: digest
        for path, digest in get_mapping(document, "made").items()
        if isinstance(digest, str) and _DIGEST.fullmatch(digest)
    }


def _content(entry: Any) -> Content | None:
    """Read an entry, None when it is not right: the file is then read again."""
    try:
        size, modified, inode = (int(part) for part in entry["stamp"])
        document = get_mapping(entry, "variant") if "variant" in entry else None
        digests = [get_str(entry, key) or "" for key in ("sha256", "metadata")]
        if not all(digest == "" or _DIGEST.fullmatch(digest) for digest in digests):
            return None
        requires_python = get_str(entry, "requires-python")
        if requires_python is not None:
            requires_python.encode()  # half a character cannot be on a page
        return Content(
            Stamp(size, modified, inode),
            document,
            get_strings(entry, "problems"),
            digests[0],
            requires_python,
            digests[1],
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _written(content: Content) -> dict[str, Any]:
    stamp = content.stamp
    entry: dict[str, Any] = {"stamp": [stamp.size, stamp.modified, stamp.inode]}
    if content.document is not None:
        entry["variant"] = content.document
    if content.problems:
        entry["problems"] = [*content.problems]
    if content.sha256:
        entry["sha256"] = content.sha256
    if content.metadata:
        entry["metadata"] = content.metadata
    if content.requires_python is not None:
        entry["requires-python"] = content.requires_python
    return entry
