"""What the user is told: the banner, the reasons, the errors.

By default one banner per package that has variants; ``-v`` adds every property, each
rejected label with its reason, and the count; ``-q`` nothing (DESIGN 5). Levels are
those of pip's own logging, so every option of pip that tunes it works.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence

from . import _pip
from .choice import Choice
from .decisions import Decisions
from .text import printable
from .variantlib.model import each_property
from .variantlib.selection import Reason
from .wishes import Wish

__all__ = [
    "banner",
    "idle_wishes",
    "imposed",
    "no_candidate",
    "none_locked",
    "older_version",
    "plain_instead",
    "several_sources",
    "wheel_does_not_fit",
]

logger = logging.getLogger(__name__)

_WIDTH = 80
_MOST_LINES = 100
_VERBOSE = 15
"""The level of pip's ``-v``, between DEBUG and INFO."""


def banner(choice: Choice, label: str) -> None:
    """Show which variant is taken, with the properties that this machine matched.

    The form is that of the published tutorials, whose word for a label is "hash".
    """
    release = choice.release
    title = f" {release.name}=={release.version}; variant_hash={label} "
    logger.info("%s", title.center(_WIDTH, "#"))
    matched = set(map(str, each_property(choice.matched(label))))
    for line in sorted(matched)[:_MOST_LINES]:
        logger.info("Variant-property: %s", line)
    if len(matched) > _MOST_LINES:
        logger.info("... and %d more", len(matched) - _MOST_LINES)
    if not matched:
        logger.info("No properties: this variant fits every machine")
    declared = set(map(str, each_property(choice.declared(label))))
    for line in sorted(declared - matched):
        logger.log(_VERBOSE, "Variant-property: %s (not supported here)", line)
    logger.info("%s", "#" * _WIDTH)
    _reasons(choice)


def plain_instead(decisions: Decisions, choice: Choice) -> None:
    """Say that no variant of a version fits and a wheel without label is taken.

    Where nothing is known about them, none is said not to fit.
    """
    release = choice.release
    if decisions.is_first(f"{release.name} {release.version} {release.source}"):
        message = "None of the %d variants of %s %s fits this machine; -v tells why"
        if choice.metadata.document is None:
            message = "None of the %d variants of %s %s can be taken; -v tells why"
        logger.info(message, len(release.wheels), release.name, release.version)
        _reasons(choice)


def _reasons(choice: Choice) -> None:
    if not logger.isEnabledFor(_VERBOSE):
        return
    for line in _rejections(choice):
        logger.log(_VERBOSE, "Variant %s", line)
    logger.log(_VERBOSE, "Total number of compatible variants: %d", len(choice.ranked))


def _rejections(choice: Choice) -> Iterator[str]:
    """Yield a line for each label that is not compatible, with its first reason."""
    for label in sorted(choice.release.wheels):
        verdict = choice.verdict(label)
        if verdict.compatible or verdict.reason is Reason.NOT_REQUESTED:
            continue
        yield _rejection(choice, label)


def _rejection(choice: Choice, label: str) -> str:
    return f"{label} is rejected: {choice.reason(label)}"


def older_version(decisions: Decisions, name: str, missed: str, taken: object) -> None:
    """Say that a newer version was passed over for lack of a plain wheel (R106)."""
    if decisions.is_first(f"{name} {missed} {taken}"):
        logger.warning(
            "No variant of %s %s fits this machine, and it has no plain wheel; "
            "going on with %s",
            name,
            missed,
            taken,
        )
        _log_rejections(decisions.of_release(name, missed), _VERBOSE)


def several_sources(
    decisions: Decisions, name: str, version: str, sources: Sequence[str]
) -> None:
    """Say which of several sources decides about the variants (E12)."""
    if decisions.is_first(f"{name} {version} {' '.join(sources)}"):
        logger.info(
            "%s %s has variants in %d places; each is ranked alone, in this order: %s",
            name,
            version,
            len(sources),
            ", ".join(map(_pip.redact_auth_from_url, sources)),
        )


def idle_wishes(wishes: Sequence[tuple[str, Wish]]) -> None:
    """Warn of labels asked for on the command line that met no such package."""
    for name, wish in wishes:
        labels = ",".join(wish.labels)
        if name:
            logger.warning(
                "%s %s=%s changed nothing: %s is not among what was looked for",
                wish.place,
                name,
                labels,
                name,
            )
        else:
            logger.warning(
                "%s %s changed nothing: no package that you named has variants to "
                "choose from; write NAME=LABEL for one that is only a dependency",
                wish.place,
                labels,
            )


def imposed(
    decisions: Decisions, dist: _pip.BaseDistribution, label: str, needed: str
) -> None:
    """Say that a dependency in a conflict comes with the variant (E31)."""
    name = dist.canonical_name
    if decisions.is_first(f"{name} {dist.version} {label} needs {needed}"):
        logger.critical(
            "%s %s needs %s as the variant %s; another one may not: choose it with "
            "--variant %s=LABEL, or leave this one out with --variant-exclude %s",
            name,
            dist.version,
            printable(needed),
            label,
            name,
            label,
        )


def no_candidate(decisions: Decisions, name: str) -> None:
    """List why no label of a package fits, before pip says that nothing was found."""
    choices = decisions.choices(name)
    asked = decisions.wishes.labels(name)
    if asked is not None and decisions.settings.no_variant:
        logger.critical(
            "Variant %s of %s is asked for, and --no-variant is set",
            ", ".join(asked),
            name,
        )
    elif asked is not None and not choices:
        logger.critical(
            "Variant %s of %s is asked for, but no version that fits has variants",
            ", ".join(asked),
            name,
        )
    if decisions.links.hides_some_of(name):
        logger.critical("%s has variant wheels, which --no-variant hides", name)
    _log_rejections(choices, logging.CRITICAL)
    # Where hashes are checked, its answer would be another one.
    if choices and not decisions.settings.hash_mode:
        logger.critical("'pip variant explain %s' tells what would change that", name)


def _log_rejections(choices: Iterable[Choice], level: int) -> None:
    for choice in choices:
        if choice.ranked:
            continue
        release = choice.release
        logger.log(
            level, "No variant of %s %s can be used:", release.name, release.version
        )
        lines = [*_against(choice)]
        for line in lines[:_MOST_LINES]:
            logger.log(level, "  %s", line)
        if len(lines) > _MOST_LINES:
            logger.log(level, "  ... and %d more", len(lines) - _MOST_LINES)


def _against(choice: Choice) -> Iterator[str]:
    """Yield why no label is taken, or none of those that the user asked for."""
    if choice.wish is None:
        yield from _rejections(choice)
        return
    present = sorted(choice.release.wheels)
    for label in choice.wish.labels:
        if label in present:
            yield _rejection(choice, label)
        else:
            yield (
                f"{label} does not exist; there are {', '.join(present)} "
                f"({_place(choice.wish)})"
            )


def _place(wish: Wish) -> str:
    """Say where labels were asked for; how to ask it of one package alone."""
    if wish.named:
        return f"asked for: {wish.place}"
    return (
        f"{wish.place} asks it of every package that you name; NAME=LABEL of one alone"
    )


def none_locked(decisions: Decisions, name: str, choice: Choice | None) -> list[str]:
    """Return why nothing of a package in a lock file is taken, line by line."""
    if choice is not None:
        return list(_against(choice))
    asked = decisions.wishes.labels(name)
    if asked is None:
        return ["it lists variant wheels alone, and --no-variant is set"]
    labels = ", ".join(asked)
    if decisions.settings.no_variant:
        return [f"variant {labels} is asked for, and --no-variant is set"]
    return [f"variant {labels} is asked for, but it lists none that fits this Python"]


def wheel_does_not_fit(choice: Choice, filename: str, label: str) -> str:
    """Return the message for a wheel that the user named and that does not fit."""
    return f"{printable(filename)} does not fit: {choice.reason(label)}"
