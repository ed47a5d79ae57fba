"""Becoming variant-aware, staying so, and stock pip whenever that cannot be."""

from __future__ import annotations

import io
import json
import re
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from pip_variants import __version__
from pip_variants.demo import _backend
from tests.environments import CHECKOUT, NEWEST, OLDEST, PIPS, Environment, Workshop
from tests.kit import Index, gpu
from tests.running import Result, alone, configured, run

pytestmark = [pytest.mark.network, pytest.mark.slow]

OURS = f"+variants.{__version__}"

GPU: dict[str, Any] = {**gpu("12.9")}
PLAIN = ["torch-2.8.0"]
VARIANT = ["torch-2.8.0-cu129"]


@pytest.fixture(scope="session")
def _hooked(
    workshop: Workshop, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    folder = tmp_path_factory.mktemp("hooked")
    return workshop.environment(folder / "env", hooked=True)


@pytest.fixture
def hooked(_hooked: Environment) -> Environment:
    """The newest pip with pip-variants; no test changes this environment."""
    return _hooked


@pytest.fixture
def own_hooked(workshop: Workshop, tmp_path: Path) -> Environment:
    """The same, to be changed."""
    return workshop.environment(tmp_path / "env", hooked=True)


@pytest.fixture
def bare(workshop: Workshop, tmp_path: Path) -> Environment:
    """An environment without pip and without pip-variants."""
    return workshop.environment(tmp_path / "other", pip=None)


def complains_once(result: Result) -> None:
    """Assert that stderr holds one warning of ours and nothing else."""
    assert len(result.err.splitlines()) == 1, str(result)
    assert len(result.complaints) == 1, str(result)


def starts_in_silence(environment: Environment) -> None:
    result = environment.run("-c", "pass")
    assert (result.out, result.err) == ("", "")


class TestInstallingWithAnOldPip:
    """An environment that still has pip 23.2."""

    @pytest.fixture
    def old(self, workshop: Workshop, tmp_path: Path) -> Environment:
        return workshop.environment(tmp_path / "env", pip="23.2")

    @pytest.mark.parametrize(
        "options", [(), ("--editable",)], ids=["checkout", "editable"]
    )
    def test_from_the_checkout(
        self, old: Environment, options: tuple[str, ...]
    ) -> None:
        before = old.files()
        old.pip("install", *options, CHECKOUT, environ=configured())
        assert re.fullmatch(r"26\.\d+(\.\d+)?" + re.escape(OURS), old.version())
        self.leaves(old, before)

    def test_from_a_wheel(self, old: Environment, workshop: Workshop) -> None:
        before = old.files()
        workshop.pip_wheel(NEWEST)
        links = ("--no-index", "--find-links", workshop.wheels)
        old.pip("install", *links, workshop.our_wheel())
        where = old.pip("--version").out
        assert where.startswith(f"pip {NEWEST}{OURS} from ")
        assert old.version() == f"{NEWEST}{OURS}"
        assert old.version(PIP_VARIANTS_OFF="1") == NEWEST
        self.leaves(old, before)

    @staticmethod
    def leaves(environment: Environment, before: set[str]) -> None:
        """Uninstall; assert that nothing stays behind."""
        result = environment.pip("uninstall", "-y", "pip-variants")
        assert f"Successfully uninstalled pip-variants-{__version__}" in result.out
        assert not result.err
        assert environment.files() == before
        starts_in_silence(environment)
        assert "variants" not in environment.version()


class TestSwitch:
    def test_off_is_stock_pip(self, hooked: Environment, demo_index: Index) -> None:
        off: dict[str, Any] = {**GPU, "PIP_VARIANTS_OFF": "1"}
        result = hooked.try_torch(demo_index.url, **off)
        assert result.would_install == PLAIN
        assert not result.err
        unknown = hooked.pip("variant", status=1, PIP_VARIANTS_OFF="1")
        assert 'unknown command "variant"' in unknown.err

    @pytest.mark.parametrize("text", ["", "0", "false", "No"])
    def test_not_off(self, hooked: Environment, text: str) -> None:
        assert hooked.version(PIP_VARIANTS_OFF=text).endswith(OURS)


class TestWaysToStart:
    @pytest.mark.parametrize(
        "options",
        [
            ("-m", "pip"),
            ("-I", "-m", "pip"),
            ("-P", "-m", "pip"),
            ("-E", "-s", "-m", "pip"),
            ("-X", "utf8", "-W", "error", "-m", "pip"),
        ],
        ids=" ".join,
    )
    def test_with_options_of_python(
        self, hooked: Environment, options: tuple[str, ...]
    ) -> None:
        result = hooked.run(*options, "--version")
        assert result.out.startswith(f"pip {NEWEST}{OURS} from ")
        assert not result.err

    @pytest.mark.parametrize("name", ["", "__main__.py", "__pip-runner__.py"])
    def test_by_path(self, hooked: Environment, name: str) -> None:
        result = hooked.run(hooked.site / "pip" / name, "--version")
        assert result.out.startswith(f"pip {NEWEST}{OURS} from ")

    def test_through_the_other_scripts(self, hooked: Environment) -> None:
        scripts = sorted(hooked.scripts.glob("pip3*"))
        assert scripts
        for script in scripts:
            result = run([script, "--version"], alone(hooked.home), hooked.root)
            assert result.out.startswith(f"pip {NEWEST}{OURS} from ")

    def test_every_supported_pip(
        self, workshop: Workshop, tmp_path: Path, demo_index: Index
    ) -> None:
        for pip in PIPS:
            environment = workshop.environment(tmp_path / pip, pip=pip, hooked=True)
            assert environment.version() == f"{pip}{OURS}"
            result = environment.try_torch(demo_index.url, **GPU)
            assert result.would_install == VARIANT
            assert not result.err


class TestOtherPrograms:
    """Who does not run pip's command line gets Python, packaging and pip unchanged."""

    @staticmethod
    def modules(environment: Environment) -> list[str]:
        code = "import sys; found = sorted(sys.modules); print(' '.join(found))"
        return environment.run("-c", code).out.split()

    def test_python_starts_with_two_more_modules(
        self, hooked: Environment, bare: Environment
    ) -> None:
        with_hook, without = self.modules(hooked), self.modules(bare)
        assert set(with_hook) - set(without) == {
            "pip_variants",
            "pip_variants._startup",
        }
        assert not set(without) - set(with_hook)

    def test_importing_pip_changes_nothing(self, hooked: Environment) -> None:
        code = (
            "import sys, pip, pip._internal, pip._internal.cli\n"
            "from pip._vendor.packaging.utils import parse_wheel_filename as parse\n"
            "from pip._internal.commands import commands_dict\n"
            "assert 'variant' not in commands_dict\n"
            "assert 'pip_variants.seams' not in sys.modules\n"
            "parse('torch-2.8.0-py3-none-any-cu129.whl')\n"
        )
        result = hooked.run("-c", code, status=1)
        assert "InvalidWheelFilename" in result.err.splitlines()[-1]

    def test_a_module_that_happens_to_have_the_name(
        self, hooked: Environment, tmp_path: Path
    ) -> None:
        (tmp_path / "packaging.py").write_text("NAME = 'mine'\n", "utf-8")
        code = "import sys, packaging; print(packaging.NAME, packaging.__file__)"
        result = hooked.run(
            "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {code}"
        )
        assert result.out.split() == ["mine", str(tmp_path / "packaging.py")]

    @pytest.mark.parametrize(
        "first",
        ["pip._internal.commands", "pip._vendor.packaging.utils"],
    )
    def test_pip_in_process_is_not_half_extended(
        self, hooked: Environment, demo_index: Index, first: str
    ) -> None:
        """PIP_SEAMS 4, trap 6."""
        code = (
            f"import sys, {first}\n"
            "from pip._internal.cli.main import main\n"
            "sys.exit(main(sys.argv[1:]))\n"
        )
        shown = hooked.run("-c", code, "--version")
        assert shown.out.startswith(f"pip {NEWEST} from ")
        command = ("install", "--dry-run", "--index-url", demo_index.url, "torch")
        result = hooked.run("-c", code, *command, **GPU)
        assert result.would_install == PLAIN
        assert not result.err

    def test_pip_in_process_from_its_start_is_extended(
        self, hooked: Environment, demo_index: Index
    ) -> None:
        code = (
            "import sys\n"
            "from pip._internal.cli.main import main\n"
            "sys.exit(main(sys.argv[1:]))\n"
        )
        command = ("install", "--dry-run", "--index-url", demo_index.url, "torch")
        result = hooked.run("-c", code, *command, **GPU)
        assert result.would_install == VARIANT


def pretend_version(environment: Environment, version: str) -> None:
    file = environment.site / "pip" / "__init__.py"
    text = file.read_text("utf-8")
    changed = text.replace(f'__version__ = "{NEWEST}"', f'__version__ = "{version}"')
    assert changed != text
    file.write_text(changed, "utf-8")


class TestUnsupportedPip:
    @pytest.fixture(params=["25.3", "26.9", "26.4.dev0", "27.0", "nonsense"])
    def unsupported(
        self,
        own_hooked: Environment,
        workshop: Workshop,
        request: pytest.FixtureRequest,
    ) -> Environment:
        version: str = request.param
        if version == "25.3":
            wheel = workshop.pip_wheel(version)
            own_hooked.pip("install", "--no-index", "--no-deps", wheel)
        else:
            pretend_version(own_hooked, version)
        return own_hooked

    def test_runs_as_it_is_and_says_so_once(
        self, unsupported: Environment, demo_index: Index
    ) -> None:
        shown = unsupported.pip("--version")
        assert "variants" not in shown.out
        complains_once(shown)
        result = unsupported.try_torch(demo_index.url, **GPU)
        assert result.would_install == PLAIN
        complains_once(result)
        failed = unsupported.pip("variant", status=1)
        assert len(failed.complaints) == 1
        off = unsupported.pip("--version", PIP_VARIANTS_OFF="1")
        assert not off.err
        removed = unsupported.pip("uninstall", "-y", "pip-variants")
        complains_once(removed)
        again = unsupported.pip("--version")
        assert again.out == shown.out
        assert not again.err

    @pytest.mark.skipif(find_spec("ensurepip") is None, reason="no ensurepip here")
    def test_ensurepip(self, own_hooked: Environment) -> None:
        """PIP_SEAMS 4, trap 4: what Python brings along may be any pip."""
        own_hooked.run("-m", "ensurepip", "--upgrade")
        own_hooked.pip("uninstall", "-y", "pip")
        result = own_hooked.run("-m", "ensurepip", "--default-pip")
        assert "Successfully installed pip-" in result.out
        assert len(result.complaints) <= 1
        shown = own_hooked.pip("--version")
        assert len(shown.complaints) == ("variants" not in shown.out)


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that can go wrong in an environment.

    :param do: does it.
    :param seen_by: the commands that say so; to others it makes no difference.
    """

    name: str
    do: Callable[[Path], None]
    warns_version: bool = True
    warns_install: bool = True


def _delete_ours(site: Path) -> None:
    shutil.rmtree(site / "pip_variants")


def _delete_our_modules(site: Path) -> None:
    for path in (site / "pip_variants").rglob("*.py"):
        path.unlink()


def _break(name: str) -> Callable[[Path], None]:
    def do(site: Path) -> None:
        (site / "pip_variants" / name).write_text("def broken(:\n", "utf-8")

    return do


def _rename(module: str, old: str, new: str) -> Callable[[Path], None]:
    """Rename something in the whole of pip, as a release of pip might."""

    def do(site: Path) -> None:
        folder = site / "pip" / "_internal"
        assert old in (folder / module).read_text("utf-8")
        for path in folder.rglob("*.py"):
            text = path.read_text("utf-8")
            if old in text:
                path.write_text(text.replace(old, new), "utf-8")

    return do


DAMAGES = (
    Damage("no seams.py", lambda site: (site / "pip_variants/seams.py").unlink()),
    Damage("broken seams.py", _break("seams.py")),
    Damage("broken _pip.py", _break("_pip.py")),
    Damage("broken finder.py", _break("finder.py"), warns_version=False),
    Damage("broken commands/install.py", _break("commands/install.py"), False),
    Damage(
        "broken variantlib/filename.py",
        _break("variantlib/filename.py"),
        warns_version=False,
    ),
    Damage("package gone", _delete_ours, False, False),
    Damage("only compiled files left", _delete_our_modules, False, False),
    Damage("broken _startup.py", _break("_startup.py"), False, False),
    Damage(
        "pip without parse_req_from_line",
        _rename("req/constructors.py", "parse_req_from_line", "parse_line_to_req"),
        warns_version=False,
    ),
    Damage(
        "pip without get_pip_version",
        _rename("utils/misc.py", "get_pip_version", "get_version_of_pip"),
    ),
    Damage(
        "pip without create_command",
        _rename("commands/__init__.py", "create_command", "make_command"),
    ),
    Damage(
        "pip without PackageFinder",
        _rename("index/package_finder.py", "PackageFinder", "Finder"),
        warns_version=False,
    ),
    Damage(
        "pip without PackageFinder.evaluate_links",
        _rename("index/package_finder.py", "evaluate_links", "judge_links"),
        warns_version=False,
    ),
)


class TestDamage:
    @pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
    def test_stock_pip_runs(
        self, own_hooked: Environment, demo_index: Index, damage: Damage
    ) -> None:
        damage.do(own_hooked.site)
        shown = own_hooked.pip("--version")
        assert len(shown.err.splitlines()) == damage.warns_version, str(shown)
        assert len(shown.complaints) == damage.warns_version, str(shown)
        result = own_hooked.try_torch(demo_index.url, **GPU)
        assert result.would_install == PLAIN
        assert len(result.err.splitlines()) == damage.warns_install, str(result)
        assert len(result.complaints) == damage.warns_install, str(result)
        assert "variant" not in result.out

    @pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
    def test_it_can_be_uninstalled(
        self, own_hooked: Environment, damage: Damage
    ) -> None:
        damage.do(own_hooked.site)
        result = own_hooked.pip("uninstall", "-y", "pip-variants")
        assert f"Successfully uninstalled pip-variants-{__version__}" in result.out
        assert len(result.complaints) <= 1
        starts_in_silence(own_hooked)
        assert not list(own_hooked.site.glob("pip_variants*"))

    def test_it_can_be_repaired(
        self, own_hooked: Environment, workshop: Workshop
    ) -> None:
        (own_hooked.site / "pip_variants/seams.py").unlink()
        wheel = workshop.our_wheel()
        own_hooked.pip("install", "--no-index", "--no-deps", "--force-reinstall", wheel)
        assert own_hooked.version().endswith(OURS)


class TestSelfUpdate:
    def test_of_pip_up_and_down(
        self, workshop: Workshop, tmp_path: Path, demo_index: Index
    ) -> None:
        environment = workshop.environment(tmp_path / "env", pip=OLDEST, hooked=True)
        wheels = [workshop.pip_wheel(version) for version in (OLDEST, NEWEST)]
        links = ("--no-index", "--find-links", wheels[0].parent)
        assert environment.version() == f"{OLDEST}{OURS}"
        up = environment.pip("install", *links, "-U", f"pip<={NEWEST}")
        assert f"Successfully installed pip-{NEWEST}" in up.out
        assert environment.version() == f"{NEWEST}{OURS}"
        result = environment.try_torch(demo_index.url, **GPU)
        assert result.would_install == VARIANT
        down = environment.pip("install", *links, f"pip=={OLDEST}")
        assert f"Successfully installed pip-{OLDEST}" in down.out
        assert not up.err + down.err
        assert environment.version() == f"{OLDEST}{OURS}"

    def test_of_pip_variants(self, own_hooked: Environment, workshop: Workshop) -> None:
        """pip replaces modules that it is running from."""
        before = own_hooked.files()
        wheel = workshop.our_wheel()
        command = ("install", "--no-index", "--no-deps", "--force-reinstall", wheel)
        result = own_hooked.pip(*command)
        assert f"Successfully installed pip-variants-{__version__}" in result.out
        assert not result.err
        assert own_hooked.files() == before


class TestOtherPython:
    """``pip --python OTHER``, which runs this pip in another environment."""

    @pytest.mark.parametrize("pip", PIPS)
    def test_without_pip_and_without_the_hook(
        self,
        workshop: Workshop,
        tmp_path: Path,
        bare: Environment,
        demo_index: Index,
        pip: str,
    ) -> None:
        environment = workshop.environment(tmp_path / "env", pip=pip, hooked=True)
        command = ("install", "--index-url", demo_index.url, "torch")
        dry = environment.pip("--python", bare.python, *command, "--dry-run", **GPU)
        assert dry.would_install == VARIANT
        assert not dry.err
        environment.pip("--python", bare.root, *command, **GPU)
        code = "import sys, torch; print(torch.VARIANT, 'pip_variants' in sys.modules)"
        assert bare.run("-c", code).out.split() == ["cu129", "False"]

    @pytest.mark.parametrize("switch", ["option", "variable", "off"])
    def test_switches_reach_it(
        self, hooked: Environment, bare: Environment, demo_index: Index, switch: str
    ) -> None:
        options = ("--no-variant",) if switch == "option" else ()
        variables: dict[str, Any] = {
            "option": {},
            "variable": {"PIP_NO_VARIANT": "1"},
            "off": {"PIP_VARIANTS_OFF": "1"},
        }[switch]
        command = ("install", "--dry-run", "--index-url", demo_index.url, *options)
        result = hooked.pip(
            "--python", bare.python, *command, "torch", **{**GPU, **variables}
        )
        assert result.would_install == PLAIN

    def test_that_has_the_hook_itself(
        self, hooked: Environment, own_hooked: Environment, demo_index: Index
    ) -> None:
        """Two copies of pip-variants meet: the other environment has one as well."""
        command = ("install", "--dry-run", "--index-url", demo_index.url, "torch")
        there = ("--python", own_hooked.python)
        result = hooked.pip(*there, *command, **GPU)
        assert result.would_install == VARIANT
        assert not result.err

    def test_with_other_pip(
        self, hooked: Environment, workshop: Workshop, tmp_path: Path
    ) -> None:
        other = workshop.environment(tmp_path / "other", pip="25.3")
        result = hooked.pip("--python", other.python, "--version")
        assert result.out.startswith(f"pip {NEWEST}{OURS} from ")
        listed = hooked.pip("--python", other.python, "list", "--format=json")
        found = {item["name"]: item["version"] for item in json.loads(listed.out)}
        assert found["pip"] == "25.3"

    @pytest.mark.parametrize("minor", [10, 9])
    def test_that_is_too_old_for_us(
        self, workshop: Workshop, tmp_path: Path, demo_index: Index, minor: int
    ) -> None:
        old = shutil.which(f"python3.{minor}")
        if old is None:
            pytest.skip(f"no Python 3.{minor} here")
        folder = tmp_path / "old"
        making = (old, "-m", "venv", "--without-pip", folder)
        if run(making, alone(tmp_path / "home"), tmp_path, status=None).status:
            pytest.skip(f"Python 3.{minor} does not work here")
        # pip 26.0 is the last of these for Python 3.9.
        pip = NEWEST if minor > 9 else OLDEST
        environment = workshop.environment(tmp_path / "env", pip=pip, hooked=True)
        command = ("install", "--dry-run", "--index-url", demo_index.url, "torch")
        result = environment.pip("--python", folder, *command, **GPU)
        assert result.would_install == PLAIN
        assert not result.complaints


PYPROJECT = b"""\
[build-system]
requires = ["torch"]
build-backend = "backend"
backend-path = ["."]
"""

BACKEND = b'''\
"""Note which torch the build environment has."""

import sys
from pathlib import Path

import _backend
import torch


def build_wheel(folder, config_settings=None, metadata_directory=None):
    loaded = "pip_variants.seams" in sys.modules
    Path("src").mkdir(exist_ok=True)
    Path("src/built.py").write_text(f"{torch.VARIANT} {loaded}")
    return _backend.build_wheel(folder)
'''


class TestBuildIsolation:
    """An sdist that needs torch to be built gets the variant of this machine."""

    @pytest.fixture(scope="class")
    @classmethod
    def sdist(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        path = tmp_path_factory.mktemp("sdist") / "built-1.0.tar.gz"
        members = {
            "PKG-INFO": b"Metadata-Version: 2.1\nName: built\nVersion: 1.0\n",
            "pyproject.toml": PYPROJECT,
            "backend.py": BACKEND,
            "_backend.py": Path(_backend.__file__).read_bytes(),
        }
        with tarfile.open(path, "w:gz") as archive:
            for name, data in members.items():
                member = tarfile.TarInfo(f"built-1.0/{name}")
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
        return path

    @staticmethod
    def built_with(
        environment: Environment, sdist: Path, url: str, *options: str, **variables: Any
    ) -> str:
        folder = environment.root / "built"
        options = ("--no-cache-dir", "--index-url", url, *options)
        environment.pip("wheel", "-w", folder, *options, sdist, **GPU, **variables)
        with zipfile.ZipFile(folder / "built-1.0-py3-none-any.whl") as wheel:
            return wheel.read("built.py").decode()

    @pytest.mark.parametrize("pip", [OLDEST, NEWEST])
    def test_takes_the_variant(
        self,
        workshop: Workshop,
        tmp_path: Path,
        sdist: Path,
        demo_index: Index,
        pip: str,
    ) -> None:
        environment = workshop.environment(tmp_path / "env", pip=pip, hooked=True)
        assert self.built_with(environment, sdist, demo_index.url) == "cu129 False"

    def test_follows_the_option(
        self, own_hooked: Environment, sdist: Path, demo_index: Index
    ) -> None:
        built = self.built_with(own_hooked, sdist, demo_index.url, "--no-variant")
        assert built == "None False"

    @pytest.mark.parametrize("name", ["PIP_NO_VARIANT", "PIP_VARIANTS_OFF"])
    def test_follows_the_variables(
        self, own_hooked: Environment, sdist: Path, demo_index: Index, name: str
    ) -> None:
        switch: dict[str, Any] = {name: "1"}
        built = self.built_with(own_hooked, sdist, demo_index.url, **switch)
        assert built == "None False"

    @pytest.mark.parametrize("feature", ["venv-isolation", "inprocess-build-deps"])
    @pytest.mark.parametrize("options", [(), ("--no-variant",)], ids=["", "no-variant"])
    def test_follows_with_the_new_ways_to_isolate(
        self,
        own_hooked: Environment,
        sdist: Path,
        demo_index: Index,
        feature: str,
        options: tuple[str, ...],
    ) -> None:
        given = (f"--use-feature={feature}", *options)
        built = self.built_with(own_hooked, sdist, demo_index.url, *given)
        assert built == ("None False" if options else "cu129 False")
