"""``pip variant explain``: which variant pip would take, and why."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from optparse import Values
from pathlib import Path
from typing import Any

from ... import _pip
from ...explanation import Explanation, Machine, explain_file, explain_release
from ...rulings import Ruling
from ...survey import OTHER_TAGS, survey
from ...text import printable
from ...variantlib.filename import label_of
from ._base import keep_notes_off, print_json, print_table
from ._index import IndexVerb

__all__ = ["ExplainVerb"]

_VERSION = 1
_PROJECT_FILES = ("pyproject.toml", "setup.py")


class ExplainVerb(IndexVerb):
    """
    Tell which variant pip would take, and why.

    Lists the files of the version that pip would pick, in the order in which
    pip would take them: size, what is missing on this machine, and what would
    change that. With --variant-platform, it is for the machine in that file;
    with several files there is a column for each.
    """

    usage = """
        %prog [options] <requirement> ...
        %prog [options] <wheel> ...
        %prog [options] <folder> ..."""

    def run(self, options: Values, args: list[str]) -> int:
        """Explain every argument.

        :raises pip's CommandError: without any.
        """
        if not args:
            msg = "give at least one requirement, wheel or folder of wheels"
            raise _pip.CommandError(msg)
        keep_notes_off(options)
        found = [
            explanation for arg in args for explanation in self._explain(options, arg)
        ]
        if options.json:
            print_json({"version": _VERSION, "releases": [*map(_document, found)]})
            return 0
        for position, explanation in enumerate(found):
            if position:
                _pip.write_output("")
            _print(explanation)
        return 0

    def _explain(self, options: Values, arg: str) -> Iterator[Explanation]:
        if Path(arg).is_dir():
            yield from self._explain_folder(options, Path(arg))
            return
        finder = survey(self.make_finder(options))
        requirement = _pip.install_req_from_line(arg, user_supplied=True)
        link = requirement.link
        if link is None:
            yield explain_release(finder, requirement)
        elif link.is_wheel:
            tags = finder.target_python.get_unsorted_tags()
            yield explain_file(finder, link, tags)
        else:
            msg = f"{arg!r} is no wheel: only wheels have variants"
            raise _pip.CommandError(msg)

    def _explain_folder(self, options: Values, folder: Path) -> Iterator[Explanation]:
        """Explain each package of a folder that has variants."""
        names = sorted(
            {
                _pip.canonicalize_name(path.name.partition("-")[0])
                for path in folder.glob("*.whl")
                if label_of(path.name) is not None
            }
        )
        if not names:
            is_project = any((folder / name).exists() for name in _PROJECT_FILES)
            what = "is a folder without variant wheels"
            if is_project:
                what = "is a project, whose wheels are not built yet"
            raise _pip.CommandError(f"{str(folder)!r} {what}")
        there = copy.copy(options)
        there.no_index, there.find_links = True, [str(folder)]
        for name in names:
            requirement = _pip.install_req_from_line(name, user_supplied=True)
            yield explain_release(survey(self.make_finder(there)), requirement)


def _print(explanation: Explanation) -> None:
    name = f"{explanation.name} {explanation.version}"
    letters = _letters(explanation.sources)
    where = ", ".join(
        f"{letter} {_pip.redact_auth_from_url(source)}".lstrip()
        for source, letter in letters.items()
    )
    _pip.write_output("%s", printable(f"{name} in {where}"))
    if len(explanation.machines) > 1:
        _print_grid(explanation.machines, letters)
        return
    (machine,) = explanation.machines
    _pip.write_output("")
    shown = [each for each in machine.rulings if each.reason != OTHER_TAGS]
    print_table([_HEADS, *(_row(ruling, letters) for ruling in shown)])
    hidden = len(machine.rulings) - len(shown)
    if hidden:
        _pip.write_output("%s", f"and {hidden} {OTHER_TAGS}")
    _print_details(machine)


_HEADS = ("Rank", "Label", "Size", "File")


def _letters(sources: Sequence[str]) -> dict[str, str]:
    """Name the sources by letters, where there are several."""
    if len(sources) == 1:
        return dict.fromkeys(sources, "")
    return {source: f"[{chr(ord('a') + at)}]" for at, source in enumerate(sources)}


def _named(ruling: Ruling, letters: Mapping[str, str]) -> str:
    return printable(f"{letters[ruling.source]} {ruling.filename}".lstrip())


def _row(ruling: Ruling, letters: Mapping[str, str]) -> tuple[str, ...]:
    rank = "-" if ruling.rank is None else str(ruling.rank)
    size = "?" if ruling.size is None else _pip.format_size(ruling.size)
    return (rank, _label(ruling), size, _named(ruling, letters))


def _label(ruling: Ruling) -> str:
    if ruling.label is not None:
        return ruling.label
    return "(plain)" if ruling.filename.endswith(".whl") else "(source)"


def _print_details(machine: Machine) -> None:
    """Say what is taken, and why nothing else is."""
    _pip.write_output("")
    chosen = machine.chosen
    if chosen is None:
        _pip.write_output("%s", f"On {machine.name}, pip would take none of them.")
    else:
        text = f"On {machine.name}, pip would take {chosen.filename}."
        _pip.write_output("%s", printable(text))
    for label in machine.missing:
        _pip.write_output("%s", f"{label}: is asked for, and does not exist")
    for ruling in machine.rulings:
        if ruling.rank is None and ruling.reason != OTHER_TAGS:
            _pip.write_output("%s", f"{_label(ruling)}: {ruling.reason}")
            if ruling.remedy:
                _pip.write_output("%s", f"    {ruling.remedy}")
    for namespace, source, seconds in machine.asked:
        time = f", {1000 * seconds:.1f} ms" if seconds else ""
        _pip.write_output("%s", f"Asked about {namespace}: {source}{time}")


def _print_grid(machines: Sequence[Machine], letters: Mapping[str, str]) -> None:
    """Print the rank of each file on each machine."""
    _pip.write_output("")
    numbers = [f"[{number}]" for number in range(1, len(machines) + 1)]
    for number, machine in zip(numbers, machines, strict=True):
        taken = machine.chosen.filename if machine.chosen else "none of them"
        _pip.write_output("%s", printable(f"{number} {machine.name}: {taken}"))
    _pip.write_output("")
    ranks = [
        {_named(each, letters): each.rank for each in machine.rulings}
        for machine in machines
    ]
    rows = [
        (
            _label(ruling),
            "?" if ruling.size is None else _pip.format_size(ruling.size),
            *(str(rank[_named(ruling, letters)] or "-") for rank in ranks),
            _named(ruling, letters),
        )
        for ruling in sorted(
            (each for each in machines[0].rulings if each.reason != OTHER_TAGS),
            key=lambda each: min(
                rank[_named(each, letters)] or len(machines[0].rulings) + 1
                for rank in ranks
            ),
        )
    ]
    print_table([("Label", "Size", *numbers, "File"), *rows])


def _document(explanation: Explanation) -> dict[str, Any]:
    return {
        "name": explanation.name,
        "version": explanation.version,
        "sources": [*map(_pip.redact_auth_from_url, explanation.sources)],
        "machines": [
            {
                "name": machine.name,
                "missing": [*machine.missing],
                "chosen": machine.chosen.filename if machine.chosen else None,
                "files": [*map(_file, machine.rulings)],
                "asked": [
                    {"namespace": namespace, "source": source, "seconds": seconds}
                    for namespace, source, seconds in machine.asked
                ],
            }
            for machine in explanation.machines
        ],
    }


def _file(ruling: Ruling) -> dict[str, Any]:
    return {
        "file": ruling.filename,
        "source": _pip.redact_auth_from_url(ruling.source),
        "label": ruling.label,
        "size": ruling.size,
        "rank": ruling.rank,
        "verdict": _verdict(ruling),
        "reason": ruling.reason,
        "needs": [
            {
                "namespace": gap.namespace,
                "feature": gap.feature,
                "values": [*gap.wanted],
                "offered": [*gap.offered],
            }
            for gap in ruling.gaps
        ],
        "remedy": ruling.remedy,
    }


def _verdict(ruling: Ruling) -> str:
    if ruling.rank is None:
        return "rejected"
    return "chosen" if ruling.rank == 1 else "usable"
