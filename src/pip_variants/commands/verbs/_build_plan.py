"""``pip variant build --list``: which wheels there will be, and how they are built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ... import _pip
from ...building.plan import Build, Plan
from ...building.project import Project
from ...text import counted, printable
from ...variantlib.model import Properties, each_property
from ...variantlib.publishing.project.matrix import Cell
from ._base import print_table

__all__ = ["PLAIN", "plan_document", "print_plan", "wheel_entry"]

PLAIN = "(no label)"
"""What stands for the label of the plain wheel."""

_VERSION = 1


def print_plan(plan: Plan, *, verbose: bool) -> None:
    """Print which wheels there will be, and which of them share a build.

    :param verbose: whether to print how each is built: hundreds of lines, easily.
    """
    rows = [("build", "label", "properties")]
    for build in plan.builds:
        rows += (
            (str(build.number), cell.label, _one_line(cell.properties))
            for cell in build.cells
        )
        if build.plain:
            rows.append((str(build.number), PLAIN, ""))
    print_table(rows)
    hidden = False
    for build in plan.builds:
        for line in _recipe_lines(build):
            hidden = not verbose
            if verbose:
                _pip.write_output("%s", line)
    wheels = counted(plan.wanted, "wheel")
    builds = counted(len(plan.builds), "build")
    hint = "; -v shows their variables and settings" if hidden else ""
    _pip.write_output("%s", f"{wheels} out of {builds}{hint}")


def _recipe_lines(build: Build) -> Iterator[str]:
    recipe = build.recipe
    for name, text in recipe.environ.items():
        yield f"build {build.number}: {printable(name)}={printable(text)}"
    for name, value in recipe.config.items():
        for text in (value,) if isinstance(value, str) else value:
            yield f"build {build.number}: -C{printable(name)}={printable(text)}"


def plan_document(plan: Plan, project: Project) -> dict[str, Any]:
    """Return the plan as JSON."""
    release = project.name, project.version
    return {
        "version": _VERSION,
        "builds": [
            {
                "build": build.number,
                "environment": dict(build.recipe.environ),
                "config_settings": {
                    name: value if isinstance(value, str) else [*value]
                    for name, value in build.recipe.config.items()
                },
                "wheels": [
                    *(wheel_entry(cell, *release) for cell in build.cells),
                    *([wheel_entry(None, *release)] if build.plain else ()),
                ],
            }
            for build in plan.builds
        ],
    }


def wheel_entry(
    cell: Cell | None, name: str | None, version: str | None
) -> dict[str, Any]:
    """Return which wheel it is, as JSON.

    :param cell: None for the plain wheel.
    """
    return {
        "name": None if name is None else _pip.canonicalize_name(name),
        "version": version,
        "label": None if cell is None else cell.label,
        # The label "null" is another thing than none.
        "plain": cell is None,
        "properties": {} if cell is None else cell.properties,
    }


def _one_line(properties: Properties) -> str:
    return ", ".join(map(str, each_property(properties))) or "none"
