"""Installed plugins: found, asked in processes of their own, and cached (issue 4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pip_variants.demo.environment import fresh_environment
from pip_variants.demo.packages import MYPACKAGE
from tests.kit import SCHEMA_0_2_0, SCHEMA_825, Document, Index, Pip, hashes
from tests.providers.zoo import ZOO, build, install_into


def document(
    providers: Mapping[str, str], *, plain: bool = False, feature: str = "speed"
) -> Document:
    """Return metadata with a label for each namespace, and null.

    :param providers: namespace -> distribution.
    :param plain: PEP 825 alone, which names no providers.
    """
    named = {ns: {"requires": [name]} for ns, name in providers.items()}
    return {
        "$schema": SCHEMA_825 if plain else SCHEMA_0_2_0,
        "default-priorities": {"namespace": [*providers]},
        **({} if plain else {"providers": named}),
        "variants": {ns: {ns: {feature: ["1"]}} for ns in providers} | {"null": {}},
    }


def of_zoo(*animals: str, feature: str = "speed") -> Document:
    """Return metadata that names plugins of the zoo, the first the most important."""
    return document({a: ZOO[a].distribution for a in animals}, feature=feature)


def put_marking(site: Path) -> Path:
    """Install the plugin that leaves marks; return where it does."""
    return install_into(site, "marking").parent / "zoo_marking" / "ran"


def label(pip: Pip, index: Index, *args: str | Path, **options: Any) -> str | None:
    found = pip.choose("--index-url", index.url, *args, "demo", **options)
    return found.label


class TestTheStoryOfTheFirstProposal:
    """Seed 002: install the vendor's plugin, then the package."""

    def test_two_vendors(self, own_pip: Pip, demo_index: Index) -> None:
        def choice() -> str | None:
            return own_pip.choose("--index-url", demo_index.url, "mypackage").label

        assert choice() == "null"
        own_pip("install", "-i", demo_index.url, "provider-fictional-hw").ok()
        assert choice() == "deepthought"
        own_pip("install", "-i", demo_index.url, "provider-fictional-tech").ok()
        assert choice() == "deepthought_foam"
        own_pip("uninstall", "-y", "provider-fictional-hw").ok()
        assert choice() == "auto_chef"

    def test_the_plugins_of_that_time(
        self, own_pip: Pip, index: Index, demo_index: Index
    ) -> None:
        """Generation 1: the group ``variantlib.plugins``, ``run()`` and KeyConfig."""
        index.add_release(MYPACKAGE)
        asked = index.project("mypackage") / "mypackage-1.0.0-variants.json"
        asked.write_text(asked.read_text().replace(">=1.0.0,<2.0.0", ">=0.9,<2"))
        for name in ("fictional_hw_old", "fictional_tech_old"):
            install_into(own_pip.site, name)
        found = own_pip.choose("--index-url", index.url, "mypackage")
        assert found.label == "deepthought_foam"
        # What asks for a newer plugin does not get this one.
        result = own_pip.dry(demo_index, "-v", "mypackage").ok()
        assert "provider-fictional-hw 0.9.0 is installed, another version" in (
            result.out
        )
        assert result.would_install == ["mypackage-1.0.0-null"]

    def test_without_the_plugin_pip_says_what_to_type(
        self, pip: Pip, demo_index: Index
    ) -> None:
        """R74."""
        result = pip.dry(demo_index, "mypackage").ok()
        assert (
            "Variants of mypackage are left out: fictional_hw asks for "
            "provider-fictional-hw>=1.0.0,<2.0.0, and it is neither installed nor "
            "trusted; to have it asked: pip install "
            "'provider-fictional-hw>=1.0.0,<2.0.0', or add "
            "--variant-trusted-providers provider-fictional-hw"
        ) in result.out.splitlines()
        assert result.warnings == []

    def test_metadata_that_names_nobody(self, own_pip: Pip, index: Index) -> None:
        """PEP 825 alone: the entry point's name is the namespace (R89)."""
        index.add(document({"gen6": ""}, plain=True))
        assert label(own_pip, index) == "null"
        install_into(own_pip.site, "gen6")
        assert label(own_pip, index) == "gen6"

    def test_an_early_plugin_says_its_namespace_itself(
        self, own_pip: Pip, index: Index
    ) -> None:
        index.add(document({"gen2": ""}, plain=True))
        install_into(own_pip.site, "gen2")
        (info,) = own_pip.site.glob("zoo_gen2-*.dist-info")
        entry = info / "entry_points.txt"
        entry.write_text(entry.read_text().replace("gen2 =", "odd ="))
        assert label(own_pip, index) == "gen2"

    def test_the_environment_of_another_python(
        self, pip: Pip, demo_index: Index, tmp_path: Path
    ) -> None:
        """``pip --python``: the plugins of the environment that pip installs into."""
        other = fresh_environment(tmp_path / "other")
        other_pip = Pip(other, tmp_path / "other-home")
        install_into(other_pip.site, "fictional_hw_new")
        arguments = ("install", "--dry-run", "-i", demo_index.url, "mypackage")
        there = pip("--python", other, *arguments).ok()
        assert there.would_install == ["mypackage-1.0.0-deepthought"]
        assert pip(*arguments).ok().would_install == ["mypackage-1.0.0-null"]


GENERATIONS = [
    *("gen1", "gen1b", "gen2", "gen3", "gen4", "gen5", "gen6", "module_only")
]


@pytest.mark.parametrize("generation", GENERATIONS)
def test_every_generation_answers(own_pip: Pip, index: Index, generation: str) -> None:
    """PROVIDERS 2."""
    index.add(of_zoo(generation))
    install_into(own_pip.site, generation)
    assert label(own_pip, index) == generation


class TestTrouble:
    """E13-E16: a plugin can spoil its own namespace, and nothing else."""

    def choose(self, pip: Pip, index: Index, *animals: str, **environ: str) -> Any:
        index.add(of_zoo(*animals, "gen6"))
        for name in (*animals, "gen6"):
            install_into(pip.site, name)
        return pip.choose(
            "--index-url",
            index.url,
            *("--variant-provider-timeout", "5"),
            "demo",
            environ=environ,
        )

    @pytest.mark.parametrize(
        ("animal", "text", "expected"),
        [
            ("crashing", "was ended by SIG", "gen6"),
            ("hanging", "did not answer within 5 s", "gen6"),
            ("raising", "raised", "gen6"),
            # E16: among what it says there are good features, too.
            ("wrong_types", "dropped", "wrong_types"),
            # The good one is not the one that the label asks for.
            ("upper_case", "dropped", "gen6"),
        ],
    )
    def test_one_warning_and_all_else_goes_on(
        self, own_pip: Pip, index: Index, animal: str, text: str, expected: str
    ) -> None:
        found = self.choose(own_pip, index, animal)
        warnings = [
            line for line in found.warnings.splitlines() if line.startswith("WARNING")
        ]
        assert len(warnings) == 1, found.warnings
        assert warnings[0].startswith(f"WARNING: The plugin for {animal}, zoo-")
        assert text in warnings[0]
        assert "pip variant providers debug" in warnings[0]
        assert "Traceback" not in warnings[0].partition("output")[0]
        assert found.label == expected

    @pytest.mark.parametrize("animal", ["printing", "forking"])
    def test_noise_does_not_matter(
        self, own_pip: Pip, index: Index, animal: str
    ) -> None:
        found = self.choose(own_pip, index, animal)
        assert found.warnings == ""
        assert found.label == animal

    def test_two_that_wait_for_each_other_meet(
        self, own_pip: Pip, index: Index, tmp_path: Path
    ) -> None:
        """Plugins are asked side by side, or one of these would find nobody."""
        animals = ("meeting_one", "meeting_two")
        asked = of_zoo(*animals)
        asked["variants"]["both"] = {a: {"speed": ["1"]} for a in animals}
        index.add(asked)
        for name in animals:
            install_into(own_pip.site, name)
        found = own_pip.choose(
            *("--index-url", index.url, "--variant-provider-timeout", "30", "demo"),
            environ={"ZOO_MEETING": str(tmp_path)},
        )
        assert (found.label, found.warnings) == ("both", "")

    def test_an_optional_one_is_asked_when_it_is_switched_on(
        self, own_pip: Pip, index: Index
    ) -> None:
        """R83."""
        asked = of_zoo("gen6")
        asked["providers"]["gen6"]["optional"] = True
        index.add(asked)
        install_into(own_pip.site, "gen6")
        result = own_pip.dry(index, "-v", "demo").ok()
        assert result.would_install == ["demo-1.0-null"]
        option = "--variant-optional-providers gen6"
        assert "optional, and not switched on" in result.out
        explained = own_pip("variant", "explain", "-i", index.url, "demo").ok().out
        assert f"to have it asked, add {option}" in " ".join(explained.split())
        assert label(own_pip, index, *option.split()) == "gen6"

    def test_two_that_claim_one_namespace(self, own_pip: Pip, index: Index) -> None:
        """R107, softened."""
        index.add(document({"clash": "", "gen6": ""}, plain=True))
        for name in ("clashing_one", "clashing_two", "gen6"):
            install_into(own_pip.site, name)
        result = own_pip.dry(index, "-v", "demo").ok()
        assert result.would_install == ["demo-1.0-gen6"]
        text = "zoo-clashing-one 1.0 and zoo-clashing-two 1.0 both claim clash"
        assert text in result.out


class TestNobodyIsAsked:
    """Nothing third-party runs unless a package asks for it and the policy lets it."""

    @pytest.fixture
    def mark(self, own_pip: Pip, index: Index) -> Path:
        index.add(of_zoo("marking"))
        index.add(name="plainpkg")
        return put_marking(own_pip.site)

    def test_it_runs_when_it_is_needed(
        self, own_pip: Pip, index: Index, mark: Path
    ) -> None:
        assert label(own_pip, index) == "marking"
        assert mark.read_text() == "x"

    @pytest.mark.parametrize(
        "args",
        [
            ("--no-variant",),
            ("--variant-providers", "builtin"),
            ("--variant-exclude", "marking"),
            ("--force-variant", "null"),
            ("--only-binary=:all:", "--platform=any", "--target=t"),
        ],
        ids=lambda args: args[0],
    )
    def test_where_the_user_leaves_it_out(
        self, own_pip: Pip, index: Index, mark: Path, args: tuple[str, ...]
    ) -> None:
        assert label(own_pip, index, *args) in {None, "null"}
        assert not mark.exists()

    def test_for_a_package_without_variants(
        self, own_pip: Pip, index: Index, mark: Path
    ) -> None:
        own_pip.dry(index, "plainpkg").ok()
        own_pip("list").ok()
        own_pip("variant", "providers").ok()
        own_pip("variant", "cache", "info").ok()
        assert not mark.exists()

    def test_on_behalf_of_another_machine(
        self, own_pip: Pip, index: Index, mark: Path, tmp_path: Path
    ) -> None:
        """Neither explain nor install; the file says nothing of the namespace."""
        file = tmp_path / "machine.json"
        file.write_text('{"properties": {"x86_64": {"level": ["v1"]}}}')
        arguments = ("--index-url", index.url, "--variant-platform", file, "demo")
        result = own_pip("variant", "explain", *arguments).ok()
        assert "the platform file says nothing of it" in result.out.replace("\n", " ")
        own_pip("install", "--dry-run", *arguments).ok()
        assert not mark.exists()

    def test_with_hashes(self, own_pip: Pip, index: Index, mark: Path) -> None:
        """E28: what is installed has no hash."""
        allowed = hashes(index.links().glob("*.whl"))
        (own_pip.home / "r.txt").write_text(f"demo==1.0 {allowed}\n")
        result = own_pip.dry(index, "-r", own_pip.home / "r.txt").ok()
        assert not mark.exists()
        assert result.would_install == ["demo-1.0-null"]
        assert "zoo-marking==VERSION#sha256=DIGITS" in result.out


class TestOnlyPlugins:
    """A package is asked only when it says itself that it is a plugin."""

    def test_metadata_cannot_run_another_package(
        self, own_pip: Pip, index: Index
    ) -> None:
        index.add(of_zoo("marking"))
        mark = put_marking(own_pip.site)
        (info,) = own_pip.site.glob("zoo_marking-*.dist-info")
        (info / "entry_points.txt").unlink()
        result = own_pip.dry(index, "demo").ok()
        assert result.would_install == ["demo-1.0-null"]
        text = "zoo-marking 1.0 is no plugin by its entry points"
        assert text in result.out
        assert not mark.exists()

    def test_metadata_cannot_call_a_function(self, own_pip: Pip, index: Index) -> None:
        """Of a plugin either: only what is asked as a plugin is called."""
        asked = of_zoo("marking")
        asked["providers"]["marking"]["plugin-api"] = "zoo_marking:wipe"
        index.add(asked)
        install_into(own_pip.site, "marking")
        module = own_pip.site / "zoo_marking" / "__init__.py"
        wiped = own_pip.home / "wiped"
        with module.open("a") as code:
            code.write(f"\n\ndef wipe():\n    open({str(wiped)!r}, 'w').close()\n")
        # The entry point answers in its place.
        assert label(own_pip, index) == "marking"
        assert not wiped.exists()


class TestTheCache:
    def test_the_second_run_asks_nobody(self, own_pip: Pip, index: Index) -> None:
        """F92."""
        index.add(of_zoo("marking"))
        mark = put_marking(own_pip.site)
        for _ in range(3):
            assert label(own_pip, index) == "marking"
        own_pip("variant", "platform").ok()
        assert mark.read_text() == "x"
        own_pip("variant", "platform", "--refresh").ok()
        assert mark.read_text() == "xx"
        own_pip("variant", "cache", "purge").ok()
        assert label(own_pip, index) == "marking"
        assert mark.read_text() == "xxx"
        assert label(own_pip, index, "--no-cache-dir") == "marking"
        assert label(own_pip, index, "--no-cache-dir") == "marking"
        assert mark.read_text() == "xxxxx"

    def test_a_cache_that_cannot_be_used_is_none(
        self, own_pip: Pip, index: Index
    ) -> None:
        """E40."""
        index.add(of_zoo("marking"))
        mark = put_marking(own_pip.site)
        own_pip.cache.mkdir(parents=True, exist_ok=True)
        (own_pip.cache / "variants").write_text("no folder")
        for _ in range(2):
            found = own_pip.choose("--index-url", index.url, "demo")
            assert (found.label, found.warnings) == ("marking", "")
        assert mark.read_text() == "xx"
        (own_pip.cache / "variants").unlink()
        assert label(own_pip, index) == "marking"
        for file in (own_pip.cache / "variants" / "detected").iterdir():
            file.write_bytes(b"{\xff")
        found = own_pip.choose("--index-url", index.url, "demo")
        assert (found.label, found.warnings) == ("marking", "")
        assert mark.read_text() == "xxxx"

    def test_a_variable_that_the_plugin_reads_counts(
        self, own_pip: Pip, index: Index
    ) -> None:
        install_into(own_pip.site, "environment")

        def cached(**environ: str) -> bool:
            result = own_pip("variant", "platform", "--json", environ=environ).ok()
            found: bool = json.loads(result.out)["sources"]["environment"]["cached"]
            return found

        own_pip("variant", "platform").ok()
        name = "ZOO_GET"
        assert [cached(), cached(**{name: "7"}), cached(**{name: "7"})] == [
            *(True, False, True)
        ]
        assert cached(UNRELATED="1") is False


class TestThePlatform:
    def test_plugins_are_shown(self, own_pip: Pip, index: Index) -> None:
        for name in ("gen6", "raising", "fictional_hw_old"):
            install_into(own_pip.site, name)
        result = own_pip("variant", "platform").ok()
        assert "gen6 (installed plugin, zoo-gen6 1.0, " in result.out
        assert "fictional_hw (installed plugin, provider-fictional-hw 0.9.0, " in (
            result.out
        )
        assert "  speed: 2, 1\n" in result.out
        again = own_pip("variant", "platform").ok()
        assert "gen6 (installed plugin, zoo-gen6 1.0, from the cache, asked " in (
            again.out
        )
        assert "raising" in again.out

    def test_it_can_be_the_machine_of_another_pip(
        self, own_pip: Pip, pip: Pip, index: Index, tmp_path: Path
    ) -> None:
        """Point 8: ``pip variant platform --json`` is a platform file."""
        index.add(of_zoo("gen6"))
        install_into(own_pip.site, "gen6")
        file = tmp_path / "here.json"
        file.write_text(own_pip("variant", "platform", "--json").ok().out)
        assert label(pip, index) == "null"
        assert label(pip, index, "--variant-platform", file) == "gen6"

    def test_trusted_packages_are_shown_once_they_were_needed(
        self, own_pip: Pip, index: Index
    ) -> None:
        index.add(of_zoo("gen6"))
        build("gen6", index.project("zoo-gen6"))
        trust = {"PIP_VARIANT_TRUSTED_PROVIDERS": "zoo-gen6"}
        assert "gen6" not in own_pip("variant", "platform", environ=trust).ok().out
        assert label(own_pip, index, environ=trust) == "gen6"
        shown = own_pip("variant", "platform", environ=trust).ok().out
        assert "gen6 (trusted package, zoo-gen6 1.0, " in shown
        listed = own_pip("variant", "providers", environ=trust).ok().out
        assert "zoo-gen6 1.0 " in listed
        told = own_pip("variant", "providers", "debug", "gen6", environ=trust).ok()
        assert "plugin of the trusted package zoo-gen6 1.0 answers" in (
            " ".join(told.out.split())
        )
        # Whom nobody trusts any more is not asked, though it is still there.
        assert "gen6" not in own_pip("variant", "platform").ok().out

    def test_only_built_in_ones_where_the_policy_says_so(self, own_pip: Pip) -> None:
        mark = put_marking(own_pip.site)
        result = own_pip("variant", "platform", "--variant-providers=builtin").ok()
        assert "marking" not in result.out
        assert not mark.exists()


class TestProviders:
    def test_the_list(self, own_pip: Pip) -> None:
        """J23."""
        install_into(own_pip.site, "raising")
        own_pip("variant", "platform").ok()
        trust = "--variant-trusted-providers=provider-x==1.0"
        result = own_pip("variant", "providers", "--json", trust).ok()
        document = json.loads(result.out)
        assert document["policy"] == "trusted"
        kinds = {(p["kind"], p["package"]) for p in document["providers"]}
        assert {("installed", "zoo-raising"), ("trusted", "provider-x")} <= kinds
        (raising,) = [p for p in document["providers"] if p["namespace"] == "raising"]
        assert "raised" in raising["last_error"]
        table = own_pip("variant", "providers", trust).ok().out
        assert table.startswith("Policy: trusted (the default): ")
        assert "zoo_raising" in table

    def test_debug_of_a_built_in_one(self, pip: Pip) -> None:
        """Seed 002: libraries and files, variables, and how it was decided."""
        name = "NV_VARIANT_PROVIDER_FORCE_CUDA_DRIVER_VERSION"
        result = pip("variant", "providers", "debug", "nvidia", environ={name: "12.8"})
        assert f"{name}: 12.8" in result.ok().out
        assert "cuda_version_lower_bound: 12.8" in result.out
        result = pip("variant", "providers", "debug", "nvidia").ok()
        assert f"{name}: not set" in result.out
        assert "libnvidia-ml.so.1" in result.out

    def test_debug_of_a_plugin(self, own_pip: Pip) -> None:
        install_into(own_pip.site, "environment")
        install_into(own_pip.site, "raising")
        result = own_pip("variant", "providers", "debug", "environment").ok()
        assert "zoo-environment 1.0" in result.out
        assert "ZOO_GET: not set" in result.out
        result = own_pip("variant", "providers", "debug", "raising").ok()
        assert "it raised" in result.out

    def test_debug_of_what_nobody_knows(self, pip: Pip) -> None:
        result = pip("variant", "providers", "debug", "nothing_such").ok()
        assert "No plugin goes by its name" in result.out
        assert (
            "is no namespace" in pip("variant", "providers", "debug", "A!").failed().err
        )

    def test_a_test_for_authors(self, own_pip: Pip, tmp_path: Path) -> None:
        """J22: without being installed, from the folder where it is written."""
        work = ZOO["gen6"].source
        arguments = ("variant", "providers", "test")
        result = own_pip(*arguments, "zoo_gen6:Plugin", cwd=work).ok()
        assert "The plugin has no errors." in result.out
        result = own_pip(*arguments, "--json", "zoo_gen6:Plugin", cwd=work).ok()
        assert json.loads(result.out)["passed"] is True
        bad = own_pip(*arguments, "zoo_raising", cwd=ZOO["raising"].source)
        assert bad.status == 1
        assert "ERROR" in bad.out
        missing = own_pip(*arguments, "no_such_module", cwd=tmp_path)
        assert missing.status == 1
        assert "no_such_module" in missing.out

    @pytest.mark.parametrize(
        ("args", "text"),
        [
            (("frob",), "unknown action 'frob'"),
            (("list", "a"), "takes no further argument: 'a'"),
            (("debug",), "needs a namespace"),
            (("debug", "a", "b"), "takes no further argument: 'b'"),
            (("test",), "needs an object reference"),
            (("test", "a;b"), "is no reference"),
        ],
    )
    def test_wrong_arguments(self, pip: Pip, args: tuple[str, ...], text: str) -> None:
        assert text in pip("variant", "providers", *args).failed().err


def test_the_folders_of_the_zoo_make_wheels_that_pip_installs(
    own_pip: Pip, tmp_path: Path
) -> None:
    wheel = build("fictional_tech_new", tmp_path)
    own_pip("install", "--no-index", wheel).ok()
    result = own_pip("variant", "platform").ok()
    assert "fictional_tech (installed plugin, provider-fictional-tech 1.0.0" in (
        result.out
    )
