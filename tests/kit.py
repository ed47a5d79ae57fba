"""What the end-to-end tests share: real pip, a small index, metadata to put on it.

Nothing is mocked: pip runs in another process, in an environment of its own, against
a server on 127.0.0.1 that remembers what it was asked.
"""

from __future__ import annotations

import hashlib
import json
import re
import sysconfig
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pip_variants.demo.packages import Release, write_release
from pip_variants.demo.server import IndexServer, Override, Request, Response
from pip_variants.demo.wheels import build_sdist, build_wheel
from tests.running import Result, alone, run

SCHEMAS = "https://variants-schema.wheelnext.dev"
SCHEMA_825 = f"{SCHEMAS}/peps/825/v0.1.1.json"
SCHEMA_0_2_0 = f"{SCHEMAS}/peps/850/v0.2.0.json"

SECONDS = 60
"""How long one pip may take; it takes one."""

Document = dict[str, Any]


def gpu(driver: str, architecture: str = "7.5") -> dict[str, str]:
    """Return the variables that make the nvidia namespace say this."""
    return {
        "NV_VARIANT_PROVIDER_FORCE_CUDA_DRIVER_VERSION": driver,
        "NV_VARIANT_PROVIDER_FORCE_SM_ARCH": architecture,
    }


def static_document(
    variants: Mapping[str, Any], supported: Mapping[str, Any] | None = None
) -> Document:
    """Return 0.2.0 metadata whose every namespace is answered for by a static list.

    :param supported: namespace -> feature -> values, all best first; without it
        "this machine" has ``cpu :: level`` v2 and v1.
    """
    machine = {"cpu": {"level": ["v2", "v1"]}} if supported is None else supported
    return {
        "$schema": SCHEMA_0_2_0,
        "default-priorities": {"namespace": list(machine)},
        "providers": {
            namespace: {
                "static-properties": features,
                **({"feature-order": list(features)} if len(features) > 1 else {}),
            }
            for namespace, features in machine.items()
        },
        "variants": dict(variants),
    }


def level(*values: str) -> dict[str, Any]:
    """Return the properties of a wheel for these levels of the made-up cpu."""
    return {"cpu": {"level": list(values)}}


def levels(*labels: str) -> Document:
    """Return metadata with one label for each level, and ``null`` when named.

    Levels v2 and v1 are supported, v2 is better; v3 and above are not.
    """
    return static_document(
        {label: {} if label == "null" else level(label) for label in labels}
    )


LEVELS = levels("v1", "v2", "v3", "null")
"""v3 does not fit, v2 is the best that does."""

BEST = "demo-1.0-py3-none-any-v2.whl"
"""What is taken of LEVELS."""

JSON_NAME = "demo-1.0-variants.json"
"""Where LEVELS stand."""

PLAIN = "demo-1.0-py3-none-any.whl"
"""What is taken without variants."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a silent dry run would install, exactly."""

    files: tuple[str, ...]
    warnings: str

    @property
    def file(self) -> str:
        (found,) = self.files
        return found

    @property
    def label(self) -> str | None:
        """The label of the only file; None for a plain wheel."""
        return label_in(self.file)


def label_in(filename: str) -> str | None:
    """Tell the label in the name of a wheel without a build number."""
    parts = filename.removesuffix(".whl").split("-")
    return parts[5] if len(parts) > 5 else None


class Pip:
    """``python -m pip`` of an environment, with a home and a cache of its own."""

    def __init__(self, python: Path, home: Path) -> None:
        self.python = python
        self.home = home
        self.cache = home / "cache"
        home.mkdir(exist_ok=True)

    @property
    def site(self) -> Path:
        """The folder that packages are installed into."""
        folder = self.python.parents[1]
        base = {"base": folder, "platbase": folder}
        return Path(sysconfig.get_path("purelib", "venv", base))

    def __call__(
        self,
        *args: str | Path,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Result:
        return self.run("-m", "pip", *args, environ=environ, cwd=cwd)

    def run(
        self,
        *args: str | Path,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Result:
        """Run the Python of the environment with these arguments."""
        return run(
            (self.python, *args),
            self.environ(**(environ or {})),
            cwd or self.home,
            status=None,
            seconds=SECONDS,
            strict=True,
        )

    def environ(self, **extra: str) -> dict[str, str]:
        """Return variables under which nothing of the user's reaches pip."""
        return alone(self.home, **{"PIP_CACHE_DIR": str(self.cache), **extra})

    def dry(
        self,
        index: Index,
        *args: str | Path,
        environ: Mapping[str, str] | None = None,
    ) -> Result:
        """Run ``install --dry-run`` against one index."""
        return self(
            "install", "--dry-run", "--index-url", index.url, *args, environ=environ
        )

    def choose(
        self,
        *args: str | Path,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Choice:
        """Return the files that ``pip install`` of these arguments would take."""
        result = self(
            "install",
            "--dry-run",
            "--ignore-installed",
            "--quiet",
            "--report=-",
            *args,
            environ=environ,
            cwd=cwd,
        ).ok()
        report = json.loads(result.out)
        urls = [item["download_info"]["url"] for item in report["install"]]
        files = sorted(unquote(urlsplit(url).path.rpartition("/")[2]) for url in urls)
        return Choice(tuple(files), result.err)

    def install_into(
        self,
        target: Path,
        *args: str | Path,
        environ: Mapping[str, str] | None = None,
    ) -> Result:
        """Really install, into a folder of its own."""
        return self("install", "--target", target, *args, environ=environ)


class Index:
    """The projects of one test, in a folder and on a server.

    Use it as a context; what is added later is served as well.
    """

    def __init__(self, folder: Path, **habits: Any) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.server = IndexServer(folder, **habits)

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def origin(self) -> str:
        return self.url.removesuffix("/simple/")

    def url_as(self, user: str, password: str) -> str:
        """Return the URL with credentials in it."""
        return self.url.replace("://", f"://{user}:{password}@")

    @property
    def requests(self) -> list[Request]:
        return self.server.requests

    @property
    def log(self) -> list[str]:
        """Every request as "GET NAME", the page of a project as "GET demo/"."""
        found = []
        for request in self.requests:
            path = request.path.removeprefix("/simple/")
            folder, _, name = path.partition("/")
            found.append(f"{request.method} {name or f'{folder}/'}")
        return found

    @property
    def metadata_log(self) -> list[str]:
        """The files of variant metadata that were asked for, in order."""
        return [
            request.path.rpartition("/")[2]
            for request in self.requests
            if request.path.endswith("-variants.json")
        ]

    def forget(self) -> None:
        self.server.forget()

    def project(self, name: str) -> Path:
        folder = self.folder / re.sub(r"[-_.]+", "-", name).lower()
        folder.mkdir(exist_ok=True)
        return folder

    def add(
        self,
        document: Mapping[str, Any] | None = None,
        name: str = "demo",
        version: str = "1.0",
        *,
        labels: Iterable[str] | None = None,
        plain: bool = True,
        listed: Mapping[str, Any] | bytes | str | None = "as inside",
        inside: Mapping[str, Any] | None = None,
        **wheel: Any,
    ) -> None:
        """Add a release: a wheel for each label, a plain one, and the metadata file.

        :param document: variant metadata; without it there is a plain wheel alone.
        :param labels: those that have wheels, when not all do.
        :param listed: the index-level metadata, when it is not *document*; None for
            no such file.
        :param inside: the metadata in the wheels, when it is not *document*.
        :param wheel: further arguments of ``build_wheel``.
        """
        folder = self.project(name)
        if plain:
            build_wheel(folder, name, version, **wheel)
        if document is None:
            return
        for label in document["variants"] if labels is None else labels:
            build_wheel(
                folder,
                name,
                version,
                label=label,
                variant_json=document if inside is None else inside,
                **wheel,
            )
        if listed is not None:
            self.put_metadata(
                document if isinstance(listed, str) else listed, name, version
            )

    def put_metadata(
        self,
        listed: Mapping[str, Any] | bytes,
        name: str = "demo",
        version: str = "1.0",
    ) -> Path:
        """Write the index-level metadata of a release."""
        stem = re.sub(r"[-_.]+", "_", name).lower()
        path = self.project(name) / f"{stem}-{version}-variants.json"
        data = listed if isinstance(listed, bytes) else json.dumps(listed).encode()
        path.write_bytes(data)
        return path

    def add_wheel(self, label: str | None = None, **wheel: Any) -> Path:
        """Add one wheel of demo 1.0, unless told otherwise."""
        named = {"name": "demo", "version": "1.0", **wheel}
        return build_wheel(self.project(named["name"]), label=label, **named)

    def add_sdist(self, name: str = "demo", version: str = "1.0", **sdist: Any) -> Path:
        return build_sdist(self.project(name), name, version, **sdist)

    def add_release(self, release: Release) -> None:
        """Add one of the demo's own releases."""
        write_release(self.folder, release)

    def answer(self, path: str, override: Override | Response) -> None:
        """Answer requests for a path below /simple/ in another way."""
        assert not path.startswith("/"), path
        if isinstance(override, Response):
            response = override
            self.server.overrides[f"/simple/{path}"] = lambda _: response
        else:
            self.server.overrides[f"/simple/{path}"] = override

    def links(self) -> Path:
        """Return the folder of demo, for --find-links."""
        return self.project("demo")

    def __enter__(self) -> Index:
        self.server.__enter__()
        return self

    def __exit__(self, *details: Any) -> None:
        self.server.__exit__(*details)


def digest(file: Path) -> str:
    """Return the SHA-256 of a file in hex digits."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def hashes(files: Iterable[Path]) -> str:
    """Return the options of a requirement file that allow these files."""
    return " ".join(f"--hash=sha256:{digest(file)}" for file in files)


def variant_of(target: Path, module: str = "demo") -> str | None:
    """Return the label of what was really installed: the module knows it."""
    text = (target / f"{module}.py").read_text("utf-8")
    found = re.search(r"^VARIANT = (.+)$", text, re.MULTILINE)
    assert found is not None
    return None if found[1] == "None" else found[1].strip("'")


def choose(
    pip: Pip,
    index: Index,
    *args: str | Path,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Choice:
    """Return what ``pip install`` would take of one index."""
    return pip.choose("--index-url", index.url, *args, environ=environ, cwd=cwd)


def choose_demo(
    pip: Pip,
    index: Index,
    *args: str | Path,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Choice:
    """Return what ``pip install demo`` would take of one index."""
    return choose(pip, index, *args, "demo", environ=environ, cwd=cwd)


def label_of_demo(choice: Choice) -> str | None:
    """Return the label of demo among other files; None for its plain wheel."""
    (name,) = [name for name in choice.files if name.startswith("demo-1.0-")]
    return Choice((name,), "").label
