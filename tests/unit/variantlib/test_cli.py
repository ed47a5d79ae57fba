"""The ``variantlib`` command, by what its user types; PROVIDERS 6 for the command lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pip_variants.demo.wheels import build_wheel
from pip_variants.variantlib import VariantsJson
from pip_variants.variantlib.cli import main
from pip_variants.variantlib.cli._toml_writer import toml_lines
from tests.kit import LEVELS, PLAIN, levels
from tests.providers.zoo import install_into

PROJECT = """\
[variant.default-priorities]
namespace = ["x86_64", "blas_lapack", "gen6"]

[variant.providers.x86_64]
requires = ["provider-variant-x86-64 >=0.0.3"]

[variant.providers.gen6]
requires = ["zoo-gen6"]

[variant.providers.blas_lapack.static-properties]
library = ["openblas", "mkl"]
"""

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a plain wheel, a project, and no other settings."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    build_wheel(folder, "demo", "1.0")
    (folder / "pyproject.toml").write_text(PROJECT, "utf-8")
    (folder / "out").mkdir()
    return folder


V3 = "x86_64 :: level :: v3"
MKL = "blas_lapack :: library :: mkl"


def make(*options: str, wheel: str = PLAIN) -> int:
    return main(["make-variant", "-f", wheel, "-o", "out", *options])


def made() -> list[str]:
    """Return the labels in ``out``."""
    return sorted(
        path.stem.removeprefix("demo-1.0-py3-none-any").lstrip("-")
        for path in Path("out").glob("*.whl")
    )


def inside(label: str) -> VariantsJson:
    with zipfile.ZipFile(f"out/demo-1.0-py3-none-any-{label}.whl") as archive:
        return VariantsJson.from_bytes(archive.read("demo-1.0.dist-info/variant.json"))


class TestMakeVariant:
    @pytest.mark.parametrize(
        "options",
        [
            ("-p", V3, MKL),
            ("-p", V3, "-p", MKL),
            ("--property", MKL, "--property", V3),
            ("-p", "x86_64::level::v3", "-p", "blas_lapack::library::mkl"),
        ],
    )
    def test_the_label_is_the_hash_however_the_properties_are_given(
        self, work: Path, options: tuple[str, ...]
    ) -> None:
        """PROVIDERS 3.1: order and blanks do not matter."""
        assert make(*options) == 0
        assert made() == ["5130468c"]
        expected = {"x86_64": {"level": ["v3"]}, "blas_lapack": {"library": ["mkl"]}}
        assert inside("5130468c").properties("5130468c") == expected

    def test_a_label_of_ones_own(self, work: Path) -> None:
        assert make("-p", V3, "--variant-label", "cpu_v3") == 0
        assert made() == ["cpu_v3"]

    def test_the_null_variant(self, work: Path) -> None:
        assert make("--null-variant") == 0
        assert inside("null").properties("null") == {}

    def test_metadata_is_that_of_the_project(self, work: Path) -> None:
        assert make("--null-variant", "--pyproject-toml", "pyproject.toml") == 0
        document = inside("null")
        assert document.namespaces == ("x86_64", "blas_lapack", "gen6")
        assert sorted(document.providers) == ["blas_lapack", "gen6", "x86_64"]

    def test_a_project_that_says_nothing(self, work: Path, capsys: Captured) -> None:
        """Only the default file may be missing; then the wheel is one of PEP 825."""
        Path("pyproject.toml").unlink()
        assert make("-p", V3) == 0
        assert "no [variant] table" in capsys.readouterr().err
        assert not inside("fa7c1393").providers
        Path("empty.toml").write_text("[project]\n")
        assert make("-p", V3, "--pyproject-toml", "empty.toml") == 1
        assert "no [variant] table" in capsys.readouterr().err
        assert make("-p", V3, "--pyproject-toml", "none.toml") == 1
        assert "none.toml" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("wanted", "told"),
        [
            ("x86_64 :: level :: v5", "v5"),
            ("x86_64 :: levels :: v3", "levels"),
            ("blas_lapack :: library :: blis", "blis"),
        ],
    )
    def test_properties_that_do_not_exist(
        self, work: Path, capsys: Captured, wanted: str, told: str
    ) -> None:
        """R104, R105; what is built in and static lists are known."""
        assert make("-p", wanted) == 1
        assert told in capsys.readouterr().err
        assert made() == []

    @pytest.mark.parametrize("option", ["--no-validate", "--skip-plugin-validation"])
    def test_nothing_is_looked_up_where_that_is_not_wanted(
        self, work: Path, option: str
    ) -> None:
        assert make("-p", "x86_64 :: level :: v5", option) == 0
        assert len(made()) == 1

    def test_plugins_are_asked_with_no_isolation_only(
        self, work: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site = work / "site"
        site.mkdir()
        install_into(site, "gen6")
        monkeypatch.syspath_prepend(site)
        bad = ("-p", "gen6 :: none :: such", "--variant-label", "bad")
        assert make(*bad, "--no-isolation") == 1
        assert "none" in capsys.readouterr().err
        assert made() == []
        assert make(*bad) == 0
        warned = capsys.readouterr().err
        assert "WARNING" in warned
        assert "not checked" in warned
        assert made() == ["bad"]

    @pytest.mark.parametrize(
        "options",
        [
            (),
            ("-p", V3, "--null-variant"),
            ("--null-variant", "--variant-label", "null"),
            ("-p", V3, "--variant-label", "null"),
            ("-p", V3, "--variant-label", "Bad"),
            ("-p", V3, "--variant-label", "../x"),
            ("-p", V3, "--installer", "conda"),
        ],
    )
    def test_options_that_contradict_each_other_end_the_parser(
        self, work: Path, capsys: Captured, options: tuple[str, ...]
    ) -> None:
        with pytest.raises(SystemExit) as ended:
            make(*options)
        assert ended.value.code == 2
        assert "usage: variantlib make-variant" in capsys.readouterr().err
        assert made() == []

    @pytest.mark.parametrize("text", ["x", "a :: b", "A :: b :: c", "a :: b :: C"])
    def test_what_is_no_property(self, work: Path, capsys: Captured, text: str) -> None:
        assert make("-p", text) == 1
        assert repr(text) in capsys.readouterr().err
        assert made() == []

    def test_an_option_for_installers_is_accepted(self, work: Path) -> None:
        assert make("-p", V3, "--installer", "uv", "--no-isolation") == 0

    def test_a_wheel_with_a_label_gets_another(self, work: Path) -> None:
        """The published tool replaces label and metadata, too."""
        assert make("-p", V3, "--variant-label", "first") == 0
        assert make("--null-variant", wheel="out/demo-1.0-py3-none-any-first.whl") == 0
        assert made() == ["first", "null"]
        assert [*inside("null").variants] == ["null"]

    def test_the_date_for_reproducible_builds(
        self, work: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
        assert make("--null-variant") == 0
        with zipfile.ZipFile("out/demo-1.0-py3-none-any-null.whl") as archive:
            info = archive.getinfo("demo-1.0.dist-info/variant.json")
            assert info.date_time[:3] == (2001, 9, 9)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "now")
        assert make("--null-variant") == 1
        assert "SOURCE_DATE_EPOCH" in capsys.readouterr().err

    def test_the_folder_is_made(self, work: Path) -> None:
        Path("out").rmdir()
        assert make("--null-variant") == 0
        assert made() == ["null"]


class TestUnmakeVariant:
    def test_gives_the_wheel_back(self, work: Path) -> None:
        assert make("-p", V3) == 0
        before = _members(PLAIN)
        Path("back").mkdir()
        wheel = "out/demo-1.0-py3-none-any-fa7c1393.whl"
        assert main(["unmake-variant", "-f", wheel, "-o", "back"]) == 0
        assert _members(f"back/{PLAIN}") == before

    def test_a_plain_wheel_is_left_alone(self, work: Path, capsys: Captured) -> None:
        assert main(["unmake-variant", "-f", PLAIN, "-o", "out"]) == 0
        assert "plain wheel already" in capsys.readouterr().err
        assert made() == []


def _members(path: str) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class TestAnalyzeWheel:
    @pytest.fixture
    def labelled(self, work: Path) -> Path:
        return build_wheel(work, "demo", "1.0", label="v2", variant_json=LEVELS)

    @pytest.mark.parametrize("option", ["-i", "--input_file", "--input-file"])
    def test_prints_label_and_properties(
        self, labelled: Path, capsys: Captured, option: str
    ) -> None:
        assert main(["analyze-wheel", option, str(labelled)]) == 0
        printed = capsys.readouterr()
        first, properties, _ = printed.out.splitlines()
        assert "`v2`" in first
        assert properties == "cpu :: level :: v2"
        assert "label is v2" in printed.err

    def test_as_json(self, labelled: Path, capsys: Captured) -> None:
        assert main(["analyze-wheel", "-i", str(labelled), "--json"]) == 0
        document = json.loads(capsys.readouterr().out)
        assert document["version"] == 1
        assert document["files"][0]["label"] == "v2"

    def test_a_plain_wheel(self, work: Path, capsys: Captured) -> None:
        assert main(["analyze-wheel", "-i", PLAIN]) == 0
        printed = capsys.readouterr()
        assert not printed.out
        assert "plain wheel" in printed.err

    def test_a_wheel_that_contradicts_itself(
        self, work: Path, capsys: Captured
    ) -> None:
        path = build_wheel(
            work, "demo", "1.0", label="v2", variant_json=LEVELS, inner_label="v1"
        )
        assert main(["analyze-wheel", "-i", str(path)]) == 1
        assert "ERROR" in capsys.readouterr().err

    def test_a_name_cannot_forge_a_line(self, work: Path, capsys: Captured) -> None:
        main(["analyze-wheel", "-i", "x\nvariantlib - INFO - all is well.whl"])
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("variantlib - ERROR - ")

    def test_what_is_no_wheel(self, work: Path, capsys: Captured) -> None:
        assert main(["analyze-wheel", "-i", "pyproject.toml"]) == 1
        assert main(["analyze-wheel", "-i", "none.whl"]) == 1
        Path("x-1-py3-none-any-a.whl").write_bytes(b"no zip")
        assert main(["analyze-wheel", "-i", "x-1-py3-none-any-a.whl"]) == 1
        assert capsys.readouterr().err.count("ERROR") == 3


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (["nvidia :: cuda_version_lower_bound :: 12.8"], "f839a2dd"),
        (["x86_64 :: level :: v3"], "fa7c1393"),
        (["blas_lapack::library::openblas", "x86_64 ::level:: v3"], "35ba9e9a"),
        (
            [
                "nvidia :: sm_arch :: 90_real",
                "nvidia :: cuda_version_lower_bound :: 12.8",
                "nvidia :: sm_arch :: 120_real",
            ],
            "f1eddfec",
        ),
        ([], "e3b0c442"),
    ],
)
def test_the_published_hashes(
    capsys: Captured, properties: list[str], expected: str
) -> None:
    """PROVIDERS 3.1, all of its examples."""
    together = ["-p", *properties] if properties else []
    assert main(["get-variant-hash", *together]) == 0
    apart = [word for text in properties for word in ("--property", text)]
    assert main(["get-variant-hash", *apart]) == 0
    assert capsys.readouterr().out.split() == [expected, expected]


class TestIndexes:
    @pytest.fixture
    def wheels(self, work: Path) -> Path:
        for label in ("v1", "v2", "null"):
            build_wheel(work / "out", "demo", "1.0", label=label, variant_json=LEVELS)
        build_wheel(work / "out", "plain", "1.0")
        return work / "out"

    def test_of_a_folder(self, wheels: Path) -> None:
        assert main(["generate-index-json", "-d", "out"]) == 0
        (written,) = wheels.glob("*-variants.json")
        assert written.name == "demo-1.0-variants.json"
        document = VariantsJson.from_bytes(written.read_bytes())
        assert sorted(document.variants) == ["null", "v1", "v2"]

    def test_of_wheels_that_contradict_each_other(
        self, wheels: Path, capsys: Captured
    ) -> None:
        """R13: nothing half is written, and the status says so."""
        other = levels("v2")
        other["variants"] = {"v2": {"cpu": {"level": ["v1"]}}}
        build_wheel(
            wheels, "demo", "1.0", label="v2", tag="py2-none-any", variant_json=other
        )
        assert main(["generate-index-json", "-d", "out"]) == 1
        assert "ERROR" in capsys.readouterr().err
        assert not [*wheels.glob("*-variants.json")]

    def test_of_no_folder(self, work: Path, capsys: Captured) -> None:
        assert main(["generate-index-json", "-d", "none"]) == 1
        assert "'none'" in capsys.readouterr().err

    def test_by_adding_one_wheel_after_the_other(self, wheels: Path) -> None:
        target = Path("json/demo-1.0-variants.json")
        target.parent.mkdir()
        command = ["add-wheel-to-index-json", "-o", "json", "-f"]
        first = "out/demo-1.0-py3-none-any-v1.whl"
        second = "out/demo-1.0-py3-none-any-v2.whl"
        assert main([*command, first]) == 0
        assert main([*command, second, "-i", str(target), "-w"]) == 0
        document = VariantsJson.from_bytes(target.read_bytes())
        assert sorted(document.variants) == ["v1", "v2"]

    def test_a_file_is_replaced_only_when_that_is_wanted(
        self, wheels: Path, capsys: Captured
    ) -> None:
        command = ["add-wheel-to-index-json", "-o", "out", "-f"]
        wheel = "out/demo-1.0-py3-none-any-v1.whl"
        assert main([*command, wheel]) == 0
        before = Path("out/demo-1.0-variants.json").read_bytes()
        assert main([*command, wheel]) == 1
        assert "--overwrite" in capsys.readouterr().err
        assert Path("out/demo-1.0-variants.json").read_bytes() == before

    def test_a_wheel_that_contradicts_the_file(
        self, wheels: Path, capsys: Captured
    ) -> None:
        other = levels("v2")
        other["variants"] = {"v1": {"cpu": {"level": ["v2"]}}}
        Path("other.json").write_text(json.dumps(other))
        wheel = "out/demo-1.0-py3-none-any-v1.whl"
        command = ["add-wheel-to-index-json", "-f", wheel, "-i", "other.json"]
        assert main([*command, "-o", "out"]) == 1
        told = capsys.readouterr().err
        assert "demo-1.0-py3-none-any-v1.whl" in told
        assert "other.json" in told
        assert not [*wheels.glob("*-variants.json")]

    @pytest.mark.parametrize(
        ("wheel", "source"),
        [
            (f"../{PLAIN}", None),
            ("none-1-py3-none-any-x.whl", None),
            ("demo-1.0-py3-none-any-v1.whl", "none.json"),
            ("demo-1.0-py3-none-any-v1.whl", "../pyproject.toml"),
        ],
    )
    def test_files_that_cannot_be_read(
        self, wheels: Path, wheel: str, source: str | None
    ) -> None:
        command = ["add-wheel-to-index-json", "-f", f"out/{wheel}", "-o", "out"]
        if source is not None:
            command += ["-i", f"out/{source}"]
        assert main(command) == 1
        assert not [*wheels.glob("*-variants.json")]


@pytest.fixture
def site(work: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path, where plugins can be installed."""
    folder = work / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


class TestPlugins:
    def test_are_listed_before_what_is_built_in(
        self, site: Path, capsys: Captured
    ) -> None:
        install_into(site, "gen6")
        assert main(["plugins", "list"]) == 0
        first, *others = capsys.readouterr().out.split()
        assert first == "gen6"
        assert {"nvidia", "amd", "intel", "x86_64", "aarch64"} <= {*others}

    @pytest.mark.parametrize("option", ["-a", "-s", "--all", "--supported"])
    def test_their_features_are_printed(
        self, site: Path, capsys: Captured, option: str
    ) -> None:
        install_into(site, "gen6")
        assert main(["plugins", "get-configs", option, "-n", "gen6"]) == 0
        document = json.loads(capsys.readouterr().out)
        assert [*document] == ["gen6"]
        assert document["gen6"]
        for feature in document["gen6"]:
            assert sorted(feature) == ["multi_value", "name", "values"]

    def test_one_feature_of_one_namespace(self, site: Path, capsys: Captured) -> None:
        command = ["plugins", "get-configs", "-a", "-n", "x86_64", "-f", "level"]
        assert main(command) == 0
        assert json.loads(capsys.readouterr().out) == {
            "x86_64": [
                {
                    "name": "level",
                    "values": ["v4", "v3", "v2", "v1"],
                    "multi_value": False,
                }
            ]
        }

    def test_all_that_exists_is_printed_whole(
        self, site: Path, capsys: Captured
    ) -> None:
        assert main(["plugins", "get-configs", "-a"]) == 0
        document = json.loads(capsys.readouterr().out)
        features = {each["name"]: each for each in document["nvidia"]}
        assert len(features["sm_arch"]["values"]) >= 160
        assert features["sm_arch"]["multi_value"]
        assert not features["cuda_version_lower_bound"]["multi_value"]

    @pytest.mark.parametrize("animal", ["crashing", "raising", "wrong_types"])
    def test_that_fail_do_not_hide_the_others(
        self, site: Path, capsys: Captured, animal: str
    ) -> None:
        install_into(site, animal)
        install_into(site, "gen6")
        status = main(["plugins", "get-configs", "-s"])
        printed = capsys.readouterr()
        assert "gen6" in json.loads(printed.out)
        assert (status == 1) == ("ERROR" in printed.err)
        assert "ERROR" in printed.err or "WARNING" in printed.err

    def test_two_that_claim_a_namespace_are_not_asked(
        self, site: Path, capsys: Captured
    ) -> None:
        """R107."""
        install_into(site, "clashing_one")
        install_into(site, "clashing_two")
        assert main(["plugins", "get-configs", "-s"]) == 1
        assert "both claim" in capsys.readouterr().err

    def test_say_all_or_what_is_supported(self) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["plugins", "get-configs"])
        assert ended.value.code == 2


def test_the_platform_is_analyzed_as_an_installation_would(
    site: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NV_VARIANT_PROVIDER_FORCE_CUDA_DRIVER_VERSION", "12.8")
    monkeypatch.setenv("NV_VARIANT_PROVIDER_FORCE_SM_ARCH", "9.0")
    install_into(site, "gen6")
    assert main(["analyze-platform"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "nvidia :: sm_arch :: 90_real, 90_virtual" in lines
    assert any(line.startswith("gen6 :: ") for line in lines)


class TestConfig:
    @pytest.fixture(autouse=True)
    def _homeless(self, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("HOME", "USERPROFILE", "APPDATA", "PROGRAMDATA"):
            monkeypatch.setenv(name, str(work / "home"))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(work / "home" / "config"))
        monkeypatch.setenv("XDG_CONFIG_DIRS", str(work / "everybody"))

    @staticmethod
    def places(printed: str) -> dict[str, Path]:
        lines = (line.split(": ", 1) for line in printed.splitlines())
        return {name: Path(path) for name, path in lines}

    def test_lists_the_four_places(self, work: Path, capsys: Captured) -> None:
        assert main(["config", "list-paths"]) == 0
        places = self.places(capsys.readouterr().out)
        assert [*places] == ["LOCAL", "VIRTUALENV", "USER", "GLOBAL"]
        assert places["LOCAL"] == work / "variants.toml"
        assert places["VIRTUALENV"] == Path(sys.prefix) / "variants.toml"
        if sys.platform == "linux":
            assert places["USER"] == work / "home/config/variantlib/variants.toml"
            assert places["GLOBAL"] == work / "everybody/variantlib/variants.toml"

    def test_tells_more_when_asked(self, work: Path, capsys: Captured) -> None:
        Path("variants.toml").write_text("")
        assert main(["config", "list-paths", "-v"]) == 0
        local, _, user, _ = capsys.readouterr().out.splitlines()
        assert "(0 bytes, last modified: " in local
        assert user.endswith("(not found)")

    def test_shows_the_default(self, capsys: Captured) -> None:
        assert main(["config", "show"]) == 0
        assert tomllib.loads(capsys.readouterr().out) == {"namespace_priorities": []}

    def test_shows_the_first_file_that_exists(
        self, work: Path, capsys: Captured
    ) -> None:
        content = (
            'namespace_priorities = ["b", "a"]\n'
            '[feature_priorities]\na = ["f"]\n'
            '[property_priorities.a]\nf = ["2", "1"]\n'
            "[extra]\n'odd \"key' = [1, true, {x = 'y'}]\n"
        )
        main(["config", "list-paths"])
        places = self.places(capsys.readouterr().out)
        places["USER"].parent.mkdir(parents=True)
        places["USER"].write_text(content, "utf-8")
        assert main(["config", "show"]) == 0
        shown = capsys.readouterr()
        assert tomllib.loads(shown.out) == tomllib.loads(content)
        assert "pip does not read" in shown.err
        Path("variants.toml").write_text('namespace_priorities = ["c"]')
        assert main(["config", "show"]) == 0
        shown = capsys.readouterr()
        assert tomllib.loads(shown.out) == {"namespace_priorities": ["c"]}
        assert "pip does not read" not in shown.err
        assert main(["config", "show", "USER"]) == 0
        assert tomllib.loads(capsys.readouterr().out) == tomllib.loads(content)

    def test_a_place_without_file(self, capsys: Captured) -> None:
        assert main(["config", "show", "GLOBAL"]) == 1
        assert "there is no file" in capsys.readouterr().err

    @pytest.mark.parametrize(
        "content",
        [
            "namespace_priorities = 3",
            'feature_priorities = ["a :: b"]',
            'property_priorities = {a = ["b"]}',
            "not toml",
            "x = " + "[" * 5_000,
        ],
    )
    def test_a_file_that_is_none(self, capsys: Captured, content: str) -> None:
        """The second and third are what the published template still describes."""
        Path("variants.toml").write_text(content)
        assert main(["config", "show"]) == 1
        assert "variants.toml" in capsys.readouterr().err


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    TEXTS | st.booleans() | st.integers(-(2**63), 2**63 - 1),
    lambda below: st.lists(below) | st.dictionaries(TEXTS, below, min_size=1),
    max_leaves=8,
)


class TestToml:
    """What is written is read as the same."""

    @settings(deadline=None)
    @given(st.dictionaries(TEXTS, VALUES))
    def test_survives_the_round_trip(self, content: dict[str, object]) -> None:
        assert tomllib.loads("\n".join(toml_lines(content))) == content


class TestUpdatePyprojectToml:
    def test_prints_what_to_write_and_writes_nothing(
        self, work: Path, capsys: Captured
    ) -> None:
        command = ["update-pyproject-toml", "-a", "nvidia", "-d", "x86_64"]
        assert main(command) == 1
        shown = capsys.readouterr()
        assert "not changed" in shown.err
        table = tomllib.loads(shown.out)["variant"]["providers"]["nvidia"]
        assert table["requires"] == ["nvidia-variant-provider"]
        assert "[variant.providers.x86_64]" in shown.out
        assert Path("pyproject.toml").read_text("utf-8") == PROJECT

    def test_names_an_installed_plugin(self, site: Path, capsys: Captured) -> None:
        install_into(site, "gen6")
        main(["update-pyproject-toml", "-a", "gen6"])
        table = tomllib.loads(capsys.readouterr().out)["variant"]["providers"]["gen6"]
        assert "gen6" in table["requires"][0]

    def test_knows_no_others(self, work: Path, capsys: Captured) -> None:
        assert main(["update-pyproject-toml", "-a", "nobody"]) == 1
        assert "nobody" in capsys.readouterr().err


class TestProcess:
    """What can only be seen from outside."""

    @staticmethod
    def run(*args: str, code: str = "") -> subprocess.CompletedProcess[str]:
        start = ["-c", code] if code else ["-m", "pip_variants.variantlib"]
        environ = {**os.environ, "PIP_VARIANTS_OFF": "1"}
        return subprocess.run(
            [sys.executable, *start, *args],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=environ,
        )

    def test_pip_is_not_imported(self, work: Path) -> None:
        code = (
            "import sys; from pip_variants.variantlib.cli import main; "
            f"main(['make-variant', '-f', {PLAIN!r}, '-o', 'out', '-p', {V3!r}]); "
            "main(['analyze-platform']); main(['generate-index-json', '-d', 'out']); "
            "sys.exit(int(any(m.partition('.')[0] == 'pip' for m in sys.modules)))"
        )
        done = self.run(code=code)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr

    def test_a_reader_that_has_enough_is_no_traceback(self, work: Path) -> None:
        command = ("plugins", "get-configs", "-a")
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, "w") as closed:
            done = subprocess.run(
                [sys.executable, "-m", "pip_variants.variantlib", *command],
                stdout=closed,
                stderr=subprocess.PIPE,
                text=True,
                timeout=60,
                check=False,
            )
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "Exception" not in done.stderr

    def test_the_version(self) -> None:
        for option in ("-v", "--version"):
            done = self.run(option)
            assert done.returncode == 0
            assert done.stdout.startswith("variantlib version: ")

    @pytest.mark.parametrize("args", [(), ("no-such",), ("plugins",), ("config",)])
    def test_a_command_that_is_none(self, args: tuple[str, ...]) -> None:
        done = self.run(*args)
        assert done.returncode == 2
        assert "usage: variantlib" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        "make-variant -f folder.whl -o out --null-variant",
        "make-variant -f pipe-1-py3-none-any.whl -o out --null-variant",
        "make-variant -f noise-1-py3-none-any.whl -o out --null-variant",
        "make-variant -f noise.whl -o out --null-variant",
        f"make-variant -f {PLAIN} -o pyproject.toml --null-variant",
        f"make-variant -f {PLAIN} -o {'x' * 300} --null-variant",
        f"make-variant -f {PLAIN} -o out -p {'x' * 100_000}",
        f"make-variant -f {PLAIN} -o out --null-variant --pyproject-toml out",
        f"make-variant -f {PLAIN} -o out --null-variant --pyproject-toml {PLAIN}",
        f"make-variant -f {PLAIN} -o out -p a::b::c --variant-label {'x' * 300}",
        "unmake-variant -f noise-1-py3-none-any-x.whl -o out",
        "unmake-variant -f noise.whl -o out",
        "unmake-variant -f folder.whl -o out",
        "analyze-wheel -i pipe-1-py3-none-any.whl",
        "analyze-wheel -i folder.whl",
        f"analyze-wheel -i {'x' * 5_000}.whl",
        "generate-index-json -d pyproject.toml",
        "add-wheel-to-index-json -f noise-1-py3-none-any-x.whl -o out",
        "add-wheel-to-index-json -f folder.whl -o out",
        "get-variant-hash -p ::",
        "update-pyproject-toml -a ../x",
    ],
    ids=lambda command: command[:60],
)
def test_hostile_arguments(work: Path, capsys: Captured, command: str) -> None:
    """E32, E34: one line that says what is wrong, in bounded time; no file is left."""
    Path("folder.whl").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo("pipe-1-py3-none-any.whl")
    for name in ("noise", "noise-1-py3-none-any", "noise-1-py3-none-any-x"):
        Path(f"{name}.whl").write_bytes(bytes(range(256)) * 4)
    assert main(command.split()) == 1
    *_, last = capsys.readouterr().err.splitlines()
    assert last.startswith("variantlib - ERROR - ")
    assert len(last) < 3_000
    assert not [*Path("out").iterdir()]
    assert not Path("x" * 200).exists()
