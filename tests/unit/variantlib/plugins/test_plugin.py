"""Finding plugins by their entry points: DESIGN 4, R81, R84, R89."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_variants.variantlib.errors import ValidationError
from pip_variants.variantlib.plugins.plugin import (
    Plugin,
    find_distribution,
    find_plugins,
    module_of,
)
from tests.providers import zoo

ENTRY = {"hw": "provider_hw.plugin:Plugin"}
GROUPS = {"variant_plugins": ENTRY}
FILES = {"provider_hw/__init__.py": b"", "provider_hw/plugin.py": b""}


def put(
    site: Path,
    name: str = "provider-hw",
    version: str = "1.0",
    *,
    files: Mapping[str, bytes] = FILES,
    groups: Mapping[str, Mapping[str, str]] = GROUPS,
) -> Path:
    """Put a plugin into a folder; return the folder of its metadata.

    :param groups: group of entry points -> name -> object reference.
    """
    return zoo.put(site, name, version, files=files, entry_points=groups)


def found(site: Path) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.name, each.apis) for each in find_plugins([str(site)])]


class TestFinding:
    def test_an_entry_point_makes_a_plugin(self, tmp_path: Path) -> None:
        info = put(tmp_path)
        with (info / "METADATA").open("a") as metadata:
            metadata.write("Project-URL: Issues, https://example.org/issues\n")
        (plugin,) = find_plugins([str(tmp_path)])
        assert (plugin.distribution, plugin.version) == ("provider-hw", "1.0")
        assert (plugin.name, plugin.apis) == ("hw", ("provider_hw.plugin:Plugin",))
        assert plugin.path == (str(tmp_path),)
        assert plugin.report_to == "https://example.org/issues"
        assert str(plugin) == "provider-hw 1.0"

    def test_the_first_group_is_known_too(self, tmp_path: Path) -> None:
        """F78: ``variantlib.plugins``; packages of the year of change stand in both."""
        put(tmp_path, groups={"variantlib.plugins": ENTRY, **GROUPS})
        assert found(tmp_path) == [("hw", ("provider_hw.plugin:Plugin",))]

    def test_other_groups_make_none(self, tmp_path: Path) -> None:
        groups = {"console_scripts": {"variant": "provider_hw:main"}}
        put(tmp_path, groups=groups)
        assert found(tmp_path) == []
        plugin = find_distribution([str(tmp_path)], "Provider.HW")
        assert plugin is not None
        assert plugin.apis == ()

    def test_the_module_must_belong_to_the_distribution(self, tmp_path: Path) -> None:
        """FEATURES 2d.6: an entry point may not name what somebody else installed."""
        references = {
            "a": "os.path",
            "b": "provider_hw.plugin:Plugin",
            "c": "provider_hw.missing",
            "d": "os;system",
        }
        put(tmp_path, groups={"variant_plugins": references})
        assert found(tmp_path) == [("b", ("provider_hw.plugin:Plugin",))]

    def test_the_first_on_the_path_counts(self, tmp_path: Path) -> None:
        put(tmp_path / "one", version="2.0")
        put(tmp_path / "two", version="1.0")
        path = [str(tmp_path / "one"), str(tmp_path / "two")]
        assert [plugin.version for plugin in find_plugins(path)] == ["2.0"]

    def test_a_damaged_distribution_hides_no_other(self, tmp_path: Path) -> None:
        for number, name in enumerate(("entry_points.txt", "RECORD", "METADATA")):
            info = put(tmp_path, f"a{number}-damaged", files={})
            (info / name).write_bytes(b"\xff\xfe[variant_plugins]\n=\0,")
        put(tmp_path)
        assert ("hw", ("provider_hw.plugin:Plugin",)) in found(tmp_path)

    def test_one_that_is_installed_in_place(self, tmp_path: Path) -> None:
        source = tmp_path / "project"
        (source / "src" / "provider_hw").mkdir(parents=True)
        for name in ("__init__.py", "plugin.py"):
            (source / "src" / "provider_hw" / name).write_text("")
        site = tmp_path / "site"
        url = {"url": source.as_uri(), "dir_info": {"editable": True}}
        info = put(site, files={})
        (info / "direct_url.json").write_text(json.dumps(url))
        assert found(site) == [("hw", ("provider_hw.plugin:Plugin",))]
        before = find_plugins([str(site)])[0].stamp
        os.utime(source / "src" / "provider_hw" / "plugin.py", ns=(1, 1))
        assert find_plugins([str(site)])[0].stamp != before

    def test_a_new_installation_has_another_stamp(self, tmp_path: Path) -> None:
        """DESIGN 4: a new build of the same version is asked anew."""
        info = put(tmp_path)
        before = find_plugins([str(tmp_path)])[0].stamp
        os.utime(info / "RECORD", ns=(1, 1))
        assert find_plugins([str(tmp_path)])[0].stamp != before


class TestApi:
    PLUGIN = Plugin(
        "provider-hw",
        "1.0",
        "",
        ("provider_hw.plugin:Plugin",),
        modules=frozenset({"provider_hw", "provider_hw.plugin"}),
    )

    def test_what_the_metadata_names_comes_first(self) -> None:
        assert self.PLUGIN.at("provider_hw : Other.inner").apis == (
            "provider_hw:Other.inner",
            "provider_hw.plugin:Plugin",
        )

    def test_the_default_is_the_name_of_the_distribution(self) -> None:
        """R81."""
        assert self.PLUGIN.at(None).apis[0] == "provider_hw"
        odd = replace(
            self.PLUGIN, distribution="foo-bar-x", modules=frozenset({"foo_bar_x"})
        )
        assert odd.at(None).apis[0] == "foo_bar_x"

    @pytest.mark.parametrize("api", ["os:system", "provider_hw.other", "provider"])
    def test_it_must_belong_to_the_distribution(self, api: str) -> None:
        """DESIGN 4, E18."""
        with pytest.raises(ValidationError, match=r"is no part of provider-hw 1\.0"):
            self.PLUGIN.at(api)

    @pytest.mark.parametrize(
        "api",
        ["os;system", "", "a b", "a:", ":a", "a..b", "a:b:c", "../a", "1a", "a\n;"],
    )
    def test_it_must_be_an_object_reference(self, api: str) -> None:
        """R84."""
        with pytest.raises(ValidationError, match="is no reference"):
            self.PLUGIN.at(api)

    @given(st.text(max_size=30))
    def test_any_text_is_a_reference_or_an_error(self, text: str) -> None:
        try:
            module = module_of(text)
        except ValidationError:
            return
        assert all(part.isidentifier() for part in module.split("."))
