"""Plugins in a process of their own: every generation, and every way to go wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

from pip_variants.demo.plugins import FICTIONAL_HW, FICTIONAL_TECH, Plugin
from pip_variants.settings import Settings
from pip_variants.variantlib.plugins.probing import probe
from tests.providers.zoo import ZOO, build, install_into
from tests.unit.variantlib.plugins.asking import BOTH, POSIX, SPEED, ask, interpreter

pytestmark = pytest.mark.usefixtures("nothing_stays_in_the_folder_of_temporary_files")


class TestGenerations:
    """PROVIDERS 2: every published shape of a plugin is understood."""

    @pytest.mark.parametrize(
        ("animal", "thing", "generation", "namespace"),
        [
            ("gen1", "", "1", "gen1"),
            ("gen1b", "", "1b", "gen1b"),
            ("gen2", "", "2", "gen2"),
            ("gen3", "", "3", "gen3"),
            ("gen4", "", "4", "gen4"),
            ("gen5", "", "5", "gen5"),
            ("gen6", "", "6", None),
            ("gen6", "Holder.ready_made", "6", None),
            ("module_only", "", "6", None),
        ],
    )
    def test_each_gives_its_features_in_their_order(
        self, animal: str, thing: str, generation: str, namespace: str | None
    ) -> None:
        probed = ask(animal, thing)
        assert probed.failure == ""
        assert probed.problems == ()
        assert probed.features == BOTH  # R91
        assert probed.generation == generation
        assert probed.namespace == namespace
        assert probed.ending == ""
        assert probed.written == 0

    @pytest.mark.parametrize("animal", ["gen5", "gen6", "module_only"])
    def test_new_ones_tell_of_what_a_wheel_may_need_several_values(
        self, animal: str
    ) -> None:
        assert ask(animal).multi_value == {"speed"}

    @pytest.mark.parametrize("animal", ["gen2", "gen3", "gen5", "module_only"])
    def test_what_exists_can_be_asked_for(self, animal: str) -> None:
        assert ask(animal, question="all").features == (
            ("speed", ("3", "2", "1")),
            ("colour", ("red", "blue")),
        )

    def test_a_plugin_need_not_know_what_exists(self) -> None:
        assert ask("gen4", question="all").failure == "has no get_all_configs()"

    @pytest.mark.parametrize("thing", ["SaysNone", "SaysNothing", "HasNone"])
    def test_nothing_is_an_answer(self, thing: str) -> None:
        """R92: an empty list, or a feature without values, is legal."""
        probed = ask("nothing", thing)
        assert (probed.features, probed.problems, probed.failure) == ((), (), "")

    def test_the_real_library_is_preferred_to_a_stand_in(self, tmp_path: Path) -> None:
        real = tmp_path / "variantlib" / "config.py"
        real.parent.mkdir()
        (real.parent / "__init__.py").write_text("")
        real.write_text(
            "class KeyConfig:\n"
            "    def __init__(self, key, values):\n"
            "        self.key, self.values = key, ['real']\n"
            "class ProviderConfig:\n"
            "    def __init__(self, provider, configs):\n"
            "        self.configs = configs\n"
        )
        path = [str(ZOO["gen1"].source), str(tmp_path)]
        probed = probe([ZOO["gen1"].api], path, interpreter())
        assert probed.features == (("speed", ("real",)), ("colour", ("real",)))

    def test_what_the_library_never_had_cannot_be_imported(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "curious.py").write_text("import variantlib.secrets\n")
        probed = probe(["curious"], [str(tmp_path)], interpreter())
        assert "No module named 'variantlib.secrets'" in probed.failure


class TestObjectReferences:
    """R84, and the forms of PROVIDERS 2."""

    def test_the_first_that_can_be_asked_is_asked(self) -> None:
        apis = [
            "zoo_absent:Plugin",
            "zoo_gen6:Missing",
            " zoo_gen6 : Plugin ",
            "zoo_gen5",
        ]
        path = [str(ZOO[name].source) for name in ("gen5", "gen6")]
        probed = probe(apis, path, interpreter())
        assert (probed.failure, probed.api) == ("", " zoo_gen6 : Plugin ")

    @pytest.mark.parametrize(
        ("api", "failure"),
        [
            ("os;system", "cannot be loaded: 'os;system' is no object reference"),
            ("zoo_gen6:", "cannot be loaded: 'zoo_gen6:' is no object reference"),
            ("", "cannot be loaded: '' is no object reference"),
            (
                "zoo_absent",
                "cannot be loaded: ModuleNotFoundError: No module named 'zoo_absent'",
            ),
            (
                "zoo_nothing:NoPlugin",
                (
                    "cannot be loaded: zoo_nothing:NoPlugin has neither "
                    "get_supported_configs() nor run()"
                ),
            ),
        ],
    )
    def test_what_names_no_plugin_is_a_failure(self, api: str, failure: str) -> None:
        path = [str(ZOO["nothing"].source), str(ZOO["gen6"].source)]
        assert probe([api], path, interpreter()).failure == failure

    def test_no_reference_at_all_is_a_failure(self) -> None:
        probed = probe([], [], interpreter())
        assert probed.failure == "cannot be loaded: no plugin is named"


class TestIsolation:
    def test_an_isolated_plugin_sees_no_site_packages(self, tmp_path: Path) -> None:
        (tmp_path / "curious.py").write_text("import pytest\n")
        probed = probe(["curious"], [str(tmp_path)], interpreter())
        assert "No module named 'pytest'" in probed.failure

    def test_another_sees_those_of_its_environment(self, tmp_path: Path) -> None:
        (tmp_path / "curious.py").write_text(
            "import pytest\ndef get_supported_configs(): return None\n"
        )
        whole = interpreter(isolated=False)
        assert probe(["curious"], [str(tmp_path)], whole).failure == ""

    def test_the_path_never_hides_the_standard_library(self, tmp_path: Path) -> None:
        (tmp_path / "colorsys.py").write_text("raise SystemExit\n")
        (tmp_path / "curious.py").write_text(
            "import colorsys\ndef get_supported_configs(): return None\n"
        )
        assert probe(["curious"], [str(tmp_path)], interpreter()).failure == ""

    def test_the_path_comes_before_what_the_environment_has(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "pytest.py").write_text(
            "def get_supported_configs(): return None\n"
        )
        whole = interpreter(isolated=False)
        assert probe(["pytest"], [str(tmp_path)], whole).failure == ""

    def test_nothing_can_be_imported_from_the_working_directory(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "curious.py").write_text("def get_supported_configs(): pass\n")
        monkeypatch.chdir(tmp_path)
        environ = {**os.environ, "PYTHONPATH": str(tmp_path)}
        probed = probe(["curious"], [], interpreter(environ))
        assert "No module named 'curious'" in probed.failure
        monkeypatch.undo()

    def test_settings_of_pip_are_kept_from_the_plugin(self) -> None:
        environ = {
            **os.environ,
            "PIP_INDEX_URL": "https://user:secret@example.invalid/simple",
            "_PIP_VARIANTS_RUNNER": "x",
            "pip_password": "x",
        }
        probed = ask("environment", "Tells", environ=environ)
        assert probed.features == (("files", ("0",)),)

    def test_nothing_is_written_beside_the_plugin(self, tmp_path: Path) -> None:
        install_into(tmp_path / "site", "module_only")
        before = sorted((tmp_path / "site").rglob("*"))
        assert probe(
            ["zoo_module_only"], [str(tmp_path / "site")], interpreter()
        ).features
        assert sorted((tmp_path / "site").rglob("*")) == before


class TestVariables:
    """What the answer depends on, so that a cache can tell when it is stale."""

    def test_all_that_are_looked_up_are_named(self) -> None:
        environ = {**os.environ, "ZOO_GET": "here"}
        probed = ask("environment", environ=environ)
        assert probed.features == (("seen", ("unset", "here", "absent", "none")),)
        expected = {"ZOO_AT_IMPORT", "ZOO_GET", "ZOO_IN", "ZOO_ITEM", "ZOO_BYTES"}
        if os.name != "posix":
            expected.remove("ZOO_BYTES")
        assert set(probed.variables) == expected

    @pytest.mark.parametrize("thing", ["Copies", "Runs"])
    def test_who_can_see_all_depends_on_all(self, thing: str) -> None:
        assert "*" in ask("environment", thing).variables

    def test_a_plugin_that_looks_at_none_depends_on_none(self) -> None:
        assert ask("module_only").variables == ()


class TestOutput:
    """E15: nothing that a plugin writes gets into its answer."""

    @POSIX
    def test_it_is_kept_apart_whatever_it_is(self) -> None:
        probed = ask("printing")
        assert (probed.failure, probed.features) == ("", SPEED)
        for text in ("imported", "not UTF-8", "from a child", "\x1b[31mred", "café"):
            assert text in probed.output

    def test_of_very_much_the_end_is_kept(self) -> None:
        probed = ask("printing", "Torrent")
        assert (probed.failure, probed.features) == ("", SPEED)
        assert probed.written > 100_000_000
        assert len(probed.output) <= 8 * 1024
        assert "the end" in probed.output

    @POSIX
    def test_a_plugin_may_close_what_it_writes_to(self) -> None:
        probed = ask("printing", "Closer")
        assert (probed.failure, probed.features) == ("", SPEED)

    def test_what_it_tells_about_itself_can_be_asked_for(self) -> None:
        probed = ask("module_only", question="debug")
        assert probed.debug == "Looked for a speed and a colour.\n"
        assert probed.features == BOTH
        assert ask("gen6", question="debug").debug == ""


class TestTheZoo:
    def test_each_project_is_known_by_its_entry_points(self, tmp_path: Path) -> None:
        for number, animal in enumerate(ZOO.values()):
            site = tmp_path / str(number)
            install_into(site, animal.name)
            (installed,) = distributions(path=[str(site)])
            assert installed.metadata["Name"] == animal.distribution
            assert installed.version == animal.version
            found = {(e.group, e.name): e.value for e in installed.entry_points}
            assert found == {
                (group, name): value
                for group, entries in animal.entry_points.items()
                for name, value in entries.items()
            }

    @pytest.mark.parametrize("plugin", [FICTIONAL_HW, FICTIONAL_TECH])
    def test_the_fictional_plugins_are_those_of_the_demo(self, plugin: Plugin) -> None:
        animal = ZOO[f"{plugin.namespace}_new"]
        assert animal.distribution == plugin.distribution
        assert animal.entry_points == plugin.entry_points
        assert animal.files == plugin.files

    @pytest.mark.parametrize("plugin", [FICTIONAL_HW, FICTIONAL_TECH])
    @pytest.mark.parametrize(("age", "generation"), [("old", "1"), ("new", "6")])
    def test_both_generations_of_them_say_the_same(
        self, plugin: Plugin, age: str, generation: str, tmp_path: Path
    ) -> None:
        install_into(tmp_path, f"{plugin.namespace}_{age}")
        probed = probe([plugin.plugin_api], [str(tmp_path)], interpreter())
        assert probed.features == plugin.supported
        assert probed.generation == generation
        assert probed.namespace == (plugin.namespace if age == "old" else None)

    @pytest.mark.slow
    def test_a_project_can_be_built_as_it_is(self, tmp_path: Path) -> None:
        """The same files come out as those of our own builder."""
        # 70.1 is the first that needs no other package to make wheels. It is not
        # imported here, where it would put its own distutils in place.
        if not any(
            int(found.version.partition(".")[0]) > 70
            for found in distributions(name="setuptools")
        ):
            pytest.skip("there is no setuptools that can build it")
        folder = tmp_path / "project"
        folder.mkdir()
        animal = ZOO["fictional_hw_old"]
        for path in animal.folder.rglob("*"):
            if path.is_file() and path.suffix in {".py", ".toml"}:
                copy = folder / path.relative_to(animal.folder)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(path.read_bytes())
        environ = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
        environ |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1"}
        command = [sys.executable, "-m", "pip", "wheel", "--no-build-isolation"]
        command += ["--no-deps", "-w", str(tmp_path / "wheels"), str(folder)]
        subprocess.run(command, check=True, env=environ, capture_output=True)
        (wheel,) = (tmp_path / "wheels").iterdir()
        ours = build("fictional_hw_old", tmp_path / "ours")
        assert wheel.name == ours.name
        site = tmp_path / "site"
        subprocess.run(
            [sys.executable, "-m", "zipfile", "-e", str(wheel), str(site)], check=True
        )
        (installed,) = distributions(path=[str(site)])
        found = {(e.group, e.name): e.value for e in installed.entry_points}
        assert found == {
            ("variantlib.plugins", name): value
            for name, value in animal.entry_points["variantlib.plugins"].items()
        }
        for name, content in animal.files.items():
            assert (site / name).read_bytes() == content


def test_the_limit_is_the_one_that_is_promised() -> None:
    """DESIGN 4: what a run has that sets no other."""
    assert Settings().provider_seconds == 10.0
