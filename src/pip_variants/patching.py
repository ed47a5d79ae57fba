"""Puts replacements in place while pip imports the modules that define the originals.

So every later ``from module import name`` gets the replacement, and nothing is imported
that pip would not import. All of it can be undone while pip runs.
"""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from . import __version__, _pip

__all__ = ["Seam", "give_up", "is_active", "is_started", "start"]


@dataclass(frozen=True, slots=True)
class Seam:
    """One name in pip that is not used as it stands.

    :param module: the module that defines it.
    :param name: the attribute, ``Class.method`` for a method, ``TABLE.key`` for an item.
    :param reason: why pip's own will not do.
    :param replace: makes the replacement out of the original.
    :param optional: not every supported pip has it there.
    """

    module: str
    name: str
    reason: str
    replace: Callable[[Any], Any] | None = None
    optional: bool = False


class _State:
    """What was put in place in this process."""

    def __init__(self) -> None:
        self.active = False
        self.undo: list[tuple[Any, str, Any]] = []


_state = _State()


def start(seams: Sequence[Seam]) -> None:
    """Replace what *seams* name, from now on."""
    _state.active = True
    sys.meta_path.insert(0, _SeamFinder(seams))


def is_started() -> bool:
    """Tell whether it was started in this process, given up or not."""
    return any(isinstance(finder, _SeamFinder) for finder in sys.meta_path)


def is_active() -> bool:
    """Tell whether the replacements are to do anything."""
    return _state.active


def give_up(error: BaseException) -> None:
    """Undo everything, say so in one line, and let plain pip run on."""
    if not _state.active:
        return
    _state.active = False
    for owner, name, original in reversed(_state.undo):
        _put(owner, name, original)
    sys.stderr.write(
        "WARNING: pip-variants is off, plain pip runs: "
        f"{type(error).__name__}: {error}; this is pip-variants {__version__} with "
        f"pip {_pip.version()}. To repair: python -m pip install --force-reinstall "
        "pip-variants\n"
    )


class _SeamFinder:
    """Finds the modules with seams and replaces names in them."""

    def __init__(self, seams: Sequence[Seam]) -> None:
        self._seams: dict[str, list[Seam]] = {}
        for seam in seams:
            self._seams.setdefault(seam.module, []).append(seam)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self._seams or not _state.active:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _SeamLoader(spec.loader, self._seams[fullname])  # type: ignore[assignment]
        return spec


class _SeamLoader:
    """Loads a module as its own loader would, then applies the seams.

    It stands in only until the module runs: resources and tracebacks must find the
    real loader. A loader may serve a whole folder, so it is wrapped, not changed.
    """

    def __init__(self, loader: Any, seams: Sequence[Seam]) -> None:
        self._loader = loader
        self._seams = seams

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        _apply(module, self._seams)


def _apply(module: ModuleType, seams: Sequence[Seam]) -> None:
    for seam in seams:
        if seam.replace is None:
            continue
        if seam.optional and not _defines(module, seam.name):
            continue
        try:
            owner, name = _owner(module, seam.name)
            original = _get(owner, name)
            replacement = seam.replace(original)
        except Exception as error:  # noqa: BLE001 - pip must run whatever happens
            give_up(error)
            return
        _state.undo.append((owner, name, original))
        _put(owner, name, replacement)


def _owner(module: ModuleType, path: str) -> tuple[Any, str]:
    """Return what holds the last part of a name: the module, a class or a table."""
    owner: Any = module
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    return owner, name


def _get(owner: Any, name: str) -> Any:
    return owner[name] if isinstance(owner, dict) else getattr(owner, name)


def _put(owner: Any, name: str, value: Any) -> None:
    if isinstance(owner, dict):
        owner[name] = value
    else:
        setattr(owner, name, value)


def _defines(module: ModuleType, name: str) -> bool:
    """Tell whether *module* holds *name* as its own, not as an import."""
    defined_in = getattr(vars(module).get(name), "__module__", None)
    return bool(defined_in == module.__name__)
