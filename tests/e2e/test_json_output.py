"""The JSON of the verbs has the keys that the page shows, and no others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e._build_project import CUDA, Project
from tests.e2e.json_page import are_those_of_the_page, shown
from tests.kit import Index, Pip, gpu
from tests.providers.zoo import ZOO, install_into


@pytest.mark.parametrize(
    "args",
    [
        ("explain", "torch"),
        ("platform",),
        ("check", "--no-index"),
        ("prioritize",),
    ],
)
def test_the_keys_are_those_of_the_page(
    own_pip: Pip, demo_index: Index, args: tuple[str, ...]
) -> None:
    environ = {"PIP_INDEX_URL": demo_index.url, **gpu("12.8")}
    own_pip("install", "torch", environ=environ).ok()
    environ["PIP_VARIANT_PRIORITIES"] = "nvidia"
    result = own_pip("variant", *args, "--json", environ=environ).ok()
    assert are_those_of_the_page(json.loads(result.out), args[0])


def test_the_keys_of_providers(own_pip: Pip) -> None:
    install_into(own_pip.site, "gen6")
    result = own_pip("variant", "providers", "--json").ok()
    document = json.loads(result.out)
    assert are_those_of_the_page(document, "providers")
    kinds = {each["kind"]: each for each in document["providers"]}
    assert list(kinds) == ["built-in", "installed"]
    assert kinds["installed"]["package"] == ZOO["gen6"].distribution


@pytest.mark.parametrize(
    ("action", "named"), [("debug", "amd"), ("test", ZOO["gen6"].api)]
)
def test_the_keys_of_an_action_of_providers(
    own_pip: Pip, action: str, named: str
) -> None:
    install_into(own_pip.site, "gen6")
    result = own_pip("variant", "providers", action, named, "--json").ok()
    assert are_those_of_the_page(json.loads(result.out), "providers", action)


def test_the_samples_are_of_this_version(pip: Pip, demo_index: Index) -> None:
    for verb in ("explain", "platform", "providers", "check", "prioritize", "cache"):
        args = {"explain": ("torch",), "cache": ("info",)}.get(verb, ())
        environ = {"PIP_INDEX_URL": demo_index.url}
        result = pip("variant", verb, "--json", *args, environ=environ).ok()
        assert json.loads(result.out)["version"] == shown(verb)["version"]


@pytest.mark.parametrize("verb", ["make", "unmake"])
def test_the_keys_of_make_and_unmake(
    pip: Pip, demo_index: Index, tmp_path: Path, verb: str
) -> None:
    (plain,) = demo_index.folder.glob("numpy/*-any.whl")
    (made,) = demo_index.folder.glob("numpy/*-fa7c1393.whl")
    asked = ("-p", "x86_64 :: level :: v3", plain) if verb == "make" else (made,)
    folder = ("-o", tmp_path / "new")
    result = pip("variant", verb, "--json", *folder, *asked, cwd=tmp_path).ok()
    assert are_those_of_the_page(json.loads(result.out), verb)


def test_the_keys_of_validate(pip: Pip, demo_index: Index) -> None:
    folder = demo_index.folder / "torch"
    result = pip("variant", "validate", "--no-index", "--json", folder).ok()
    assert are_those_of_the_page(json.loads(result.out), "validate")


def test_the_keys_of_inspect(pip: Pip, demo_index: Index) -> None:
    (wheel,) = demo_index.folder.glob("numpy/*-fa7c1393.whl")
    result = pip("variant", "inspect", "--json", str(wheel)).ok()
    assert are_those_of_the_page(json.loads(result.out), "inspect")


def test_the_keys_of_build(builder: Pip, tmp_path: Path) -> None:
    project = Project(tmp_path / "project", builder, CUDA.replace("null = true", ""))
    plan = project.document("--list", "-Ca=b")
    assert are_those_of_the_page(plan, "build", "--list")
    project.write(CUDA.replace("null = true", "").replace("plain = true", ""))
    project.dist.mkdir()
    (project.dist / "tiny-1.0-py3-none-any-cu12.whl").touch()
    result = project.build("--json").failed()
    assert are_those_of_the_page(json.loads(result.out), "build")
