"""An index in a process of its own, so that it takes no time from who is measured.

::

    python -m benchmarks.serving FOLDER

prints the URL; each line on standard input asks for the requests since the last one.

Beside folders of wheels, a folder may have listings (:class:`Listing`): projects of
many thousand wheels of which nobody downloads one, so that only names have to exist.
Their pages are made once, lest a server that writes long pages again and again be
what is measured.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pip_variants.demo.messages import Request, Response, accepts, conditional
from pip_variants.demo.pages import HTML, JSON, IndexFile, PageStyle, render_project
from pip_variants.demo.server import IndexServer

__all__ = ["IndexProcess", "Listing", "ServerProcess"]

_ROOT = Path(__file__).parents[1]
_ENDING = ".listing.json"
_MODIFIED = 1_750_000_000.0
_WHEEL_SIZE = 850_000_000


@dataclass(frozen=True, slots=True)
class Listing:
    """A project whose wheels exist by name only.

    :param versions: each has a plain wheel, and one for each label.
    :param labels: none without variants.
    :param requires: the dependencies of every wheel.
    :param variants_json: the metadata of every version; empty without variants.
    """

    name: str
    versions: tuple[str, ...]
    labels: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    variants_json: str = ""

    def write(self, folder: Path) -> None:
        """Put the listing into a folder that is to be served."""
        folder.mkdir(parents=True, exist_ok=True)
        # So that it exists for pages that look at folders.
        (folder / self.name).mkdir(exist_ok=True)
        text = json.dumps(asdict(self))
        (folder / f"{self.name}{_ENDING}").write_text(text, "utf-8")

    @classmethod
    def read_all(cls, folder: Path) -> Iterator[Self]:
        """Read the listings of a folder."""
        for path in sorted(folder.glob(f"*{_ENDING}")):
            table: dict[str, Any] = json.loads(path.read_text("utf-8"))
            for key in ("versions", "labels", "requires"):
                table[key] = tuple(table[key])
            yield cls(**table)

    def files(self) -> Iterator[IndexFile]:
        """Yield what stands on the page; digests are those of nothing that exists."""
        for version in self.versions:
            stem = f"{self.name}-{version}"
            lines = [f"Metadata-Version: 2.1\nName: {self.name}\nVersion: {version}"]
            lines += [f"Requires-Dist: {each}" for each in self.requires]
            metadata = ("\n".join(lines) + "\n").encode()
            for label in (None, *self.labels):
                ending = "" if label is None else f"-{label}"
                name = f"{stem}-py3-none-any{ending}.whl"
                yield _file(name, name.encode(), metadata, _WHEEL_SIZE)
            if self.variants_json:
                body = self.variants_json.encode()
                yield _file(f"{stem}-variants.json", body, None, len(body))

    def answers(self) -> dict[str, tuple[str, bytes]]:
        """Return what is served: path -> content type, body."""
        found: dict[str, tuple[str, bytes]] = {}
        here = f"/simple/{self.name}/"
        for file in self.files():
            if file.metadata is None:
                body = self.variants_json.encode()
                found[f"{here}{file.name}"] = "application/json", body
            else:
                kind = "application/octet-stream"
                found[f"{here}{file.name}.metadata"] = kind, file.metadata
        return found

    def page(self, kind: str) -> bytes:
        """Write the page of the project."""
        return render_project(self.name, self.files(), kind, PageStyle())


def _file(name: str, content: bytes, metadata: bytes | None, size: int) -> IndexFile:
    digest = hashlib.sha256(content).hexdigest()
    return IndexFile(Path(name), size, _MODIFIED, digest, ">=3.11", metadata)


class ServerProcess:
    """A module of this package that serves, from entering to leaving the context.

    It prints its address as its first line, and ends with its standard input.
    """

    def __init__(self, module: str, *arguments: str) -> None:
        """Prepare to run *module*."""
        self._command = (sys.executable, "-m", f"{__package__}.{module}", *arguments)
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command,
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = self._read_line()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _read_line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the index has ended")
        return line.strip()


class IndexProcess(ServerProcess):
    """Serves a folder."""

    def __init__(self, folder: Path) -> None:
        """Prepare to serve *folder*."""
        super().__init__("serving", str(folder))

    def requests(self) -> list[str]:
        """Return what was asked since the last call: method, path and status."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        answer: list[str] = json.loads(self._read_line())
        return answer


def _put_up(server: IndexServer, listing: Listing) -> None:
    """Let a server answer for a listing."""
    pages = {kind: listing.page(kind) for kind in (JSON, HTML)}
    answers = listing.answers()

    def answer(request: Request) -> Response:
        found = answers.get(request.path)
        if found is None:
            # As the server of folders decides: ties go to HTML.
            kind = JSON if accepts(request, JSON) > accepts(request, HTML) else HTML
            found = kind, pages[kind]
        kind, body = found
        headers = {"Content-Type": kind, "Vary": "Accept"}
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        response = Response(HTTPStatus.OK, headers, body)
        return conditional(request, response, etag, _MODIFIED)

    server.overrides |= dict.fromkeys((f"/simple/{listing.name}/", *answers), answer)


def main(folder: str) -> None:
    """Serve until standard input ends."""
    with IndexServer(Path(folder)) as server:
        for listing in Listing.read_all(Path(folder)):
            _put_up(server, listing)
        print(server.url, flush=True)
        for _ in sys.stdin:
            asked = [f"{r.method} {r.path} {r.status}" for r in server.requests]
            server.forget()
            print(json.dumps(asked), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
