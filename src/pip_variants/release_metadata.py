"""The variant metadata of a release: fetched, or read out of its wheels.

For one release in one source, the first that gives usable metadata (R36, R37)::

    {name}-{version}-variants.json, linked on the page or beside the wheels
    variant.json out of one wheel per label: range requests, or the zip in a folder
    nothing: the release has no usable variants

All requests go through pip's session: its cache, credentials, proxies, retries and
certificates. Nothing is fetched before :meth:`MetadataReader.read` is called for a
release that the resolver considers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from logging import getLogger
from pathlib import Path
from typing import IO, cast

from . import _pip
from .fetching import Silences, fetch
from .index_page import MetadataLinks
from .network_problems import NETWORK_ERRORS, is_silence, problem_of
from .release import Release, identity
from .text import printable, without_credentials
from .variantlib.errors import MetadataError, VariantError
from .variantlib.filename import parse_index_filename
from .variantlib.metadata import VariantsJson
from .variantlib.reading import MAX_BYTES

__all__ = ["MetadataReader", "ReleaseMetadata", "fetch_metadata"]

logger = getLogger(__name__)

_MISSING = (404, 410)
_REFUSED = (401, 403, 407)
_SILENT = "its server did not answer before, and is not asked again"
_NO_PARTS = "the server does not let parts of wheels be read (no range requests)"
_NOTHING_READ = "no variant metadata could be read"


@dataclass(frozen=True, slots=True)
class ReleaseMetadata:
    """What could be learned about the variants of a release.

    :param document: None when nothing usable was found.
    :param problem: why not.
    """

    document: VariantsJson | None
    problem: str = ""


class MetadataReader:
    """Gets the metadata of releases, each once."""

    def __init__(self, session: _pip.PipSession, links: MetadataLinks) -> None:
        """Use pip's *session* for everything remote."""
        self._session = session
        self._links = links
        self._silences = Silences()
        self._said: set[str] = set()
        self._index_level: dict[tuple[str, str, str], ReleaseMetadata] = {}

    def read(self, release: Release) -> ReleaseMetadata:
        """Return the metadata of a release; problems are warned of once, here.

        :raises pip's InstallationError: when the server refuses access, as for a
            wheel (E35).
        """
        key = (release.name, release.version, release.source)
        found = self._index_level.get(key)
        if found is None:
            found = self._index_level[key] = self._read_index_level(release)
            if found.document is not None:
                _warn_of_problems(release, found.document)
        if found.document is not None:
            return found
        return self._read_wheels(release, found.problem)

    def _read_index_level(self, release: Release) -> ReleaseMetadata:
        """Return what variants.json says; its problem begins with its place."""
        link = self._links.find(release.source, release.name, release.version)
        local = _sibling(release)
        if link is None and local is None:
            return ReleaseMetadata(None)
        try:
            if link is None:
                data: bytes | None = _read_file(cast("Path", local))
            elif self._silences.enough(link):
                return ReleaseMetadata(None, f"{link.redacted_url}: {_SILENT}")
            else:
                data = fetch_metadata(self._session, link)
            document = None if data is None else VariantsJson.from_bytes(data)
            return ReleaseMetadata(document)
        except (VariantError, _pip.PipError, *NETWORK_ERRORS) as error:
            if _is_refusal(error):
                msg = (
                    f"Could not read the variant metadata of {release.name} "
                    f"{release.version}: {printable(without_credentials(error))}"
                )
                raise _pip.InstallationError(msg) from error
            if link is not None and is_silence(error):
                self._silences.note(link)
            where = link.redacted_url if link is not None else printable(local)
            return ReleaseMetadata(None, f"{where}: {problem_of(error)}")

    def _read_wheels(self, release: Release, listed: str) -> ReleaseMetadata:
        """Combine the metadata inside the wheels, one per label (R36, §5.8).

        :param listed: what is wrong with variants.json, empty if nothing is.
        """
        _say_what_is_read(release)
        documents: list[VariantsJson] = []
        lost: dict[str, str] = {}
        for label, link in sorted(release.wheels.items()):
            try:
                documents.append(self._read_once(link))
            except (VariantError, _pip.PipError, *NETWORK_ERRORS) as error:
                lost[label] = problem_of(error)
            except _pip.HTTPRangeRequestUnsupported:
                why = f"{listed}, and" if listed else "there is no variants.json, and"
                return _unusable(release, f"{why} {_NO_PARTS}")
        if not documents:
            why = f"{listed}, and " if listed else ""
            return _unusable(release, f"{why}{_NOTHING_READ}{_first_reason(lost)}")
        if listed and listed not in self._said:
            self._said.add(listed)
            logger.warning(
                "Ignoring %s. The metadata inside the wheels is used instead.", listed
            )
        _warn_of_lost(lost)
        combined = documents[0].combine(*documents[1:])
        return ReleaseMetadata(
            dataclasses.replace(combined, lost={**combined.lost, **lost})
        )

    def _read_once(self, link: _pip.Link) -> VariantsJson:
        """Return the metadata inside a wheel, unless its server is known not to answer.

        :raises: like :meth:`read_wheel`.
        """
        if self._silences.enough(link):
            raise MetadataError(_SILENT)
        try:
            return self.read_wheel(link)
        except Exception as error:
            if is_silence(error):
                self._silences.note(link)
            raise

    def read_wheel(self, link: _pip.Link) -> VariantsJson:
        """Return the metadata inside a wheel, here or on a server.

        :raises VariantError: when it is missing or unusable; pip's own errors and
            those of the network come through.
        """
        # Most releases have a variants.json.
        from .variantlib import wheel

        if link.is_file:
            return wheel.read_wheel(Path(link.file_path))
        from .range_reader import RangeReader

        with RangeReader(link.url_without_fragment, self._session) as file:
            return wheel.read_variant_json(cast("IO[bytes]", file), link.filename)


def fetch_metadata(session: _pip.PipSession, link: _pip.Link) -> bytes | None:
    """Return the body of a metadata link, None when it is gone.

    The file may change after its publication (R32), so caches must ask again.

    :raises MetadataError: when it is too large.
    :raises SlowServerError: when it takes too long; pip's own errors and those of the
        network come through.
    """
    logger.debug("Fetching %s", link.redacted_url)
    try:
        body = fetch(session, link, MAX_BYTES, anew=True)
    except _pip.NetworkConnectionError as error:
        if _status_of(error) not in _MISSING:
            raise
        logger.info("%s is missing (%s)", link.redacted_url, _status_of(error))
        return None
    if len(body) > MAX_BYTES:
        raise MetadataError(f"larger than {MAX_BYTES:,} bytes")
    hashes = link.as_hashes()
    if hashes:
        hashes.check_against_chunks(iter([body]))
    return body


def _sibling(release: Release) -> Path | None:
    """Return the metadata file beside the wheels of a folder, if it exists."""
    folder = next(filter(None, map(_folder_of, release.wheels.values())), None)
    if folder is None:
        return None
    wanted = identity(release.name, release.version)
    for path in sorted(folder.glob("*-variants.json")):
        parts = parse_index_filename(path.name)
        if parts is not None and identity(*parts) == wanted and path.is_file():
            return path
    return None


def _folder_of(link: _pip.Link) -> Path | None:
    try:
        return Path(link.file_path).parent if link.is_file else None
    except ValueError:  # a file on another host
        return None


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _is_refusal(error: Exception) -> bool:
    if not isinstance(error, _pip.NetworkConnectionError):
        return False
    return _status_of(error) in _REFUSED


def _status_of(error: _pip.NetworkConnectionError) -> int | None:
    # An answer that is an error counts as false.
    return None if error.response is None else error.response.status_code


def _say_what_is_read(release: Release) -> None:
    remote = sum(not link.is_file for link in release.wheels.values())
    if remote:
        logger.info(
            "Reading variant metadata out of %d wheels of %s %s",
            remote,
            release.name,
            release.version,
        )


def _first_reason(lost: Mapping[str, str]) -> str:
    return next((f": {reason}" for reason in lost.values()), "")


def _warn_of_lost(lost: Mapping[str, str]) -> None:
    """Say once for each reason which labels it costs."""
    by_reason: dict[str, list[str]] = {}
    for label, reason in lost.items():
        by_reason.setdefault(reason, []).append(label)
    for reason, labels in by_reason.items():
        logger.warning("Ignoring variant %s: %s", printable(", ".join(labels)), reason)


def _unusable(release: Release, problem: str) -> ReleaseMetadata:
    logger.warning(
        "The variant wheels of %s %s are ignored: %s",
        release.name,
        release.version,
        problem,
    )
    return ReleaseMetadata(None, problem)


def _warn_of_problems(release: Release, document: VariantsJson) -> None:
    """Say in one warning what was lost."""
    if document.problems:
        logger.warning(
            "Part of the variant metadata of %s %s is unusable and left out: %s",
            release.name,
            release.version,
            printable("; ".join(map(str, document.problems))),
        )
