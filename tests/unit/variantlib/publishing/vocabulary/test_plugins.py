"""The words of plugins: real ones, each asked in a process of its own."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from pip_variants.variantlib.errors import Refusal
from pip_variants.variantlib.plugins.plugin import Plugin, find_plugins
from pip_variants.variantlib.plugins.probing import Interpreter, Probed, probe
from pip_variants.variantlib.plugins.third_party import ThirdParty
from pip_variants.variantlib.policy import Policy
from pip_variants.variantlib.providers import Provider
from pip_variants.variantlib.publishing.project.seed import Seed
from pip_variants.variantlib.publishing.vocabulary import check_properties, fill
from pip_variants.variantlib.publishing.vocabulary.plugins import PluginVocabulary
from tests.providers.zoo import install_into, put

GEN6 = Provider(("zoo-gen6",))
FEATURES = "from types import SimpleNamespace as F\n"


class Site:
    """An environment with plugins; remembers who was asked for what."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[tuple[str, str]] = []

    def find(self, namespace: str, provider: Provider | None) -> Plugin | None:
        for plugin in find_plugins([str(self.folder)], isolated=True):
            names = provider.requires if provider else ()
            if plugin.distribution in names or plugin.name == namespace:
                return plugin
        return None

    def ask(self, plugin: Plugin, what: str) -> Probed:
        self.asked.append((plugin.distribution, what))
        python = Interpreter(sys.executable, dict(os.environ), isolated=True)
        return probe(plugin.apis, plugin.path, python, ask=what)

    @property
    def vocabulary(self) -> PluginVocabulary:
        return PluginVocabulary(self.find, self.ask, lambda _: True)

    def write(self, code: str) -> Provider:
        """Install a plugin that is a module with some functions."""
        put(
            self.folder,
            "hw-plugin",
            files={"hw_plugin.py": (FEATURES + code).encode()},
            entry_points={"variant_plugins": {"hw": "hw_plugin"}},
        )
        return Provider(("hw-plugin",))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_plugin_tells_what_exists(site: Site) -> None:
    install_into(site.folder, "gen6")
    words = site.vocabulary.words("gen6", GEN6)
    assert words.source == "zoo-gen6 1.0"
    assert words.has("speed", "1")
    assert not words.has("speed", "3")
    assert not words.has_feature("sped")
    assert words.multi_value == frozenset({"speed"})


def test_a_plugin_that_fits_everywhere_fills_in_its_order(site: Site) -> None:
    """R101, R104: the order is that of get_supported_configs()."""
    install_into(site.folder, "gen6")
    table = {
        "default-priorities": {"namespace": ["gen6"]},
        "providers": {"gen6": {"build-requires": ["zoo-gen6"]}},
    }
    seed = Seed.from_dict(table)
    filled = fill(seed, site.vocabulary)["gen6"]
    assert filled.static_properties == (("speed", ("2", "1")), ("colour", ("red",)))
    checked = check_properties({"gen6": {"colour": ["rad"]}}, seed, site.vocabulary)
    assert [str(each) for each in checked.problems] == [
        "gen6.colour: zoo-gen6 1.0 knows no value 'rad'; did you mean red?"
    ]


class TestReferences:
    """R81, R84: other tools know nothing but what the metadata says."""

    @pytest.fixture
    def site(self, site: Site) -> Site:
        files = {"hw_plugin.py": ""}
        files["hw_parts.py"] = textwrap.dedent(
            """
            from types import SimpleNamespace as F
            class Plugin:
                @staticmethod
                def get_supported_configs():
                    return [F(name="arm", values=["1"], multi_value=False)]
                get_all_configs = get_supported_configs
            """
        )
        put(
            site.folder,
            "hw-plugin",
            files={name: text.encode() for name, text in files.items()},
            entry_points={"variant_plugins": {"hw": "hw_parts:Plugin"}},
        )
        return site

    def check(self, site: Site, api: str | None) -> list[str]:
        plugin = site.find("hw", None)
        assert plugin is not None
        vocabulary = PluginVocabulary(
            lambda *_: plugin.at(api), site.ask, lambda _: True
        )
        provider: dict[str, Any] = {"requires": ["hw-plugin"]}
        if api is not None:
            provider["plugin-api"] = api
        table = {
            "default-priorities": {"namespace": ["hw"]},
            "providers": {"hw": provider},
        }
        seed = Seed.from_dict(table)
        checked = check_properties({"hw": {"arm": ["1"]}}, seed, vocabulary)
        assert not checked.unchecked
        return [str(each) for each in checked.problems]

    @pytest.mark.parametrize("api", ["hw_parts:Plugin", "hw_parts : Plugin"])
    def test_one_that_is_right(self, site: Site, api: str) -> None:
        assert self.check(site, api) == []

    @pytest.mark.parametrize("api", ["hw_parts:Plugn", "hw_parts", "hw_plugin"])
    def test_one_that_only_the_entry_point_makes_up_for(
        self, site: Site, api: str
    ) -> None:
        (told,) = self.check(site, api)
        assert told.startswith(f"hw: plugin-api is {api}, but as that hw-plugin 1.0 ")
        assert 'write plugin-api = "hw_parts:Plugin"' in told

    def test_the_default_gives_way_to_the_entry_point(self, site: Site) -> None:
        """R81: it is the name of the package, where there is an empty module."""
        assert self.check(site, None) == []

    def test_one_of_no_module_of_the_package(self, site: Site) -> None:
        plugin = site.find("hw", None)
        assert plugin is not None

        def find(namespace: str, provider: Provider | None) -> Plugin:
            assert provider is not None
            third_party = ThirdParty(
                Policy.INSTALLED, Only(plugin), None, lambda *_: True, lambda *_: ""
            )
            return third_party.of_package(namespace, provider, lambda _: True)

        vocabulary = PluginVocabulary(find, site.ask, lambda _: True)
        provider = {"requires": ["hw-plugin"], "plugin-api": "os:path"}
        seed = Seed.from_dict(
            {
                "default-priorities": {"namespace": ["hw"]},
                "providers": {"hw": provider},
            }
        )
        checked = check_properties({"hw": {"arm": ["1"]}}, seed, vocabulary)
        assert [str(each) for each in checked.problems] == [
            "hw: 'os:path' is no part of hw-plugin 1.0"
        ]


class Only:
    """An environment with one distribution."""

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin

    def plugins(self) -> list[Plugin]:
        return [self._plugin]

    def distribution(self, name: str) -> Plugin | None:
        return self._plugin if name == self._plugin.distribution else None


def test_each_plugin_is_asked_once(site: Site) -> None:
    install_into(site.folder, "fictional_hw_new")
    vocabulary = site.vocabulary
    provider = Provider(("provider-fictional-hw",))
    for _ in range(3):
        assert vocabulary.words("fictional_hw", provider).has("humor", "10")
    assert site.asked == [("provider-fictional-hw", "all")]


def test_a_plugin_that_does_not_tell_leaves_its_properties_unchecked(
    site: Site,
) -> None:
    """Generation 4 has no get_all_configs()."""
    install_into(site.folder, "gen4")
    properties = {"gen4": {"speed": ["7"]}}
    seed = Seed.of_properties(properties)
    vocabulary = site.vocabulary
    for _ in range(2):
        checked = check_properties(properties, seed, vocabulary)
        assert checked.problems == ()
        assert str(checked.unchecked["gen4"]) == (
            "zoo-gen4 1.0 cannot say which properties exist: it has no "
            "get_all_configs()"
        )
    assert len(site.asked) == 1, "what failed once is not tried again"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise KeyError('gpu')", "it raised KeyError: 'gpu' "),
        ("import os, signal; os.kill(os.getpid(), 9)", "it was ended by SIGKILL"),
        ("return 'v1'", "it answered with a str in place of a list"),
    ],
)
def test_a_plugin_that_fails_is_a_reason(site: Site, code: str, reason: str) -> None:
    provider = site.write(
        "def get_supported_configs():\n    return []\n"
        f"def get_all_configs():\n    {code}\n"
    )
    with pytest.raises(Refusal) as caught:
        site.vocabulary.words("hw", provider)
    said = f"hw-plugin 1.0 cannot say which properties exist: {reason}"
    assert caught.value.reason.startswith(said)


def test_features_that_do_not_say_whether_several_values_may_stand(
    site: Site,
) -> None:
    """R94 can only be checked where the plugin says so."""
    install_into(site.folder, "gen2")
    assert site.vocabulary.words("gen2", Provider(("zoo-gen2",))).multi_value is None


def test_a_plugin_that_breaks_its_promise_is_refused(site: Site) -> None:
    """R103: with all_properties_compatible, all that exists is supported."""
    provider = site.write(
        "all_properties_compatible = True\n"
        "def get_all_configs():\n"
        "    return [F(name='speed', values=['1', '2'], multi_value=False)]\n"
        "def get_supported_configs():\n"
        "    return [F(name='speed', values=['1'], multi_value=False)]\n"
    )
    with pytest.raises(Refusal, match="does not support all that exist"):
        site.vocabulary.words("hw", provider)


def test_a_plugin_that_knows_nothing_cannot_check(site: Site) -> None:
    provider = site.write(
        "def get_all_configs():\n    return []\nget_supported_configs = get_all_configs"
    )
    with pytest.raises(Refusal, match="knows of no feature"):
        site.vocabulary.words("hw", provider)


def test_the_name_of_the_metadata_counts(site: Site) -> None:
    """E16: not what a plugin calls itself."""
    provider = site.write(
        "namespace = 'other'\n"
        "def get_all_configs():\n"
        "    return [F(name='speed', values=['1'], multi_value=False)]\n"
        "get_supported_configs = get_all_configs"
    )
    assert site.vocabulary.words("hw", provider).has("speed", "1")


def test_who_is_not_there_is_a_reason(site: Site) -> None:
    with pytest.raises(Refusal, match="no installed plugin goes by the name hw"):
        site.vocabulary.words("hw", None)


def test_no_plugin_is_asked_where_a_list_or_a_built_in_provider_is(
    site: Site,
) -> None:
    """A plugin of the same namespace changes nothing (DESIGN 4)."""
    site.write("raise SystemExit('never asked')")
    listed = Provider(static_properties=(("speed", ("1",)),))
    assert site.vocabulary.words("hw", listed).static == (("speed", ("1",)),)
    built_in = Provider(("provider-variant-x86-64",))
    assert site.vocabulary.words("x86_64", built_in).has("level", "v3")
    assert site.asked == []
