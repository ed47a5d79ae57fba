"""What a figure depends on, without the name of the machine."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from pip_variants import __version__

from .environments import PEER_VERSION

__all__ = ["describe", "load"]


def describe() -> list[str]:
    """Return the facts, one sentence part each."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return [
        f"{_processor()}, {os.cpu_count()} logical processors",
        f"{platform.system()} {platform.machine()}, {python}",
        f"pip {version('pip')}, pip-variants {__version__}, variantlib {PEER_VERSION}",
    ]


def load() -> str:
    """Return how busy the machine is."""
    try:
        return f"{os.getloadavg()[0]:.1f}"
    except (AttributeError, OSError):
        return "unknown"


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        return platform.processor() or "unknown processor"
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return platform.machine()
