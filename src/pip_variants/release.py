"""A version of a package in one source, and how it is known whatever a file calls it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import _pip
from .variantlib.filename import label_of

__all__ = ["Release", "identity", "same_version", "source_of", "wheel_label"]


@dataclass(frozen=True, slots=True)
class Release:
    """One version of a package in one source, as far as it has variants.

    :param source: the page or folder that the wheels were found on.
    :param wheels: one wheel per label.
    """

    name: str
    version: str
    source: str
    wheels: Mapping[str, _pip.Link]

    @classmethod
    def of(
        cls, name: str, version: str, source: str, links: Iterable[_pip.Link]
    ) -> Release:
        """Make a release of its labelled wheels; the first of each label counts."""
        wheels: dict[str, _pip.Link] = {}
        for link in links:
            wheels.setdefault(label_of(link.filename) or "", link)
        return cls(name, version, source, wheels)


def wheel_label(link: _pip.Link | None) -> str | None:
    """Return the label of a wheel, None for everything else."""
    return label_of(link.filename) if link is not None and link.is_wheel else None


def source_of(link: _pip.Link) -> str:
    """Name the page or folder that a link comes from.

    Metadata holds for the wheels of its own source only (R66).
    """
    if link.comes_from is not None:
        return str(link.comes_from)
    if link.is_file:
        return str(Path(link.file_path).parent)
    return link.url_without_fragment.rpartition("/")[0]


def same_version(one: str, other: str) -> bool:
    """Tell whether two texts name the same version."""
    return identity("", one) == identity("", other)


def identity(name: str, version: str) -> tuple[str, str]:
    """Return what a release is known by, however a file spells it (E25).

    ``1.0`` and ``1.0.0`` are the same version.
    """
    try:
        canonical = _pip.canonicalize_version(version)
    except ValueError:
        # Python takes no number of thousands of digits; a page may name one.
        canonical = version
    return _pip.canonicalize_name(name), canonical
