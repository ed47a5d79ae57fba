"""``pip variant explain``: which variant pip would take, and why."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from optparse import Values
from pathlib import Path
from typing import Any

from ... import _pip
from ...explaining.explanation import Explanation, Listed, explain_file, explain_release
from ...explaining.neighbours import Behind
from ...explaining.rulings import Ruling
from ...explaining.survey import survey
from ...text import printable, without_credentials
from ...variantlib.filename import label_of
from ...variantlib.model import Properties, Property
from ._base import keep_notes_off, print_json
from ._explained import print_explanation
from ._finder import FinderVerb

__all__ = ["ExplainVerb"]

_VERSION = 1
_PROJECT_FILES = ("pyproject.toml", "setup.py")


class ExplainVerb(FinderVerb):
    """
    Tell which variant pip would take, and why.

    Lists the files of the version that pip would pick, in the order in which
    pip would take them: size, what decided between neighbours, what is missing
    on this machine, and what would change that. With -v also the properties of
    each variant. With --variant-platform, it is for the machine in that file;
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
            print_explanation(explanation, verbose=options.verbose > 0)
        return 0

    def _explain(self, options: Values, arg: str) -> Iterator[Explanation]:
        if _is_folder(arg):
            yield from self._explain_folder(options, Path(arg))
            return
        finder = survey(self.make_finder(options))
        try:
            requirement = _pip.install_req_from_line(arg, user_supplied=True)
        except OSError as error:
            # pip looks whether it is a path, which may be too long for one.
            raise _pip.CommandError(printable(f"{arg!r}: {error.strerror}")) from None
        link = requirement.link
        if link is None:
            yield explain_release(finder, requirement)
        elif link.is_wheel:
            tags = finder.target_python.get_unsorted_tags()
            yield explain_file(finder, link, tags)
        else:
            msg = f"{without_credentials(arg)!r} is no wheel: only wheels have variants"
            raise _pip.CommandError(printable(msg))

    def _explain_folder(self, options: Values, folder: Path) -> Iterator[Explanation]:
        """Explain each package of a folder that has variants."""
        names = sorted(
            {
                _pip.Wheel(path.name).name
                for path in folder.glob("*.whl")
                if label_of(path.name) is not None and _is_wheel_name(path.name)
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


def _is_folder(arg: str) -> bool:
    """Tell whether an argument names a folder, as pip does: it looks like a path."""
    if not (arg.startswith(".") or os.sep in arg or (os.altsep or os.sep) in arg):
        return False
    try:
        return Path(arg).is_dir()
    except (OSError, ValueError):
        return False


def _is_wheel_name(filename: str) -> bool:
    """Tell whether pip can read the name of a wheel; it passes over others."""
    try:
        _pip.Wheel(filename)
    except (_pip.PipError, ValueError):
        return False
    return True


def _document(explanation: Explanation) -> dict[str, Any]:
    return {
        "name": explanation.name,
        "version": explanation.version,
        "sources": [*map(_pip.redact_auth_from_url, explanation.sources)],
        "priorities": _listed(explanation.priorities),
        "exclude": _listed(explanation.exclude),
        "together": explanation.together and explanation.together.filename,
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


def _listed(listed: Listed) -> dict[str, Any]:
    return {"items": [*listed.items], "place": listed.place}


def _file(ruling: Ruling) -> dict[str, Any]:
    return {
        "file": ruling.filename,
        "source": _pip.redact_auth_from_url(ruling.source),
        "label": ruling.label,
        "size": ruling.size,
        "rank": ruling.rank,
        "verdict": _verdict(ruling),
        "behind": _behind(ruling.behind),
        "declared": _plain(ruling.declared),
        "matched": _plain(ruling.matched),
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


def _behind(behind: Behind | None) -> dict[str, Any] | None:
    if behind is None:
        return None
    return {
        "file": behind.filename,
        "source": _pip.redact_auth_from_url(behind.source),
        "reason": behind.reason,
        "better": _property(behind.better),
        "worse": _property(behind.worse),
    }


def _property(prop: Property | None) -> dict[str, str] | None:
    if prop is None:
        return None
    return {
        "namespace": prop.namespace,
        "feature": prop.feature,
        "value": prop.value,
    }


def _plain(properties: Properties) -> dict[str, dict[str, list[str]]]:
    return {
        namespace: {feature: [*values] for feature, values in features.items()}
        for namespace, features in properties.items()
    }
