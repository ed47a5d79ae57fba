"""The project that is built: a folder, or an sdist."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..variantlib.errors import VariantError
from ..variantlib.publishing.project.seed import Seed
from ..variantlib.toml import parse_toml
from .source import Sdist

__all__ = ["Project"]

_FILE = "pyproject.toml"


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """What is known of a project before its backend is asked.

    :param path: its folder, or its sdist.
    :param name: as it is written; None where only the backend knows it.
    :param version: the same.
    """

    path: Path
    seed: Seed
    name: str | None
    version: str | None

    @classmethod
    def read(cls, path: Path) -> Project:
        """Read the ``pyproject.toml``.

        :raises VariantError: when there is no ``[variant]`` table, or it cannot be used.
        """
        if path.is_dir():
            seed = _seed(path, path)
            said = _said(path / _FILE)
            return cls(path, seed, _text(said.get("name")), _text(said.get("version")))
        sdist = Sdist.read(path)
        with TemporaryDirectory(prefix="pip-variants-") as folder:
            seed = _seed(sdist.unpack(Path(folder)), path)
        return cls(path, seed, sdist.name, sdist.version)

    @property
    def home(self) -> Path:
        """The folder below which wheels go where nothing else is said."""
        return self.path if self.path.is_dir() else Path()


def _seed(folder: Path, project: Path) -> Seed:
    seed = Seed.from_pyproject(folder / _FILE)
    if seed is None:
        msg = (
            f"{project} has no [variant] table in its {_FILE}; variants to build are "
            "described in [variant.variants] or [variant.matrix]"
        )
        raise VariantError(msg)
    return seed


def _said(file: Path) -> dict[str, Any]:
    """Return the ``[project]`` table of a file that can be read."""
    table = parse_toml(file.read_text(encoding="utf-8")).get("project")
    return table if isinstance(table, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
