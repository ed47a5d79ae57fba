"""One answer of a provider as the cache keeps it, and the bytes that it is written as.

No value of an environment variable is written down, only a salted digest of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from .errors import ValidationError
from .reading import get_mapping, get_str, parse_json

__all__ = [
    "FORMAT",
    "WHOLE_ENVIRONMENT",
    "Entry",
    "digest",
    "make_entry",
    "read_entry",
    "write_entry",
]

FORMAT = 1
"""The number of the form that entries are written in."""

WHOLE_ENVIRONMENT = "*"
"""Stands for all environment variables: a plugin that reads them as a whole."""

_CLOCK_SKEW = 60.0
_END_OF_TIME = 1e12

# Variables that differ from one command, terminal, session or CI job to the next and
# say nothing about the machine.
_VOLATILE = frozenset(
    """
    _ COLUMNS DBUS_SESSION_BUS_ADDRESS DISPLAY LINES OLDPWD PWD SHLVL TERM TERMCAP
    TERM_PROGRAM TERM_PROGRAM_VERSION TERM_SESSION_ID TMUX TMUX_PANE WAYLAND_DISPLAY
    WINDOWID XAUTHORITY
    """.split()
)
_VOLATILE_STARTS = ("CI_", "GITHUB_", "PIP_", "RUNNER_", "SSH_", "XDG_SESSION_")


def digest(content: Any) -> str:
    """Return the SHA-256 of a JSON value, the same for equal ones.

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True

    :raises TypeError, ValueError: for what JSON cannot hold.
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    # Only ASCII by then, whatever an odd variable holds.
    return sha256(text.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer, and what it depends on.

    >>> entry = Entry({"provider": "x"}, {"features": []}, {}, 1000.0, 60.0)
    >>> entry.is_current(1059.0), entry.is_current(1061.0)
    (True, False)
    """

    key: Mapping[str, str]
    """What it was asked under."""
    content: Mapping[str, Any]
    """The answer as JSON."""
    variables: Mapping[str, str]
    """Environment variable -> salted digest of its value, "" for unset.

    ``*`` stands for the whole environment without what changes all the time."""
    created: float
    """When it was asked, in seconds since the epoch."""
    lifetime: float
    """How long it counts, in seconds."""
    salt: str = ""
    """What makes the digests of :attr:`variables` differ from those of others."""

    def is_current(self, now: float) -> bool:
        """Tell whether it is young enough, and not from the future.

        :param now: in seconds since the epoch. A minute ahead of it is still now:
            the clocks of machines that share a folder differ.
        """
        return -_CLOCK_SKEW <= now - self.created <= self.lifetime

    def holds_in(self, environ: Mapping[str, str]) -> bool:
        """Tell whether the variables have the values that they had."""
        return all(
            _stamp(name, environ, self.salt) == known
            for name, known in self.variables.items()
        )


def _stamp(name: str, environ: Mapping[str, str], salt: str) -> str:
    """Return a digest that tells no value and is another one in each entry."""
    if name == WHOLE_ENVIRONMENT:
        return digest([salt, sorted(filter(_is_lasting, environ.items()))])
    try:
        value = environ.get(name)
    except ValueError:
        # A name that no variable of this system can have.
        value = None
    return "" if value is None else digest([salt, name, value])


def _is_lasting(item: tuple[str, str]) -> bool:
    name = item[0]
    return name not in _VOLATILE and not name.startswith(_VOLATILE_STARTS)


def make_entry(
    key: Mapping[str, str],
    content: Mapping[str, Any],
    environ: Mapping[str, str],
    variables: Iterable[str],
    created: float,
    lifetime: float,
) -> Entry:
    """Make the entry for an answer.

    :param environ: the environment that it was asked in.
    :param variables: the names of those that it depends on, or ``*``.
    """
    salt = os.urandom(16).hex()
    stamps = {name: _stamp(name, environ, salt) for name in variables}
    return Entry(dict(key), dict(content), stamps, created, lifetime, salt)


def write_entry(entry: Entry) -> bytes:
    """Write an entry; the order of what is in it stays, for it has a meaning.

    :raises TypeError, ValueError: for an answer that JSON cannot hold.
    """
    document = {
        "format": FORMAT,
        "key": dict(entry.key),
        "content": dict(entry.content),
        "variables": dict(entry.variables),
        "salt": entry.salt,
        "created": entry.created,
        "lifetime": entry.lifetime,
    }
    return json.dumps(document, allow_nan=False).encode("ascii")


def read_entry(data: bytes) -> Entry:
    """Read an entry out of untrusted bytes.

    :raises ValidationError: when they are not what :func:`write_entry` returns.
    """
    document = parse_json(data)
    if document.get("format") != FORMAT:
        raise ValidationError("is of another format", ("format",))
    return Entry(
        _get_texts(document, "key"),
        MappingProxyType(get_mapping(document, "content")),
        _get_texts(document, "variables"),
        _get_number(document, "created"),
        _get_number(document, "lifetime"),
        get_str(document, "salt") or "",
    )


def _get_texts(source: Mapping[str, Any], key: str) -> Mapping[str, str]:
    found = get_mapping(source, key)
    if not all(isinstance(value, str) for value in found.values()):
        raise ValidationError("must hold strings", (key,))
    return MappingProxyType(found)


def _get_number(source: Mapping[str, Any], key: str) -> float:
    value = source.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValidationError("must be a number", (key,))
    # Not through float(): there are integers that none can hold.
    if not 0 <= value < _END_OF_TIME:
        raise ValidationError("is out of range", (key,))
    return float(value)
