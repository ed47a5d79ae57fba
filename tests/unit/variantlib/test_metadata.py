from __future__ import annotations

import json
from typing import Any

import pytest

from pip_variants.variantlib import VariantsJson
from pip_variants.variantlib._dialects import Dialect
from pip_variants.variantlib.errors import MetadataError
from pip_variants.variantlib.providers import Provider

SITE = "https://variants-schema.wheelnext.dev"
PEP_825 = f"{SITE}/peps/825/v0.1.1.json"
DRAFT = f"{SITE}/peps/850/v0.2.0.json"


def document(**sections: Any) -> dict[str, Any]:
    return {
        "$schema": PEP_825,
        "default-priorities": {"namespace": ["x86_64", "blas"]},
        "variants": {"v3": {"x86_64": {"level": ["v3"]}}, "null": {}},
    } | sections


class TestDialects:
    """PROVIDERS 3: six dialects were published; ``$schema`` tells them apart."""

    @pytest.mark.parametrize(
        ("schema", "dialect"),
        [
            (f"{SITE}/v0.0.2.json", Dialect.V0_0_2),
            (f"{SITE}/v0.0.3.json", Dialect.V0_0_3),
            (PEP_825, Dialect.PEP_825),
            (DRAFT, Dialect.PROVIDERS),
            (f"{SITE}/peps/826/v0.2.0.json", Dialect.PROVIDERS),
            ("https://packaging.python.org/schemas/v1.0.0.json", Dialect.PROVIDERS),
            # R18: a newer minor version of a known major one
            ("https://packaging.python.org/schemas/v1.7.0.json", Dialect.PROVIDERS),
            (SITE, Dialect.PYCON),
            (f"{SITE}/", Dialect.PYCON),
        ],
    )
    def test_by_schema(self, schema: str, dialect: Dialect) -> None:
        sections = document(**{"$schema": schema}, providers={})
        assert VariantsJson.from_dict(sections).dialect is dialect

    @pytest.mark.parametrize(
        ("schema", "message"),
        [
            # R17: an unknown major version; R16: a draft that nobody published
            (f"{SITE}/v2.0.0.json", "'v2.0.0' is not known"),
            (f"{SITE}/v9.0.0.json", "not known"),
            (f"{SITE}/v0.9.0.json", "not known"),
            # R21: no version at all
            ("https://example.org/schema.json", "names no version"),
            ("", "names no version"),
            (17, "must be a URL"),
        ],
    )
    def test_what_nobody_can_rely_on_is_refused(
        self, schema: object, message: str
    ) -> None:
        """E10."""
        with pytest.raises(MetadataError, match=message):
            VariantsJson.from_dict(document(**{"$schema": schema}))

    def test_pep_825_requires_the_schema(self) -> None:
        """E10: absent."""
        sections = document()
        del sections["$schema"]
        with pytest.raises(MetadataError, match=r"\$schema: missing"):
            VariantsJson.from_dict(sections)

    def test_the_oldest_did_without(self) -> None:
        first = VariantsJson.from_dict(
            {
                "providers": {"b": ["plugin-b"], "a": ["plugin-a"]},
                "variants": {"12345678": {"a": {"f": "1"}, "b": {"g": "2"}}},
            }
        )
        assert first.dialect is Dialect.V0_0_1
        assert first.namespaces == ("b", "a")
        assert first.providers["a"] == Provider(requires=("plugin-a",))
        assert first.properties("12345678") == {"a": {"f": ["1"]}, "b": {"g": ["2"]}}

    def test_pycon_has_flat_lists_of_priorities(self) -> None:
        """Seed 000 ships empty lists; others name features and properties."""
        pycon = VariantsJson.from_dict(
            {
                "default-priorities": {
                    "namespace": ["nvidia"],
                    "feature": ["nvidia :: cuda", "nvidia::arch"],
                    "property": ["nvidia :: cuda :: 12.8"],
                },
                "providers": {
                    "nvidia": {
                        "plugin-api": "nvidia_variant_provider.plugin:NvidiaVariantPlugin",
                        "requires": ["nvidia-variant-provider == 0.0.1"],
                    }
                },
                "variants": {"00000000": {}, "d5784ad6": {"nvidia": {"cuda": "12.8"}}},
            }
        )
        assert pycon.dialect is Dialect.PYCON
        assert pycon.feature_order == {"nvidia": ("cuda", "arch")}
        assert pycon.value_order == {("nvidia", "cuda"): ("12.8",)}
        assert pycon.properties("00000000") == {}
        assert not pycon.problems

    def test_v0_0_3_has_static_properties_at_the_top(self) -> None:
        read = VariantsJson.from_dict(
            document(
                **{"$schema": f"{SITE}/v0.0.3.json"},
                providers={
                    "blas": {"requires": ["blas-provider"], "install-time": False},
                    "x86_64": {
                        "requires": ["provider-variant-x86-64"],
                        "enable-if": "platform_machine == 'x86_64'",
                    },
                },
                **{"static-properties": {"blas": {"library": ["mkl", "openblas"]}}},
            )
        )
        static = (("library", ("mkl", "openblas")),)
        assert read.providers["blas"].static_properties == static
        assert read.providers["x86_64"].enable_if == "platform_machine == 'x86_64'"

    @pytest.mark.parametrize("key", ["plugin-use", "install-time"])
    def test_a_provider_that_is_not_asked_offers_the_publishers_values(
        self, key: str
    ) -> None:
        """PROVIDERS 8: torch 2.9's "priority" has an order and nothing else."""
        read = VariantsJson.from_dict(
            {
                "$schema": f"{SITE}/v0.0.3.json",
                "default-priorities": {
                    "namespace": ["priority"],
                    "property": {"priority": {"order": ["1", "2", "3"]}},
                },
                "providers": {
                    "priority": {
                        "requires": [],
                        key: "none" if key == "plugin-use" else False,
                    }
                },
                "variants": {},
            }
        )
        assert read.providers["priority"].static_properties == (
            ("order", ("1", "2", "3")),
        )

    def test_the_draft_keeps_static_properties_in_the_provider(self) -> None:
        read = VariantsJson.from_dict(
            document(
                **{"$schema": DRAFT},
                providers={
                    "blas": {
                        "static-properties": {"b": ["1"], "a": ["2"]},
                        "feature-order": ["b", "a"],
                    },
                    "x86_64": {"requires": ["p"], "optional": True},
                },
            )
        )
        assert read.providers["blas"].static_properties == (
            ("b", ("1",)),
            ("a", ("2",)),
        )
        assert read.providers["x86_64"].optional

    def test_enable_if_means_nothing_since_pep_825(self) -> None:
        read = VariantsJson.from_dict(
            document(
                **{"$schema": DRAFT},
                providers={"x86_64": {"requires": ["p"], "enable-if": "False"}},
            )
        )
        assert read.providers["x86_64"].enable_if is None


class TestDamageControl:
    """R3, E9: what is bad is left out and listed, the rest stays usable."""

    @pytest.mark.parametrize(
        ("label", "properties"),
        [
            ("V3", {"x86_64": {"level": ["v3"]}}),
            ("a/b", {}),
            ("bad", {"X86": {"level": ["v3"]}}),
            ("bad", {"x86_64": {"Level": ["v3"]}}),
            ("bad", {"x86_64": {"level": ["V2"]}}),
            ("bad", {"x86_64": {"level": []}}),
            ("bad", {"x86_64": {"level": "v3"}}),
            ("bad", {"x86_64": {"level": [3]}}),
            ("bad", {"x86_64": {"level": [["v3"]]}}),
            ("bad", {"x86_64": []}),
            ("bad", None),
        ],
    )
    def test_one_bad_label_does_not_take_the_others(
        self, label: str, properties: object
    ) -> None:
        sections = document()
        sections["variants"][label] = properties
        read = VariantsJson.from_dict(sections)
        assert set(read.variants) == {"v3", "null"}
        assert set(read.lost) == {label}
        assert [problem.path[:2] for problem in read.problems] == [("variants", label)]

    @pytest.mark.parametrize("label", ["null", "00000000"])
    def test_a_null_variant_with_properties_is_lost(self, label: str) -> None:
        """R14, E8."""
        sections = document(variants={label: {"x86_64": {"level": ["v3"]}}})
        assert set(VariantsJson.from_dict(sections).lost) == {label}

    def test_a_label_that_stands_twice_with_different_contents_is_lost(self) -> None:
        """E6."""
        text = json.dumps(document()).replace(
            '"null": {}', '"a": {}, "a": {"x86_64": {"level": ["v1"]}}'
        )
        read = VariantsJson.from_bytes(text.encode())
        assert set(read.variants) == {"v3"}
        assert set(read.lost) == {"a"}

    @pytest.mark.parametrize(
        "provider",
        [
            None,
            {},
            {"requires": "text"},
            {"requires": [1]},
            {"requires": []},
            {"requires": ["p"], "optional": "yes"},
            {"requires": ["p"], "plugin-api": 1},
            {"static-properties": []},
            {"static-properties": {"level": ["V3"]}},
            # R78: both kinds; R79: several features without an order
            {"requires": ["p"], "static-properties": {"level": ["v3"]}},
            {"static-properties": {"a": ["1"], "b": ["1"]}},
        ],
    )
    def test_one_bad_provider_does_not_take_the_others(self, provider: object) -> None:
        sections = document(
            **{"$schema": DRAFT},
            providers={"x86_64": {"requires": ["p"]}, "blas": provider},
        )
        read = VariantsJson.from_dict(sections)
        assert set(read.providers) == {"x86_64"}
        assert [problem.path[:2] for problem in read.problems] == [
            ("providers", "blas")
        ]

    def test_bad_priorities_lose_only_themselves(self) -> None:
        sections = document(
            **{"default-priorities": {"namespace": ["x86_64", "X!"], "feature": 3}}
        )
        read = VariantsJson.from_dict(sections)
        assert read.namespaces == ("x86_64",)
        assert {problem.path for problem in read.problems} == {
            ("default-priorities", "feature"),
            ("default-priorities", "namespace"),
        }

    @pytest.mark.parametrize("variants", [None, [], "text"])
    def test_without_variants_nothing_is_usable(self, variants: object) -> None:
        with pytest.raises(MetadataError, match="variants"):
            VariantsJson.from_dict(document(variants=variants))
        sections = document()
        del sections["variants"]
        with pytest.raises(MetadataError, match="variants: missing"):
            VariantsJson.from_dict(sections)

    def test_unknown_keys_are_no_problem(self) -> None:
        """R18: a newer minor version adds keys."""
        sections = document(**{"$schema": f"{SITE}/v1.7.0.json"}, providers={}, new=1)
        assert not VariantsJson.from_dict(sections).problems


class TestCombining:
    """R24, R27, R85 and PEP 825, "Metadata consistency"."""

    def test_labels_are_united_and_the_longer_list_wins(self) -> None:
        short = document(variants={"a": {}})
        short["default-priorities"] = {"namespace": ["x86_64"]}
        one = VariantsJson.from_dict(short)
        two = VariantsJson.from_dict(document(variants={"b": {}}))
        assert one.combine(two).namespaces == ("x86_64", "blas")
        assert set(one.combine(two).variants) == {"a", "b"}

    def test_a_label_with_two_meanings_is_lost(self) -> None:
        one = VariantsJson.from_dict(document())
        other = document(variants={"v3": {"x86_64": {"level": ["v4"]}}, "x": {}})
        combined = one.combine(VariantsJson.from_dict(other))
        assert set(combined.variants) == {"null", "x"}
        assert combined.lost == {"v3": "has different properties in different files"}

    def test_the_order_of_values_is_no_difference(self) -> None:
        """R26: they are sets."""
        one = document(variants={"a": {"x86_64": {"level": ["v1", "v2"]}}})
        two = document(variants={"a": {"x86_64": {"level": ["v2", "v1"]}}})
        combined = VariantsJson.from_dict(one).combine(VariantsJson.from_dict(two))
        assert not combined.lost

    def test_orders_that_part_keep_what_they_share(self) -> None:
        orders = (["a", "b"], ["a", "c"], ["a", "b", "d"])
        documents = [
            VariantsJson.from_dict(document(**{"default-priorities": {"namespace": o}}))
            for o in orders
        ]
        combined = documents[0].combine(*documents[1:])
        assert combined.namespaces == ("a",)
        assert "contradict" in str(combined.problems[0])

    def test_a_namespace_with_two_providers_has_none(self) -> None:
        """R85."""
        one, two = (
            VariantsJson.from_dict(
                document(
                    **{"$schema": DRAFT}, providers={"x86_64": {"requires": [package]}}
                )
            )
            for package in ("one", "two")
        )
        combined = one.combine(two)
        assert "x86_64" not in combined.providers
        assert combined.names_providers


class TestWriting:
    def test_without_providers_it_is_pep_825(self) -> None:
        written = VariantsJson.from_dict(document()).to_dict()
        assert set(written) == {"$schema", "default-priorities", "variants"}
        assert written["$schema"].endswith("/825/v0.1.1.json")
        assert written["default-priorities"] == {"namespace": ["x86_64", "blas"]}

    def test_values_are_sorted_sets(self) -> None:
        """R26."""
        sections = document(variants={"a": {"x86_64": {"level": ["90", "100", "90"]}}})
        written = VariantsJson.from_dict(sections).to_dict()
        assert written["variants"]["a"]["x86_64"]["level"] == ["100", "90"]

    def test_old_dialects_become_the_newest(self) -> None:
        old = VariantsJson.from_dict(
            document(
                **{"$schema": f"{SITE}/v0.0.2.json"},
                providers={
                    "x86_64": {
                        "requires": ["p>=1", "q; os_name == 'nt'"],
                        "enable-if": "sys_platform == 'linux'",
                        "plugin-api": "p.plugin:P",
                    }
                },
            )
        )
        written = old.to_dict()
        assert written["$schema"] == DRAFT
        assert written["providers"]["x86_64"] == {
            "requires": [
                "p>=1; sys_platform == 'linux'",
                "q; (os_name == 'nt') and (sys_platform == 'linux')",
            ],
            "plugin-api": "p.plugin:P",
        }
        assert VariantsJson.from_dict(written).properties("v3") == old.properties("v3")
