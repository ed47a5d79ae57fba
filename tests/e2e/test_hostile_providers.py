"""Metadata, plugins and caches that attack: what an attack has found stays closed."""

from __future__ import annotations

import hashlib
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from pip_variants.demo.wheels import build_sdist
from tests.e2e._project import write_project
from tests.kit import SCHEMA_0_2_0, Index, Pip
from tests.providers.zoo import ZOO, build, install_into

TRUST = {"PIP_VARIANT_TRUSTED_PROVIDERS": "zoo-gen6"}


def document(*requires: str, namespace: str = "gen6") -> dict[str, Any]:
    return {
        "$schema": SCHEMA_0_2_0,
        "default-priorities": {"namespace": [namespace]},
        "providers": {namespace: {"requires": [*requires]}},
        "variants": {"hw": {namespace: {"speed": ["1"]}}, "null": {}},
    }


@pytest.mark.parametrize("operator", ["===", " === "])
def test_a_path_is_no_version(
    pip: Pip, index: Index, tmp_path: Path, operator: str
) -> None:
    """``===`` takes any text, and pip takes a text with slashes for a file."""
    sdist = build_sdist(tmp_path, "zoo-gen6", "1.0")
    built = tmp_path / "built"
    backend = f"open({str(built)!r}, 'w').close()\nraise SystemExit(1)\n"
    work = tmp_path / "zoo_gen6-1.0"
    work.mkdir()
    (work / "pyproject.toml").write_text(
        "[build-system]\nrequires = []\nbuild-backend = 'b'\nbackend-path = ['.']\n"
    )
    (work / "b.py").write_text(backend)
    build("gen6", index.project("zoo-gen6"))
    for number, path in enumerate((sdist, work)):
        name = f"demo{number}"
        index.add(document(f"zoo-gen6{operator}{path}"), name)
        result = pip.dry(index, name, environ=TRUST).ok()
        assert result.would_install == [f"{name}-1.0-null"]
        assert "is no version of an index" in result.out
    assert not built.exists()


def test_a_build_keeps_to_hashes_and_files(
    own_pip: Pip, index: Index, tmp_path: Path
) -> None:
    """What its requirements may run is what the run itself may run."""
    install_into(own_pip.site, "marking")
    ran = own_pip.site / "zoo_marking" / "ran"
    helper = {"helper.py": b"VARIANT = 'any'"}
    asked = document("zoo-marking", namespace="marking")
    index.add(asked, "helper", files=helper)
    project = write_project(tmp_path / "built-1.0")
    sdist = tmp_path / "built-1.0.tar.gz"
    with tarfile.open(sdist, "w:gz") as archive:
        archive.add(project, "built-1.0")
    digest = hashlib.sha256(sdist.read_bytes()).hexdigest()
    hashed = tmp_path / "r.txt"
    hashed.write_text(f"built @ {sdist.as_uri()} --hash=sha256:{digest}\n")
    machine = tmp_path / "machine.json"
    machine.write_text('{"properties": {"x86_64": {"level": ["v1"]}}}')
    assert "Would install built-1.0" in own_pip.dry(index, "-r", hashed).ok().out
    own_pip.dry(index, "--variant-platform", machine, sdist).ok()
    assert not ran.exists()
    # Without them it is asked, so that this test can fail.
    own_pip.dry(index, sdist).ok()
    assert ran.exists()


def test_metadata_cannot_ask_for_installations_without_end(
    pip: Pip, index: Index
) -> None:
    build("gen6", index.project("zoo-gen6"))
    spaces = [f"ns{number}" for number in range(30)]
    asked = document("zoo-gen6")
    asked["default-priorities"]["namespace"] = spaces
    asked["providers"] = {
        space: {"requires": [f"zoo-gen6>=0.{number}"]}
        for number, space in enumerate(spaces)
    }
    asked["variants"] = {space: {space: {"speed": ["1"]}} for space in spaces}
    index.add(asked)
    result = pip.dry(index, "demo", environ=TRUST).ok()
    assert result.out.count("Installing the provider plugin") <= 10
    assert "asks for more than 10" in result.out


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no named pipes")
def test_the_record_of_a_package_is_a_file(pip: Pip, index: Index) -> None:
    build("gen6", index.project("zoo-gen6"))
    index.add(document("zoo-gen6"))
    assert pip.dry(index, "demo", environ=TRUST).would_install == ["demo-1.0-hw"]
    (record,) = (pip.cache / "variants" / "providers").glob("*/provider.json")
    text = record.read_text()
    record.unlink()
    os.mkfifo(record)
    for verb in ("platform", "providers"):
        pip("variant", verb, environ=TRUST).ok()
    record.unlink()
    record.write_text(text.replace('"version": "1.0"', '"version": "1.x"'))
    for verb in ("platform", "providers"):
        pip("variant", verb, environ=TRUST).ok()


def test_only_its_own_objects_are_asked(own_pip: Pip, index: Index) -> None:
    """DESIGN 4: a module that it imports, or a class, is somebody else's."""
    install_into(own_pip.site, "marking")
    asked = document("zoo-marking", namespace="marking")
    for number, name in enumerate(("Path", "os", "SimpleNamespace")):
        provider = asked["providers"]["marking"]
        provider["plugin-api"] = f"zoo_marking:{name}"
        index.add(asked, f"demo{number}")
        result = own_pip.dry(index, f"demo{number}", "-v").ok()
        # The entry point answers in its place.
        assert result.would_install == [f"demo{number}-1.0-hw"]


def test_an_entry_point_with_an_extra(own_pip: Pip) -> None:
    install_into(own_pip.site, "gen6")
    (entry,) = own_pip.site.glob("zoo_gen6-*.dist-info/entry_points.txt")
    text = entry.read_text()
    entry.write_text(text.replace("zoo_gen6:Plugin", "zoo_gen6:Plugin [more]"))
    assert "gen6 (installed plugin" in own_pip("variant", "platform").ok().out
    assert ZOO["gen6"].api == "zoo_gen6:Plugin"
