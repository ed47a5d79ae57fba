"""``pip variant check``: whether the installed variants fit this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from logging import getLogger
from optparse import Values
from typing import Any

from ... import _pip
from ...finder import VariantFinder
from ...installed import InstalledVariant, installed_metadata, installed_variant
from ...machine import make_detector
from ...text import printable
from ...variantlib.builtin.words import needs
from ...variantlib.counterfactual import unmet
from ...variantlib.detection import Detector
from ...variantlib.filename import label_of
from ._base import keep_notes_off, print_json
from ._index import IndexVerb

__all__ = ["CheckVerb"]

logger = getLogger(__name__)

_VERSION = 1


@dataclass(frozen=True, slots=True)
class _Finding:
    """What was found out about an installed variant.

    :param reason: why it does not fit, empty when it does.
    :param instead: what would be installed today, where that is something else: a
        label, or "" for a wheel without one.
    :param by_hand: it was no choice of pip's, so that no upgrade replaces it.
    """

    name: str
    version: str
    variant: InstalledVariant
    reason: str
    instead: str | None
    by_hand: bool

    @property
    def remedy(self) -> str:
        """The command that installs what fits best, empty when there is none."""
        if self.instead is None:
            return ""
        how = "--force-reinstall --no-deps" if self.by_hand else "--upgrade"
        return f"pip install {how} {self.name}=={self.version}"


class CheckVerb(IndexVerb):
    """
    Check that the installed variants fit this machine.

    Also tells where pip would take another variant of the same version today;
    --no-index leaves that out. The exit status is 1 when an installed variant
    does not fit.
    """

    usage = """
        %prog [options] [<package> ...]"""

    def run(self, options: Values, args: list[str]) -> int:
        """Check all installed packages, or those that are named.

        :raises pip's CommandError: for a package that is not installed.
        """
        keep_notes_off(options)
        finder = self.make_finder(options)
        detector = make_detector(finder.decisions.settings)
        looks = not options.no_index or bool(options.find_links)
        found = [
            _check(dist, detector, finder if looks else None)
            for dist in _installed(args)
            if installed_variant(dist) is not None
        ]
        if options.json:
            print_json({"version": _VERSION, "variants": [*map(_document, found)]})
        else:
            _print(found)
        return 1 if any(finding.reason for finding in found) else 0


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
    dist: _pip.BaseDistribution, detector: Detector, finder: VariantFinder | None
) -> _Finding:
    variant, document = installed_variant(dist), installed_metadata(dist)
    assert variant is not None
    assert document is not None
    supported, _ = detector.supported(document)
    gaps = unmet(variant.declared, supported)
    reason = ""
    if gaps:
        gap = gaps[0]
        reason = needs(gap.namespace, gap.feature, gap.wanted, supported)
    label = None if finder is None else _best_label(finder, dist)
    return _Finding(
        dist.raw_name,
        str(dist.version),
        variant,
        printable(reason),
        instead=None if label == variant.label else label,
        by_hand=variant.forced or dist.direct_url is not None,
    )


def _best_label(finder: VariantFinder, dist: _pip.BaseDistribution) -> str | None:
    """Return the label that pip would take today, "" for none, None for no wheel.

    What an index does not tell is no reason to be silent about the machine.
    """
    try:
        best = finder.best_of_version(dist.canonical_name, dist.version)
    except _pip.PipError as error:
        logger.warning(
            "%s is not compared with the index: %s",
            dist.canonical_name,
            # pip's diagnostic errors print as their class; the text is a field.
            printable(getattr(error, "message", error)),
        )
        return None
    return None if best is None else label_of(best.link.filename) or ""


def _document(finding: _Finding) -> dict[str, Any]:
    return {
        "name": finding.name,
        "version": finding.version,
        "label": finding.variant.label,
        "forced": finding.variant.forced,
        "fits": not finding.reason,
        "reason": finding.reason,
        "instead": finding.instead,
        "remedy": finding.remedy,
    }


def _print(found: list[_Finding]) -> None:
    for finding in found:
        for line in _lines(finding):
            _pip.write_output("%s", line)
    unfit = sum(bool(finding.reason) for finding in found)
    if not found:
        _pip.write_output("No installed package is a variant.")
    elif not unfit:
        _pip.write_output("%s", f"Installed variants that fit: all {len(found)}")
    else:
        _pip.write_output("%s", f"Installed variants that do not fit: {unfit}")


def _lines(finding: _Finding) -> Iterator[str]:
    name = f"{finding.name} {finding.version} {finding.variant.label}"
    forced = " (it was forced)" if finding.variant.forced else ""
    if finding.reason:
        yield f"{name} does not fit{forced}: {finding.reason}"
    elif finding.instead is not None:
        yield f"{name} fits{forced}, but pip would take another today"
    else:
        yield f"{name} fits{forced}"
    if finding.instead is not None:
        yield f"    to get {finding.instead or 'the plain wheel'}: {finding.remedy}"
