"""Variants among everything else that pip weighs: E21 to E28, and what is left."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit import (
    BEST,
    LEVELS,
    PLAIN,
    Index,
    Pip,
    hashes,
    level,
    levels,
    static_document,
    variant_of,
)

THIS_TAG = f"cp{sys.version_info.major}{sys.version_info.minor}-none-any"
NO_FIT = static_document({"v3": level("v3"), "v4": level("v4")})


def test_stray_metadata_is_never_fetched(pip: Pip, index: Index) -> None:
    """E21, F6: no labelled wheel, so pip's ordinary path."""
    index.add()
    index.put_metadata(LEVELS)
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0"]
    assert index.log == ["GET demo/", f"GET {PLAIN}.metadata"]


def test_only_a_null_variant(pip: Pip, index: Index) -> None:
    """E22: installed without asking anybody."""
    document = {
        **levels("null"),
        "default-priorities": {"namespace": ["other"]},
        "providers": {"other": {"requires": ["other-maker"]}},
    }
    index.add(document, plain=False)
    choice = pip.choose("--index-url", index.url, "demo")
    assert (choice.label, choice.warnings) == ("null", "")


def test_nothing_fits_but_a_plain_wheel(pip: Pip, index: Index) -> None:
    """F23: the plain wheel, without a fuss."""
    index.add(NO_FIT)
    choice = pip.choose("--index-url", index.url, "demo")
    assert (choice.file, choice.warnings) == (PLAIN, "")


def test_null_is_preferred_to_plain(pip: Pip, index: Index) -> None:
    """R45."""
    index.add(levels("v3", "null"))
    assert pip.choose("--index-url", index.url, "demo").label == "null"


def test_nothing_fits_but_an_sdist(pip: Pip, index: Index, tmp_path: Path) -> None:
    """E23 (a)."""
    index.add(NO_FIT, plain=False)
    index.add_sdist()
    result = pip.install_into(tmp_path / "target", "--index-url", index.url, "demo")
    assert result.ok().installed == ["demo-1.0"]
    assert variant_of(tmp_path / "target") is None


def test_nothing_fits_but_an_sdist_that_is_not_wanted(pip: Pip, index: Index) -> None:
    """E23 (a): unless --only-binary."""
    index.add(NO_FIT, plain=False)
    index.add_sdist()
    result = pip.dry(index, "--only-binary", ":all:", "demo").failed()
    assert "cpu :: level :: v3" in result.err


def test_an_older_version_fits(pip: Pip, index: Index) -> None:
    """E23 (b), R106: with one warning that names both versions."""
    index.add(NO_FIT, version="2.0", plain=False)
    index.add(version="1.9")
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.9"]
    (warning,) = result.warnings
    assert "2.0" in warning
    assert "1.9" in warning


def test_a_variant_of_an_older_version_fits(pip: Pip, index: Index) -> None:
    """E23 (b): over two versions that do not fit."""
    for version in ("3.0", "2.0"):
        index.add(NO_FIT, version=version, plain=False)
    index.add(LEVELS)
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0-v2"]
    assert any("3.0" in w and "1.0" in w for w in result.warnings)


def test_an_older_version_for_another_reason(pip: Pip, index: Index) -> None:
    """R106: a version that is excluded anyway is worth no warning, nor a request."""
    index.add(NO_FIT, version="2.0", plain=False)
    index.add(version="1.9")
    choice = pip.choose("--index-url", index.url, "demo<2")
    assert (choice.file, choice.warnings) == ("demo-1.9-py3-none-any.whl", "")
    assert index.metadata_log == []


def test_nothing_is_left(pip: Pip, index: Index) -> None:
    """E23 (c): every label with its first unmet property, and what there is."""
    variants = {
        "v3": level("v3"),
        "v4": {"cpu": {"level": ["v4"]}, "gpu": {"kind": ["x"]}},
        "g": {"gpu": {"kind": ["x"]}},
        "f": {"cpu": {"speed": ["high"]}},
    }
    machine = {"cpu": {"level": ["v2", "v1"]}, "gpu": {"kind": ["a"]}}
    index.add(static_document(variants, machine), plain=False)
    result = pip.dry(index, "demo").failed()
    lines = [line for line in result.err.splitlines() if "is rejected" in line]
    by_label = {
        label: line for label in variants for line in lines if f" {label} is " in line
    }
    assert list(by_label) == list(variants)
    assert "cpu :: level :: v3" in by_label["v3"]
    assert "v2, v1" in by_label["v3"]
    assert "cpu :: level :: v4" in by_label["v4"]
    assert "gpu :: kind :: x" in by_label["g"]
    assert "offers a" in by_label["g"]
    assert "cpu :: speed :: high" in by_label["f"]


def test_nothing_is_left_for_a_dependency(pip: Pip, index: Index) -> None:
    """E23 (c): the same when the package only comes as a dependency."""
    index.add(NO_FIT, plain=False)
    index.add(name="user", requires=["demo"])
    result = pip.dry(index, "user").failed()
    assert "cpu :: level :: v3" in result.err


def test_a_namespace_that_nobody_answers_for(pip: Pip, index: Index) -> None:
    """DESIGN 4.7: the message says what is missing."""
    document = {
        **static_document({"x": {"other": {"feature": ["on"]}}}),
        "default-priorities": {"namespace": ["other"]},
        "providers": {"other": {"requires": ["other-maker>=1"]}},
    }
    index.add(document, plain=False)
    result = pip.dry(index, "demo").failed()
    assert "other :: feature :: on" in result.err
    assert "other-maker" in result.err


# pip's own criteria


def test_a_yanked_variant(pip: Pip, make_index: Callable[..., Index]) -> None:
    """E24: the best that is not yanked."""
    index = make_index(yanked={BEST: "broken"})
    index.add(LEVELS)
    choice = pip.choose("--index-url", index.url, "demo")
    assert (choice.label, choice.warnings) == ("v1", "")


def test_everything_is_yanked(pip: Pip, make_index: Callable[..., Index]) -> None:
    """E24: a yanked one only if nothing else, and then the best."""
    names = [PLAIN, *(f"demo-1.0-py3-none-any-{x}.whl" for x in LEVELS["variants"])]
    index = make_index(yanked=dict.fromkeys(names, "broken"))
    index.add(LEVELS)
    choice = pip.choose("--index-url", index.url, "demo==1.0")
    assert choice.label == "v2"
    assert "yanked" in choice.warnings


def test_marks_on_the_metadata_mean_nothing(
    pip: Pip, make_index: Callable[..., Index]
) -> None:
    """R31: a yanked json is used all the same."""
    index = make_index(yanked={"demo-1.0-variants.json": "why not"})
    index.add(LEVELS)
    choice = pip.choose("--index-url", index.url, "demo")
    assert (choice.file, choice.warnings) == (BEST, "")


def test_requires_python_of_a_variant(pip: Pip, index: Index) -> None:
    """E24: pip's file filters first, then the rank."""
    index.add(LEVELS, labels=["v1", "null"])
    index.add_wheel("v2", variant_json=LEVELS, requires_python="<3")
    choice = pip.choose("--index-url", index.url, "demo")
    assert (choice.label, choice.warnings) == ("v1", "")


def test_upload_time_of_a_variant(pip: Pip, make_index: Callable[..., Index]) -> None:
    """E24: --uploaded-prior-to leaves out a variant that came later."""
    names = [PLAIN, *(f"demo-1.0-py3-none-any-{x}.whl" for x in LEVELS["variants"])]
    times = {
        **dict.fromkeys(names, "2026-01-01T00:00:00Z"),
        BEST: "2026-03-01T00:00:00Z",
    }
    index = make_index(formats=["json"], upload_times=times)
    index.add(LEVELS)
    choice = pip.choose(
        "--index-url", index.url, "--uploaded-prior-to", "2026-02-01", "demo"
    )
    assert choice.label == "v1"


def test_pre_releases(pip: Pip, index: Index) -> None:
    """E25: the policy for versions is unchanged."""
    index.add(LEVELS)
    index.add(LEVELS, version="2.0rc1")
    assert pip.choose("--index-url", index.url, "demo").file == BEST
    assert index.metadata_log == ["demo-1.0-variants.json"]
    choice = pip.choose("--index-url", index.url, "--pre", "demo")
    assert choice.file == "demo-2.0rc1-py3-none-any-v2.whl"


def test_local_versions(pip: Pip, index: Index) -> None:
    """E25: the name of the metadata has a "+", which links write as %2B."""
    index.add(LEVELS, version="2.7.0+cu126")
    choice = pip.choose("--index-url", index.url, "demo==2.7.0")
    assert choice.file == "demo-2.7.0+cu126-py3-none-any-v2.whl"
    assert index.metadata_log == ["demo-2.7.0+cu126-variants.json"]


def test_metadata_is_found_by_the_meaning_of_its_name(pip: Pip, index: Index) -> None:
    """E25, R28: names and versions are compared parsed."""
    index.add(LEVELS, listed=None)
    path = index.put_metadata(LEVELS)
    path.rename(path.with_name("Demo-1.0.0-variants.json"))
    choice = pip.choose("--index-url", index.url, "demo")
    assert choice.file == BEST
    assert index.metadata_log == ["Demo-1.0.0-variants.json"]


@pytest.mark.parametrize("spelling", ["My.Pkg", "my_pkg", "my-pkg"])
def test_spellings_of_a_name(pip: Pip, index: Index, spelling: str) -> None:
    """R28: ``My.Pkg`` 1.0 -> ``my_pkg-1.0-variants.json``."""
    index.add(LEVELS, name="My.Pkg")
    choice = pip.choose("--index-url", index.url, spelling)
    assert choice.file == "my_pkg-1.0-py3-none-any-v2.whl"
    assert index.metadata_log == ["my_pkg-1.0-variants.json"]


def test_a_build_number_of_a_worse_variant(pip: Pip, index: Index) -> None:
    """E26: the variant before the build number."""
    index.add(levels("v1", "v2"))
    index.add_wheel("v1", variant_json=levels("v1"), build="2")
    assert pip.choose("--index-url", index.url, "demo").file == BEST


def test_build_numbers_of_one_variant(pip: Pip, index: Index) -> None:
    """E26: they break ties, as numbers."""
    index.add(levels("v2"))
    for build in ("2", "10"):
        index.add_wheel("v2", variant_json=levels("v2"), build=build)
    choice = pip.choose("--index-url", index.url, "demo")
    assert choice.file == "demo-1.0-10-py3-none-any-v2.whl"


def test_a_better_tag_of_a_worse_variant(pip: Pip, index: Index) -> None:
    """E27, R46: the variant first."""
    index.add(levels("v1", "v2"))
    index.add_wheel("v1", variant_json=levels("v1"), tag=THIS_TAG)
    index.add_wheel(tag=THIS_TAG)
    assert pip.choose("--index-url", index.url, "demo").file == BEST


def test_tags_of_one_variant(pip: Pip, index: Index) -> None:
    """E27, R46: the tag second."""
    index.add(levels("v1", "v2"))
    index.add_wheel("v2", variant_json=levels("v2"), tag=THIS_TAG)
    choice = pip.choose("--index-url", index.url, "demo")
    assert choice.file == f"demo-1.0-{THIS_TAG}-v2.whl"


def test_a_tag_before_a_build_number(pip: Pip, index: Index) -> None:
    """DESIGN 3: variant, tags, build number."""
    index.add_wheel("v2", variant_json=levels("v2"), build="9")
    index.add_wheel("v2", variant_json=levels("v2"), tag=THIS_TAG)
    index.put_metadata(levels("v2"))
    choice = pip.choose("--index-url", index.url, "demo")
    assert choice.file == f"demo-1.0-{THIS_TAG}-v2.whl"


# hashes


def wheel(index: Index, label: str | None) -> Path:
    suffix = "" if label is None else f"-{label}"
    return index.links() / f"demo-1.0-py3-none-any{suffix}.whl"


@pytest.mark.parametrize(
    ("allowed", "taken"),
    [
        (["null"], "null"),
        (["v1"], "v1"),
        (["v1", "null"], "v1"),
        (["null", None], "null"),
        ([None], None),
        (["v3", None], None),
        (["v1", "v2", "v3", "null", None], "v2"),
    ],
)
def test_required_hashes(
    pip: Pip,
    levels_index: Index,
    tmp_path: Path,
    allowed: list[str | None],
    taken: str | None,
) -> None:
    """E28: the best among the allowed files, never an unhashed better one."""
    options = hashes(wheel(levels_index, label) for label in allowed)
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"demo==1.0 {options}\n")
    target = tmp_path / "target"
    pip.install_into(
        target,
        "--require-hashes",
        "--index-url",
        levels_index.url,
        "--requirement",
        requirements,
    ).ok()
    assert variant_of(target) == taken


def test_a_required_hash_that_does_not_fit(
    pip: Pip, levels_index: Index, tmp_path: Path
) -> None:
    """E28, R48: only a wheel that the machine does not support is allowed."""
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"demo==1.0 {hashes([wheel(levels_index, 'v3')])}\n")
    target = tmp_path / "target"
    pip.install_into(
        target,
        "--require-hashes",
        "--index-url",
        levels_index.url,
        "--requirement",
        requirements,
    ).failed()
    assert not (target / "demo.py").exists()
