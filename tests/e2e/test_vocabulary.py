"""Who says which properties exist, when wheels are made: the user's policy decides.

It is the same as where wheels are installed (DESIGN 4): built-in providers, installed
plugins, trusted packages.
"""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

from pip_variants.demo.wheels import build_wheel
from pip_variants.variantlib.wheel import read_wheel
from tests.kit import PLAIN, Index, Pip
from tests.providers.zoo import ZOO, install_into
from tests.running import Result

TRUST = {"PIP_VARIANT_TRUSTED_PROVIDERS": "zoo-gen6"}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    build_wheel(folder, "demo", "1.0")
    return folder


def project(folder: Path, key: str = "requires", name: str = "gen6") -> None:
    """Write a project whose namespace has the name of an animal of the zoo."""
    text = f"""
        [variant.default-priorities]
        namespace = ["{name}"]

        [variant.providers.{name}]
        {key} = ["{ZOO[name].distribution}"]
    """
    (folder / "pyproject.toml").write_text(textwrap.dedent(text), "utf-8")


def make(pip: Pip, work: Path, *properties: str, **more: Any) -> Result:
    wanted = [part for each in properties for part in ("-p", each)]
    return pip("variant", "make", *wanted, PLAIN, cwd=work, **more)


def made_of(pip: Pip, work: Path, *properties: str, **more: Any) -> dict[str, Any]:
    """Return the outcome of a make that went well."""
    wanted = [part for each in properties for part in ("-p", each)]
    arguments = ("make", "--json", "-q", *wanted, PLAIN)
    result = pip("variant", *arguments, cwd=work, **more).ok()
    found: dict[str, Any] = json.loads(result.out)
    return found


class TestBuiltInProviders:
    def test_they_need_neither_network_nor_project(self, pip: Pip, work: Path) -> None:
        nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:1/simple/"}
        made = made_of(pip, work, "x86_64 :: level :: v3", environ=nowhere)
        assert made["unchecked"] == {}
        refused = make(pip, work, "x86_64 :: level :: v33", environ=nowhere).failed()
        assert "did you mean v3?" in refused.err

    def test_a_project_may_name_them(self, pip: Pip, work: Path) -> None:
        (work / "pyproject.toml").write_text(
            '[variant.default-priorities]\nnamespace = ["nvidia"]\n'
            '[variant.providers.nvidia]\nrequires = ["nvidia-variant-provider"]\n'
        )
        made = made_of(pip, work, "nvidia :: sm_arch :: 130_real")
        assert made["unchecked"] == {}
        refused = make(pip, work, "nvidia :: sm_arch :: 90").failed()
        assert "knows no value '90'" in refused.err


class TestInstalledPlugins:
    def test_one_that_the_project_names_is_asked(
        self, own_pip: Pip, work: Path
    ) -> None:
        install_into(own_pip.site, "gen6")
        project(work)
        assert made_of(own_pip, work, "gen6 :: speed :: 1")["unchecked"] == {}
        refused = make(own_pip, work, "gen6 :: speed :: 3").failed()
        assert "gen6.speed: zoo-gen6 1.0 knows no value '3'" in refused.err

    def test_one_by_the_name_of_the_namespace_is_asked_without_a_project(
        self, own_pip: Pip, work: Path
    ) -> None:
        install_into(own_pip.site, "gen6")
        assert made_of(own_pip, work, "gen6 :: speed :: 1")["unchecked"] == {}
        refused = make(own_pip, work, "gen6 :: colour :: blue").failed()
        assert "zoo-gen6 1.0 knows no value 'blue'" in refused.err

    def test_none_is_asked_where_only_built_in_ones_may_answer(
        self, own_pip: Pip, work: Path
    ) -> None:
        folder = install_into(own_pip.site, "marking").parent
        project(work, name="marking")
        setting = {"PIP_VARIANT_PROVIDERS": "builtin"}
        made = made_of(own_pip, work, "marking :: speed :: 9", environ=setting)
        assert "only built-in providers may answer" in made["unchecked"]["marking"]
        assert not (folder / "zoo_marking" / "ran").exists()

    def test_one_that_does_not_tell_leaves_a_warning(
        self, own_pip: Pip, work: Path
    ) -> None:
        install_into(own_pip.site, "gen4")
        project(work, name="gen4")
        (warning,) = make(own_pip, work, "gen4 :: speed :: 9").ok().warnings
        assert warning == (
            "WARNING: The properties of gen4 are not checked: zoo-gen4 1.0 cannot say "
            "which properties exist: it has no get_all_configs()"
        )

    def test_a_platform_file_does_not_stand_in_their_way(
        self, own_pip: Pip, work: Path
    ) -> None:
        """What exists is the same for all machines, so none is asked on its behalf."""
        install_into(own_pip.site, "gen6")
        project(work)
        platform = work / "node.toml"
        platform.write_text('[properties.x86_64]\nlevel = ["v2", "v1"]\n', "utf-8")
        setting = {"PIP_VARIANT_PLATFORM": str(platform)}
        made = made_of(own_pip, work, "gen6 :: speed :: 1", environ=setting)
        assert made["unchecked"] == {}


class TestTrustedPackages:
    @pytest.fixture
    def index(self, index: Index) -> Index:
        index.add(
            name="zoo-gen6",
            files=ZOO["gen6"].files,
            entry_points=ZOO["gen6"].entry_points,
        )
        return index

    def test_one_is_installed_from_where_pip_is_told_to_look(
        self, pip: Pip, work: Path, index: Index
    ) -> None:
        project(work)
        environ = {**TRUST, "PIP_INDEX_URL": index.url}
        assert made_of(pip, work, "gen6 :: speed :: 1", environ=environ)["label"]
        assert [*filter(None, index.log)]
        index.forget()
        refused = make(pip, work, "gen6 :: speed :: 3", environ=environ).failed()
        assert "zoo-gen6 1.0 knows no value '3'" in refused.err
        assert index.log == [], "it is kept"
        assert not (pip.site / "zoo_gen6").exists()

    def test_a_file_of_pip_may_tell_where(
        self, pip: Pip, work: Path, index: Index
    ) -> None:
        """Also one that speaks of "pip install" alone."""
        config = work / "pip.conf"
        config.write_text(f"[install]\nindex-url = {index.url}\nuser = true\n", "utf-8")
        project(work)
        environ = {**TRUST, "PIP_CONFIG_FILE": str(config)}
        made = made_of(pip, work, "gen6 :: speed :: 1", environ=environ)
        assert made["unchecked"] == {}

    def test_one_without_trust_is_a_warning_that_says_what_to_type(
        self, pip: Pip, work: Path, index: Index
    ) -> None:
        project(work)
        environ = {"PIP_INDEX_URL": index.url}
        result = make(pip, work, "gen6 :: speed :: 3", environ=environ).ok()
        (warning,) = result.warnings
        assert "zoo-gen6, and it is neither installed nor trusted" in warning
        assert "--variant-trusted-providers" in warning
        assert index.log == []

    def test_static_lists_are_filled_in(
        self, pip: Pip, work: Path, index: Index
    ) -> None:
        """R101, R104"""
        project(work, "build-requires")
        environ = {**TRUST, "PIP_INDEX_URL": index.url}
        make(pip, work, "gen6 :: speed :: 1", environ=environ).ok()
        (wheel,) = work.glob("*-any-*.whl")
        assert read_wheel(wheel).to_dict()["providers"] == {
            "gen6": {
                "static-properties": {"speed": ["2", "1"], "colour": ["red"]},
                "feature-order": ["speed", "colour"],
            }
        }

    def test_without_the_plugin_they_cannot_be(
        self, pip: Pip, work: Path, index: Index
    ) -> None:
        project(work, "build-requires")
        environ = {"PIP_INDEX_URL": index.url}
        refused = make(pip, work, "gen6 :: speed :: 1", environ=environ).failed()
        assert "neither installed nor trusted" in refused.err
        assert not [*work.glob("*-any-*.whl")]
