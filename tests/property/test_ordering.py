from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pip_variants.variantlib import SupportedProperties, VariantsJson, select
from tests.property.ordering import as_the_pep_says
from tests.property.strategies import SUPPORTED, VARIANTS

ORDERS = st.permutations(["nvidia", "x86_64", "blas"])


def read(variants: dict[str, Any], namespaces: list[str]) -> VariantsJson:
    return VariantsJson.from_dict(
        {
            "$schema": "https://packaging.python.org/schemas/v0.1.1.json",
            "default-priorities": {"namespace": namespaces},
            "variants": variants,
        }
    )


class TestOrder:
    """The order is PEP 825's, total, and independent of the order of the input."""

    @settings(max_examples=500)
    @given(VARIANTS, ORDERS, SUPPORTED, st.integers(0, 3))
    def test_is_the_one_of_the_pep(
        self, variants: Any, order: list[str], supported: Any, listed: int
    ) -> None:
        namespaces = order[: max(listed, 1)]
        ranked = select(
            read(variants, namespaces), SupportedProperties(supported)
        ).ranked
        assert list(ranked) == as_the_pep_says(variants, namespaces, supported)

    @given(VARIANTS, ORDERS, SUPPORTED, st.randoms())
    def test_does_not_depend_on_the_order_of_the_labels(
        self, variants: Any, order: list[str], supported: Any, random: Any
    ) -> None:
        items = list(variants.items())
        random.shuffle(items)
        machine = SupportedProperties(supported)
        assert (
            select(read(variants, order), machine).ranked
            == select(read(dict(items), order), machine).ranked
        )

    @given(VARIANTS, ORDERS, SUPPORTED)
    def test_ranks_or_rejects_every_label_exactly_once(
        self, variants: Any, order: list[str], supported: Any
    ) -> None:
        selection = select(read(variants, order), SupportedProperties(supported))
        rejected = {
            label
            for label, verdict in selection.verdicts.items()
            if not verdict.compatible
        }
        assert len(set(selection.ranked)) == len(selection.ranked)
        assert set(selection.ranked) | rejected == set(variants)
        assert not set(selection.ranked) & rejected

    @given(VARIANTS, ORDERS, SUPPORTED, st.data())
    def test_labels_only_narrow_and_reorder(
        self, variants: Any, order: list[str], supported: Any, data: Any
    ) -> None:
        """R47, R48: what a user asks for never makes a label compatible."""
        asked = data.draw(st.lists(st.sampled_from([*variants, "zz"]), max_size=4))
        machine = SupportedProperties(supported)
        free = select(read(variants, order), machine).ranked
        narrowed = select(read(variants, order), machine, labels=asked).ranked
        wanted = [label for label in dict.fromkeys(asked) if label in free]
        assert list(narrowed) == wanted

    @given(
        VARIANTS,
        ORDERS,
        SUPPORTED,
        st.lists(
            st.sampled_from(["nvidia", "x86_64", "blas::library", "nvidia::arch::v2"]),
            max_size=3,
        ),
    )
    def test_priorities_only_reorder(
        self, variants: Any, order: list[str], supported: Any, wishes: list[str]
    ) -> None:
        machine = SupportedProperties(supported)
        free = select(read(variants, order), machine).ranked
        wished = select(read(variants, order), machine, priorities=wishes).ranked
        assert sorted(wished) == sorted(free)
