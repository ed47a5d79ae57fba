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
from dataclasses import dataclass
from logging import getLogger
from pathlib import Path
from typing import IO, cast

from . import _pip
from .index_page import MetadataLinks
from .release import Release, identity
from .text import message_of, printable
from .variantlib import wheel
from .variantlib._reading import MAX_BYTES
from .variantlib.errors import MetadataError, VariantError
from .variantlib.filename import parse_index_filename
from .variantlib.metadata import VariantsJson

__all__ = ["NETWORK_ERRORS", "MetadataReader", "ReleaseMetadata", "fetch_metadata"]

logger = getLogger(__name__)

# ValueError: pip passes on what urllib3 and pathlib think of odd URLs.
NETWORK_ERRORS = (
    _pip.RequestException,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
)
_MISSING = (404, 410)
_REFUSED = (401, 403, 407)
_CHUNK = 16 * 1024


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
        self._index_level: dict[tuple[str, str, str], VariantsJson | None] = {}

    def read(self, release: Release) -> ReleaseMetadata:
        """Return the metadata of a release; problems are warned of once, here.

        :raises pip's InstallationError: when the server refuses access, as for a
            wheel (E35).
        """
        key = (release.name, release.version, release.source)
        if key not in self._index_level:
            document = self._read_index_level(release)
            self._index_level[key] = document
            if document is not None:
                _warn_of_problems(release, document)
        document = self._index_level[key]
        if document is not None:
            return ReleaseMetadata(document)
        return self._read_wheels(release)

    def _read_index_level(self, release: Release) -> VariantsJson | None:
        link = self._links.find(release.source, release.name, release.version)
        local = _sibling(release)
        if link is None and local is None:
            return None
        where = link.redacted_url if link is not None else str(local)
        try:
            if link is not None:
                data = fetch_metadata(self._session, link)
            else:
                data = _read_file(cast("Path", local))
            return None if data is None else VariantsJson.from_bytes(data)
        except (VariantError, _pip.HashMismatch, *NETWORK_ERRORS) as e:
            problem = str(e).strip().partition("\n")[0]
        except _pip.NetworkConnectionError as error:
            status = error.response.status_code if error.response is not None else 0
            if status in _REFUSED:
                msg = (
                    f"Could not read the variant metadata of {release.name} "
                    f"{release.version}: {printable(error)}"
                )
                raise _pip.InstallationError(msg) from error
            problem = str(error)
        except _pip.PipError as error:
            problem = message_of(error)
        logger.warning(
            "Ignoring %s: %s. The metadata inside the wheels is used instead.",
            where,
            printable(problem),
        )
        return None

    def _read_wheels(self, release: Release) -> ReleaseMetadata:
        """Combine the metadata inside the wheels, one per label (R36, §5.8)."""
        remote = sum(not link.is_file for link in release.wheels.values())
        if remote:
            logger.info(
                "Reading variant metadata out of %d wheels of %s %s",
                remote,
                release.name,
                release.version,
            )
        documents: list[VariantsJson] = []
        lost: dict[str, str] = {}
        for label, link in sorted(release.wheels.items()):
            try:
                documents.append(self.read_wheel(link))
            except _pip.HTTPRangeRequestUnsupported:
                problem = (
                    "there is no variants.json, and the server does not let parts of "
                    "wheels be read (no range requests)"
                )
                _warn_unusable(release, problem)
                return ReleaseMetadata(None, problem)
            except (VariantError, _pip.PipError, *NETWORK_ERRORS) as error:
                lost[label] = printable(str(error).partition("\n")[0])
                logger.warning("Ignoring variant %s: %s", label, lost[label])
        if not documents:
            problem = "no variant metadata could be read"
            _warn_unusable(release, problem)
            return ReleaseMetadata(None, problem)
        combined = documents[0].combine(*documents[1:])
        return ReleaseMetadata(
            dataclasses.replace(combined, lost={**combined.lost, **lost})
        )

    def read_wheel(self, link: _pip.Link) -> VariantsJson:
        """Return the metadata inside a wheel, here or on a server.

        :raises VariantError: when it is missing or unusable; pip's own errors and
            those of the network come through.
        """
        if link.is_file:
            return wheel.read_wheel(Path(link.file_path))
        from .range_reader import RangeReader

        with RangeReader(link.url_without_fragment, self._session) as file:
            return wheel.read_variant_json(cast("IO[bytes]", file), link.filename)


def fetch_metadata(session: _pip.PipSession, link: _pip.Link) -> bytes | None:
    """Return the body of a metadata link, None when it is gone.

    The file may change after its publication (R32), so caches must ask again.

    :raises MetadataError: when it is too large; pip's own errors and those of the
        network come through.
    """
    headers = {"Accept-Encoding": "identity", "Cache-Control": "max-age=0"}
    response = session.get(link.url_without_fragment, headers=headers, stream=True)
    with response:
        if response.status_code in _MISSING:
            logger.info("%s is missing (%s)", link.redacted_url, response.status_code)
            return None
        _pip.raise_for_status(response)
        logger.debug("Fetching %s", link.redacted_url)
        body = bytearray()
        # Decoded bytes count: a small answer may unpack to a large one (E3).
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > MAX_BYTES:
                msg = f"larger than {MAX_BYTES:,} bytes"
                raise MetadataError(msg)
    hashes = link.as_hashes()
    if hashes:
        hashes.check_against_chunks(iter([bytes(body)]))
    return bytes(body)


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


def _warn_unusable(release: Release, problem: str) -> None:
    logger.warning(
        "The variant wheels of %s %s are ignored: %s",
        release.name,
        release.version,
        problem,
    )


def _warn_of_problems(release: Release, document: VariantsJson) -> None:
    """Say in one warning what was lost."""
    if document.problems:
        logger.warning(
            "Part of the variant metadata of %s %s is unusable and left out: %s",
            release.name,
            release.version,
            printable("; ".join(map(str, document.problems))),
        )
