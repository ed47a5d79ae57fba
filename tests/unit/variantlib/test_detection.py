from __future__ import annotations

from typing import Any

import pytest

from pip_variants.variantlib import VariantsJson
from pip_variants.variantlib.answer import Answer, Source
from pip_variants.variantlib.builtin.host import Host
from pip_variants.variantlib.detection import Detector
from pip_variants.variantlib.inquiry import Inquiry

SITE = "https://variants-schema.wheelnext.dev"
FORCED = {
    "NV_VARIANT_PROVIDER_FORCE_CUDA_DRIVER_VERSION": "12.8",
    "NV_VARIANT_PROVIDER_FORCE_SM_ARCH": "9.0",
}
NVIDIA = "nvidia-variant-provider"


def read(version: str = "0.2.0", **sections: Any) -> VariantsJson:
    return VariantsJson.from_dict(
        {
            "$schema": f"{SITE}/v{version}.json",
            "default-priorities": {"namespace": ["nvidia", "blas", "odd"]},
            "providers": {},
            "variants": {
                "all": {
                    "nvidia": {"sm_arch": ["90_real"]},
                    "blas": {"library": ["mkl"]},
                    "odd": {"f": ["1"]},
                }
            },
        }
        | sections
    )


def detector(**options: Any) -> Detector:
    def evaluate(marker: str) -> bool:
        if marker == "unreadable":
            raise ValueError
        return marker == "true"

    host = Host("Linux", "x86_64", FORCED)
    return Detector(Inquiry(host), evaluate, **options)


def answer(provider: dict[str, Any], version: str = "0.2.0", **options: Any) -> Answer:
    document = read(version, providers={"nvidia": provider})
    return detector(**options).answer("nvidia", document)


class TestSources:
    """DESIGN 4: the first source that applies decides."""

    def test_a_static_list_is_used_exclusively(self) -> None:
        """R70, also for a namespace that has a built-in provider."""
        given = answer({"static-properties": {"sm_arch": ["90_real"]}})
        assert given.source is Source.STATIC
        assert given.features == (("sm_arch", ("90_real",)),)

    def test_the_built_in_provider_answers_for_its_package(self) -> None:
        given = answer({"requires": [f"{NVIDIA}>=0.0.1,<1.0.0"]})
        assert given.source is Source.BUILTIN
        assert dict(given.features)["sm_arch"] == ("90_real", "90_virtual")
        assert given.seconds > 0

    @pytest.mark.parametrize(
        "spelling", ["NVIDIA_Variant.Provider", f"{NVIDIA} == 0.0.1"]
    )
    def test_spellings_do_not_matter(self, spelling: str) -> None:
        assert answer({"requires": [spelling]}).source is Source.BUILTIN

    def test_a_fork_is_somebody_elses(self) -> None:
        """F10."""
        given = answer({"requires": ["my-nvidia-provider"]})
        assert given.source is Source.NOBODY
        assert given.features == ()
        assert given.note == "only built-in providers answer here"

    @pytest.mark.parametrize(
        "hostile",
        ["-r evil.txt", "--index-url=http://x", f"{NVIDIA} @ https://x/y.whl", ""],
    )
    def test_what_is_no_plain_requirement_names_nobody(self, hostile: str) -> None:
        """E17."""
        assert answer({"requires": [hostile]}).source is Source.NOBODY

    def test_the_first_requirement_that_applies_counts(self) -> None:
        """R80, R81."""
        chosen = {"requires": ["other; false", f"{NVIDIA}; true"]}
        assert answer(chosen).source is Source.BUILTIN
        chosen = {"requires": ["other; true", NVIDIA]}
        assert answer(chosen).source is Source.NOBODY
        chosen = {"requires": [f"{NVIDIA}; false"]}
        assert answer(chosen).source is Source.NOBODY

    def test_pep_825_names_nobody_and_the_namespace_is_enough(self) -> None:
        document = read("0.1.1")
        assert detector().answer("nvidia", document).source is Source.BUILTIN

    def test_a_missing_provider_entry_is_no_provider(self) -> None:
        """R67, E9: in a dialect that has providers."""
        given = detector().answer("nvidia", read())
        assert given.source is Source.NOBODY
        assert "names no provider" in given.note

    def test_a_namespace_that_nobody_knows(self) -> None:
        document = read(providers={"odd": {"requires": ["odd-provider"]}})
        assert detector().answer("odd", document).source is Source.NOBODY


class TestSwitches:
    def test_optional_is_off_until_enabled(self) -> None:
        """R69, R83."""
        provider = {"requires": [NVIDIA], "optional": True}
        assert answer(provider).source is Source.DISABLED
        assert answer(provider, enabled=["nvidia"]).source is Source.BUILTIN

    @pytest.mark.parametrize(
        ("marker", "source"),
        [
            ("true", Source.BUILTIN),
            ("false", Source.DISABLED),
            # E11: a marker that cannot be read switches the provider off
            ("unreadable", Source.DISABLED),
        ],
    )
    def test_enable_if(self, marker: str, source: Source) -> None:
        """F41."""
        provider = {"requires": [NVIDIA], "enable-if": marker}
        assert answer(provider, "0.0.2").source is source

    def test_another_machine_is_not_this_one(self) -> None:
        """E39: static lists hold anywhere, what this machine offers does not."""
        assert answer({"requires": [NVIDIA]}, ask_machine=False).features == ()
        static = {"static-properties": {"sm_arch": ["90_real"]}}
        assert answer(static, ask_machine=False).source is Source.STATIC


class TestSupported:
    def test_collects_the_namespaces_that_labels_use(self) -> None:
        document = read(
            providers={
                "nvidia": {"requires": [NVIDIA]},
                "blas": {"static-properties": {"library": ["mkl", "openblas"]}},
                "unused": {"static-properties": {"f": ["1"]}},
            }
        )
        supported, answers = detector().supported(document)
        assert supported.values("blas", "library") == ("mkl", "openblas")
        assert supported.values("nvidia", "sm_arch") == ("90_real", "90_virtual")
        assert [each.namespace for each in answers] == ["nvidia", "blas", "odd"]

    def test_asks_a_provider_once(self) -> None:
        one = detector()
        document = read(providers={"nvidia": {"requires": [NVIDIA]}})
        first = one.answer("nvidia", document)
        assert one.answer("nvidia", document) == first

    def test_an_invalid_override_is_a_warning_and_no_properties(self) -> None:
        host = Host(
            "Linux",
            "x86_64",
            {"NV_VARIANT_PROVIDER_FORCE_CUDA_DRIVER_VERSION": "abc"},
        )
        given = Detector(Inquiry(host), bool).answer("nvidia", read("0.1.1"))
        assert given.features == ()
        assert "NV_VARIANT_PROVIDER_FORCE_CUDA_DRIVER_VERSION" in given.warnings[0]

    def test_metadata_of_may_2025_gets_the_feature_of_may_2025(self) -> None:
        """PROVIDERS 1.1: the first generation had one feature, "cuda"."""
        document = VariantsJson.from_dict(
            {
                "default-priorities": {"namespace": ["nvidia"], "feature": []},
                "providers": {"nvidia": {"requires": [NVIDIA], "plugin-api": "a:b"}},
                "variants": {"d5784ad6": {"nvidia": {"cuda": "12.8"}}},
            }
        )
        supported, _ = detector().supported(document)
        assert supported.values("nvidia", "cuda")[:3] == ("12.8", "12.7", "12.6")


class TestGenerations:
    """The provider of ``nvidia`` was published with two vocabularies."""

    @pytest.mark.parametrize(
        ("features", "first"),
        [
            ({"cuda": ["12.8"]}, True),
            ({"cuda": ["12.8"], "sm_arch": ["90_real"]}, False),
            ({"sm_arch": ["90_real"]}, False),
        ],
    )
    def test_the_words_tell_where_the_dialect_is_new(
        self, features: dict[str, list[str]], first: bool
    ) -> None:
        """Old metadata that was written anew, as in a lock file, has its old words."""
        document = read(
            providers={"nvidia": {"requires": [NVIDIA]}},
            variants={"null": {}, "gpu": {"nvidia": features}},
        )
        found = dict(detector().answer("nvidia", document).features)
        assert ("cuda" in found) == first
        assert ("sm_arch" in found) != first
