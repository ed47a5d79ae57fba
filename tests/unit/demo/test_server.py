"""The demo index, asked with the plainest of clients and with pip."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from pip_variants.demo.environment import clean_environ
from pip_variants.demo.packages import TORCH_2_8, write_index, write_release
from pip_variants.demo.server import IndexServer, Request, Response
from pip_variants.demo.wheels import build_sdist, build_wheel

JSON = "application/vnd.pypi.simple.v1+json"
PIP_ACCEPT = f"{JSON}, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"
WHEEL = "torch-2.8.0-py3-none-any-cu129.whl"
WHEEL_PATH = f"/simple/torch/{WHEEL}"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(
    index: IndexServer,
    path: str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    address = urlsplit(index.url)
    assert address.hostname is not None
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    try:
        connection.request(method, path, headers=dict(headers or {}))
        response = connection.getresponse()
        found = {key.lower(): text for key, text in response.getheaders()}
        return Answer(response.status, found, response.read())
    finally:
        connection.close()


class Anchors(HTMLParser):
    """Collects the attributes of the links of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append(dict(attrs))

    def __getitem__(self, name: str) -> dict[str, str | None]:
        [anchor] = [
            item for item in self.found if str(item["href"]).split("#")[0] == name
        ]
        return anchor


def page_json(
    index: IndexServer, project: str = "torch"
) -> dict[str, dict[str, object]]:
    answer = ask(index, f"/simple/{project}/", headers={"Accept": JSON})
    assert answer.headers["content-type"] == JSON
    document = json.loads(answer.body)
    return {file["filename"]: file for file in document["files"]}


def page_html(index: IndexServer, project: str = "torch") -> Anchors:
    answer = ask(index, f"/simple/{project}/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Anchors(answer.body)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("index")
    write_index(made)
    return made


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[IndexServer]:
    with IndexServer(folder) as server:
        yield server


@pytest.fixture
def index(running: IndexServer) -> IndexServer:
    running.forget()
    return running


@pytest.fixture
def wheel(folder: Path) -> bytes:
    return (folder / "torch" / WHEEL).read_bytes()


class TestRootPage:
    def test_lists_the_projects(self, index: IndexServer, folder: Path) -> None:
        names = sorted(path.name for path in folder.iterdir())

        listed = json.loads(ask(index, "/simple/", headers={"Accept": JSON}).body)
        assert [item["name"] for item in listed["projects"]] == names
        assert listed["meta"] == {"api-version": "1.1"}
        anchors = Anchors(ask(index, "/simple/").body).found
        assert [anchor["href"] for anchor in anchors] == [f"{name}/" for name in names]


class TestProjectPage:
    def test_both_forms_list_every_file(self, index: IndexServer, folder: Path) -> None:
        names = sorted(path.name for path in (folder / "torch").iterdir())

        assert sorted(page_json(index)) == names
        hrefs = [str(anchor["href"]).split("#")[0] for anchor in page_html(index).found]
        assert hrefs == names
        assert "torch-2.8.0-variants.json" in names

    def test_both_forms_give_hashes(self, index: IndexServer, wheel: bytes) -> None:
        digest = hashlib.sha256(wheel).hexdigest()

        assert page_json(index)[WHEEL]["hashes"] == {"sha256": digest}
        href = [str(item["href"]) for item in page_html(index).found]
        assert f"{WHEEL}#sha256={digest}" in href

    def test_hashes_can_be_left_out(self, folder: Path) -> None:
        with IndexServer(folder, hashes=False) as index:
            file = page_json(index)[WHEEL]
            anchor = page_html(index)[WHEEL]

        assert file["hashes"] == {}
        assert file["core-metadata"] is True
        assert anchor["href"] == WHEEL
        assert anchor["data-core-metadata"] == "true"

    def test_json_gives_sizes_and_versions(
        self, index: IndexServer, wheel: bytes
    ) -> None:
        answer = ask(index, "/simple/torch/", headers={"Accept": JSON})

        assert json.loads(answer.body)["versions"] == ["2.7.0", "2.8.0"]
        assert page_json(index)[WHEEL]["size"] == len(wheel)

    def test_says_what_python_a_file_requires(self, tmp_path: Path) -> None:
        build_wheel(tmp_path / "pkg", "pkg", "1.0", requires_python=">=3.8,<4")
        build_sdist(tmp_path / "pkg", "pkg", "2.0", requires_python=">3")
        build_wheel(tmp_path / "pkg", "pkg", "3.0")

        with IndexServer(tmp_path) as index:
            files, anchors = page_json(index, "pkg"), page_html(index, "pkg")

        plain = "pkg-1.0-py3-none-any.whl"
        assert files[plain]["requires-python"] == ">=3.8,<4"
        assert anchors[plain]["data-requires-python"] == ">=3.8,<4"
        assert files["pkg-2.0.tar.gz"]["requires-python"] == ">3"
        assert "requires-python" not in files["pkg-3.0-py3-none-any.whl"]

    def test_says_what_was_yanked_and_uploaded(self, folder: Path) -> None:
        time = "2025-08-06T12:00:00Z"
        with IndexServer(
            folder,
            yanked={WHEEL: 'bad "build"', "torch-2.8.0-py3-none-any.whl": ""},
            upload_times={WHEEL: time},
        ) as index:
            files, anchors = page_json(index), page_html(index)

        assert files[WHEEL]["yanked"] == 'bad "build"'
        assert files[WHEEL]["upload-time"] == time
        assert files["torch-2.8.0-py3-none-any.whl"]["yanked"] is True
        assert "yanked" not in files["torch-2.8.0-py3-none-any-null.whl"]
        assert anchors[WHEEL]["data-yanked"] == 'bad "build"'
        assert anchors["torch-2.8.0-py3-none-any.whl"]["data-yanked"] == ""

    def test_quotes_what_a_link_may_not_hold(self, tmp_path: Path) -> None:
        build_wheel(tmp_path / "pkg", "pkg", "1.0+cu126", label="x")
        name = "pkg-1.0+cu126-py3-none-any-x.whl"

        with IndexServer(tmp_path) as index:
            url = str(page_json(index, "pkg")[name]["url"])
            assert url == "pkg-1.0%2Bcu126-py3-none-any-x.whl"
            assert ask(index, urljoin("/simple/pkg/", url)).status == 200
            assert index.requests[-1].path == f"/simple/pkg/{name}"

    def test_follows_what_is_in_the_folder(self, tmp_path: Path) -> None:
        build_wheel(tmp_path / "pkg", "pkg", "1.0")
        with IndexServer(tmp_path) as index:
            before = page_json(index, "pkg")
            build_wheel(tmp_path / "pkg", "pkg", "1.0", requires=["a"])
            build_wheel(tmp_path / "pkg", "pkg", "2.0")
            after = page_json(index, "pkg")

        name = "pkg-1.0-py3-none-any.whl"
        assert len(after) == len(before) + 1
        assert after[name]["hashes"] != before[name]["hashes"]

    def test_lists_files_that_are_not_what_they_say(self, tmp_path: Path) -> None:
        (tmp_path / "pkg").mkdir()
        names = ["pkg-1.0-py3-none-any.whl", "pkg-1.0.tar.gz", "pkg-1.0-variants.json"]
        for name in names:
            (tmp_path / "pkg" / name).write_bytes(b"no such thing")

        with IndexServer(tmp_path) as index:
            assert set(page_json(index, "pkg")) == set(names)
            assert ask(index, f"/simple/pkg/{names[0]}.metadata").status == 404


class TestContentNegotiation:
    @pytest.mark.parametrize(
        ("accept", "kind"),
        [
            (PIP_ACCEPT, JSON),
            ("text/html", "text/html; charset=utf-8"),
            (
                "application/vnd.pypi.simple.v1+html, text/html;q=0.1",
                "text/html; charset=utf-8",
            ),
            ("*/*", "text/html; charset=utf-8"),
            (f"{JSON};q=0.2, text/*;q=0.5, */*;q=0.1", "text/html; charset=utf-8"),
            (f"{JSON};q=0.9, text/html;q=0.5", JSON),
        ],
    )
    def test_takes_the_form_that_is_liked_best(
        self, index: IndexServer, accept: str, kind: str
    ) -> None:
        answer = ask(index, "/simple/torch/", headers={"Accept": accept})

        assert answer.headers["content-type"] == kind
        assert answer.headers["vary"] == "Accept"

    @pytest.mark.parametrize(
        ("form", "kind"), [("json", JSON), ("html", "text/html; charset=utf-8")]
    )
    def test_a_single_form_is_sent_to_everybody(
        self, folder: Path, form: str, kind: str
    ) -> None:
        with IndexServer(folder, formats=[form]) as index:
            for accept in (JSON, "text/html", PIP_ACCEPT, "*/*"):
                answer = ask(index, "/simple/torch/", headers={"Accept": accept})
                assert answer.headers["content-type"] == kind


class TestPaths:
    @pytest.mark.parametrize(
        ("path", "target"),
        [
            ("/simple/torch", "/simple/torch/"),
            ("/simple/Torch/", "/simple/torch/"),
            ("/simple/Provider_Fictional.HW", "/simple/provider-fictional-hw/"),
        ],
    )
    def test_other_spellings_lead_to_the_page(
        self, index: IndexServer, path: str, target: str
    ) -> None:
        answer = ask(index, path)

        assert answer.status == 301
        assert urljoin(path, answer.headers["location"]) == target

    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/simple",
            "/simple/nothing/",
            "/simple/nothing",
            "/simple/nothing/a.whl",
            "/simple/torch/nothing.whl",
            "/simple/torch/../numpy/numpy-2.2.5-variants.json",
            "/simple/torch/..%2Fnumpy%2Fnumpy-2.2.5-variants.json",
            "/simple/..%2F..%2Fetc/passwd",
            "/simple/../../etc/passwd",
            "/simple/%2e%2e/",
            "/simple/%2e%2e",
            "/simple/torch/%2e%2e",
            "/simple/torch/%00",
            "//etc/passwd",
            "/simple/x%0d%0aSet-Cookie:%20a=b",
        ],
    )
    def test_nothing_but_what_is_listed_can_be_had(
        self, index: IndexServer, path: str
    ) -> None:
        assert ask(index, path).status == 404

    def test_a_query_is_ignored(self, index: IndexServer, wheel: bytes) -> None:
        assert ask(index, f"{WHEEL_PATH}?a=b").body == wheel
        assert index.requests[0].path == WHEEL_PATH


class TestMetadataFile:
    def test_is_the_metadata_of_the_wheel(self, index: IndexServer) -> None:
        answer = ask(index, f"{WHEEL_PATH}.metadata")
        digest = hashlib.sha256(answer.body).hexdigest()

        assert answer.body.startswith(b"Metadata-Version: 2.4\nName: torch\n")
        file, anchor = page_json(index)[WHEEL], page_html(index)
        assert file["core-metadata"] == {"sha256": digest}
        # pip before 23.0.1 fails on a mapping under the older name.
        assert "dist-info-metadata" not in file
        [attributes] = [
            item for item in anchor.found if str(item["href"]).startswith(WHEEL)
        ]
        assert attributes["data-core-metadata"] == f"sha256={digest}"
        assert attributes["data-dist-info-metadata"] == f"sha256={digest}"

    def test_exists_for_wheels_only(self, index: IndexServer) -> None:
        name = "torch-2.8.0-variants.json"

        assert "core-metadata" not in page_json(index)[name]
        assert ask(index, f"/simple/torch/{name}.metadata").status == 404

    def test_can_be_left_out(self, folder: Path) -> None:
        with IndexServer(folder, metadata=False) as index:
            assert "core-metadata" not in page_json(index)[WHEEL]
            assert ask(index, f"{WHEEL_PATH}.metadata").status == 404


class TestFiles:
    def test_arrive_whole(self, index: IndexServer, wheel: bytes) -> None:
        answer = ask(index, WHEEL_PATH)

        assert (answer.status, answer.body) == (200, wheel)
        assert answer.headers["content-length"] == str(len(wheel))
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["accept-ranges"] == "bytes"

    def test_metadata_of_a_release_is_json(self, index: IndexServer) -> None:
        answer = ask(index, "/simple/torch/torch-2.8.0-variants.json")

        assert answer.headers["content-type"] == "application/json"
        assert set(json.loads(answer.body)["variants"]) == set(TORCH_2_8.labels)

    @pytest.mark.parametrize("path", ["/simple/", "/simple/torch/", WHEEL_PATH])
    def test_head_is_get_without_the_body(self, index: IndexServer, path: str) -> None:
        get, head = ask(index, path), ask(index, path, "HEAD")

        assert head.body == b""
        dates = {"date": ""}
        assert {**head.headers, **dates} == {**get.headers, **dates}


class TestRanges:
    @pytest.mark.parametrize(
        ("text", "first", "stop"),
        [
            ("bytes=0-9", 0, 10),
            ("bytes=5-5", 5, 6),
            ("bytes=10-", 10, None),
            ("bytes=-7", -7, None),
            ("bytes=100-999999", 100, None),
            ("bytes=-999999", 0, None),
            ("bytes = 0 - 9", 0, 10),
        ],
    )
    def test_a_part_is_sent(
        self,
        index: IndexServer,
        wheel: bytes,
        text: str,
        first: int,
        stop: int | None,
    ) -> None:
        answer = ask(index, WHEEL_PATH, headers={"Range": text})

        part = wheel[first:stop]
        start = wheel.index(part)
        end = start + len(part) - 1
        assert (answer.status, answer.body) == (206, part)
        assert answer.headers["content-range"] == f"bytes {start}-{end}/{len(wheel)}"
        assert answer.headers["content-length"] == str(len(part))
        assert index.requests[0].range == text

    @pytest.mark.parametrize("text", ["bytes=999999-", "bytes=-0"])
    def test_no_part_is_outside_the_file(
        self, index: IndexServer, wheel: bytes, text: str
    ) -> None:
        answer = ask(index, WHEEL_PATH, headers={"Range": text})

        assert (answer.status, answer.body) == (416, b"")
        assert answer.headers["content-range"] == f"bytes */{len(wheel)}"

    @pytest.mark.parametrize(
        "text", ["bytes=9-5", "bytes=-", "bytes=0-1,5-6", "lines=1-2", "nonsense"]
    )
    def test_what_makes_no_single_range_is_ignored(
        self, index: IndexServer, wheel: bytes, text: str
    ) -> None:
        answer = ask(index, WHEEL_PATH, headers={"Range": text})

        assert (answer.status, answer.body) == (200, wheel)

    def test_a_condition_can_go_with_it(self, index: IndexServer, wheel: bytes) -> None:
        etag = ask(index, WHEEL_PATH).headers["etag"]
        same = {"Range": "bytes=0-3", "If-Range": etag}
        other = {"Range": "bytes=0-3", "If-Range": '"other"'}

        assert ask(index, WHEEL_PATH, headers=same).body == wheel[:4]
        assert ask(index, WHEEL_PATH, headers=other).body == wheel

    def test_can_be_switched_off(self, folder: Path, wheel: bytes) -> None:
        with IndexServer(folder, ranges=False) as index:
            answer = ask(index, WHEEL_PATH, headers={"Range": "bytes=0-9"})

        assert (answer.status, answer.body) == (200, wheel)
        assert answer.headers["accept-ranges"] == "none"


class TestConditions:
    @pytest.mark.parametrize("path", ["/simple/", "/simple/torch/", WHEEL_PATH])
    def test_what_is_known_is_not_sent_again(
        self, index: IndexServer, path: str
    ) -> None:
        first = ask(index, path)
        etag, date = first.headers["etag"], first.headers["last-modified"]

        for headers in (
            {"If-None-Match": etag},
            {"If-None-Match": f'"other", W/{etag}'},
            {"If-None-Match": "*"},
            {"If-Modified-Since": date},
        ):
            answer = ask(index, path, headers=headers)
            assert (answer.status, answer.body) == (304, b"")
            assert answer.headers["etag"] == etag

    @pytest.mark.parametrize(
        "headers",
        [
            {"If-None-Match": '"other"'},
            {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
            {"If-Modified-Since": "some day"},
            {"If-None-Match": '"other"', "If-Modified-Since": "Fri, 01 Jan 2100 GMT"},
        ],
    )
    def test_what_is_new_is_sent(
        self, index: IndexServer, headers: Mapping[str, str]
    ) -> None:
        assert ask(index, WHEEL_PATH, headers=headers).status == 200

    def test_the_tag_follows_the_content(self, tmp_path: Path) -> None:
        write_release(tmp_path, TORCH_2_8)
        path = "/simple/torch/torch-2.8.0-variants.json"
        with IndexServer(tmp_path) as index:
            etag = ask(index, path).headers["etag"]
            (tmp_path / "torch" / "torch-2.8.0-variants.json").write_text("{}")
            answer = ask(index, path, headers={"If-None-Match": etag})

        assert (answer.status, answer.body) == (200, b"{}")


class TestRequests:
    def test_are_remembered_in_order(self, index: IndexServer) -> None:
        ask(index, "/simple/torch/", headers={"Accept": JSON, "X-Test": "Yes"})
        ask(index, "/nothing", "HEAD")

        first, second = index.requests
        assert (first.method, first.path, first.status) == (
            "GET",
            "/simple/torch/",
            200,
        )
        assert first.headers["accept"] == JSON
        assert first.headers["x-test"] == "Yes"
        assert first.range is None
        assert (second.method, second.path, second.status) == ("HEAD", "/nothing", 404)

    def test_are_values(self, index: IndexServer) -> None:
        ask(index, "/simple/")

        [found] = index.requests
        assert len({found, replace(found), replace(found, status=1)}) == 2

    def test_can_be_forgotten(self, index: IndexServer) -> None:
        ask(index, "/simple/")
        before = index.requests
        index.forget()

        assert index.requests == []
        assert len(before) == 1

    def test_of_one_connection_are_all_answered(self, index: IndexServer) -> None:
        address = urlsplit(index.url)
        assert address.hostname is not None
        connection = http.client.HTTPConnection(address.hostname, address.port)
        for _ in range(3):
            connection.request("GET", WHEEL_PATH)
            connection.getresponse().read()
        connection.close()

        assert len(index.requests) == 3


class TestOverrides:
    @pytest.mark.parametrize("status", [401, 403, 404, 410, 500, 503])
    def test_make_one_path_fail(self, folder: Path, status: int) -> None:
        with IndexServer(
            folder, overrides={WHEEL_PATH: lambda _: Response(status)}
        ) as (index):
            assert ask(index, WHEEL_PATH).status == status
            assert index.requests[0].status == status
            assert ask(index, f"{WHEEL_PATH}.metadata").status == 200

    def test_see_the_request(self, folder: Path) -> None:
        def echo(request: Request) -> Response:
            text = f"{request.method} {request.path} {request.headers['x-test']}"
            return Response(200, {"Content-Type": "text/html"}, text.encode())

        with IndexServer(folder, overrides={"/echo": echo}) as index:
            answer = ask(index, "/echo", headers={"X-Test": "a"})

        assert answer.body == b"GET /echo a"
        assert answer.headers["content-type"] == "text/html"

    def test_may_leave_the_answer_to_the_index(
        self, folder: Path, wheel: bytes
    ) -> None:
        answers: list[Response | None] = [Response(503, {"Retry-After": "0"}), None]

        with IndexServer(folder) as index:
            index.overrides[WHEEL_PATH] = lambda _: answers.pop(0)
            assert ask(index, WHEEL_PATH).status == 503
            assert ask(index, WHEEL_PATH).body == wheel

    def test_may_promise_more_than_they_send(self, folder: Path) -> None:
        short = Response(200, {"Content-Length": "100"}, b"short")

        with (
            IndexServer(folder, overrides={"/short": lambda _: short}) as index,
            pytest.raises(http.client.IncompleteRead) as caught,
        ):
            ask(index, "/short")

        assert caught.value.partial == b"short"

    def test_that_are_broken_are_reported(self, folder: Path) -> None:
        def broken(request: Request) -> Response:
            raise LookupError(request.path)

        with IndexServer(folder, overrides={"/x": broken}) as index:
            answer = ask(index, "/x")

        assert answer.status == 500
        assert b"LookupError: /x" in answer.body


class TestCredentials:
    def test_are_required_for_everything(self, folder: Path) -> None:
        right = base64.b64encode(b"user:pass").decode()
        wrong = base64.b64encode(b"user:word").decode()

        with IndexServer(
            folder,
            credentials=("user", "pass"),
            overrides={"/mine": lambda _: Response(200)},
        ) as index:
            for path in ("/simple/", "/simple/torch/", WHEEL_PATH, "/mine", "/nothing"):
                answer = ask(index, path)
                assert answer.status == 401
                assert answer.headers["www-authenticate"] == 'Basic realm="demo index"'
            headers = {"Authorization": f"Basic {wrong}"}
            assert ask(index, WHEEL_PATH, headers=headers).status == 401
            headers = {"Authorization": f"Basic {right}"}
            assert ask(index, WHEEL_PATH, headers=headers).status == 200


class TestLife:
    def test_leaves_no_thread_and_no_port(self, folder: Path) -> None:
        before = threading.enumerate()
        with IndexServer(folder) as index:
            address = urlsplit(index.url)
            assert address.hostname is not None
            connection = http.client.HTTPConnection(address.hostname, address.port)
            connection.request("GET", "/simple/")
            connection.getresponse().read()
            # The connection is kept open, as pip does.
            assert len(threading.enumerate()) > len(before)

        assert threading.enumerate() == before
        connection.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address.hostname, address.port or 0), timeout=5)

    def test_takes_the_port_that_it_is_given(self, folder: Path) -> None:
        with IndexServer(folder) as index:
            port = urlsplit(index.url).port or 0
        with IndexServer(folder, port=port) as index:
            assert index.url == f"http://127.0.0.1:{port}/simple/"

    def test_can_be_entered_again(self, folder: Path) -> None:
        index = IndexServer(folder)
        for _ in range(2):
            with index:
                assert ask(index, "/simple/").status == 200

    def test_has_no_address_when_it_is_not_running(self, folder: Path) -> None:
        with pytest.raises(RuntimeError, match="not being served"):
            _ = IndexServer(folder).url

    def test_says_nothing(
        self, index: IndexServer, capfd: pytest.CaptureFixture[str]
    ) -> None:
        ask(index, "/nothing")
        ask(index, "/simple/", "POST")

        assert capfd.readouterr() == ("", "")


def pip_download(index: IndexServer, folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--dest", str(folder)),
            *("--index-url", index.url, *arguments),
        ],
        cwd=folder,
        env=clean_environ(os.environ, PIP_VARIANTS_OFF="1", PIP_NO_CACHE_DIR="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


class TestStockPip:
    @pytest.mark.parametrize("form", ["json", "html"])
    def test_takes_plain_wheels_from_it(
        self, folder: Path, tmp_path: Path, form: str
    ) -> None:
        with IndexServer(folder, formats=[form]) as index:
            pip_download(index, tmp_path, "trainer")
            paths = [request.path for request in index.requests]

        assert sorted(path.name for path in tmp_path.iterdir()) == [
            "torch-2.8.0-py3-none-any.whl",
            "trainer-1.0-py3-none-any.whl",
        ]
        assert paths == [
            "/simple/trainer/",
            "/simple/trainer/trainer-1.0-py3-none-any.whl.metadata",
            "/simple/torch/",
            "/simple/torch/torch-2.8.0-py3-none-any.whl.metadata",
            "/simple/trainer/trainer-1.0-py3-none-any.whl",
            "/simple/torch/torch-2.8.0-py3-none-any.whl",
        ]

    def test_reads_a_wheel_in_parts(self, folder: Path, tmp_path: Path) -> None:
        with IndexServer(folder, metadata=False) as index:
            pip_download(index, tmp_path, "--use-feature=fast-deps", "plainpkg")
            found = [request for request in index.requests if request.range]

        assert found
        assert {request.status for request in found} == {206}
