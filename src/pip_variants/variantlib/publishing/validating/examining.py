"""What there is to check below some paths, and everything that comes of it.

::

    wheels ----------------- each by itself, then those of a release together
    *-variants.json -------- by itself, then with the wheels beside it
    pyproject.toml --------- the [variant] table; in a folder, only at its top
    other .json files ------ as metadata, when they are named
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...errors import VariantError
from ...filename import INDEX_SUFFIX, parse_index_filename
from ...requirement import normalize_name
from .documents import DRAFT, is_draft
from .findings import Finding, finding, in_order
from .indexes import MetadataFile, check_index, missing, read_metadata
from .projects import check_project
from .releases import check_availability, check_release, check_selection
from .tools import Tools
from .wheels import Wheel, check_wheel
from .words import check_words

__all__ = ["Report", "examine", "validate"]

_PROJECT = "pyproject.toml"

_SDIST = re.compile(r"(?P<name>.+)-(?P<version>[0-9][^-]*)\.(?:tar\.gz|zip)")
_MOST_PATHS = 1_000_000
_NO_TOOLS = Tools()

_Release = tuple[str, str]
"""Normalised name, and version in its canonical spelling."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what was found.

    :param findings: sorted by their place.
    :param releases: how many releases the wheels belong to.
    """

    findings: tuple[Finding, ...]
    wheels: int = 0
    releases: int = 0
    documents: int = 0
    projects: int = 0

    def count(self, severity: str) -> int:
        """Return how many findings have a severity."""
        return sum(1 for each in self.findings if each.severity == severity)


@dataclass(slots=True)
class _Paths:
    """What there is to look at; those that lie in a folder that was named are marked."""

    wheels: dict[Path, bool] = field(default_factory=dict)
    documents: dict[Path, bool] = field(default_factory=dict)
    projects: dict[Path, bool] = field(default_factory=dict)
    sdists: set[str] = field(default_factory=set)
    names: dict[Path, set[str]] = field(default_factory=dict)
    unreadable: list[OSError] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.wheels) + len(self.documents) + len(self.projects)


def validate(paths: Iterable[Path], tools: Tools = _NO_TOOLS) -> tuple[Finding, ...]:
    """Check wheels, folders of wheels, metadata files and projects.

    :raises VariantError: for a path that is not there or holds nothing to check.
    """
    return examine(paths, tools).findings


def examine(paths: Iterable[Path], tools: Tools = _NO_TOOLS) -> Report:
    """Do the same, and tell what was looked at.

    :raises VariantError: for a path that is not there or holds nothing to check.
    """
    return _Examination(tools).run(_collect(paths))


def _collect(paths: Iterable[Path]) -> _Paths:
    """Sort out what lies where.

    :raises VariantError: for a path with nothing to check.
    """
    found = _Paths()
    for path in paths:
        before = len(found)
        try:
            is_folder, is_file = path.is_dir(), path.is_file()
        except (OSError, ValueError) as error:
            raise VariantError(f"{str(path)!r:.300}: {error}") from None
        if is_folder:
            _collect_below(path, found)
            project = path / _PROJECT
            if len(found) == before and _is_file(project):
                # A project without variants is told so, where there is nothing else.
                found.projects[project] = True
            if len(found) == before and not _known_below(path, found):
                if found.unreadable:
                    raise VariantError(
                        f"{str(path)!r:.300} cannot be read: {found.unreadable[0]}"
                    )
                raise VariantError(
                    f"{str(path)!r} holds no wheel, no variants.json and no pyproject.toml"
                )
        elif is_file:
            _collect_file(path, found)
        else:
            raise VariantError(f"there is no file {str(path)!r:.300}")
    return found


def _known_below(folder: Path, found: _Paths) -> bool:
    """Tell whether what a folder holds was named before."""
    every = (*found.wheels, *found.documents, *found.projects)
    return any(path.is_relative_to(folder) for path in every)


def _collect_file(path: Path, found: _Paths) -> None:
    if path.suffix == ".whl":
        found.wheels.setdefault(path, False)
    elif path.suffix == ".json":
        found.documents.setdefault(path, False)
    elif path.suffix == ".toml":
        found.projects.setdefault(path, False)
    elif _SDIST.fullmatch(path.name):
        found.sdists.add(path.name)
    else:
        raise VariantError(
            f"{str(path)!r} is nothing to check: give wheels, folders, files of "
            "metadata or pyproject.toml"
        )


def _collect_below(top: Path, found: _Paths) -> None:
    """Find wheels and metadata in a folder; hidden folders and links are let be."""
    count = 0
    for folder, folders, names in os.walk(top, onerror=found.unreadable.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = Path(folder)
        found.names.setdefault(here, set()).update(names)
        for name in sorted(names):
            count += 1
            if count > _MOST_PATHS:
                raise VariantError(
                    f"{str(top)!r} holds more than {_MOST_PATHS:,} files"
                )
            path = here / name
            if name.endswith(".whl") and _is_file(path):
                found.wheels[path] = True
            elif name.endswith(INDEX_SUFFIX) and _is_file(path):
                found.documents[path] = True
            elif _SDIST.fullmatch(name):
                found.sdists.add(name)
    project = top / _PROJECT
    if _is_file(project) and _has_table(project):
        found.projects[project] = True


def _is_file(path: Path) -> bool:
    # Path raises where a folder may not be entered, before Python 3.14.
    return os.path.isfile(path)  # noqa: PTH113


def _has_table(project: Path) -> bool:
    """Tell whether a project in a folder may have something to say about variants."""
    try:
        with project.open("rb") as file:
            return b"variant" in file.read(1 << 20)
    except OSError:
        return False


class _Examination:
    """One run."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._found: list[Finding] = []
        self._wheels: list[Wheel] = []
        self._documents: list[MetadataFile] = []

    def run(self, paths: _Paths) -> Report:
        self._look_at_files(paths)
        self._found += (
            finding("W1", "error", str(error.filename), f"cannot be read: {error}")
            for error in paths.unreadable
        )
        releases = self._group(self._wheels)
        whole = {key for key, wheels in releases.items() if _is_whole(wheels, paths)}
        sdists = {*self._sdists(paths.sdists)}
        for key, wheels in releases.items():
            self._found += check_release(
                wheels,
                _title(wheels[0]),
                self._tools,
                complete=key in whole,
                has_sdist=key in sdists,
            )
        self._compare_with_indexes(paths)
        self._note_the_draft()
        return Report(
            tuple(sorted(dict.fromkeys(self._placed()), key=in_order)),
            len(paths.wheels),
            len(releases),
            len(paths.documents),
            len(paths.projects),
        )

    def _look_at_files(self, paths: _Paths) -> None:
        every = (
            *sorted(paths.wheels),
            *sorted(paths.documents),
            *sorted(paths.projects),
        )
        for number, path in enumerate(every, start=1):
            if self._tools.on_file is not None:
                self._tools.on_file(path.name, number, len(every))
            if path in paths.wheels:
                wheel, found = check_wheel(path, self._tools)
                self._wheels += () if wheel is None else (wheel,)
                self._found += found
            elif path in paths.documents:
                document, found = read_metadata(path, self._tools)
                self._documents += () if document is None else (document,)
                self._found += found
            else:
                self._found += check_project(path, self._tools)

    def _placed(self) -> Iterator[Finding]:
        """Yield the findings with the release and the label that they are about."""
        places: dict[str, tuple[str, str, str]] = {}
        for wheel in self._wheels:
            name = wheel.name
            places[wheel.where] = name.name, name.version, name.label or ""
            places[_title(wheel)] = name.name, name.version, ""
        for each in self._found:
            package, version, label = places.get(each.where) or (
                *_release_of(each.where),
                "",
            )
            yield replace(
                each, package=package, version=version, label=each.label or label
            )

    def _group(self, wheels: Sequence[Wheel]) -> dict[_Release, list[Wheel]]:
        releases: dict[_Release, list[Wheel]] = {}
        for wheel in wheels:
            releases.setdefault(
                self._key(wheel.name.name, wheel.name.version), []
            ).append(wheel)
        return releases

    def _key(self, name: str, version: str) -> _Release:
        return name, self._tools.canonical_version(version)

    def _sdists(self, names: Iterable[str]) -> Iterator[_Release]:
        for name in names:
            parts = _SDIST.fullmatch(name)
            assert parts is not None
            yield self._key(normalize_name(parts["name"]), parts["version"])

    def _compare_with_indexes(self, paths: _Paths) -> None:
        """Compare the files beside wheels with them, folder by folder (R28, R30)."""
        beside: dict[tuple[Path, _Release], list[Wheel]] = {}
        for wheel in self._wheels:
            if wheel.name.label is not None:
                key = self._key(wheel.name.name, wheel.name.version)
                beside.setdefault((wheel.path.parent, key), []).append(wheel)
        for file in self._documents:
            key = self._key(*file.release) if file.release else ("", "")
            wheels = beside.get((file.path.parent, key), [])
            named = paths.names.get(file.path.parent, ())
            if wheels or any(name.endswith(".whl") for name in named):
                self._found += check_index(file, wheels)
            if not wheels:
                self._look_at_metadata_alone(file)
        # Before the first file is written, a folder is no index.
        if any(paths.documents.values()):
            self._found += (
                missing(wheels[0])
                for (folder, key), wheels in beside.items()
                if folder in paths.names
                and key not in self._described(paths.names[folder])
            )

    def _described(self, names: Iterable[str]) -> frozenset[_Release]:
        """Return the releases that have a file of metadata among others."""
        parsed = filter(None, map(parse_index_filename, names))
        return frozenset(
            self._key(normalize_name(name), version) for name, version in parsed
        )

    def _look_at_metadata_alone(self, file: MetadataFile) -> None:
        if file.document is None:
            return
        self._found += check_words(file.document, file.where, self._tools)
        self._found += check_availability(
            file.document.providers, file.where, self._tools
        )
        self._found += check_selection(file.document, None, file.where)

    def _note_the_draft(self) -> None:
        """Say once that all of this is a draft (R15)."""
        every = (
            *(wheel.raw for wheel in self._wheels),
            *(file.raw for file in self._documents),
        )
        if any(raw is not None and is_draft(raw) for raw in every):
            self._found.append(finding("R15", "note", "the format", DRAFT))


def _title(wheel: Wheel) -> str:
    """Return what the release of a wheel is called in findings."""
    return f"{wheel.name.name} {wheel.name.version}"


def _release_of(where: str) -> tuple[str, str]:
    """Return name and version of the release that a file of metadata is about."""
    name, version = parse_index_filename(Path(where).name) or ("", "")
    return normalize_name(name), version


def _is_whole(wheels: Sequence[Wheel], paths: _Paths) -> bool:
    """Tell whether a release may be taken for complete: more than a wheel was named."""
    return len(wheels) > 1 or any(paths.wheels[wheel.path] for wheel in wheels)
