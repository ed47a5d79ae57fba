"""Whether a project can be built from, and whether its wheels will serve everybody.

That is the ``[variant]`` table of ``pyproject.toml``, and the markers of variants in the
dependencies of its ``[project]`` table.

Sources: building draft (R98, R101, R104); R8, R49 and R54 for what comes of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..._dialects import Dialect
from ...errors import VariantError
from ...metadata import VariantsJson
from ...model import Label, Properties
from ...reading import MAX_BYTES
from ...toml import parse_toml
from ..project.matrix import Matrix
from ..project.seed import Seed, SeedError
from .dependencies import Carrier, check_declared
from .fallbacks import fits_everywhere
from .findings import Finding, finding
from .provider_tables import check_providers
from .releases import check_availability, check_selection
from .tools import Tools
from .words import check_words

__all__ = ["check_project"]

_REMEDY = "correct pyproject.toml"


def check_project(path: Path, tools: Tools) -> tuple[Finding, ...]:
    """Return what is wrong with the ``[variant]`` table of a ``pyproject.toml``."""
    return tuple(dict.fromkeys(_check(path, tools)))


def _check(path: Path, tools: Tools) -> Iterator[Finding]:
    where = str(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise VariantError(f"{path} is larger than {MAX_BYTES:,} bytes")
        seed = Seed.from_pyproject(path)
        if seed is None:
            text = "has no [variant] table: this project has no variants"
            yield finding("R98", "note", where, text)
            return
        matrix = Matrix.of(seed)
        requires = [*_declared(path)]
    except SeedError as error:
        for problem in error.problems:
            text = f"variant.{problem}"
            yield finding("R98", "error", where, text, _REMEDY)
        return
    except (OSError, ValueError, VariantError) as error:
        yield finding("R98", "error", where, str(error), _REMEDY)
        return
    labels: dict[Label, Properties] = dict(seed.variants)
    labels.update((cell.label, cell.properties) for cell in matrix.cells)
    yield from _check_seed(seed, labels, where, tools)
    if seed.matrix is not None and matrix.plain is None:
        yield from _check_fallback(seed, labels, where)
    if labels:
        plain = Carrier(where, "", {})
        variants = (Carrier(where, *each) for each in labels.items())
        for_all = matrix.plain is not None
        carriers = [*variants, plain]
        yield from check_declared(requires, carriers, where, plain=for_all)


def _check_seed(
    seed: Seed, labels: dict[Label, Properties], where: str, tools: Tools
) -> Iterator[Finding]:
    document = _document(seed, labels)
    written: dict[str, Any] = document.to_dict()
    yield from check_providers(written, where, tools, Dialect.PROVIDERS)
    yield from check_words(document, where, tools)
    yield from check_availability(document.providers, where, tools)
    yield from check_selection(document, None, where)


def _document(seed: Seed, labels: Mapping[Label, Properties]) -> VariantsJson:
    """Return the metadata of all that a project builds."""
    providers = {**seed.metadata.providers, **seed.to_fill}
    return dataclasses.replace(seed.metadata, variants=labels, providers=providers)


def _check_fallback(
    seed: Seed, labels: Mapping[Label, Properties], where: str
) -> Iterator[Finding]:
    """Find a matrix without anything for machines that no label fits (R8)."""
    document = _document(seed, labels)
    if any(fits_everywhere(each, document) for each in labels.values()):
        return
    text = (
        "machines that no label fits find nothing to install: the matrix makes neither "
        "a null variant nor a plain wheel"
    )
    remedy = "write plain = true or null = true below [variant.matrix]"
    yield finding("R8", "warning", where, text, remedy)


def _declared(path: Path) -> Iterator[str]:
    """Yield the dependencies of a project, those of its extras as well."""
    document = parse_toml(path.read_text(encoding="utf-8"))
    project = document.get("project")
    if not isinstance(project, dict):
        return
    extras = project.get("optional-dependencies", {})
    lists = [project.get("dependencies", [])]
    lists += extras.values() if isinstance(extras, dict) else ()
    for each in lists:
        # What else may stand there is a mistake that the backend tells.
        items = each if isinstance(each, list) else ()
        yield from (item for item in items if isinstance(item, str))
