"""The pages of a simple index, in both published forms.

HTML by PEP 503, with PEP 592, 629, 658 and 714; JSON by PEP 691, with PEP 700. The file
of variant metadata is listed like any other, in both (R29), but without a hash: it
changes (R32), and who has an old page, or an old copy of the file, must not refuse it.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

__all__ = [
    "PageEntry",
    "project_html",
    "project_json",
    "root_html",
    "root_json",
]

_API_VERSION = "1.1"  # PEP 700: sizes, dates and versions


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A file on the page of a project.

    :param place: the path from the page to the file, with "/", unquoted.
    :param modified: in nanoseconds since the epoch.
    :param sha256: "" for none.
    :param metadata: SHA-256 of the file of core metadata beside it, "" for none.
    """

    filename: str
    place: str
    size: int
    modified: int
    sha256: str = ""
    requires_python: str | None = None
    metadata: str = ""


def root_html(projects: Iterable[str]) -> bytes:
    """Write the page that lists the projects."""
    anchors = (f'<a href="{quote(name)}/">{html.escape(name)}</a>' for name in projects)
    return _html("Simple index", anchors)


def root_json(projects: Iterable[str]) -> bytes:
    """Write the same in JSON."""
    listed = [{"name": name} for name in projects]
    return _json({"meta": {"api-version": _API_VERSION}, "projects": listed})


def project_html(project: str, entries: Iterable[PageEntry]) -> bytes:
    """Write the page that lists the files of a project.

    >>> entry = PageEntry("a-1-py3-none-any.whl", "../../a-1-py3-none-any.whl", 1, 0)
    >>> b'href="../../a-1-py3-none-any.whl"' in project_html("a", [entry])
    True
    """
    return _html(f"Links for {project}", map(_anchor, entries))


def project_json(
    project: str, versions: Iterable[str], entries: Iterable[PageEntry]
) -> bytes:
    """Write the same in JSON."""
    return _json(
        {
            "meta": {"api-version": _API_VERSION},
            "name": project,
            "versions": sorted(set(versions)),
            "files": [_file(entry) for entry in entries],
        }
    )


def _file(entry: PageEntry) -> dict[str, Any]:
    listed: dict[str, Any] = {
        "filename": entry.filename,
        "url": _quoted(entry.place),
        "hashes": {"sha256": entry.sha256} if entry.sha256 else {},
        "size": entry.size,
    }
    time = _iso(entry.modified)
    if time:
        listed["upload-time"] = time
    if entry.requires_python is not None:
        listed["requires-python"] = entry.requires_python
    if entry.metadata:
        # Not under its older name as well: pip before 23.0.1 fails on that (PEP 714).
        listed["core-metadata"] = {"sha256": entry.metadata}
    return listed


def _anchor(entry: PageEntry) -> str:
    href = _quoted(entry.place)
    attributes = {"href": f"{href}#sha256={entry.sha256}" if entry.sha256 else href}
    if entry.requires_python is not None:
        attributes["data-requires-python"] = entry.requires_python
    if entry.metadata:
        attributes["data-core-metadata"] = f"sha256={entry.metadata}"
        attributes["data-dist-info-metadata"] = f"sha256={entry.metadata}"
    text = " ".join(
        f'{key}="{html.escape(value)}"' for key, value in attributes.items()
    )
    return f"<a {text}>{html.escape(entry.filename)}</a>"


def _quoted(place: str) -> str:
    """Quote a path; the bytes of a folder's name need not be text."""
    return quote(place, errors="surrogateescape")


def _iso(modified: int) -> str:
    """Return a date as PEP 700 writes it, "" for one that no calendar has."""
    seconds, rest = divmod(modified, 1_000_000_000)
    try:
        date = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return ""
    return f"{date:%Y-%m-%dT%H:%M:%S}.{rest // 1000:06}Z"


def _html(title: str, anchors: Iterable[str]) -> bytes:
    def lines() -> Iterator[str]:
        yield "<!DOCTYPE html>"
        yield '<html><head><meta charset="utf-8">'
        yield '<meta name="pypi:repository-version" content="1.0">'
        yield f"<title>{html.escape(title)}</title></head><body>"
        yield f"<h1>{html.escape(title)}</h1>"
        yield from (f"{anchor}<br>" for anchor in anchors)
        yield "</body></html>\n"

    return "\n".join(lines()).encode()


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document) + "\n").encode()
