"""The files of a folder, by release; the metadata of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...errors import VariantError
from ...metadata import VariantsJson
from ...model import Label
from .combining import combine_wheels
from .content import Content
from .listing import Found
from .names import Artifact

__all__ = ["Item", "Release", "releases_of"]


@dataclass(frozen=True, slots=True)
class Item:
    """A wheel or an sdist of the folder.

    :param content: None when it could not be read, or still grows.
    """

    found: Found
    artifact: Artifact
    content: Content | None


@dataclass(frozen=True, slots=True)
class Release:
    """The labelled wheels of a release in one folder; at least one."""

    items: tuple[Item, ...]

    @property
    def project(self) -> str:
        """The normalised name of the project."""
        return self.items[0].artifact.project

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by, whatever its files call it."""
        return self.items[0].artifact.release

    @property
    def version(self) -> str:
        """The version, in the first of its spellings."""
        return min(item.artifact.version for item in self.items)

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels in the names of the wheels."""
        found = {item.artifact.label for item in self.items}
        return tuple(sorted(label for label in found if label is not None))

    @property
    def filename(self) -> str:
        """The name of its variants.json."""
        return min(item.artifact.metadata_name for item in self.items)

    @property
    def file(self) -> str:
        """The path of its variants.json, beside the wheels."""
        folder = self.items[0].found.folder
        return f"{folder}/{self.filename}" if folder else self.filename

    @property
    def readable(self) -> bool:
        """Whether all wheels are there and could be read."""
        return all(item.content is not None for item in self.items)

    def document(self) -> VariantsJson:
        """Combine what is in the wheels.

        :raises Disagreement: when they contradict each other.
        :raises VariantError: when one of them cannot be used.
        """
        return combine_wheels({item.found.path: _document(item) for item in self.items})


def _document(item: Item) -> VariantsJson:
    inside = None if item.content is None else item.content.document
    if inside is None:
        raise VariantError(f"{item.found.name} is not read")
    return VariantsJson.from_dict(inside)


def releases_of(items: Iterable[Item]) -> tuple[Release, ...]:
    """Group the labelled wheels: one release for each name, version and folder."""
    groups: dict[tuple[str, tuple[str, str]], list[Item]] = {}
    for item in items:
        if item.artifact.label is not None:
            key = (item.found.folder, item.artifact.release)
            groups.setdefault(key, []).append(item)
    return tuple(Release(tuple(group)) for _, group in sorted(groups.items()))
