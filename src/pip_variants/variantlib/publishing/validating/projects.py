"""Whether the ``[variant]`` table of a project can be built from.

Source: building draft (R98, R101, R104).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..._dialects import Dialect
from ..._reading import MAX_BYTES
from ...errors import VariantError
from ...metadata import VariantsJson
from ...model import Label, Properties
from ..matrix import Matrix
from ..seed import Seed, SeedError
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
    except SeedError as error:
        for problem in error.problems:
            text = f"variant.{problem}"
            yield finding("R98", "error", where, text, _REMEDY)
        return
    except (OSError, VariantError) as error:
        yield finding("R98", "error", where, str(error), _REMEDY)
        return
    labels: dict[Label, Properties] = dict(seed.variants)
    labels.update((cell.label, cell.properties) for cell in matrix.cells)
    yield from _check_seed(seed, labels, where, tools)


def _check_seed(
    seed: Seed, labels: dict[Label, Properties], where: str, tools: Tools
) -> Iterator[Finding]:
    providers = {**seed.metadata.providers, **seed.to_fill}
    document: VariantsJson = dataclasses.replace(
        seed.metadata, variants=labels, providers=providers
    )
    written: dict[str, Any] = document.to_dict()
    yield from check_providers(written, where, tools, Dialect.PROVIDERS)
    yield from check_words(document, where, tools)
    yield from check_availability(providers, where, tools)
    yield from check_selection(document, None, where)
