"""The packages that ``pip install torch`` brings along, and how large they are.

Names, sizes and numbers of modules are about those of torch 2.8 for CUDA; the rest is
made up. A tree of another size has all of it in proportion.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pip_variants.demo._backend import escape, wheel_file
from pip_variants.demo.packages import TORCH_2_8

from ..documents import SUPPORTED, document_of
from .archive import WheelArchive
from .contents import library, module

__all__ = ["FULL_SIZE", "LABEL", "PACKAGES", "Package", "by_size", "write_wheels"]

FULL_SIZE = 3.0
"""How many GB the wheels have in all; a smaller tree has everything in proportion."""

LABEL = "cu129"
"""The variant of torch that the machine is made for."""

_MB = 1e6
_IN_A_FOLDER = 40
_TAG = "py3-none-any"


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the full tree.

    :param libraries: name -> MB that it takes in the wheel.
    :param modules: how many files of Python source there are.
    :param headers: how many files there are that nobody compiles.
    """

    name: str
    version: str
    libraries: tuple[tuple[str, float], ...] = ()
    modules: int = 0
    requires: tuple[str, ...] = ()
    headers: int = 0

    @property
    def stem(self) -> str:
        """The first part of the names of its files."""
        return f"{escape(self.name)}-{self.version}"

    @property
    def folder(self) -> str:
        """Where its modules are."""
        return escape(self.name.removesuffix("-cu12")).replace("nvidia_", "nvidia/")

    @property
    def metadata(self) -> bytes:
        """The file METADATA."""
        needs = (f"Requires-Dist: {each}" for each in self.requires)
        head = f"Metadata-Version: 2.1\nName: {self.name}\nVersion: {self.version}"
        return "\n".join([head, *needs, ""]).encode()


def _nvidia(name: str, version: str, **libraries: float) -> Package:
    files = ((f"nvidia/{name}/lib/lib{key}.so", mb) for key, mb in libraries.items())
    return Package(f"nvidia-{name}-cu12", version, tuple(files), modules=2)


_CUDA = (
    _nvidia("cublas", "12.9.1.4", cublasLt=465, cublas=95),
    _nvidia(
        "cudnn",
        "9.10.2.21",
        cudnn_engines=420,
        cudnn_ops=70,
        cudnn_adv=60,
        cudnn_cnn=50,
    ),
    _nvidia("nccl", "2.27.3", nccl=240),
    _nvidia("cusparse", "12.5.10.65", cusparse=180),
    _nvidia("cusolver", "11.7.5.82", cusolver=110, cusolverMg=50),
    _nvidia("cuda-nvrtc", "12.9.86", nvrtc=72, nvrtc_builtins=8),
)

_TORCH = Package(
    "torch",
    "2.8.0",
    (
        ("torch/lib/libtorch_cuda.so", 690),
        ("torch/lib/libtorch_cpu.so", 235),
        ("torch/lib/libtorch_cuda_linalg.so", 50),
        ("torch/lib/libtorch_python.so", 18),
        ("torch/lib/libc10.so", 3),
    ),
    2000,
    (
        "filelock",
        "fsspec>=0.8.5",
        "jinja2",
        "networkx>=2.5.1",
        "sympy>=1.13.3",
        "typing-extensions>=4.10.0",
        *(f"{each.name}=={each.version}" for each in _CUDA),
        "triton==3.4.0",
        "numpy",
    ),
    headers=5000,
)

PACKAGES = (
    _TORCH,
    *_CUDA,
    Package("triton", "3.4.0", (("triton/_C/libtriton.so", 152),), 180),
    Package("numpy", "2.3.2", (("numpy.libs/libopenblas.so", 12),), 420),
    Package("sympy", "1.14.0", (), 1500, ("mpmath<1.4,>=1.1.0",)),
    Package("mpmath", "1.3.0", (), 90),
    Package("networkx", "3.5", (), 600),
    Package("jinja2", "3.1.6", (), 25, ("markupsafe>=2.0",)),
    Package("markupsafe", "3.0.2", (), 3),
    Package("filelock", "3.19.1", (), 10),
    Package("fsspec", "2025.7.0", (), 60),
    Package("typing-extensions", "4.14.1", (), 1),
)
"""What is installed, torch first."""


def by_size() -> tuple[str, ...]:
    """Name the packages, the one with the largest wheel first."""

    def size(package: Package) -> float:
        return sum(mb for _, mb in package.libraries)

    return tuple(each.name for each in sorted(PACKAGES, key=size, reverse=True))


def write_wheels(folder: Path, size: float) -> None:
    """Write the wheels into an index folder, torch as a plain wheel and as a variant.

    Both of these are equally large. Of the other variants of torch there is just
    enough to stand on the page, since nobody takes them.

    :param size: of all wheels that one installation needs, in GB.
    """
    scale = size / FULL_SIZE
    document = _document()
    for package in PACKAGES:
        project = folder / package.name
        project.mkdir(parents=True)
        _write_wheel(project, package, scale)
    project = folder / _TORCH.name
    for label in document["variants"]:
        own = {**document, "variants": {label: document["variants"][label]}}
        part = scale if label == LABEL else 0
        _write_wheel(project, _TORCH, part, label, json.dumps(own))
    name = f"{_TORCH.stem}-variants.json"
    (project / name).write_text(json.dumps(document), "utf-8")


def _document() -> dict[str, Any]:
    """Return metadata that says itself what the machine supports.

    So nobody has to be asked, and installers that ask differently choose the same.
    """
    listed: Any = TORCH_2_8.document["variants"]
    variants = {label: each for label, each in listed.items() if each}
    document: dict[str, Any] = document_of(variants, ("nvidia",))
    offered = SUPPORTED["nvidia"]
    provider = {"static-properties": offered, "feature-order": [*offered]}
    document["providers"] = {"nvidia": provider}
    return document


def _write_wheel(
    project: Path,
    package: Package,
    scale: float,
    label: str | None = None,
    variant_json: str = "",
) -> None:
    info = f"{package.stem}.dist-info"
    parts = (package.stem, _TAG, label)
    name = "-".join(part for part in parts if part is not None)
    with WheelArchive(project / f"{name}.whl", info) as wheel:
        for path, mb in package.libraries:
            if scale:
                wheel.add_blocks(path, library(path, mb * _MB * scale))
        for ending, count in (("py", package.modules), ("h", package.headers)):
            for number in range(round(count * scale)):
                text = module(number)
                place = f"{package.folder}/part_{number // _IN_A_FOLDER:03}"
                path = f"{place}/file_{number:04}.{ending}"
                wheel.add(path, text.data, text.deflated)
        wheel.add(f"{package.folder}/__init__.py", b"")
        wheel.add(f"{info}/METADATA", package.metadata)
        wheel.add(f"{info}/WHEEL", wheel_file(_TAG))
        if variant_json:
            wheel.add(f"{info}/variant.json", variant_json.encode())
