"""What stands in the place of functions of pip: one maker of a replacement each.

The table of :mod:`~pip_variants.seams` says where each one goes. A replacement does
what pip's own does until pip-variants has something to add, and for ever once it has
given up.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Callable
from typing import Any

from . import __version__, _pip, patching

__all__ = [
    "get_pip_version",
    "get_runnable_pip",
    "install_wheel",
    "iter_dependencies",
    "marker_evaluate",
    "marker_variable",
    "parse_req_from_line",
    "parse_wheel_filename",
]

_MOST_NAMES = 1024
"""How many names are kept that labels share: a page of many versions has some hundreds."""


def parse_wheel_filename(original: Callable[..., Any]) -> Callable[..., Any]:
    """Read names with a label like the names without."""
    # All labels of a version share a few names, and pip reads each of them twice.
    parse_shared = functools.lru_cache(_MOST_NAMES)(original)

    @functools.wraps(original)
    def parse_wheel_filename(filename: str, **options: Any) -> Any:
        # A plain name without a build number has four dashes: most names on a page.
        if patching.is_active() and filename.count("-") > 4:
            try:
                plain = _without_label(filename)
            except Exception as error:  # noqa: BLE001 - pip must run whatever happens
                patching.give_up(error)
                plain = None
            if plain is not None:
                return parse_shared(plain, **options)
        return original(filename, **options)

    return parse_wheel_filename


def _without_label(filename: str) -> str | None:
    """Return the plain name of a wheel with a label, None for everything else."""
    from .variantlib import errors
    from .variantlib import filename as names

    try:
        plain, label = names.parse_wheel_filename(filename)
    except errors.FilenameError:
        return None
    return None if label is None else plain


def get_pip_version(original: Callable[[], str]) -> Callable[[], str]:
    """Name our version behind that of pip."""

    @functools.wraps(original)
    def get_pip_version() -> str:
        text = original()
        if not patching.is_active():
            return text
        plain = f"pip {_pip.version()} "
        return text.replace(plain, f"{plain.rstrip()}+variants.{__version__} ", 1)

    return get_pip_version


def get_runnable_pip(original: Callable[[], str]) -> Callable[[], str]:
    """Bring the hook along where pip starts itself."""

    @functools.wraps(original)
    def get_runnable_pip() -> str:
        runnable = original()
        if not patching.is_active():
            return runnable
        os.environ[_pip.RUNNER_VARIABLE] = runnable
        return _pip.RUNNER

    return get_runnable_pip


def parse_req_from_line(original: Callable[..., Any]) -> Callable[..., Any]:
    """Take ``#label`` off before pip reads the rest."""

    @functools.wraps(original)
    def parse_req_from_line(name: str, line_source: str | None) -> Any:
        if patching.is_active() and "#" in name:
            from . import requirements

            name = requirements.take_label(name, line_source)
        return original(name, line_source)

    return parse_req_from_line


def marker_variable(original: re.Pattern[str]) -> re.Pattern[str]:
    """Let markers name the four variables of variants."""
    names = "variant_(?:label|properties|features|namespaces)"
    if original.match("variant_label"):
        return original
    return re.compile(rf"{original.pattern}|\b{names}\b", original.flags)


def marker_evaluate(original: Callable[..., bool]) -> Callable[..., bool]:
    """Give the four variables the values of a plain wheel where nobody knows others."""

    @functools.wraps(original)
    def evaluate(self: Any, environment: Any = None, *args: Any, **named: Any) -> bool:
        try:
            return original(self, environment, *args, **named)
        except Exception:
            if not patching.is_active() or "variant_" not in str(self):
                raise
        try:
            from . import dependencies
        except ImportError as error:
            patching.give_up(error)
            # What plain pip says of such a marker.
            raise _pip.InvalidRequirement(f"Invalid marker: {self}") from None

        def evaluate_in(full: Any) -> bool:
            return original(self, full, *args, **named)

        return dependencies.evaluate(evaluate_in, environment)

    return evaluate


def iter_dependencies(original: Callable[..., Any]) -> Callable[..., Any]:
    """Evaluate the markers of a variant for that variant."""

    @functools.wraps(original)
    def iter_dependencies(self: Any, extras: Any = ()) -> Any:
        if patching.is_active() and _is_variant(self):
            try:
                if any("variant_" in text for text in self.iter_raw_dependencies()):
                    from . import dependencies

                    return dependencies.iter_dependencies(self, extras)
            except ImportError as error:
                patching.give_up(error)
            except _pip.InvalidRequirement:
                raise
            except Exception as error:
                # What a wheel says must not switch us off for the other packages.
                raise _pip.InvalidRequirement(f"Invalid dependency: {error}") from error
        return original(self, extras)

    return iter_dependencies


def _is_variant(dist: Any) -> bool:
    if hasattr(dist, "chosen_variant"):
        return True
    try:
        return bool(dist.read_text("variant.json"))
    except Exception:  # noqa: BLE001 - whatever keeps it from being read: it is none
        return False


def install_wheel(original: Callable[..., None]) -> Callable[..., None]:
    """Leave a record beside an installed variant."""

    @functools.wraps(original)
    def install_wheel(
        name: str, wheel_path: str, scheme: Any, *args: Any, **named: Any
    ) -> None:
        original(name, wheel_path, scheme, *args, **named)
        # Whoever chose a variant has loaded it: nothing may be imported here.
        records = sys.modules.get(f"{__package__}.records")
        if records is not None and patching.is_active():
            records.write_record(name, wheel_path, scheme)

    return install_wheel
