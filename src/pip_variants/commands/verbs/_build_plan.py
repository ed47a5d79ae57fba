"""``pip variant build --list``: which wheels there will be, and how they are built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ... import _pip
from ...building.plan import Build, Plan
from ...text import printable
from ...variantlib.model import Properties, each_property
from ._base import print_table

__all__ = ["PLAIN", "counted", "plan_document", "print_plan"]

PLAIN = "(no label)"
"""What stands for the label of the plain wheel."""

_VERSION = 1


def print_plan(plan: Plan) -> None:
    """Print which wheels there will be, and which of them share a build."""
    rows = [("build", "label", "properties")]
    for build in plan.builds:
        rows += (
            (str(build.number), cell.label, _one_line(cell.properties))
            for cell in build.cells
        )
        if build.plain:
            rows.append((str(build.number), PLAIN, ""))
    print_table(rows)
    for build in plan.builds:
        for line in _recipe_lines(build):
            _pip.write_output("%s", line)
    wheels, builds = plan.wanted, len(plan.builds)
    _pip.write_output(
        "%s", f"{counted(wheels, 'wheel')} out of {counted(builds, 'build')}"
    )


def _recipe_lines(build: Build) -> Iterator[str]:
    recipe = build.recipe
    for name, text in recipe.environ.items():
        yield f"build {build.number}: {printable(name)}={printable(text)}"
    for name, value in recipe.config.items():
        for text in (value,) if isinstance(value, str) else value:
            yield f"build {build.number}: -C{printable(name)}={printable(text)}"


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return the plan as JSON."""
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
                    *(
                        {"label": cell.label, "properties": _texts(cell.properties)}
                        for cell in build.cells
                    ),
                    *([{"label": None, "properties": []}] if build.plain else ()),
                ],
            }
            for build in plan.builds
        ],
    }


def _texts(properties: Properties) -> list[str]:
    return [str(each) for each in each_property(properties)]


def _one_line(properties: Properties) -> str:
    return ", ".join(_texts(properties)) or "none"


def counted(number: int, noun: str) -> str:
    """Return a number with what is counted.

    >>> counted(1, "wheel"), counted(2, "wheel")
    ('1 wheel', '2 wheels')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
