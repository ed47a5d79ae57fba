"""What the index holds, and the files and projects that command lines name.

No package here has variants; those of ``VARIANTS`` go to an index of their own.
"""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

from pip_variants.demo.wheels import build_sdist, build_wheel
from tests.installed import write_installed
from tests.kit import LEVELS, Index

YANKED = {
    "alpha-1.5-py3-none-any.whl": "it was a mistake",
    "beta-1.5-py3-none-any.whl": "",
}

TIMES = {
    f"alpha-{version}-py3-none-any.whl": f"{year}-01-01T00:00:00Z"
    for year, version in enumerate(("1.0", "1.1", "1.5", "2.0", "2.1b1", "3.0"), 2020)
}

FLIT = """\
[build-system]
requires = ["flit_core"]
build-backend = "flit_core.buildapi"

[project]
name = "{name}"
version = "1.0"
description = "Built by flit."
dependencies = {requires}

[project.optional-dependencies]
more = ["gamma"]

[project.scripts]
{name} = "{name}:main"

[dependency-groups]
both = ["alpha", {{ include-group = "one" }}]
one = ["gamma<1.1"]
circle = [{{ include-group = "circle" }}]
"""

SETUPTOOLS = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "kappa"
version = "1.0"

[tool.setuptools]
py-modules = ["kappa"]
"""

# It says no to everything, in the way that build backends do.
REFUSING = """\
[build-system]
requires = []
build-backend = "refusing"
backend-path = ["."]
"""
REFUSING_BACKEND = b"""\
def build_wheel(folder, settings=None, metadata=None):
    print("this project cannot be built")
    raise SystemExit(3)
"""


def fill(index: Index) -> None:
    """Write plain packages of every kind."""
    for version in ("1.0", "1.1", "1.5", "2.0", "2.1b1"):
        index.add(name="alpha", version=version)
    index.add(name="alpha", version="3.0", requires_python=">=4")
    for version in ("1.0", "1.5"):
        index.add(
            name="beta",
            version=version,
            requires=["alpha>=1.1", "gamma ; python_version < '3'"],
            extras={"fast": ["gamma"], "all": ["beta[fast]", "delta"]},
        )
    for version in ("1.0", "1.1"):
        index.add(
            name="gamma",
            version=version,
            entry_points={"console_scripts": {"gamma": "gamma:main"}},
        )
    index.add(name="delta", version="0.9")
    index.add_sdist("delta", "1.0", requires=["alpha"])
    _tree(index)
    _awkward(index)
    _broken(index)
    _on_platforms(index)
    for name in ("flit-core", "setuptools"):
        write_installed(index.project(name), name)


def _tree(index: Index) -> None:
    """Ten packages that need each other."""
    for number in range(1, 10):
        needed = [f"leaf{other}" for other in range(number + 1, 10, number)]
        index.add(name=f"leaf{number}", requires=needed)
    index.add(name="tree", requires=["leaf1", "leaf2", "beta[fast]"])
    index.add(name="new-gamma", requires=["gamma>=1.1"])
    index.add(name="old-gamma", requires=["gamma<1.1"])
    for version in ("1.0", "1.1", "1.2"):
        # Every version but the first needs what there is not.
        needed = ["alpha<2"] if version == "1.0" else ["alpha>=9"]
        index.add(name="backtrack", version=version, requires=needed)
    index.add(name="needs-nothing-there", requires=["nothing-of-this-name"])
    index.add(name="circle-a", requires=["circle-b"])
    index.add(name="circle-b", requires=["circle-a"])


def _awkward(index: Index) -> None:
    """Names, builds and versions that are read in more than one way."""
    index.add(name="Mixed.Case_Name", version="1.0.post1")
    index.add(name="local", version="1.0+here")
    index.add(name="epoch", version="1!0.5")
    for build in ("1", "2a"):
        index.add_wheel(name="numbered", build=build)
    index.add_wheel(name="odd", version="1.0")
    index.add_wheel(name="odd", version="0.9", tag="py2.py3-none-any")
    wheel = index.project("odd") / "odd-1.0-py3-none-any.whl"
    for name in (
        "odd-2.0-py3-none.whl",
        "odd-3.0-py3-none-any-.whl",
        "odd-4.0-1-py3-none-any-a-b.whl",
        "odd-5_0-py3-none-any.whl",
        "odd--6.0-py3-none-any.whl",
        "other-7.0-py3-none-any.whl",
        "odd-8.0.exe",
    ):
        (wheel.parent / name).write_bytes(wheel.read_bytes())
    index.add(name="only-pre", version="1.0a1")
    index.add(name="only-4", requires_python=">=4")


def _broken(index: Index) -> None:
    """Files that are not what they say."""
    whole = index.add_wheel(name="whole").read_bytes()
    folder = index.project("not-a-zip")
    (folder / "not_a_zip-1.0-py3-none-any.whl").write_bytes(b"no zip")
    folder = index.project("other-name")
    (folder / "other_name-1.0-py3-none-any.whl").write_bytes(whole)
    index.add(name="bad-dependency", requires=["this is no requirement"])
    index.add(name="no-record", files={"no_record-1.0.dist-info/RECORD": b'"'})
    refusing = {
        "pyproject.toml": REFUSING.encode(),
        "refusing.py": REFUSING_BACKEND,
        "PKG-INFO": b"Metadata-Version: 2.4\nName: refusing\nVersion: 1.0\n",
    }
    _write_sdist(index.project("refusing"), "refusing-1.0", refusing)
    folder = index.project("no-archive")
    (folder / "no_archive-1.0.tar.gz").write_bytes(b"no archive")
    flit = {
        "pyproject.toml": _flit("iota").encode(),
        "iota.py": b'"""Built by flit."""\n',
        "PKG-INFO": b"Metadata-Version: 2.4\nName: iota\nVersion: 1.0\n",
    }
    _write_sdist(index.project("iota"), "iota-1.0", flit)


def _on_platforms(index: Index) -> None:
    for tag in ("cp311-cp311-win_amd64", "cp310-abi3-manylinux_2_17_riscv64"):
        index.add_wheel(name="compiled", tag=tag)
    index.add_wheel(name="compiled", version="0.9", tag="pp310-pypy310_pp73-win_amd64")


def fill_with_variants(index: Index) -> None:
    """Write packages with variants, with and without a plain wheel."""
    index.add(LEVELS)
    index.add(LEVELS, version="2.0", plain=False)
    index.add(LEVELS, name="only-variants", plain=False)
    index.add(name="user", requires=["demo"])
    build_sdist(index.project("sourced"), "sourced", "1.0")
    index.add(LEVELS, name="sourced", version="2.0", plain=False)


def write_things(folder: Path) -> None:
    """Write what lies in the working folder of every case."""
    _write(folder / "flitted", {"pyproject.toml": _flit("theta", ["alpha"])})
    _write(
        folder / "flitted",
        {"theta.py": '"""Built by flit."""\n\n\ndef main():\n    print("theta")\n'},
    )
    _write(
        folder / "settled", {"pyproject.toml": SETUPTOOLS, "kappa.py": "KAPPA = 1\n"}
    )
    _write(
        folder / "refusing",
        {"pyproject.toml": REFUSING, "refusing.py": REFUSING_BACKEND.decode()},
    )
    _write(folder / "empty", {})
    _write(folder / "not-toml", {"pyproject.toml": "[build-system\n"})
    _write(
        folder / "unsaid",
        {"pyproject.toml": '[build-system]\nbuild-backend = "gone"\n'},
    )
    build_wheel(folder / "wheels", "alpha", "9.0")
    build_wheel(folder / "wheels", "lambda", "1.0", requires=["gamma"])
    build_sdist(folder / "wheels", "mu", "1.0")


def _flit(name: str, requires: list[str] | None = None) -> str:
    return FLIT.format(name=name, requires=requires or [])


def _write(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")


def _write_sdist(folder: Path, stem: str, files: Mapping[str, bytes]) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(f"{stem}/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    (folder / f"{stem}.tar.gz").write_bytes(gzip.compress(stream.getvalue(), mtime=0))
