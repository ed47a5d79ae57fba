"""Wheels and metadata made by the reference tool, variantlib 0.2.2."""

from __future__ import annotations

import json
import platform
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pip_variants.demo.wheels import build_wheel
from pip_variants.variantlib import VariantsJson
from tests.e2e.this_machine import level_of_this_machine
from tests.environments import NEWEST, Environment, Workshop
from tests.kit import Index
from tests.running import Result, stock

pytestmark = [pytest.mark.network, pytest.mark.slow]

# What its command line needs (PROVIDERS 6), which its own requirements leave out.
REFERENCE = ("variantlib==0.2.2", "build", "tomlkit", "tzlocal")

Variants = dict[str, tuple[str, ...]]

PUBLISHED = """\
[variant.default-priorities]
namespace = ["x86_64"]

[variant.providers.x86_64]
requires = ["provider-variant-x86-64>=0.0.3,<1.0.0"]
plugin-api = "provider_variant_x86_64"
"""
LEVELS: Variants = {
    **{
        f"level_{level}": (f"x86_64 :: level :: {level}",)
        for level in ("v1", "v2", "v3", "v4")
    },
    "null": (),
}

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
# Best first, in the order of PEP 825; the last three do not fit.
CHOICES: Variants = {
    "open_ilp": (
        "blas_lapack :: provider :: openblas",
        "blas_lapack :: interface :: ilp64",
    ),
    "open_gnu": ("blas_lapack :: provider :: openblas", "openmp :: provider :: gnu"),
    "open": ("blas_lapack :: provider :: openblas",),
    "mkl_lp": ("blas_lapack :: provider :: mkl", "blas_lapack :: interface :: lp64"),
    "llvm": ("openmp :: provider :: llvm",),
    "null": (),
    "a_accelerate": ("blas_lapack :: provider :: accelerate",),
    "a_intel": ("blas_lapack :: provider :: openblas", "openmp :: provider :: intel"),
    "a_unknown": ("blas_lapack :: vendor :: openblas",),
}

OPTIONAL = """\
[variant.default-priorities]
namespace = ["nvidia", "cpu"]

[variant.providers.nvidia]
requires = ["nvidia-variant-provider>=0.0.1"]
plugin-api = "nvidia_variant_provider.plugin:NvidiaVariantPlugin"
optional = true

[variant.providers.cpu.static-properties]
level = ["2", "1"]
"""
MIXED: Variants = {
    "cuda": ("nvidia :: cuda_version_lower_bound :: 12.0", "cpu :: level :: 1"),
    "two": ("cpu :: level :: 2",),
    "null": (),
}


class Reference:
    """The command line of the reference tool, in an environment of its own."""

    def __init__(self, environment: Environment, folder: Path) -> None:
        self._environment = environment
        self._folder = folder
        environment.pip("install", "--no-compile", *REFERENCE, environ=stock())

    def __call__(self, *args: str | Path) -> Result:
        code = "import sys; from variantlib.commands.main import main; sys.exit(main())"
        return self._environment.run("-c", code, *args)

    def release(self, name: str, pyproject: str, variants: Variants) -> Path:
        """Make a wheel for each label, and the metadata; return the folder of both."""
        project = self._folder / name
        project.mkdir(parents=True)
        plain = build_wheel(project, name, "1.0")
        description = self._folder / f"{name}.toml"
        description.write_text(pyproject, "utf-8")
        for label, properties in variants.items():
            options: list[str | Path] = ["--null-variant"]
            if properties:
                options = [word for text in properties for word in ("-p", text)]
                options += ["--variant-label", label]
            self(
                "make-variant",
                *("-f", plain, "-o", project, "--pyproject-toml", description),
                *("--no-isolation", "--skip-plugin-validation"),
                *options,
            )
        self("generate-index-json", "-d", project)
        return project


@pytest.fixture(scope="session")
def reference(
    workshop: Workshop, tmp_path_factory: pytest.TempPathFactory
) -> Reference:
    folder = tmp_path_factory.mktemp("reference")
    environment = workshop.environment(folder / "env", pip=NEWEST)
    return Reference(environment, folder / "index")


@pytest.fixture(scope="session")
def releases(reference: Reference) -> dict[str, Path]:
    return {
        "published": reference.release("published", PUBLISHED, LEVELS),
        "static": reference.release("static", STATIC, CHOICES),
        "optional": reference.release("optional", OPTIONAL, MIXED),
    }


@pytest.fixture(scope="session")
def environment(
    workshop: Workshop, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    return workshop.environment(tmp_path_factory.mktemp("pip") / "env", hooked=True)


@pytest.fixture(params=["index", "page without metadata", "folder", "bare folder"])
def source(
    request: pytest.FixtureRequest, releases: dict[str, Path], tmp_path: Path
) -> Iterator[list[str]]:
    """The options of pip that show it these releases."""
    folder = tmp_path / "index"
    for project in releases.values():
        shutil.copytree(project, folder / project.name)
    if request.param in ("page without metadata", "bare folder"):
        for metadata in folder.glob("*/*-variants.json"):
            metadata.unlink()
    if "folder" in request.param:
        options = ["--no-index"]
        for name in releases:
            options += ["--find-links", str(folder / name)]
        yield options
    else:
        with Index(folder) as index:
            yield ["--index-url", index.url]


def taken(environment: Environment, source: list[str], *wanted: str) -> list[str]:
    """Return what a dry run would install."""
    result = environment.pip("install", "--dry-run", "--no-cache-dir", *source, *wanted)
    assert not result.err, str(result)
    return result.would_install


class TestChoice:
    def test_of_static_properties(
        self, environment: Environment, source: list[str]
    ) -> None:
        assert taken(environment, source, "static") == ["static-1.0-open_ilp"]

    @pytest.mark.skipif(
        platform.machine().lower() not in ("x86_64", "amd64")
        or not Path("/proc/cpuinfo").exists(),
        reason="needs Linux on x86-64",
    )
    def test_of_the_level_of_this_machine(
        self, environment: Environment, source: list[str]
    ) -> None:
        level = level_of_this_machine()
        wanted = f"published-1.0-level_{level}"
        assert taken(environment, source, "published") == [wanted]

    def test_beside_an_optional_provider(
        self, environment: Environment, source: list[str]
    ) -> None:
        """It is not asked unless the user says so."""
        assert taken(environment, source, "optional") == ["optional-1.0-two"]

    def test_of_a_label(self, environment: Environment, source: list[str]) -> None:
        wanted = taken(environment, source, "static==1.0#mkl_lp")
        assert wanted == ["static-1.0-mkl_lp"]

    def test_without_variants(
        self, environment: Environment, source: list[str]
    ) -> None:
        wanted = taken(environment, source, "--no-variant", "static", "optional")
        assert wanted == ["optional-1.0", "static-1.0"]

    def test_down_the_whole_order(
        self, environment: Environment, releases: dict[str, Path], tmp_path: Path
    ) -> None:
        """Take the best away, again and again: the wheels must agree with the list."""
        folder = tmp_path / "links"
        shutil.copytree(releases["static"], folder)
        options = ["--no-index", "--find-links", str(folder)]
        for label in list(CHOICES)[:6]:
            assert taken(environment, options, "static") == [f"static-1.0-{label}"]
            (folder / f"static-1.0-py3-none-any-{label}.whl").unlink()
        assert taken(environment, options, "static") == ["static-1.0"]


def test_it_installs_and_is_what_it_says(
    workshop: Workshop, tmp_path: Path, source: list[str]
) -> None:
    environment = workshop.environment(tmp_path / "env", hooked=True)
    result = environment.pip("install", *source, "static", "optional")
    assert result.last.split()[2:] == ["optional-1.0-two", "static-1.0-open_ilp"]
    installed = environment.site / "static-1.0.dist-info" / "variant.json"
    assert list(json.loads(installed.read_bytes())["variants"]) == ["open_ilp"]
    environment.pip("check")


class TestReading:
    """Everything that it writes is read whole."""

    @staticmethod
    def expected(properties: tuple[str, ...]) -> dict[str, dict[str, list[str]]]:
        found: dict[str, dict[str, list[str]]] = {}
        for text in properties:
            namespace, feature, value = text.split(" :: ")
            found.setdefault(namespace, {}).setdefault(feature, []).append(value)
        return found

    @classmethod
    def agree(cls, data: bytes, variants: Variants) -> None:
        read = VariantsJson.from_bytes(data)
        assert not read.problems
        assert sorted(read.variants) == sorted(variants)
        for label, properties in variants.items():
            shown = {
                namespace: {
                    feature: list(values) for feature, values in features.items()
                }
                for namespace, features in (read.properties(label) or {}).items()
            }
            assert shown == cls.expected(properties)

    @pytest.mark.parametrize(
        ("name", "variants"),
        [("published", LEVELS), ("static", CHOICES), ("optional", MIXED)],
    )
    def test_metadata_and_wheels(
        self, releases: dict[str, Path], name: str, variants: Variants
    ) -> None:
        folder = releases[name]
        self.agree((folder / f"{name}-1.0-variants.json").read_bytes(), variants)
        for label, properties in variants.items():
            path = folder / f"{name}-1.0-py3-none-any-{label}.whl"
            with zipfile.ZipFile(path) as wheel:
                data = wheel.read(f"{name}-1.0.dist-info/variant.json")
            self.agree(data, {label: properties})

    @pytest.mark.parametrize("name", ["published", "static", "optional"])
    def test_what_we_write_is_what_it_wrote(
        self, releases: dict[str, Path], name: str
    ) -> None:
        """The newest dialect is its own; only the address of the schema has moved."""
        data = (releases[name] / f"{name}-1.0-variants.json").read_bytes()
        written = VariantsJson.from_bytes(data).to_dict()
        assert {**written, "$schema": ""} == {**json.loads(data), "$schema": ""}

    def test_what_it_unmakes_is_plain(
        self,
        reference: Reference,
        releases: dict[str, Path],
        environment: Environment,
        tmp_path: Path,
    ) -> None:
        wheel = releases["static"] / "static-1.0-py3-none-any-a_intel.whl"
        reference("unmake-variant", "-f", wheel, "-o", tmp_path)
        options = ["--no-index", "--find-links", str(tmp_path)]
        assert taken(environment, options, "static") == ["static-1.0"]

    def test_it_reads_the_demo(self, reference: Reference, tmp_path: Path) -> None:
        """And the other way round: our wheels are wheels to it."""
        for label in ("auto_chef", "null"):
            from pip_variants.demo.packages import MYPACKAGE

            wheel = build_wheel(
                tmp_path,
                "mypackage",
                "1.0.0",
                label=label,
                variant_json=MYPACKAGE.document,
            )
            result = reference("analyze-wheel", "-i", wheel)
            assert f"is a Wheel Variant - Label: `{label}`" in result.out + result.err
