"""What the suite says of itself: its overviews, and the examples in its docstrings."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path
from types import ModuleType

import pytest

import benchmarks
import benchmarks.tree


@pytest.mark.parametrize("package", [benchmarks, benchmarks.tree])
def test_the_overview_of_a_package_names_each_of_its_modules_once(
    package: ModuleType,
) -> None:
    assert package.__doc__ is not None
    assert package.__file__ is not None
    lines = re.findall(r"^ {4}(\S.*?)  ", package.__doc__, re.MULTILINE)
    named = [name for line in lines for name in line.split(", ")]
    folder = Path(package.__file__).parent
    there = {path.stem for path in folder.glob("[!_]*.py")}
    there |= {path.stem for path in folder.glob("_[!_]*.py")}
    there |= {f"{path.parent.name}/" for path in folder.glob("*/__init__.py")}
    assert sorted(named) == sorted(there)


def test_the_examples_in_the_docstrings_are_true() -> None:
    tried = 0
    for found in pkgutil.walk_packages(benchmarks.__path__, "benchmarks."):
        result = doctest.testmod(importlib.import_module(found.name))
        assert not result.failed, found.name
        tried += result.attempted
    assert tried
