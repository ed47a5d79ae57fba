"""What ``pip variant explain`` prints for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ... import _pip
from ...explaining.explanation import Explanation, Listed, OnMachine
from ...explaining.rulings import Ruling
from ...explaining.survey import OTHER_TAGS
from ...text import printable, unbroken, wrapped
from ...variantlib.builtin.words import in_order
from ...variantlib.model import Properties
from ._base import print_table

__all__ = ["print_explanation"]

_HEADS = ("Rank", "Label", "Size", "File")
_MOST_NEIGHBOURS = 10
_INDENT = "    "


def print_explanation(explanation: Explanation, *, verbose: bool) -> None:
    """Print what pip would take of a release, and why.

    :param verbose: with the properties of every label.
    """
    name = f"{explanation.name} {explanation.version}"
    letters = _letters(explanation.sources)
    where = ", ".join(
        f"{letter} {unbroken(_pip.redact_auth_from_url(source))}".lstrip()
        for source, letter in letters.items()
    )
    _say(f"{printable(name)} in {where}")
    _pip.write_output("")
    if len(explanation.machines) > 1:
        _print_several(explanation, letters, verbose=verbose)
        return
    (machine,) = explanation.machines
    shown = [each for each in machine.rulings if each.reason != OTHER_TAGS]
    print_table([_HEADS, *(_row(ruling, letters) for ruling in shown)])
    hidden = len(machine.rulings) - len(shown)
    if hidden:
        _say(f"and {hidden} {OTHER_TAGS}")
    if verbose:
        _print_properties(shown, letters, supported=True)
    _pip.write_output("")
    _print_taken(machine)
    _print_lists(explanation)
    _print_neighbours(shown, letters)
    _print_rejections(machine)


def _say(text: str, indent: str = "") -> None:
    """Print a sentence, in as many lines as it takes."""
    for line in wrapped(text, indent):
        _pip.write_output("%s", line)


def _letters(sources: Sequence[str]) -> dict[str, str]:
    """Name the sources by letters, where there are several."""
    if len(sources) == 1:
        return dict.fromkeys(sources, "")
    return {source: f"[{chr(ord('a') + at)}]" for at, source in enumerate(sources)}


def _named(ruling: Ruling, letters: Mapping[str, str]) -> str:
    return printable(f"{letters[ruling.source]} {ruling.filename}".lstrip())


def _row(ruling: Ruling, letters: Mapping[str, str]) -> tuple[str, ...]:
    rank = "-" if ruling.rank is None else str(ruling.rank)
    label = _label(ruling.label, ruling.filename)
    return (rank, label, _size(ruling), _named(ruling, letters))


def _size(ruling: Ruling) -> str:
    return "?" if ruling.size is None else _pip.format_size(ruling.size)


def _label(label: str | None, filename: str) -> str:
    if label is not None:
        return label
    return "(plain)" if filename.endswith(".whl") else "(source)"


def _print_properties(
    rulings: Sequence[Ruling], letters: Mapping[str, str], *, supported: bool
) -> None:
    """Print the properties of each label that has some, once.

    :param supported: with those that the machine supports.
    """
    _pip.write_output("")
    seen = set()
    for ruling in rulings:
        key = ruling.source, ruling.label
        if key in seen or not ruling.declared:
            continue
        seen.add(key)
        label = f"{letters[ruling.source]} {ruling.label}".lstrip()
        _say(f"Properties of {label}:")
        for line in _features(ruling, supported=supported):
            _say(line, _INDENT)


def _features(ruling: Ruling, *, supported: bool) -> Iterator[str]:
    for namespace, features in sorted(ruling.declared.items()):
        for feature, values in sorted(features.items()):
            text = f"{namespace} :: {feature} :: {', '.join(in_order(values))}"
            matched = ruling.matched.get(namespace, {}).get(feature, ())
            if supported and set(matched) != set(values):
                text += f" (supported: {', '.join(matched) or 'none'})"
            yield text


def _print_taken(machine: OnMachine) -> None:
    """Say which file is taken, and by which properties."""
    name, chosen = unbroken(machine.name), machine.chosen
    if chosen is None:
        _say(f"On {name}, pip would take none of them.")
    else:
        _say(f"On {name}, pip would take {unbroken(chosen.filename)}.")
        for line in _taken_for(chosen):
            _say(line, _INDENT)
    for label in machine.missing:
        _say(f"{label}: is asked for, and does not exist")


def _taken_for(chosen: Ruling) -> Iterator[str]:
    """Yield the properties that the chosen label matched, feature by feature."""
    if chosen.label is not None and not chosen.declared:
        yield "no properties: it fits every machine"
    matched: Properties = chosen.matched
    for namespace, features in sorted(matched.items()):
        for feature, values in sorted(features.items()):
            yield f"{namespace} :: {feature} :: {', '.join(values)}"


def _print_lists(explanation: Explanation) -> None:
    """Say what the user put first or left out, and where."""

    def say(what: str, listed: Listed) -> None:
        if listed.items:
            place = f" ({unbroken(listed.place)})" if listed.place else ""
            _say(f"{what}: {', '.join(listed.items)}{place}")

    say("Priorities", explanation.priorities)
    say("Excluded", explanation.exclude)


def _print_neighbours(rulings: Sequence[Ruling], letters: Mapping[str, str]) -> None:
    """Say what decided between each label and the next one."""
    lines = [*_decided(rulings, letters)]
    for line in lines[:_MOST_NEIGHBOURS]:
        _say(line)
    left = len(lines) - _MOST_NEIGHBOURS
    if left > 0:
        _say(f"and {left} more, which --json shows")


def _decided(rulings: Sequence[Ruling], letters: Mapping[str, str]) -> Iterator[str]:
    for ruling in rulings:
        behind = ruling.behind
        if behind is None:
            continue
        first = f"{letters[behind.source]} {_label(behind.label, behind.filename)}"
        second = f"{letters[ruling.source]} {_label(ruling.label, ruling.filename)}"
        # Several files of one label are its own affair.
        if first != second:
            yield f"{first.lstrip()} before {second.lstrip()}: {behind.reason}"


def _print_rejections(machine: OnMachine) -> None:
    """Say why nothing else is taken, and who was asked."""
    for ruling in machine.rulings:
        if ruling.rank is None and ruling.reason != OTHER_TAGS:
            _say(f"{_label(ruling.label, ruling.filename)}: {ruling.reason}")
            _say(ruling.remedy, _INDENT)
    for namespace, source, seconds in machine.asked:
        time = f", {1000 * seconds:.1f} ms" if seconds else ""
        _say(f"Asked about {namespace}: {source}{time}")


def _print_several(
    explanation: Explanation, letters: Mapping[str, str], *, verbose: bool
) -> None:
    """Print the file for each of several machines, and the rank of each file."""
    machines = explanation.machines
    numbers = [f"[{number}]" for number in range(1, len(machines) + 1)]
    for number, machine in zip(numbers, machines, strict=True):
        taken = unbroken(machine.chosen.filename) if machine.chosen else "none of them"
        _say(f"{number} {unbroken(machine.name)}: {taken}")
    together = explanation.together
    taken = unbroken(together.filename) if together else "none of them"
    _say(f"One environment for all of them: {taken}")
    _print_lists(explanation)
    _pip.write_output("")
    shown = [each for each in machines[0].rulings if each.reason != OTHER_TAGS]
    print_table(_grid(shown, machines, numbers, letters))
    if verbose:
        _print_properties(shown, letters, supported=False)


def _grid(
    shown: Sequence[Ruling],
    machines: Sequence[OnMachine],
    numbers: Sequence[str],
    letters: Mapping[str, str],
) -> list[tuple[str, ...]]:
    """Return the rows of a table with the rank of each file on each machine."""
    ranks = [
        {_named(each, letters): each.rank for each in machine.rulings}
        for machine in machines
    ]
    last = len(machines[0].rulings) + 1

    def best(ruling: Ruling) -> int:
        return min(rank[_named(ruling, letters)] or last for rank in ranks)

    rows = [
        (
            _label(ruling.label, ruling.filename),
            _size(ruling),
            *(str(rank[_named(ruling, letters)] or "-") for rank in ranks),
            _named(ruling, letters),
        )
        for ruling in sorted(shown, key=best)
    ]
    return [("Label", "Size", *numbers, "File"), *rows]
