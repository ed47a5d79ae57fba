"""The machine and the Python that the command runs on."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from ..builtin.host import Host
from ..detection import Detector
from ..inquiry import Inquiry, Runner
from ..plugins.plugin import Plugin, find_distribution, find_plugins
from ..plugins.probing import Interpreter, Probed, Question, probe_all
from ..plugins.third_party import Needed, ThirdParty
from ..policy import Policy

__all__ = ["Environment", "make_detector", "probe_plugins", "this_host"]


class Environment:
    """The distributions of this Python."""

    @cached_property
    def _path(self) -> tuple[str, ...]:
        # Whatever lies in the working directory, or beside a script, is not installed.
        strange = {"", ".", _here(), str(Path(sys.argv[0]).parent)}
        return tuple(entry for entry in sys.path if entry not in strange)

    def plugins(self) -> Sequence[Plugin]:
        """Return all plugins that have an entry point."""
        return find_plugins(self._path)

    def distribution(self, name: str) -> Plugin | None:
        """Return what a distribution has to offer; None when it is not installed."""
        return find_distribution(self._path, name)


def _here() -> str:
    try:
        return str(Path.cwd())
    except OSError:
        return ""


def this_host() -> Host:
    """Return this machine."""
    return Host(platform.system(), platform.machine(), os.environ)


def make_detector() -> Detector:
    """Return who asks this machine: built-in providers, then installed plugins."""
    return Detector(
        Inquiry(this_host(), runner=Runner(sys.executable or "")),
        every_marker,
        third_party=_third_party,
    )


def every_marker(_marker: str) -> bool:
    """Take every marker for true: only an installer can evaluate them."""
    return True


def _third_party() -> ThirdParty:
    return ThirdParty(
        Policy.INSTALLED,
        Environment(),
        None,
        # Nothing is installed here by a version, so that none can be wrong.
        lambda _requirement, _version: True,
        _remedy,
    )


def _remedy(needed: Needed, _to_install: bool) -> str:
    names = " ".join(base for _, base in needed)
    return f"to have it asked, install it into this Python: {names}"


def probe_plugins(plugins: Sequence[Plugin], ask: str) -> list[Probed]:
    """Ask plugins, each in a process of its own, side by side.

    :param ask: ``supported`` or ``all``.
    """
    python = sys.executable or ""
    return probe_all(
        [
            Question(
                each.apis,
                each.path,
                Interpreter(python, os.environ, each.isolated),
                ask,
            )
            for each in plugins
        ]
    )
