"""Laws of the documents whose labels stay text until somebody looks at them."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pip_variants.variantlib import SupportedProperties, VariantsJson, select
from pip_variants.variantlib._pieces import take_apart
from pip_variants.variantlib.errors import MetadataError
from pip_variants.variantlib.reading import parse_text
from tests.property.repeating import written
from tests.property.strategies import FEW_NAMESPACES, NEARLY, SUPPORTED, VARIANTS

FORMS = st.sampled_from(
    [
        {"separators": (",", ":")},
        {"separators": (" ,\n", " : ")},
        {"indent": 1},
        {"indent": 4, "separators": (",", ":")},
        {"ensure_ascii": False},
    ]
)

# What stands between labels, at places where it must not be taken for that.
TORN = st.text('a},{":[]', max_size=5) | st.sampled_from(['}},"', "variants", "null"])


def pairs(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects whose keys may stand twice; ``written`` writes them."""
    # Mostly good ones: a document with any fault is not taken apart.
    good = st.sampled_from([*"abcdefghijklmnopqrst"])
    names = st.one_of(*[good] * 8, TORN)
    return st.lists(st.tuples(names, inside), max_size=3).map(tuple)


VALUES = st.lists(
    st.one_of(*[st.sampled_from("1234")] * 8, TORN), min_size=1, max_size=2
)
LABELS = pairs(pairs(pairs(VALUES))) | pairs(pairs(VALUES))
SECTIONS = st.permutations(
    [
        ("$schema", "https://variants-schema.wheelnext.dev/v0.1.1.json"),
        ("default-priorities", (("namespace", ["a", "b"]),)),
        ("variants", None),
        ("other", ((("x", (("y", (("z", ["1"]),)),)),))),
    ]
)


def outcome(document: dict[str, Any], variants: Any = None) -> object:
    """Return all that can be told of a document, or why it cannot be used."""
    try:
        read = VariantsJson.from_dict(document)
    except MetadataError as error:
        return str(error)
    labels = read.variants if variants is None else variants
    return (
        read.dialect,
        read.namespaces,
        read.providers,
        read.feature_order,
        read.value_order,
        read.lost,
        read.problems,
        [*labels.items()],
    )


def agree(text: str) -> bool:
    """Check that *text*, when it is taken apart, reads as it does whole.

    :returns: whether it was.
    """
    parts = take_apart(text, length=1)
    if parts is None:
        return False
    assert outcome(parts.rest, parts.labels) == outcome(parse_text(text))
    assert [*parts.labels] == [label for label, _ in parts.labels.items()]
    return True


class TestTakenApartOrNot:
    """Whoever reads a document cannot tell whether it was taken apart (E1, E6, E9)."""

    @settings(max_examples=300)
    @given(NEARLY, FORMS)
    def test_any_json_reads_the_same(self, value: Any, form: Any) -> None:
        agree(json.dumps(value, **form))

    @settings(max_examples=500)
    @given(LABELS, SECTIONS, st.sampled_from([":", " : "]))
    def test_text_that_misleads_reads_the_same(
        self, labels: Any, sections: Any, colon: str
    ) -> None:
        filled = [(k, labels if v is None else v) for k, v in sections]
        agree(written(tuple(filled), colon))

    @given(VARIANTS, st.lists(FEW_NAMESPACES, unique=True), FORMS, SUPPORTED)
    def test_flawless_labels_are_taken_apart_and_ranked_alike(
        self, variants: Any, namespaces: list[str], form: Any, machine: Any
    ) -> None:
        document = {
            "$schema": "https://variants-schema.wheelnext.dev/v0.1.1.json",
            "default-priorities": {"namespace": namespaces},
            "variants": {"null": {}, **variants},
        }
        text = json.dumps(document, **form)
        assert agree(text)
        whole = VariantsJson.from_dict(parse_text(text))
        parts = take_apart(text, length=1)
        assert parts is not None
        rest = VariantsJson.from_dict(parts.rest)
        apart = dataclasses.replace(rest, variants=parts.labels)
        assert apart.used_namespaces == whole.used_namespaces
        supported = SupportedProperties(machine)
        assert select(apart, supported).ranked == select(whole, supported).ranked
