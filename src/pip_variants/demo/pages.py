"""The pages of a simple index, for a folder that holds one folder for each project.

Both published forms: HTML (PEP 503, with PEP 592, 629, 658 and 714) and JSON (PEP
691, with PEP 700). The index-level variant metadata is listed like any other file, in
both (R29).
"""

from __future__ import annotations

import email.parser
import hashlib
import html
import json
import tarfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

__all__ = [
    "HTML",
    "HTML_V1",
    "JSON",
    "IndexFile",
    "PageStyle",
    "files_of",
    "projects_of",
    "render_project",
    "render_root",
]

HTML = "text/html"
HTML_V1 = "application/vnd.pypi.simple.v1+html"
"""The other name of :data:`HTML`, for clients that ask for it (PEP 691)."""
JSON = "application/vnd.pypi.simple.v1+json"

_WHEEL = ".whl"
_SDIST = ".tar.gz"
_READ_ERRORS = (OSError, EOFError, ValueError, zipfile.BadZipFile, tarfile.TarError)


@dataclass(frozen=True, slots=True)
class PageStyle:
    """What the pages say about a file.

    :param hashes: whether they give hashes.
    :param metadata: whether wheels have a metadata file (PEP 658).
    :param yanked: file name -> reason, which may be empty.
    :param upload_times: file name -> time in ISO 8601; only JSON has these.
    """

    hashes: bool = True
    metadata: bool = True
    yanked: Mapping[str, str] = field(default_factory=dict, hash=False)
    upload_times: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class IndexFile:
    """A file of a project, and what the pages need to know of its content.

    :param modified: in seconds since the epoch.
    :param sha256: of the content, in hexadecimal digits.
    :param metadata: the METADATA of a wheel; None for every other file, and for a
        wheel that cannot be read.
    """

    path: Path
    size: int
    modified: float
    sha256: str
    requires_python: str | None
    metadata: bytes | None

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    @property
    def version(self) -> str | None:
        """The version in the name of a wheel or an sdist."""
        if self.name.endswith(_WHEEL) and self.name.count("-") > 1:
            return self.name.split("-")[1]
        if self.name.endswith(_SDIST):
            return self.name.removesuffix(_SDIST).rpartition("-")[2]
        return None


def projects_of(folder: Path) -> tuple[str, ...]:
    """List the projects of an index folder."""
    return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir()))


def files_of(folder: Path) -> tuple[IndexFile, ...]:
    """List the files of a project's folder, as they are now."""
    return tuple(_read(path) for path in sorted(folder.iterdir()) if path.is_file())


def _read(path: Path) -> IndexFile:
    found = path.stat()
    return _read_once(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=4096)
def _read_once(path: Path, modified: int, size: int) -> IndexFile:
    """Read a file; its date and size are arguments so that a changed one is read again."""
    metadata = _read_metadata(path)
    headers = email.parser.BytesHeaderParser().parsebytes(metadata or b"")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return IndexFile(
        path=path,
        size=size,
        modified=modified / 1e9,
        sha256=digest,
        requires_python=headers.get("Requires-Python"),
        metadata=metadata if path.name.endswith(_WHEEL) else None,
    )


def _read_metadata(path: Path) -> bytes | None:
    """Read METADATA or PKG-INFO; a file that has none is an honest case in tests."""
    try:
        if path.name.endswith(_WHEEL):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if name.endswith(".dist-info/METADATA"):
                        return archive.read(name)
        elif path.name.endswith(_SDIST):
            stem = path.name.removesuffix(_SDIST)
            with tarfile.open(path) as archive:
                file = archive.extractfile(f"{stem}/PKG-INFO")
                return file.read() if file else None
    except (*_READ_ERRORS, KeyError, NotImplementedError):
        return None
    return None


def render_root(projects: Iterable[str], content_type: str) -> bytes:
    """Write the page that lists the projects."""
    if content_type == JSON:
        listed = [{"name": name} for name in projects]
        return _json({"meta": {"api-version": "1.1"}, "projects": listed})
    anchors = (f'<a href="{quote(name)}/">{html.escape(name)}</a>' for name in projects)
    return _html("Simple index", anchors)


def render_project(
    name: str, files: Iterable[IndexFile], content_type: str, style: PageStyle
) -> bytes:
    """Write the page that lists the files of a project.

    The links are relative: the files stand beside the page.
    """
    if content_type == JSON:
        listed = tuple(files)
        versions = {file.version for file in listed} - {None}
        return _json(
            {
                "meta": {"api-version": "1.1"},
                "name": name,
                "versions": sorted(map(str, versions)),
                "files": [_json_file(file, style) for file in listed],
            }
        )
    return _html(f"Links for {name}", (_anchor(file, style) for file in files))


def _json_file(file: IndexFile, style: PageStyle) -> dict[str, object]:
    entry: dict[str, object] = {
        "filename": file.name,
        "url": quote(file.name),
        "hashes": {"sha256": file.sha256} if style.hashes else {},
        "size": file.size,
    }
    if file.requires_python is not None:
        entry["requires-python"] = file.requires_python
    if file.metadata is not None and style.metadata:
        digest = hashlib.sha256(file.metadata).hexdigest()
        # Not under its older name as well: pip before 23.0.1 fails on that (PEP 714).
        entry["core-metadata"] = {"sha256": digest} if style.hashes else True
    if file.name in style.yanked:
        entry["yanked"] = style.yanked[file.name] or True
    if file.name in style.upload_times:
        entry["upload-time"] = style.upload_times[file.name]
    return entry


def _anchor(file: IndexFile, style: PageStyle) -> str:
    href = quote(file.name)
    if style.hashes:
        href += f"#sha256={file.sha256}"
    attributes = {"href": href}
    if file.requires_python is not None:
        attributes["data-requires-python"] = file.requires_python
    if file.metadata is not None and style.metadata:
        digest = f"sha256={hashlib.sha256(file.metadata).hexdigest()}"
        value = digest if style.hashes else "true"
        attributes["data-core-metadata"] = value
        attributes["data-dist-info-metadata"] = value
    if file.name in style.yanked:
        attributes["data-yanked"] = style.yanked[file.name]
    text = " ".join(
        f'{key}="{html.escape(value)}"' for key, value in attributes.items()
    )
    return f"<a {text}>{html.escape(file.name)}</a>"


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


def _json(document: Mapping[str, object]) -> bytes:
    return json.dumps(document).encode()
