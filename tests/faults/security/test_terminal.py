"""What others wrote cannot control the terminal of whoever reads it.

Every text that comes from elsewhere holds sequences that a terminal obeys: they would
change its title, its colours, the direction of a line, or what was printed before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from pip_variants.demo.server import Response
from pip_variants.demo.wheels import build_wheel
from tests.kit import LEVELS, Document, Index, Pip, levels
from tests.running import Result

EVIL = "\x1b]0;owned\x07\x1b[31m\x9b2J\u202egnp.exe\r\x08\x00"
"""Title, colour, clearing (as a C1 control), right-to-left, back to the line's start."""

OBEYED = {char for char in EVIL if not char.isprintable()}

JSON_PATH = "demo/demo-1.0-variants.json"


def _at(*path: str, value: Any = EVIL) -> Callable[[Document], None]:
    """Return what puts a value into a document."""

    def put(document: Document) -> None:
        place = document
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return put


PLACES: Mapping[str, Callable[[Document], None]] = {
    "schema": _at("$schema"),
    "schema of a version": _at("$schema", value=f"https://x/v9.9.9{EVIL}.json"),
    "key of the document": _at(EVIL),
    "key of a provider": _at("providers", "cpu", EVIL),
    "namespace in the order": _at(
        "default-priorities", value={"namespace": ["cpu", EVIL]}
    ),
    "namespace of a provider": _at("providers", EVIL, value={}),
    "requirement": _at("providers", "cpu", value={"requires": [EVIL]}),
    "marker of a requirement": _at(
        "providers", "cpu", value={"requires": [f"x; {EVIL} == '1'"]}
    ),
    "plugin": _at(
        "providers", "cpu", value={"requires": ["x"], "plugin-api": f"x:{EVIL}"}
    ),
    "condition": _at(
        "providers", "cpu", value={"requires": ["x"], "enable-if": f"{EVIL} == ''"}
    ),
    "static feature": _at("providers", "cpu", "static-properties", EVIL, value=["1"]),
    "static value": _at("providers", "cpu", "static-properties", "level", value=[EVIL]),
    "order of features": _at("providers", "cpu", "feature-order", value=[EVIL]),
    "label": _at("variants", EVIL, value={}),
    "namespace of a label": _at("variants", "v2", value={EVIL: {"level": ["1"]}}),
    "feature of a label": _at("variants", "v2", value={"cpu": {EVIL: ["1"]}}),
    "value of a label": _at("variants", "v2", value={"cpu": {"level": [EVIL]}}),
    "values that are none": _at("variants", "v2", value={"cpu": {"level": EVIL}}),
}


def check(result: Result) -> None:
    """Assert that a terminal would print it, and obey nothing of it."""
    # pip's own end of a line, and nothing else.
    found = OBEYED & set(result.both.replace("\r\n", "\n"))
    assert not found, (result.command, result.both)
    assert "Traceback" not in result.both, result.both


@pytest.mark.parametrize("place", PLACES)
def test_metadata_of_an_index(pip: Pip, index: Index, place: str) -> None:
    document = deepcopy(LEVELS)
    PLACES[place](document)
    index.add(LEVELS)
    index.answer(JSON_PATH, Response(200, {}, json.dumps(document).encode()))
    check(pip.dry(index, "-v", "demo"))
    check(pip("variant", "explain", "demo", "--index-url", index.url))


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(place, marks=() if number % 4 == 0 else pytest.mark.thorough)
        for number, place in enumerate(PLACES)
    ],
)
def test_metadata_in_a_wheel(
    pip: Pip, index: Index, tmp_path: Path, place: str
) -> None:
    document = deepcopy(levels("v2"))
    PLACES[place](document)
    files = {
        "demo.py": b"",
        "demo-1.0.dist-info/variant.json": json.dumps(document).encode(),
    }
    folder = index.project("demo")
    wheel = build_wheel(folder, "demo", "1.0", label="v2", files=files)
    target = tmp_path / "target"
    for command in (
        ("install", "--dry-run", "--no-index", wheel),
        ("install", "--no-index", "--find-links", folder, "--target", target, "demo"),
        ("variant", "explain", wheel),
        ("variant", "inspect", wheel),
        ("variant", "validate", "--no-provider-check", folder),
        ("variant", "unmake", wheel, "--outdir", tmp_path),
        ("variant", "index", folder),
    ):
        check(pip(*command))


def test_names_of_files(pip: Pip, index: Index, tmp_path: Path) -> None:
    index.add(LEVELS)
    hostile = f"demo-1.0-py3-none-any-{EVIL}.whl".replace("\x00", "")
    other = f"demo-1.0{EVIL}-variants.json".replace("\x00", "")
    links = "".join(
        f'<a href="{quote(name)}">{name}</a>'
        for name in (hostile, other, "demo-1.0-py3-none-any.whl")
    )
    page = f"<!DOCTYPE html><html><body>{links}</body></html>".encode()
    index.answer("demo/", Response(200, {"Content-Type": "text/html"}, page))
    check(pip.dry(index, "-v", "demo"))
    check(pip("variant", "explain", "demo", "--index-url", index.url))
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in (hostile, other):
        (folder / name.replace("/", "")).write_bytes(b"")
    for verb in ("validate", "index", "inspect"):
        check(pip("variant", verb, folder))
    check(pip("variant", "inspect", f"{index.origin}/{quote(hostile)}"))


def test_what_a_server_says(pip: Pip, index: Index) -> None:
    index.add(LEVELS)
    location = {"Location": f"http://127.0.0.1:1/{quote(EVIL)}"}
    for answer in (
        Response(500, {"Content-Type": f"text/{EVIL[:6]}"}, EVIL.encode()),
        Response(302, location),
        Response(200, {}, EVIL.encode()),
    ):
        index.answer(JSON_PATH, answer)
        check(pip.dry(index, "-v", "--retries", "0", "demo"))


def test_files_of_the_project_and_the_machine(
    pip: Pip, levels_index: Index, tmp_path: Path
) -> None:
    """A checkout is somebody else's text, too."""
    quoted = json.dumps(EVIL)
    project = tmp_path / "project"
    project.mkdir()
    toml = project / "pyproject.toml"
    command = ("install", "--dry-run", "--index-url", levels_index.url, "demo")
    for text in (
        f"[tool.pip-variants]\n{quoted} = 1",
        f"[tool.pip-variants]\nvariant = {quoted}",
        f"[tool.pip-variants]\nnamespace-priorities = [{quoted}]",
        f"[tool.pip-variants]\nvariant-trusted-providers = [{quoted}]",
    ):
        toml.write_text(text, "utf-8")
        check(pip(*command, cwd=project))
    for text in (
        f"[variant.variants]\n{quoted} = {{}}",
        f"[variant.variants]\nv1 = {{ {quoted} = {{ level = [1] }} }}",
        f"[variant]\n{quoted} = 1",
    ):
        toml.write_text(f"[project]\nname='x'\nversion='1'\n{text}", "utf-8")
        check(pip("variant", "build", "--list", cwd=project))
    machine = tmp_path / "machine.json"
    for document in ({EVIL: 1}, {"version": 1, "properties": [EVIL]}, [EVIL]):
        machine.write_text(json.dumps(document), "utf-8")
        check(pip(*command, "--variant-platform", machine))


INSTALLED = ("list", "-v"), ("inspect",), ("check",), ("variant", "check")


@pytest.mark.parametrize("place", ["label", "value of a label", "plugin", "schema"])
def test_what_is_installed(own_pip: Pip, index: Index, place: str) -> None:
    index.add(levels("v2"))
    own_pip("install", "--index-url", index.url, "demo").ok()
    (file,) = own_pip.site.glob("demo-1.0.dist-info/variant.json")
    document = json.loads(file.read_text("utf-8"))
    PLACES[place](document)
    file.write_text(json.dumps(document), "utf-8")
    for command in (*INSTALLED, ("show", "demo"), ("freeze",)):
        check(own_pip(*command))
    check(own_pip("install", "--index-url", index.url, "--upgrade", "demo"))
