"""``pip variant providers test``: a plugin is run and checked for its author."""

from __future__ import annotations

import os
import sys

from ... import _pip
from ...machine import Machine
from ...settings import Settings
from ...text import printable, wrapped
from ...variantlib.errors import ValidationError
from ...variantlib.plugins.conformance import Outcome, Report, check_plugin
from ...variantlib.plugins.plugin import module_of
from ...variantlib.plugins.probing import Interpreter
from ._base import feature_lines, print_json

__all__ = ["try_out"]

_VERSION = 1
_MARKS = {
    Outcome.OK: "ok",
    Outcome.WARNING: "WARNING",
    Outcome.ERROR: "ERROR",
    Outcome.NOT_APPLICABLE: "-",
}


def try_out(settings: Settings, machine: Machine, api: str, *, as_json: bool) -> bool:
    """Check a plugin and print what was found; tell whether there was no error.

    It is looked for in the working directory first, where its author is at work.

    :raises pip's CommandError: when *api* is no object reference.
    """
    try:
        module_of(api)
    except ValidationError as error:
        raise _pip.CommandError(str(error)) from None
    report = check_plugin(
        [api],
        machine.environment.path_with_work,
        Interpreter(sys.executable, os.environ, isolated=False),
        seconds=settings.provider_seconds,
    )
    if as_json:
        print_json({"version": _VERSION, **report.to_dict()})
    else:
        _print(api, report)
    return report.passed


def _print(api: str, report: Report) -> None:
    _pip.write_output("%s", f"{printable(api)}:")
    for check in report.checks:
        text = f"{_MARKS[check.outcome]:9}{check.name}: {printable(check.text)}"
        for line in wrapped(text, "  "):
            _pip.write_output("%s", line)
    if report.supported.features:
        _pip.write_output("%s", "pip sees, best first:")
    for line in feature_lines(report.supported.features, "  "):
        _pip.write_output("%s", line)
    found = "no errors" if report.passed else "errors"
    _pip.write_output("%s", f"The plugin has {found}.")
