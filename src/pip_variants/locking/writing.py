"""What ``pip lock`` writes about variants.

pip writes the one file that it chose for each package. Where a release has variants,
its entry gets every wheel that some machine may choose, and the metadata to choose
by (R57, R58)::

    [[packages]]
    name = "torch"
    version = "2.8.0"
    [[packages.wheels]]           pip's own, and those of the other labels
    [packages.variants-json]      the combined metadata, for the labels above

Other entries stay as pip writes them. Loaded when a locked package has variants.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import _pip
from ..choice import Choice
from ..finder import VariantFinder
from ..release import source_of
from ..text import printable
from ..variantlib import lock_table
from ..variantlib.errors import MetadataError
from ..variantlib.filename import label_of
from ..variantlib.markers import marker_names

if TYPE_CHECKING:
    from ..decisions import Decisions

__all__ = ["VariantLock", "add_variants"]

logger = getLogger(__name__)

_Entry = Mapping[str, Any]


class VariantLock:
    """A lock file of pip, with other entries of packages."""

    def __init__(self, pips_own: Any, packages: Sequence[_Entry]) -> None:
        """Hold pip's lock file, and the entries that stand in place of its own."""
        self._pips_own = pips_own
        self._packages = packages

    def to_dict(self) -> dict[str, Any]:
        """Return what is written as TOML, like pip's method of that name."""
        return {**self._pips_own.to_dict(), "packages": self._packages}


def add_variants(
    lock: Any, requirements: Iterable[_pip.InstallRequirement], finder: VariantFinder
) -> Any:
    """Return pip's lock file with the variants of its packages.

    :param requirements: those that *lock* was made from.
    :raises pip's InstallationError: when the metadata of a package cannot be written.
    """
    by_name = {_pip.canonicalize_name(each.name or ""): each for each in requirements}
    packages: list[_Entry] = []
    extended: list[str] = []
    for entry in lock.to_dict()["packages"]:
        release = _LockedRelease.of(entry, by_name.get(entry["name"]), finder)
        ours = None if release is None else release.entry()
        packages.append(entry if ours is None else ours)
        if ours is not None:
            extended.append(entry["name"])
    if not extended:
        return lock
    logger.warning(
        "The lock lists variant wheels of %s. Tools that do not know variants reject "
        "the whole file; 'pip lock --no-variant' writes one that every tool reads",
        ", ".join(extended),
    )
    return VariantLock(lock, packages)


class _LockedRelease:
    """A release that has variants, and the file that pip has chosen of it."""

    def __init__(
        self,
        entry: _Entry,
        requirement: _pip.InstallRequirement,
        links: Sequence[_pip.Link],
        chosen: _pip.Link,
        choice: Choice,
        decisions: Decisions,
    ) -> None:
        self._entry = entry
        self._requirement = requirement
        self._links = links
        self._chosen = chosen
        self._choice = choice
        self._decisions = decisions

    @classmethod
    def of(
        cls,
        entry: _Entry,
        requirement: _pip.InstallRequirement | None,
        finder: VariantFinder,
    ) -> _LockedRelease | None:
        """Return the release of an entry, None when there are no variants of it."""
        decisions = finder.decisions
        files = entry.get("wheels") or [entry.get("sdist")]
        choices = [
            choice
            for choice in decisions.of_release(entry["name"], str(entry.get("version")))
            if choice.metadata.document is not None
        ]
        if requirement is None or files[0] is None or not choices:
            return None
        version = _pip.Version(str(entry.get("version")))
        links = decisions.locked_links(entry["name"]) or [
            candidate.link
            for candidate in finder.of_version(requirement.name or "", version)
        ]
        url = files[0]["url"]
        chosen = next((x for x in links if x.url_without_fragment == url), None)
        if chosen is None:
            return None
        choice = _deciding(choices, chosen)
        return cls(entry, requirement, links, chosen, choice, decisions)

    def entry(self) -> _Entry | None:
        """Return the entry with all variants, None when there is nothing to add."""
        wheels = self._wheels()
        labels = {label for each in wheels if (label := label_of(each["name"]))}
        if not labels:
            return None
        document = self._choice.metadata.document
        assert document is not None
        try:
            table = lock_table.write_table(document, labels)
        except MetadataError as error:
            msg = (
                f"The variants of {self._what} cannot be locked, for their metadata "
                f"breaks its schema: {printable(error)}. Tell the publisher, or use "
                "--no-variant."
            )
            raise _pip.InstallationError(msg) from None
        self._warn_of_markers()
        return {**self._entry, "wheels": wheels, lock_table.KEY: table}

    @property
    def _what(self) -> str:
        return f"{self._entry['name']} {self._entry['version']}"

    def _wheels(self) -> list[_Entry]:
        """Return the wheels to list, by file name."""
        written = {each["name"]: each for each in self._entry.get("wheels", ())}
        without_hash = []
        for link in self._links_to_list():
            hashes = _hashes(link)
            if link.filename not in written and not hashes:
                without_hash.append(link.filename)
            elif link.filename not in written:
                written[link.filename] = _wheel(link, hashes)
        if without_hash:
            logger.warning(
                "Left out of the lock, for the index gives no hash of them: %s",
                printable(", ".join(sorted(without_hash))),
            )
        return [written[name] for name in sorted(written)]

    def _links_to_list(self) -> Iterator[_pip.Link]:
        """Yield the wheels that some machine may choose."""
        labels = self._decisions.lockable(self._choice)
        any_label = self._decisions.wishes.labels(self._entry["name"]) is None
        hashes = self._allowed_hashes()
        for link in self._links:
            if not link.is_wheel or (link.is_yanked and not self._chosen.is_yanked):
                continue
            label, place = label_of(link.filename), source_of(link)
            if label is None:
                listed = any_label and place in self._places
            else:
                listed = label in labels and place == self._choice.release.source
            if listed and (hashes is None or link.is_hash_allowed(hashes)):
                yield link

    @property
    def _places(self) -> tuple[str, ...]:
        return self._choice.release.source, source_of(self._chosen)

    def _allowed_hashes(self) -> _pip.Hashes | None:
        """Return the hashes that the user allows, None for any."""
        if self._links is self._decisions.locked_links(self._entry["name"]):
            # A lock file allows each wheel its own hash, pip the one that it chose.
            return None
        return self._requirement.hashes(trust_internet=False) or None

    def _warn_of_markers(self) -> None:
        """Say that the lock has the dependencies of one variant."""
        for text in self._requirement.get_dist().iter_raw_dependencies():
            if marker_names(text.partition(";")[2]):
                label = label_of(self._chosen.filename)
                logger.warning(
                    "The dependencies of %s differ between its variants, and the lock "
                    "holds those of %s alone: another variant takes its own from the "
                    "index when it is installed, without a lock",
                    self._what,
                    label or "the plain wheel",
                )
                return


def _deciding(choices: Sequence[Choice], chosen: _pip.Link) -> Choice:
    """Return the decision that the variants are listed by: metadata of one source.

    A chosen variant names its source. Otherwise it is the first one that has any.
    """
    sources = [choice.release.source for choice in choices]
    source = sources[0]
    if label_of(chosen.filename) is not None and source_of(chosen) in sources:
        source = source_of(chosen)
    offered = [choice for choice in choices if choice.release.source == source]
    # A file whose hash is not allowed is decided about apart from the others.
    return max(offered, key=lambda choice: len(choice.release.wheels))


def _wheel(link: _pip.Link, hashes: Mapping[str, str]) -> _Entry:
    """Return the entry of a wheel, with the keys and in the order of pip's own."""
    wheel: dict[str, Any] = {"name": link.filename}
    if link.upload_time is not None:
        wheel["upload-time"] = link.upload_time
    return {**wheel, "url": link.url_without_fragment, "hashes": dict(hashes)}


def _hashes(link: _pip.Link) -> Mapping[str, str]:
    """Return the hash that the page gives; a wheel in a folder is read for it."""
    if link.hash_name and link.hash:
        return {link.hash_name: link.hash}
    if link.is_file:
        with Path(link.file_path).open("rb") as file:
            return {"sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    return {}
