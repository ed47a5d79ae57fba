"""The packages of the demo index, against the documents that they come from."""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pip_variants.demo.environment import clean_environ
from pip_variants.demo.packages import (
    MYPACKAGE,
    NUMPY,
    RELEASES,
    TORCH_2_7,
    TORCH_2_8,
    Release,
    hash_label,
    write_index,
)
from pip_variants.demo.plugins import FICTIONAL_HW, FICTIONAL_TECH, Plugin
from pip_variants.variantlib import SupportedProperties, VariantsJson, select
from pip_variants.variantlib.wheel import read_wheel

# What the slides of seed 004 and the tutorial of seed 000 call these.
PUBLISHED_LABELS = {
    "nvidia :: cuda :: 11.8": "1065b45d",
    "nvidia :: cuda :: 12.6": "43331073",
    "nvidia :: cuda :: 12.8": "d5784ad6",
    "x86_64 :: level :: v2": "40aba78e",
    "x86_64 :: level :: v3": "fa7c1393",
    "x86_64 :: level :: v4": "cfdbe307",
    "aarch64 :: version :: 8.1a": "802e12ea",
    "aarch64 :: version :: 8.3a": "522ebbc7",
    "aarch64 :: version :: 8.4a": "09300f2f",
    "aarch64 :: version :: 8.5a": "c87a4099",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    write_index(folder)
    return folder


def document(index: Path, release: Release) -> dict[str, Any]:
    path = index / release.name / f"{release.name}-{release.version}-variants.json"
    read = json.loads(path.read_bytes())
    assert isinstance(read, dict)
    return read


class TestLabels:
    @pytest.mark.parametrize(("text", "label"), PUBLISHED_LABELS.items())
    def test_are_the_published_hashes(self, text: str, label: str) -> None:
        assert hash_label(text) == label

    def test_do_not_depend_on_the_order_of_properties(self) -> None:
        properties = ("x86_64 :: level :: v3", "blas_lapack :: library :: openblas")

        assert hash_label(*properties) == "35ba9e9a"
        assert hash_label(*reversed(properties)) == "35ba9e9a"

    def test_of_numpy_are_hashes_of_their_properties(self, index: Path) -> None:
        for label, namespaces in document(index, NUMPY)["variants"].items():
            [(namespace, features)] = namespaces.items()
            [(feature, [value])] = features.items()
            line = f"{namespace} :: {feature} :: {value}\n"
            assert hashlib.sha256(line.encode()).hexdigest().startswith(label)


class TestIndexFolder:
    def test_has_a_folder_for_each_project(self, index: Path) -> None:
        assert sorted(path.name for path in index.iterdir()) == [
            "mypackage",
            "numpy",
            "plainpkg",
            "provider-fictional-hw",
            "provider-fictional-tech",
            "torch",
            "trainer",
        ]

    def test_every_version_has_a_plain_wheel(self, index: Path) -> None:
        for release in RELEASES:
            stem = release.name.replace("-", "_")
            name = f"{stem}-{release.version}-py3-none-any.whl"
            assert (index / release.name / name).is_file()

    def test_packages_without_variants_have_one_file(self, index: Path) -> None:
        for name in ("plainpkg", "trainer", "provider-fictional-hw"):
            assert len(list((index / name).iterdir())) == 1

    @pytest.mark.parametrize(
        "release", RELEASES, ids=lambda item: f"{item.name}-{item.version}"
    )
    def test_every_label_has_a_wheel_that_says_the_same(
        self, index: Path, release: Release
    ) -> None:
        if not release.labels:
            return
        whole = VariantsJson.from_dict(document(index, release))
        assert not whole.problems
        assert len(whole.variants) == len(release.labels)
        for label in release.labels:
            stem = f"{release.name}-{release.version}"
            inside = read_wheel(
                index / release.name / f"{stem}-py3-none-any-{label}.whl"
            )
            [(key, properties)] = inside.variants.items()
            assert properties == whole.variants[key]
            assert inside.dialect == whole.dialect


class TestTorch27:
    def test_has_the_shape_of_its_time(self, index: Path) -> None:
        assert document(index, TORCH_2_7) == {
            "default-priorities": {
                "feature": [],
                "namespace": ["nvidia"],
                "property": [],
            },
            "providers": {
                "nvidia": {
                    "plugin-api": "nvidia_variant_provider.plugin:NvidiaVariantPlugin",
                    "requires": ["nvidia-variant-provider == 0.0.1"],
                }
            },
            "variants": {
                "00000000": {},
                "1065b45d": {"nvidia": {"cuda": "11.8"}},
                "43331073": {"nvidia": {"cuda": "12.6"}},
                "d5784ad6": {"nvidia": {"cuda": "12.8"}},
            },
        }


class TestTorch28:
    def test_has_the_properties_of_the_tutorial(self, index: Path) -> None:
        found = document(index, TORCH_2_8)

        assert found["$schema"] == "https://variants-schema.wheelnext.dev/v0.0.2.json"
        assert found["default-priorities"] == {"namespace": ["nvidia"]}
        assert found["providers"] == {
            "nvidia": {
                "enable-if": "platform_system == 'Linux' or platform_system == 'Windows'",
                "plugin-api": "nvidia_variant_provider.plugin:NvidiaVariantPlugin",
                "requires": ["nvidia-variant-provider>=0.0.1,<1.0.0"],
            }
        }
        assert found["variants"]["null"] == {}
        assert found["variants"]["cu126"]["nvidia"] == {
            "cuda_version_lower_bound": ["12.6"],
            "sm_arch": [
                "50_real",
                "60_real",
                "70_real",
                "75_real",
                "80_real",
                "86_real",
                "90_real",
            ],
        }
        assert found["variants"]["cu129"]["nvidia"] == {
            "cuda_version_lower_bound": ["12.9"],
            "sm_arch": [
                "100_real",
                "120_real",
                "120_virtual",
                "75_real",
                "80_real",
                "86_real",
                "90_real",
            ],
        }
        cu128 = dict(found["variants"]["cu129"]["nvidia"])
        cu128["cuda_version_lower_bound"] = ["12.8"]
        cu128["sm_arch"] = [arch for arch in cu128["sm_arch"] if arch != "120_virtual"]
        assert found["variants"]["cu128"]["nvidia"] == cu128


class TestMypackage:
    def test_the_plugins_support_some_of_it(self) -> None:
        supported = SupportedProperties(
            {
                plugin.namespace: {
                    name: list(values) for name, values in plugin.supported
                }
                for plugin in (FICTIONAL_HW, FICTIONAL_TECH)
            }
        )
        selection = select(VariantsJson.from_dict(dict(MYPACKAGE.document)), supported)

        assert selection.ranked == (
            "deepthought_foam",
            "deepthought",
            "hal9000",
            "auto_chef",
            "null",
        )


class TestPlugins:
    @pytest.mark.parametrize("plugin", [FICTIONAL_HW, FICTIONAL_TECH])
    def test_answer_through_the_plugin_interface(
        self, index: Path, plugin: Plugin, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        [wheel] = (index / plugin.distribution).iterdir()
        monkeypatch.syspath_prepend(str(wheel))
        module_name, attribute = plugin.plugin_api.split(":")
        loaded = getattr(importlib.import_module(module_name), attribute)

        for configs, expected in (
            (loaded.get_supported_configs(), plugin.supported),
            (loaded.get_all_configs(), plugin.everything),
        ):
            found = [(item.name, tuple(item.values)) for item in configs]
            assert found == list(expected)
            assert {item.multi_value for item in configs} == {False}

    def test_install_and_can_be_found(self, index: Path, tmp_path: Path) -> None:
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--no-index"),
                *("--target", str(tmp_path)),
                *map(str, (index / "provider-fictional-hw").iterdir()),
            ],
            cwd=tmp_path,
            env=clean_environ(os.environ, PIP_VARIANTS_OFF="1"),
            check=True,
        )
        [dist] = importlib.metadata.distributions(path=[str(tmp_path)])
        [entry] = dist.entry_points

        assert entry.group == "variant_plugins"
        assert entry.name == "fictional_hw"
        assert entry.value == "provider_fictional_hw.plugin:FictionalHWPlugin"


def test_trainer_needs_torch(index: Path) -> None:
    [wheel] = (index / "trainer").iterdir()
    assert b"Requires-Dist: torch\n" in wheel.read_bytes()


def test_the_index_is_the_same_each_time(index: Path, tmp_path: Path) -> None:
    write_index(tmp_path)

    def digests(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*.*")
        }

    assert digests(tmp_path) == digests(index)


def test_releases_can_be_put_in_sets() -> None:
    assert len({*RELEASES, *RELEASES}) == len(RELEASES)
