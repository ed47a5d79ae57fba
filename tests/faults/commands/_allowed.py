"""What may differ between stock pip and ours where variants have no say: all of it.

Each row takes one difference out of what ours did; everything else must be equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pip_variants import __version__
from tests.faults.commands._sides import Step


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that ours adds.

    :param applies: whether a line of the corpus may show it.
    :param undo: takes it out of the lines of output.
    """

    reason: str
    applies: Callable[[Step], bool]
    undo: Callable[[list[str]], list[str]]


_VERSION = re.compile(
    rf"(^(?:pip version: |(?:TIME )?Using )?pip [\d.]+)\+variants\.{re.escape(__version__)}"
)
_OURS = re.compile(r"--(no-|force-)?variant(-[a-z-]+)?=?$")
_HINT = re.compile(r"ERROR: \S+ has variant wheels, which --no-variant hides")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_WITH_OPTIONS = re.compile(r"\bpip\b.* (install|download|wheel|lock|index|list)\b")


def _without_suffix(lines: list[str]) -> list[str]:
    return [_VERSION.sub(r"\1", line) for line in lines]


def _without_command(lines: list[str]) -> list[str]:
    ours = "  variant                     Show how pip chooses among wheel variants."
    return [line for line in lines if line != ours]


def _without_group(lines: list[str]) -> list[str]:
    """Take out the group "Variant Options": its title, and all that is indented."""
    kept = []
    inside = False
    for line in lines:
        plain = _COLOUR.sub("", line)
        if plain == "Variant Options:":
            inside = True
        elif plain and not plain.startswith(" "):
            inside = False
        if not inside:
            kept.append(line)
    return kept


def _without_completions(lines: list[str]) -> list[str]:
    kept = []
    for line in lines:
        words = line.split(" ")
        theirs = [word for word in words if word != "variant" and not _OURS.match(word)]
        if theirs:
            kept.append(" ".join(theirs))
    return kept


def _without_field(lines: list[str]) -> list[str]:
    return [line.replace(', "variant": null', "") for line in lines]


def _without_hint(lines: list[str]) -> list[str]:
    return [line for line in lines if not _HINT.fullmatch(line)]


def _words(step: Step) -> set[str]:
    return set(re.split("[ =]", step.line))


def _shows_help(step: Step) -> bool:
    return any(_COLOUR.sub("", line).startswith("Usage:") for line in step.out)


ALLOWED = (
    Difference(
        "the version says that pip-variants is active",
        lambda step: "pip" in step.line,
        _without_suffix,
    ),
    Difference(
        "the list of commands has one more",
        lambda step: _shows_help(step) and "Commands:" in step.out,
        _without_command,
    ),
    Difference(
        "the commands that look for candidates have a group of options of ours",
        lambda step: _shows_help(step) and bool(_WITH_OPTIONS.search(step.line)),
        _without_group,
    ),
    Difference(
        "the JSON of pip list has a field for the variant, which is null",
        lambda step: _words(step).issuperset({"list", "json"}),
        _without_field,
    ),
    Difference(
        "where stock pip finds nothing, ours says that there are variants",
        lambda step: step.status != 0,
        _without_hint,
    ),
    Difference(
        "shells are offered our command and our options",
        lambda step: "PIP_AUTO_COMPLETE=" in step.line,
        _without_completions,
    ),
)


def undone_in_file(content: str) -> str:
    """Return a file of ours without the version that logs begin with."""
    return "\n".join(_without_suffix(content.split("\n")))


def undone(step: Step) -> tuple[list[str], list[str]]:
    """Return output and errors of ours, without what may differ."""
    out, err = step.out, step.err
    for difference in ALLOWED:
        if difference.applies(step):
            out, err = difference.undo(out), difference.undo(err)
    return out, err
