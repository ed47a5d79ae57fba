"""The packages that are installed, a folder for each index."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pip_variants.demo.packages import TORCH_2_8, Release, write_release

from .documents import SUPPORTED, torch_document
from .serving import Listing

__all__ = [
    "PLAIN_PACKAGES",
    "SEVERAL",
    "static_torch",
    "write_plain_packages",
    "write_several",
    "write_torch",
]

PLAIN_PACKAGES = 60
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


def write_plain_packages(folder: Path) -> tuple[str, str]:
    """Write a tree of packages without variants.

    Return the names of its root, and of a package that needs no other.
    """
    for number in range(PLAIN_PACKAGES):
        first = _BRANCHES * number + 1
        children = range(first, min(first + _BRANCHES, PLAIN_PACKAGES))
        requires = tuple(f"node-{child:02}>=1.1" for child in children)
        for minor in range(_RELEASES_EACH):
            write_release(
                folder, Release(f"node-{number:02}", f"1.{minor}", requires=requires)
            )
    return "node-00", f"node-{PLAIN_PACKAGES - 1:02}"


def static_torch(count: int) -> dict[str, object]:
    """Return metadata with *count* labels that says itself what machines support.

    So whoever reads it asks nobody, and installers that know other machines choose
    the same.
    """
    document = torch_document(count)
    offered = {**SUPPORTED, "amd": {"rocm_version": ["0.1"]}}
    document["providers"] = {
        namespace: {"static-properties": properties, "feature-order": [*properties]}
        for namespace, properties in offered.items()
    }
    return document


def write_torch(
    folder: Path, document: Mapping[str, object] = _NO_VARIANTS, releases: int = 1
) -> None:
    """Write torch with what it needs, the newest of its releases being 2.8.0.

    :param document: the metadata of each release; without it torch has no variants.
    """
    for name, requires in _NEEDS.items():
        if name != "torch":
            version = _VERSIONS.get(name, "9.0")
            write_release(folder, Release(name, version, requires=requires))
    variants = document.get("variants", {})
    assert isinstance(variants, Mapping)
    older = (f"1.{number}.0" for number in range(releases - 1))
    text = json.dumps(document, separators=(",", ":")) if document else ""
    versions = (*older, "2.8.0")
    Listing("torch", versions, tuple(variants), _NEEDS["torch"], text).write(folder)


def write_several(folder: Path, *, variants: bool) -> None:
    """Write a package whose newer versions need what there is not."""
    document = TORCH_2_8.document if variants else _NO_VARIANTS
    for number in range(SEVERAL):
        requires = (f"base>={number}",)
        release = Release("several", f"1.{number}", document, requires)
        write_release(folder, release)
    write_release(folder, Release("base", "0.1"))
