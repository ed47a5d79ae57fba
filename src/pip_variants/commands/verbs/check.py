"""``pip variant check``: whether the installed variants fit this machine."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from optparse import Values
from typing import Any, NamedTuple

from ... import _pip
from ...beside.matching import unfit_beside
from ...beside.picks import InstalledPicks
from ...finder import VariantFinder
from ...installed import InstalledVariant, installed_metadata, installed_variant
from ...options import SWITCH, given
from ...text import printable
from ...variantlib.builtin.words import needs
from ...variantlib.counterfactual import unmet
from ...variantlib.detection import Detector
from ...variantlib.filename import label_of
from ...variantlib.model import ABI_DEPENDENCY
from ._base import keep_notes_off, print_json
from ._finder import FinderVerb

__all__ = ["CheckVerb"]

_VERSION = 1


class _Today(NamedTuple):
    """What pip would take of the installed version today.

    :param label: "" for a wheel without one, None where nobody knows or for nothing.
    :param compared: the index has something of the version.
    :param note: why there is no label.
    """

    label: str | None = None
    compared: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Finding:
    """What was found out about an installed package.

    :param variant: None for a plain one.
    :param reason: why it does not fit, empty when it does.
    :param instead: what would be installed today, where that is something else: a
        label, or "" for a wheel without one.
    :param remedy: the command that installs it, empty when there is none.
    """

    name: str
    version: str
    variant: InstalledVariant | None
    reason: str
    today: _Today
    instead: str | None
    remedy: str

    @property
    def forced(self) -> bool:
        """Whether nobody asked the machine when it was installed."""
        return self.variant is not None and self.variant.forced


class CheckVerb(FinderVerb):
    """
    Check that the installed variants fit this machine.

    Also tells where pip would take another variant of the same version today;
    --no-index leaves that out. A package that is named may be a plain one. The
    exit status is 1 when an installed variant does not fit.
    """

    usage = """
        %prog [options] [<package> ...]"""

    def run(self, options: Values, args: list[str]) -> int:
        """Check all installed packages, or those that are named.

        :raises pip's CommandError: for a package that is not installed.
        """
        keep_notes_off(options)
        finder = self.make_finder(options)
        settings = finder.decisions.settings
        machine = finder.decisions.machine
        detectors = {
            printable(name) or "this machine": machine.detector(alone)
            for name, alone in settings.each_machine()
        }
        repeated = _repeated(options)
        looks = not options.no_index or bool(options.find_links)
        found = [
            _check(dist, variant, detectors, finder if looks else None, repeated)
            for dist in _installed(args)
            if (variant := installed_variant(dist)) is not None or args
        ]
        if options.json:
            print_json({"version": _VERSION, "variants": [*map(_document, found)]})
        else:
            _print(found, hints=looks)
        return 1 if any(finding.reason for finding in found) else 0


def _repeated(options: Values) -> list[str]:
    """Return the variant options of this command line, for another one."""
    return [
        word
        for name, texts in given(options).items()
        for text in texts
        for word in ([f"--{name}"] if name == SWITCH else [f"--{name}", text])
    ]


def _installed(names: list[str]) -> Iterator[_pip.BaseDistribution]:
    """Yield the installed distributions, or those that are named."""
    environment = _pip.get_default_environment()
    if not names:
        every = environment.iter_installed_distributions(local_only=False)
        yield from sorted(every, key=lambda dist: dist.canonical_name)
        return
    for name in dict.fromkeys(map(_pip.canonicalize_name, names)):
        dist = environment.get_distribution(name)
        if dist is None:
            raise _pip.CommandError(f"{name!r} is not installed")
        yield dist


def _check(
    dist: _pip.BaseDistribution,
    variant: InstalledVariant | None,
    detectors: Mapping[str, Detector],
    finder: VariantFinder | None,
    options: list[str],
) -> _Finding:
    label = "" if variant is None else variant.label
    by_hand = dist.editable or dist.direct_url is not None
    if finder is None:
        today = _Today()
    elif variant is None and by_hand:
        # No upgrade replaces what was built here or named by path.
        today = _Today(note="it was installed from a path or an address")
    else:
        today = _ask_index(finder, dist, options)
    instead = None if today.label == label else today.label
    remedy = ""
    if instead is not None:
        by_hand = by_hand or (variant is not None and variant.forced)
        how = ["--force-reinstall", "--no-deps"] if by_hand else ["--upgrade"]
        wanted = f"{dist.raw_name}=={dist.version}"
        remedy = shlex.join(["pip", "install", *how, *options, wanted])
    return _Finding(
        dist.raw_name,
        str(dist.version),
        variant,
        printable(_misfit(dist, variant, detectors)),
        today,
        instead,
        remedy,
    )


def _misfit(
    dist: _pip.BaseDistribution,
    variant: InstalledVariant | None,
    detectors: Mapping[str, Detector],
) -> str:
    """Return why a variant does not fit one of the machines, "" when it does.

    Or the distributions that are installed beside it.
    """
    document = None if variant is None else installed_metadata(dist)
    if variant is None or document is None:
        return ""
    for machine, detector in detectors.items():
        supported, _ = detector.supported(document)
        for gap in unmet(variant.declared, supported):
            if gap.namespace != ABI_DEPENDENCY:
                return needs(gap.namespace, gap.feature, gap.wanted, supported, machine)
    return unfit_beside(variant.declared, InstalledPicks())


def _ask_index(
    finder: VariantFinder, dist: _pip.BaseDistribution, options: list[str]
) -> _Today:
    """Return what pip would take today.

    What an index does not tell is no reason to be silent about the machine.
    """
    name, version = dist.canonical_name, dist.version
    try:
        # pip tells an index that cannot be reached from an empty one in its log alone.
        if not finder.of_version(name, version):
            note = (
                f"it has no {name} {version} for this Python and platform, or cannot be "
                "asked; -vv tells more"
            )
            return _Today(note=note)
        best = finder.best_of_version(name, version)
    except _pip.PipError as error:
        # pip's diagnostic errors print as their class; the text is a field.
        return _Today(note=printable(getattr(error, "message", error)))
    if best is None:
        command = ["pip", "variant", "explain", *options, f"{name}=={version}"]
        note = f"pip would take none of its files today; why: {shlex.join(command)}"
        return _Today(compared=True, note=note)
    return _Today(label_of(best.link.filename) or "", compared=True)


def _document(finding: _Finding) -> dict[str, Any]:
    variant = finding.variant
    return {
        "name": finding.name,
        "version": finding.version,
        "label": None if variant is None else variant.label,
        "forced": finding.forced,
        "fits": not finding.reason,
        "reason": finding.reason,
        "instead": finding.instead,
        "remedy": finding.remedy,
        "compared": finding.today.compared,
        "note": finding.today.note,
    }


def _print(found: list[_Finding], *, hints: bool) -> None:
    for finding in found:
        for line in _lines(finding):
            _pip.write_output("%s", line)
    unfit = sum(bool(finding.reason) for finding in found)
    variants = sum(finding.variant is not None for finding in found)
    if unfit:
        _pip.write_output("%s", f"Installed variants that do not fit: {unfit}")
    elif variants:
        _pip.write_output("%s", f"Installed variants that fit: all {variants}")
    elif not found:
        _pip.write_output("No installed package is a variant.")
        if hints:
            _pip.write_output(
                "To compare a package with the index all the same, name it: "
                "pip variant check <package>"
            )


def _lines(finding: _Finding) -> Iterator[str]:
    label = "(plain)" if finding.variant is None else finding.variant.label
    name = f"{finding.name} {finding.version} {label}"
    forced = " (it was forced)" if finding.forced else ""
    if finding.reason:
        yield f"{name} does not fit{forced}: {finding.reason}"
    elif finding.instead is None:
        yield f"{name} fits{forced}"
    elif finding.variant is None:
        yield f"{name} fits, and pip would take {finding.instead} today"
    else:
        yield f"{name} fits{forced}, but pip would take another today"
    if finding.instead is not None:
        yield f"    to get {finding.instead or 'the plain wheel'}: {finding.remedy}"
    if finding.today.note:
        start = "" if finding.today.compared else "not compared with the index: "
        yield f"    {start}{finding.today.note}"
