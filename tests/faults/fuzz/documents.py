"""Targets: metadata of variants in all dialects, machines on paper, answers of plugins."""

from __future__ import annotations

import contextlib
import json
import tomllib
from typing import Any

from pip_variants.variantlib import SupportedProperties, VariantsJson, select
from pip_variants.variantlib._dialects import Dialect
from pip_variants.variantlib._variants import read_variants
from pip_variants.variantlib.counterfactual import rank_if_met
from pip_variants.variantlib.errors import MetadataError, ValidationError
from pip_variants.variantlib.lock_table import read_table, write_table
from pip_variants.variantlib.model import (
    ABI_DEPENDENCY,
    is_label,
    is_namespace,
    is_value,
)
from pip_variants.variantlib.platform_file import (
    alike,
    any_of,
    read_platform,
    write_platform,
)
from pip_variants.variantlib.plugins._replies import read_reply
from pip_variants.variantlib.publishing.indexing.combining import (
    Disagreement,
    combine_wheels,
    index_bytes,
)
from pip_variants.variantlib.publishing.inspection import inspect_metadata
from pip_variants.variantlib.reading import Repeated, parse_json
from pip_variants.variantlib.schema import violations
from tests.property.ordering import as_the_pep_says

from .laws import parts, text_of, told

__all__ = [
    "fuzz_choice",
    "fuzz_combining",
    "fuzz_lock_table",
    "fuzz_metadata",
    "fuzz_platform",
    "fuzz_reply",
]


def _read(data: bytes) -> VariantsJson | None:
    try:
        return VariantsJson.from_bytes(data)
    except MetadataError as error:
        told(error, data)
        return None


def fuzz_metadata(data: bytes) -> None:
    """Metadata is read or refused; what is read is written as valid metadata (R1)."""
    document = _read(data)
    try:
        inspection = inspect_metadata(data, "demo-1.0-variants.json")
    except MetadataError:
        assert document is None
        return
    assert document is not None
    _check_quick_ways(data, document)
    json.dumps(inspection.to_dict())
    told(" ".join(["problems:", *inspection.problems]), data)
    for label, properties in document.variants.items():
        assert is_label(label)
        assert label not in document.lost
        for namespace, features in properties.items():
            assert is_namespace(namespace)
            for name, values in features.items():
                assert is_namespace(name)
                assert values
                assert all(map(is_value, values))
    again = VariantsJson.from_bytes(index_bytes(document))
    assert again.variants.keys() == document.variants.keys()
    assert again.namespaces == document.namespaces
    assert again.providers.keys() == document.providers.keys()
    assert not again.problems, again.problems
    assert index_bytes(again) == index_bytes(document)


def _check_quick_ways(data: bytes, document: VariantsJson) -> None:
    """Check that the looks at everything at once see what a look at each sees (E6, E9)."""
    found = parse_json(data)
    text = data.decode("utf-8-sig")
    with contextlib.suppress(RecursionError):
        every = json.loads(text, object_pairs_hook=Repeated)
        assert _conflicts(found) == _conflicts(every)
    variants = found["variants"]
    slow = Repeated([*variants.items()])
    slow.keys_in_conflict = getattr(variants, "keys_in_conflict", frozenset())
    usable, faults = read_variants(slow, document.dialect)
    assert usable == document.variants
    assert {label: str(fault) for label, fault in faults} == document.lost


def _conflicts(value: object) -> int:
    """Count the keys that stand twice with different values."""
    if isinstance(value, list):
        return sum(map(_conflicts, value))
    if not isinstance(value, dict):
        return 0
    own = len(value.keys_in_conflict) if isinstance(value, Repeated) else 0
    return own + sum(map(_conflicts, value.values()))


def fuzz_combining(data: bytes) -> None:
    """Several files of a release give the same in any order (R24, R27)."""
    documents = [found for each in data.split(b"\0")[:4] if (found := _read(each))]
    if not documents:
        return
    first, last = documents[0], documents[-1]
    combined = first.combine(*documents[1:])
    reverse = last.combine(*documents[-2::-1])
    assert combined.to_dict() == reverse.to_dict()
    assert combined.lost == reverse.lost
    assert set(combined.problems) == set(reverse.problems)
    assert not set(combined.variants) & set(combined.lost)
    for each in documents:
        assert set(combined.variants) | set(combined.lost) >= set(each.variants)
    try:
        combine_wheels({f"{at}.whl": each for at, each in enumerate(documents)})
    except Disagreement as error:
        told(error, data)


def fuzz_choice(data: bytes) -> None:
    """Every label is ranked or rejected with a reason, on every machine (R36)."""
    written, machine, wishes = parts(data, 3)
    document = _read(written)
    if document is None:
        return
    try:
        supported = read_platform(machine) if machine else SupportedProperties()
    except ValidationError as error:
        told(error, data)
        return
    try:
        selection = select(document, supported, priorities=text_of(wishes).split())
    except ValidationError as error:
        told(error, data)
        return
    rejected = [
        each.label for each in selection.verdicts.values() if not each.compatible
    ]
    assert sorted([*selection.ranked, *rejected]) == sorted(
        [*document.variants, *document.lost]
    )
    for label, verdict in selection.verdicts.items():
        assert verdict.label == label
        told(verdict.explain(), data)
    free = select(document, supported).ranked
    plain = document.dialect is Dialect.PEP_825 and ABI_DEPENDENCY not in (
        *supported,
        *document.used_namespaces,
        *document.namespaces,
    )
    if plain and not document.providers:
        variants: Any = document.variants
        order = [*document.namespaces]
        assert [*free] == as_the_pep_says(variants, order, supported.to_dict())
    assert sorted(free) == sorted(selection.ranked)
    for label in rejected[:3]:
        rank_if_met(label, document, supported)


def fuzz_lock_table(data: bytes) -> None:
    """A table of a lock file keeps the schema; what is written is read again (R61)."""
    value: Any
    try:
        value = parse_json(data)
    except MetadataError:
        try:
            value = tomllib.loads(text_of(data))
        except (ValueError, RecursionError):
            return
    for problem in violations(value):
        told(problem, data)
    try:
        document = read_table(value)
    except MetadataError as error:
        told(error, data)
        return
    assert not list(violations(value))
    labels = sorted(document.variants)
    try:
        table = write_table(document, labels[: len(labels) // 2 + 1])
    except MetadataError as error:
        told(error, data)
        return
    assert write_table(read_table(table), table["variants"]) == table


def fuzz_platform(data: bytes) -> None:
    """A machine on paper is read as it is written, or refused (R71)."""
    try:
        supported = read_platform(data)
    except ValidationError as error:
        told(error, data)
        return
    written = json.dumps(write_platform(supported)).encode()
    again = read_platform(written)
    assert again == supported
    assert again.to_dict() == supported.to_dict()
    assert alike({"x": supported})["x"] == supported
    assert any_of([supported, again]) == supported


def fuzz_reply(data: bytes) -> None:
    """Of what a plugin's process leaves, only what is valid goes on (R9, R10, E16)."""
    reply = read_reply(data)
    SupportedProperties({"x": dict(reply.features)})
    assert all(values for _, values in reply.features)
    assert reply.multi_value <= {name for name, _ in reply.features}
    for clause in (*reply.problems, *filter(None, [reply.failure])):
        told(clause, data)
    assert len(reply.problems) < 10
    assert len(reply.variables) <= 1_000
