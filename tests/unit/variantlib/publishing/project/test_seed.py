"""What a project says about its variants: building draft, "pyproject.toml integration"."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pip_variants.variantlib.errors import ValidationError, VariantError
from pip_variants.variantlib.providers import Provider
from pip_variants.variantlib.publishing.labels import default_label
from pip_variants.variantlib.publishing.project.seed import Seed, SeedError

# The shape of the example of the draft.
TABLE = """
[variant.default-priorities]
namespace = ["x86_64", "aarch64", "blas_lapack"]

[variant.providers.aarch64]
requires = ["provider-variant-aarch64 >=0.0.1"]
plugin-api = "provider_variant_aarch64.plugin:AArch64Plugin"

[variant.providers.blas_lapack]
build-requires = ["blas-lapack-variant-provider"]

[variant.providers.x86_64]
requires = ["provider-variant-x86-64 >=0.0.1"]

[variant.variants.x86_64_v3_openblas]
blas_lapack.library = ["openblas"]
x86_64.level = ["v3"]
"""
PRIORITIES = tomllib.loads(TABLE)["variant"]["default-priorities"]
PROVIDERS = tomllib.loads(TABLE)["variant"]["providers"]
FILLED = {
    "blas_lapack": Provider(static_properties=(("library", ("mkl", "openblas")),))
}


def write(folder: Path, text: str = TABLE) -> Path:
    path = folder / "pyproject.toml"
    path.write_text(text, encoding="utf-8")
    return path


def variant_table(**changes: Any) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads(TABLE)["variant"]
    return {**table, **changes}


def problems(table: dict[str, Any]) -> list[str]:
    with pytest.raises(SeedError) as caught:
        Seed.from_dict(table)
    return [str(problem) for problem in caught.value.problems]


def test_the_example_of_the_draft(tmp_path: Path) -> None:
    seed = Seed.from_pyproject(write(tmp_path))
    assert seed is not None
    assert seed.metadata.namespaces == ("x86_64", "aarch64", "blas_lapack")
    assert seed.metadata.variants == {}
    assert seed.variants == {
        "x86_64_v3_openblas": {
            "blas_lapack": {"library": ["openblas"]},
            "x86_64": {"level": ["v3"]},
        }
    }
    assert list(seed.to_fill) == ["blas_lapack"]
    assert seed.to_fill["blas_lapack"].requires == ("blas-lapack-variant-provider",)


def test_the_metadata_of_a_wheel_has_no_key_of_the_build(tmp_path: Path) -> None:
    """R25: one label; R101: no ``build-requires``, static properties in its place."""
    seed = Seed.from_pyproject(write(tmp_path))
    assert seed is not None
    (properties,) = seed.variants.values()
    written = seed.document("my_label", properties, FILLED).to_dict()
    assert written["providers"]["blas_lapack"] == {
        "static-properties": {"library": ["mkl", "openblas"]}
    }
    assert list(written["variants"]) == ["my_label"]
    # R67: every listed namespace has its provider, also those that this label leaves out.
    assert set(written["providers"]) == set(written["default-priorities"]["namespace"])


def test_static_lists_that_are_not_filled_in_are_an_error(tmp_path: Path) -> None:
    seed = Seed.from_pyproject(write(tmp_path))
    assert seed is not None
    with pytest.raises(ValidationError, match="of blas_lapack are not filled in"):
        seed.document("null", {})


def test_a_namespace_that_is_not_listed_is_an_error(tmp_path: Path) -> None:
    """R22."""
    seed = Seed.from_pyproject(write(tmp_path))
    assert seed is not None
    with pytest.raises(ValidationError, match=r"'nvidia' is not listed in .*pyproject"):
        seed.document("a", {"nvidia": {"sm_arch": ["90_real"]}}, FILLED)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"default-priorities": {}}, "default-priorities.namespace: must list every"),
        (
            {"default-priorities": {"namespace": ["x86_64", "aarch64"]}},
            "providers.blas_lapack: blas_lapack is not listed",
        ),
        (
            {"providers": {"x86_64": {"requires": ["a"]}}},
            "default-priorities.namespace: aarch64 has no provider",
        ),
        ({"providers": []}, "providers: must be a table"),
        (
            {
                "providers": {
                    **tomllib.loads(TABLE)["variant"]["providers"],
                    "x86_64": {"requires": ["a"], "build-requires": ["b"]},
                }
            },
            "providers.x86_64: has both build-requires and requires",
        ),
        ({"variants": {"V3": {}}}, "variants.V3: is no variant label"),
        ({"variants": {"v3": {"cpu": {"a": ["1"]}}}}, "variants.v3.cpu: cpu is not"),
        ({"variants": {"null": {"x86_64": {"level": ["v3"]}}}}, "variants.null: the"),
        ({"variants": {"a": {"x86_64": {"level": "v3"}}}}, "variants.a.x86_64.level"),
        ({"matrix": []}, "matrix: must be a table"),
        ({"build-backend": 1}, "build-backend: must be a string"),
        ({"provider": {}}, "provider: is not known; did you mean 'providers'?"),
        (
            {"default-priorities": {**PRIORITIES, "featur": {"x86_64": ["level"]}}},
            "default-priorities.featur: is not known; did you mean 'feature'?",
        ),
        (
            {
                "providers": {
                    **PROVIDERS,
                    "x86_64": {"requires": ["a"], "pluginapi": "b"},
                }
            },
            "providers.x86_64.pluginapi: is not known; did you mean 'plugin-api'?",
        ),
        (
            {
                "providers": {
                    **PROVIDERS,
                    "x86_64": {"requires": ["a"], "enable-if": "b"},
                }
            },
            "providers.x86_64.enable-if: is a key of older drafts; write it as a marker",
        ),
        (
            {"static-properties": {"cpu": {"a": ["1"]}}},
            "static-properties.cpu: belongs into a table [variant.providers.cpu]",
        ),
        ({"$schema": "https://example.com/v9.0.0.json"}, "$schema"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    changes: dict[str, Any], expected: str
) -> None:
    """R1: a builder writes valid files only."""
    assert any(text.startswith(expected) for text in problems(variant_table(**changes)))


def test_everything_that_is_wrong_is_told_at_once() -> None:
    table = variant_table(variants={"V3": {}}, provider={}, matrix=1)
    assert len(problems(table)) == 3


@pytest.mark.parametrize(
    ("table", "line"),
    [
        (
            {"providers": {"x86_64": {"requires": ["a"]}, "gpu": {"requires": ["b"]}}},
            ': write namespace = ["x86_64", "gpu"]',
        ),
        (
            {"variants": {"v3": {"x86_64": {"level": ["v3"]}, "abi_dependency": {}}}},
            ': write namespace = ["x86_64"]',
        ),
        ({}, ""),
    ],
)
def test_the_line_that_is_missing_is_told(table: dict[str, Any], line: str) -> None:
    with pytest.raises(SeedError) as caught:
        Seed.from_dict(table)
    told = [each.message for each in caught.value.problems]
    assert f"must list every namespace in use{line}" in told


def test_abi_dependency_has_no_provider() -> None:
    """R96."""
    table = variant_table()
    table["default-priorities"]["namespace"].append("abi_dependency")
    table["providers"]["abi_dependency"] = {"requires": ["a"]}
    assert any("abi_dependency" in text for text in problems(table))


def test_abi_dependency_may_stand_in_a_label() -> None:
    variants = {"pt28": {"abi_dependency": {"torch": ["2.8.0"]}}}
    seed = Seed.from_dict(variant_table(variants=variants))
    (properties,) = seed.variants.values()
    assert seed.document("pt28", properties, FILLED).variants == variants


def test_a_project_may_leave_the_providers_to_others() -> None:
    """PEP 825 itself knows no providers."""
    seed = Seed.from_dict(variant_table(providers={}, variants={}))
    written = seed.document("v3", {"x86_64": {"level": ["v3"]}}).to_dict()
    assert written["$schema"].endswith("/825/v0.1.1.json")
    assert "providers" not in written


def test_a_project_without_the_table(tmp_path: Path) -> None:
    assert Seed.from_pyproject(write(tmp_path, '[project]\nname = "a"\n')) is None


@pytest.mark.parametrize("text", ["[variant", "variant = 1", "\x00"])
def test_files_that_are_no_good(tmp_path: Path, text: str) -> None:
    with pytest.raises(VariantError, match=r"pyproject\.toml"):
        Seed.from_pyproject(write(tmp_path, text))


def test_a_table_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"pyproject\.toml: variant: must be a table$"):
        Seed.from_pyproject(write(tmp_path, "variant = 1"))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(VariantError, match="there is no file"):
        Seed.from_pyproject(tmp_path / "none.toml")


def test_without_a_project_the_metadata_is_that_of_the_pep() -> None:
    properties = {"x86_64": {"level": ["v3"]}}
    written = Seed.of_properties(properties).document("v3", properties).to_dict()
    assert written == {
        "$schema": "https://variants-schema.wheelnext.dev/peps/825/v0.1.1.json",
        "default-priorities": {"namespace": ["x86_64"]},
        "variants": {"v3": {"x86_64": {"level": ["v3"]}}},
    }


@pytest.mark.parametrize(
    ("properties", "label"),
    [
        ({"nvidia": {"cuda_version_lower_bound": ["12.8"]}}, "f839a2dd"),
        ({"x86_64": {"level": ["v3"]}}, "fa7c1393"),
        (
            {"x86_64": {"level": ["v3"]}, "blas_lapack": {"library": ["openblas"]}},
            "35ba9e9a",
        ),
        (
            {
                "nvidia": {
                    "sm_arch": ["90_real", "120_real"],
                    "cuda_version_lower_bound": ["12.8"],
                }
            },
            "f1eddfec",
        ),
        ({}, "null"),
    ],
)
def test_labels_by_hash(properties: dict[str, Any], label: str) -> None:
    """PROVIDERS 3.1: the worked examples of the published tools (F21)."""
    assert default_label(properties) == label
