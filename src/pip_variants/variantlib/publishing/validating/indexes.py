"""Whether the metadata file beside the wheels says what the wheels say.

Source: PEP 825, "Index-level metadata" (R28, R30).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import VariantError
from ...filename import index_filename_of, parse_index_filename
from ...metadata import VariantsJson
from ...model import same_properties
from ...reading import MAX_BYTES, parse_json
from ...requirement import normalize_name
from .documents import check_document, usable
from .findings import Finding, finding
from .tools import Tools
from .wheels import Wheel

__all__ = ["MetadataFile", "check_index", "missing", "read_metadata"]

_REMEDY = 'write it anew: "pip variant index"'
_SHOWN = 5
_ESCAPED = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, eq=False)
class MetadataFile:
    """A file of metadata that is no part of a wheel.

    :param release: normalised name and version, None when the name tells none.
    """

    path: Path
    where: str
    release: tuple[str, str] | None
    raw: Mapping[str, Any]
    document: VariantsJson | None


def read_metadata(
    path: Path, tools: Tools
) -> tuple[MetadataFile | None, list[Finding]]:
    """Read a file of metadata; return it, and what is wrong with it by itself."""
    where = str(path)
    try:
        with path.open("rb") as file:
            raw = parse_json(file.read(MAX_BYTES + 1))
    except (OSError, VariantError) as error:
        text = f"cannot be used: {error}"
        return None, [finding("R1", "error", where, text, _REMEDY)]
    found = [*check_document(raw, where, tools)]
    parsed = parse_index_filename(path.name)
    release = None
    if parsed is not None:
        name, version = parsed
        release = (normalize_name(name), version)
        if not _ESCAPED.fullmatch(name):
            text = f"no installer looks for a file of this name: {name!r:.200}"
            remedy = f"call it {index_filename_of(name, version):.300}"
            found.append(finding("R28", "error", where, text, remedy))
    return MetadataFile(path, where, release, raw, usable(raw)), found


def check_index(file: MetadataFile, wheels: Sequence[Wheel]) -> Iterator[Finding]:
    """Compare a file with the wheels beside it (R30).

    :param wheels: the labelled wheels of its release in its folder.
    """
    document = file.document
    if document is None:
        return
    listed = {*document.variants, *document.lost}
    labels = {wheel.name.label for wheel in wheels if wheel.name.label is not None}
    missing = sorted(labels - listed)
    if missing:
        text = f"does not list {_some(missing)}, of which there are wheels"
        yield finding("R30", "error", file.where, text, _REMEDY)
    extra = sorted(listed - labels)
    if extra:
        text = f"lists {_some(extra)}, of which there are no wheels"
        remedy = "add the wheels, or " + _REMEDY
        yield finding("R30", "warning", file.where, text, remedy)
    for wheel in wheels:
        if wheel.document is not None and wheel.name.label in listed:
            for text in _differences(document, wheel.document, wheel):
                yield finding("R30", "error", file.where, text, _REMEDY)


def _some(labels: Sequence[str]) -> str:
    rest = f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else ""
    return f"{', '.join(f'{label!r:.100}' for label in labels[:_SHOWN])}{rest}"


def _differences(
    document: VariantsJson, inside: VariantsJson, wheel: Wheel
) -> Iterator[str]:
    """Yield what the file says otherwise than a wheel."""
    name = wheel.path.name
    label = str(wheel.name.label)
    listed, own = document.properties(label), inside.properties(label)
    if listed is not None and own is not None and not same_properties(listed, own):
        yield f"has other properties for {label!r:.200} than {name:.300}"
    order = document.namespaces
    if order[: len(inside.namespaces)] != inside.namespaces:
        yield (
            f"has the namespaces {', '.join(order):.300}, and {name:.300} has "
            f"{', '.join(inside.namespaces):.300}"
        )
    for namespace, provider in inside.providers.items():
        if document.providers.get(namespace) != provider:
            yield f"has another provider for {namespace:.200} than {name:.300}"


def missing(wheel: Wheel) -> Finding:
    """Return that a folder of an index lacks the file of a release (R28).

    :param wheel: one of its labelled wheels in that folder.
    """
    name = index_filename_of(wheel.name.name, wheel.name.version)
    where = wheel.path.with_name(name)
    text = f"is missing: {wheel.path.name:.300} has a label"
    return finding("R28", "error", str(where), text, _REMEDY)
