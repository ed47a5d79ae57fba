"""Targets: what people write into TOML files, and the lock files of pip."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import tomllib
from pathlib import Path
from typing import Any

from pip._vendor.packaging import pylock

from pip_variants import _pip, project_file, settings, wishes
from pip_variants.building.source import _without_matrix
from pip_variants.decisions import Decisions
from pip_variants.locking.reading import LockReader
from pip_variants.origins import Layer
from pip_variants.preferences import ProjectLayer
from pip_variants.requirements import pins
from pip_variants.trusting.reading import read_trust
from pip_variants.variantlib import cli
from pip_variants.variantlib.errors import VariantError
from pip_variants.variantlib.model import is_label
from pip_variants.variantlib.publishing.project.config_settings import Request
from pip_variants.variantlib.publishing.project.matrix import Matrix
from pip_variants.variantlib.publishing.project.seed import Seed, SeedError
from pip_variants.variantlib.publishing.validating import RULES, validate
from pip_variants.variantlib.schema import violations
from tests.unit.variantlib.publishing.validating.samples import TOOLS

from .laws import Scratch, text_of, told

__all__ = ["fuzz_config", "fuzz_lock_file", "fuzz_project", "fuzz_settings"]

_scratch = Scratch()


def fuzz_project(data: bytes) -> None:
    """A ``[variant]`` table gives wheels with valid metadata, or every error (R1, R98)."""
    path = _scratch.file("pyproject.toml", data)
    for found in validate([path], TOOLS):
        assert found.rule in RULES
        told(found.text, data)
    _without_matrix(data)
    with contextlib.suppress(VariantError):
        Request.read(path, {"variant-label": "v3"})
    try:
        seed = Seed.from_pyproject(path)
        if seed is None:
            return
        matrix = Matrix.of(seed)
    except SeedError as error:
        told(error, data)
        assert error.problems
        return
    except VariantError as error:
        told(error, data)
        return
    for cell in matrix.cells[:20]:
        assert is_label(cell.label)
        if not seed.to_fill:
            document = seed.document(cell.label, cell.properties)
            assert not list(violations(document.to_dict()))


def fuzz_settings(data: bytes) -> None:
    """A file of settings is read, or its error names the file (DESIGN 5)."""
    folder = _scratch.file("variants.toml", data).parent
    (folder / "pyproject.toml").write_bytes(data)
    logging.disable()
    try:
        found: list[Layer] = [
            ProjectLayer(each) for each in project_file.layers(folder)
        ]
        settings._patterns(found, "variant-priorities")
        settings._patterns(found, "variant-exclude", labels=True)
        for key in ("variant", "force-variant"):
            for wish in wishes.read_wishes(found, key).values():
                assert all(map(is_label, wish.labels))
        trust = read_trust(found)
        # Whom to trust is not for a project to say (R75).
        assert not trust.trusted
    except _pip.CommandError as error:
        told(error, data)
        assert "toml" in str(error)
    finally:
        logging.disable(logging.NOTSET)


def fuzz_config(data: bytes) -> None:
    """The command shows the file of priorities as TOML, or says what is wrong."""
    folder = _scratch.file("variants.toml", data).parent
    here = Path.cwd()
    shown, said = io.StringIO(), io.StringIO()
    try:
        os.chdir(folder)
        with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(said):
            status = cli.main(["config", "show", "LOCAL"])
    finally:
        os.chdir(here)
    lines = [*shown.getvalue().splitlines(), *said.getvalue().splitlines()]
    assert lines
    assert all(line.isprintable() for line in lines)
    if status == 0:
        again = tomllib.loads(shown.getvalue())
        content = {"namespace_priorities": []} | tomllib.loads(text_of(data))
        assert _same(again, _without_empty(content))


def _same(one: Any, other: Any) -> bool:
    """Tell whether two values are alike, also where a number is none."""
    try:
        return repr(one) == repr(other)
    except ValueError:  # an integer of thousands of digits
        return bool(one == other)


def _without_empty(value: Any) -> Any:
    """Return tables without the empty ones, which say nothing."""
    if not isinstance(value, dict):
        return value
    kept = {key: _without_empty(below) for key, below in value.items()}
    return {key: below for key, below in kept.items() if below != {}}


def fuzz_lock_file(data: bytes) -> None:
    """A lock file is read as pip reads it, or refused as pip refuses one (R60, R61)."""
    try:
        raw = tomllib.loads(data.decode())
    except (ValueError, RecursionError):
        return
    with _pip.PipSession() as session:
        decisions = Decisions(session, settings.Settings(), pins)
        reader = LockReader(pylock.Pylock, None, "pylock.toml", decisions)
        try:
            reader.from_dict(raw)
        except pylock.PylockValidationError:
            return
        except _pip.InstallationError as error:
            told(error, data)
            return
    pylock.Pylock.from_dict(raw)
