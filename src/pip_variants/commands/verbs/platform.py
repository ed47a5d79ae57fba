"""``pip variant platform``: which properties this machine supports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from optparse import Values
from typing import Any

from ... import _pip
from ...machine import Machine
from ...options import PROVIDERS, add_options
from ...settings import Settings
from ...text import ago, printable
from ...variantlib.answer import ASKED, Answer
from ...variantlib.model import SupportedProperties
from ...variantlib.platform_file import write_platform
from ._base import Verb, add_json_option, feature_lines, keep_notes_off, print_json

__all__ = ["PlatformVerb"]


class PlatformVerb(Verb):
    """
    Show which variant properties this machine supports, and who says so.

    With --json, the output is a platform file: --variant-platform makes pip
    choose for this machine elsewhere.
    """

    usage = """
        %prog [options]"""

    def add_options(self) -> None:
        """Add the options."""
        add_json_option(self.cmd_opts)
        self.cmd_opts.add_option(
            "--refresh",
            action="store_true",
            default=False,
            help="Ask every provider again, whatever the cache holds.",
        )
        self.parser.insert_option_group(0, self.cmd_opts)
        add_options(self.parser, ("variant-platform", *PROVIDERS))

    def run(self, options: Values, args: list[str]) -> int:
        """Ask the machine and print what it says.

        :raises pip's CommandError: for several machines in one document.
        """
        self.refuse(args)
        keep_notes_off(options)
        everywhere = Settings.read(options, self.parser)
        machines = [*everywhere.each_machine()]
        if options.json and len(machines) > 1:
            msg = "a platform file describes one machine; give one --variant-platform"
            raise _pip.CommandError(msg)
        machine = Machine(everywhere, refresh=options.refresh)
        for name, settings in machines:
            answers = machine.detector(settings).everything(machine.kept_plugins())
            if options.json:
                print_json(_document(answers))
                continue
            if len(machines) > 1:
                _pip.write_output("%s", f"In {printable(name)}:")
            for line in _lines(answers):
                _pip.write_output("%s", line)
        return 0


def _document(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return the platform file, with what is known about where it comes from."""
    supported = SupportedProperties(
        {answer.namespace: dict(answer.features) for answer in answers}
    )
    sources = {
        answer.namespace: {
            "source": answer.source.value,
            "provider": answer.provider,
            "cached": answer.age is not None,
            "forced_by": list(answer.forced_by),
            "seconds": round(answer.seconds, 6),
            "note": answer.note,
            "warnings": list(answer.warnings),
        }
        for answer in answers
    }
    return {**write_platform(supported), "sources": sources}


def _lines(answers: Sequence[Answer]) -> Iterator[str]:
    for answer in answers:
        yield f"{answer.namespace} ({', '.join(_origin(answer))})"
        yield from feature_lines(answer.features, "  ")
        if not answer.features:
            yield f"  nothing: {printable(answer.note)}"
        for warning in answer.warnings:
            yield f"  WARNING: {printable(warning)}"


def _origin(answer: Answer) -> Iterator[str]:
    """Yield who says so, and when it was asked."""
    yield answer.source.value
    if answer.provider:
        yield printable(answer.provider)
    if answer.forced_by:
        yield f"forced by {', '.join(answer.forced_by)}"
    elif answer.age is not None:
        yield f"from the cache, asked {ago(answer.age)} ago"
    elif answer.source in ASKED:
        yield f"{1000 * answer.seconds:.1f} ms"
