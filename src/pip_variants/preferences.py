"""Where a setting was written: command line, environment, project file or pip.conf.

The first of these that has a setting decides (DESIGN 5). pip merges its files and the
environment into the defaults of its options, which leaves no room for the project
file between them; so the values are read here, each with the place it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from optparse import Values
from pathlib import Path
from typing import Any

from .options import ALL, given
from .origins import Layer, Origin, Setting
from .text import tight

__all__ = ["ProjectLayer", "first", "items", "layers", "of_user"]

_ENVIRONMENT = ":env:"
_PREFIX = "variant-"
_ALIASES = {
    "provider-priority": "variant-priorities",
    "namespace-priorities": "variant-priorities",
}
"""Keys of early drafts and of the reference tool in ``[variantlib]`` of pip.conf."""


class ProjectLayer(dict[str, Setting]):
    """The settings of a project file: whoever wrote the project wrote them."""


def layers(options: Values, parser: Any, folder: Path | None) -> Iterator[Layer]:
    """Yield the settings of each place, the most important place first.

    :param parser: pip's option parser of the command, which has read the files.
    :param folder: where a project file may stand; None where none is to be read.
    :raises pip's CommandError: for a project file that cannot be read.
    """
    yield {
        name: Setting(texts, Origin("command line", name))
        for name, texts in given(options).items()
    }
    configuration = dict(parser.config.items())
    environment = configuration.pop(_ENVIRONMENT, {})
    yield dict(_of_environment(environment))
    if folder is not None:
        from . import project_file

        yield from map(ProjectLayer, project_file.layers(folder))
    # A verb of "pip variant" tells what "pip install" would do.
    of_verb = parser.name.startswith("variant ")
    yield from _of_files(configuration, "install" if of_verb else parser.name)


def first(found: Iterable[Layer], key: str) -> Setting | None:
    """Return a setting from the most important place that has it."""
    return next((layer[key] for layer in found if key in layer), None)


def of_user(found: Iterable[Layer]) -> list[Layer]:
    """Return the layers of places that only the user, or who runs the machine, writes."""
    return [layer for layer in found if not isinstance(layer, ProjectLayer)]


def _of_environment(values: Mapping[str, str]) -> Iterator[tuple[str, Setting]]:
    for key in ALL:
        text = values.get(f"{_ENVIRONMENT}.{key}")
        if text:
            variable = "PIP_" + key.upper().replace("-", "_")
            yield key, Setting((text,), Origin("environment", variable))


def _of_files(files: Mapping[str, Mapping[str, str]], command: str) -> Iterator[Layer]:
    """Yield the layers of pip.conf: the command's own section comes first.

    That is pip's order. Below it, a file of the user comes before one of the system,
    and inside one file ``[variant]`` before ``[global]``.
    """
    nearest_first = [*files.items()][::-1]
    for name, content in nearest_first:
        yield dict(_of_section(name, content, command, ""))
    for name, content in nearest_first:
        yield dict(_of_section(name, content, "variant", _PREFIX))
        yield dict(_of_section(name, content, "global", ""))
        yield dict(_of_section(name, content, "variantlib", _PREFIX))


def _of_section(
    file: str, content: Mapping[str, str], section: str, prefix: str
) -> Iterator[tuple[str, Setting]]:
    """Yield what a section of a file says; *prefix* may be left out of its keys."""
    start = f"{section}."
    for key, text in content.items():
        if not (key.startswith(start) and text):
            continue
        name = key.removeprefix(start)
        if section == "variantlib":
            option = _ALIASES.get(name, name)
        else:
            option = name if name in ALL else f"{prefix}{name}"
        if option in ALL:
            yield option, Setting((text,), Origin(file, key))


def items(texts: Iterable[str]) -> tuple[str, ...]:
    """Part lists with commas, blanks or lines between their items.

    >>> items(["nvidia, x86_64 :: level", "blas"])
    ('nvidia', 'x86_64::level', 'blas')
    """
    joined = tight("\n".join(texts), "::")
    # Early drafts wrote a list as JSON does.
    return tuple(
        item for item in re.split(r"[,\s]+", re.sub(r"[\[\]\"']", " ", joined)) if item
    )
