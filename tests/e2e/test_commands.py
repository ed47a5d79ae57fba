"""The other commands of pip, with labelled wheels in their way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit import BEST, LEVELS, PLAIN, Index, Pip, gpu, level, static_document


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_download(pip: Pip, levels_index: Index, tmp_path: Path) -> None:
    result = pip(
        "download", "--index-url", levels_index.url, "--dest", tmp_path / "d", "user"
    ).ok()
    assert names_in(tmp_path / "d") == [
        BEST,
        "demo-1.0-variants.json",
        "user-1.0-py3-none-any.whl",
    ]
    assert "variant_hash=v2" in result.out


def test_download_without_variants(
    pip: Pip, levels_index: Index, tmp_path: Path
) -> None:
    pip(
        "download",
        "--no-variant",
        "--index-url",
        levels_index.url,
        "--dest",
        tmp_path / "d",
        "demo",
    ).ok()
    assert names_in(tmp_path / "d") == [PLAIN]


def test_download_and_install_from_there(
    pip: Pip, levels_index: Index, tmp_path: Path
) -> None:
    """J24: what was downloaded can be installed, without an index."""
    folder = tmp_path / "d"
    arguments = ("--index-url", levels_index.url, "--dest", folder)
    pip("download", *arguments, "user").ok()
    choice = pip.choose("--no-index", "--find-links", folder, "user")
    assert choice.files == (BEST, "user-1.0-py3-none-any.whl")


def test_download_for_another_machine(
    pip: Pip, demo_index: Index, tmp_path: Path
) -> None:
    """E39: this machine says nothing about it; null or plain, no provider."""
    pip(
        "download",
        "--platform",
        "win_amd64",
        "--only-binary",
        ":all:",
        "--index-url",
        demo_index.url,
        "--dest",
        tmp_path / "d",
        "torch",
        environ=gpu("12.9"),
    ).ok()
    assert names_in(tmp_path / "d") == [
        "torch-2.8.0-py3-none-any-null.whl",
        "torch-2.8.0-variants.json",
    ]


def test_download_again(pip: Pip, levels_index: Index, tmp_path: Path) -> None:
    """A file that is there already is recognised by its name."""
    arguments = ("--index-url", levels_index.url, "--dest", tmp_path / "d", "demo")
    pip("download", *arguments).ok()
    second = pip("download", *arguments).ok()
    assert "File was already downloaded" in second.out
    assert names_in(tmp_path / "d") == [BEST, "demo-1.0-variants.json"]


def test_wheel(pip: Pip, levels_index: Index, tmp_path: Path) -> None:
    pip(
        "wheel", "--index-url", levels_index.url, "--wheel-dir", tmp_path / "w", "user"
    ).ok()
    assert names_in(tmp_path / "w") == [BEST, "user-1.0-py3-none-any.whl"]


def test_index_versions(pip: Pip, index: Index) -> None:
    """Versions whose wheels all have labels are versions too."""
    index.add()
    index.add(LEVELS, version="1.1", plain=False)
    result = pip("index", "versions", "--index-url", index.url, "demo").ok()
    assert "Available versions: 1.1, 1.0" in result.out.splitlines()
    assert result.out.splitlines()[0] == "demo (1.1)"


def test_index_versions_without_variants(pip: Pip, index: Index) -> None:
    index.add()
    index.add(LEVELS, version="1.1", plain=False)
    result = pip(
        "index", "versions", "--no-variant", "--index-url", index.url, "demo"
    ).ok()
    assert "Available versions: 1.0" in result.out.splitlines()


def test_list_outdated(own_pip: Pip, index: Index) -> None:
    index.add(name="other")
    index.add(LEVELS)
    own_pip("install", "--index-url", index.url, "demo", "other").ok()
    index.add(LEVELS, version="1.1", plain=False)
    result = own_pip(
        "list", "--outdated", "--format=json", "--index-url", index.url
    ).ok()
    outdated = {item["name"]: item for item in json.loads(result.out)}
    assert outdated["demo"]["version"] == "1.0"
    assert outdated["demo"]["latest_version"] == "1.1"
    assert outdated["demo"]["latest_filetype"] == "wheel"
    assert "other" not in outdated


def test_upgrade(own_pip: Pip, index: Index) -> None:
    """A newer version comes with its own variant."""
    index.add(LEVELS)
    own_pip("install", "--index-url", index.url, "demo").ok()
    index.add(LEVELS, version="1.1")
    result = own_pip("install", "--upgrade", "--index-url", index.url, "demo").ok()
    assert result.installed == ["demo-1.1-v2"]


def test_already_satisfied(own_pip: Pip, index: Index) -> None:
    """As with stock pip: no banner, and no request."""
    index.add(LEVELS)
    own_pip("install", "--index-url", index.url, "demo").ok()
    index.forget()
    result = own_pip("install", "--index-url", index.url, "demo").ok()
    assert "Requirement already satisfied: demo" in result.out
    assert "variant_hash" not in result.out
    assert index.log == []


def test_a_report_names_the_file(pip: Pip, levels_index: Index, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    pip.dry(levels_index, "--report", report, "demo").ok()
    (item,) = json.loads(report.read_text("utf-8"))["install"]
    assert item["download_info"]["url"] == f"{levels_index.url}demo/{BEST}"
    assert item["metadata"]["name"] == "demo"


def test_hash_and_inspect_and_cache(
    own_pip: Pip, levels_index: Index, tmp_path: Path
) -> None:
    """ "Other tools in the chain": file names with labels do not upset them."""
    wheel = levels_index.links() / BEST
    assert "sha256:" in own_pip("hash", wheel).ok().out
    own_pip("install", wheel).ok()
    installed = json.loads(own_pip("inspect").ok().out)["installed"]
    assert any(item["metadata"]["name"] == "demo" for item in installed)
    own_pip("show", "demo").ok()
    own_pip("cache", "list").ok()
    own_pip("debug").ok()


def test_target(pip: Pip, levels_index: Index, tmp_path: Path) -> None:
    target = tmp_path / "target"
    pip.install_into(target, "--index-url", levels_index.url, "demo").ok()
    document = json.loads((target / "demo-1.0.dist-info" / "variant.json").read_text())
    assert list(document["variants"]) == ["v2"]


def test_no_deps(pip: Pip, levels_index: Index) -> None:
    choice = pip.choose("--no-deps", "--index-url", levels_index.url, "user")
    assert choice.file == "user-1.0-py3-none-any.whl"
    assert levels_index.metadata_log == []


def test_legacy_resolver_says_why_nothing_fits(pip: Pip, index: Index) -> None:
    """E23 (c), with the other resolver."""
    index.add(static_document({"v3": level("v3")}), plain=False)
    result = pip.dry(index, "--use-deprecated=legacy-resolver", "demo").failed()
    assert "cpu :: level :: v3" in result.err


@pytest.mark.parametrize("resolver", [(), ("--use-deprecated=legacy-resolver",)])
def test_a_package_that_does_not_exist(
    pip: Pip, index: Index, resolver: tuple[str, ...]
) -> None:
    result = pip.dry(index, *resolver, "nothing-of-this-name").failed()
    assert "variant" not in result.err


def test_a_conflict_is_explained_as_ever(
    pip: Pip, make_index: Callable[..., Index]
) -> None:
    index = make_index()
    index.add(LEVELS)
    index.add(name="user", requires=["demo>=2"])
    result = pip.dry(index, "user", "demo<2").failed()
    assert "conflict" in result.err.lower()


def test_a_label_is_an_error_when_the_plain_wheel_must_stay(
    own_pip: Pip, levels_index: Index
) -> None:
    """F63, F66: --no-variant and a label contradict each other, installed or not."""
    options = ("install", "--index-url", levels_index.url, "--no-variant")
    own_pip(*options, "demo").ok()
    result = own_pip(*options, "demo==1.0#v2").failed()
    assert "Variant v2 of demo is asked for, and --no-variant is set" in result.err


def test_labels_and_no_variant_exchange_what_is_installed(
    own_pip: Pip, levels_index: Index
) -> None:
    """DESIGN 5: another label, or none, is a reason to install the same version."""
    options = ("install", "--index-url", levels_index.url)
    wishes = [("demo", "-v2"), ("demo#v1", "-v1"), ("demo==1.0#v1", None)]
    for requirement, label in [*wishes, ("--no-variant demo", ""), ("demo", None)]:
        result = own_pip(*options, *requirement.split()).ok()
        if label is None:
            assert "Requirement already satisfied: demo" in result.out
        else:
            assert result.installed == [f"demo-1.0{label}"]
