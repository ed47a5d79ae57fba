"""Reads the files of a folder, each only when it is not known yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from ...errors import FilenameError, MetadataError, VariantError
from ...metadata import VariantsJson
from .content import Content, read_content
from .listing import Found, Listing
from .names import Artifact, artifact_of
from .release import Item
from .report import IndexProblem, Progress

__all__ = ["Reader"]


class Reader:
    """Reads what is new, and remembers all of it."""

    def __init__(
        self, folder: Path, known: Mapping[str, Content], progress: Progress
    ) -> None:
        """Start with what is known."""
        self._folder = folder
        self._before = known
        self._progress = progress
        self.known: dict[str, Content] = {}
        self.problems: list[IndexProblem] = []

    def items(
        self, listing: Listing, growing: Collection[str], *, listed: bool
    ) -> Iterator[Item]:
        """Yield the wheels and sdists.

        :param growing: paths that are left for later.
        :param listed: whether they are to stand on a page.
        """
        for found in listing.files:
            try:
                artifact = artifact_of(found.name)
            except FilenameError as error:
                text = f"{error}; it is left out"
                self.problems.append(IndexProblem(found.path, text, fatal=False))
                continue
            if artifact is not None:
                yield self._item(found, artifact, growing, listed=listed)

    def _item(
        self,
        found: Found,
        artifact: Artifact,
        growing: Collection[str],
        *,
        listed: bool,
    ) -> Item:
        known = self._known(found, artifact)
        if known is not None:
            self.known[found.path] = known
        if found.path in growing or not (listed or artifact.label):
            return Item(found, artifact, None)
        if known is None or not known.serves(found, artifact, listed=listed):
            known = self._read(found, artifact, listed=listed)
        if known is not None:
            self.known[found.path] = known
            for problem in known.problems:
                text = (
                    f"{found.name}: part of its variant metadata is left out: {problem}"
                )
                self.problems.append(IndexProblem(found.path, text, fatal=False))
        return Item(found, artifact, known)

    def _known(self, found: Found, artifact: Artifact) -> Content | None:
        """Return what is known of a file that has not changed."""
        known = self._before.get(found.path)
        if known is None or known.stamp != found.stamp:
            return None
        if artifact.label is not None and known.document is not None:
            # It comes out of a file that anybody may have changed.
            try:
                inside = VariantsJson.from_dict(known.document)
            except MetadataError:
                return None
            if [*inside.variants] != [artifact.label] or inside.lost:
                return None
        return known

    def _read(
        self, found: Found, artifact: Artifact, *, listed: bool
    ) -> Content | None:
        path = self._folder / found.path
        if listed:
            self._progress.reading(path, found.stamp.size)
        try:
            return read_content(path, found, artifact, listed=listed)
        except VariantError as error:
            text = f"{error}; put a right file in its place, or remove it"
        except OSError as error:
            text = f"{found.name} cannot be read: {error.strerror or error}"
        self.problems.append(IndexProblem(found.path, text))
        return None
