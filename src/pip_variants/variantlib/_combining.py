"""The rules for combining documents of one release (PEP 825, "Metadata consistency").

Each takes all documents at once: what a contradiction takes out must stay out,
whichever pair is looked at first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from .errors import ProblemPath
from .model import Label, Properties, same_properties

__all__ = ["combine_labels", "combine_lists", "combine_tables"]

_Key = TypeVar("_Key", str, tuple[str, str])
_Value = TypeVar("_Value")
_Problems = list[tuple[ProblemPath, str]]


def combine_labels(
    documents: Sequence[tuple[Mapping[Label, Properties], Mapping[str, str]]],
    problems: _Problems,
) -> tuple[dict[Label, Properties], dict[str, str]]:
    """Unite the labels; return them and those that are lost, with the reason.

    A label with two meanings is lost (R13), as is one that any document lost.
    """
    lost: dict[str, str] = {}
    for _, reasons in documents:
        for label, why in reasons.items():
            # Of several reasons the same one, whichever file comes first.
            lost[label] = min(why, lost.get(label, why))
    united: dict[Label, Properties] = {}
    for variants, _ in documents:
        for label, properties in variants.items():
            if not same_properties(united.setdefault(label, properties), properties):
                lost[label] = "has different properties in different files"
    for gone in sorted(lost.keys() & united.keys()):
        del united[Label(gone)]
        problems.append((("variants", gone), lost[gone]))
    return dict(sorted(united.items())), dict(sorted(lost.items()))


def combine_lists(
    lists: Sequence[tuple[str, ...]], path: ProblemPath, problems: _Problems
) -> tuple[str, ...]:
    """Return the longest list when it extends all others (R23, R24).

    Lists that part keep what they have in common.
    """
    longest = max(lists, key=len)
    if all(longest[: len(each)] == each for each in lists):
        return longest
    common = []
    for column in zip(*lists, strict=False):
        if len(set(column)) > 1:
            break
        common.append(column[0])
    problems.append((path, "the files contradict each other about the order"))
    return tuple(common)


def combine_tables(
    tables: Sequence[Mapping[_Key, _Value]], name: str, problems: _Problems
) -> dict[_Key, _Value]:
    """Unite tables; a key with two values is left out (R85)."""
    united: dict[_Key, _Value] = {}
    conflicts: set[Any] = set()
    for table in tables:
        for key, value in table.items():
            if united.setdefault(key, value) != value:
                conflicts.add(key)
    for key in sorted(conflicts):
        del united[key]
        parts: tuple[str, ...] = key if isinstance(key, tuple) else (key,)
        problems.append(((name, *parts), "differs between the files"))
    return dict(sorted(united.items()))
