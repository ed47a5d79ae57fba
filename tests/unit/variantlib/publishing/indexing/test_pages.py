"""The pages of an index made of a folder."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import pytest

from pip_variants.demo.wheels import build_sdist
from pip_variants.variantlib.publishing.indexing.folder import index_folder
from tests.unit.variantlib.publishing.indexing.folders import (
    Anchors,
    add,
    labels_of,
    listed,
    snapshot,
    states,
    texts,
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Wheels, an sdist, and pages of them below one root."""
    wheels = tmp_path / "site" / "wheels"
    add(wheels, "v2", "2", requires_python=">=3.8,<4")
    add(wheels, None, requires_python=">=3.8,<4")
    add(wheels, "null", name="My.Pkg", version="2.0+cu.1")
    build_sdist(wheels, "demo", "1.0", requires_python=">=3.8,<4")
    report = index_folder(wheels, pages=tmp_path / "site" / "simple")
    assert report.problems == ()
    return tmp_path / "site"


def test_both_pages_list_the_projects(site: Path) -> None:
    page = site / "simple"
    assert json.loads((page / "index.json").read_bytes()) == {
        "meta": {"api-version": "1.1"},
        "projects": [{"name": "demo"}, {"name": "my-pkg"}],
    }
    anchors = Anchors(page / "index.html").found
    assert {name: attrs["href"] for name, attrs in anchors.items()} == {
        "demo": "demo/",
        "my-pkg": "my-pkg/",
    }


@pytest.mark.parametrize("project", ["demo", "my-pkg"])
def test_both_pages_lead_to_every_file(site: Path, project: str) -> None:
    """R29: also to the variant metadata; each link to a file with that hash."""
    page = site / "simple" / project
    base = "http://host/simple/" + project + "/"
    by_json = {name: each["url"] for name, each in listed(page).items()}
    anchors = Anchors(page / "index.html").found
    assert by_json.keys() == anchors.keys()
    assert any(name.endswith("-variants.json") for name in by_json)
    for name, url in by_json.items():
        link, fragment = urldefrag(anchors[name]["href"])
        assert link == url
        target = unquote(urljoin(base, url)).removeprefix("http://host/")
        file = site / target
        assert file.name == name
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        entry = listed(page)[name]
        assert entry["size"] == file.stat().st_size
        if name.endswith("-variants.json"):
            # It changes: an older page must not refuse the newer file (R32).
            assert (fragment, entry["hashes"]) == ("", {})
        else:
            assert fragment == f"sha256={digest}"
            assert entry["hashes"] == {"sha256": digest}


def test_the_metadata_of_a_wheel_stands_beside_it(site: Path) -> None:
    """PEP 658 and 714."""
    name = "demo-1.0-py3-none-any-v2.whl"
    file = site / "wheels" / f"{name}.metadata"
    assert "Name: demo" in file.read_text()
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    entry = listed(site / "simple" / "demo")[name]
    assert entry["core-metadata"] == {"sha256": digest}
    anchor = Anchors(site / "simple" / "demo" / "index.html").found[name]
    assert anchor["data-core-metadata"] == f"sha256={digest}"
    assert anchor["data-dist-info-metadata"] == f"sha256={digest}"


def test_the_pages_say_which_python_is_needed(site: Path) -> None:
    """Also of an sdist; escaped in HTML."""
    page = site / "simple" / "demo"
    for name in ("demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"):
        assert listed(page)[name]["requires-python"] == ">=3.8,<4"
        anchor = Anchors(page / "index.html").found[name]
        assert anchor["data-requires-python"] == ">=3.8,<4"
    assert '"&gt;=3.8,&lt;4"' in (page / "index.html").read_text()


def test_the_pages_have_versions_and_dates(site: Path) -> None:
    """PEP 700. The metadata is as old as the first of its wheels."""
    wheels = site / "wheels"
    for day, name in enumerate(("demo-1.0-py3-none-any-v2.whl", "demo-1.0.tar.gz")):
        os.utime(wheels / name, ns=(0, day * 86_400 * 10**9 + 1_500_000))
    index_folder(wheels, pages=site / "simple")
    document = json.loads((site / "simple" / "demo" / "index.json").read_bytes())
    assert document["meta"] == {"api-version": "1.1"}
    assert document["name"] == "demo"
    assert document["versions"] == ["1.0"]
    times = {file["filename"]: file["upload-time"] for file in document["files"]}
    assert times["demo-1.0-variants.json"] == "1970-01-01T00:00:00.001500Z"
    assert times["demo-1.0.tar.gz"] == "1970-01-02T00:00:00.001500Z"


def test_untrusted_text_is_escaped(tmp_path: Path) -> None:
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    odd = '>=3"><script>alert(1)</script>'
    wheel = add(wheels, "v2", "2", requires_python=odd)
    sub = wheels / "a b & #%3F"
    sub.mkdir()
    wheel = Path(shutil.move(wheel, sub))
    assert index_folder(wheels, pages=pages).ok
    assert "<script>" not in (pages / "demo" / "index.html").read_text()
    anchor = Anchors(pages / "demo" / "index.html").found[wheel.name]
    assert anchor["data-requires-python"] == odd
    page = (pages / "demo" / "index.html").as_uri()
    link = urldefrag(urljoin(page, anchor["href"])).url
    assert unquote(link) == unquote(wheel.as_uri())


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_a_folder_whose_name_is_no_text_is_linked_to(tmp_path: Path) -> None:
    wheels = tmp_path / os.fsdecode(b"wh\xffls")
    add(wheels, None)
    assert index_folder(wheels, pages=tmp_path / "pages").ok
    page = (tmp_path / "pages" / "demo" / "index.html").read_text("utf-8")
    assert 'href="../../wh%FFls/demo-1.0-py3-none-any.whl#' in page


def test_a_release_in_several_folders_has_one_file_on_its_page(tmp_path: Path) -> None:
    """R29, R30: each folder has its own, the page has the whole."""
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    add(wheels / "cpu", "v2", "2")
    add(wheels / "gpu", "v3", "3")
    report = index_folder(wheels, pages=pages)
    assert report.ok
    assert labels_of(wheels / "cpu" / "demo-1.0-variants.json") == ["v2"]
    assert labels_of(wheels / "gpu" / "demo-1.0-variants.json") == ["v3"]
    entry = listed(pages / "demo")["demo-1.0-variants.json"]
    assert entry["url"] == "demo-1.0-variants.json"
    assert labels_of(pages / "demo" / entry["url"]) == ["v2", "v3"]
    shutil.rmtree(wheels / "gpu")
    index_folder(wheels, pages=pages)
    assert not (pages / "demo" / entry["url"]).exists()
    entry = listed(pages / "demo")["demo-1.0-variants.json"]
    assert labels_of(pages / "demo" / entry["url"]) == ["v2"]


def test_folders_that_contradict_each_other(tmp_path: Path) -> None:
    """R35: each alone is right, one page of both cannot be."""
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    add(wheels / "one", "v", "2")
    add(wheels / "two", "v", "3", tag="py2-none-any")
    report = index_folder(wheels, pages=pages)
    assert set(states(report).values()) == {"written"}
    assert texts(report) == [
        (
            "the pages of demo are not updated: variants.v: one/demo-1.0-variants.json says "
            "cpu :: level :: 2; two/demo-1.0-variants.json says cpu :: level :: 3"
        )
    ]
    assert not (pages / "demo").exists()


def test_two_files_of_one_name(tmp_path: Path) -> None:
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    wheel = add(wheels / "one", None)
    (wheels / "two").mkdir()
    shutil.copy(wheel, wheels / "two")
    assert index_folder(wheels, pages=pages).ok
    assert listed(pages / "demo")[wheel.name]["url"].startswith("../../wheels/one/")
    add(wheels / "two", None, requires_python=">=3")
    report = index_folder(wheels, pages=pages)
    assert texts(report) == [
        (
            "the pages of demo are not updated: one/demo-1.0-py3-none-any.whl and "
            "two/demo-1.0-py3-none-any.whl have the same name and different contents; "
            "remove one of them"
        )
    ]


def test_pages_may_lie_among_the_wheels(tmp_path: Path) -> None:
    """Their folder is not read for wheels."""
    add(tmp_path, "v2", "2")
    pages = tmp_path / "simple"
    index_folder(tmp_path, pages=pages)
    add(pages / "demo", "v3", "3")
    report = index_folder(tmp_path, pages=pages)
    assert report.releases[0].labels == ("v2",)
    assert listed(pages / "demo")["demo-1.0-variants.json"]["url"] == (
        "../../demo-1.0-variants.json"
    )


def test_the_folder_may_hold_its_own_pages(tmp_path: Path) -> None:
    """One folder for each project, as many servers want it."""
    wheel = add(tmp_path / "demo", "v2", "2")
    for _ in range(2):
        assert index_folder(tmp_path, pages=tmp_path).ok
    assert listed(tmp_path / "demo")[wheel.name]["url"] == wheel.name


def test_a_page_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    add(tmp_path / "demo", "v2", "2")
    home = tmp_path / "index.html"
    home.write_text("<h1>Welcome</h1>")
    report = index_folder(tmp_path, pages=tmp_path)
    assert not report.ok
    assert texts(report) == [
        (
            f"the list of projects is not updated: {home} is no page of a simple index; "
            "move it away"
        )
    ]
    assert home.read_text() == "<h1>Welcome</h1>"


@pytest.mark.parametrize("name", ["index.html", "index.json"])
def test_a_page_cannot_be_written_where_a_folder_stands(
    tmp_path: Path, name: str
) -> None:
    wheels, pages = tmp_path / "wheels", tmp_path / "pages"
    add(wheels, "v2", "2")
    add(wheels, None, name="other")
    (pages / "demo" / name).mkdir(parents=True)
    report = index_folder(wheels, pages=pages)
    (text,) = texts(report)
    assert text.startswith(f"{pages / 'demo' / name} cannot be written: ")
    assert (pages / "other" / "index.html").exists()
    assert (wheels / "demo-1.0-variants.json").exists()
    assert not [*pages.rglob(".*")]


def test_the_pages_of_a_lost_project_are_removed(site: Path) -> None:
    for file in site.glob("wheels/demo*"):
        file.unlink()
    note = site / "simple" / "my-pkg" / "note.txt"
    note.write_text("mine")
    report = index_folder(site / "wheels", pages=site / "simple")
    assert report.pages_removed == ("demo/index.html", "demo/index.json")
    assert not (site / "simple" / "demo").exists()
    assert [*Anchors(site / "simple" / "index.html").found] == ["my-pkg"]
    assert note.exists()


def test_the_metadata_of_a_lost_wheel_is_removed(site: Path) -> None:
    (site / "wheels" / "demo-1.0-py3-none-any.whl").unlink()
    report = index_folder(site / "wheels", pages=site / "simple")
    assert report.removed == ("demo-1.0-py3-none-any.whl.metadata",)


def test_without_pages_they_stay(site: Path) -> None:
    before = snapshot(site / "simple")
    metadata = {*site.glob("wheels/*.metadata")}
    add(site / "wheels", "v3", "3")
    index_folder(site / "wheels")
    assert snapshot(site / "simple") == before
    assert {*site.glob("wheels/*.metadata")} == metadata
    (site / "wheels" / "demo-1.0-py3-none-any.whl").unlink()
    index_folder(site / "wheels", pages=site / "simple")
    assert "demo-1.0-py3-none-any-v3.whl" in listed(site / "simple" / "demo")


def test_what_is_written_is_readable_by_others(site: Path) -> None:
    """A web server is another user."""
    reference = site / "reference"
    reference.write_text("")
    written = [*site.rglob("*.json"), *site.rglob("*.html"), *site.rglob("*.metadata")]
    assert len(written) > 6
    assert {file.stat().st_mode for file in written} == {reference.stat().st_mode}
