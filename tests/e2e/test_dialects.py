"""Every published dialect of variant metadata, in files of the published shapes.

``tests/dialects`` holds one JSON file for each: index-level metadata as a publisher
of that time would have written it. Each is put into wheels and on an index, and pip
chooses. Sources: PROVIDERS 3 and 8.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.e2e.this_machine import PSABI_LEVELS, has_nvml, level_of_this_machine
from tests.kit import Document, Index, Pip, gpu

FOLDER = Path(__file__).parents[1] / "dialects"

NO_GPU: dict[str, str] = {}


class Case(NamedTuple):
    """What must be chosen out of a file, and why."""

    name: str
    environ: dict[str, str]
    label: str | None
    why: str


CASES = [
    Case("v0.0.1", gpu("12.8"), "0a1b2c3d", "the list of packages names a provider"),
    Case(
        "v0.0.1", gpu("11.8"), "00000000", "12.4 is not reached: null by its old name"
    ),
    Case("pycon-torch-2.7", gpu("12.8"), "d5784ad6", "12.8 stands before 12.6"),
    Case("pycon-torch-2.7", gpu("12.7"), "43331073", "12.8 is above, 12.6 fits"),
    Case("pycon-torch-2.7", gpu("11.8"), "1065b45d", "only 11.8 fits a driver of 11"),
    Case("pycon-torch-2.7", NO_GPU, "00000000", "nothing is offered"),
    Case("v0.0.2-torch-2.8", gpu("12.9"), "cu129", "the highest bound that holds"),
    Case("v0.0.2-torch-2.8", gpu("12.8"), "cu128", "12.9 does not hold"),
    Case("v0.0.2-torch-2.8", gpu("12.4"), "cu126", "its bound is 12.0"),
    Case("v0.0.2-torch-2.8", gpu("11.8"), "00000000", "no bound holds: old null"),
    Case("v0.0.2-torch-2.8", gpu("12.9", "11.0"), "00000000", "none is for this GPU"),
    Case("v0.0.3-torch-2.9", gpu("13.0", "9.0"), "cuda13.0", "priority 1"),
    Case("v0.0.3-torch-2.9", gpu("12.9", "9.0"), "cuda12.8", "priority 2 before 3"),
    Case("v0.0.3-torch-2.9", gpu("12.0", "9.0"), "cuda12.8", "its bound is 12.0, too"),
    Case("v0.0.3-torch-2.9", gpu("12.9", "5.0"), "cuda12.6", "it alone has 50_real"),
    Case("v0.0.3-torch-2.9", NO_GPU, "null", "amd and intel are not answered for"),
    Case("v0.0.3-xgboost-3.1", gpu("13.0", "9.0"), "cu13", "its bound is higher"),
    Case("v0.0.3-xgboost-3.1", gpu("12.9", "9.0"), "cu12", "13.0 does not hold"),
    Case("v0.0.3-xgboost-3.1", NO_GPU, None, "there is no null variant"),
    Case("pep825-0.1.1", gpu("12.9", "9.0"), "cu129", "the namespace is enough"),
    Case("pep825-0.1.1", NO_GPU, "null", "nothing is offered"),
    Case("v0.2.0-blas", NO_GPU, "openblas", "first in the static list that has one"),
    Case("v0.2.0-two-features", NO_GPU, "fast", "feature-order puts speed first"),
]


def read(name: str) -> Document:
    document: Document = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return document


def serve(index: Index, name: str) -> Document:
    document = read(name)
    index.add(document)
    return document


def test_every_file_has_a_case() -> None:
    tested = {case.name for case in CASES} | {"v0.0.3-numpy-2.3", "v0.0.3-scipy-1.16"}
    assert {path.stem for path in FOLDER.glob("*.json")} == tested


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{case.name}-{number}" for number, case in enumerate(CASES)]
)
def test_the_expected_winner(pip: Pip, index: Index, case: Case) -> None:
    if has_nvml() and case.environ == NO_GPU:
        pytest.skip("there is an NVIDIA driver here")
    serve(index, case.name)
    choice = pip.choose("--index-url", index.url, "demo", environ=case.environ)
    assert choice.label == case.label, case.why
    # A published file is no reason to warn anybody.
    assert choice.warnings == ""


@pytest.mark.parametrize(
    "name", sorted({case.name for case in CASES if case.environ == NO_GPU})
)
def test_the_same_winner_without_the_index_level_file(
    pip: Pip, index: Index, name: str
) -> None:
    """R36: one label in each wheel, put together again."""
    if has_nvml():
        pytest.skip("there is an NVIDIA driver here")
    document = read(name)
    index.add(document, listed=None)
    (wanted,) = [c.label for c in CASES if (c.name, c.environ) == (name, NO_GPU)]
    choice = pip.choose("--no-index", "--find-links", index.links(), "demo")
    assert choice.label == wanted


@pytest.mark.skipif(
    not Path("/proc/cpuinfo").exists() or has_nvml(), reason="needs Linux"
)
@pytest.mark.parametrize("name", ["v0.0.3-numpy-2.3", "v0.0.3-scipy-1.16"])
def test_a_level_and_a_static_library(pip: Pip, index: Index, name: str) -> None:
    """F13, F41: x86_64 is asked, blas_lapack is answered by the file itself.

    blas_lapack stands first in both; its list is accelerate, openblas, mkl. There is
    no accelerate for this level, so openblas wins over mkl, whatever the level.
    """
    document = serve(index, name)
    here = level_of_this_machine()
    ranked = list(PSABI_LEVELS)
    supported = ranked[: ranked.index(here) + 1]
    openblas = {
        properties["x86_64"]["level"][0]: label
        for label, properties in document["variants"].items()
        if properties.get("blas_lapack", {}).get("provider") == ["openblas"]
    }
    best = max(set(openblas) & set(supported), key=ranked.index)
    choice = pip.choose("--index-url", index.url, "demo")
    assert choice.label == openblas[best]
    assert choice.warnings == ""
