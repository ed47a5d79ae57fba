"""The protocols that plugin authors copy."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from pip_variants.variantlib import provider_api
from pip_variants.variantlib.provider_api import (
    ENTRY_POINT_GROUP,
    BuildPluginType,
    PluginType,
    VariantFeatureConfigType,
)
from tests.providers.zoo import ZOO


@dataclass(frozen=True)
class Feature:
    name: str
    values: list[str]
    multi_value: bool = False


class Plugin:
    @classmethod
    def get_supported_configs(cls) -> list[VariantFeatureConfigType]:
        return [Feature("level", ["v2", "v1"])]


class BuildPlugin(Plugin):
    @staticmethod
    def get_all_configs() -> list[VariantFeatureConfigType]:
        return [Feature("level", ["v3", "v2", "v1"])]


# A type checker says whether these fit, which is what the protocols are for.
AS_PLUGINS: tuple[PluginType, ...] = (Plugin(), BuildPlugin())
AS_BUILD_PLUGIN: BuildPluginType = BuildPlugin()


def test_a_plugin_fits_without_inheriting_from_it() -> None:
    assert all(isinstance(plugin, PluginType) for plugin in AS_PLUGINS)
    assert isinstance(AS_BUILD_PLUGIN, BuildPluginType)
    assert not isinstance(Plugin(), BuildPluginType)
    assert not isinstance(object(), PluginType)


@pytest.mark.parametrize("missing", ["name", "values", "multi_value"])
def test_a_feature_needs_all_three_attributes(missing: str) -> None:
    """R90; further attributes are ignored (R93)."""
    attributes = {"name": "level", "values": ["v1"], "multi_value": False, "more": 1}
    assert isinstance(SimpleNamespace(**attributes), VariantFeatureConfigType)
    del attributes[missing]
    assert not isinstance(SimpleNamespace(**attributes), VariantFeatureConfigType)


def test_the_file_can_be_copied(tmp_path: Path) -> None:
    """It works where nothing of ours is, as the file of another package."""
    source = Path(provider_api.__file__).read_text("utf-8")
    (tmp_path / "copied.py").write_text(source, "utf-8")
    code = (
        f"import sys; sys.path.append({str(tmp_path)!r}); import copied; "
        "assert not any(name.startswith('pip') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


def test_the_group_of_entry_points_is_the_published_one() -> None:
    """R89; every plugin of the zoo that is new enough is in it."""
    assert ENTRY_POINT_GROUP == "variant_plugins"
    assert ENTRY_POINT_GROUP in ZOO["gen6"].entry_points
