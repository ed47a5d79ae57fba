"""Which properties exist, and which a wheel may have together: R94, R98, R104, R105."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from pip_variants.variantlib.builtin import builtin_of
from pip_variants.variantlib.errors import Refusal
from pip_variants.variantlib.metadata import VariantsJson
from pip_variants.variantlib.model import Properties
from pip_variants.variantlib.providers import Provider
from pip_variants.variantlib.publishing.project.seed import Seed
from pip_variants.variantlib.publishing.vocabulary import (
    BuiltinVocabulary,
    ListedWords,
    Words,
    check_properties,
    fill,
)

DIALECTS = Path(__file__).parents[4] / "dialects"

X86 = {"requires": ["provider-variant-x86-64"]}
NVIDIA = {"requires": ["nvidia-variant-provider >=0.0.2,<1"]}


def seed(**providers: dict[str, Any]) -> Seed:
    table = {
        "default-priorities": {"namespace": [*providers]},
        "providers": providers,
    }
    return Seed.from_dict(table)


def problems(properties: Properties, seed: Seed) -> list[str]:
    checked = check_properties(properties, seed, BuiltinVocabulary())
    assert not checked.unchecked
    return [str(problem) for problem in checked.problems]


class TestBuiltInProviders:
    """R105, where the built-in providers know."""

    def test_what_exists_is_no_problem(self) -> None:
        found = problems(
            {
                "x86_64": {"level": ["v3"], "avx2": ["on"]},
                "nvidia": {
                    "cuda_version_lower_bound": ["12.8"],
                    "sm_arch": ["90_real", "100_real", "120_virtual"],
                },
            },
            seed(x86_64=X86, nvidia=NVIDIA),
        )
        assert found == []

    def test_an_unknown_feature_is_told_with_what_may_have_been_meant(self) -> None:
        (found,) = problems({"x86_64": {"levle": ["v3"]}}, seed(x86_64=X86))
        assert found == (
            "x86_64.levle: the built-in provider knows no feature 'levle'; "
            "did you mean level?"
        )

    def test_an_unknown_value_is_told_with_what_may_have_been_meant(self) -> None:
        (found,) = problems({"nvidia": {"sm_arch": ["90_reel"]}}, seed(nvidia=NVIDIA))
        assert found.startswith(
            "nvidia.sm_arch: the built-in provider knows no value '90_reel'; "
            "did you mean 90_real?"
        )

    @pytest.mark.parametrize(
        ("feature", "value", "meant"),
        [
            ("sm_arch", "90", "90_real"),
            ("cuda_version_lower_bound", "12.6x", "12.6"),
        ],
    )
    def test_the_beginning_of_a_value_is_enough_to_name_one(
        self, feature: str, value: str, meant: str
    ) -> None:
        (found,) = problems({"nvidia": {feature: [value]}}, seed(nvidia=NVIDIA))
        assert found.endswith(f"knows no value {value!r}; did you mean {meant}?")

    def test_of_thousands_of_mistakes_the_first_are_told(self) -> None:
        values = [f"v{number}" for number in range(5, 10_000)]
        found = problems({"x86_64": {"level": values}}, seed(x86_64=X86))
        assert len(found) == 101
        assert found[-1] == "x86_64: has further mistakes like these"

    def test_a_value_like_no_other_is_told_with_those_that_exist(self) -> None:
        (found,) = problems({"x86_64": {"level": ["haswell"]}}, seed(x86_64=X86))
        assert found.endswith("no value 'haswell'; it knows v4, v3, v2, v1")

    def test_a_long_list_is_cut_short(self) -> None:
        (found,) = problems(
            {"nvidia": {"cuda_version_lower_bound": ["turing"]}}, seed(nvidia=NVIDIA)
        )
        assert found.endswith("15.14, 15.13, ... (110 in all)")

    def test_several_values_of_a_feature_with_one_are_an_error(self) -> None:
        """R94"""
        (found,) = problems({"x86_64": {"level": ["v3", "v2"]}}, seed(x86_64=X86))
        assert found == (
            "x86_64.level: a wheel may list only one value of this feature, not v2, v3"
        )

    def test_the_same_value_twice_is_one(self) -> None:
        """R26: values are a set."""
        assert problems({"x86_64": {"level": ["v3", "v3"]}}, seed(x86_64=X86)) == []

    def test_all_problems_are_told_at_once(self) -> None:
        found = problems(
            {"x86_64": {"level": ["v7", "v8"], "avx3": ["on"], "avx2": ["off"]}},
            seed(x86_64=X86),
        )
        assert len(found) == 5

    def test_hostile_text_is_cut_short(self) -> None:
        (found,) = problems({"x86_64": {"a" * 100_000: ["on"]}}, seed(x86_64=X86))
        # The place is as it stands; what is said about it is short.
        assert len(found) < 100_500


class TestNamespaces:
    def test_one_that_is_not_listed_is_a_problem(self) -> None:
        """R98: each namespace stands in the priorities."""
        (found,) = problems({"aarch64": {"sve2": ["on"]}}, seed(x86_64=X86))
        assert found == "aarch64: is not listed in default-priorities.namespace"

    def test_abi_dependency_needs_neither_provider_nor_place(self) -> None:
        """R96: its features are distributions, of which any may exist."""
        properties = {"abi_dependency": {"torch": ["2.8", "2.9"]}}
        assert problems(properties, seed(x86_64=X86)) == []

    def test_one_of_a_plugin_is_unchecked_with_the_reason(self) -> None:
        own = seed(mpi={"requires": ["mpi-provider"]})
        checked = check_properties({"mpi": {"x": ["1"]}}, own, BuiltinVocabulary())
        assert checked.problems == ()
        assert str(checked.unchecked["mpi"]) == (
            "mpi asks for mpi-provider, and only built-in providers are asked here"
        )

    def test_without_metadata_a_namespace_is_enough(self) -> None:
        """PEP 825 names nobody."""
        properties = {"x86_64": {"level": ["v5"]}, "mpi": {"x": ["1"]}}
        checked = check_properties(
            properties, Seed.of_properties(properties), BuiltinVocabulary()
        )
        assert [problem.path for problem in checked.problems] == [("x86_64", "level")]
        assert [*checked.unchecked] == ["mpi"]

    def test_a_fork_of_a_provider_is_somebody_else(self) -> None:
        """F10: another package may know other features."""
        own = seed(x86_64={"requires": ["my-own-x86"]})
        checked = check_properties({"x86_64": {"x": ["1"]}}, own, BuiltinVocabulary())
        assert (checked.problems, [*checked.unchecked]) == ((), ["x86_64"])

    @pytest.mark.parametrize(
        ("holds", "known"), [(lambda _: True, True), (lambda _: False, False)]
    )
    def test_markers_decide_who_is_named(self, holds: Any, known: bool) -> None:
        requires = ("provider-variant-x86-64; python_version >= '3.12'",)
        assert bool(builtin_of("x86_64", Provider(requires), holds)) is known
        # Where nobody evaluates them, there is some machine for each.
        assert builtin_of("x86_64", Provider(requires))

    @pytest.mark.parametrize(
        "requires", [(), ("-r evil",), ("provider-variant-x86-64 @ https://a.example",)]
    )
    def test_requirements_that_name_nothing(self, requires: tuple[str, ...]) -> None:
        assert builtin_of("x86_64", Provider(requires)) is None
        with pytest.raises(Refusal):
            BuiltinVocabulary().words("x86_64", Provider(requires))


class TestStaticProperties:
    """R104: the list in the project is the vocabulary of its namespace."""

    BLAS: ClassVar = {"static-properties": {"library": ["mkl", "openblas"]}}

    def test_a_value_outside_of_the_list_is_an_error(self) -> None:
        (found,) = problems({"blas": {"library": ["openblass"]}}, seed(blas=self.BLAS))
        assert found == (
            "blas.library: static-properties knows no value 'openblass'; "
            "did you mean openblas?"
        )

    def test_nothing_says_that_several_values_are_wrong(self) -> None:
        properties = {"blas": {"library": ["mkl", "openblas"]}}
        assert problems(properties, seed(blas=self.BLAS)) == []

    def test_they_come_before_the_built_in_provider(self) -> None:
        own = seed(x86_64={"static-properties": {"level": ["v9"]}})
        assert problems({"x86_64": {"level": ["v9"]}}, own) == []


class TestPublishedFiles:
    """What was published with these providers, as it stands, is right."""

    @pytest.mark.parametrize("name", sorted(p.name for p in DIALECTS.glob("*.json")))
    def test_there_are_no_problems(self, name: str) -> None:
        document = VariantsJson.from_dict(json.loads((DIALECTS / name).read_text()))
        own = Seed(document)
        for properties in document.variants.values():
            checked = check_properties(properties, own, BuiltinVocabulary())
            listed = [p for p in checked.problems if len(p.path) > 1]
            assert listed == []

    def test_the_words_of_may_2025_are_for_files_of_that_time(self) -> None:
        old = VariantsJson.from_bytes((DIALECTS / "pycon-torch-2.7.json").read_bytes())
        wrong = {"nvidia": {"cuda": ["banana"]}}
        (found,) = problems(wrong, Seed(old))
        assert "no value 'banana'" in found
        (found,) = problems({"nvidia": {"cuda": ["12.8"]}}, seed(nvidia=NVIDIA))
        assert "knows no feature 'cuda'" in found


class Fixed:
    """A vocabulary of one plugin."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def words(self, namespace: str, provider: Provider | None) -> Words:
        del namespace, provider
        return self._words


FEATURES = (("speed", ("2", "1")), ("colour", ("red",)))


class TestFilling:
    """R101, R104: static lists that a plugin knows."""

    def table(self, **more: Any) -> dict[str, Any]:
        return {
            "default-priorities": {"namespace": ["hw"], **more},
            "providers": {
                "hw": {"build-requires": ["hw-plugin"], "plugin-api": "hw_plugin:P"}
            },
        }

    def test_the_list_and_its_order_are_the_plugins(self) -> None:
        words = ListedWords("hw-plugin 1.0", FEATURES, frozenset(), FEATURES)
        own = Seed.from_dict(self.table())
        filled = fill(own, Fixed(words))
        document = own.document("fast", {"hw": {"speed": ["2"]}}, filled)
        # Neither build-requires nor plugin-api is left.
        assert document.to_dict()["providers"] == {
            "hw": {
                "static-properties": {"speed": ["2", "1"], "colour": ["red"]},
                "feature-order": ["speed", "colour"],
            }
        }
        # What is written is valid, and read as it was meant.
        again = VariantsJson.from_dict(document.to_dict())
        assert again.problems == ()
        assert again.providers["hw"].static_properties == FEATURES

    def test_what_the_project_puts_first_comes_first(self) -> None:
        """Building draft: features that its list lacks are appended."""
        own = Seed.from_dict(
            self.table(
                feature={"hw": ["colour"]}, property={"hw": {"speed": ["1", "9"]}}
            )
        )
        words = ListedWords("hw-plugin 1.0", FEATURES, None, FEATURES)
        assert fill(own, Fixed(words))["hw"].static_properties == (
            ("colour", ("red",)),
            ("speed", ("1", "2")),
        )

    def test_a_plugin_whose_answers_differ_cannot_fill_in(self) -> None:
        own = Seed.from_dict(self.table())
        with pytest.raises(Refusal, match="all_properties_compatible") as caught:
            fill(own, Fixed(ListedWords("hw-plugin 1.0", FEATURES)))
        assert "hw-plugin 1.0" in caught.value.reason
        assert "static-properties" in caught.value.remedy

    def test_no_built_in_provider_can_fill_in(self) -> None:
        table = self.table()
        table["default-priorities"] = {"namespace": ["x86_64"]}
        table["providers"] = {"x86_64": {"build-requires": X86["requires"]}}
        with pytest.raises(Refusal, match="the built-in provider cannot fill in"):
            fill(Seed.from_dict(table), BuiltinVocabulary())

    def test_nothing_to_fill_asks_nobody(self) -> None:
        assert fill(seed(mpi={"requires": ["mpi-provider"]}), BuiltinVocabulary()) == {}
