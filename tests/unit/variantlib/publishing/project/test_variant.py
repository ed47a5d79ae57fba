"""Which variant is asked for, in the words of a command line (PROVIDERS 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pip_variants.variantlib.errors import Refusal
from pip_variants.variantlib.providers import Provider
from pip_variants.variantlib.publishing.project.matrix import read_matrix
from pip_variants.variantlib.publishing.project.seed import Seed
from pip_variants.variantlib.publishing.project.variant import Wanted, WantedError
from pip_variants.variantlib.publishing.vocabulary import (
    BuiltinVocabulary,
    ListedWords,
    Words,
)

V3 = "x86_64 :: level :: v3"
X86_64 = {"requires": ["provider-variant-x86-64"]}


def seed(*namespaces: str, **sections: Any) -> Seed:
    listed = namespaces or ("x86_64",)
    providers = {name: {"requires": [f"{name}-provider"]} for name in listed}
    providers |= {"x86_64": X86_64} if "x86_64" in listed else {}
    return Seed.from_dict(
        {
            "default-priorities": {"namespace": [*listed]},
            "providers": providers,
            **sections,
        },
        source="pyproject.toml",
    )


PROJECT = seed(variants={"v3": {"x86_64": {"level": ["v3"]}}})


@pytest.mark.parametrize(
    ("properties", "label"),
    [
        # PROVIDERS 3.1, whose hashes the published tools gave
        (["nvidia :: cuda_version_lower_bound :: 12.8"], "f839a2dd"),
        (["x86_64 :: level :: v3"], "fa7c1393"),
        (["blas_lapack :: library :: openblas", V3], "35ba9e9a"),
        ([V3, "blas_lapack::library  ::openblas", V3], "35ba9e9a"),
        (
            [
                "nvidia :: sm_arch :: 90_real",
                "nvidia :: cuda_version_lower_bound :: 12.8",
                "nvidia :: sm_arch :: 120_real",
            ],
            "f1eddfec",
        ),
    ],
)
def test_the_default_label_is_that_of_the_published_tools(
    properties: list[str], label: str
) -> None:
    assert Wanted.read(properties).label == label


def test_properties_are_sorted() -> None:
    """R26: values are sorted as text."""
    texts = ["b :: f :: 75", "b :: f :: 100", "a :: g :: x", "b :: e :: on"]
    properties = Wanted.read(texts).properties
    assert properties == {"a": {"g": ["x"]}, "b": {"e": ["on"], "f": ["100", "75"]}}
    assert [*properties] == ["a", "b"]
    assert [*properties["b"]] == ["e", "f"]


def test_a_label_may_be_given() -> None:
    assert Wanted.read([V3], label="fast.v_3").label == "fast.v_3"


@pytest.mark.parametrize("label", [None, "null"])
def test_the_null_variant_is_called_null(label: str | None) -> None:
    """R14."""
    wanted = Wanted.read(null=True, label=label, seed=PROJECT)
    assert (wanted.label, wanted.properties) == ("null", {})
    assert Wanted.read(label="null", seed=PROJECT).properties == {}


def test_a_label_alone_stands_for_the_properties_that_the_project_gives_it() -> None:
    wanted = Wanted.read(label="v3", seed=PROJECT)
    assert wanted.properties == {"x86_64": {"level": ["v3"]}}
    assert wanted.label == "v3"
    assert Wanted.read([V3], label="v3", seed=PROJECT).properties == wanted.properties


def test_a_label_of_the_matrix_stands_for_its_properties() -> None:
    project = seed(
        matrix={"axes": {"level": {"property": "x86_64 :: level", "values": ["v2"]}}}
    )
    (cell,) = read_matrix(project)
    wanted = Wanted.read(label=cell.label, seed=project)
    assert wanted.properties == {"x86_64": {"level": ["v2"]}}
    (problem,) = problems(V3, label=cell.label, seed=project)
    assert "has other properties in the project: x86_64 :: level :: v2" in problem


def test_abi_dependency_needs_no_place_in_the_list() -> None:
    """R96."""
    wanted = Wanted.read([V3, "abi_dependency :: torch :: 2.8"], seed=PROJECT)
    assert wanted.properties["abi_dependency"] == {"torch": ["2.8"]}


def problems(*properties: str, **asked: Any) -> tuple[str, ...]:
    with pytest.raises(WantedError) as caught:
        Wanted.read(properties, **asked)
    return caught.value.problems


NOTHING = (
    "nothing says which variant is wanted: give its properties (-p), ask for the null "
    "variant (--null-variant), or name a label that the project describes in "
    "[variant.variants] or [variant.matrix] (--variant-label)"
)
NO_LIST = (
    "the metadata of this variant must list the namespaces of the others: a [variant] "
    "table has to name them in default-priorities.namespace"
)


@pytest.mark.parametrize(
    ("properties", "asked", "message"),
    [
        ([], {}, NOTHING),
        ([], {"seed": PROJECT}, NOTHING),
        ([V3], {"null": True}, "a null variant has no properties"),
        ([V3], {"label": "null"}, "the label 'null' is that of the variant without"),
        ([], {"null": True, "label": "cpu"}, "is called 'null', not 'cpu'"),
        # R22: a document must list a namespace, and here is none to list
        ([], {"null": True}, NO_LIST),
        (["abi_dependency :: torch :: 2"], {}, NO_LIST),
        ([], {"label": "v3"}, "given for 'v3', and there is no [variant] table"),
        ([], {"label": "v4", "seed": PROJECT}, "the project describes only these: v3"),
        ([], {"label": "v4", "seed": seed()}, "the project describes none in"),
        (
            ["x86_64 :: level :: v2"],
            {"label": "v3", "seed": PROJECT},
            f"'v3' has other properties in the project: {V3}",
        ),
        (
            ["nvidia :: sm_arch :: 90_real"],
            {"seed": PROJECT},
            "the namespace 'nvidia' is not listed in [variant.default-priorities]",
        ),
        ([], {"label": "V3", "seed": PROJECT}, "'V3' is no variant label"),
    ],
)
def test_what_is_no_variant_is_refused(
    properties: list[str], asked: Mapping[str, Any], message: str
) -> None:
    (problem,) = problems(*properties, **asked)
    assert message in problem


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x86_64 :: level",
        "x86_64 :: level :: v3 :: v4",
        "x86_64 : level : v3",
        "X86 :: level :: v3",
        "x86_64 :: le-vel :: v3",
        "x86_64 :: level :: V3",
        "x86_64 :: level :: v3\nx",
        "x86_64 :: level ::",
    ],
)
def test_what_is_no_property_is_refused(text: str) -> None:
    """R9, R10."""
    (problem,) = problems(text)
    assert problem.startswith(f"{text!r} is no property")


@pytest.mark.parametrize(
    ("label", "meant"),
    [("x86-64-v3", "x86_64_v3"), ("CU129", "cu129"), ("vv3", "v3"), ("v33", "v3")],
)
def test_a_label_that_was_probably_meant_is_named(label: str, meant: str) -> None:
    (problem,) = problems(label=label, seed=PROJECT)
    assert problem.endswith(f"; did you mean {meant!r}?")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    found = problems(
        "a :: b", "c :: d :: e", "A :: b :: c", null=True, label="V", seed=PROJECT
    )
    assert len(found) == 5


# the metadata


def test_the_metadata_is_that_of_the_project() -> None:
    """R25: a wheel has its own label alone."""
    described = Wanted.read(label="v3", seed=PROJECT).describe(BuiltinVocabulary())
    assert described.document.to_dict() == {
        "$schema": "https://variants-schema.wheelnext.dev/peps/850/v0.2.0.json",
        "default-priorities": {"namespace": ["x86_64"]},
        "providers": {"x86_64": X86_64},
        "variants": {"v3": {"x86_64": {"level": ["v3"]}}},
    }
    assert described.unchecked == {}


def test_without_a_project_no_provider_is_named() -> None:
    document = Wanted.read([V3]).describe(BuiltinVocabulary()).document.to_dict()
    assert "providers" not in document
    assert document["default-priorities"] == {"namespace": ["x86_64"]}


def test_properties_that_do_not_exist_are_refused_all_at_once() -> None:
    """R105."""
    wanted = Wanted.read(
        ["x86_64 :: level :: v9", "x86_64 :: lefel :: v3"], seed=PROJECT
    )
    with pytest.raises(WantedError) as caught:
        wanted.describe(BuiltinVocabulary())
    unknown_feature, unknown_value = caught.value.problems
    assert "knows no feature 'lefel'; did you mean level?" in unknown_feature
    assert "knows no value 'v9'; it knows v4, v3, v2, v1" in unknown_value
    unchecked = wanted.describe(BuiltinVocabulary(), check=False)
    assert [*unchecked.document.variants] == [wanted.label]


def test_several_values_of_a_feature_that_takes_one_are_refused() -> None:
    """R94."""
    wanted = Wanted.read([V3, "x86_64 :: level :: v2"], seed=PROJECT)
    with pytest.raises(WantedError, match="may list only one value"):
        wanted.describe(BuiltinVocabulary())


def test_what_nobody_can_check_is_told() -> None:
    described = Wanted.read(["robot :: arm :: 3"]).describe(BuiltinVocabulary())
    assert [*described.unchecked] == ["robot"]
    assert (
        Wanted.read(["robot :: arm :: 3"])
        .describe(BuiltinVocabulary(), check=False)
        .unchecked
        == {}
    )


class Blas:
    """A vocabulary of a plugin whose properties fit every machine."""

    def words(self, namespace: str, provider: Provider | None) -> Words:
        if namespace != "blas":
            raise Refusal(f"nobody knows {namespace}")
        listed = (("library", ("mkl", "openblas")),)
        return ListedWords("blas-provider 1.0", listed, static=listed)


def to_fill() -> Seed:
    return Seed.from_dict(
        {
            "default-priorities": {"namespace": ["blas"]},
            "providers": {"blas": {"build-requires": ["blas-provider"]}},
        }
    )


def test_the_static_list_of_a_plugin_is_filled_in() -> None:
    """R101, R104."""
    wanted = Wanted.read(["blas :: library :: mkl"], seed=to_fill())
    document = wanted.describe(Blas()).document.to_dict()
    assert document["providers"] == {
        "blas": {"static-properties": {"library": ["mkl", "openblas"]}}
    }


@pytest.mark.parametrize("check", [True, False])
def test_what_a_filled_in_list_does_not_permit_is_refused(check: bool) -> None:
    """R104: such a wheel would fit no machine, so this is no matter of taste."""
    wanted = Wanted.read(["blas :: library :: blis"], seed=to_fill())
    with pytest.raises(WantedError, match="knows no value 'blis'"):
        wanted.describe(Blas(), check=check)


def test_a_list_that_nobody_can_fill_in_is_refused() -> None:
    wanted = Wanted.read(["blas :: library :: mkl"], seed=to_fill())
    with pytest.raises(Refusal):
        wanted.describe(BuiltinVocabulary())
