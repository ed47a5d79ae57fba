"""The pages of all projects, written after what they link to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ...errors import VariantError
from .combining import combine_wheels, index_bytes
from .content import core_metadata
from .output import Output
from .pages import PageEntry, project_html, project_json, root_html, root_json
from .release import Item, Release
from .report import IndexProblem

__all__ = ["SimplePages"]

_HTML = "index.html"
_JSON = "index.json"
_MARK = b"pypi:repository-version"
_MARK_WITHIN = 4096
"""Bytes at the start of a page in which the mark has to stand."""


class SimplePages:
    """Writes the pages.

    :param folder: the folder of the wheels.
    :param pages: that of the pages.
    :param beside: what is written beside the wheels.
    :param output: what is written among the pages.
    """

    def __init__(
        self, folder: Path, pages: Path, beside: Output, output: Output
    ) -> None:
        """Start without pages."""
        self._folder = folder
        self._pages = pages
        self._beside = beside
        self._output = output
        self.problems: list[IndexProblem] = []

    def write(
        self, items: Iterable[Item], releases: Iterable[Release], held: Iterable[str]
    ) -> None:
        """Write all of them.

        :param held: the projects whose pages stay as they are.
        """
        projects: dict[str, list[Item]] = {}
        for item in items:
            projects.setdefault(item.artifact.project, []).append(item)
        parts: dict[str, list[Release]] = {}
        for release in releases:
            parts.setdefault(release.project, []).append(release)
        listed = []
        stay = set(held)
        for project, files in sorted(projects.items()):
            if project in stay or not self._project(
                project, files, parts.get(project, ())
            ):
                self._output.keep_below(f"{project}/")
            # Path raises for names that no system has, before Python 3.14.
            if os.path.exists(self._pages / project / _HTML):  # noqa: PTH110
                listed.append(project)
        try:
            self._write_both("", root_html(listed), root_json(listed))
        except VariantError as error:
            text = f"the list of projects is not updated: {error}"
            self.problems.append(IndexProblem(_HTML, text))
        except OSError as error:
            self._cannot_write(self._pages / _HTML, error)

    def _project(
        self, project: str, items: Sequence[Item], releases: Sequence[Release]
    ) -> bool:
        """Write the pages of a project; tell whether that went well."""
        try:
            entries = [*self._files(project, items), *self._metadata(project, releases)]
            entries.sort(key=lambda entry: entry.filename)
            versions = [i.artifact.version for i in items if i.content is not None]
            if not entries:
                return False
            self._write_both(
                f"{project}/",
                project_html(project, entries),
                project_json(project, versions, entries),
            )
        except VariantError as error:
            text = f"the pages of {project} are not updated: {error}"
            self.problems.append(IndexProblem(project, text))
            return False
        except OSError as error:
            # Of a file that is put in its place, the second name is the one meant.
            name = error.filename2 or error.filename or self._pages / project
            self._cannot_write(Path(name), error)
            return False
        return True

    def _write_both(self, start: str, in_html: bytes, in_json: bytes) -> None:
        """Write a page in both forms.

        :raises VariantError: when something else stands there.
        """
        page = self._pages / f"{start}{_HTML}"
        if page.exists():
            # Opening a pipe would wait for whoever writes into it.
            head = b""
            if page.is_file() or page.is_dir():
                with page.open("rb") as file:
                    head = file.read(_MARK_WITHIN)
            if _MARK not in head:
                msg = f"{page} is no page of a simple index; move it away"
                raise VariantError(msg)
        self._output.write(f"{start}{_HTML}", in_html)
        self._output.write(f"{start}{_JSON}", in_json)

    def _cannot_write(self, path: Path, error: OSError) -> None:
        text = f"{path} cannot be written: {error.strerror or error}"
        self.problems.append(IndexProblem(path.name, text))

    def _files(self, project: str, items: Sequence[Item]) -> Iterator[PageEntry]:
        """Yield the wheels and sdists.

        :raises VariantError: when two of the same name are not the same.
        :raises OSError: when the metadata of a wheel cannot be written.
        """
        seen: dict[str, Item] = {}
        for item in items:
            found, content = item.found, item.content
            if content is None:
                continue
            first = seen.setdefault(found.name, item)
            if first is not item:
                if first.content is None or first.content.sha256 != content.sha256:
                    msg = (
                        f"{first.found.path} and {found.path} have the same name and "
                        "different contents; remove one of them"
                    )
                    raise VariantError(msg)
                continue
            if content.metadata:
                self._write_metadata(found.path, content.metadata)
            yield PageEntry(
                found.name,
                self._place(project, found.path),
                found.stamp.size,
                found.stamp.modified,
                content.sha256,
                content.requires_python,
                content.metadata,
            )

    def _write_metadata(self, path: str, digest: str) -> None:
        """Write the core metadata of a wheel beside it (PEP 658)."""
        if self._beside.holds(f"{path}.metadata", digest):
            return
        with (self._folder / path).open("rb") as file:
            self._beside.write(f"{path}.metadata", core_metadata(file, path))

    def _metadata(
        self, project: str, releases: Sequence[Release]
    ) -> Iterator[PageEntry]:
        """Yield the variant metadata, one file for each version (R29).

        :raises Disagreement: when the wheels of a version contradict each other that
            lie in different folders.
        :raises OSError: when the metadata cannot be written.
        """
        versions: dict[tuple[str, str], list[Release]] = {}
        for release in releases:
            versions.setdefault(release.key, []).append(release)
        for parts in versions.values():
            first = parts[0]
            if len(parts) == 1:
                place = self._place(project, first.file)
                size = (self._folder / first.file).stat().st_size
            else:
                # No folder has all of it: the index has its own.
                combined = combine_wheels({p.file: p.document() for p in parts})
                data = index_bytes(combined)
                place, size = min(part.filename for part in parts), len(data)
                self._output.write(f"{project}/{place}", data)
            # Who asks for files before a day gets it with the first of its wheels.
            oldest = min(i.found.stamp.modified for part in parts for i in part.items)
            yield PageEntry(place.rpartition("/")[2], place, size, oldest)

    def _place(self, project: str, path: str) -> str:
        """Return the path from the page of a project to a file.

        :raises VariantError: when there is none, between two drives of Windows.
        """
        try:
            place = os.path.relpath(self._folder / path, self._pages / project)
        except ValueError as error:
            raise VariantError(
                f"no link leads from the pages to {path}: {error}"
            ) from None
        return place.replace(os.sep, "/")
