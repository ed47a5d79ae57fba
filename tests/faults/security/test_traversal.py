"""A name or a label of somebody else's is no path: nothing is written elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from pip_variants.demo.server import Response
from pip_variants.demo.wheels import build_wheel
from tests.faults._snapshots import everything
from tests.kit import LEVELS, Index, Pip, level, levels, static_document

NAMES = (
    "..",
    "../../outside",
    "..\\..\\outside",
    "/outside",
    "C:outside",
    "%2e%2e%2foutside",
    "outside\0",
    "nul",
    "a" * 300,
    "~",
    "$HOME",
    "-rf",
    ".",
    "",
)

SOME = [
    pytest.param(name, marks=() if place % 3 == 1 else pytest.mark.thorough)
    for place, name in enumerate(NAMES)
]
"""A short run takes some of them where each costs seconds."""


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder deep enough that two levels up is a place to look at."""
    found = tmp_path / "a" / "b" / "c"
    found.mkdir(parents=True)
    return found


@pytest.mark.parametrize("name", SOME)
def test_labels_of_an_index(
    pip: Pip, index: Index, work: Path, tmp_path: Path, name: str
) -> None:
    """R13: what is no label is none; the others are chosen from."""
    document = static_document({name: level("v2"), "v1": level("v1")})
    index.add(LEVELS)
    index.answer(
        "demo/demo-1.0-variants.json", Response(200, {}, json.dumps(document).encode())
    )
    linked = f"demo-1.0-py3-none-any-{name}.whl"
    names = (linked, "demo-1.0-py3-none-any-v1.whl", "demo-1.0-variants.json")
    links = "".join(f'<a href="{quote(each)}">x</a>' for each in names)
    page = f"<!DOCTYPE html><html><body>{links}</body></html>".encode()
    index.answer("demo/", Response(200, {"Content-Type": "text/html"}, page))
    before = everything(tmp_path / "a")
    result = pip("download", "--index-url", index.url, "-d", "wheels", "demo", cwd=work)
    assert "Traceback" not in result.both
    new = everything(tmp_path / "a") - before
    if name != "nul":
        # A label that could be one is looked for, and there is no such file.
        files = ("demo-1.0-py3-none-any-v1.whl", "demo-1.0-variants.json")
        assert new <= {"b/c/wheels", *(f"b/c/wheels/{each}" for each in files)}, new
    assert not any("outside" in each for each in new)


@pytest.mark.parametrize("name", SOME)
def test_labels_in_a_wheel(pip: Pip, work: Path, tmp_path: Path, name: str) -> None:
    """What is inside says how ``unmake`` and ``make`` name files, or nothing does."""
    document = static_document({name: level("v2")})
    files = {
        "demo.py": b"",
        "demo-1.0.dist-info/variant.json": json.dumps(document).encode(),
    }
    wheel = build_wheel(work, "demo", "1.0", label="v2", files=files)
    out = work / "out"
    out.mkdir()
    before = everything(tmp_path / "a")
    for command in (
        ("variant", "unmake", wheel, "--outdir", out),
        ("variant", "index", work),
        ("install", "--no-index", wheel, "--target", work / "target"),
    ):
        result = pip(*command, cwd=work)
        assert "Traceback" not in result.both
    new = everything(tmp_path / "a") - before
    assert all(
        each.startswith(("b/c/out/", "b/c/target")) or each.count("/") == 2
        for each in new
    ), new
    assert not any("outside" in each for each in new)


@pytest.mark.parametrize("name", [name for name in NAMES if name])
def test_the_label_of_make(pip: Pip, work: Path, tmp_path: Path, name: str) -> None:
    if "\0" in name:
        pytest.skip("no argument holds one")
    wheel = build_wheel(work, "demo", "1.0")
    before = everything(tmp_path / "a")
    result = pip(
        "variant",
        "make",
        wheel,
        f"--label={name}",
        "--property=x86_64 :: level :: v2",
        cwd=work,
    )
    assert "Traceback" not in result.both
    if result.status == 0:
        (new,) = everything(tmp_path / "a") - before
        assert new == f"b/c/demo-1.0-py3-none-any-{name}.whl"
    else:
        assert everything(tmp_path / "a") == before


@pytest.mark.parametrize("name", SOME)
def test_providers(
    own_pip: Pip, index: Index, work: Path, tmp_path: Path, name: str
) -> None:
    """R71, R81: neither a package nor a plugin is named by a path, even if trusted."""
    document = levels("v1")
    document["variants"]["v2"] = {"other": {"level": ["1"]}}
    document["providers"]["other"] = {
        "requires": [name],
        "plugin-api": f"{name}:{name}",
    }
    document["default-priorities"]["namespace"].append("other")
    index.add(document)
    before = everything(tmp_path / "a")
    cached = everything(own_pip.home.parent) if own_pip.cache.exists() else set()
    result = own_pip(
        "install",
        "--dry-run",
        "--index-url",
        index.url,
        "--variant-providers=trusted",
        "--variant-trusted-providers=outside",
        "demo",
        cwd=work,
    )
    assert "Traceback" not in result.both
    assert "demo-1.0-v1" in result.out
    assert everything(tmp_path / "a") == before
    assert not any("outside" in each for each in everything(own_pip.home) - cached)


def test_what_we_wrote_ourselves_and_somebody_changed(
    pip: Pip, work: Path, tmp_path: Path
) -> None:
    """The state of an index is data: no name in it makes a file elsewhere or goes."""
    folder = work / "wheels"
    folder.mkdir()
    victim = tmp_path / "a" / "victim.whl"
    victim.write_bytes(b"precious")
    for label in ("v1", "v2"):
        build_wheel(folder, "demo", "1.0", label=label, variant_json=LEVELS)
    command = ("variant", "index", folder, "--simple", work / "simple")
    pip(*command).ok()
    before = everything(tmp_path / "a")
    for state in [*work.rglob("*.json"), *work.rglob("*index*")]:
        if state.is_dir():
            continue
        text = state.read_text("utf-8")
        state.write_text(text.replace("demo-1.0-py3", "../../victim-1.0-py3"), "utf-8")
    result = pip(*command)
    assert "Traceback" not in result.both
    assert victim.read_bytes() == b"precious"
    assert everything(tmp_path / "a") <= before
