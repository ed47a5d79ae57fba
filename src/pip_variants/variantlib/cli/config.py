"""``variantlib config``: which files hold the user's priorities, and what they say.

The published tool looks in four places, and the first file that exists counts. pip
reads the one in the working directory; elsewhere it has its own files.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from ..errors import VariantError
from ..toml import parse_toml
from ._options import parser_for
from ._output import info, say, warning
from ._toml_writer import toml_lines

__all__ = ["config"]

_NAME = "variants.toml"
_FOLDER = "variantlib"
_LOCAL = "LOCAL"
_LISTS = ("namespace_priorities", "feature_priorities", "property_priorities")
_MOST = 1024 * 1024


def config(arguments: Sequence[str]) -> int:
    """Show which files hold the user's priorities, or what one of them says.

    :raises VariantError: when a file is not there or cannot be read.
    """
    parser = parser_for("config", "Show which files hold the user's priorities.")
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    paths = actions.add_parser("list-paths", help="print where they are looked for")
    paths.add_argument(
        *("-v", "--verbose"),
        action="store_true",
        help="with size and date of those that exist",
    )
    show = actions.add_parser("show", help="print what one of them says")
    places = _places()
    show.add_argument(
        "environment",
        nargs="?",
        choices=list(places),
        help="which file [default: the first that exists]",
    )
    given = parser.parse_args(arguments)
    if given.action == "list-paths":
        for name, path in places.items():
            say(f"{name}: {path}{_details(path) if given.verbose else ''}")
        return 0
    chosen = _chosen(places, given.environment)
    content: dict[str, Any] = {_LISTS[0]: []}
    if chosen is None:
        say("# No such file exists: this is the default.")
    else:
        content |= _read(chosen)
        say(f"# {chosen}")
        if chosen != places[_LOCAL]:
            warning(
                f"pip does not read {chosen}; 'pip variant prioritize' sets priorities "
                "for it"
            )
    for line in toml_lines(content):
        say(line)
    return 0


def _places() -> dict[str, Path]:
    """Return the four places, the first that counts first (PROVIDERS 6)."""
    system, home = platform.system(), _home()
    environ = os.environ
    if system == "Windows":
        user = Path(environ.get("APPDATA") or home / "AppData" / "Roaming")
        everybody = Path(environ.get("PROGRAMDATA") or "C:/ProgramData")
    elif system == "Darwin":
        user = home / "Library" / "Application Support"
        everybody = Path("/Library/Application Support")
    else:
        user = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
        first, *_ = environ.get("XDG_CONFIG_DIRS", "").split(os.pathsep)
        everybody = Path(first or "/etc/xdg")
    return {
        _LOCAL: _here() / _NAME,
        "VIRTUALENV": Path(sys.prefix) / _NAME,
        "USER": user / _FOLDER / _NAME,
        "GLOBAL": everybody / _FOLDER / _NAME,
    }


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError:  # it is gone
        return Path()


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        # Nobody knows where that is; pip and shells write it like this then.
        return Path("~")


def _details(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return " (not found)"
    changed = datetime.fromtimestamp(status.st_mtime).astimezone()
    return f" ({status.st_size} bytes, last modified: {changed})"


def _chosen(places: Mapping[str, Path], wanted: str | None) -> Path | None:
    """Return the place that was asked for, else the first that exists.

    :raises VariantError: when the one that was asked for does not exist.
    """
    if wanted is not None:
        if not places[wanted].is_file():
            raise VariantError(f"there is no file {str(places[wanted])!r}")
        return places[wanted]
    return next((path for path in places.values() if path.is_file()), None)


def _read(path: Path) -> dict[str, Any]:
    """Read a file and check the three tables of priorities.

    :raises VariantError: when it is none.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
        if len(data) > _MOST:
            raise VariantError(f"{path} is larger than {_MOST:,} bytes")
        content = parse_toml(data.decode())
    except (OSError, ValueError) as error:
        raise VariantError(f"{path} cannot be read: {error}") from None
    for depth, name in enumerate(_LISTS):
        if name in content and not _is_nested(content[name], depth):
            shape = "a list of strings" if not depth else "tables of lists of strings"
            raise VariantError(f"{path}: {name}: must be {shape}")
    unknown = sorted(set(content).difference(_LISTS))
    if unknown:
        info(f"not of the published tool, but of pip: {', '.join(unknown)}")
    return content


def _is_nested(value: object, depth: int) -> bool:
    if depth:
        return isinstance(value, dict) and all(
            _is_nested(below, depth - 1) for below in value.values()
        )
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
