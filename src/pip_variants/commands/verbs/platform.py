"""``pip variant platform``: which properties this machine supports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from optparse import Values
from textwrap import wrap
from typing import Any

from ... import _pip
from ...machine import make_detector
from ...options import add_options
from ...settings import Settings
from ...text import printable
from ...variantlib.detection import Answer, Source
from ...variantlib.model import SupportedProperties
from ...variantlib.platform_file import write_platform
from ._base import Verb, add_json_option, keep_notes_off, print_json

__all__ = ["PlatformVerb"]

_ON = ("on",)
_WIDTH = 79


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
        self.parser.insert_option_group(0, self.cmd_opts)
        add_options(self.parser, ("variant-platform",))

    def run(self, options: Values, args: list[str]) -> int:
        """Ask the machine and print what it says.

        :raises pip's CommandError: for several machines in one document.
        """
        self.refuse(args)
        keep_notes_off(options)
        machines = [*Settings.read(options, self.parser).each_machine()]
        if options.json and len(machines) > 1:
            msg = "a platform file describes one machine; give one --variant-platform"
            raise _pip.CommandError(msg)
        for name, settings in machines:
            answers = make_detector(settings).everything()
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
            "seconds": round(answer.seconds, 6),
            "note": answer.note,
            "warnings": list(answer.warnings),
        }
        for answer in answers
    }
    return {**write_platform(supported), "sources": sources}


def _lines(answers: Sequence[Answer]) -> Iterator[str]:
    for answer in answers:
        time = ""
        if answer.source is Source.BUILTIN:
            time = f", {1000 * answer.seconds:.1f} ms"
        yield f"{answer.namespace} ({answer.source.value}{time})"
        yield from _features(answer)
        if not answer.features:
            yield f"  nothing: {printable(answer.note)}"
        for warning in answer.warnings:
            yield f"  WARNING: {printable(warning)}"


def _features(answer: Answer) -> Iterator[str]:
    """Yield the features, and those that are only on or off as one list."""
    flags = [feature for feature, values in answer.features if values == _ON]
    listed = [(feature, values) for feature, values in answer.features if values != _ON]
    for feature, values in (*listed, *([("on", flags)] if flags else ())):
        yield from wrap(
            f"{feature}: {', '.join(values)}",
            _WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_on_hyphens=False,
        )
