"""Pips that know nothing of variants, on an index that is full of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.environments import NEWEST, Environment, Workshop
from tests.kit import Index, gpu
from tests.running import alone, run

pytestmark = [pytest.mark.network, pytest.mark.slow]

# One release of each year, to find the oldest that starts with this Python.
SINCE_2019 = ("19.3.1", "20.3.4", "21.3.1", "22.3", "23.2", "24.0", "25.0")

OLD = "the oldest that runs"

NAMES = ("torch", "numpy", "mypackage")
PLAIN = ["mypackage-1.0.0", "numpy-2.2.5", "torch-2.8.0"]


def starts(workshop: Workshop, version: str, folder: Path) -> bool:
    program = workshop.pip_program(version)
    with_python = workshop.environment(folder, pip=None).python
    command = (with_python, program, "--version")
    return run(command, alone(folder / "home"), folder, status=None).status == 0


@pytest.fixture(scope="session")
def oldest(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The oldest release in our list that starts with this Python."""
    folder = tmp_path_factory.mktemp("oldest")
    return next(
        version for version in SINCE_2019 if starts(workshop, version, folder / version)
    )


@pytest.fixture(params=[OLD, "22.3", "23.2", "25.0", f"{NEWEST} switched off"])
def environment(
    request: pytest.FixtureRequest, workshop: Workshop, tmp_path: Path, oldest: str
) -> Environment:
    version, _, switched_off = request.param.partition(" ")
    if request.param == OLD:
        version = oldest
    elif not switched_off and SINCE_2019.index(version) < SINCE_2019.index(oldest):
        pytest.skip(f"pip {version} does not start with this Python")
    hooked = bool(switched_off) and request.param != OLD
    return workshop.environment(tmp_path / "env", pip=version, hooked=hooked)


@pytest.mark.parametrize("how", ["index", "folders"])
def test_takes_the_plain_wheels(
    environment: Environment, demo_index: Index, how: str
) -> None:
    """E9: labelled names are no wheels to them, and the metadata is no package."""
    options = ["--index-url", demo_index.url]
    if how == "folders":
        options = ["--no-index"]
        for name in NAMES:
            options += ["--find-links", str(demo_index.folder / name)]
    variables: dict[str, Any] = {**gpu("12.9"), "PIP_VARIANTS_OFF": "1"}
    result = environment.pip("install", *options, *NAMES, **variables)
    assert result.last.startswith("Successfully installed ")
    assert sorted(result.last.split()[2:]) == PLAIN
    assert "variant" not in result.err
    code = "import torch, numpy, mypackage as m; print(torch.VARIANT, numpy.VARIANT, m.VARIANT)"
    assert environment.run("-c", code).out.split() == ["None"] * 3
    if how == "index":
        asked_for = [entry.split()[1] for entry in demo_index.log]
        assert not [name for name in asked_for if name.endswith("-variants.json")]
        wheels = {
            name.removesuffix(".metadata") for name in asked_for if ".whl" in name
        }
        assert wheels == {f"{name}-py3-none-any.whl" for name in PLAIN}
