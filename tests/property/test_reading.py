from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pip_variants.variantlib import SupportedProperties, VariantsJson, select
from pip_variants.variantlib.errors import MetadataError
from pip_variants.variantlib.reading import Repeated, parse_json
from tests.property.repeating import written
from tests.property.strategies import JSON, NEARLY, VARIANTS


def document(variants: Any, namespaces: list[str]) -> VariantsJson:
    return VariantsJson.from_dict(
        {
            "$schema": "https://packaging.python.org/schemas/v0.1.1.json",
            "default-priorities": {"namespace": namespaces},
            "variants": variants,
        }
    )


class TestReadingNeverRaisesAnythingElse:
    """On any JSON, reading either succeeds or raises MetadataError (R5, E1, E9)."""

    @given(JSON | NEARLY)
    def test_from_bytes(self, value: Any) -> None:
        self.read(json.dumps(value).encode())

    @given(st.binary(max_size=200))
    def test_from_any_bytes(self, data: bytes) -> None:
        self.read(data)

    @settings(max_examples=300)
    @given(NEARLY)
    def test_what_is_read_can_be_selected_from_and_written(self, value: Any) -> None:
        read = self.read(json.dumps(value).encode())
        if read is not None:
            selection = select(read, SupportedProperties({"nvidia": {"arch": ["v1"]}}))
            for label, verdict in selection.verdicts.items():
                assert verdict.label == label
                assert verdict.explain()
            written = read.to_dict()
            again = VariantsJson.from_dict(json.loads(json.dumps(written)))
            assert set(again.variants) == set(read.variants)

    @staticmethod
    def read(data: bytes) -> VariantsJson | None:
        try:
            return VariantsJson.from_bytes(data)
        except MetadataError as error:
            assert str(error)
            return None


class TestCombining:
    """Combining is symmetric and does not depend on any order (PEP 825, R24, R27)."""

    @given(
        st.lists(
            st.tuples(VARIANTS, st.permutations(["nvidia", "x86_64", "blas"])),
            min_size=1,
            max_size=4,
        ),
        st.randoms(),
    )
    def test_any_order_gives_the_same(self, parts: Any, random: Any) -> None:
        documents = [document(variants, order) for variants, order in parts]
        combined = documents[0].combine(*documents[1:])
        random.shuffle(documents)
        again = documents[0].combine(*documents[1:])
        assert combined.to_dict() == again.to_dict()
        assert combined.lost == again.lost
        assert set(combined.problems) == set(again.problems)

    @given(VARIANTS)
    def test_with_itself_gives_itself(self, variants: Any) -> None:
        one = document(variants, ["nvidia", "x86_64", "blas"])
        assert one.combine(one).to_dict() == one.to_dict()

    @given(VARIANTS)
    def test_one_label_at_a_time_gives_the_whole(self, variants: Any) -> None:
        order = ["nvidia", "x86_64", "blas"]
        whole = document(variants, order)
        single = [
            document({label: properties}, order)
            for label, properties in variants.items()
        ]
        if single:
            assert single[0].combine(*single[1:]).to_dict() == whole.to_dict()


OBJECTS = st.recursive(
    st.integers() | st.text(':"a \\', max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(st.tuples(st.sampled_from(["a", "b", ":", "variants"]), inner)).map(
            tuple
        )
    ),
    max_leaves=12,
)


class TestRepeatedKeys:
    """A key that stands twice with different contents never goes unseen (E6)."""

    @settings(max_examples=400)
    @given(OBJECTS, st.sampled_from([":", ": ", " :", "\n: "]))
    def test_is_found_wherever_it_stands(self, value: Any, colon: str) -> None:
        text = written((("top", value),), colon)
        assert self.conflicts(parse_json(text.encode())) == self.conflicts(
            json.loads(text, object_pairs_hook=Repeated)
        )

    def conflicts(self, value: Any) -> int:
        found = 0
        if isinstance(value, Repeated):
            found += len(value.keys_in_conflict)
        if isinstance(value, dict):
            found += sum(map(self.conflicts, value.values()))
        if isinstance(value, list):
            found += sum(map(self.conflicts, value))
        return found
