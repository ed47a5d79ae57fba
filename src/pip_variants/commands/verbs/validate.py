"""``pip variant validate``: what is wrong with wheels, before users find out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from optparse import Values
from pathlib import Path
from typing import Any

from ... import _pip
from ...options import PROVIDERS
from ...text import counted, printable, wrapped
from ...validation import ProviderSearch, make_tools
from ...variantlib.errors import VariantError
from ...variantlib.publishing.validating import RULES, Finding, Report, examine
from ...vocabulary import make_vocabulary
from ._base import keep_notes_off, print_json
from ._finder import FinderVerb

__all__ = ["ValidateVerb"]

_VERSION = 1

_OF_MACHINES = (
    "--platform",
    "--python-version",
    "--implementation",
    "--abi",
    "--ignore-requires-python",
)
"""Options that say for which machine to install, when nothing is installed."""


class ValidateVerb(FinderVerb):
    """
    Check wheels, folders, metadata files and projects before you publish.

    Each finding has the number of its rule, a severity and a remedy. The exit
    status is 1 when there is an error. Of a folder, all wheels in it and below
    it are checked, each alone and those of a release together. Provider
    packages are looked for on the index.
    """

    variant_options = PROVIDERS

    usage = """
        %prog [options] <wheel> ...
        %prog [options] <folder> ...
        %prog [options] <variants.json> ...
        %prog [options] pyproject.toml"""

    def add_options(self) -> None:
        """Add the options."""
        super().add_options()
        for name in _OF_MACHINES:
            self.cmd_opts.remove_option(name)
        self.cmd_opts.add_option(
            "--strict",
            action="store_true",
            default=False,
            help="Let warnings count as errors do for the exit status.",
        )
        self.cmd_opts.add_option(
            "--ignore",
            action="append",
            default=[],
            metavar="RULE",
            help="Leave out the findings of this rule, such as R44. May be given "
            "several times.",
        )
        self.cmd_opts.add_option(
            "--no-provider-check",
            action="store_true",
            default=False,
            help="Do not look for provider packages on the index.",
        )

    def run(self, options: Values, args: list[str]) -> int:
        """Check every argument.

        :raises pip's CommandError: without any, or for one that holds nothing.
        """
        if not args:
            msg = "give at least one wheel, folder, metadata file or pyproject.toml"
            raise _pip.CommandError(msg)
        ignored = _rules(options.ignore)
        keep_notes_off(options)
        finder = self.make_finder(options)
        decisions = finder.decisions
        tools = make_tools(
            make_vocabulary(decisions.settings, decisions.machine),
            None if _looks_nowhere(options) else ProviderSearch(finder),
        )
        try:
            report = examine(map(Path, args), tools)
        except VariantError as error:
            raise _pip.CommandError(printable(error)) from None
        shown = [each for each in report.findings if each.rule not in ignored]
        failed = any(
            each.severity == "error" or (options.strict and each.severity == "warning")
            for each in shown
        )
        if options.json:
            print_json(_document(report, shown, failed=failed))
        else:
            _print(report, shown)
        return 1 if failed else 0


def _looks_nowhere(options: Values) -> bool:
    nowhere = options.no_index and not options.find_links
    return bool(options.no_provider_check or nowhere)


def _rules(names: Sequence[str]) -> frozenset[str]:
    """Return the rules to leave out.

    :raises pip's CommandError: for one that is none.
    """
    rules = frozenset(
        name.strip().upper() for text in names for name in text.split(",")
    )
    for name in sorted(rules.difference(RULES)):
        msg = f"--ignore: there is no rule {printable(name)!r}, such as R44"
        raise _pip.CommandError(msg)
    return rules


def _document(report: Report, shown: Sequence[Finding], *, failed: bool) -> Any:
    return {
        "version": _VERSION,
        "passed": not failed,
        "checked": {
            "wheels": report.wheels,
            "releases": report.releases,
            "documents": report.documents,
            "projects": report.projects,
        },
        "findings": [each.to_dict() for each in shown],
    }


def _print(report: Report, shown: Sequence[Finding]) -> None:
    for where, found in groupby(shown, key=lambda each: each.where):
        _pip.write_output("%s", f"{printable(where)}:")
        for each in found:
            text = f"{each.severity} {each.rule}: {printable(each.text)}"
            for line in wrapped(text, "  "):
                _pip.write_output("%s", line)
            for line in wrapped(printable(each.remedy), "      "):
                _pip.write_output("%s", line)
    _pip.write_output("%s", _summary(report, shown))


def _summary(report: Report, shown: Sequence[Finding]) -> str:
    """Return the last line: what was looked at, and what came of it."""
    looked = [
        counted(count, name)
        for count, name in (
            (report.wheels, "wheel"),
            (report.documents, "metadata file"),
            (report.projects, "project"),
        )
        if count
    ]
    grave = [
        counted(count, name)
        for name in ("error", "warning", "note")
        if (count := sum(1 for each in shown if each.severity == name))
    ]
    told = ", ".join(grave) or "nothing to complain about"
    *first, last = looked
    listed = f"{', '.join(first)} and {last}" if first else last
    return f"Checked {listed}: {told}."
