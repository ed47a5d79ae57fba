"""The machine that is installed for: who finds out what it supports."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from functools import partial

from . import _pip
from .settings import Settings
from .variantlib.builtin.host import Host
from .variantlib.detection import Detector

__all__ = ["make_detector"]

_LONGEST_MARKER = 1000


def make_detector(settings: Settings) -> Detector:
    """Return who asks this machine, or the one that the settings describe.

    :param settings: those for one machine.
    """
    (given,) = settings.platforms.values() or (None,)
    return Detector(
        Host(platform.system(), platform.machine(), os.environ),
        partial(_evaluate_marker, environment=settings.marker_environment),
        given=given,
        ask_machine=not settings.foreign_target,
    )


def _evaluate_marker(marker: str, environment: Mapping[str, str]) -> bool:
    if len(marker) > _LONGEST_MARKER:
        raise ValueError("too long")
    try:
        return _pip.Marker(marker).evaluate(dict(environment))
    except (_pip.InvalidMarker, KeyError, RecursionError) as error:
        raise ValueError(str(error)) from None
