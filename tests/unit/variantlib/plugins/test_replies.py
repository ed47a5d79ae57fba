"""What comes back from the process of a plugin, whatever it is."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from pip_variants.variantlib.model import is_feature_name, is_value
from pip_variants.variantlib.plugins._replies import read_reply

RAW = st.text('aA-. \t1"[]{},:\\n', max_size=3)
SPOILED = st.builds(
    '{{"features": [["{}", ["{}", "{}"], false], ["{}", ["1"], true]]}}'.format,
    *(RAW, RAW, RAW, RAW),
).map(str.encode)
"""A good reply, with quotes and brackets where nobody escaped them."""


class TestReplies:
    """What stands in the answer is untrusted."""

    @given(st.binary(max_size=300) | SPOILED)
    def test_of_any_bytes_only_valid_names_and_values_come_through(
        self, data: bytes
    ) -> None:
        """R9, R10: lower-case letters, digits and "_", and in values "." as well."""
        for name, values in read_reply(data).features:
            assert re.fullmatch("[a-z0-9_]+", name)
            assert values
            assert all(re.fullmatch("[a-z0-9_.]+", value) for value in values)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["type", "text", "stage", "where"]), inner
                )
            ),
            max_leaves=20,
        ),
        st.sampled_from(
            ["features", "error", "dropped", "namespace", "variables", "replaced"]
        ),
    )
    def test_anything_in_any_place_is_a_reply(self, value: object, key: str) -> None:
        reply = read_reply(json.dumps({key: value}).encode())
        assert isinstance(reply.failure, str)
        assert all(isinstance(name, str) for name in reply.variables)

    @given(
        st.lists(
            st.tuples(
                st.text("aA_ 1", max_size=3),
                st.lists(st.text("1.V-\n", max_size=3), max_size=5),
                st.booleans() | st.none(),
            ),
            max_size=6,
        )
    )
    def test_only_valid_and_different_things_come_through_in_their_order(
        self, items: list[tuple[str, list[str], bool | None]]
    ) -> None:
        """R9, R10, R91: names and values are checked, and keep their order."""
        reply = read_reply(json.dumps({"features": items}).encode())
        expected: dict[str, tuple[str, ...]] = {}
        for name, values, _ in items:
            if is_feature_name(name) and name not in expected:
                expected[name] = tuple(dict.fromkeys(filter(is_value, values)))
        assert reply.features == tuple((n, v) for n, v in expected.items() if v)
