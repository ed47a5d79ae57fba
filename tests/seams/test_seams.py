"""Everything that we use or replace in pip is there, in the pip beside these tests.

The session ``seams`` of nox runs this file on every supported pip. What our code
needs is written down here once more, by hand: a test that took it from our code
would follow every mistake in it.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pip_variants import _pip, seams
from pip_variants.demo.environment import clean_environ, fresh_environment
from pip_variants.demo.wheels import build_sdist, build_wheel

ROOT = Path(__file__).resolve().parents[2]
EXPLAINED = ROOT / "docs" / "development" / "pip-seams.md"

SECONDS = 60

# The parameters that a replacement or an override passes on by position or by name.
# "..." stands for whatever else there may be.
PARAMETERS = {
    "parse_wheel_filename": "filename ...",
    "get_pip_version": "",
    "get_default_environment": "",
    "get_runnable_pip": "",
    "create_command": "name **kwargs",
    "parse_req_from_line": "name line_source",
    "Marker.evaluate": "self environment ...",
    "Distribution.iter_dependencies": "self extras",
    "install_wheel": "name wheel_path scheme ...",
    "PackageFinder.evaluate_links": "self link_evaluator links",
    "PackageFinder.make_candidate_evaluator": "self project_name ...",
    "PackageFinder.find_requirement": "self req upgrade",
    "CandidateEvaluator.get_applicable_candidates": "self candidates",
    "CandidateEvaluator.sort_best_candidate": "self candidates",
    "CandidateEvaluator.compute_best_candidate": "self candidates",
    "LinkCollector.fetch_response": "self ...",
    "RequirementPreparer.prepare_linked_requirement": "self req parallel_builds",
    "RequirementPreparer._prepare_linked_requirement": "self req parallel_builds",
    "RequirementPreparer._fetch_metadata_only": "self req",
    "Factory.get_installation_error": "self e constraints",
    "Factory._make_candidate_from_dist": "self dist extras template",
    "Factory._iter_found_candidates": "self ireqs specifier hashes prefers_installed ...",
    "Factory.get_dist_to_uninstall": "self candidate",
    "Factory.find_candidates": "self identifier requirements ...",
    "Resolver.resolve": "self root_reqs check_supported_wheels",
    "PipProvider": "factory constraints ignore_dependencies ...",
    "PipProvider.get_dependencies": "self candidate",
    "SpecifierRequirement.is_satisfied_by": "self candidate",
    "SpecifierRequirement.format_for_error": "self",
    "RequirementCommand._build_package_finder": "self options session ...",
    "RequirementCommand.make_requirement_preparer": "cls temp_build_dir options ...",
    "RequirementCommand.get_requirements": "self args options finder session",
    "RequirementCommand.make_resolver": "cls preparer finder options ...",
    "IndexCommand._build_package_finder": "self options session ...",
    "ListCommand._build_package_finder": "self options session",
    "ListCommand.output_package_listing": "self packages options",
    "ListCommand.output_package_listing_columns": "self data header",
    "InspectCommand._dist_to_dict": "self dist",
    "InstallationReport.to_dict": "self",
    "InstallationReport": "install_requirements",
    "write_output": "msg *args",
    "pylock_from_install_requirements": "install_requirements base_dir",
    "select_from_pylock_path_or_url": "pylock_path_or_url session ...",
    "Pylock": "lock_version ...",
}

# Attributes that our subclasses read and pip's constructors set.
ATTRIBUTES = {
    "PackageFinder": ("_link_collector",),
    "CandidateEvaluator": ("_hashes", "_project_name"),
    "RequirementPreparer": ("finder",),
    "Factory": ("_finder", "_installed_dists", "_make_install_req_from_spec"),
    "FoundCandidates": ("_get_infos", "_installed"),
    "PipProvider": ("_factory",),
    "Resolver": ("factory", "ignore_dependencies", "upgrade_strategy", "_result"),
    "SpecifierRequirement": ("_ireq",),
    "InstallationReport": ("_install_requirements",),
}

ADOPTED = (
    "PackageFinder",
    "CandidateEvaluator",
    "RequirementPreparer",
    "Factory",
    "InstallationReport",
    "LinkCollector",
    "Resolver",
)

# Every command of pip's that has a subclass of ours.
COMMANDS = "download index inspect install list lock show wheel".split()

# What pip asks every subclass of its commands for.
HOOKS = {"add_options", "run"}


@pytest.fixture(autouse=True)
def _stock_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is imported of pip in this process, it is not extended."""
    monkeypatch.setenv("PIP_VARIANTS_OFF", "1")


def pip_version() -> tuple[int, int]:
    import pip

    major, minor, *_ = pip.__version__.split(".")
    return int(major), int(minor)


def resolve(seam: seams.Seam) -> Any:
    found: Any = importlib.import_module(seam.module)
    for name in seam.name.split("."):
        is_table = isinstance(found, dict)
        found = found[name] if is_table else inspect.getattr_static(found, name)
    return found


def parameters(function: Any) -> list[str]:
    """Return the names of the parameters, also of what we have replaced."""
    function = getattr(function, "__func__", function)
    return [
        str(parameter).partition(":")[0].partition("=")[0].strip()
        for parameter in inspect.signature(function).parameters.values()
    ]


def row_id(seam: seams.Seam) -> str:
    return f"{seam.module}.{seam.name}"


ROWS = [*seams.REPLACED, *seams.OVERRIDDEN, *seams.SCOPED]


class TestRows:
    @pytest.mark.parametrize("seam", ROWS, ids=row_id)
    def test_exists_with_the_parameters_that_we_rely_on(self, seam: seams.Seam) -> None:
        if seam.name in ("commands_dict", "DEFAULT_RULES.VARIABLE"):
            pytest.skip("is no function")
        try:
            found = resolve(seam)
        except (ImportError, AttributeError):
            if seam.optional:
                pytest.skip("is optional")
            raise
        expected = PARAMETERS[seam.name].split()
        names = parameters(found)
        if expected[-1:] == ["..."]:
            del expected[-1]
            names = names[: len(expected)]
        assert names == expected

    def test_every_row_gives_its_reason(self) -> None:
        assert not [row_id(seam) for seam in ROWS if not seam.reason.strip()]

    def test_no_row_stands_twice(self) -> None:
        assert len({row_id(seam) for seam in ROWS}) == len(ROWS)

    def test_replaced_rows_alone_have_replacements(self) -> None:
        assert all(seam.replace for seam in seams.REPLACED)
        assert not any(seam.replace for seam in (*seams.OVERRIDDEN, *seams.SCOPED))

    def test_table_of_commands(self) -> None:
        (seam,) = [seam for seam in seams.REPLACED if seam.name == "commands_dict"]
        table = resolve(seam)
        assert isinstance(table, dict)
        row = table["install"]
        assert row._fields == ("module_path", "class_name", "summary")
        assert row.module_path.rpartition(".")[2] == "install"
        assert row.class_name == "InstallCommand"

    def test_one_home_of_the_runnable_pip(self) -> None:
        rows = [seam for seam in seams.REPLACED if seam.name == "get_runnable_pip"]
        assert [seam.optional for seam in rows] == [True, True]
        homes = [
            seam.module
            for seam in rows
            if resolve_or_none(seam) is not None
            and inspect.unwrap(resolve(seam)).__module__ == seam.module
        ]
        late = pip_version() >= (26, 2)
        assert homes == [
            "pip._internal.utils.misc" if late else "pip._internal.build_env"
        ]

    def test_the_runnable_pip_is_only_used_where_we_replace_it(self) -> None:
        """Who imports it from elsewhere gets the replacement too."""
        users = importing("get_runnable_pip")
        homes = {seam.module for seam in seams.REPLACED}
        assert set(users.values()) <= homes

    @pytest.mark.parametrize("name", sorted(ATTRIBUTES))
    def test_attributes_that_we_read(self, name: str) -> None:
        constructor: Any = getattr(_pip, name).__init__
        assert set(ATTRIBUTES[name]) <= set(constructor.__code__.co_names)

    def test_methods_that_we_call(self) -> None:
        assert parameters(_pip.LinkEvaluator.evaluate_link) == ["self", "link"]
        kinds = importlib.import_module("pip._internal.index.package_finder").LinkType
        assert {"candidate", "format_unsupported", "format_invalid"} <= {
            *kinds.__members__
        }
        assert {"platform_mismatch", "requires_python_mismatch"} <= {*kinds.__members__}
        assert parameters(_pip.CandidateEvaluator._sort_key) == ["self", "candidate"]
        assert parameters(_pip.Link.is_hash_allowed) == ["self", "hashes"]
        names = parameters(_pip.BestCandidateResult)
        assert names == ["all_candidates", "applicable_candidates", "best_candidate"]
        assert parameters(_pip.format_for_json) == ["packages", "options"]
        environment = _pip.get_default_environment()
        assert parameters(environment.get_distribution) == ["self", "name"]

    def test_what_we_ask_distributions_and_wheels(self) -> None:
        base: Any = _pip.BaseDistribution
        assert parameters(base.read_text) == ["self", "path"]
        assert parameters(base.iter_raw_dependencies) == ["self"]
        assert isinstance(base.location, property)
        assert parameters(_pip.parse_wheel) == ["wheel_zip", "name"]
        requirement: Any = _pip.InstallRequirement.__init__
        assert {"markers", "comes_from", "req", "link"} <= {
            *requirement.__code__.co_names
        }

    def test_every_reader_of_metadata_is_replaced(self) -> None:
        """Which one pip takes depends on Python and on a variable."""
        home = "pip._internal.metadata"
        readers = {
            importlib.import_module(f"{home}.{name}").Distribution.__module__
            for name in ("importlib", "pkg_resources")
        }
        rows = [s for s in seams.REPLACED if s.name == "Distribution.iter_dependencies"]
        assert {seam.module for seam in rows} == readers

    def test_both_parsers_share_one_table_of_rules(self) -> None:
        """It is changed in place, for those who have it already."""
        tokenizer = importlib.import_module("pip._vendor.packaging._tokenizer")
        parser = importlib.import_module("pip._vendor.packaging._parser")
        assert parser.DEFAULT_RULES is tokenizer.DEFAULT_RULES

    def test_what_we_ask_lock_files(self) -> None:
        """The room ``locking`` stands between pip and these."""
        module = importlib.import_module("pip._internal.utils.pylock")
        assert parameters(module.Pylock.to_dict) == ["self"]
        assert parameters(module.Pylock.from_dict)[:1] == ["cls"]
        assert parameters(_pip.PackageFinder.find_all_candidates) == [
            *("self", "project_name")
        ]
        names = parameters(_pip.Link.__init__)
        assert {"comes_from", "hashes"} <= {*names}
        if pip_version() >= (26, 1):
            assert parameters(module.package_wheel_requirement_url) == [
                *("pylock_path_or_url", "package_wheel")
            ]
            assert parameters(module.Pylock.select)[0] == "self"
            fields = {"name", "version", "sdist", "wheels"}
            assert fields <= {*parameters(module.Package)}

    def test_what_we_ask_candidates(self) -> None:
        """What the resolver holds, whatever it stands for."""
        home = "pip._internal.resolution.resolvelib"
        candidate = importlib.import_module(f"{home}.base").Candidate
        for name in ("name", "project_name", "version", "is_installed", "source_link"):
            assert isinstance(getattr(candidate, name), property)
        module = importlib.import_module(f"{home}.candidates")
        for name in ("LinkCandidate", "AlreadyInstalledCandidate"):
            classes = getattr(module, name).__mro__
            makers = [vars(c)["__init__"] for c in classes if "__init__" in vars(c)]
            set_there = {n for m in makers[:-1] for n in m.__code__.co_names}
            assert {"dist", "_ireq"} <= set_there

    def test_candidates_are_made_of_links(self) -> None:
        """``make`` of a pair of version and maker holds the link by its name."""
        source = inspect.getsource(_pip.Factory._iter_found_candidates)
        assert "link=ican.link" in source
        assert "yield ican.version, func" in source

    def test_candidates_are_told_apart_by_their_versions(self) -> None:
        """One candidate for each version that differs; and versions are compared."""
        home = "pip._internal.resolution.resolvelib.found_candidates"
        source = inspect.getsource(importlib.import_module(home))
        assert "version in versions_found" in source
        assert "self._get_infos()" in source


def resolve_or_none(seam: seams.Seam) -> Any:
    try:
        return resolve(seam)
    except (ImportError, AttributeError):
        return None


def importing(name: str) -> dict[str, str]:
    """Return which files of pip import *name*, and from where."""
    folder = Path(importlib.import_module("pip").__path__[0])
    found = {}
    for path in (folder / "_internal").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.ImportFrom) or node.module is None:
                continue
            if name in {alias.name for alias in node.names}:
                found[str(path)] = node.module
    return found


class TestDoor:
    """``_pip``, the only module that names what we use of pip."""

    def test_every_name_has_its_home(self) -> None:
        for name in _pip.HOMES:
            assert getattr(_pip, name) is not None

    def test_a_name_without_a_home(self) -> None:
        assert not hasattr(_pip, "Nothing")

    def test_type_checkers_read_the_same_homes(self) -> None:
        source = Path(inspect.getsourcefile(_pip) or "").read_text("utf-8")
        (block,) = [
            node
            for node in ast.parse(source).body
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        ]
        typed = {}
        for node in block.body:
            assert isinstance(node, ast.ImportFrom)
            for alias in node.names:
                assert alias.asname is not None, "a name is exported by saying it twice"
                module = node.module
                if alias.asname != alias.name:
                    module = f"{module}.{alias.name}"
                typed[alias.asname] = module
        assert typed == _pip.HOMES

    def test_homes_are_sorted(self) -> None:
        assert list(_pip.HOMES) == sorted(_pip.HOMES)

    def test_this_pip_is_in_the_tested_range(self) -> None:
        _pip.check_version()
        oldest, newest = _pip.TESTED
        assert oldest <= pip_version() <= newest


def own_classes(command: type) -> list[type]:
    return [
        each for each in command.__mro__ if each.__module__.startswith("pip_variants")
    ]


def overridden(classes: Iterator[type]) -> set[tuple[str, str]]:
    """Return each name of pip's that our classes give another meaning."""
    found = set()
    for subclass in classes:
        for name in {name for each in own_classes(subclass) for name in vars(each)}:
            if name.startswith("__") or name in HOOKS:
                continue
            for base in subclass.__mro__:
                if base.__module__.startswith("pip.") and name in vars(base):
                    found.add((base.__module__, f"{base.__name__}.{name}"))
                    break
    return found


def our_subclasses() -> Iterator[type]:
    from pip_variants.explaining.survey import RememberingCollector, SurveyingFinder
    from pip_variants.finder import VariantFinder
    from pip_variants.folding import FoldingCollector
    from pip_variants.install_report import VariantReport
    from pip_variants.order import VariantEvaluator
    from pip_variants.preparer import VariantPreparer
    from pip_variants.resolving.alternatives import BesideRequirement, VariantProvider
    from pip_variants.resolving.factory import VariantFactory
    from pip_variants.resolving.resolver import VariantResolver

    yield from (VariantResolver, VariantProvider, BesideRequirement)
    yield from (VariantFinder, VariantEvaluator, VariantPreparer, VariantFactory)
    yield from (VariantReport, FoldingCollector)
    yield from (SurveyingFinder, RememberingCollector)
    for name in COMMANDS:
        module = importlib.import_module(f"pip_variants.commands.{name}")
        yield getattr(module, f"{name.title()}Command")


class TestSubclasses:
    def test_override_exactly_the_rows(self) -> None:
        rows = {(seam.module, seam.name) for seam in seams.OVERRIDDEN}
        assert overridden(our_subclasses()) == rows

    @pytest.mark.parametrize("name", ADOPTED)
    def test_adopted_classes_have_no_slots(self, name: str) -> None:
        """The class of an object can only be exchanged where it has a ``__dict__``."""
        for each in getattr(_pip, name).__mro__[:-1]:
            assert "__slots__" not in vars(each)

    def test_commands_keep_their_description(self) -> None:
        """PIP_SEAMS 4, trap 2."""
        for command in our_subclasses():
            if command.__name__.endswith("Command"):
                stock = getattr(_pip, command.__name__)
                assert inspect.getdoc(command) == inspect.getdoc(stock)

    def test_commands_of_pip_are_where_we_think(self) -> None:
        from pip._internal.commands import commands_dict

        for name in COMMANDS:
            row = commands_dict[name]
            module = row.module_path.replace("pip_variants", "pip._internal")
            assert _pip.HOMES[row.class_name] == module


class TestTraps:
    """What PIP_SEAMS 3 k and 4 say about pip, as far as we rely on it."""

    def test_packaging_does_not_read_labels_itself(self) -> None:
        """Once it does, our replacement has to go."""
        utils = importlib.import_module("pip._vendor.packaging.utils")
        parse = inspect.unwrap(utils.parse_wheel_filename)
        assert parse("a-1-py3-none-any.whl")[0] == "a"
        for name in ("a-1-py3-none-any-x.whl", "a-1-2-py3-none-any-x.whl"):
            with pytest.raises(utils.InvalidWheelFilename):
                parse(name)

    def test_packaging_does_not_know_the_markers_itself(self) -> None:
        with pytest.raises(_pip.InvalidMarker):
            _pip.Marker('variant_label == ""')

    def test_how_a_marker_fails(self) -> None:
        """What we take for a variable that is not known, and for a wrong operator."""
        unknown = _pip.Marker('"x" in extras')
        with pytest.raises(KeyError):
            unknown.evaluate()
        for marker in ('extras == "x"', 'os_name ~= "x"'):
            with pytest.raises((_pip.UndefinedComparison, AssertionError)):
                _pip.Marker(marker).evaluate({"extras": frozenset("x")})

    def test_eager_imports(self) -> None:
        """pip's own set for those who extend it."""
        pip = importlib.import_module("pip")
        assert hasattr(pip, "_EAGER_IMPORTS") == (pip_version() >= (26, 3))

    def test_locked_candidates(self) -> None:
        """Trap 1: this attribute is asked for with a default."""
        names = parameters(_pip.InstallationCandidate)
        assert names[:3] == ["name", "version", "link"]
        assert ("locked" in names) == (pip_version() >= (26, 2))

    def test_http_errors_are_os_errors(self) -> None:
        """Trap 9: not caught, a missing file reads like a full disk."""
        assert issubclass(_pip.RequestException, OSError)


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fresh_environment(tmp_path_factory.mktemp("seams") / "env")


def run(python: Path, *args: str | Path, **variables: str) -> str:
    """Run Python and return what it printed; a message on stderr is an error."""
    folder = python.parents[1]
    done = subprocess.run(
        [python, *args],
        env=clean_environ(os.environ, PIP_CACHE_DIR=str(folder / "cache"), **variables),
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


# Prints what is loaded when pip's entry module is looked for, then lets pip go on.
WATCH = """\
import sys

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "pip._internal.cli.main" and watch in sys.meta_path:
            names = {*sys.modules} - before
            print(*sorted(name for name in names if name.startswith("pip.")))

before = {*sys.modules}
watch = Watch()
sys.meta_path.insert(0, watch)
"""

STARTS: Mapping[str, str] = {
    "module": "import runpy\nrunpy.run_module('pip', run_name='__main__')\n",
    "script": "from pip._internal.cli.main import main\nmain()\n",
    "runner": (
        "import pathlib, runpy\n"
        "from importlib.util import find_spec\n"
        "folder = pathlib.Path(find_spec('pip').origin).parent\n"
        "runpy.run_path(str(folder / '__pip-runner__.py'), run_name='__main__')\n"
    ),
}


class TestStart:
    @pytest.mark.parametrize("start", STARTS)
    def test_what_is_loaded_when_the_hook_acts(
        self, python: Path, tmp_path: Path, start: str
    ) -> None:
        """PIP_SEAMS 1, B1: so early that every later import gets the replacement."""
        script = tmp_path / "start.py"
        script.write_text(WATCH + STARTS[start], "utf-8")
        loaded, shown = run(python, script, "--version").splitlines()
        assert set(loaded.split()) - {"pip.__main__"} == {
            "pip._internal",
            "pip._internal.cli",
            "pip._internal.utils",
            "pip._internal.utils._log",
        }
        assert "+variants." in shown

    def test_every_replaced_name_is_replaced(
        self, python: Path, tmp_path: Path
    ) -> None:
        rows = [(seam.module, seam.name) for seam in seams.REPLACED]
        script = tmp_path / "start.py"
        script.write_text(
            "import importlib, sys\n"
            "from pip._internal.cli.main import main\n"
            f"for module, name in {rows!r}:\n"
            "    found = importlib.import_module(module)\n"
            "    for part in name.split('.'):\n"
            "        table = found if isinstance(found, dict) else vars(found)\n"
            "        found = table.get(part)\n"
            "    ours = getattr(found, '__wrapped__', None) is not None\n"
            "    ours |= isinstance(found, dict) and 'variant' in found\n"
            "    ours |= 'variant_' in getattr(found, 'pattern', '')\n"
            "    print(name, ours)\n",
            "utf-8",
        )
        lines = run(python, script).splitlines()
        assert [line for line in lines if line.endswith(" True")].count(
            "get_runnable_pip True"
        ) >= 1
        others = {line for line in lines if not line.startswith("get_runnable_pip")}
        assert {line.split()[1] for line in others} == {"True"}

    def test_nobody_keeps_what_was_replaced(self, python: Path, tmp_path: Path) -> None:
        """Every module of pip that imports such a name got ours."""
        names = sorted({seam.name for seam in seams.REPLACED} - {"commands_dict"})
        # What stands in a class or a table is replaced there, for all.
        names = [name for name in names if "." not in name]
        script = tmp_path / "start.py"
        script.write_text(
            "import importlib, sys\n"
            "from pip._internal.cli.main import main\n"
            "from pip._internal.commands import commands_dict\n"
            "for row in commands_dict.values():\n"
            "    importlib.import_module(row.module_path)\n"
            "for module in list(sys.modules.values()):\n"
            f"    for name in {names!r}:\n"
            "        if not getattr(module, '__name__', '').startswith('pip.'):\n"
            "            continue\n"
            "        found = vars(module).get(name)\n"
            "        if found is not None and not hasattr(found, '__wrapped__'):\n"
            "            print(module.__name__, name)\n",
            "utf-8",
        )
        assert run(python, script) == ""


class TestInstallation:
    """26.1 and 26.2 warn of late imports, 26.3 stops at them (PIP_SEAMS 3 k)."""

    DOCUMENT: Mapping[str, Any] = {
        "$schema": "https://variants-schema.wheelnext.dev/peps/850/v0.2.0.json",
        "default-priorities": {"namespace": ["cpu"]},
        "providers": {"cpu": {"static-properties": {"level": ["v2", "v1"]}}},
        "variants": {
            "v1": {"cpu": {"level": ["v1"]}},
            "v2": {"cpu": {"level": ["v2"]}},
        },
    }

    @pytest.fixture
    def links(self, tmp_path: Path) -> Path:
        folder = tmp_path / "links"
        for label in (None, "v1", "v2"):
            document = self.DOCUMENT if label else None
            build_wheel(folder, "demo", "1.0", label=label, variant_json=document)
        build_wheel(folder, "plain", "1.0", requires=["demo"])
        build_sdist(folder, "source", "1.0", requires=["demo"])
        return folder

    @pytest.mark.parametrize("name", ["plain", "source"])
    def test_nothing_is_imported_too_late(
        self, tmp_path: Path, links: Path, name: str
    ) -> None:
        python = fresh_environment(tmp_path / "env")
        options = ("install", "--no-index", "--find-links", links)
        first = run(python, "-m", "pip", *options, "demo==1.0#v1")
        assert first.splitlines()[-1] == "Successfully installed demo-1.0-v1"
        out = run(python, "-m", "pip", *options, name, "demo==1.0#v2")
        assert out.splitlines()[-1] == f"Successfully installed demo-1.0-v2 {name}-1.0"
        assert run(python, "-c", "import demo; print(demo.VARIANT)") == "v2\n"
        out = run(python, "-m", "pip", *options, "--no-variant", "demo")
        assert out.splitlines()[-1] == "Successfully installed demo-1.0"
        run(python, "-m", "pip", "check")


def test_the_documentation_explains_every_row() -> None:
    text = EXPLAINED.read_text("utf-8")
    assert not [row_id(seam) for seam in ROWS if seam.name not in text]


def test_pip_in_this_process_is_stock() -> None:
    """What these tests look at is pip's own."""
    module: ModuleType = importlib.import_module("pip._internal.commands.install")
    assert module.InstallCommand.__module__ == "pip._internal.commands.install"
    assert sys.modules["pip"].__name__ == "pip"
