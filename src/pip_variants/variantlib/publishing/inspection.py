"""What a wheel, or the metadata of a release, says about variants.

Looking is not judging: whatever can be read is shown, and what contradicts it stands
beside it. Only what cannot be read at all raises.

Sources: PEP 825, "Variant metadata" and "Index-level metadata" (R12, R25, R28, R31).
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from .._dialects import Dialect
from ..errors import MetadataError, VariantError, WheelError
from ..filename import parse_index_filename, parse_wheel_filename
from ..metadata import VariantsJson
from ..model import Label, Properties
from ..providers import Provider
from ..reading import MAX_BYTES, parse_json
from ..wheel import contradiction, read_member
from .labels import properties_hash

__all__ = [
    "Inspection",
    "Kind",
    "inspect_file",
    "inspect_metadata",
    "inspect_wheel",
]

_DIALECTS = {
    Dialect.V0_0_1: "0.0.1 (March 2025)",
    Dialect.PYCON: "May 2025",
    Dialect.V0_0_2: "0.0.2 (September 2025)",
    Dialect.V0_0_3: "0.0.3 (PEP 817)",
    Dialect.PEP_825: "0.1 (PEP 825)",
    Dialect.PROVIDERS: "0.2 (PEP 825 with providers)",
}


class Kind(enum.Enum):
    """What kind of file was looked at."""

    VARIANT = "variant wheel"
    PLAIN = "plain wheel"
    METADATA = "metadata"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Inspection:
    """What a file says.

    :param file: its name.
    :param name: of the project, "" where the name of the file does not tell; like
        *version* it is unchecked text.
    :param label: of a variant wheel.
    :param document: the metadata, None where there is none that can be used.
    :param schema: what the metadata calls its schema, "" for nothing.
    :param problems: what is wrong, one clause each.
    """

    file: str
    kind: Kind
    name: str = ""
    version: str = ""
    label: Label | None = None
    document: VariantsJson | None = None
    schema: str = ""
    problems: tuple[str, ...] = ()

    @property
    def dialect(self) -> str:
        """The dialect of the metadata, "" without any."""
        return "" if self.document is None else _DIALECTS[self.document.dialect]

    @property
    def variants(self) -> tuple[tuple[Label, Properties], ...]:
        """The usable labels with their properties, in the order of the labels."""
        if self.document is None:
            return ()
        return tuple(sorted(self.document.variants.items(), key=lambda pair: pair[0]))

    @property
    def priorities(self) -> tuple[str, ...]:
        """What the publisher puts first: namespaces, then features, then values.

        Features and values have a place of their own in early dialects only.
        """
        return () if self.document is None else tuple(_priorities(self.document))

    def to_dict(self) -> dict[str, Any]:
        """Return the plain form, fit for JSON."""
        providers = {} if self.document is None else self.document.providers
        return {
            "file": self.file,
            "kind": self.kind.value,
            "name": self.name,
            "version": self.version,
            "label": self.label,
            "schema": self.schema,
            "dialect": self.dialect,
            "priorities": [*self.priorities],
            "providers": [_provider(*pair) for pair in sorted(providers.items())],
            "variants": [
                {
                    "label": label,
                    "hash": properties_hash(properties),
                    "properties": {
                        namespace: {
                            feature: list(values)
                            for feature, values in features.items()
                        }
                        for namespace, features in properties.items()
                    },
                }
                for label, properties in self.variants
            ],
            "problems": [*self.problems],
        }


def inspect_file(path: Path) -> Inspection:
    """Look at a wheel or a metadata file on disk.

    :raises VariantError: when it is neither, or cannot be read.
    """
    try:
        if path.exists() and not path.is_file():
            raise WheelError(f"{path} is no regular file")
        with path.open("rb") as file:
            if path.name.endswith(".whl"):
                return inspect_wheel(file, path.name)
            return inspect_metadata(file.read(MAX_BYTES + 1), path.name)
    except FileNotFoundError:
        raise WheelError(f"there is no file {str(path)!r}") from None
    except (OSError, ValueError) as error:
        if isinstance(error, VariantError):
            raise
        raise WheelError(f"{path} cannot be read: {error}") from None


def inspect_wheel(file: IO[bytes], filename: str) -> Inspection:
    """Look at an open wheel called *filename*.

    :param file: seekable; only its directory and its metadata are read.
    :raises FilenameError: when *filename* is no wheel file name.
    :raises WheelError: when it is no readable wheel.
    """
    plain, label = parse_wheel_filename(filename)
    name, version, *_ = plain.split("-")
    data = read_member(file, filename)
    document, schema, problems = _read(data, filename)
    if label is None and data is not None:
        problems = ("it holds variant.json, although its name has no label",)
    elif label is not None and data is None:
        problems = ("its name has a label, but it holds no variant.json",)
    return Inspection(
        file=filename,
        kind=Kind.PLAIN if label is None else Kind.VARIANT,
        name=name,
        version=version,
        label=label,
        document=document,
        schema=schema,
        problems=problems,
    )


def inspect_metadata(data: bytes, filename: str) -> Inspection:
    """Look at the bytes of a metadata file called *filename*.

    >>> found = inspect_metadata(b'''{
    ...     "$schema": "https://variants-schema.wheelnext.dev/peps/825/v0.1.1.json",
    ...     "default-priorities": {"namespace": ["x86_64"]},
    ...     "variants": {"v3": {"x86_64": {"level": ["v3"]}}}
    ... }''', "my_pkg-1.0-variants.json")
    >>> found.name, found.version, found.dialect
    ('my_pkg', '1.0', '0.1 (PEP 825)')
    >>> found.variants
    (('v3', {'x86_64': {'level': ['v3']}}),)

    :raises MetadataError: when nothing of it can be used.
    """
    if len(data) > MAX_BYTES:
        raise MetadataError(f"{filename} is larger than {MAX_BYTES:,} bytes")
    try:
        document, schema = _parse(data)
    except MetadataError as error:
        msg = f"{filename} is no variant metadata: {error.message}"
        raise MetadataError(msg, error.path) from None
    name, version = parse_index_filename(filename) or ("", "")
    return Inspection(
        file=filename,
        kind=Kind.METADATA,
        name=name,
        version=version,
        document=document,
        schema=schema,
        problems=tuple(map(str, document.problems)),
    )


def _read(
    data: bytes | None, filename: str
) -> tuple[VariantsJson | None, str, tuple[str, ...]]:
    """Return the metadata in a wheel, its schema, and what is wrong with it."""
    if data is None:
        return None, "", ()
    try:
        document, schema = _parse(data)
    except VariantError as error:
        return None, "", (f"its variant.json is unusable: {error}",)
    problems = [str(problem) for problem in document.problems]
    contradicts = contradiction(document, filename)
    if contradicts and not document.lost:
        problems.append(contradicts)
    return document, schema, tuple(problems)


def _parse(data: bytes) -> tuple[VariantsJson, str]:
    raw = parse_json(data)
    return VariantsJson.from_dict(raw), str(raw.get("$schema") or "")


def _priorities(document: VariantsJson) -> Iterator[str]:
    yield from document.namespaces
    for namespace, features in document.feature_order.items():
        for feature in features:
            yield f"{namespace} :: {feature}"
    for (namespace, feature), values in document.value_order.items():
        for value in values:
            yield f"{namespace} :: {feature} :: {value}"


def _provider(namespace: str, provider: Provider) -> dict[str, Any]:
    static = provider.static_properties
    return {
        "namespace": namespace,
        "requires": [*provider.requires],
        "plugin_api": provider.plugin_api,
        "optional": provider.optional,
        "enable_if": provider.enable_if,
        "static_properties": None
        if static is None
        else {feature: [*values] for feature, values in static},
    }
