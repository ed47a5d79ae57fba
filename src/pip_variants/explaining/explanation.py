"""Why pip takes one file of a release and not another, for one machine or several.

::

    requirement --finder--> the version that pip would pick, and all files of it
                --for each machine--> a Ruling on each file, best first, and what
                                      puts it behind the one before
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .. import _pip
from ..decisions import Decisions
from ..order import VariantEvaluator
from ..release import source_of
from ..settings import Settings
from ..text import printable
from ..variantlib.errors import VariantError
from ..variantlib.filename import label_of
from .neighbours import neighbours
from .rulings import Ruling, described, refused, rejected
from .survey import OTHER_TAGS, Offer, SurveyingFinder

if TYPE_CHECKING:
    from ..choice import Choice
    from ..variantlib.metadata import VariantsJson

__all__ = ["Explanation", "Listed", "OnMachine", "explain_file", "explain_release"]


@dataclass(frozen=True, slots=True)
class OnMachine:
    """The outcome for one machine.

    :param name: "this machine", or the platform file that describes it.
    :param asked: where each namespace got its properties from, and the seconds.
    :param missing: the labels asked for that no file has.
    """

    name: str
    rulings: tuple[Ruling, ...]
    asked: tuple[tuple[str, str, float], ...]
    missing: tuple[str, ...] = ()

    @property
    def chosen(self) -> Ruling | None:
        """The file that pip would take, None when it would take none."""
        return next((ruling for ruling in self.rulings if ruling.rank == 1), None)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of the user's that is in effect, empty where there is none.

    :param place: where it was written, as far as known.
    """

    items: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The outcome for one release.

    :param priorities: what the user puts first.
    :param exclude: what the user never takes.
    """

    name: str
    version: str
    sources: tuple[str, ...]
    machines: tuple[OnMachine, ...]
    priorities: Listed = Listed()
    exclude: Listed = Listed()

    @property
    def together(self) -> Ruling | None:
        """The file for one environment that all machines use, None when there is none.

        It can be used on each of them; the first machine decides on the order.
        """
        first, *others = self.machines
        usable = [
            {(each.filename, each.source) for each in machine.rulings if each.rank}
            for machine in others
        ]
        for ruling in first.rulings:
            if ruling.rank and all(
                (ruling.filename, ruling.source) in u for u in usable
            ):
                return ruling
        return None


def _lists(settings: Settings) -> tuple[Listed, Listed]:
    """Return priorities and exclusions, each with its place."""
    priorities, exclude = settings.priorities, settings.exclude
    places = settings.places
    return (
        Listed(priorities, places.get("variant-priorities", "") if priorities else ""),
        Listed(exclude, places.get("variant-exclude", "") if exclude else ""),
    )


def _machines(decisions: Decisions) -> Iterator[tuple[str, Decisions]]:
    """Yield each machine that is to be explained, with decisions for it."""
    for name, settings in decisions.settings.each_machine():
        yield name or "this machine", decisions.for_machine(settings)


def explain_release(
    finder: SurveyingFinder, requirement: _pip.InstallRequirement
) -> Explanation:
    """Explain the version that pip would pick for a requirement.

    :raises pip's DistributionNotFound: when there is none.
    """
    assert requirement.req is not None
    name = _pip.canonicalize_name(requirement.req.name)
    found = finder.find_all_candidates(name)
    each = [
        (machine, decisions, _order(finder, decisions, requirement, found))
        for machine, decisions in _machines(finder.decisions)
    ]
    versions = [order[0].version for _, _, order in each if order]
    if not versions:
        versions = _considered(finder, requirement, found)
    if not versions:
        raise _pip.DistributionNotFound(_nothing_found(requirement, found))
    version = max(versions)
    offers = [offer for offer in finder.offers if _is_of(offer.link, name, version)]
    return Explanation(
        name,
        str(version),
        tuple(dict.fromkeys(source_of(offer.link) for offer in offers)),
        tuple(
            _machine(machine, decisions, finder, offers, order, (name, str(version)))
            for machine, decisions, order in each
        ),
        *_lists(finder.decisions.settings),
    )


def _order(
    finder: SurveyingFinder,
    decisions: Decisions,
    requirement: _pip.InstallRequirement,
    found: list[_pip.InstallationCandidate],
) -> list[_pip.InstallationCandidate]:
    """Return the files of the version that pip would pick, in its order.

    The order is lazy: who reads on decides about older versions as well.
    """
    candidates = _applicable(finder, decisions, requirement, found)
    first = next(iter(reversed(candidates)), None)
    if first is None:
        return []
    same = [candidate for candidate in found if candidate.version == first.version]
    return [*reversed(_applicable(finder, decisions, requirement, same))]


def _applicable(
    finder: SurveyingFinder,
    decisions: Decisions,
    requirement: _pip.InstallRequirement,
    found: list[_pip.InstallationCandidate],
) -> list[_pip.InstallationCandidate]:
    name, specifier = requirement.name or "", requirement.specifier
    evaluator = finder.make_candidate_evaluator(name, specifier=specifier)
    assert isinstance(evaluator, VariantEvaluator)
    evaluator.decisions = decisions
    return evaluator.get_applicable_candidates(found)


def _considered(
    finder: SurveyingFinder,
    requirement: _pip.InstallRequirement,
    found: list[_pip.InstallationCandidate],
) -> list[_pip.Version]:
    """Return the versions that pip looked at, also when no file of them can be used."""
    candidates = _applicable(finder, finder.decisions, requirement, found)
    return [candidate.version for candidate in candidates]


def _nothing_found(
    requirement: _pip.InstallRequirement, found: Sequence[_pip.InstallationCandidate]
) -> str:
    versions = sorted({candidate.version for candidate in found})
    listed = ", ".join(map(str, versions)) or "none"
    return (
        f"Could not find a version that satisfies the requirement {requirement.req} "
        f"(from versions: {listed})"
    )


def _is_of(link: _pip.Link, name: str, version: _pip.Version) -> bool:
    """Tell whether a file belongs to a release, by its name."""
    if link.is_wheel:
        try:
            wheel = _pip.Wheel(link.filename)
        except (_pip.InstallationError, ValueError):
            return False
        return _pip.canonicalize_name(wheel.name) == name and _same(
            wheel.version, version
        )
    stem = link.filename.removesuffix(".tar.gz").removesuffix(".zip")
    project, _, rest = stem.rpartition("-")
    return _pip.canonicalize_name(project) == name and _same(rest, version)


def _same(text: str, version: _pip.Version) -> bool:
    try:
        return _pip.Version(text) == version
    except ValueError:
        return False


def _machine(
    machine: str,
    decisions: Decisions,
    finder: SurveyingFinder,
    offers: Iterable[Offer],
    order: Sequence[_pip.InstallationCandidate],
    release: tuple[str, str],
) -> OnMachine:
    ranks = {candidate.link: rank for rank, candidate in enumerate(order, 1)}
    choices = decisions.of_release(*release)
    behind = dict(neighbours(order, choices, decisions.settings.priorities))
    wish = decisions.wishes.of(release[0])
    rulings = []
    for offer in dict.fromkeys(offers):
        rank = ranks.get(offer.link)
        base = Ruling(
            offer.link.filename,
            source_of(offer.link),
            label_of(offer.link.filename),
            finder.size(offer.link),
            rank,
            behind=behind.get(offer.link),
        )
        if rank is None:
            base = refused(base, offer, decisions, choices, wish)
        same_source = [each for each in choices if each.release.source == base.source]
        rulings.append(described(base, same_source))
    # A list is empty while it is sorted, so its length is taken before.
    last = len(rulings) + 1
    rulings.sort(key=lambda each: (each.rank or last, each.filename))
    labels = {each.label for each in rulings}
    missing = [label for label in wish.labels if label not in labels] if wish else ()
    return OnMachine(machine, tuple(rulings), _asked(choices), tuple(missing))


def _asked(choices: Iterable[Choice]) -> tuple[tuple[str, str, float], ...]:
    return tuple(
        dict.fromkeys(
            (answer.namespace, answer.source.value, answer.seconds)
            for choice in choices
            for answer in choice.answers
        )
    )


def explain_file(
    finder: SurveyingFinder, link: _pip.Link, tags: Iterable[object]
) -> Explanation:
    """Explain whether pip would take a wheel that is named by path or URL.

    :param tags: those that the Python supports which is installed for.
    :raises pip's InstallationError: for a wheel that cannot be read.
    """
    try:
        wheel = _pip.Wheel(link.filename)
    except (_pip.PipError, ValueError) as error:
        raise _pip.InstallationError(printable(error)) from None
    label = label_of(link.filename)
    source = str(Path(link.file_path).parent) if link.is_file else source_of(link)
    found = []
    document = None
    if label is not None and wheel.supported(tags):  # type: ignore[arg-type]
        document = _read(finder.decisions, link)
    size = finder.size(link)
    for machine, of_machine in _machines(finder.decisions):
        ruling = Ruling(link.filename, source, label, size, 1)
        asked: tuple[tuple[str, str, float], ...] = ()
        if not wheel.supported(tags):  # type: ignore[arg-type]
            ruling = replace(ruling, rank=None, reason=OTHER_TAGS)
        elif label is not None and document is not None:
            choice = of_machine.decide_file(link, document)
            asked = _asked([choice])
            ruling = described(ruling, [choice])
            if not choice.verdict(label).compatible:
                ruling = rejected(replace(ruling, rank=None), choice, of_machine)
        found.append(OnMachine(machine, (ruling,), asked))
    lists = _lists(finder.decisions.settings)
    return Explanation(wheel.name, wheel.version, (source,), tuple(found), *lists)


def _read(decisions: Decisions, link: _pip.Link) -> VariantsJson:
    """Read what is inside a wheel; pip tells of a server that cannot be reached."""
    try:
        return decisions.reader.read_wheel(link)
    except _pip.HTTPRangeRequestUnsupported:
        reason = "the server does not let parts of it be read; download it first"
    except VariantError as error:
        raise _pip.InstallationError(printable(error)) from None
    except (OSError, EOFError, ValueError) as error:
        reason = str(error)
    msg = f"{link.filename} cannot be read: {reason}"
    raise _pip.InstallationError(printable(msg))
