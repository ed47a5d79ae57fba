"""Virtual environments of the demo: real ones, used by real processes."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest

import pip_variants
from pip_variants._startup import PTH_LINE, START_LINE
from pip_variants.demo import environment
from pip_variants.demo.environment import clean_environ, fresh_environment

posix_only = pytest.mark.skipif(os.name == "nt", reason="there are no scripts there")


def run(*command: object, cwd: Path, **extra: str) -> str:
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=clean_environ(os.environ, PIP_NO_INDEX="1", PIP_NO_CACHE_DIR="1", **extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout.strip()


def say(python: Path, expression: str, cwd: Path) -> str:
    code = f"import pip, pip_variants, sys; print({expression})"
    return run(python, "-c", code, cwd=cwd)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # A blank in the path, since that is what breaks scripts.
    return tmp_path_factory.mktemp("a home").resolve()


@pytest.fixture(scope="module")
def python(home: Path) -> Path:
    return fresh_environment(home / "env")


class TestFreshEnvironment:
    def test_is_one_of_its_own(self, python: Path, home: Path) -> None:
        assert say(python, "sys.prefix", home) == str(home / "env")
        assert say(python, "sys.prefix == sys.base_prefix", home) == "False"

    def test_has_copies_of_this_pip_and_of_this_package(
        self, python: Path, home: Path
    ) -> None:
        for name in ("pip", "pip_variants"):
            place = Path(say(python, f"{name}.__file__", home))
            assert place.is_relative_to(home / "env")
        assert say(python, "pip.__version__", home) == version("pip")
        found = say(python, "pip_variants.__version__", home)
        assert found == pip_variants.__version__

    def test_stock_pip_works_in_it(self, python: Path, home: Path) -> None:
        output = run(python, "-m", "pip", "list", cwd=home, PIP_VARIANTS_OFF="1")

        assert ["pip", version("pip")] in [line.split() for line in output.splitlines()]

    def test_loads_the_hook_when_it_starts(self, python: Path, home: Path) -> None:
        code = "import sys; print('pip_variants._startup' in sys.modules)"

        assert run(python, "-c", code, cwd=home) == "True"

    @posix_only
    def test_has_a_pip_script(self, python: Path, home: Path) -> None:
        output = run(
            python.with_name("pip"), "--version", cwd=home, PIP_VARIANTS_OFF="1"
        )

        assert output.startswith(f"pip {version('pip')} from {home / 'env'}")

    @posix_only
    def test_its_scripts_import_nothing_from_the_working_directory(
        self, python: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "pip.py").write_text("raise SystemExit('the wrong pip')\n")

        run(python.with_name("pip"), "--version", cwd=tmp_path, PIP_VARIANTS_OFF="1")

    def test_is_not_made_where_something_is(self, python: Path, home: Path) -> None:
        with pytest.raises(FileExistsError):
            fresh_environment(home / "env")


class TestInstalledCopy:
    """What was copied with its metadata can be uninstalled."""

    @pytest.fixture
    def python(self, tmp_path: Path) -> Iterator[Path]:
        # As an editable install leaves it: the package itself is elsewhere.
        site = tmp_path / "site"
        folder = site / f"pip_variants-{pip_variants.__version__}.dist-info"
        folder.mkdir(parents=True)
        metadata = f"Name: pip-variants\nVersion: {pip_variants.__version__}\n"
        (folder / "METADATA").write_text(f"Metadata-Version: 2.4\n{metadata}")
        (folder / "RECORD").write_text("_editable.pth,,\n")
        (folder / "INSTALLER").write_text("pip\n")
        (folder / "direct_url.json").write_text('{"dir_info": {"editable": true}}')
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(str(site))
            yield fresh_environment(tmp_path / "env")

    def test_is_listed_as_an_ordinary_install(
        self, python: Path, tmp_path: Path
    ) -> None:
        freeze = run(
            python, "-m", "pip", "freeze", "--all", cwd=tmp_path, PIP_VARIANTS_OFF="1"
        )

        assert freeze.splitlines() == [
            f"pip=={version('pip')}",
            f"pip-variants=={pip_variants.__version__}",
        ]

    @posix_only
    @pytest.mark.skipif(
        find_spec("pip_variants.variantlib.cli") is None,
        reason="there is no such command yet",
    )
    def test_has_a_variantlib_script(self, python: Path, tmp_path: Path) -> None:
        output = run(python.with_name("variantlib"), "--version", cwd=tmp_path)

        assert pip_variants.__version__ in output

    def test_its_record_lists_what_there_is(self, python: Path) -> None:
        [record] = python.parents[1].rglob("pip_variants-*.dist-info/RECORD")
        site = record.parents[1]
        rows = list(csv.reader(record.read_text("utf-8").splitlines()))

        names = [row[0] for row in rows]
        assert all((site / name).is_file() for name in names)
        assert {"pip_variants.pth", "pip_variants.start"} <= set(names)
        assert "pip_variants/__init__.py" in names
        assert not [name for name in names if "__pycache__" in name]
        assert [row[0] for row in rows if not row[1]] == [
            record.relative_to(site).as_posix()
        ]

    def test_can_be_uninstalled(self, python: Path, tmp_path: Path) -> None:
        env = tmp_path / "env"
        before = {path.name for path in env.rglob("*pip_variants*")}
        assert before

        run(
            *(python, "-m", "pip", "uninstall", "--yes", "pip-variants"),
            cwd=tmp_path,
            PIP_VARIANTS_OFF="1",
        )

        assert not list(env.rglob("*pip_variants*"))
        assert not list(env.rglob("variantlib"))
        output = run(python, "-m", "pip", "--version", cwd=tmp_path)
        assert output.startswith(f"pip {version('pip')} from {env}")


class TestCompiledFiles:
    def test_are_copied_for_this_python_and_its_modules_only(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "here.py").touch()
        tag = sys.implementation.cache_tag
        kept, gone = f"here.{tag}.pyc", f"gone.{tag}.pyc"

        useless = environment._useless(
            str(tmp_path / "__pycache__"), [kept, gone, "here.cpython-20.pyc", "data"]
        )

        assert useless == [gone, "here.cpython-20.pyc"]


class TestHookFiles:
    def test_are_copied_where_the_package_is_installed(self, tmp_path: Path) -> None:
        installed, site = tmp_path / "installed", tmp_path / "site"
        installed.mkdir()
        site.mkdir()
        (installed / "pip_variants.pth").write_bytes(b"import sys\n")

        written = environment._write_hook(installed, site)

        assert [path.name for path in written] == [
            "pip_variants.pth",
            "pip_variants.start",
        ]
        assert written[0].read_bytes() == b"import sys\n"
        assert written[1].read_text("utf-8") == f"{START_LINE}\n"

    def test_are_written_where_it_is_not(self, tmp_path: Path) -> None:
        pth, start = environment._write_hook(tmp_path / "src", tmp_path)

        assert pth.read_text("utf-8") == f"{PTH_LINE}\n"
        assert start.read_text("utf-8") == f"{START_LINE}\n"


class TestCleanEnviron:
    def test_drops_what_leads_pip_elsewhere(self) -> None:
        dropped = {
            "PIP_INDEX_URL": "https://example.invalid",
            "PIP_VARIANTS_OFF": "1",
            "NV_VARIANT_PROVIDER_FORCE_SM_ARCH": "9.0",
            "NV_PROVIDER_FORCE_DRIVER_VERSION": "12.8",
            "AMD_VARIANT_PROVIDER_FORCE_GFX_ARCH": "gfx90a",
            "INTEL_VARIANT_PROVIDER_FORCE_DEVICE_IP": "20.1.0",
            "VIRTUAL_ENV": "/venv",
            "PYTHONPATH": "/src",
            "PYTHONHOME": "/usr",
        }

        found = clean_environ({**dropped, "PATH": "/bin", "PIPE": "1"})

        assert not dropped.keys() & found.keys()
        assert (found["PATH"], found["PIPE"]) == ("/bin", "1")

    def test_shuts_out_configuration_and_questions(self) -> None:
        found = clean_environ({"PIP_CONFIG_FILE": "pip.conf"})

        assert found["PIP_CONFIG_FILE"] == os.devnull
        assert found["PIP_DISABLE_PIP_VERSION_CHECK"] == "1"
        assert found["PIP_NO_INPUT"] == "1"

    def test_keeps_the_index_of_the_demo_away_from_proxies(self) -> None:
        found = clean_environ({"http_proxy": "http://proxy", "no_proxy": "other"})

        assert found["http_proxy"] == "http://proxy"
        assert "127.0.0.1" in found["no_proxy"]
        assert "127.0.0.1" in found["NO_PROXY"]

    def test_extra_variables_win_and_the_base_is_left_alone(self) -> None:
        base = {"PIP_NO_INPUT": "0", "A": "1"}

        found = clean_environ(base, PIP_NO_INPUT="2", PYTHONPATH="x", A="2")

        assert (found["PIP_NO_INPUT"], found["PYTHONPATH"], found["A"]) == (
            "2",
            "x",
            "2",
        )
        assert base == {"PIP_NO_INPUT": "0", "A": "1"}
