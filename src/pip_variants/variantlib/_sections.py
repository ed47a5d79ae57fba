"""The sections of one metadata document, read one by one.

A bad label, namespace or provider is noted in :attr:`Sections.problems` and left
out; the others stay (R3, E9). Only a document without readable ``variants`` raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

from ._dialects import Dialect
from ._variants import read_variants
from .errors import MetadataError, ProblemPath, ValidationError
from .model import Label, Properties, is_feature_name, is_namespace, is_value
from .providers import Provider
from .reading import (
    Repeated,
    get_bool,
    get_mapping,
    get_str,
    get_strings,
    sample,
)

__all__ = ["Sections"]

_T = TypeVar("_T")
_StaticProperties = tuple[tuple[str, tuple[str, ...]], ...]


class Sections:
    """Reads a document whose dialect is known."""

    def __init__(self, document: Mapping[str, Any], dialect: Dialect) -> None:
        """Read all sections.

        :raises MetadataError: when ``variants`` is missing or no object.
        """
        self._document = document
        self._dialect = dialect
        self.problems: list[tuple[ProblemPath, str]] = []
        self.lost: dict[str, str] = {}
        self._priorities = self._table(document, "default-priorities")
        self.feature_order = self._feature_order()
        self.value_order = self._value_order()
        self._publishers_values: dict[str, dict[str, list[str]]] = {}
        for (owner, feature), values in self.value_order.items():
            self._publishers_values.setdefault(owner, {})[feature] = list(values)
        self.providers = self._providers()
        self.namespaces = self._namespaces()
        self.variants = self._variants()

    def _try(self, read: Callable[[], _T], default: _T, *path: str) -> _T:
        """Return what *read* gives, or *default* and a note of the problem."""
        try:
            return read()
        except ValidationError as error:
            self.problems.append(((*path, *error.path), error.message))
            return default

    # default-priorities

    def _namespaces(self) -> tuple[str, ...]:
        where = "default-priorities"
        listed: tuple[str, ...] = self._try(
            partial(get_strings, self._priorities, "namespace"), (), where
        )
        if not listed and self._dialect is Dialect.V0_0_1:
            # No priorities existed yet; the providers stand in their order.
            return tuple(self.providers)
        kept = tuple(filter(is_namespace, listed))
        for bad in sorted(set(listed) - set(kept)):
            self.problems.append(((where, "namespace"), f"{bad!r} is no namespace"))
        return kept

    def _feature_order(self) -> dict[str, tuple[str, ...]]:
        where = ("default-priorities", "feature")
        raw = self._priorities.get("feature", {})
        if isinstance(raw, list):
            flat = self._flat_order(raw, where, parts=2)
            return {namespace: names for (namespace,), names in flat.items()}
        table = self._table(self._priorities, "feature", where[0])
        return {
            namespace: names
            for namespace in table
            if (
                names := tuple(
                    filter(is_feature_name, self._strings(table, namespace, *where))
                )
            )
        }

    def _value_order(self) -> dict[tuple[str, str], tuple[str, ...]]:
        where = ("default-priorities", "property")
        raw = self._priorities.get("property", {})
        if isinstance(raw, list):
            flat = self._flat_order(raw, where, parts=3)
            return {(owner, feature): order for (owner, feature), order in flat.items()}
        table = self._table(self._priorities, "property", where[0])
        order: dict[tuple[str, str], tuple[str, ...]] = {}
        for namespace in table:
            features = self._table(table, namespace, *where)
            for feature in features:
                listed = self._strings(features, feature, *where, namespace)
                values = tuple(filter(is_value, listed))
                if values:
                    order[namespace, feature] = values
        return order

    def _table(self, source: Mapping[str, Any], key: str, *path: str) -> dict[str, Any]:
        return self._try(partial(get_mapping, source, key), {}, *path)

    def _strings(
        self, source: Mapping[str, Any], key: str, *path: str
    ) -> tuple[str, ...]:
        return self._try(partial(get_strings, source, key), (), *path)

    def _flat_order(
        self, items: list[Any], where: ProblemPath, parts: int
    ) -> dict[tuple[str, ...], tuple[str, ...]]:
        """Read PyCon's flat lists: ``["ns :: feature"]``, ``["ns :: f :: value"]``."""
        order: dict[tuple[str, ...], list[str]] = {}
        for item in items:
            split = [p.strip() for p in item.split("::")] if type(item) is str else []
            if len(split) != parts:
                self.problems.append((where, f"{sample(item)} has not {parts} parts"))
                continue
            *key, last = split
            order.setdefault(tuple(key), []).append(last)
        return {key: tuple(names) for key, names in order.items()}

    # providers

    def _providers(self) -> dict[str, Provider]:
        tables = dict(self._provider_tables())
        readable: dict[str, Provider] = {}
        for namespace, table in tables.items():
            if not is_namespace(namespace):
                self.problems.append((("providers", namespace), "is no namespace"))
                continue
            try:
                readable[namespace] = self._provider(namespace, table)
            except ValidationError as error:
                path = ("providers", namespace, *error.path)
                self.problems.append((path, error.message))
        return readable

    def _provider_tables(self) -> Iterator[tuple[str, dict[str, Any]]]:
        raw = self._table(self._document, "providers")
        for namespace, table in raw.items():
            if isinstance(table, list):
                yield namespace, {"requires": table}  # v0.0.1
            elif isinstance(table, dict) and not isinstance(table, Repeated):
                yield namespace, table
            else:
                self.problems.append((("providers", namespace), "must be an object"))

    def _provider(self, namespace: str, table: dict[str, Any]) -> Provider:
        static = self._static_properties(namespace, table)
        if static is not None and table.get("requires"):
            # Old documents name the package of an ahead-of-time provider as well.
            if self._dialect >= Dialect.PEP_825:
                raise ValidationError("has both static-properties and requires")
            table = {**table, "requires": []}
        if static is None and not table.get("requires"):
            raise ValidationError("has neither static-properties nor requires")
        old = self._dialect < Dialect.PEP_825
        return Provider(
            requires=get_strings(table, "requires"),
            plugin_api=get_str(table, "plugin-api"),
            optional=get_bool(table, "optional", default=False),
            static_properties=static,
            enable_if=get_str(table, "enable-if") if old else None,
        )

    def _static_properties(
        self, namespace: str, table: dict[str, Any]
    ) -> _StaticProperties | None:
        """Read the static list of a namespace, wherever its dialect keeps it."""
        if "static-properties" in table:
            raw = get_mapping(table, "static-properties")
        elif namespace in (top := get_mapping(self._document, "static-properties")):
            raw = get_mapping(top, namespace)
        elif (
            table.get("plugin-use", "all") in ("none", "build")
            or table.get("install-time", True) is False
        ):
            # v0.0.2 and v0.0.3: not asked when installing; the publisher's values
            # are the list.
            raw = self._publishers_values.get(namespace, {})
        else:
            return None
        features = {name: get_strings(raw, name) for name in raw}
        for name, values in features.items():
            if not is_feature_name(name) or not all(map(is_value, values)):
                raise ValidationError(
                    "is no feature or has a bad value", ("static-properties", name)
                )
        order = get_strings(table, "feature-order") or self.feature_order.get(
            namespace, ()
        )
        if len(features) > 1 and not set(features) <= set(order):
            raise ValidationError("several static features have no order")
        return tuple(
            (name, features[name])
            for name in (order if len(features) > 1 else features)
            if name in features
        )

    # variants

    def _variants(self) -> dict[Label, Properties]:
        try:
            raw = get_mapping(self._document, "variants")
        except ValidationError as error:
            raise MetadataError(error.message, error.path) from None
        if "variants" not in self._document:
            raise MetadataError("missing", ("variants",))
        readable, unreadable = read_variants(raw, self._dialect)
        for label, fault in unreadable:
            self.problems.append((("variants", label, *fault.path), fault.message))
            self.lost[label] = str(fault)
        return readable
