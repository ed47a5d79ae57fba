"""What puts one file before the next in the order in which pip takes them.

The cases stand in the order in which pip and ``finder`` ask for them. Yanked files are
not among those that are ranked here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from .. import _pip
from ..release import source_of
from ..text import printable
from ..variantlib.decisive import Comparison
from ..variantlib.filename import label_of
from ..variantlib.model import Property

if TYPE_CHECKING:
    from ..choice import Choice

__all__ = ["Behind", "neighbours"]


@dataclass(frozen=True, slots=True)
class Behind:
    """Which file comes right before one, and why.

    :param filename: the one that comes before.
    :param better: the property of it that decided, None where none did.
    :param worse: the property that it was compared with, None where there was none.
    """

    filename: str
    source: str
    label: str | None
    reason: str
    better: Property | None = None
    worse: Property | None = None


def neighbours(
    order: Sequence[_pip.InstallationCandidate],
    choices: Iterable[Choice],
    priorities: Sequence[str],
) -> Iterator[tuple[_pip.Link, Behind]]:
    """Yield each file after the first with what puts it there.

    :param order: the files of one version, best first.
    :param choices: what was decided about this version.
    """
    referee = _Referee(choices, priorities)
    for first, second in pairwise(candidate.link for candidate in order):
        yield second, referee.between(first, second)


class _Referee:
    def __init__(self, choices: Iterable[Choice], priorities: Sequence[str]) -> None:
        self._choices = [*choices]
        self._priorities = priorities
        self._comparisons: dict[int, Comparison] = {}

    def between(self, first: _pip.Link, second: _pip.Link) -> Behind:
        """Say what puts *first* before *second*."""
        source, label = source_of(first), label_of(first.filename)
        other = label_of(second.filename)
        reason = _by_kind(first, second)
        if not reason and label is not None and other is not None:
            if source != source_of(second):
                reason = "its source comes first"
            elif label != other:
                return self._of_labels(first.filename, source, label, other)
        reason = reason or _by_tags(first, second)
        return Behind(first.filename, source, label, reason)

    def _of_labels(self, filename: str, source: str, label: str, other: str) -> Behind:
        at, choice = next(
            (at, choice)
            for at, choice in enumerate(self._choices)
            if choice.release.source == source
            and {label, other} <= choice.release.wheels.keys()
        )
        if choice.wish is not None:
            reason = f"they are asked for in this order ({choice.wish.place})"
            return Behind(filename, source, label, printable(reason))
        if at not in self._comparisons:
            document = choice.metadata.document
            assert document is not None
            self._comparisons[at] = Comparison(
                document, choice.supported, priorities=self._priorities
            )
        found = self._comparisons[at].decisive(label, other)
        if choice.declared(other):
            reason = _words(found.first, found.second)
        else:
            reason = f"{other} has no properties"
        return Behind(filename, source, label, reason, found.first, found.second)


def _words(better: Property | None, worse: Property | None) -> str:
    if better is None:
        return "by label, for the same properties count"
    if worse is None:
        return f"has more: {better}"
    same = (better.namespace, better.feature) == (worse.namespace, worse.feature)
    return f"{better} before {worse.value if same else worse}"


def _by_kind(first: _pip.Link, second: _pip.Link) -> str:
    """Tell what counts before labels and tags do."""
    if not second.is_wheel and first.is_wheel:
        return "wheels come before source distributions"
    if label_of(first.filename) is not None and label_of(second.filename) is None:
        return "variants come before plain wheels"
    return ""


def _by_tags(first: _pip.Link, second: _pip.Link) -> str:
    if first.is_wheel and second.is_wheel:
        one, other = _pip.Wheel(first.filename), _pip.Wheel(second.filename)
        if one.file_tags != other.file_tags:
            return "its tags for Python and platform fit better"
        if one.build_tag != other.build_tag:
            return "its build number is higher"
    return "pip makes no difference between them"
