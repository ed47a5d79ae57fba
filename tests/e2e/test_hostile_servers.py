"""Servers that lie, and what they may cost: no traceback, no wrong wheel (E2, E36)."""

from __future__ import annotations

from pathlib import Path

import pytest

from pip_variants.demo.server import Request, Response
from pip_variants.demo.wheels import build_wheel
from tests.kit import BEST, LEVELS, Index, Pip

PLAIN = ["demo-1.0"]
MOST_REQUESTS = 20


@pytest.fixture
def without_json(index: Index) -> Index:
    """demo 1.0 with variants, whose metadata stands in the wheels alone."""
    index.add(LEVELS, listed=None)
    return index


@pytest.mark.parametrize("length", ["9999999999999", "99999999999999999999", "-5", "0"])
def test_a_length_that_is_a_lie(pip: Pip, without_json: Index, length: str) -> None:
    def answer(request: Request) -> Response | None:
        headers = {"Content-Length": length, "Accept-Ranges": "bytes"}
        return Response(200, headers) if request.method == "HEAD" else None

    for label in LEVELS["variants"]:
        without_json.answer(f"demo/demo-1.0-py3-none-any-{label}.whl", answer)
    result = pip.dry(without_json, "demo").ok()
    assert result.would_install == PLAIN
    assert "Traceback" not in result.both
    assert len(without_json.requests) < MOST_REQUESTS


@pytest.mark.parametrize(
    "body", [b"", b"short", b"\0" * 1_000_000], ids=["nothing", "less", "more"]
)
def test_parts_that_are_none(pip: Pip, without_json: Index, body: bytes) -> None:
    def answer(request: Request) -> Response | None:
        if request.range is None:
            return None
        wanted = request.range.partition("=")[2]
        return Response(206, {"Content-Range": f"bytes {wanted}/*"}, body)

    without_json.answer(f"demo/{BEST}", answer)
    result = pip.dry(without_json, "demo").ok()
    assert result.would_install == ["demo-1.0-v1"]
    assert any("Ignoring variant v2" in line for line in result.warnings)


def test_a_cut_connection_costs_one_variant(pip: Pip, without_json: Index) -> None:
    def answer(request: Request) -> Response | None:
        if request.range is None:
            return None
        wanted = request.range.partition("=")[2]
        length = int(wanted.split("-")[1]) - int(wanted.split("-")[0]) + 1
        headers = {"Content-Range": f"bytes {wanted}/*", "Content-Length": str(length)}
        return Response(206, headers, b"PK")

    without_json.answer(f"demo/{BEST}", answer)
    result = pip.dry(without_json, "--retries", "0", "demo").ok()
    assert result.would_install == ["demo-1.0-v1"]
    assert "Traceback" not in result.both


def test_a_reason_cannot_control_the_terminal(pip: Pip, index: Index) -> None:
    index.add(LEVELS)
    body = b'{"$schema": "https://x/v9.9.9\x1b[31m.json"}'
    index.answer("demo/demo-1.0-variants.json", Response(200, {}, body))
    result = pip.dry(index, "demo").ok()
    assert "\x1b" not in result.both


def test_a_file_of_that_name_in_a_plain_package_is_no_harm(
    own_pip: Pip, index: Index
) -> None:
    """F6: a package without variants is upgraded as ever."""
    files = {"demo.py": b"", "demo-1.0.dist-info/variant.json": b"\xff\xfe"}
    build_wheel(index.project("demo"), "demo", "1.0", files=files)
    options = ("install", "--index-url", index.url)
    own_pip(*options, "demo").ok()
    index.add(version="2.0")
    result = own_pip(*options, "--upgrade", "demo").ok()
    assert result.installed == ["demo-2.0"]


def test_an_absurd_requirement_takes_no_time(pip: Pip, index: Index) -> None:
    document = {
        "$schema": "https://variants-schema.wheelnext.dev/peps/850/v0.2.0.json",
        "default-priorities": {"namespace": ["nvidia"]},
        "providers": {"nvidia": {"requires": ["a" + " " * 20_000 + "@"]}},
        "variants": {"x": {"nvidia": {"sm_arch": ["90_real"]}}},
    }
    index.add(document)
    assert pip.dry(index, "demo").ok().would_install == PLAIN


def test_a_link_that_is_no_address(pip: Pip, index: Index, tmp_path: Path) -> None:
    index.add(LEVELS, listed=None)
    page = tmp_path / "links.html"
    wheel = index.project("demo") / BEST
    page.write_text(
        f'<a href="{wheel.as_uri()}">{BEST}</a>'
        '<a href="http://a..b/demo-1.0-variants.json">demo-1.0-variants.json</a>',
        "utf-8",
    )
    result = pip(
        "install", "--dry-run", "--no-index", "--find-links", page.as_uri(), "demo"
    ).ok()
    assert result.would_install == ["demo-1.0-v2"]
    assert any("a..b" in line for line in result.warnings)
