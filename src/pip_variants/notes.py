"""What the user is told while a decision is made: of the machine, and of who was asked.

What a decision then leads to is told by :mod:`~.report`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from logging import getLogger

from .release import Release
from .text import printable
from .variantlib.answer import Answer, Source
from .variantlib.metadata import VariantsJson
from .wishes import Wish

__all__ = ["Notes"]

logger = getLogger(__name__)

_LONGEST_NOTE = 10_000
"""It may hold an option to type, which is of no use when it is cut."""


class Notes:
    """Writes them."""

    def __init__(self, is_first: Callable[[str], bool]) -> None:
        """Prepare.

        :param is_first: tells whether a text is new in this run.
        """
        self._is_first = is_first

    def of_forced(self, release: Release, label: str, wish: Wish) -> None:
        """Warn, once for each package, that its label is forced."""
        if self._is_first(f"a label of {release.name} is forced"):
            logger.warning(
                "Variant %s of %s is forced (%s): nobody asks whether this machine "
                "supports it",
                label,
                release.name,
                wish.place,
            )

    def of_answers(
        self,
        machine: str,
        release: Release,
        document: VariantsJson,
        answers: Sequence[Answer],
    ) -> None:
        """Tell what is odd about the answers on the namespaces of a release.

        :param machine: the platform file that describes it, "" for this machine.
        """
        self._warn_of(answers)
        self._of_other_machine(release, answers)
        self._of_mixture(machine, answers)
        self._of_nobody(release, document, answers)

    def _warn_of(self, answers: Sequence[Answer]) -> None:
        """Pass on what providers complain about, once."""
        for answer in answers:
            for warning in answer.warnings:
                if not self._is_first(warning):
                    continue
                logger.warning("%s%s", printable(warning), _hint(answer))

    @staticmethod
    def _of_other_machine(release: Release, answers: Sequence[Answer]) -> None:
        """Say that variants are left out because nobody knows the machine (E39)."""
        left_out = [a.namespace for a in answers if a.source is Source.OTHER_MACHINE]
        if left_out:
            logger.warning(
                "The wheels are for another machine, so the variants of %s %s that "
                "depend on %s are left out",
                release.name,
                release.version,
                ", ".join(left_out),
            )

    def _of_mixture(self, machine: str, answers: Sequence[Answer]) -> None:
        """Warn once that this machine speaks for the one that a file describes."""
        asked = [a.namespace for a in answers if a.source is Source.BUILTIN]
        if machine and asked and self._is_first(f"{machine}: {asked}"):
            logger.warning(
                "%s says nothing of %s, so this machine was asked about it; "
                "'pip variant platform --json' there writes a file that says all",
                printable(machine),
                ", ".join(asked),
            )

    def _of_nobody(
        self, release: Release, document: VariantsJson, answers: Sequence[Answer]
    ) -> None:
        """Say once for each namespace why its provider is not asked, and what helps."""
        for answer in answers:
            if answer.source is not Source.NOBODY:
                continue
            text = "; ".join(filter(None, (answer.note, answer.remedy)))
            if answer.namespace not in text:
                text = f"{answer.namespace}: {text}"
            # Metadata of PEP 825 names nobody; that nobody answers is no news then.
            concerns = answer.namespace in document.providers or bool(answer.remedy)
            if concerns and self._is_first(text):
                logger.info(
                    "Variants of %s are left out: %s",
                    release.name,
                    printable(text, _LONGEST_NOTE),
                )


def _hint(answer: Answer) -> str:
    """Say what to type when a plugin has made trouble."""
    if answer.source not in (Source.PLUGIN, Source.TRUSTED):
        return ""
    more = f". 'pip variant providers debug {answer.namespace}' tells more"
    slow = any("did not answer within" in warning for warning in answer.warnings)
    return f"{more}; --variant-provider-timeout SECONDS gives it time" if slow else more
