"""Small typed getters over a TOML table in which nothing may be wrong.

Each of them notes what is wrong and goes on, so that all errors are told at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import ProblemPath
from ...metadata import Problem

__all__ = ["Table", "near"]


def near(word: str, known: Collection[str]) -> str:
    """Return the end of a sentence that names what was probably meant.

    >>> near("exlude", ["include", "exclude"])
    "; did you mean 'exclude'?"
    >>> near("x", ["include"])
    ''
    """
    found = difflib.get_close_matches(word[:100], known, n=1)
    return f"; did you mean {found[0]!r}?" if found else ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, where it stands, and the list that its problems go to."""

    content: Mapping[str, Any]
    path: ProblemPath
    problems: list[Problem]

    @classmethod
    def read(
        cls,
        content: object,
        path: ProblemPath,
        problems: list[Problem],
        keys: Collection[str] | None = None,
    ) -> Table:
        """Take a table; what is none counts as an empty one.

        :param keys: the keys that are known, None where all are.
        """
        if not isinstance(content, dict):
            problems.append(Problem(path, "must be a table"))
            content = {}
        table = cls(content, path, problems)
        for key in content:
            if keys is not None and key not in keys:
                table.note(f"is not known{near(key, keys)}", key)
        return table

    def below(self, *parts: str | int, keys: Collection[str] | None = None) -> Table:
        """Return a table in it, an empty one where there is none."""
        content: Any = self.content
        for part in parts:
            content = (
                content.get(part, {}) if isinstance(content, dict) else content[part]
            )
        return Table.read(content, (*self.path, *parts), self.problems, keys)

    def note(self, text: str, *parts: str | int) -> None:
        """Note a problem, with where in the table it is."""
        self.problems.append(Problem((*self.path, *parts), text))

    def text(self, key: str) -> str | None:
        """Return a string, None where there is none."""
        value = self.content.get(key)
        if value is not None and not isinstance(value, str):
            self.note("must be a string", key)
            return None
        return value

    def flag(self, key: str) -> bool:
        """Return a Boolean, which is false where there is none."""
        value = self.content.get(key, False)
        if not isinstance(value, bool):
            self.note("must be true or false", key)
            return False
        return value

    def items(self, key: str) -> list[Any]:
        """Return a list, an empty one where there is none."""
        value = self.content.get(key, [])
        if not isinstance(value, list):
            self.note("must be a list", key)
            return []
        return value

    def strings(self, key: str) -> list[str]:
        """Return a list of strings; other items are left out."""
        kept = []
        for at, item in enumerate(self.items(key)):
            if isinstance(item, str):
                kept.append(item)
            else:
                self.note("must be a string", key, at)
        return kept

    def words(self, key: str) -> list[str]:
        """Return a list of strings, of one where a string stands alone."""
        value = self.content.get(key)
        return [value] if isinstance(value, str) else self.strings(key)
