"""Packages without variants install as with stock pip: files, requests, output."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pip_variants import __version__
from tests.environments import Environment, Workshop
from tests.kit import Index
from tests.running import configured

pytestmark = [pytest.mark.network, pytest.mark.slow]

ROOTS = ("flask", "requests", "rich", "black", "httpx", "jsonschema")

OFF: dict[str, Any] = {"PIP_VARIANTS_OFF": "1"}


@pytest.fixture(scope="session")
def tree(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheels of these packages and of all that they need, a folder for each."""
    folder = tmp_path_factory.mktemp("tree")
    workshop.download(folder / "wheels", *ROOTS)
    wheels = sorted((folder / "wheels").iterdir())
    for wheel in wheels:
        name = re.sub(r"[-_.]+", "-", wheel.name.split("-")[0]).lower()
        (folder / "index" / name).mkdir(parents=True)
        shutil.move(wheel, folder / "index" / name)
    assert len(wheels) >= 20
    return folder / "index"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that can be seen of one installation."""

    files: dict[str, str]
    requests: list[str]
    out: list[str]
    err: list[str]


def neutral(text: str, environment: Environment) -> list[str]:
    """Return lines without what differs between two runs of one pip."""
    for folder in (environment.root, environment.home):
        text = text.replace(str(folder), "FOLDER")
    text = text.replace(f"+variants.{__version__}", "")
    text = re.sub(r"\b\d+(\.\d+)? [kMG]B/s\b", "SPEED", text)
    text = re.sub(r"\beta \d+:\d\d:\d\d|\b\d+:\d\d:\d\d\b", "TIME", text)
    text = re.sub(r"/[^ ]*/pip-[a-z-]+-[a-z0-9_]{8}\b", "TEMPORARY", text)
    return text.splitlines()


def installed(environment: Environment) -> dict[str, str]:
    """Return the digest of every file, but of pip, of us and of compiled ones.

    Scripts begin with the path of their environment, and RECORD has their digests.
    """
    root = bytes(environment.root)
    found = {}
    for folder in (environment.site, environment.scripts):
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(environment.root).as_posix()
            top = path.relative_to(folder).parts[0]
            if "__pycache__" in path.parts or re.match(r"(pip|python)", top):
                continue
            if not path.is_file():
                continue
            data = path.read_bytes().replace(root, b"ROOT")
            if path.name == "RECORD":
                data = re.sub(rb"(?m)^(\.\./.*?),sha256=[^,]*,\d*", rb"\1", data)
            found[name] = hashlib.sha256(data).hexdigest()
    return found


def install(
    environment: Environment, index: Index, *options: str, **variables: Any
) -> Outcome:
    index.forget()
    result = environment.pip(
        "install",
        "--no-compile",
        "--index-url",
        index.url,
        *options,
        *ROOTS,
        **variables,
    )
    return Outcome(
        installed(environment),
        [
            f"{request.method} {request.path} {request.status}"
            for request in index.requests
        ],
        neutral(result.out, environment),
        neutral(result.err, environment),
    )


def test_a_tree_installs_as_with_stock_pip(
    workshop: Workshop, tmp_path: Path, tree: Path
) -> None:
    with Index(tree) as index:
        first = workshop.environment(tmp_path / "stock", hooked=True)
        stock = install(first, index, **OFF)
        second = workshop.environment(tmp_path / "ours", hooked=True)
        ours = install(second, index)
        assert ours.requests == stock.requests
        assert len(stock.requests) > 2 * 20
        assert ours.out == stock.out
        assert ours.err == stock.err == []
        assert ours.files == stock.files
        assert len(stock.files) > 500
        # And once more, with everything there and in the cache.
        assert install(second, index) == install(first, index, **OFF)


def test_the_reasons_of_the_resolver_are_those_of_stock_pip(
    workshop: Workshop, tmp_path: Path, tree: Path
) -> None:
    """With ``-vv``, every line that pip writes about its decisions."""
    environment = workshop.environment(tmp_path / "env", hooked=True)
    with Index(tree) as index:
        options = ("--dry-run", "-vv", "--no-cache-dir")
        stock = install(environment, index, *options, **OFF)
        ours = install(environment, index, *options)
    assert ours.out == stock.out
    assert ours == stock


def test_an_impossible_request_fails_as_with_stock_pip(
    workshop: Workshop, tmp_path: Path, tree: Path
) -> None:
    environment = workshop.environment(tmp_path / "env", hooked=True)
    with Index(tree) as index:
        command = ("install", "--dry-run", "--index-url", index.url)
        for wanted in (
            ("idna<1",),
            ("nothing-of-this-name",),
            ("click", "black", "click<2"),
        ):
            stock = environment.pip(*command, *wanted, status=1, **OFF)
            ours = environment.pip(*command, *wanted, status=1)
            assert (ours.out, ours.err) == (stock.out, stock.err)


@pytest.mark.parametrize(
    "command",
    [
        ("download", "--no-deps", "-d", "there", "idna"),
        ("wheel", "--no-deps", "-w", "there", "idna"),
        ("lock", "-o", "-", "idna"),
        ("index", "versions", "idna"),
        ("list", "--outdated"),
    ],
    ids=lambda command: command[0],
)
def test_other_commands_do_as_with_stock_pip(
    workshop: Workshop, tmp_path: Path, tree: Path, command: tuple[str, ...]
) -> None:
    first = workshop.environment(tmp_path / "stock", hooked=True)
    second = workshop.environment(tmp_path / "ours", hooked=True)
    options = ("--no-cache-dir", "--index-url")
    with Index(tree) as index:
        stock = first.pip(*command, *options, index.url, **OFF)
        asked = index.log
        index.forget()
        ours = second.pip(*command, *options, index.url)
        assert index.log == asked
        assert asked
    assert neutral(ours.out, second) == neutral(stock.out, first)
    assert neutral(ours.err, second) == neutral(stock.err, first)


def test_the_real_registry_gives_the_same_report(
    workshop: Workshop, tmp_path: Path
) -> None:
    environment = workshop.environment(tmp_path / "env", hooked=True)
    command = ("install", "--dry-run", "--quiet", "--ignore-installed", "--report", "-")

    def report(**variables: str) -> dict[str, Any]:
        names = ("idna", "flask", "attrs")
        result = environment.pip(*command, *names, environ=configured(**variables))
        found: dict[str, Any] = json.loads(result.out)
        return found

    ours, stock = report(), report(**OFF)
    assert ours == stock
    assert len(stock["install"]) > 3
