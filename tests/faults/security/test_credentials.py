"""Passwords go to the host that they are for, are never printed and never kept."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from pip_variants.demo.server import Response
from tests.kit import BEST, JSON_NAME, LEVELS, Index, Pip, hashes
from tests.running import Result

USER, PASSWORD = "someone", "s3cret%word:/@"
SECRET = quote(PASSWORD, safe="")
BASIC = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
SPELLINGS = (PASSWORD, SECRET, "s3cret", BASIC)


@pytest.fixture
def private(make_index: Callable[..., Index]) -> Index:
    """An index that wants a password."""
    found = make_index(credentials=(USER, PASSWORD))
    found.add(LEVELS)
    return found


def address(index: Index) -> str:
    """Return the address of an index with the password in it."""
    return index.url_as(USER, SECRET)


def kept_in(folder: Path) -> Iterator[Path]:
    """Find the files that hold the password."""
    spellings = [text.encode() for text in SPELLINGS]
    for path in folder.rglob("*"):
        if path.is_file() and any(each in path.read_bytes() for each in spellings):
            yield path


def check(result: Result) -> None:
    """Assert that nobody who looks over a shoulder learns the password."""
    assert not any(text in result.both for text in SPELLINGS), result.both


COMMANDS = {
    "install": ("install", "--dry-run", "-vvv"),
    "report": ("install", "--dry-run", "--report", "-"),
    "download": ("download", "-v"),
    "wheel": ("wheel", "-v"),
    "lock": ("lock", "-v"),
    "versions": ("index", "versions", "-v"),
    "explain": ("variant", "explain", "-v"),
    "explain as JSON": ("variant", "explain", "--json"),
}


def _cases() -> Iterator[Any]:
    """Combine commands and what is wrong; a short run takes each of both."""
    wrong = ("there", "broken", "gone", "refused")
    for row, command in enumerate(COMMANDS):
        for column, metadata in enumerate(wrong):
            marks = () if (row - column) % 4 == 0 else (pytest.mark.thorough,)
            yield pytest.param(command, metadata, marks=marks)


@pytest.mark.parametrize(("command", "metadata"), [*_cases()])
def test_nothing_is_printed_or_kept(
    pip: Pip, private: Index, tmp_path: Path, command: str, metadata: str
) -> None:
    """E35: also where something goes wrong, and the message names an address."""
    if metadata == "broken":
        private.put_metadata(b"{")
    elif metadata == "gone":
        private.answer(f"demo/{JSON_NAME}", Response(404))
    elif metadata == "refused":
        private.answer(f"demo/{JSON_NAME}", Response(403))
    work = tmp_path / "work"
    work.mkdir()
    log = work / "log"
    result = pip(
        *COMMANDS[command],
        "--index-url",
        address(private),
        "--retries=0",
        "demo",
        *(("--log", log)),
        cwd=work,
    )
    assert result.status == int(metadata == "refused" and command != "versions")
    check(result)
    assert private.metadata_log or command == "versions"
    assert not [*kept_in(work)]
    assert not [*kept_in(pip.home)]


def test_where_a_setting_holds_it(pip: Pip, private: Index, tmp_path: Path) -> None:
    """The user's own configuration may show its own address, and nothing else does."""
    environ = {"PIP_INDEX_URL": address(private)}
    for command in (
        ("install", "--dry-run", "demo"),
        ("variant", "explain", "demo"),
        ("variant", "platform"),
        ("variant", "providers"),
        ("variant", "prioritize"),
        ("variant", "inspect", private.url + f"demo/{BEST}"),
    ):
        check(pip(*command, environ=environ).ok())
    assert not [*kept_in(pip.home)]


def test_where_the_password_is_wrong(pip: Pip, private: Index) -> None:
    wrong = private.url_as(USER, "wr0ng-one")
    for command in (
        ("install", "--dry-run", "-v", "--no-input", "demo"),
        ("variant", "explain", "demo"),
    ):
        result = pip(*command, "--index-url", wrong)
        assert result.status != 0
        assert "wr0ng-one" not in result.both
    typed = f"{wrong}demo/{BEST}"
    result = pip("variant", "inspect", typed).failed()
    assert "wr0ng-one" not in result.both


@pytest.mark.parametrize("subject", ["metadata", "wheel", "page"])
def test_another_host_gets_none(
    pip: Pip, private: Index, make_index: Callable[..., Index], subject: str
) -> None:
    """E35: neither where the first host sends us there nor where its page links there."""
    other = make_index()
    other.add(LEVELS)
    moved = {"metadata": f"demo/{JSON_NAME}", "wheel": f"demo/{BEST}", "page": "demo/"}
    path = moved[subject]
    elsewhere = Response(302, {"Location": f"{other.url}{path}"})
    private.answer(path, elsewhere)
    if subject == "wheel":
        # Without the file, the wheels are read in pieces.
        private.answer(f"demo/{JSON_NAME}", Response(404))
    result = pip.choose("--index-url", address(private), "demo")
    assert result.file == BEST, result.warnings
    check(pip("variant", "inspect", f"{address(private)}demo/{BEST}").ok())
    assert other.requests
    for request in other.requests:
        assert "authorization" not in request.headers
        assert not any(text in str(request.headers) for text in SPELLINGS)


def test_a_page_that_links_to_another_host(
    pip: Pip, private: Index, make_index: Callable[..., Index]
) -> None:
    other = make_index()
    other.add(LEVELS)
    links = "".join(
        f'<a href="{other.url}demo/{name}">{name}</a>' for name in (BEST, JSON_NAME)
    )
    page = f"<!DOCTYPE html><html><body>{links}</body></html>".encode()
    private.answer("demo/", Response(200, {"Content-Type": "text/html"}, page))
    assert pip.choose("--index-url", address(private), "demo").file == BEST
    assert other.metadata_log
    for request in other.requests:
        assert "authorization" not in request.headers


def test_a_lock_is_of_use_to_others(pip: Pip, private: Index, tmp_path: Path) -> None:
    """A lock file is committed: no password in it, and it installs with one."""
    lock = tmp_path / "pylock.toml"
    pip("lock", "demo", "--index-url", address(private), "-o", lock).ok()
    assert not [*kept_in(tmp_path)]
    check(
        pip(
            "install",
            "--dry-run",
            "--index-url",
            address(private),
            "-r",
            lock,
        )
    )


def test_hash_errors_hide_it(pip: Pip, private: Index, tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    other = tmp_path / "other.whl"
    other.write_bytes(b"other")
    file.write_text(f"demo==1.0 {hashes([other])}\n", "utf-8")
    result = pip.dry(private, "--index-url", address(private), "-r", file)
    assert result.status != 0
    check(result)
