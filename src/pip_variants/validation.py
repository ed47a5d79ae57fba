"""What checks of wheels take from pip: its parsers, and its look at indexes.

The checks themselves are of the ground floor
(:mod:`~pip_variants.variantlib.publishing.validating`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from logging import getLogger
from time import monotonic
from typing import TYPE_CHECKING, Any

from . import _pip
from .explaining.survey import Offer, SurveyingFinder, survey
from .finder import VariantFinder
from .release import identity
from .text import printable
from .variantlib.publishing.indexing.names import Artifact, artifact_of
from .variantlib.publishing.validating import Shortage, Tools

if TYPE_CHECKING:
    from .variantlib.publishing.vocabulary import Vocabulary

__all__ = ["ProviderSearch", "make_tools"]

logger = getLogger(__name__)

_SECONDS_BETWEEN_NOTES = 5.0
_SECONDS_TO_CONNECT = 5
_SHOWN = 3
_PUBLISH = "publish it on the index of these wheels, or name the index to look at"


def make_tools(
    vocabulary: Vocabulary | None = None,
    shortage: Callable[[Sequence[str]], Shortage | None] | None = None,
) -> Tools:
    """Return what the checks need of pip.

    :param vocabulary: who knows which properties exist; None: nobody is asked.
    :param shortage: who looks for provider packages; None: nobody does.
    """
    return Tools(
        canonical_version=_canonical_version,
        requirement_fault=_requirement_fault,
        holds=_holds,
        vocabulary=vocabulary,
        shortage=shortage,
        on_file=_Progress(),
    )


def _canonical_version(version: str) -> str:
    # In the name of a wheel, "-" is "_".
    return identity("", version.replace("_", "-"))[1]


def _requirement_fault(text: str) -> str:
    try:
        _pip.Requirement(text)
    except _pip.InvalidRequirement as error:
        return str(error).partition("\n")[0]
    except RecursionError:
        return "it is nested too deeply"
    return ""


def _holds(marker: str, environment: Mapping[str, str]) -> bool:
    try:
        return _pip.Marker(marker).evaluate(dict(environment))
    except (
        _pip.InvalidMarker,
        _pip.UndefinedComparison,
        KeyError,
        RecursionError,
    ) as error:
        raise ValueError(str(error).partition("\n")[0]) from None


class _Progress:
    """Says how far a long check is, now and then."""

    def __init__(self) -> None:
        self._said = monotonic()

    def __call__(self, name: str, number: int, total: int) -> None:
        now = monotonic()
        if now - self._said >= _SECONDS_BETWEEN_NOTES:
            self._said = now
            logger.info(
                "Checking file %d of %d: %s ...", number, total, printable(name)
            )


class ProviderSearch:
    """Looks for provider packages where pip would, each set of requirements once."""

    def __init__(self, finder: VariantFinder) -> None:
        """Prepare; nothing is looked for yet.

        :param finder: that of a command with pip's options for indexes.
        """
        self._finder: SurveyingFinder = survey(finder)
        self._known: dict[str, Shortage | None] = {}

    def __call__(self, requirements: Sequence[str]) -> Shortage | None:
        """Tell why packages cannot be had, None when all of them can (R86, R87)."""
        for text in requirements:
            if text not in self._known:
                self._known[text] = self._look_for(text)
            lack = self._known[text]
            if lack is not None:
                return lack
        return None

    def _look_for(self, text: str) -> Shortage | None:
        try:
            requirement = _pip.Requirement(text)
        except _pip.InvalidRequirement:
            # Told as a fault of the metadata.
            return None
        if requirement.url is not None:
            return None
        self._finder.offers.clear()
        try:
            self._finder.find_all_candidates(requirement.name)
        except (_pip.PipError, _pip.RequestException) as error:
            reason = f"{_asked(requirement)} could not be looked for: {error}"
            return Shortage(printable(reason), unsure=True)
        return self._judge(requirement)

    def _judge(self, requirement: _pip.Requirement) -> Shortage | None:
        """Tell what is wrong with what was found."""
        found = _offered(requirement.name, self._finder.offers)
        fitting = {
            name: artifact
            for name, (artifact, version) in found.items()
            if requirement.specifier.contains(version, prereleases=True)
        }
        labels = [each.label for each in fitting.values() if each.is_wheel]
        asked = _asked(requirement)
        if None in labels:
            return None
        if labels:
            return Shortage(
                f"of {asked} there are variants alone, and no plain wheel",
                "publish a plain wheel of it: providers are installed from these",
                found=True,
            )
        if fitting:
            return Shortage(
                f"{asked} has no wheel among what was found: {_some([*fitting])}",
                "publish a plain wheel of it, or correct the requirement",
                found=True,
            )
        if found:
            return Shortage(
                f"{asked} is not found, only other versions: {_some([*found])}",
                f"{_PUBLISH}, or correct the requirement",
            )
        return self._nothing(requirement.name, asked)

    def _nothing(self, name: str, asked: str) -> Shortage:
        for url in self._finder.index_urls:
            trouble = self._trouble(url, name)
            if trouble:
                reason = f"{asked} could not be looked for: {trouble}"
                remedy = "try again, or leave this check out: --no-provider-check"
                return Shortage(printable(reason), remedy, unsure=True)
        return Shortage(f"{asked} is not found", _PUBLISH)

    def _trouble(self, url: str, name: str) -> str:
        """Return why an index does not answer, "" when it does.

        pip takes an index that cannot be reached for one that has nothing.
        """
        session = self._finder._link_collector.session  # noqa: SLF001 - no public way
        page = f"{url.rstrip('/')}/{_pip.canonicalize_name(name)}/"
        if not page.startswith(("http://", "https://")):
            return ""
        adapter: Any = session.get_adapter(page)
        retries = adapter.max_retries
        adapter.max_retries = retries.new(total=0)
        try:
            status = session.get(page, timeout=_SECONDS_TO_CONNECT).status_code
        except (_pip.RequestException, _pip.PipError, OSError) as error:
            shown = _pip.redact_auth_from_url(url)
            return f"{shown} cannot be reached: {type(error).__name__}"
        finally:
            adapter.max_retries = retries
        missing = 404
        gone = 410
        if status < 400 or status in (missing, gone):
            return ""
        return f"{_pip.redact_auth_from_url(url)} answers with status {status}"


def _asked(requirement: _pip.Requirement) -> str:
    return printable(f"{requirement.name}{requirement.specifier}")


def _offered(name: str, offers: Iterable[Offer]) -> dict[str, tuple[Artifact, Any]]:
    """Return the files of a project among others, with their versions."""
    found: dict[str, tuple[Artifact, Any]] = {}
    for offer in offers:
        filename = offer.link.filename
        try:
            artifact = artifact_of(filename)
            if artifact is not None and artifact.project == _pip.canonicalize_name(
                name
            ):
                found[filename] = artifact, _pip.Version(artifact.version)
        except ValueError:
            continue
    return found


def _some(names: Sequence[str]) -> str:
    rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return printable(f"{', '.join(sorted(names)[:_SHOWN])}{rest}")
