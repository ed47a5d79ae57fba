"""Whatever a file says is shown, with what contradicts it; R12, R25, R28, R31."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pip_variants.demo.wheels import build_wheel
from pip_variants.variantlib import VariantError
from pip_variants.variantlib.publishing.inspection import (
    Kind,
    inspect_file,
    inspect_metadata,
    inspect_wheel,
)
from tests.kit import LEVELS, SCHEMA_0_2_0, SCHEMA_825, levels

DIALECTS = Path(__file__).parents[3] / "dialects"


def wheel(folder: Path, label: str | None, **named: object) -> Path:
    return build_wheel(folder, "demo", "1.0", label=label, **named)  # type: ignore[arg-type]


def test_a_variant_wheel_tells_all_that_is_in_it(tmp_path: Path) -> None:
    found = inspect_file(wheel(tmp_path, "v2", variant_json=LEVELS))
    assert found.kind is Kind.VARIANT
    assert (found.name, found.version, found.label) == ("demo", "1.0", "v2")
    assert found.variants == (("v2", {"cpu": {"level": ["v2"]}}),)
    assert found.schema == SCHEMA_0_2_0
    assert found.dialect == "0.2 (PEP 825 with providers)"
    assert found.priorities == ("cpu",)
    assert not found.problems
    (provider,) = found.to_dict()["providers"]
    assert provider["static_properties"] == {"level": ["v2", "v1"]}


def test_a_plain_wheel_is_called_plain(tmp_path: Path) -> None:
    found = inspect_file(wheel(tmp_path, None))
    assert found.kind is Kind.PLAIN
    assert found.label is None
    assert found.document is None
    assert not found.problems


def test_the_build_number_is_no_label(tmp_path: Path) -> None:
    """R11."""
    found = inspect_file(wheel(tmp_path, "v2", build="1a", variant_json=LEVELS))
    assert (found.version, found.label) == ("1.0", "v2")


def test_a_plain_name_with_metadata_inside_is_a_problem(tmp_path: Path) -> None:
    labelled = wheel(tmp_path, "v2", variant_json=LEVELS)
    plain = labelled.rename(tmp_path / "demo-1.0-py3-none-any.whl")
    found = inspect_file(plain)
    assert found.kind is Kind.PLAIN
    assert found.variants == (("v2", {"cpu": {"level": ["v2"]}}),)
    assert found.problems == ("it holds variant.json, although its name has no label",)


def test_a_label_without_metadata_is_a_problem(tmp_path: Path) -> None:
    found = inspect_file(wheel(tmp_path, "v2"))
    assert found.label == "v2"
    assert found.problems == ("its name has a label, but it holds no variant.json",)


def test_a_renamed_wheel_shows_both_labels(tmp_path: Path) -> None:
    """E32: the name says one thing, the inside another."""
    path = wheel(tmp_path, "v2", variant_json=LEVELS, inner_label="v1")
    found = inspect_file(path)
    assert found.label == "v2"
    assert [label for label, _ in found.variants] == ["v1"]
    (problem,) = found.problems
    assert "'v2'" in problem
    assert "'v1'" in problem


def test_unusable_metadata_in_a_wheel_is_a_problem_and_no_error(tmp_path: Path) -> None:
    path = wheel(tmp_path, "v2", files={"demo-1.0.dist-info/variant.json": b"[1, 2"})
    found = inspect_file(path)
    assert found.document is None
    (problem,) = found.problems
    assert problem.startswith("its variant.json is unusable: ")


def test_what_is_left_out_of_metadata_is_told(tmp_path: Path) -> None:
    """R3, R12: a bad label does not disable the others."""
    document = {
        "$schema": SCHEMA_825,
        "default-priorities": {"namespace": ["cpu"]},
        "variants": {"v2": {"cpu": {"level": ["v2"]}}, "Bad": {}},
    }
    found = inspect_metadata(json.dumps(document).encode(), "demo-1.0-variants.json")
    assert found.kind is Kind.METADATA
    assert [label for label, _ in found.variants] == ["v2"]
    assert found.problems == ("variants.Bad: is no variant label",)


@pytest.mark.parametrize(
    ("file", "name", "version"),
    [
        ("my_pkg-1.0-variants.json", "my_pkg", "1.0"),
        ("variant.json", "", ""),
        ("-variants.json", "", ""),
    ],
)
def test_the_name_of_metadata_tells_the_release_or_nothing(
    file: str, name: str, version: str
) -> None:
    found = inspect_metadata(json.dumps(LEVELS).encode(), file)
    assert (found.name, found.version) == (name, version)


@pytest.mark.parametrize("path", sorted(DIALECTS.glob("*.json")), ids=lambda p: p.stem)
def test_every_published_dialect_is_shown(path: Path) -> None:
    raw = json.loads(path.read_bytes())
    found = inspect_metadata(path.read_bytes(), path.name)
    assert [label for label, _ in found.variants] == sorted(raw["variants"])
    assert not found.problems
    assert json.loads(json.dumps(found.to_dict()))["schema"] == raw.get("$schema", "")


def test_priorities_of_early_dialects_stand_behind_the_namespaces() -> None:
    document = {
        "default-priorities": {
            "namespace": ["a"],
            "feature": {"a": ["f"]},
            "property": {"a": {"f": ["2", "1"]}},
        },
        "providers": {"a": {"requires": ["a-plugin"], "plugin-api": "a:A"}},
        "variants": {"x": {"a": {"f": ["1"]}}},
    }
    found = inspect_metadata(json.dumps(document).encode(), "a-1-variants.json")
    assert found.priorities == ("a", "a :: f", "a :: f :: 2", "a :: f :: 1")


@pytest.mark.parametrize(
    "name", ["demo-1.0-variants.json", "demo-1.0-py3-none-any-v2.whl", "x.whl", "x"]
)
@pytest.mark.parametrize("data", [b"", b"PK", b"{}", b"[]", b"\0" * 100])
def test_what_is_no_such_file_is_an_error(
    tmp_path: Path, name: str, data: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(VariantError) as caught:
        inspect_file(path)
    assert name in str(caught.value)


def test_a_missing_file_a_folder_and_a_pipe_are_errors(tmp_path: Path) -> None:
    with pytest.raises(VariantError, match="there is no file"):
        inspect_file(tmp_path / "none.whl")
    with pytest.raises(VariantError, match="no regular file"):
        inspect_file(tmp_path)
    with pytest.raises(VariantError):
        inspect_file(Path("a\0b.whl"))
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.whl")
        with pytest.raises(VariantError, match="no regular file"):
            inspect_file(tmp_path / "pipe.whl")


def test_metadata_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "demo-1.0-variants.json"
    with path.open("wb") as file:
        file.truncate(17 * 1024 * 1024)
    with pytest.raises(VariantError, match="larger than"):
        inspect_file(path)


def test_two_metadata_files_in_a_wheel_are_an_error(tmp_path: Path) -> None:
    """E32: a file system that ignores case would take either."""
    path = wheel(tmp_path, "v2", variant_json=LEVELS)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("demo-1.0.dist-info/VARIANT.json", b"{}")
    with pytest.raises(VariantError, match=r"2 variant\.json files"):
        inspect_file(path)


class TestAnything:
    """Whatever the bytes: an inspection or one of our errors."""

    @settings(deadline=None)
    @given(st.binary(max_size=200))
    def test_as_metadata(self, data: bytes) -> None:
        try:
            found = inspect_metadata(data, "demo-1.0-variants.json")
        except VariantError:
            return
        json.dumps(found.to_dict())

    @settings(deadline=None)
    @given(st.integers(0, 2_000), st.integers(0, 255))
    def test_as_a_wheel_with_one_byte_changed(
        self, tmp_path_factory: pytest.TempPathFactory, at: int, byte: int
    ) -> None:
        path = self._path(tmp_path_factory)
        data = bytearray(path.read_bytes())
        data[at % len(data)] = byte
        try:
            found = inspect_wheel(io.BytesIO(data), path.name)
        except VariantError:
            return
        json.dumps(found.to_dict())

    _made: Path | None = None

    @classmethod
    def _path(cls, factory: pytest.TempPathFactory) -> Path:
        if cls._made is None:
            folder = factory.mktemp("changed")
            cls._made = wheel(folder, "v2", variant_json=levels("v2"))
        return cls._made
