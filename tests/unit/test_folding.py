"""Folded pages: pip's own reading of the page is what they are compared with."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_variants import _pip, patching, replacements
from pip_variants.folding import Fold, Folds, unfold

URL = "https://index.test/simple/demo/"
JSON = "application/vnd.pypi.simple.v1+json"

NAMES = st.one_of(
    st.builds(
        "demo-{}-{}{}{}.whl".format,
        st.sampled_from(["1.0", "1.0.0", "2.0", "1!2.0", "1.0+local"]),
        st.sampled_from(["", "1-", "1a-"]),
        st.sampled_from(["py3-none-any", "py2-none-any", "cp39-cp39-win32"]),
        st.sampled_from(
            ["", "-null", "-v1", "-v2", "-linux_x86_64", "-V3", "-a-b", "-"]
        ),
    ),
    st.sampled_from(
        [
            "demo-1.0-variants.json",
            "demo-1.0.tar.gz",
            "other-1.0-py3-none-any-v1.whl",
            "de%6Do-1.0-py3-none-any-v1.whl",
            "demo-1.0-py3-none-any-v1.whl#sha256=00",
            "demo-1.0-py3-none-any-v2.whl#egg=demo",
            "demo-1.0-py3-none-any-v3.whl?token=1",
            "demo-2.0-py3-none-any-v1.whl?of=/demo-1.0-py3-none-any-v2.whl",
            "other.zip#egg=demo-2.0&of=/demo-1.0-py3-none-any-v3.whl",
            "demo 1-1.0-py3-none-any-v1.whl",
            "-v1.whl",
            "",
        ]
    ),
)
PLACES = st.sampled_from(
    ["", "./", "/simple/demo/", "files/", "/elsewhere/", "https://files.test/ab/"]
)
FILES = st.fixed_dictionaries(
    {"url": st.builds("{}{}".format, PLACES, NAMES)},
    optional={
        "requires-python": st.sampled_from([None, "", ">=3", ">=99", "nonsense"]),
        "yanked": st.sampled_from([None, False, True, "", "broken"]),
        "hashes": st.just({"sha256": "00"}),
        "core-metadata": st.sampled_from([True, False, {"sha256": "11"}]),
        "upload-time": st.just("2026-01-01T00:00:00Z"),
    },
)


@pytest.fixture(autouse=True, scope="module")
def pip_knows_labels() -> Iterator[None]:
    """Let pip read names with a label in this process, as it does in an installation."""
    module: Any = importlib.import_module("pip._internal.models.wheel")
    ours = replacements.parse_wheel_filename(module.parse_wheel_filename)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patching, "is_active", lambda: True)
        patch.setattr(module, "parse_wheel_filename", ours)
        yield


def page_of(files: object, content_type: str = JSON) -> Any:
    from pip._internal.index.collector import IndexContent

    content = json.dumps({"files": files}).encode()
    return IndexContent(content, content_type, None, URL, cache_link_parsing=False)


def candidates_on(page: Any) -> list[_pip.InstallationCandidate]:
    """Return what stock pip finds on a page for a package."""
    from pip._internal.index.collector import parse_links
    from pip._internal.models.target_python import TargetPython

    evaluator = _pip.LinkEvaluator(
        project_name="demo",
        canonical_name=_pip.canonicalize_name("demo"),
        formats=frozenset({"binary", "source"}),
        target_python=TargetPython(),
        allow_yanked=True,
    )
    found = []
    for link in dict.fromkeys(parse_links(page)):
        result, version = evaluator.evaluate_link(link)
        if result.name == "candidate":
            found.append(_pip.InstallationCandidate("demo", version, link))
    return found


def told(candidates: list[_pip.InstallationCandidate]) -> list[tuple[object, ...]]:
    """Return all that pip knows of candidates, in an order of its own."""
    return sorted(
        (
            str(each.version),
            each.link.url,
            str(each.link.comes_from),
            str(each.link.requires_python),
            str(each.link.yanked_reason),
            str(each.link.as_hashes()._allowed),
            str(each.link.metadata_file_data),
            str(each.link.upload_time),
        )
        for each in candidates
    )


@given(st.lists(FILES, max_size=12))
def test_a_folded_page_holds_what_pip_finds(files: list[Any]) -> None:
    page, folds = page_of(files), Folds()
    folded = folds.stand_ins(candidates_on(folds.shorten(page)))
    assert told([*unfold(folded)]) == told(candidates_on(page))


def wheel(label: str, **more: object) -> dict[str, object]:
    return {"url": f"demo-1.0-py3-none-any-{label}.whl", **more}


def test_labels_of_a_plain_name_are_one_candidate() -> None:
    folds = Folds()
    plain = {"url": "demo-1.0-py3-none-any.whl"}
    page = folds.shorten(page_of([plain, wheel("v1"), wheel("v2"), wheel("null")]))
    first, fold = folds.stand_ins(candidates_on(page))
    assert not isinstance(first, Fold)
    assert isinstance(fold, Fold)
    assert [each.link.filename for each in fold.members()] == [
        "demo-1.0-py3-none-any-v1.whl",
        "demo-1.0-py3-none-any-v2.whl",
        "demo-1.0-py3-none-any-null.whl",
    ]


def test_what_pip_would_judge_differently_stays_apart() -> None:
    """A yanked wheel, and one for another Python, are candidates of their own."""
    files = [
        wheel("v1"),
        wheel("v2", yanked="broken"),
        wheel("v3", **{"requires-python": ">=3.99"}),
        wheel("v4"),
    ]
    folds = Folds()
    found = folds.stand_ins(candidates_on(folds.shorten(page_of(files))))
    assert [[each.link.filename[22:-4] for each in unfold([one])] for one in found] == [
        ["v1", "v4"],
        ["v2"],
    ]


def test_a_file_is_named_before_its_query() -> None:
    """What stands behind that is of the server, slashes and names of wheels too."""
    other = "demo-2.0-py3-none-any-v1.whl?of=/demo-1.0-py3-none-any-v2.whl"
    for files in ([wheel("v3"), {"url": other}], [{"url": other}, wheel("v3")]):
        folds = Folds()
        found = [*unfold(folds.stand_ins(candidates_on(folds.shorten(page_of(files)))))]
        versions = {each.link.url.rpartition("/demo-")[2]: each for each in found}
        assert str(versions["1.0-py3-none-any-v3.whl"].version) == "1.0"
        assert told(found) == told(candidates_on(page_of(files)))


@pytest.mark.parametrize("again", ["", "./", "/simple/demo/", "/elsewhere/"])
def test_what_stands_twice_on_a_page_is_left_to_pip(again: str) -> None:
    """pip takes the first of one URL, and the last of one name elsewhere."""
    twice = {**wheel("v1"), "url": f"{again}demo-1.0-py3-none-any-v1.whl"}
    for files in (
        [wheel("v1", yanked=True), wheel("v2"), twice],
        [wheel("v1"), wheel("v2"), {**twice, "hashes": {"sha256": "00"}}],
        [wheel("v1"), wheel("v2"), wheel("v3", yanked=""), {**twice, "yanked": ""}],
    ):
        page = page_of(files)
        assert Folds().shorten(page) is page


def test_a_page_that_has_changed_is_folded_anew() -> None:
    folds = Folds()
    folds.shorten(page_of([wheel("v1"), wheel("v2")]))
    page = page_of([wheel("v1")])
    assert not any(
        isinstance(each, Fold)
        for each in folds.stand_ins(candidates_on(folds.shorten(page)))
    )


def test_pages_that_pip_cannot_read_are_left_to_pip() -> None:
    from dataclasses import replace

    for content in (b"", b"[]", b"{}", b'{"files": 1}', b"[" * 100_000, b"\xff"):
        page = replace(page_of([]), content=content)
        assert Folds().shorten(page) is page
    html = page_of([wheel("v1"), wheel("v2")], "text/html")
    assert Folds().shorten(html) is html


def test_files_that_are_none_are_left_to_pip() -> None:
    odd: list[object] = [None, 1, [], {}, {"url": 1}, {"url": None}]
    odd += [wheel("v1", yanked=[]), wheel("v2", **{"requires-python": {}})]
    page = page_of(odd)
    assert Folds().shorten(page) is page


def test_a_file_that_makes_no_link_costs_no_other() -> None:
    """Stock pip ends with a traceback here, whichever version is wanted."""
    bad = wheel("v2", **{"upload-time": "yesterday"})
    folds = Folds()
    page = folds.shorten(page_of([wheel("v1"), bad, wheel("v3")]))
    labels = [
        each.link.filename[22:-4]
        for each in unfold(folds.stand_ins(candidates_on(page)))
    ]
    assert labels == ["v1", "v3"]


def test_a_page_of_many_labels_is_a_short_one_for_pip() -> None:
    files = [wheel(f"v{number}") for number in range(5_000)]
    folds = Folds()
    page = folds.shorten(page_of(files))
    assert len(json.loads(page.content)["files"]) == 1
    (fold,) = folds.stand_ins(candidates_on(page))
    assert len([*unfold([fold])]) == 5_000


def test_what_else_a_page_says_stays() -> None:
    from dataclasses import replace

    said = {"meta": {"api-version": "1.4"}, "name": "demo", "versions": ["1.0"]}
    files = [wheel("v1"), wheel("v2")]
    page = replace(page_of([]), content=json.dumps({**said, "files": files}).encode())
    shorter = json.loads(Folds().shorten(page).content)
    assert shorter == {**said, "files": files[:1]}
