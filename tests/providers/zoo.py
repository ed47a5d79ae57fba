"""The plugin zoo: packages that hold provider plugins, good and bad.

Each folder beside this file is a project as a plugin author keeps one, and can be
installed as it is. Here they become wheels without a build back end and without a
network. What each does is told by the docstring of its module.
"""

from __future__ import annotations

import tempfile
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pip_variants.demo.wheels import build_wheel

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Animal:
    """One project of the zoo."""

    name: str
    """The name of its folder."""
    distribution: str
    version: str
    entry_points: Mapping[str, Mapping[str, str]]
    """Group -> name -> object reference."""

    @property
    def folder(self) -> Path:
        return FOLDER / self.name

    @property
    def source(self) -> Path:
        """What can stand on ``sys.path`` in place of an installation."""
        return self.folder / "src"

    @property
    def api(self) -> str:
        """The first of its object references."""
        return next(iter(next(iter(self.entry_points.values())).values()))

    @property
    def files(self) -> dict[str, bytes]:
        """Path in the wheel -> content."""
        return {
            path.relative_to(self.source).as_posix(): path.read_bytes()
            for path in sorted(self.source.rglob("*.py"))
        }


def _read(pyproject: Path) -> Animal:
    document: dict[str, Any] = tomllib.loads(pyproject.read_text("utf-8"))
    project = document["project"]
    return Animal(
        pyproject.parent.name,
        project["name"],
        project["version"],
        project["entry-points"],
    )


ZOO: Mapping[str, Animal] = {
    animal.name: animal
    for animal in map(_read, sorted(FOLDER.glob("*/pyproject.toml")))
}
"""Name of the folder -> what lives there."""


def build(name: str, folder: Path) -> Path:
    """Make a wheel of a project and return its path."""
    animal = ZOO[name]
    return build_wheel(
        folder,
        animal.distribution,
        animal.version,
        files=animal.files,
        entry_points=animal.entry_points,
    )


def install_into(site: Path, name: str) -> Path:
    """Put a project into a folder; return the folder of its metadata."""
    animal = ZOO[name]
    return put(
        site,
        animal.distribution,
        animal.version,
        files=animal.files,
        entry_points=animal.entry_points,
    )


def put(site: Path, name: str, version: str = "1.0", **wheel: Any) -> Path:
    """Unpack a wheel, so that *site* is as pip would leave it.

    :param wheel: further arguments of ``build_wheel``.
    :returns: the folder of its metadata.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = build_wheel(Path(folder), name, version, **wheel)
        with zipfile.ZipFile(made) as archive:
            archive.extractall(site)
    return site / f"{'-'.join(made.name.split('-')[:2])}.dist-info"
