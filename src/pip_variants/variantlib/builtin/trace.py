"""A machine that remembers what a provider looked at, for who wonders about an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .host import Host

__all__ = ["TracedHost"]


@dataclass(frozen=True, slots=True)
class TracedHost(Host):
    """A host that keeps a list of all looks.

    Its methods name :class:`Host`, because a slotted dataclass is made anew and
    ``super()`` without arguments would mean the first one.

    >>> host = TracedHost("Linux", "x86_64", {})
    >>> host.read_text("/no/such/file")
    >>> host.looks
    [('file /no/such/file', 'not there, or not readable')]
    """

    looks: list[tuple[str, str]] = field(default_factory=list)
    """What was looked for, and what came of it, in this order."""

    def _note(self, what: str, found: bool, otherwise: str = "not there") -> None:
        self.looks.append((what, "found" if found else otherwise))

    def read_text(self, path: str, limit: int = 1024 * 1024) -> str | None:
        """Read the start of a text file, as :class:`Host` does."""
        text = Host.read_text(self, path, limit)
        self._note(f"file {path}", text is not None, "not there, or not readable")
        return text

    def is_there(self, path: str) -> bool:
        """Tell whether there is something, as :class:`Host` does."""
        found = Host.is_there(self, path)
        self._note(path, found)
        return found

    def list_folder(self, path: str) -> tuple[str, ...]:
        """Return the names in a folder, as :class:`Host` does."""
        names = Host.list_folder(self, path)
        self._note(f"folder {path}", bool(names), "not there, or empty")
        return names

    def sysctl(self, name: str) -> bytes | None:
        """Ask the kernel of macOS, as :class:`Host` does."""
        found = Host.sysctl(self, name)
        self._note(f"sysctl {name}", found is not None, "no such value")
        return found

    def has_library(self, name: str) -> bool:
        """Tell whether a library can be loaded, as :class:`Host` does."""
        found = Host.has_library(self, name)
        self._note(f"library {name}", found)
        return found

    def load_library(self, paths: Iterable[str]) -> Any:
        """Load a library, as :class:`Host` does."""
        paths = tuple(paths)
        library = Host.load_library(self, paths)
        if paths:
            self._note(f"library {' or '.join(paths)}", library is not None)
        return library
