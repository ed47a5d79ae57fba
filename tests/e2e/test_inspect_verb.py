"""``pip variant inspect``: files here and on servers, as their user names them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from pip_variants.demo.messages import partial
from pip_variants.demo.server import Request, Response
from tests.kit import LEVELS, Index, Pip

CU128 = "torch-2.8.0-py3-none-any-cu128.whl"


def inspect(pip: Pip, *args: str | Path, **options: Any) -> Any:
    result = pip("variant", "inspect", "--json", *map(str, args), **options).ok()
    document = json.loads(result.out)
    assert document["version"] == 1
    return document["files"]


def test_a_wheel_and_the_metadata_of_its_release(pip: Pip, demo_index: Index) -> None:
    folder = demo_index.folder / "torch"
    result = pip(
        *("variant", "inspect"),
        *(str(folder / CU128), str(folder / "torch-2.8.0-variants.json")),
    ).ok()
    wheel, metadata = result.out.split("\n\n")
    assert wheel.startswith(
        f"{CU128}: a variant wheel of torch 2.8.0\n  Label: cu128\n"
    )
    assert "  nvidia :: cuda_version_lower_bound :: 12.8\n" in wheel
    assert "Provider of nvidia: nvidia-variant-provider>=0.0.1" in wheel
    assert "cu126" not in wheel
    assert "metadata of torch 2.8.0" in metadata
    for label in ("cu126", "cu128", "cu129", "null"):
        assert f"\n  {label}\n" in metadata
    assert "\n    no properties\n" in metadata
    assert not result.err


def test_a_plain_wheel(pip: Pip, demo_index: Index) -> None:
    name = "plainpkg-1.0-py3-none-any.whl"
    path = demo_index.folder / "plainpkg" / name
    result = pip("variant", "inspect", str(path)).ok()
    assert result.out == f"{name}: a plain wheel of plainpkg 1.0\n"


def test_a_server_is_asked_for_parts_of_a_wheel_alone(pip: Pip, index: Index) -> None:
    content = random.Random(1).randbytes(3_000_000)
    path = index.add_wheel("v2", variant_json=LEVELS, files={"demo.bin": content})
    index.answer(f"demo/{path.name}", counting := Counting(path))
    assert inspect(pip, f"{index.url}demo/{path.name}") == inspect(pip, path)
    assert 0 < counting.sent < path.stat().st_size / 10


class Counting:
    """Sends the parts of a file that are asked for, and counts their bytes."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        self.sent = 0

    def __call__(self, request: Request) -> Response:
        response = partial(request, Response(HTTPStatus.OK, body=self._data))
        if request.method == "GET":
            self.sent += len(response.body)
        return response


def test_a_server_without_parts_sends_the_wheel(
    pip: Pip, make_index: Callable[..., Index]
) -> None:
    index = make_index(ranges=False)
    path = index.add_wheel("v2", variant_json=LEVELS)
    assert inspect(pip, f"{index.url}demo/{path.name}") == inspect(pip, path)


def test_a_server_without_parts_and_a_large_wheel(pip: Pip, index: Index) -> None:
    """It is not fetched whole, whatever its length is said to be."""
    name = "demo-1.0-py3-none-any-v2.whl"
    body = bytes(65 * 1024 * 1024)
    index.answer(f"demo/{name}", Response(HTTPStatus.OK, body=body))
    refused = pip("variant", "inspect", f"{index.url}demo/{name}").failed()
    assert "larger than 67,108,864 bytes" in refused.err


def test_metadata_on_a_server_that_is_too_large(pip: Pip, index: Index) -> None:
    """E3."""
    name = "demo-1.0-variants.json"
    index.answer(f"demo/{name}", Response(HTTPStatus.OK, body=bytes(17 * 1024 * 1024)))
    refused = pip("variant", "inspect", f"{index.url}demo/{name}").failed()
    assert "larger than 16,777,216 bytes" in refused.err


def test_metadata_on_a_server(pip: Pip, demo_index: Index) -> None:
    name = "torch/torch-2.8.0-variants.json"
    found = inspect(pip, f"{demo_index.url}{name}")
    assert found == inspect(pip, demo_index.folder / name)


def test_a_file_url(pip: Pip, demo_index: Index) -> None:
    path = demo_index.folder / "torch" / CU128
    assert inspect(pip, path.as_uri()) == inspect(pip, path)


def test_the_credentials_of_the_index_are_used_and_never_shown(
    pip: Pip, make_index: Callable[..., Index]
) -> None:
    """E35: as pip finds them for a file below the address of an index."""
    index = make_index(credentials=("me", "secret"))
    path = index.add_wheel("v2", variant_json=LEVELS)
    url = f"{index.url}demo/{path.name}"
    environ = {"PIP_INDEX_URL": index.url_as("me", "secret")}
    assert inspect(pip, url, environ=environ) == inspect(pip, path)
    refused = pip("variant", "inspect", "--no-input", url).failed()
    assert "401" in refused.err
    wrong = url.replace("://", "://me:wrong@")
    refused = pip("variant", "inspect", "--no-input", wrong).failed()
    assert "wrong" not in refused.both


@pytest.mark.parametrize(
    ("name", "response", "told"),
    [
        ("demo-1.0-py3-none-any-v2.whl", Response(HTTPStatus.NOT_FOUND), "404"),
        ("demo-1.0-variants.json", Response(HTTPStatus.NOT_FOUND), "no such file"),
        (
            "demo-1.0-variants.json",
            Response(HTTPStatus.OK, body=b"<html>"),
            "no variant metadata",
        ),
        (
            "demo-1.0-py3-none-any-v2.whl",
            Response(HTTPStatus.OK, body=b"<html>" * 99),
            "no readable wheel",
        ),
        ("index.html", Response(HTTPStatus.OK, body=b"<html>"), "no variant metadata"),
    ],
)
def test_a_server_that_has_something_else(
    pip: Pip, index: Index, name: str, response: Response, told: str
) -> None:
    index.answer(f"demo/{name}", response)
    refused = pip("variant", "inspect", f"{index.url}demo/{name}").failed()
    assert told in refused.err


def test_a_server_that_cannot_be_reached(pip: Pip) -> None:
    url = "http://127.0.0.1:9/demo-1.0-py3-none-any-v2.whl"
    refused = pip("variant", "inspect", "--retries", "0", url).failed()
    assert "127.0.0.1" in refused.err
    # pip's own text has colours in it, which are no part of ours.
    assert "[magenta]" not in refused.err


def test_one_bad_file_does_not_hide_the_others(pip: Pip, demo_index: Index) -> None:
    path = demo_index.folder / "torch" / CU128
    result = pip("variant", "inspect", "--json", "none.whl", str(path)).failed()
    (found,) = json.loads(result.out)["files"]
    assert found["file"] == CU128
    assert "none.whl" in result.err


@pytest.mark.parametrize(
    "arg", ["none.whl", ".", "ftp://example.org/demo-1.0-variants.json", "torch==2.8.0"]
)
def test_what_is_no_file(pip: Pip, arg: str) -> None:
    pip("variant", "inspect", arg).failed()


def test_a_folder_stands_for_what_lies_in_it(pip: Pip, demo_index: Index) -> None:
    """The wheels and the metadata; other files and folders are let be."""
    folder = demo_index.folder / "torch"
    (folder / "notes.txt").write_text("")
    (folder / "deeper").mkdir()
    names = {each.name for each in folder.iterdir()}
    files = inspect(pip, folder)
    assert [each["file"] for each in files] == sorted(
        name for name in names if name.endswith((".whl", "-variants.json"))
    )


def test_a_folder_without_any_is_told_of(pip: Pip, tmp_path: Path) -> None:
    result = pip("variant", "inspect", tmp_path).failed()
    assert "holds no wheel and no variants.json" in result.err


def test_nothing_to_inspect(pip: Pip) -> None:
    assert "at least one wheel" in pip("variant", "inspect").failed().err


def test_a_problem_is_shown_and_is_no_failure(pip: Pip, index: Index) -> None:
    """E32: a renamed wheel; to judge is for another verb."""
    path = index.add_wheel("v2", variant_json=LEVELS, inner_label="v1")
    result = pip("variant", "inspect", str(path)).ok()
    assert "  Problem: " in result.out


def test_terminal_controls_in_a_file_are_not_printed(pip: Pip, index: Index) -> None:
    document = {
        **LEVELS,
        "providers": {"cpu": {"requires": ["a\x1b[31mb"]}},
        "$schema": f"{LEVELS['$schema']}",
    }
    path = index.put_metadata(document)
    result = pip("variant", "inspect", str(path)).ok()
    assert "\x1b" not in result.out
    assert "\\x1b[31mb" in result.out
