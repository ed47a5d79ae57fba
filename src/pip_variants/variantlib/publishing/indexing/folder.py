"""An index that any web server can serve, out of a folder of wheels.

::

    wheels/
      torch-2.8.0-cp313-cp313-linux_x86_64-cu129.whl
      torch-2.8.0-cp313-cp313-linux_x86_64-cu129.whl.metadata   with pages (PEP 658)
      torch-2.8.0-variants.json
      .pip-variant-index.json                                   what was read before
    simple/                                                     the pages
      index.html  index.json
      torch/index.html  torch/index.json

A release is what has the same name and version in one folder: that is what a server of
folders offers together, and what pip reads with ``--find-links``. The wheels are the
truth: what else says something about their variants is replaced (R30). Nothing is
published by halves: where a wheel cannot be read, or contradicts another, its release
stays as it was, and so do the pages of its project.

Pages are written after what they link to, and every file in one step.

Source: PEP 825, "Index-level metadata" (R28-R33).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from ...errors import VariantError
from ...filename import parse_index_filename
from ...whole_file import remove_unfinished
from .combining import Disagreement, combine_wheels, index_bytes
from .listing import Listing, Stamp, list_folder
from .lock import locked
from .names import project_name, version_key
from .output import UNFINISHED, Output, write_whole
from .page_files import SimplePages
from .reader import Reader
from .release import Item, Release, releases_of
from .report import (
    IndexedRelease,
    IndexProblem,
    IndexReport,
    Progress,
    Silence,
)
from .state import STATE, State, load_state, state_bytes

__all__ = [
    "Disagreement",
    "IndexProblem",
    "IndexReport",
    "IndexedRelease",
    "Progress",
    "combine_wheels",
    "index_bytes",
    "index_folder",
]

_BESIDE = r"(?s:.+)(?:-variants\.json|\.whl\.metadata)"
_AMONG_PAGES = r"(?:[a-z0-9-]+/)?index\.(?:html|json)|[a-z0-9-]+/[^/]+-variants\.json"


def index_folder(
    folder: Path,
    *,
    pages: Path | None = None,
    refresh: bool = False,
    settled: Mapping[str, Stamp] | None = None,
    progress: Progress | None = None,
) -> IndexReport:
    """Bring the index of a folder up to date.

    Every release with labelled wheels, in *folder* or below it, gets its variants.json
    beside them; with *pages*, every project gets the pages of a simple index. Files are
    written only when their content is another; a file that has not changed since the
    last run, by size, date and inode, is not opened again.

    :param pages: the folder of the pages; only files below the same web root can be
        linked from there.
    :param refresh: whether to read everything again.
    :param settled: the files that are complete, by their path below *folder*, as
        ``indexing.watching.Watch`` finds them. Releases with others wait. None:
        all are complete.
    :param progress: is told what takes time.
    :returns: what was done and what is wrong; nothing else raises.
    :raises VariantError: when *folder* is no folder that can be read.
    """
    # Path raises for names that no system has, before Python 3.14.
    if not os.path.isdir(folder):  # noqa: PTH112
        raise VariantError(f"there is no folder {str(folder)!r}")
    shown = progress or Silence()
    with locked(folder, shown.waiting):
        before = load_state(folder)
        if refresh:
            before.files.clear()
        return _Run(folder, pages, before, shown).run(settled)


class _Run:
    """One run; it has the folder for itself."""

    def __init__(
        self, folder: Path, pages: Path | None, before: State, progress: Progress
    ) -> None:
        self._folder = folder
        self._pages = pages
        self._before = before
        self._reader = Reader(folder, before.files, progress)
        self._beside = Output(folder, before.made, _BESIDE, prunes=False)
        self._problems: list[IndexProblem] = []

    def run(self, settled: Mapping[str, Stamp] | None) -> IndexReport:
        listing = list_folder(self._folder, self._pages)
        growing = _growing(listing, settled)
        for path, why in listing.problems:
            text = (
                f"the folder {path or self._folder} cannot be read: {why}; until it "
                "can, nothing is removed and no page changes"
            )
            self._problems.append(IndexProblem(path, text))
        listed = self._pages is not None
        items = [*self._reader.items(listing, growing, listed=listed)]
        self._problems += self._reader.problems
        releases = releases_of(items)
        indexed = [self._release(release, growing) for release in releases]
        self._look_for_others(listing, releases)
        # Who knows what lies where nothing can be read.
        whole = not listing.problems
        among = self._write_pages(items, releases, indexed, growing) if whole else None
        self._tidy(listing, among)
        self._sweep()
        self._write_state(among)
        return IndexReport(
            tuple(indexed),
            tuple(self._beside.written),
            tuple(self._beside.removed),
            tuple(among.written) if among else (),
            tuple(among.removed) if among else (),
            tuple(self._problems),
        )

    def _release(self, release: Release, growing: Collection[str]) -> IndexedRelease:
        """Write the metadata of a release, or leave it as it is."""
        state = "held"
        waits = any(item.found.path in growing for item in release.items)
        try:
            if not waits:
                if not release.readable:
                    msg = "not all of its wheels can be read"
                    raise VariantError(msg)
                data = index_bytes(release.document())
                new = self._beside.write(release.file, data)
                state = "written" if new else "unchanged"
        except VariantError as error:
            text = f"{release.file} is not updated: {error}"
            if self._pages is not None:
                text = (
                    f"{release.file} is not updated, nor are the pages of "
                    f"{release.project}: {error}"
                )
            self._problems.append(IndexProblem(release.file, text))
        except OSError as error:
            text = f"{release.file} cannot be written: {error.strerror or error}"
            self._problems.append(IndexProblem(release.file, text))
        if state == "held":
            self._beside.keep(release.file)
        return IndexedRelease(
            release.project, release.version, release.file, release.labels, state
        )

    def _look_for_others(self, listing: Listing, releases: Iterable[Release]) -> None:
        """Warn of metadata that others have put there, and that pip may read."""
        ours = {(r.items[0].found.folder, *r.key): r.file for r in releases}
        known = {*ours.values(), *self._before.made}
        for found in listing.files:
            parts = parse_index_filename(found.name)
            if parts is None or found.path in known:
                continue
            name, version = parts
            key = (found.folder, project_name(name) or name, version_key(version))
            if key in ours:
                text = f"describes the same release as {ours[key]}; remove it"
            else:
                text = "describes no wheel that is there; it is left alone"
            self._problems.append(
                IndexProblem(found.path, f"{found.path} {text}", fatal=False)
            )

    def _write_pages(
        self,
        items: list[Item],
        releases: Iterable[Release],
        indexed: Iterable[IndexedRelease],
        growing: Collection[str],
    ) -> Output | None:
        if self._pages is None:
            return None
        same = self._place_of_pages() == self._before.pages
        made = self._before.made_pages if same else {}
        among = Output(self._pages, made, _AMONG_PAGES, prunes=True)
        held = {release.name for release in indexed if release.state == "held"}
        held |= {i.artifact.project for i in items if i.found.path in growing}
        writer = SimplePages(self._folder, self._pages, self._beside, among)
        writer.write(items, releases, held)
        self._problems += writer.problems
        return among

    def _place_of_pages(self) -> str:
        return "" if self._pages is None else os.path.abspath(self._pages)  # noqa: PTH100 - links stay

    def _tidy(self, listing: Listing, among: Output | None) -> None:
        """Remove what describes nothing any more."""
        there = {f"{found.path}.metadata" for found in listing.files}
        for path in self._before.made:
            if path in there or listing.problems:
                self._beside.keep(path)
        self._beside.remove_the_rest()
        if among is not None:
            among.remove_the_rest()

    def _sweep(self) -> None:
        """Remove what runs have left that were killed."""
        for top in filter(None, (self._folder, self._pages)):
            for here, _, _ in os.walk(top):
                remove_unfinished(Path(here), UNFINISHED)

    def _write_state(self, among: Output | None) -> None:
        state = State(self._reader.known, self._beside.made)
        if among is None:
            state.pages = self._before.pages
            state.made_pages = self._before.made_pages
        else:
            state.pages, state.made_pages = self._place_of_pages(), among.made
        try:
            write_whole(self._folder / STATE, state_bytes(state))
        except OSError as error:
            text = (
                f"{STATE} cannot be written: {error.strerror or error}; the next run "
                "reads all files again"
            )
            self._problems.append(IndexProblem(STATE, text, fatal=False))


def _growing(listing: Listing, settled: Mapping[str, Stamp] | None) -> frozenset[str]:
    """Return the paths of the files that are not what they were."""
    if settled is None:
        return frozenset()
    return frozenset(
        found.path for found in listing.files if settled.get(found.path) != found.stamp
    )
