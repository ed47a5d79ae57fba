"""An indexed folder, served by the servers that people have.

What each of them does is pinned here, and told in docs/how-to/serve-an-index.md with the
remedy. Run with: nox -s servers
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from pip_variants.demo.environment import fresh_environment
from pip_variants.demo.wheels import build_sdist, build_wheel
from pip_variants.variantlib.publishing.indexing.folder import index_folder
from tests.kit import LEVELS, Pip, levels, variant_of
from tests.servers import processes
from tests.servers.processes import Devpi, get

if processes.missing():
    needed = ", ".join(processes.missing())
    pytest.skip(f"needs {needed}: nox -s servers", allow_module_level=True)

needs_nginx = pytest.mark.skipif(processes.nginx() is None, reason="there is no nginx")

JSON = "application/vnd.pypi.simple.v1+json"
METADATA = "demo-1.0-variants.json"

PYTHON = "`python -m http.server`, the pages or the folder"

# What our pip, stock pip and uv install: v2 is the best, None is the plain wheel.
ALL = ("v2", None, "v2")
FOUND = {
    "nginx, the pages": ALL,
    "nginx, a list of the folder": ALL,
    PYTHON: ALL,
    "pypiserver 2.4": ("v2", None, None),
    "devpi 6.20, uploaded to": (None, None, None),
    "devpi 6.20, as a mirror of such an index": ALL,
}
"""The rows of the table on the page."""


def publish(site: Path) -> None:
    report = index_folder(site / "wheels", pages=site / "simple")
    assert report.problems == ()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """demo 1.0: of v1, v2 (the best), v3 (does not fit) and null; with pages."""
    wheels = tmp_path / "site" / "wheels"
    for label in LEVELS["variants"]:
        build_wheel(wheels, "demo", "1.0", label=label, variant_json=LEVELS)
    build_wheel(wheels, "demo", "1.0", requires_python=">=3.8")
    build_sdist(wheels, "demo", "1.0")
    publish(tmp_path / "site")
    return tmp_path / "site"


class Tools:
    """Installs demo for real, and tells which label came: None for the plain wheel."""

    def __init__(self, python: Path, work: Path) -> None:
        self.pip = Pip(python, work / "home")
        self.errors = ""
        self._work = work
        self._count = 0

    def ours(self, *source: str, **environ: str) -> str | None:
        target = self._target()
        result = self.pip.install_into(target, *source, "demo", environ=environ).ok()
        self.errors = result.err
        return variant_of(target)

    def stock(self, *source: str) -> str | None:
        return self.ours(*source, PIP_VARIANTS_OFF="1")

    def uv(self, *source: str, cached: bool = False) -> str | None:
        target = self._target()
        command = [
            str(processes.UV),
            "pip",
            "install",
            "--no-config",
            "--preview",
            "demo",
        ]
        options = ["--python", str(self.pip.python), "--target", str(target)]
        cache = ["--cache-dir", str(self._work / "uv")]
        done = subprocess.run(
            [*command, *options, *(cache if cached else ["--no-cache"]), *source],
            env={k: v for k, v in os.environ.items() if not k.startswith("UV_")},
            capture_output=True,
            text=True,
            timeout=processes.SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return variant_of(target)

    def all(self, *source: str) -> tuple[str | None, str | None, str | None]:
        """Return what our pip, stock pip and uv install."""
        return self.ours(*source), self.stock(*source), self.uv(*source)

    def _target(self) -> Path:
        self._count += 1
        return self._work / f"target{self._count}"


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fresh_environment(tmp_path_factory.mktemp("shared") / "env")


@pytest.fixture
def tools(python: Path, tmp_path: Path) -> Tools:
    return Tools(python, tmp_path)


# servers of files


@needs_nginx
def test_nginx_serves_the_pages(site: Path, tools: Tools, tmp_path: Path) -> None:
    with processes.nginx_server(site, tmp_path) as url:
        source = ("--index-url", f"{url}simple/")
        assert tools.all(*source) == FOUND["nginx, the pages"]
        assert tools.errors == ""


@needs_nginx
def test_nginx_offers_both_forms(site: Path, tmp_path: Path) -> None:
    """PEP 691: whoever asks for JSON gets it, a browser gets HTML."""
    with processes.nginx_server(site, tmp_path) as url:
        for page in ("simple/", "simple/demo/"):
            asked = f"{JSON}, application/vnd.pypi.simple.v1+html; q=0.1, text/html"
            in_json = get(f"{url}{page}", Accept=asked)
            assert in_json.headers["Content-Type"] == JSON
            assert json.loads(in_json.body)["meta"]["api-version"] == "1.1"
            for accept in ("text/html,*/*;q=0.8", "*/*"):
                in_html = get(f"{url}{page}", Accept=accept)
                assert in_html.headers["Content-Type"] == "text/html"
                assert in_html.body.startswith(b"<!DOCTYPE html>")
            for answer in (in_json, in_html):
                assert answer.headers["Vary"] == "Accept"
                assert answer.headers["Cache-Control"] == "no-cache"
        metadata = get(f"{url}wheels/{METADATA}")
        assert metadata.headers["Cache-Control"] == "no-cache"
        assert get(f"{url}wheels/.pip-variant-index.json").status == 404


@needs_nginx
def test_every_link_of_the_pages_leads_to_that_file(site: Path, tmp_path: Path) -> None:
    from urllib.parse import urljoin

    with processes.nginx_server(site, tmp_path) as url:
        page = f"{url}simple/demo/"
        files = json.loads(get(page, Accept=JSON).body)["files"]
        assert len(files) == 7
        for file in files:
            answer = get(urljoin(page, file["url"]))
            digest = hashlib.sha256(answer.body).hexdigest()
            assert answer.status == 200
            assert file["hashes"] in ({"sha256": digest}, {})
            assert len(answer.body) == file["size"]


@needs_nginx
def test_a_new_variant_is_seen_at_once(
    site: Path, tools: Tools, tmp_path: Path
) -> None:
    """R32: with the headers of the page, no cache is older than the server."""
    best = site / "wheels" / "demo-1.0-py3-none-any-v2.whl"
    aside = tmp_path / best.name
    shutil.move(best, aside)
    publish(site)
    # Without a word from the server, uv takes old files to stay as they are for long.
    for file in site.rglob("*.*"):
        os.utime(file, (0, 0))
    with processes.nginx_server(site, tmp_path) as url:
        source = ("--index-url", f"{url}simple/")
        assert (tools.ours(*source), tools.uv(*source, cached=True)) == ("v1", "v1")
        shutil.move(aside, best)
        publish(site)
        assert (tools.ours(*source), tools.uv(*source, cached=True)) == ("v2", "v2")


@needs_nginx
def test_nginx_lists_a_folder(site: Path, tools: Tools, tmp_path: Path) -> None:
    with processes.nginx_server(site, tmp_path, listing=True) as url:
        source = ("--no-index", "--find-links", f"{url}wheels/")
        assert tools.all(*source) == FOUND["nginx, a list of the folder"]


def test_python_serves_the_pages(site: Path, tools: Tools, tmp_path: Path) -> None:
    with processes.http_server(site, tmp_path) as url:
        assert tools.all("--index-url", f"{url}simple/") == FOUND[PYTHON]


def test_python_lists_a_folder(site: Path, tools: Tools, tmp_path: Path) -> None:
    with processes.http_server(site, tmp_path) as url:
        source = ("--no-index", "--find-links", f"{url}wheels/")
        assert tools.all(*source) == FOUND[PYTHON]


def test_a_folder_without_a_server(site: Path, tools: Tools) -> None:
    source = ("--no-index", "--find-links", str(site / "wheels"))
    assert tools.all(*source) == ("v2", None, "v2")


def test_without_metadata_and_ranges_there_are_no_variants(
    site: Path, tools: Tools, tmp_path: Path
) -> None:
    """Why the file matters: Python's server sends wheels only whole (E36)."""
    (site / "wheels" / METADATA).unlink()
    with processes.http_server(site, tmp_path) as url:
        source = ("--no-index", "--find-links", f"{url}wheels/")
        assert tools.all(*source) == (None, None, None)


# pypiserver


def test_pypiserver_drops_the_metadata(
    site: Path, tools: Tools, tmp_path: Path
) -> None:
    """Our pip reads the wheels, part by part; uv takes the plain wheel."""
    with processes.pypiserver(site / "wheels", tmp_path) as url:
        page = get(f"{url}simple/demo/").body.decode()
        assert "demo-1.0-py3-none-any-v2.whl" in page
        assert METADATA not in page
        assert get(f"{url}packages/{METADATA}").status == 404
        source = ("--index-url", f"{url}simple/")
        assert tools.all(*source) == FOUND["pypiserver 2.4"]
        assert tools.errors == ""


def test_pages_beside_pypiserver(site: Path, tools: Tools, tmp_path: Path) -> None:
    """The remedy: it takes uploads, another server has the pages."""
    with (
        processes.pypiserver(site / "wheels", tmp_path) as uploads,
        processes.http_server(site, tmp_path) as url,
    ):
        assert METADATA not in get(f"{uploads}simple/demo/").body.decode()
        assert tools.all("--index-url", f"{url}simple/") == ("v2", None, "v2")


# devpi


@pytest.fixture
def devpi(tmp_path: Path) -> Iterator[Devpi]:
    with processes.devpi(tmp_path) as server:
        yield server


def test_devpi_refuses_the_metadata(devpi: Devpi, site: Path, tools: Tools) -> None:
    """It takes labelled wheels, and sends them only whole: nothing can be chosen."""
    index = devpi.make_index("dev", type="stage", volatile="True")
    for wheel in sorted(site.glob("wheels/*.whl")):
        assert devpi.upload("dev", wheel).status == 200
    refused = devpi.upload("dev", site / "wheels" / METADATA)
    assert refused.status == 400
    assert b"is not a valid archive name" in refused.body
    page = get(f"{index}+simple/demo/").body.decode()
    assert "demo-1.0-py3-none-any-v2.whl" in page
    source = ("--index-url", f"{index}+simple/")
    assert tools.all(*source) == FOUND["devpi 6.20, uploaded to"]
    tools.ours(*source)
    assert "The variant wheels of demo 1.0 are ignored" in tools.errors


@needs_nginx
def test_devpi_mirrors_an_index_and_keeps_the_first_metadata(
    devpi: Devpi, site: Path, tools: Tools, tmp_path: Path
) -> None:
    """A mirror passes it on, as it was when somebody asked first."""
    with processes.nginx_server(site, tmp_path) as url:
        index = devpi.make_index(
            "mirror",
            type="mirror",
            mirror_url=f"{url}simple/",
            mirror_cache_expiry="1",
        )
        source = ("--index-url", f"{index}+simple/")
        expected = FOUND["devpi 6.20, as a mirror of such an index"]
        assert tools.all(*source) == expected
        build_wheel(
            site / "wheels", "demo", "1.0", label="v4", variant_json=levels("v4")
        )
        publish(site)

        def listed() -> dict[str, str]:
            page = json.loads(get(f"{index}+simple/demo/", Accept=JSON).body)
            return {file["filename"]: file["url"] for file in page["files"]}

        processes.until(lambda: "demo-1.0-py3-none-any-v4.whl" in listed())
        place = listed()[METADATA].removeprefix("../../")
        old = json.loads(get(f"{index}{place}").body)
        new = json.loads(get(f"{url}wheels/{METADATA}").body)
        assert "v4" in new["variants"]
        assert "v4" not in old["variants"]


# what the page says


def test_the_table_of_the_page() -> None:
    text = processes.PAGE.read_text("utf-8")
    cells = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("| ")
    )
    rows = {server: answers for server, *answers in cells if server != "server"}
    assert rows.keys() == FOUND.keys()
    for server, (ours, stock, uv) in FOUND.items():
        for told, label in zip(rows[server], (ours, uv, stock), strict=True):
            assert told.startswith("the plain wheel" if label is None else "yes")


@pytest.mark.parametrize(
    ("name", "distribution"), [("pypiserver", "pypiserver"), ("devpi", "devpi-server")]
)
def test_the_page_is_about_these_versions(name: str, distribution: str) -> None:
    minor = ".".join(version(distribution).split(".")[:2])
    assert f"| {name} {minor}" in processes.PAGE.read_text("utf-8")
