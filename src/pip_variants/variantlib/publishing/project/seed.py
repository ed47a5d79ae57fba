"""The ``[variant]`` table of a project: what its wheels will say about variants.

::

    [variant.default-priorities]      namespace = [...]
    [variant.providers.NAMESPACE]     requires | static-properties | build-requires
    [variant.variants.LABEL]          NAMESPACE.FEATURE = [...]
    [variant.matrix]                  what "pip variant build" makes; read by matrix.py
    [variant]                         build-backend = ...; read by the wrapper backend

Reading an index forgives; here everything that is wrong is an error, because a builder
must write valid files only (R1). All errors are told at once.

Source: building draft, "pyproject.toml integration" (R98-R101).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import ValidationError, VariantError
from ...metadata import Problem, VariantsJson
from ...model import ABI_DEPENDENCY, Label, Properties
from ...providers import Provider
from ...toml import parse_toml
from ._tables import Table

__all__ = ["Seed", "SeedError"]

_TABLE = "variant"
_SCHEMA = "https://variants-schema.wheelnext.dev/peps/850/v0.2.0.json"
_BUILD_REQUIRES = "build-requires"
_SHOWN = 20
_AT = ("default-priorities",)
_KEYS = (
    "$schema",
    "default-priorities",
    "providers",
    "static-properties",
    "variants",
    "matrix",
    "build-backend",
)
_PRIORITIES = ("namespace", "feature", "property")
_PROVIDER = (
    "requires",
    "plugin-api",
    "optional",
    "static-properties",
    "feature-order",
    _BUILD_REQUIRES,
)
_OLD = {
    "enable-if": "write it as a marker of each requirement",
    "install-time": "write static-properties or build-requires in its place",
    "plugin-use": "write static-properties or build-requires in its place",
}
"""Keys of providers that older drafts had, and what came after them."""


class SeedError(VariantError):
    """A ``[variant]`` table that no wheel can be built from.

    :param source: the file.
    :param problems: everything that is wrong with it.
    """

    def __init__(self, source: str, problems: Iterable[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        told = (
            f"{'.'.join((_TABLE, *map(str, each.path)))}: {each.message}"
            for each in self.problems
        )
        super().__init__(f"{source}: {'; '.join(told)}")


@dataclass(frozen=True, slots=True, eq=False)
class Seed:
    """What a project says about its variants.

    >>> seed = Seed.from_dict({
    ...     "default-priorities": {"namespace": ["x86_64"]},
    ...     "providers": {"x86_64": {"requires": ["provider-variant-x86-64"]}},
    ...     "variants": {"v3": {"x86_64": {"level": ["v3"]}}},
    ... })
    >>> seed.variants
    {'v3': {'x86_64': {'level': ['v3']}}}
    """

    metadata: VariantsJson
    """Namespaces, providers and orders, without any label."""
    variants: Mapping[Label, Properties] = field(default_factory=dict)
    """``[variant.variants]``: the properties of the labels that can be built."""
    to_fill: Mapping[str, Provider] = field(default_factory=dict)
    """Providers with ``build-requires``, which stands as ``requires`` here: their static
    lists are filled in by their plugin when a wheel is built (R101, R104)."""
    matrix: Mapping[str, Any] | None = None
    """``[variant.matrix]`` as it is written."""
    build_backend: str | None = None
    """``variant.build-backend``: whom the wrapper backend delegates to."""
    source: str = ""
    """The file, "" for none."""

    @classmethod
    def from_pyproject(cls, path: Path) -> Seed | None:
        """Read a ``pyproject.toml``; None when it has no ``[variant]`` table.

        :raises SeedError: when the table breaks a rule.
        :raises VariantError: when the file cannot be read.
        """
        try:
            document = parse_toml(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise VariantError(f"there is no file {str(path)!r}") from None
        except (OSError, ValueError) as error:
            raise VariantError(f"{path} cannot be read: {error}") from None
        table = document.get(_TABLE)
        if table is None:
            return None
        if not isinstance(table, dict):
            raise SeedError(str(path), [Problem((), "must be a table")])
        return cls.from_dict(table, source=str(path))

    @classmethod
    def from_dict(cls, table: Mapping[str, Any], *, source: str = "") -> Seed:
        """Read a parsed ``[variant]`` table.

        :raises SeedError: when it breaks a rule.
        """
        problems: list[Problem] = []
        _check_keys(Table.read(table, (), problems, _KEYS))
        providers, to_fill = _part(table.get("providers", {}), problems)
        document = {
            "$schema": table.get("$schema", _SCHEMA),
            "default-priorities": table.get("default-priorities", {}),
            "providers": providers,
            "variants": table.get("variants", {}),
        }
        if "static-properties" in table:
            document["static-properties"] = table["static-properties"]
        try:
            whole = VariantsJson.from_dict(document)
            filled = VariantsJson.from_dict({**document, "providers": to_fill})
        except ValidationError as error:
            problems.append(Problem(error.path, error.message))
            raise SeedError(source or "the table", problems) from None
        problems += whole.problems
        problems += [
            each for each in filled.problems if each.path[:1] == ("providers",)
        ]
        backend = table.get("build-backend")
        if backend is not None and not isinstance(backend, str):
            problems.append(Problem(("build-backend",), "must be a string"))
        matrix = table.get("matrix")
        if matrix is not None and not isinstance(matrix, dict):
            problems.append(Problem(("matrix",), "must be a table"))
        seed = cls(
            dataclasses.replace(whole, variants={}),
            whole.variants,
            filled.providers,
            matrix,
            backend,
            source,
        )
        problems += seed._gaps()
        if problems:
            raise SeedError(source or "the table", dict.fromkeys(problems))
        return seed

    @classmethod
    def of_properties(cls, properties: Properties) -> Seed:
        """Return the seed for a wheel of a project that says nothing about variants.

        Its metadata is that of PEP 825, which names no providers.
        """
        namespaces = [name for name in properties if name != ABI_DEPENDENCY]
        document = {
            "$schema": "https://variants-schema.wheelnext.dev/peps/825/v0.1.1.json",
            "default-priorities": {"namespace": namespaces},
            "variants": {},
        }
        return cls(VariantsJson.from_dict(document))

    def _gaps(self) -> Iterable[Problem]:
        """Yield where lists do not fit each other (R22, R67, R96)."""
        listed = self.metadata.namespaces
        named = {*self.metadata.providers, *self.to_fill}
        where = (*_AT, "namespace")
        if not listed:
            yield Problem(where, f"must list every namespace in use{self._line()}")
        if ABI_DEPENDENCY in listed or ABI_DEPENDENCY in named:
            yield Problem(where, f"{ABI_DEPENDENCY} needs no provider and has no place")
        for namespace in sorted(named.difference(listed)):
            text = f"{namespace} is not listed in default-priorities.namespace"
            yield Problem(("providers", namespace), text)
        if named:
            for namespace in listed:
                if namespace not in named:
                    yield Problem(where, f"{namespace} has no provider")
        for label, properties in self.variants.items():
            for namespace in properties:
                if namespace not in (*listed, ABI_DEPENDENCY):
                    text = f"{namespace} is not listed in default-priorities.namespace"
                    yield Problem(("variants", label, namespace), text)

    def _line(self) -> str:
        """Return the end of a sentence: what to write, as far as the table tells."""
        used = (name for each in self.variants.values() for name in each)
        names = dict.fromkeys([*self.metadata.providers, *self.to_fill, *used])
        names.pop(ABI_DEPENDENCY, None)
        shown = ", ".join(f'"{name:.100}"' for name in [*names][:_SHOWN])
        more = ", ..." if len(names) > _SHOWN else ""
        return f": write namespace = [{shown}{more}]" if names else ""

    def document(
        self,
        label: str,
        properties: Properties,
        filled: Mapping[str, Provider] | None = None,
    ) -> VariantsJson:
        """Return the metadata of one wheel (R25).

        :param filled: the static lists of the namespaces in :attr:`to_fill`.
        :raises ValidationError: when a namespace of the label is not listed, or its
            static list is missing.
        """
        listed = self.metadata.namespaces
        for namespace in properties:
            if namespace not in (*listed, ABI_DEPENDENCY):
                raise ValidationError(
                    f"the namespace {namespace!r} is not listed in "
                    f"[{_TABLE}.default-priorities] of {self.source or 'the project'}"
                )
        providers = {**self.metadata.providers, **(filled or {})}
        missing = sorted(set(self.to_fill).difference(providers))
        if missing:
            msg = f"the static properties of {', '.join(missing)} are not filled in"
            raise ValidationError(msg)
        return dataclasses.replace(
            self.metadata,
            variants={Label(label): properties},
            providers=providers,
        )


def _check_keys(root: Table) -> None:
    """Note keys that nobody would read: a misspelt one must not be passed over."""
    tables = root.content
    providers = tables.get("providers", {})
    if not isinstance(providers, dict):
        return
    if isinstance(tables.get(*_AT), dict):
        root.below(*_AT, keys=_PRIORITIES)
    for namespace, provider in providers.items():
        if not isinstance(provider, dict):
            continue
        for key in set(provider).intersection(_OLD):
            text = f"is a key of older drafts; {_OLD[key]}"
            root.note(text, "providers", namespace, key)
        root.below("providers", namespace, keys=(*_PROVIDER, *_OLD))
    static = tables.get("static-properties")
    if isinstance(static, dict):
        for namespace in static:
            if namespace not in providers:
                text = f"belongs into a table [{_TABLE}.providers.{namespace}]"
                root.note(text, "static-properties", namespace)


def _part(
    tables: Any, problems: list[Problem]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part the providers of every wheel from those that are filled in (R101)."""
    if not isinstance(tables, dict):
        problems.append(Problem(("providers",), "must be a table"))
        return {}, {}
    ready, to_fill = {}, {}
    for namespace, table in tables.items():
        if not isinstance(table, dict) or _BUILD_REQUIRES not in table:
            ready[namespace] = table
            continue
        for other in ("requires", "static-properties"):
            if other in table:
                text = f"has both {_BUILD_REQUIRES} and {other}"
                problems.append(Problem(("providers", namespace), text))
        rest = {
            k: v for k, v in table.items() if k not in ("requires", _BUILD_REQUIRES)
        }
        to_fill[namespace] = {**rest, "requires": table[_BUILD_REQUIRES]}
    return ready, to_fill
