"""What stands on an index page: its files, and the links of ``variants.json``.

Only names are looked at here; nothing is fetched (see ``release_metadata``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from . import _pip
from .release import identity, source_of
from .variantlib.filename import INDEX_SUFFIX, label_of, parse_index_filename

__all__ = ["MetadataLinks", "document_of", "files_in"]

_PEP_691 = "application/vnd.pypi.simple.v1+json"


class MetadataLinks:
    """The variants.json links met on index pages."""

    def __init__(self) -> None:
        """Start with none."""
        self._links: dict[tuple[str, str, str], _pip.Link] = {}
        self._hidden: set[str] = set()

    def take_from(self, links: Iterable[_pip.Link]) -> list[_pip.Link]:
        """Remember the metadata links; return the others.

        Their own yanked and requires-python marks mean nothing (R31).
        """
        # A page may hold thousands of links: look before parsing.
        return [
            link
            for link in links
            if INDEX_SUFFIX not in link.url or not self._take(link)
        ]

    def hide_labelled(self, name: str, links: Iterable[_pip.Link]) -> list[_pip.Link]:
        """Return the links without a label, and remember whether there were others."""
        everything = list(links)
        plain = [link for link in everything if label_of(link.filename) is None]
        if len(plain) < len(everything):
            self._hidden.add(_pip.canonicalize_name(name))
        return plain

    def hides_some_of(self, name: str) -> bool:
        """Tell whether wheels of a package were hidden for their labels."""
        return _pip.canonicalize_name(name) in self._hidden

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


def document_of(page: Any) -> dict[str, Any]:
    """Return what a page in JSON says, unchecked; nothing of every other page.

    :param page: as pip fetched it.
    """
    if not page.content_type.lower().startswith(_PEP_691):
        return {}
    try:
        document = json.loads(page.content)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def files_in(document: dict[str, Any]) -> list[Any]:
    """Return what the document of a page lists, unchecked."""
    files = document.get("files")
    return files if isinstance(files, list) else []
