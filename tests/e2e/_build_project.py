"""A project with a build backend of its own, which notes how it is called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.kit import Pip

_BACKEND = '''\
"""Builds what is in this folder; CALLS is the file that every call is noted in."""

import base64, hashlib, io, json, os, pathlib, sys, tarfile, time, warnings, zipfile

NAME, VERSION = "tiny", "1.0"


def note(hook, settings):
    if "CALLS" in os.environ:
        line = {
            "hook": hook,
            "settings": settings or {},
            "cuda": os.environ.get("CUDA"),
            # Python may have kept what it compiled of this file.
            "folder": sorted({*os.listdir()} - {"__pycache__"}),
        }
        with open(os.environ["CALLS"], "a") as stream:
            stream.write(json.dumps(line) + "\\n")


def build_sdist(folder, settings=None):
    note("build_sdist", settings)
    name = f"{NAME}-{VERSION}"
    with tarfile.open(pathlib.Path(folder, f"{name}.tar.gz"), "w:gz") as archive:
        for file in ("pyproject.toml", "backend.py", "tiny.py"):
            if file not in os.environ.get("LEFT_OUT", ""):
                archive.add(file, f"{name}/{file}")
    return f"{name}.tar.gz"


def build_wheel(folder, settings=None, metadata=None):
    note("build_wheel", settings)
    cuda = os.environ.get("CUDA", "")
    print(f"compiling for {cuda}", flush=True)
    warnings.warn("this backend is old")
    if cuda and cuda in os.environ.get("BROKEN", "").split():
        sys.exit(f"there is no compiler for CUDA {cuda}")
    if cuda and cuda in os.environ.get("HANGING", "").split():
        time.sleep(600)
    if "MEETING" in os.environ:
        meet(pathlib.Path(os.environ["MEETING"]))
    pathlib.Path("left-behind").touch()
    label = (settings or {}).get("label", "")
    name = write(pathlib.Path(folder), cuda, label, (settings or {}).get("property"))
    return os.environ.get("RETURNED", name)


def meet(folder):
    """Wait until two builds are here at once."""
    pathlib.Path(folder, str(os.getpid())).touch()
    for _ in range(600):
        if len(list(folder.iterdir())) > 1:
            return
        time.sleep(0.1)
    sys.exit("nobody else is building")


def write(folder, cuda, label, value):
    name = os.environ.get("OTHER_NAME", NAME)
    info = f"{name}-{VERSION}.dist-info"
    files = {
        "tiny.py": pathlib.Path("tiny.py").read_text() + f"CUDA = {cuda!r}\\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {VERSION}\\n",
        f"{info}/WHEEL": (
            "Wheel-Version: 1.0\\nGenerator: backend\\nRoot-Is-Purelib: true\\n"
            "Tag: py3-none-any\\n"
        ),
    }
    if label:
        files[f"{info}/variant.json"] = json.dumps({
            "$schema": "https://variants-schema.wheelnext.dev/peps/850/v0.2.0.json",
            "default-priorities": {"namespace": ["nvidia"]},
            "providers": {"nvidia": {"requires": ["nvidia-variant-provider"]}},
            "variants": {
                label: {"nvidia": {"cuda_version_lower_bound": [value]}}
            },
        })
    rows = []
    for path, text in files.items():
        digest = hashlib.sha256(text.encode()).digest()
        hashed = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        rows.append(f"{path},sha256={hashed},{len(text.encode())}")
    files[f"{info}/RECORD"] = "\\n".join([*rows, f"{info}/RECORD,,"]) + "\\n"
    ending = f"-{label}" if label else ""
    wheel = f"{name}-{VERSION}-py3-none-any{ending}.whl"
    with zipfile.ZipFile(folder / wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), text)
    return wheel
'''

_HEAD = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "tiny"
version = "1.0"

[variant.default-priorities]
namespace = ["nvidia", "x86_64"]

[variant.providers]
nvidia.requires = ["nvidia-variant-provider"]
x86_64.requires = ["provider-variant-x86-64"]
"""

CUDA = """
[variant.matrix]
label = "cu{cuda}_{level}"
null = true
plain = true
shared-builds = true
environment = { CUDA = "{cuda.values}" }

[variant.matrix.axes.cuda]
property = "nvidia :: cuda_version_lower_bound"
values = [{ name = "126", values = ["12.6"] }, { name = "130", values = ["13.0"] }]

[variant.matrix.axes.level]
property = "x86_64 :: level"
values = ["v2", "v3"]
"""
"""Four cells out of two builds; null and the plain wheel out of a third."""

LABELS = ("cu126_v2", "cu126_v3", "cu130_v2", "cu130_v3", "null", None)


class Project:
    """The project on disk, the environment that builds it, and the calls so far."""

    def __init__(self, folder: Path, pip: Pip, matrix: str = CUDA) -> None:
        folder.mkdir()
        self.folder = folder
        self.dist = folder / "dist"
        self.pip = pip
        self._calls = folder.with_name(f"{folder.name}-calls.txt")
        (folder / "backend.py").write_text(_BACKEND, "utf-8")
        (folder / "tiny.py").write_text("")
        self.write(matrix)

    def write(self, matrix: str) -> None:
        """Write another matrix, or whatever else stands in ``[variant]``."""
        (self.folder / "pyproject.toml").write_text(_HEAD + matrix, "utf-8")

    def build(self, *args: str | Path, **environ: str) -> Any:
        """Run ``pip variant build`` in the folder of the project."""
        return self.pip(
            "variant",
            "build",
            *args,
            environ={"CALLS": str(self._calls), **environ},
            cwd=self.folder,
        )

    def document(self, *args: str | Path, **environ: str) -> Any:
        """Run it with ``--json``, which is to succeed."""
        return json.loads(self.build("--json", *args, **environ).ok().out)

    def calls(self, hook: str = "build_wheel") -> list[dict[str, Any]]:
        """Return the calls of a hook since this was asked last."""
        if not self._calls.exists():
            return []
        lines = self._calls.read_text().splitlines()
        self._calls.unlink()
        return [call for call in map(json.loads, lines) if call["hook"] == hook]

    @property
    def wheels(self) -> dict[str | None, Path]:
        """The wheels in ``dist``, by label."""
        found: dict[str | None, Path] = {}
        for path in self.dist.glob("*.whl"):
            parts = path.name.removesuffix(".whl").split("-")
            found[parts[5] if len(parts) > 5 else None] = path
        return found
