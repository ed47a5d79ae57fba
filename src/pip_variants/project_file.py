"""The settings of a project: ``variants.toml``, or a table in ``pyproject.toml``.

They stand in the folder where pip was started, and count for whoever works there.
Nothing that pip downloads or builds is ever looked at for such a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from logging import getLogger
from pathlib import Path
from typing import Any

from . import _pip
from .options import LISTS, SWITCH
from .origins import Layer, Origin, Setting
from .text import printable

__all__ = ["layers"]

logger = getLogger(__name__)

_MAX_BYTES = 1024 * 1024
_TABLE = "pip-variants"
_PREFIX = "variant-"
_SECONDS = "variant-provider-timeout"
_OWN = ("variants.toml", "variant.toml")
_ALIAS_LISTS = ("namespace-priorities", "provider-priority")
_ALIAS_TABLES = ("feature-priorities", "property-priorities")


def layers(folder: Path) -> Iterator[Layer]:
    """Yield the settings of the project files in *folder*, in their order.

    :raises pip's CommandError: for a file that cannot be read, or a bad value in it.
    """
    for name in _OWN:
        path = folder / name
        data = _read(path)
        if data is not None:
            yield _Table(path).read(_parse(path, data))
    path = folder / "pyproject.toml"
    data = _read(path)
    # Parsing costs more than most commands have to spare.
    if data is not None and _TABLE.encode() in data:
        tool = _parse(path, data).get("tool", {})
        table = tool.get(_TABLE) if isinstance(tool, dict) else None
        if table is not None:
            yield _Table(path, f"tool.{_TABLE}.").read(table)


def _read(path: Path) -> bytes | None:
    """Return the content of a file, None when there is none."""
    try:
        if path.exists() and not path.is_file():
            return None  # A folder; or a pipe, which would not end.
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
    except OSError as error:
        raise _pip.CommandError(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > _MAX_BYTES:
        msg = f"{path} cannot be read: larger than {_MAX_BYTES:,} bytes"
        raise _pip.CommandError(msg)
    return data


def _parse(path: Path, data: bytes) -> dict[str, Any]:
    from .variantlib.toml import parse_toml

    try:
        return parse_toml(data.decode())
    except ValueError as error:
        raise _pip.CommandError(f"{path} cannot be read: {error}") from None


class _Table:
    """A table of settings in a file."""

    def __init__(self, path: Path, prefix: str = "") -> None:
        self._path = path
        self._prefix = prefix

    def read(self, table: object) -> Layer:
        """Return the settings of a table.

        :raises pip's CommandError: for a value of another type than its key has.
        """
        if not isinstance(table, dict):
            raise self._bad(self._prefix.rstrip("."), "must be a table")
        found: dict[str, Setting] = {}
        aliases: dict[str, Any] = {}
        for key, value in table.items():
            name = key.replace("_", "-").lower()
            if name == "variantlib" and isinstance(value, dict):
                below = _Table(self._path, f"{self._prefix}{key}.")
                for option, setting in below.read(value).items():
                    found.setdefault(option, setting)
            elif name in (*_ALIAS_LISTS, *_ALIAS_TABLES):
                aliases[key] = value
            else:
                found.update(self._setting(key, name, value))
        if aliases:
            found.setdefault("variant-priorities", self._priorities(aliases))
        return found

    def _setting(
        self, key: str, name: str, value: Any
    ) -> Iterator[tuple[str, Setting]]:
        option = name if name in (SWITCH, *LISTS) else f"{_PREFIX}{name}"
        if option == SWITCH:
            yield option, Setting((self._switch(key, value),), self._origin(key))
        elif option == _SECONDS:
            yield option, Setting((self._number(key, value),), self._origin(key))
        elif option in LISTS:
            yield option, Setting(self._strings(key, value), self._origin(key))
        else:
            logger.warning(
                "%s: unknown key %s%s; known are: %s",
                printable(self._path),
                self._prefix,
                printable(key),
                ", ".join(_known()),
            )

    def _origin(self, key: str) -> Origin:
        return Origin(str(self._path), f"{self._prefix}{key}")

    def _bad(self, key: str, problem: str) -> _pip.CommandError:
        return _pip.CommandError(printable(f"{self._path}: {key}: {problem}"))

    def _switch(self, key: str, value: Any) -> str:
        if not isinstance(value, bool):
            raise self._bad(f"{self._prefix}{key}", "must be true or false")
        return str(value)

    def _number(self, key: str, value: Any) -> str:
        if not isinstance(value, int | float | str) or isinstance(value, bool):
            raise self._bad(f"{self._prefix}{key}", "must be a number")
        try:
            return str(value)
        except ValueError:  # an integer of thousands of digits
            raise self._bad(f"{self._prefix}{key}", "must be a number") from None

    def _strings(self, key: str, value: Any) -> tuple[str, ...]:
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(
            isinstance(item, str) for item in values
        ):
            raise self._bad(f"{self._prefix}{key}", "must be a list of strings")
        return tuple(values)

    def _priorities(self, aliases: Mapping[str, Any]) -> Setting:
        """Return the three lists of the reference tool as one (PROVIDERS 5).

        Namespaces come first, for a feature or a value puts its namespace first, too.
        """
        namespaces: list[str] = []
        features: list[str] = []
        values: list[str] = []
        for key, value in aliases.items():
            name = key.replace("_", "-").lower()
            if name in _ALIAS_LISTS:
                namespaces.extend(self._strings(key, value))
            elif name == "feature-priorities":
                features.extend(self._features(key, value))
            else:
                for namespace, listed in self._table(key, value).items():
                    below = f"{key}.{namespace}"
                    values.extend(
                        f"{namespace}::{item}" for item in self._features(below, listed)
                    )
        texts = (*namespaces, *features, *values)
        return Setting(texts, self._origin(", ".join(aliases)))

    def _features(self, key: str, value: Any) -> Iterator[str]:
        for name, below in self._table(key, value).items():
            for item in self._strings(f"{key}.{name}", below):
                yield f"{name}::{item}"

    def _table(self, key: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._bad(f"{self._prefix}{key}", "must be a table")
        return value


def _known() -> tuple[str, ...]:
    return (SWITCH, *(name.removeprefix(_PREFIX) for name in LISTS))
