"""The packages that are installed, a folder for each index."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pip_variants.demo.packages import TORCH_2_8, Release, write_release

from .documents import torch_document

__all__ = [
    "SEVERAL",
    "TREE_SIZE",
    "torch_labels",
    "write_several",
    "write_torch",
    "write_tree",
]

TREE_SIZE = 40
"""How many packages the tree without variants has."""

SEVERAL = 3
"""How many versions pip has to look at until one fits."""

_RELEASES_EACH = 5
_BRANCHES = 3
_NO_VARIANTS: Mapping[str, object] = {}

# What torch needs on a machine without GPU, and what that needs.
_NEEDS = {
    "torch": (
        "filelock",
        "fsspec>=0.8.5",
        "jinja2",
        "networkx>=2.5.1",
        "setuptools; python_version >= '3.12'",
        "sympy>=1.13.3",
        "typing-extensions>=4.10.0",
    ),
    "filelock": (),
    "fsspec": (),
    "jinja2": ("markupsafe>=2.0",),
    "markupsafe": (),
    "mpmath": (),
    "networkx": (),
    "setuptools": (),
    "sympy": ("mpmath<1.4,>=1.1.0",),
    "typing-extensions": (),
}
_VERSIONS = {"mpmath": "1.3.0"}


def write_tree(folder: Path) -> str:
    """Write a tree of packages without variants; return the name of its root."""
    for number in range(TREE_SIZE):
        first = _BRANCHES * number + 1
        children = range(first, min(first + _BRANCHES, TREE_SIZE))
        requires = tuple(f"node-{child:02}>=1.1" for child in children)
        for minor in range(_RELEASES_EACH):
            write_release(
                folder, Release(f"node-{number:02}", f"1.{minor}", requires=requires)
            )
    return "node-00"


def torch_labels(count: int) -> Mapping[str, object]:
    """Return metadata for torch with *count* labels; four are the published ones."""
    return TORCH_2_8.document if count == 4 else torch_document(count)


def write_torch(folder: Path, document: Mapping[str, object] = _NO_VARIANTS) -> None:
    """Write torch with what it needs; without *document* it has no variants."""
    for name, requires in _NEEDS.items():
        version = "2.8.0" if name == "torch" else _VERSIONS.get(name, "9.0")
        variants = document if name == "torch" else _NO_VARIANTS
        write_release(folder, Release(name, version, variants, requires))


def write_several(folder: Path, document: Mapping[str, object] = _NO_VARIANTS) -> None:
    """Write a package whose newer versions need what there is not."""
    for number in range(SEVERAL):
        requires = (f"base>={number}",)
        release = Release("several", f"1.{number}", document, requires)
        write_release(folder, release)
    write_release(folder, Release("base", "0.1"))
