"""Pages on which one wheel stands for others: what pip takes and says is as without."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus

from pip_variants.demo.messages import Response
from tests.kit import BEST, LEVELS, Index, Pip, choose_demo, levels

PEP_691 = "application/vnd.pypi.simple.v1+json"


def test_every_version_has_its_labels(pip: Pip, index: Index) -> None:
    """An older version is taken when the newest fits nobody."""
    index.add(levels("v3", "v4"), version="2.0", plain=False)
    index.add(levels("v1", "v2"), version="1.0", plain=False)
    choice = choose_demo(pip, index)
    assert choice.file == BEST
    assert "demo 2.0" in choice.warnings


def test_the_log_names_each_wheel(pip: Pip, index: Index) -> None:
    """As pip does with -vv: who looks for a file in the log finds it."""
    index.add(LEVELS)
    out = pip.dry(index, "-vv", "demo").ok().out
    for label in LEVELS["variants"]:
        assert f"Found link {index.url}demo/demo-1.0-py3-none-any-{label}.whl" in out


def test_the_same_files_on_two_pages(
    pip: Pip, index: Index, make_index: Callable[..., Index]
) -> None:
    """Two indexes list the files of one server: each is ranked alone (E12)."""
    index.add(LEVELS, plain=False)
    other = make_index()
    other.project("demo")
    names = [f"demo-1.0-py3-none-any-{label}.whl" for label in LEVELS["variants"]]
    files = [
        {"filename": name, "url": f"{index.url}demo/{name}", "hashes": {}}
        for name in [*names, "demo-1.0-variants.json"]
    ]
    page = {"meta": {"api-version": "1.0"}, "name": "demo", "files": files}
    headers = {"Content-Type": PEP_691}
    body = json.dumps(page).encode()
    other.answer("demo/", Response(HTTPStatus.OK, headers, body))
    for first, second in ((index, other), (other, index)):
        options = ("--index-url", first.url, "--extra-index-url", second.url)
        assert pip.choose(*options, "demo").file == BEST


def test_the_versions_of_a_folded_page(pip: Pip, index: Index) -> None:
    for version in ("1.0", "2.0"):
        index.add(levels("v1", "v2", "v3"), version=version, plain=False)
    out = pip("index", "versions", "--index-url", index.url, "demo").ok().out
    assert "Available versions: 2.0, 1.0" in out


def test_a_label_asked_for_is_found_behind_another(pip: Pip, index: Index) -> None:
    index.add(LEVELS)
    for label in ("null", "v1", "v2"):
        choice = pip.choose("--index-url", index.url, f"demo#{label}")
        assert choice.label == label
