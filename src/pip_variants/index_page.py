"""The metadata links on index pages, and which page or folder a link comes from.

Only names are looked at here; nothing is fetched (see ``release_metadata``).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from . import _pip
from .variantlib.filename import parse_index_filename

__all__ = ["MetadataLinks", "identity", "source_of"]

_JSON_MARK = "-variants.json"


def source_of(link: _pip.Link) -> str:
    """Name the page or folder that a link comes from.

    Metadata holds for the wheels of its own source only (R66).
    """
    if link.comes_from is not None:
        return str(link.comes_from)
    if link.is_file:
        return str(Path(link.file_path).parent)
    return link.url_without_fragment.rpartition("/")[0]


class MetadataLinks:
    """The variants.json links met on index pages."""

    def __init__(self) -> None:
        """Start with none."""
        self._links: dict[tuple[str, str, str], _pip.Link] = {}

    def take_from(self, links: Iterable[_pip.Link]) -> list[_pip.Link]:
        """Remember the metadata links; return the others.

        Their own yanked and requires-python marks mean nothing (R31).
        """
        # A page may hold thousands of links: look before parsing.
        return [
            link for link in links if _JSON_MARK not in link.url or not self._take(link)
        ]

    def _take(self, link: _pip.Link) -> bool:
        parts = parse_index_filename(link.filename)
        if parts is None:
            return False
        name, version = parts
        self._links.setdefault((source_of(link), *identity(name, version)), link)
        return True

    def find(self, source: str, name: str, version: str) -> _pip.Link | None:
        """Return the metadata link of a release in a source, None without one."""
        return self._links.get((source, *identity(name, version)))


def identity(name: str, version: str) -> tuple[str, str]:
    """Return what a release is known by, however a file spells it (E25).

    ``1.0`` and ``1.0.0`` are the same version.
    """
    return _pip.canonicalize_name(name), _pip.canonicalize_version(version)
