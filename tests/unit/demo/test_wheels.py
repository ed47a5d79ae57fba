"""The wheels and sdists of the demo, read with other tools than wrote them."""

from __future__ import annotations

import base64
import csv
import email.parser
import hashlib
import importlib.metadata
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from pip_variants.demo.environment import clean_environ
from pip_variants.demo.wheels import build_sdist, build_wheel
from pip_variants.variantlib.wheel import read_wheel

DOCUMENT: dict[str, object] = {
    "$schema": "https://variants-schema.wheelnext.dev/peps/850/v0.2.0.json",
    "default-priorities": {"namespace": ["nvidia"]},
    "providers": {"nvidia": {"requires": ["nvidia-variant-provider"]}},
    "variants": {
        "cu129": {"nvidia": {"cuda_version_lower_bound": ["12.9"]}},
        "null": {},
    },
}


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def member(path: Path, name: str) -> bytes:
    [data] = [
        data
        for key, data in members(path).items()
        if key.endswith(f".dist-info/{name}")
    ]
    return data


def variants_inside(path: Path) -> object:
    return json.loads(member(path, "variant.json"))["variants"]


def pip(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pip", *arguments],
        cwd=cwd,
        env=clean_environ(
            os.environ,
            PIP_VARIANTS_OFF="1",
            PIP_NO_INDEX="1",
            PIP_NO_CACHE_DIR="1",
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


class TestWheelName:
    def test_has_all_its_parts_in_order(self, tmp_path: Path) -> None:
        path = build_wheel(
            tmp_path, "My.Pkg", "1.0", label="cu129", build="2", tag="py2.py3-none-any"
        )

        assert path == tmp_path / "my_pkg-1.0-2-py2.py3-none-any-cu129.whl"
        assert path.is_file()

    def test_makes_the_folder_when_there_is_none(self, tmp_path: Path) -> None:
        path = build_wheel(tmp_path / "a" / "b", "pkg", "1.0")

        assert path == tmp_path / "a" / "b" / "pkg-1.0-py3-none-any.whl"


class TestWheelContent:
    def test_the_record_is_last_and_true(self, tmp_path: Path) -> None:
        path = build_wheel(tmp_path, "pkg", "1.0", label="null", variant_json=DOCUMENT)
        content = members(path)

        rows = list(csv.reader(io.StringIO(member(path, "RECORD").decode())))
        assert [row[0] for row in rows] == list(content)
        assert rows.pop() == ["pkg-1.0.dist-info/RECORD", "", ""]
        for name, digest, size in rows:
            expected = hashlib.sha256(content[name]).digest()
            text = base64.urlsafe_b64encode(expected).decode().rstrip("=")
            assert (digest, size) == (f"sha256={text}", str(len(content[name])))

    def test_the_module_knows_its_version_and_label(self, tmp_path: Path) -> None:
        path = build_wheel(tmp_path, "my-pkg", "1.0", label="cu129")

        namespace: dict[str, object] = {}
        exec(members(path)["my_pkg.py"], namespace)
        assert namespace["__version__"] == "1.0"
        assert namespace["VARIANT"] == "cu129"

    def test_metadata_says_what_was_asked_for(self, tmp_path: Path) -> None:
        path = build_wheel(
            tmp_path,
            "My.Pkg",
            "1.0",
            requires=["a>=1", "b; python_version > '3'"],
            extras={"gpu": ["c", "d; sys_platform == 'linux' or os_name == 'nt'"]},
            requires_python=">=3.9",
        )

        metadata = email.parser.BytesParser().parsebytes(member(path, "METADATA"))
        assert metadata["Metadata-Version"] == "2.4"
        assert metadata["Name"] == "My.Pkg"
        assert metadata["Version"] == "1.0"
        assert metadata["Requires-Python"] == ">=3.9"
        assert metadata.get_all("Provides-Extra") == ["gpu"]
        assert metadata.get_all("Requires-Dist") == [
            "a>=1",
            "b; python_version > '3'",
            'c ; extra == "gpu"',
            "d ; (sys_platform == 'linux' or os_name == 'nt') and extra == \"gpu\"",
        ]

    def test_the_wheel_file_lists_every_tag(self, tmp_path: Path) -> None:
        path = build_wheel(
            tmp_path, "pkg", "1.0", build="7", tag="cp311.cp312-abi3-linux_x86_64"
        )

        wheel = email.parser.BytesParser().parsebytes(member(path, "WHEEL"))
        assert wheel["Wheel-Version"] == "1.0"
        assert wheel["Root-Is-Purelib"] == "false"
        assert wheel["Build"] == "7"
        assert wheel.get_all("Tag") == [
            "cp311-abi3-linux_x86_64",
            "cp312-abi3-linux_x86_64",
        ]

    def test_files_take_the_place_of_the_module(self, tmp_path: Path) -> None:
        path = build_wheel(tmp_path, "pkg", "1.0", files={"pkg/__init__.py": b"A = 1"})

        assert members(path)["pkg/__init__.py"] == b"A = 1"
        assert "pkg.py" not in members(path)

    @pytest.mark.parametrize("name", ["METADATA", "WHEEL", "RECORD", "variant.json"])
    def test_files_may_replace_what_describes_the_wheel(
        self, tmp_path: Path, name: str
    ) -> None:
        path = build_wheel(
            tmp_path,
            "pkg",
            "1.0",
            label="null",
            variant_json=DOCUMENT,
            files={f"pkg-1.0.dist-info/{name}": b"broken"},
        )

        assert member(path, name) == b"broken"

    def test_the_same_arguments_make_the_same_bytes(self, tmp_path: Path) -> None:
        wheels = [
            build_wheel(tmp_path / turn, "pkg", "1.0", label="x", variant_json=DOCUMENT)
            for turn in ("first", "second")
        ]
        os.utime(wheels[0], (0, 0))

        assert wheels[0].read_bytes() == wheels[1].read_bytes()


class TestVariantJson:
    def test_holds_only_the_label_of_the_wheel(self, tmp_path: Path) -> None:
        path = build_wheel(tmp_path, "pkg", "1.0", label="cu129", variant_json=DOCUMENT)

        inside = json.loads(member(path, "variant.json"))
        assert inside["variants"] == {
            "cu129": {"nvidia": {"cuda_version_lower_bound": ["12.9"]}}
        }
        assert {**inside, "variants": DOCUMENT["variants"]} == DOCUMENT

    def test_is_accepted_by_the_library(self, tmp_path: Path) -> None:
        path = build_wheel(tmp_path, "pkg", "1.0", label="cu129", variant_json=DOCUMENT)

        assert list(read_wheel(path).variants) == ["cu129"]

    def test_can_hold_another_label_than_the_name(self, tmp_path: Path) -> None:
        path = build_wheel(
            tmp_path,
            "pkg",
            "1.0",
            label="cu129",
            inner_label="null",
            variant_json=DOCUMENT,
        )

        assert variants_inside(path) == {"null": {}}

    def test_gives_an_unknown_inner_label_the_properties_of_the_name(
        self, tmp_path: Path
    ) -> None:
        path = build_wheel(
            tmp_path,
            "pkg",
            "1.0",
            label="cu129",
            inner_label="x",
            variant_json=DOCUMENT,
        )

        assert variants_inside(path) == {
            "x": {"nvidia": {"cuda_version_lower_bound": ["12.9"]}}
        }

    @pytest.mark.parametrize("label", ["cu126", None])
    def test_is_written_whole_when_it_does_not_list_the_label(
        self, tmp_path: Path, label: str | None
    ) -> None:
        path = build_wheel(tmp_path, "pkg", "1.0", label=label, variant_json=DOCUMENT)

        assert variants_inside(path) == DOCUMENT["variants"]

    def test_need_not_make_sense(self, tmp_path: Path) -> None:
        path = build_wheel(
            tmp_path, "pkg", "1.0", label="null", variant_json={"variants": [1]}
        )

        assert json.loads(member(path, "variant.json")) == {"variants": [1]}


class TestSdist:
    def test_needs_nothing_to_be_built(self, tmp_path: Path) -> None:
        path = build_sdist(tmp_path, "My.Pkg", "1.0", requires=["a"])

        assert path == tmp_path / "my_pkg-1.0.tar.gz"
        with tarfile.open(path) as archive:
            names = archive.getnames()
        assert sorted(names) == [
            "my_pkg-1.0/PKG-INFO",
            "my_pkg-1.0/_backend.py",
            "my_pkg-1.0/pyproject.toml",
            "my_pkg-1.0/src/my_pkg.py",
        ]

    def test_the_same_arguments_make_the_same_bytes(self, tmp_path: Path) -> None:
        first = build_sdist(tmp_path / "a", "pkg", "1.0").read_bytes()
        second = build_sdist(tmp_path / "b", "pkg", "1.0").read_bytes()

        assert first == second

    def test_pip_builds_and_installs_it_offline(self, tmp_path: Path) -> None:
        path = build_sdist(
            tmp_path,
            "My.Pkg",
            "1.0",
            extras={"gpu": ["a"]},
            requires_python=">=3",
            files={"my_pkg/__init__.py": b"", "my_pkg/data.txt": b"here"},
        )
        target = tmp_path / "target"

        output = pip("install", str(path), "--target", str(target), cwd=tmp_path)

        assert "Successfully installed My.Pkg-1.0" in output
        assert (target / "my_pkg" / "data.txt").read_bytes() == b"here"


def test_pip_installs_a_wheel(tmp_path: Path) -> None:
    path = build_wheel(
        tmp_path / "wheels",
        "my-pkg",
        "1.0",
        entry_points={"variant_plugins": {"name": "my_pkg:x"}},
        variant_json=DOCUMENT,
    )
    target = tmp_path / "target"

    output = pip("install", str(path), "--target", str(target), cwd=tmp_path)

    assert "Successfully installed my-pkg-1.0" in output
    assert (target / "my_pkg.py").is_file()
    assert (target / "my_pkg-1.0.dist-info" / "variant.json").is_file()
    [found] = importlib.metadata.distributions(name="my-pkg", path=[str(target)])
    [entry] = found.entry_points
    assert (entry.group, entry.name, entry.value) == (
        "variant_plugins",
        "name",
        "my_pkg:x",
    )
