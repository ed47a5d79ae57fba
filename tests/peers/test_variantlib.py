"""The ``variantlib`` command beside the published one of that name, variantlib 0.2.2.

The same command lines are run by both. What is different is written out here, and listed in
docs/reference/variantlib-command.md, so that any other difference fails. The published
one has an environment of its own, because both bring a command of the same name; its
interpreter is named by a variable. Run with: nox -s peers
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pip_variants.demo.packages import RELEASES, write_release
from pip_variants.demo.wheels import build_wheel
from pip_variants.variantlib.model import Property
from pip_variants.variantlib.publishing.labels import properties_hash
from pip_variants.variantlib.publishing.project.variant import sorted_properties
from tests.kit import LEVELS, SCHEMA_825
from tests.providers.zoo import install_into

VARIABLE = "PIP_VARIANTS_REFERENCE_PYTHON"
if not os.environ.get(VARIABLE):
    pytest.skip("needs the published one: nox -s peers", allow_module_level=True)

THEIRS = (
    os.environ[VARIABLE],
    "-c",
    "from variantlib.commands.main import main; main()",
)
OURS = (sys.executable, "-m", "pip_variants.variantlib")
BOTH = pytest.mark.parametrize("tool", [THEIRS, OURS], ids=["theirs", "ours"])

STATIC = """\
[variant.default-priorities]
namespace = ["blas_lapack", "openmp"]

[variant.providers.blas_lapack]
feature-order = ["provider", "interface"]

[variant.providers.blas_lapack.static-properties]
provider = ["openblas", "mkl"]
interface = ["ilp64", "lp64"]

[variant.providers.openmp.static-properties]
provider = ["gnu", "llvm"]
"""
PLUGINS = """\
[variant.default-priorities]
namespace = ["nvidia", "x86_64"]

[variant.providers.nvidia]
requires = ["nvidia-variant-provider>=0.0.2; platform_system == 'Linux'"]
plugin-api = "nvidia_variant_provider.plugin:NvidiaVariantPlugin"
optional = true

[variant.providers.x86_64]
requires = ["provider-variant-x86-64 >=0.0.3,<1.0.0"]
"""
PROJECTS = {"static": STATIC, "plugins": PLUGINS}

BLAS = ("blas_lapack :: provider :: mkl", "blas_lapack :: interface :: lp64")
GPU = (
    "nvidia :: sm_arch :: 90_real",
    "nvidia :: sm_arch :: 120_real",
    "x86_64 :: level :: v3",
)
WISHES = [
    ("static", ("-p", BLAS[0])),
    ("static", ("-p", *BLAS)),
    ("static", ("-p", BLAS[1], "-p", BLAS[0], "--variant-label", "mkl_lp64")),
    ("static", ("--property", "openmp::provider::gnu", "--variant-label", "a.b_c")),
    ("static", ("--null-variant",)),
    ("plugins", ("-p", *GPU)),
    ("plugins", ("-p", *GPU, "--variant-label", "cu130", "--installer", "uv")),
    ("plugins", ("--null-variant", "--no-isolation")),
]


def run(
    tool: tuple[str, ...], *args: str | Path, cwd: Path, **environ: str
) -> subprocess.CompletedProcess[str]:
    home = cwd / "home"
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "XDG_", "NV_", "SOURCE_DATE", "PYTHONPATH"))
    }
    variables |= {"HOME": str(home), "USERPROFILE": str(home), **environ}
    return subprocess.run(
        [*tool, *map(str, args)],
        cwd=cwd,
        env=variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def done(
    tool: tuple[str, ...], *args: str | Path, cwd: Path, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run a command that succeeds."""
    finished = run(tool, *args, cwd=cwd, **environ)
    assert finished.returncode == 0, finished.stderr
    return finished


def make(
    tool: tuple[str, ...], wheel: Path, project: str, folder: Path, *wish: str
) -> Path:
    """Make a wheel in a folder that is new."""
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECTS[project], "utf-8")
    (folder / "out").mkdir()
    done(
        tool,
        *("make-variant", "-f", wheel, "-o", "out", "--skip-plugin-validation"),
        *wish,
        cwd=folder,
    )
    (made,) = (folder / "out").glob("*.whl")
    return made


def content(path: Path) -> dict[str, Any]:
    """Return what is in a wheel, in its order; JSON and RECORD by their meaning."""
    found: dict[str, Any] = {}
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            data = archive.read(info)
            if info.filename.endswith(".dist-info/variant.json"):
                # The date is that of the making.
                found[info.filename] = document(data)
                line = f"{info.filename},sha256={digest(data)},{len(data)}"
                (record,) = (n for n in archive.namelist() if n.endswith("/RECORD"))
                assert line in archive.read(record).decode().splitlines()
            else:
                found[info.filename] = (data, info.external_attr, info.date_time)
    (record,) = (name for name in found if name.endswith(".dist-info/RECORD"))
    data, *rest = found[record]
    lines = data.decode().splitlines()
    # The hash of the JSON, whose spelling differs, is checked above.
    kept = sorted(line for line in lines if "/variant.json," not in line)
    found[record] = (kept, *rest)
    return found


def digest(data: bytes) -> str:
    """Return a hash as RECORD has it (PEP 376)."""
    found = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return found.rstrip(b"=").decode()


def document(data: bytes) -> Any:
    """Return metadata, but for the address of its schema, which has moved."""
    parsed = json.loads(data)
    assert parsed.pop("$schema").endswith("v0.2.0.json")
    return parsed


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel with some of what wheels have: modes, folders, data, a build number."""
    path = build_wheel(tmp_path_factory.mktemp("plain"), "demo", "1.0", build="1a")
    other = path.with_name("other.whl")
    record = "demo-1.0.dist-info/RECORD"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        script = zipfile.ZipInfo("demo-1.0.data/scripts/demo", (2020, 2, 2, 2, 2, 2))
        script.external_attr = 0o100755 << 16
        new.writestr(script, b"#!python\n", zipfile.ZIP_DEFLATED)
        for info in old.infolist():
            data = old.read(info)
            if info.filename == record:
                data += b"demo-1.0.data/scripts/demo,,\n"
            new.writestr(info, data, zipfile.ZIP_DEFLATED)
    return other.replace(path)


class TestWheels:
    @pytest.mark.parametrize(("project", "wish"), WISHES)
    def test_the_same_command_makes_the_same_wheel(
        self, plain: Path, tmp_path: Path, project: str, wish: tuple[str, ...]
    ) -> None:
        theirs = make(THEIRS, plain, project, tmp_path / "theirs", *wish)
        ours = make(OURS, plain, project, tmp_path / "ours", *wish)
        assert ours.name == theirs.name
        assert content(ours) == content(theirs)
        assert [*content(ours)] == [*content(theirs)]

    @pytest.mark.parametrize(("maker", "other"), [(THEIRS, OURS), (OURS, THEIRS)])
    @pytest.mark.parametrize(("project", "wish"), WISHES[2:6])
    def test_each_unmakes_what_the_other_makes(
        self,
        plain: Path,
        tmp_path: Path,
        maker: tuple[str, ...],
        other: tuple[str, ...],
        project: str,
        wish: tuple[str, ...],
    ) -> None:
        made = make(maker, plain, project, tmp_path / "made", *wish)
        (tmp_path / "back").mkdir()
        done(other, "unmake-variant", "-f", made, "-o", "back", cwd=tmp_path)
        (back,) = (tmp_path / "back").glob("*.whl")
        assert back.name == plain.name
        assert content(back) == content(plain)

    @pytest.mark.parametrize("maker", [THEIRS, OURS], ids=["theirs", "ours"])
    @pytest.mark.parametrize(("project", "wish"), WISHES[2:6])
    def test_both_show_the_same_of_what_each_makes(
        self,
        plain: Path,
        tmp_path: Path,
        maker: tuple[str, ...],
        project: str,
        wish: tuple[str, ...],
    ) -> None:
        made = make(maker, plain, project, tmp_path / "made", *wish)
        shown = [
            done(tool, "analyze-wheel", "-i", made, cwd=tmp_path).stdout
            for tool in (THEIRS, OURS)
        ]
        assert shown[0] == shown[1]
        assert shown[0]

    @BOTH
    def test_a_label_is_replaced(
        self, plain: Path, tmp_path: Path, tool: tuple[str, ...]
    ) -> None:
        first = make(tool, plain, "static", tmp_path / "first", "-p", BLAS[0])
        second = make(tool, first, "static", tmp_path / "second", "--null-variant")
        assert second.name == "demo-1.0-1a-py3-none-any-null.whl"
        with zipfile.ZipFile(second) as archive:
            data = archive.read("demo-1.0.dist-info/variant.json")
        assert document(data)["variants"] == {"null": {}}

    @BOTH
    def test_a_plain_wheel_is_not_unmade(
        self, plain: Path, tmp_path: Path, tool: tuple[str, ...]
    ) -> None:
        (tmp_path / "out").mkdir()
        done(tool, "unmake-variant", "-f", plain, "-o", "out", cwd=tmp_path)
        assert not [*(tmp_path / "out").iterdir()]

    @BOTH
    def test_a_table_may_hold_what_only_we_know(
        self, plain: Path, tmp_path: Path, tool: tuple[str, ...]
    ) -> None:
        """It passes over what it does not know there."""
        table = f"{STATIC}\n[variant.variants.mkl]\nblas_lapack.provider = ['mkl']\n"
        (tmp_path / "pyproject.toml").write_text(table, "utf-8")
        done(
            tool,
            *("make-variant", "-f", plain, "-o", ".", "--skip-plugin-validation"),
            *("-p", BLAS[0], "--variant-label", "mkl"),
            cwd=tmp_path,
        )

    @BOTH
    @pytest.mark.parametrize(
        "options",
        [
            (),
            ("-p", BLAS[0], "--null-variant"),
            ("-p", BLAS[0], "--variant-label", "null"),
            ("-p", BLAS[0], "--variant-label", "Bad"),
            ("--null-variant", "--variant-label", "x"),
            ("-p", "a :: b"),
            ("-p", "A :: b :: c"),
            ("-p", BLAS[0], "--pyproject-toml", "none.toml"),
            ("-p", BLAS[0], "--installer", "conda"),
        ],
    )
    def test_what_neither_accepts(
        self,
        plain: Path,
        tmp_path: Path,
        tool: tuple[str, ...],
        options: tuple[str, ...],
    ) -> None:
        (tmp_path / "pyproject.toml").write_text(STATIC, "utf-8")
        (tmp_path / "out").mkdir()
        command = ("make-variant", "-f", str(plain), "-o", "out", *options)
        assert run(tool, *command, cwd=tmp_path).returncode != 0
        assert not [*(tmp_path / "out").iterdir()]


class TestHashes:
    def test_are_the_same_for_any_properties(self, tmp_path: Path) -> None:
        chance = random.Random(825)
        sets = [
            sorted(
                {
                    f"{chance.choice('abc')} :: {chance.choice('fg')} :: "
                    f"{chance.choice(['1', '1.0', '10', 'on', 'a_b'])}"
                    for _ in range(chance.randrange(6))
                }
            )
            for _ in range(500)
        ]
        code = (
            "import json, sys; from variantlib.models.variant import *; "
            "print(json.dumps([VariantDescription([VariantProperty.from_str(p) "
            "for p in each]).hexdigest for each in json.load(open('sets.json'))]))"
        )
        (tmp_path / "sets.json").write_text(json.dumps(sets))
        theirs = done((THEIRS[0], "-c", code), cwd=tmp_path)
        ours = [
            properties_hash(sorted_properties(map(Property.parse, each)))
            for each in sets
        ]
        assert ours == json.loads(theirs.stdout)

    @BOTH
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
    def test_of_the_published_examples(
        self,
        tmp_path: Path,
        tool: tuple[str, ...],
        properties: list[str],
        expected: str,
    ) -> None:
        """PROVIDERS 3.1."""
        options = ["-p", *properties] if properties else []
        shown = done(tool, "get-variant-hash", *options, cwd=tmp_path)
        assert shown.stdout == f"{expected}\n"


class TestIndexes:
    @pytest.fixture
    def folder(self, plain: Path, tmp_path: Path) -> Path:
        """Wheels that each of the tools has made, and a plain one."""
        folder = tmp_path / "wheels"
        folder.mkdir()
        for count, (_, wish) in enumerate(WISHES[:5]):
            tool = (THEIRS, OURS)[count % 2]
            made = make(tool, plain, "static", tmp_path / f"{count}", *wish)
            made.replace(folder / made.name)
        (folder / plain.name).write_bytes(plain.read_bytes())
        return folder

    @staticmethod
    def taken(folder: Path) -> Any:
        """Take the metadata out of a folder."""
        (path,) = folder.glob("*-variants.json")
        found = path.name, document(path.read_bytes())
        path.unlink()
        return found

    def test_of_the_same_folder_are_the_same(
        self, folder: Path, tmp_path: Path
    ) -> None:
        written = []
        for tool in (THEIRS, OURS):
            done(tool, "generate-index-json", "-d", folder, cwd=tmp_path)
            written.append(self.taken(folder))
        assert written[0] == written[1]
        assert len(written[0][1]["variants"]) == 5

    @pytest.mark.parametrize("tools", [(THEIRS, OURS), (OURS, THEIRS)])
    def test_each_adds_to_what_the_other_wrote(
        self, folder: Path, tmp_path: Path, tools: tuple[tuple[str, ...], ...]
    ) -> None:
        added: list[str | Path] = []
        target = tmp_path / "json"
        target.mkdir()
        wheels = sorted(folder.glob("*-any-*.whl"))
        for count, wheel in enumerate(wheels):
            command = ("add-wheel-to-index-json", "-f", wheel, "-o", target)
            done(tools[count % 2], *command, *added, cwd=tmp_path)
            (path,) = target.iterdir()
            added = ["-i", path, "-w"]
        done(OURS, "generate-index-json", "-d", folder, cwd=tmp_path)
        assert self.taken(target) == self.taken(folder)

    @BOTH
    def test_a_file_is_replaced_only_when_that_is_wanted(
        self, folder: Path, tmp_path: Path, tool: tuple[str, ...]
    ) -> None:
        wheel = next(folder.glob("*-null.whl"))
        command = ("add-wheel-to-index-json", "-f", wheel, "-o", tmp_path)
        done(tool, *command, cwd=tmp_path)
        assert run(tool, *command, cwd=tmp_path).returncode != 0
        done(tool, *command, "--overwrite", cwd=tmp_path)


class TestPlugins:
    @pytest.mark.parametrize("option", ["-a", "-s", "--all", "--supported"])
    def test_say_the_same_to_both(self, tmp_path: Path, option: str) -> None:
        site = tmp_path / "site"
        site.mkdir()
        install_into(site, "gen6")
        # The published tool takes a broken entry point for an error of all of them.
        (entries,) = site.glob("*/entry_points.txt")
        entries.write_text("[variant_plugins]\ngen6 = zoo_gen6:Plugin\n")
        shown = [
            done(
                tool,
                *("plugins", "get-configs", option, "-n", "gen6"),
                cwd=tmp_path,
                PYTHONPATH=str(site),
            ).stdout
            for tool in (THEIRS, OURS)
        ]
        assert json.loads(shown[0]) == json.loads(shown[1])
        assert json.loads(shown[0])["gen6"]
        listed = [
            done(tool, "plugins", "list", cwd=tmp_path, PYTHONPATH=str(site)).stdout
            for tool in (THEIRS, OURS)
        ]
        # Ours come before what is built in.
        assert listed[1].startswith(listed[0])


class TestConfig:
    @pytest.fixture
    def places(self, tmp_path: Path) -> dict[str, Path]:
        return self.listed(THEIRS, tmp_path)

    @staticmethod
    def listed(tool: tuple[str, ...], cwd: Path) -> dict[str, Path]:
        shown = done(tool, "config", "list-paths", cwd=cwd).stdout
        pairs = (line.split(": ", 1) for line in shown.splitlines())
        return {name: Path(path) for name, path in pairs}

    def test_both_look_in_the_same_places(
        self, places: dict[str, Path], tmp_path: Path
    ) -> None:
        ours = self.listed(OURS, tmp_path)
        assert [*ours] == [*places]
        # Each is in an environment of its own.
        assert ours.pop("VIRTUALENV") != places.pop("VIRTUALENV")
        assert ours == places

    @pytest.mark.parametrize("name", ["LOCAL", "USER"])
    def test_both_show_the_same(
        self, places: dict[str, Path], tmp_path: Path, name: str
    ) -> None:
        content = (
            'namespace_priorities = ["b", "a"]\n'
            '[feature_priorities]\na = ["f", "g"]\n'
            '[property_priorities.a]\nf = ["2", "1"]\n'
        )
        places[name].parent.mkdir(parents=True, exist_ok=True)
        places[name].write_text(content, "utf-8")
        for args in ((), (name,)):
            shown = [
                done(tool, "config", "show", *args, cwd=tmp_path).stdout
                for tool in (THEIRS, OURS)
            ]
            assert tomllib.loads(shown[0]) == tomllib.loads(shown[1])
            assert tomllib.loads(shown[0]) == tomllib.loads(content)

    def test_both_show_the_same_without_any(self, tmp_path: Path) -> None:
        shown = [
            done(tool, "config", "show", cwd=tmp_path).stdout for tool in (THEIRS, OURS)
        ]
        assert tomllib.loads(shown[0]) == tomllib.loads(shown[1])


class TestDialects:
    """What of ours it reads; what of its own we read is in the end-to-end tests."""

    @pytest.mark.parametrize("release", RELEASES, ids=lambda r: f"{r.name}-{r.version}")
    def test_of_the_demo(self, tmp_path: Path, release: Any) -> None:
        """It reads the newest dialect alone; we read them all."""
        write_release(tmp_path, release)
        newest = "v0.2.0" in release.document.get("$schema", "")
        for wheel in tmp_path.rglob("*-any-*.whl"):
            shown = [
                run(tool, "analyze-wheel", "-i", wheel, cwd=tmp_path)
                for tool in (OURS, THEIRS)
            ]
            assert shown[0].returncode == 0
            if newest:
                assert shown[0].stdout == shown[1].stdout
            else:
                assert shown[1].returncode != 0
            break

    def test_it_does_not_read_metadata_without_providers(self, tmp_path: Path) -> None:
        """That of PEP 825, which a project without a [variant] table gets."""
        pure = {
            "$schema": SCHEMA_825,
            "default-priorities": {"namespace": ["x"]},
            "variants": {"a": {"x": {"y": ["z"]}}},
        }
        wheel = build_wheel(tmp_path, "demo", "1.0", label="a", variant_json=pure)
        command = ("analyze-wheel", "-i", wheel)
        assert run(THEIRS, *command, cwd=tmp_path).returncode != 0
        assert "x :: y :: z" in done(OURS, *command, cwd=tmp_path).stdout


class TestDifferences:
    """Where the same command does another thing, and why: ours first."""

    def test_a_missing_pyproject_toml(self, plain: Path, tmp_path: Path) -> None:
        """The default file may be missing: the wheel names no providers then."""
        command = ("make-variant", "-f", plain, "-o", ".", "-p", "x86_64::level::v3")
        assert run(THEIRS, *command, cwd=tmp_path).returncode != 0
        done(OURS, *command, cwd=tmp_path)

    def test_wheels_that_contradict_each_other(self, tmp_path: Path) -> None:
        """R13: a failure, and no file; it writes one that says half of it."""
        for label, value in (("py2", "v1"), ("py3", "v2")):
            meaning = {**LEVELS, "variants": {"x": {"cpu": {"level": [value]}}}}
            build_wheel(
                tmp_path,
                *("demo", "1.0"),
                label="x",
                tag=f"{label}-none-any",
                variant_json=meaning,
            )
        command = ("generate-index-json", "-d", ".")
        assert run(OURS, *command, cwd=tmp_path).returncode != 0
        assert not [*tmp_path.glob("*-variants.json")]
        assert run(THEIRS, *command, cwd=tmp_path).returncode == 0
        assert [*tmp_path.glob("*-variants.json")]

    def test_two_labels_with_equal_properties(self, tmp_path: Path) -> None:
        """R44: both index them. It says so here; "pip variant validate" does for us."""
        meaning = {"cpu": {"level": ["v1"]}}
        both = {**LEVELS, "variants": {"one": meaning, "two": meaning}}
        for label in both["variants"]:
            build_wheel(tmp_path, "demo", "1.0", label=label, variant_json=both)
        for tool, says in ((OURS, False), (THEIRS, True)):
            shown = done(tool, "generate-index-json", "-d", ".", cwd=tmp_path)
            assert ("share the same" in shown.stderr) is says
            (path,) = tmp_path.glob("*-variants.json")
            assert {*json.loads(path.read_bytes())["variants"]} == {"one", "two"}
            path.unlink()

    def test_folders_below(self, tmp_path: Path) -> None:
        """An index has a folder for each project."""
        below = tmp_path / "demo"
        build_wheel(below, "demo", "1.0", label="v1", variant_json=LEVELS)
        done(THEIRS, "generate-index-json", "-d", ".", cwd=tmp_path)
        assert not [*tmp_path.rglob("*-variants.json")]
        done(OURS, "generate-index-json", "-d", ".", cwd=tmp_path)
        assert [*below.glob("*-variants.json")]

    def test_a_plugin_that_fails(self, tmp_path: Path) -> None:
        """E13: the others answer all the same, and the status tells."""
        site = tmp_path / "site"
        site.mkdir()
        install_into(site, "crashing")
        install_into(site, "gen6")
        command = ("plugins", "get-configs", "-s")
        shown = [
            run(tool, *command, cwd=tmp_path, PYTHONPATH=str(site))
            for tool in (OURS, THEIRS)
        ]
        assert shown[0].returncode == 1
        assert "gen6" in json.loads(shown[0].stdout)
        assert shown[1].returncode != 0
        assert not shown[1].stdout

    def test_the_same_input_gives_the_same_bytes(
        self, plain: Path, tmp_path: Path
    ) -> None:
        """Its variant.json has the time of day."""
        wish = ("-p", BLAS[0])
        ours = [
            make(OURS, plain, "static", tmp_path / f"ours{at}", *wish) for at in "ab"
        ]
        assert ours[0].read_bytes() == ours[1].read_bytes()
        with zipfile.ZipFile(
            make(THEIRS, plain, "static", tmp_path / "theirs", *wish)
        ) as archive:
            info = archive.getinfo("demo-1.0.dist-info/variant.json")
            assert info.date_time[0] > 2020

    def test_a_quoted_line_of_record(self, tmp_path: Path) -> None:
        """PEP 376: RECORD is CSV; it splits at every comma, and fails."""
        wheel = build_wheel(tmp_path, "demo", "1.0", files={"a,b.py": b""})
        (tmp_path / "pyproject.toml").write_text(STATIC, "utf-8")
        command = ("make-variant", "-f", wheel, "-o", ".", "--null-variant")
        assert run(THEIRS, *command, cwd=tmp_path).returncode != 0
        done(OURS, *command, cwd=tmp_path)

    def test_a_signature(self, tmp_path: Path) -> None:
        """PEP 427: it is that of the old RECORD; it stays there with it."""
        signature = "demo-1.0.dist-info/RECORD.jws"
        (tmp_path / "pyproject.toml").write_text(STATIC, "utf-8")
        for tool, kept in ((OURS, False), (THEIRS, True)):
            folder = tmp_path / tool[1]
            folder.mkdir()
            wheel = build_wheel(tmp_path, "demo", "1.0", files={signature: b"{}"})
            command = ("make-variant", "-f", wheel, "-o", folder, "--null-variant")
            done(tool, *command, cwd=tmp_path)
            (made,) = folder.iterdir()
            with zipfile.ZipFile(made) as archive:
                assert (signature in archive.namelist()) is kept

    def test_the_same_property_twice(self, tmp_path: Path) -> None:
        """It counts once, because properties are a set; it refuses them."""
        command = ("get-variant-hash", "-p", "x86_64::level::v3", "x86_64::level::v3")
        assert done(OURS, *command, cwd=tmp_path).stdout == "fa7c1393\n"
        assert run(THEIRS, *command, cwd=tmp_path).returncode != 0

    def test_pyproject_toml_is_not_edited(self, tmp_path: Path) -> None:
        file = tmp_path / "pyproject.toml"
        file.write_text(PLUGINS, "utf-8")
        command = ("update-pyproject-toml", "-d", "x86_64")
        assert run(OURS, *command, cwd=tmp_path).returncode != 0
        assert file.read_text("utf-8") == PLUGINS
        done(THEIRS, *command, cwd=tmp_path)
        assert "x86_64" not in file.read_text("utf-8")

    def test_what_is_built_in_is_listed(self, tmp_path: Path) -> None:
        listed = [
            done(tool, "plugins", "list", cwd=tmp_path).stdout.split()
            for tool in (OURS, THEIRS)
        ]
        assert {"nvidia", "amd", "intel", "x86_64", "aarch64"} <= {*listed[0]}
        assert not {"nvidia", "amd", "intel"} & {*listed[1]}
