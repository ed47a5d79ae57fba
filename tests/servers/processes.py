"""Real servers, each in a process of its own, on 127.0.0.1."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

SECONDS = 60
"""Long before this, a server is up."""

NEEDED = ("pypiserver", "devpi_server", "uv")
BIN = Path(sys.executable).parent
UV = BIN / "uv"
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "serve-an-index.md"


def missing() -> list[str]:
    """Return what has to be installed first: nox -s servers."""
    return [name for name in NEEDED if find_spec(name) is None]


def nginx() -> str | None:
    """Return the program: of the session, or of this machine."""
    return os.environ.get("NGINX") or shutil.which("nginx")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says to one request."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def get(url: str, **headers: str) -> Answer:
    """Ask for a URL; keyword ``content_type`` is the header Content-Type."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return _send(urllib.request.Request(url, headers=named))


def _send(request: urllib.request.Request) -> Answer:
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            return Answer(response.status, dict(response.headers), response.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, dict(error.headers), error.read())


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str | Path], url: str, log: Path, environ: Mapping[str, str]
) -> Iterator[None]:
    """Run a server until its URL answers, and as long as the block runs."""
    with (
        log.open("wb") as out,
        subprocess.Popen(
            [*map(str, command)], env=dict(environ), stdout=out, stderr=out
        ) as process,
    ):
        try:
            end = time.monotonic() + SECONDS
            while True:
                assert process.poll() is None, log.read_text("utf-8", "replace")
                assert time.monotonic() < end, log.read_text("utf-8", "replace")
                try:
                    get(url)
                    break
                except OSError:
                    time.sleep(0.05)
            yield
        finally:
            process.terminate()


@contextmanager
def http_server(root: Path, work: Path) -> Iterator[str]:
    """Serve a folder with Python's own server."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1"]
    rest = ["--directory", str(root), str(port)]
    with running([*command, *rest], url, work / "http.log", os.environ):
        yield url


@contextmanager
def pypiserver(folder: Path, work: Path) -> Iterator[str]:
    """Serve the wheels of a folder with pypiserver."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    options = ["-i", "127.0.0.1", "-p", str(port), "--disable-fallback", str(folder)]
    command = [sys.executable, "-m", "pypiserver", "run", *options]
    with running(command, url, work / "pypiserver.log", os.environ):
        yield url


def nginx_config() -> str:
    """Return the configuration that the page shows."""
    text = PAGE.read_text("utf-8")
    found = re.search(r"^```nginx\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@contextmanager
def nginx_server(root: Path, work: Path, *, listing: bool = False) -> Iterator[str]:
    """Serve a folder with nginx, as the page tells.

    :param listing: whether it is served as a list of files instead.
    """
    program = nginx()
    assert program is not None
    port, scratch = free_port(), work / f"nginx-{uuid.uuid4().hex}"
    scratch.mkdir()
    server = nginx_config()
    if listing:
        server = (
            f"server {{ listen 127.0.0.1:{port}; root {root}; "
            "location / { autoindex on; } }"
        )
    else:
        for written, own in (
            ("listen 80;", f"listen 127.0.0.1:{port};"),
            ("root /srv/www;", f"root {root};"),
        ):
            assert written in server
            server = server.replace(written, own)
    temporary = "".join(
        f"{name}_temp_path {scratch};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = scratch / "nginx.conf"
    config.write_text(
        f"daemon off;\nmaster_process off;\npid {scratch}/pid;\nevents {{}}\n"
        f"http {{\naccess_log {scratch}/access.log;\n{temporary}"
        f"types {{ text/html html; }}\n{server}\n}}\n"
    )
    environ = dict(os.environ)
    libraries = Path(program).parents[1] / "lib"
    if os.environ.get("NGINX") and libraries.is_dir():
        folders = {str(file.parent) for file in libraries.rglob("*.so*")}
        environ["LD_LIBRARY_PATH"] = os.pathsep.join(sorted(folders))
    command = [program, "-c", str(config), "-p", str(scratch), "-e", "stderr"]
    url = f"http://127.0.0.1:{port}/"
    with running(command, url, work / "nginx.log", environ):
        yield url


@contextmanager
def devpi(work: Path) -> Iterator[Devpi]:
    """Run a devpi without any index."""
    port, state = free_port(), work / "devpi"
    subprocess.run(
        [BIN / "devpi-init", "--serverdir", state, "--no-root-pypi"],
        check=True,
        capture_output=True,
        timeout=SECONDS,
    )
    url = f"http://127.0.0.1:{port}/"
    options = ["--serverdir", str(state), "--host", "127.0.0.1", "--port", str(port)]
    command = [str(BIN / "devpi-server"), *options]
    with running(command, f"{url}+api", work / "devpi.log", os.environ):
        yield Devpi.login(url)


@dataclass(frozen=True, slots=True)
class Devpi:
    """A devpi, spoken to as its own client and as twine do."""

    url: str
    token: str

    @classmethod
    def login(cls, url: str) -> Devpi:
        """Log in as the first user, whose password is empty."""
        body = json.dumps({"user": "root", "password": ""}).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        asked = urllib.request.Request(f"{url}+login", body, headers)
        answer = json.loads(_send(asked).body)
        return cls(url, f"root:{answer['result']['password']}")

    def make_index(self, name: str, **settings: str) -> str:
        """Make an index; return its URL."""
        answer = self._send("PUT", name, json.dumps(settings).encode())
        assert answer.status == 200, answer
        return f"{self.url}root/{name}/"

    def upload(self, name: str, file: Path) -> Answer:
        """Upload a file as twine does."""
        boundary = uuid.uuid4().hex
        fields = {
            ":action": "file_upload",
            "name": "demo",
            "version": "1.0",
            "metadata_version": "2.1",
            "filetype": "bdist_wheel" if file.suffix == ".whl" else "sdist",
            "pyversion": "py3",
        }
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n'
            f"{value}\r\n".encode()
            for key, value in fields.items()
        ]
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="content"; '
            f'filename="{file.name}"\r\n\r\n'
        )
        tail = f"\r\n--{boundary}--\r\n"
        body = b"".join([*parts, head.encode(), file.read_bytes(), tail.encode()])
        return self._send(
            "POST", f"{name}/", body, f"multipart/form-data; boundary={boundary}"
        )

    def _send(
        self, method: str, path: str, body: bytes, kind: str = "application/json"
    ) -> Answer:
        token = base64.b64encode(self.token.encode()).decode()
        headers = {
            "X-Devpi-Auth": token,
            "Content-Type": kind,
            "Accept": "application/json",
        }
        url = f"{self.url}root/{path}"
        return _send(urllib.request.Request(url, body, headers, method=method))


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that a server does by itself."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)
