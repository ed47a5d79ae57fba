from __future__ import annotations

from typing import Any, ClassVar

import pytest

from pip_variants.variantlib import SupportedProperties, VariantsJson, select
from pip_variants.variantlib.errors import ValidationError
from pip_variants.variantlib.selection import Reason


def read(variants: dict[str, Any], *namespaces: str, **sections: Any) -> VariantsJson:
    return VariantsJson.from_dict(
        {
            "$schema": "https://variants-schema.wheelnext.dev/v0.0.3.json",
            "default-priorities": {"namespace": list(namespaces)}
            | sections.pop("priorities", {}),
            "providers": {},
            "variants": variants,
        }
        | sections
    )


V2_HOST = SupportedProperties({"x86_64": {"level": ["v2", "v1"]}})


class TestFilter:
    def test_every_feature_needs_one_supported_value(self) -> None:
        """R7: AND over features, OR over values."""
        document = read({"x": {"a": {"lvl": ["v3"], "gpu": ["p", "q"]}}}, "a")
        fits = SupportedProperties({"a": {"lvl": ["v3"], "gpu": ["q"]}})
        half = SupportedProperties({"a": {"lvl": ["v3"]}})
        assert select(document, fits).best == "x"
        assert select(document, half).best is None

    def test_no_properties_are_always_compatible(self) -> None:
        """R8, E8, and E22: nothing has to be known of the machine."""
        document = read({"null": {}, "plainish": {}}, "a")
        assert select(document, SupportedProperties()).ranked == ("null", "plainish")

    def test_an_unlisted_namespace_loses_only_its_labels(self) -> None:
        """R22, E9."""
        document = read({"x": {"b": {"f": ["1"]}}, "y": {"a": {"f": ["1"]}}}, "a")
        machine = SupportedProperties({"a": {"f": ["1"]}, "b": {"f": ["1"]}})
        selection = select(document, machine)
        assert selection.ranked == ("y",)
        assert selection.verdicts["x"].reason is Reason.UNLISTED_NAMESPACE


class TestOrder:
    def test_the_best_value_is_the_best_supported_one(self) -> None:
        """R41: [v4, v2] on a v2 host ranks as v2."""
        document = read(
            {
                "wide": {"x86_64": {"level": ["v4", "v2"]}},
                "one": {"x86_64": {"level": ["v1"]}},
            },
            "x86_64",
        )
        assert select(document, V2_HOST).ranked == ("wide", "one")

    def test_a_longer_list_wins_a_tie_of_prefixes(self) -> None:
        """R43."""
        machine = SupportedProperties({"a": {"f": ["1"], "g": ["1"]}})
        document = read(
            {"short": {"a": {"f": ["1"]}}, "z_long": {"a": {"f": ["1"], "g": ["1"]}}},
            "a",
        )
        assert select(document, machine).ranked == ("z_long", "short")

    def test_more_properties_do_not_beat_a_better_one(self) -> None:
        """F75 as PEP 825 changed it: {A best} before {A second, B}."""
        machine = SupportedProperties({"a": {"f": ["1", "2"], "g": ["1"]}})
        document = read(
            {"best": {"a": {"f": ["1"]}}, "more": {"a": {"f": ["2"], "g": ["1"]}}}, "a"
        )
        assert select(document, machine).ranked == ("best", "more")

    def test_equal_properties_are_ordered_by_label(self) -> None:
        """R44, E7."""
        same = {"x86_64": {"level": ["v1"]}}
        assert select(read({"b": same, "a": same}, "x86_64"), V2_HOST).ranked == (
            "a",
            "b",
        )

    def test_null_is_last(self) -> None:
        """R45."""
        document = read({"null": {}, "zz": {"x86_64": {"level": ["v1"]}}}, "x86_64")
        assert select(document, V2_HOST).ranked == ("zz", "null")

    def test_namespaces_rank_as_the_publisher_says(self) -> None:
        """R40."""
        machine = SupportedProperties({"a": {"f": ["1"]}, "b": {"f": ["1"]}})
        variants = {"x": {"a": {"f": ["1"]}}, "y": {"b": {"f": ["1"]}}}
        assert select(read(variants, "a", "b"), machine).best == "x"
        assert select(read(variants, "b", "a"), machine).best == "y"

    def test_old_dialects_may_reorder_features_and_values(self) -> None:
        """F38: what the publisher lists goes first, the provider's order follows."""
        machine = SupportedProperties({"a": {"f": ["1", "2"], "g": ["1"]}})
        variants = {
            "f1": {"a": {"f": ["1"]}},
            "f2": {"a": {"f": ["2"]}},
            "g1": {"a": {"g": ["1"]}},
        }
        priorities = {"feature": {"a": ["g"]}, "property": {"a": {"f": ["2"]}}}
        document = read(variants, "a", priorities=priorities)
        assert select(document, machine).ranked == ("g1", "f2", "f1")

    def test_abi_dependency_ranks_after_all_listed_namespaces(self) -> None:
        """R96 and DESIGN 3: it must not be listed."""
        machine = SupportedProperties(
            {"abi_dependency": {"torch": ["2.8"]}, "a": {"f": ["1"]}}
        )
        variants = {
            "abi": {"abi_dependency": {"torch": ["2.8"]}},
            "listed": {"a": {"f": ["1"]}},
        }
        assert select(read(variants, "a"), machine).ranked == ("listed", "abi")


class TestWishes:
    VARIANTS: ClassVar[dict[str, Any]] = {
        "a1": {"a": {"f": ["1"]}},
        "a2": {"a": {"f": ["2"]}},
        "b1": {"b": {"g": ["1"]}},
        "null": {},
    }
    MACHINE = SupportedProperties({"a": {"f": ["1", "2"]}, "b": {"g": ["1"]}})

    def document(self) -> VariantsJson:
        return read(self.VARIANTS, "a", "b")

    @pytest.mark.parametrize(
        ("priorities", "ranked"),
        [
            ([], ("a1", "a2", "b1", "null")),
            (["b"], ("b1", "a1", "a2", "null")),
            (["b :: g"], ("b1", "a1", "a2", "null")),
            (["a::f::2"], ("a2", "a1", "b1", "null")),
            (["b", "a::f::2"], ("b1", "a2", "a1", "null")),
            (["unknown"], ("a1", "a2", "b1", "null")),
        ],
    )
    def test_priorities(self, priorities: list[str], ranked: tuple[str, ...]) -> None:
        selection = select(self.document(), self.MACHINE, priorities=priorities)
        assert selection.ranked == ranked

    @pytest.mark.parametrize(
        ("exclude", "ranked"),
        [
            (["a"], ("b1", "null")),
            (["a::f"], ("b1", "null")),
            (["a::f::1"], ("a2", "b1", "null")),
            (["a1", "null"], ("a2", "b1")),
        ],
    )
    def test_exclusions(self, exclude: list[str], ranked: tuple[str, ...]) -> None:
        selection = select(self.document(), self.MACHINE, exclude=exclude)
        assert selection.ranked == ranked
        for label in set(self.VARIANTS) - set(ranked):
            assert selection.verdicts[label].reason is Reason.EXCLUDED

    def test_labels_narrow_and_order(self) -> None:
        """R47, R48."""
        selection = select(self.document(), self.MACHINE, labels=["null", "zz", "a2"])
        assert selection.ranked == ("null", "a2")
        assert selection.verdicts["a1"].reason is Reason.NOT_REQUESTED

    @pytest.mark.parametrize("bad", ["A", "a::B", "a::b::c::d", "a:b", "", "a::"])
    def test_what_cannot_be_read_is_an_error(self, bad: str) -> None:
        with pytest.raises(ValidationError, match="is not of the form"):
            select(self.document(), self.MACHINE, priorities=[bad])


class TestVerdicts:
    """A verdict with its evidence for every label."""

    DOCUMENT = read(
        {
            "v4": {"x86_64": {"level": ["v4"]}},
            "flag": {"x86_64": {"avx512_bf16": ["on"]}},
            "gpu": {"nvidia": {"sm_arch": ["90_real", "80_real"]}},
            "v1": {"x86_64": {"level": ["v1"]}},
            "bad": {"x86_64": []},
        },
        "nvidia",
        "x86_64",
    )

    @pytest.mark.parametrize(
        ("label", "reason", "text"),
        [
            (
                "v4",
                Reason.UNSUPPORTED_VALUE,
                "needs x86_64 :: level :: v4; this machine offers v2, v1",
            ),
            (
                "flag",
                Reason.UNSUPPORTED_FEATURE,
                "needs x86_64 :: avx512_bf16 :: on; this machine offers no avx512_bf16",
            ),
            (
                "gpu",
                Reason.UNSUPPORTED_NAMESPACE,
                (
                    "needs nvidia :: sm_arch :: 90_real, 80_real; "
                    "this machine offers nothing of nvidia"
                ),
            ),
            ("v1", Reason.COMPATIBLE, "compatible"),
            ("bad", Reason.INVALID, "x86_64: must be an object, each key once"),
            (
                "new",
                Reason.UNKNOWN,
                "the variant metadata does not list this label",
            ),
        ],
    )
    def test_names_what_decided(self, label: str, reason: Reason, text: str) -> None:
        verdict = select(self.DOCUMENT, V2_HOST).verdict(label)
        assert verdict.reason is reason
        assert verdict.explain() == text
        assert verdict.compatible is (label == "v1")

    def test_the_mapping_holds_every_label_of_the_document(self) -> None:
        verdicts = select(self.DOCUMENT, V2_HOST).verdicts
        assert set(verdicts) == {"v4", "flag", "gpu", "v1", "bad"}
        assert len(verdicts) == 5
        with pytest.raises(KeyError):
            verdicts["new"]

    def test_many_values_are_cut_short(self) -> None:
        machine = SupportedProperties({"a": {"f": [str(n) for n in range(30)]}})
        document = read({"x": {"a": {"f": ["99"]}}}, "a")
        assert (
            select(document, machine)
            .verdicts["x"]
            .explain()
            .endswith("this machine offers 0, 1, 2, 3, 4, 5, 6, 7, ... (30 values)")
        )
