"""Plugins in a process of their own: every generation, and every way to go wrong."""

from __future__ import annotations

import ast
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_variants.demo.plugins import FICTIONAL_HW, FICTIONAL_TECH, Plugin
from pip_variants.settings import Settings
from pip_variants.variantlib.model import is_feature_name, is_value
from pip_variants.variantlib.plugins import probing
from pip_variants.variantlib.plugins._replies import read_reply
from pip_variants.variantlib.plugins.probing import (
    Interpreter,
    Probed,
    Question,
    probe,
    probe_all,
)
from tests.providers.zoo import ZOO, build, install_into

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs fork and signals")
SPEED = (("speed", ("1",)),)
BOTH = (("speed", ("2", "1")), ("colour", ("red",)))


@pytest.fixture(autouse=True)
def _nothing_stays_in_the_folder_of_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def interpreter(
    environ: Mapping[str, str] | None = None, *, isolated: bool = True
) -> Interpreter:
    given_to_it = dict(os.environ) if environ is None else environ
    return Interpreter(sys.executable, given_to_it, isolated)


def ask(
    animal: str,
    thing: str = "",
    *,
    seconds: float = 10.0,
    question: str = "supported",
    environ: Mapping[str, str] | None = None,
) -> Probed:
    """Ask one animal of the zoo, or one of several things in its module."""
    api = ZOO[animal].api
    if thing:
        api = f"{api.partition(':')[0]}:{thing}"
    return probe(
        [api],
        [str(ZOO[animal].source)],
        interpreter(environ),
        seconds=seconds,
        ask=question,
    )


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that nobody waited for does not (Linux)."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def ends_soon(pid: int) -> bool:
    for _ in range(100):
        if not is_alive(pid):
            return True
        time.sleep(0.02)
    return False


def child_of(probed: Probed) -> int:
    """Return the number of the process that a plugin said it had started."""
    return int(probed.output.split("child ")[1].split()[0])


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


class TestTime:
    """E14: a plugin has a limit, and all that it started ends with it."""

    def test_a_slow_one_is_waited_for(self) -> None:
        assert ask("slow").features == SPEED

    def test_one_that_hangs_is_ended(self) -> None:
        probed = ask("hanging", seconds=0.8)
        assert probed.failure == "did not answer within 0.8 s"
        assert probed.features == ()

    @POSIX
    def test_one_that_refuses_to_end_is_ended_with_its_children(self) -> None:
        probed = ask("hanging", "Stubborn", seconds=1.5)
        assert probed.failure == "did not answer within 1.5 s"
        assert ends_soon(child_of(probed))

    def test_a_thread_that_goes_on_does_not_take_the_answer_away(self) -> None:
        probed = ask("hanging", "AfterTheAnswer")
        assert (probed.failure, probed.features) == ("", SPEED)
        assert probed.ending == "did not end after its answer"

    def test_there_is_no_input_to_wait_for(self) -> None:
        assert ask("hanging", "WaitsForInput").features == (("read", ("0",)),)


@POSIX
class TestForks:
    """E15: processes that go on, and hold the pipe."""

    @pytest.mark.parametrize("thing", ["Twice", "First"])
    def test_only_the_first_process_answers(self, thing: str) -> None:
        probed = ask("forking", thing)
        assert (probed.failure, probed.features) == ("", SPEED)

    def test_a_daemon_ends_with_the_plugin(self) -> None:
        probed = ask("forking", "Daemon")
        assert (probed.failure, probed.features) == ("", SPEED)
        assert probed.ending == "left processes behind"
        assert ends_soon(child_of(probed))

    def test_one_that_left_the_session_is_not_waited_for(self) -> None:
        probed = ask("forking", "Escaped")
        assert (probed.failure, probed.features) == ("", SPEED)
        assert probed.ending == "left processes behind"
        assert is_alive(child_of(probed))
        os.kill(child_of(probed), signal.SIGKILL)


class TestCrashes:
    """E13: whatever becomes of the process, there is a reason and no exception."""

    @POSIX
    def test_by_a_signal(self) -> None:
        probed = ask("crashing", "BySignal")
        assert probed.failure == "was ended by SIGSEGV"
        assert "the driver is gone" in probed.output

    @pytest.mark.parametrize(
        ("thing", "failure"),
        [
            ("WithStatus", "ended with status 3 and no answer"),
            ("Silently", "ended with status 0 and no answer"),
            ("Politely", "raised SystemExit: 4 (zoo_crashing, line "),
        ],
    )
    def test_by_its_own_wish(self, thing: str, failure: str) -> None:
        assert ask("crashing", thing).failure.startswith(failure)

    @POSIX
    def test_after_the_answer_the_answer_counts(self) -> None:
        probed = ask("crashing", "AfterTheAnswer")
        assert (probed.failure, probed.features) == ("", SPEED)
        assert probed.ending == "was ended by SIGSEGV"

    @pytest.mark.parametrize(
        ("thing", "failure"),
        [
            ("", "raised ValueError: no driver, or an old one (zoo_raising, line "),
            ("WithoutText", "raised UnprintableError (zoo_raising, line "),
            ("WithMuchText", "raised ValueError: xxx"),
            ("Endless", "raised RecursionError: maximum recursion depth exceeded"),
        ],
    )
    def test_an_exception_is_told_with_its_place(
        self, thing: str, failure: str
    ) -> None:
        probed = ask("raising", thing)
        assert probed.failure.startswith(failure)
        assert len(probed.failure) < 1_000
        assert len(probed.output) <= 8 * 1024

    def test_its_traceback_is_in_the_output(self) -> None:
        assert "ValueError: no driver, or\nan old one" in ask("raising").output

    @pytest.mark.parametrize(
        ("module", "failure"),
        [
            (
                "at_import",
                "cannot be loaded: FileNotFoundError: [Errno 2] No such file",
            ),
            (
                "without_dependency",
                (
                    "cannot be loaded: ModuleNotFoundError: No module named "
                    "'zoo_dependency_that_is_not_there'"
                ),
            ),
        ],
    )
    def test_an_exception_while_it_is_imported(self, module: str, failure: str) -> None:
        path = [str(ZOO["raising"].source)]
        probed = probe([f"zoo_raising.{module}"], path, interpreter())
        assert probed.failure.startswith(failure)

    def test_an_exception_of_one_feature_costs_that_feature(self) -> None:
        probed = ask("raising", "InTheFeature")
        assert probed.failure == ""
        assert probed.problems == (
            "dropped 1 feature whose values are no list, such as OSError",
        )


class TestBadAnswers:
    """E16: bad items are dropped and good ones kept, with one clause for each kind."""

    def test_values_in_upper_case(self) -> None:
        probed = ask("upper_case")
        assert probed.features == (("architecture", ("deepthought",)),)
        assert probed.problems == (
            "dropped 2 values that are no variant values, such as 'HAL9000'",
            "dropped 1 feature whose name is no feature name, such as 'QUANTUM'",
        )

    def test_all_kinds_of_them_together(self) -> None:
        probed = ask("wrong_types")
        assert probed.failure == ""
        assert dict(probed.features) == {
            "mixed": ("1", "fast"),
            "speed": ("2", "1"),
            "tuple": ("2", "1"),
        }
        # R10 has no line breaks in values.
        assert set(probed.problems) == {
            "dropped 4 features whose names are no feature names, such as nothing",
            "dropped 2 features whose values are no lists, such as '123'",
            "dropped 12 values that are no variant values, such as 2 (int)",
            "dropped 1 value that came twice, such as '2'",
            "dropped 1 feature that came twice, such as 'speed'",
            "dropped 1 multi_value that is neither true nor false, such as 'yes'",
        }
        assert probed.multi_value == {"tuple"}

    @pytest.mark.parametrize(
        ("thing", "failure"),
        [
            ("NoList", "answered with a dict in place of a list"),
            ("ManyArguments", "wants arguments that nobody has: _one, _two"),
            ("Forger", "left an answer that cannot be read: nested too deeply"),
            (
                "ForgerOfConstants",
                "left an answer that cannot be read: not JSON: NaN is no JSON value",
            ),
            ("ForgerOfBytes", "left an answer that cannot be read: not UTF-8 text"),
        ],
    )
    def test_an_answer_of_the_wrong_shape(self, thing: str, failure: str) -> None:
        probed = ask("wrong_types", thing)
        assert (probed.failure, probed.features) == (failure, ())

    def test_a_forged_answer_is_checked_like_any_other(self) -> None:
        probed = ask("wrong_types", "ForgerOfShapes")
        assert (probed.failure, probed.features) == ("", (("x", ("1",)),))
        assert (probed.namespace, probed.generation, probed.variables) == (None, "", ())

    def test_a_million_values(self) -> None:
        probed = ask("huge", "Values")
        assert probed.failure == ""
        assert [(name, values[:2]) for name, values in probed.features] == [
            ("speed", ("0", "1")),
            ("colour", ("red",)),
        ]
        assert probed.problems == ("dropped 998,000 values after too many others",)

    def test_a_million_features(self) -> None:
        probed = ask("huge", "Features")
        assert probed.failure == ""
        assert [name for name, _ in probed.features[:2]] == ["f0", "f1"]
        assert probed.problems == ("dropped 999,000 features after too many others",)

    def test_a_text_of_a_hundred_million_characters(self) -> None:
        probed = ask("huge", "Text")
        assert (probed.failure, probed.features) == ("", SPEED)
        assert set(probed.problems) == {
            (
                "dropped 1 value that is no variant value, such as text of 100,000,000 "
                "characters"
            ),
            (
                "dropped 1 feature whose name is no feature name, such as text of "
                "100,000,000 characters"
            ),
        }

    @POSIX
    def test_an_answer_that_is_no_file(self, tmp_path: Path) -> None:
        (tmp_path / "trick.py").write_text(
            "import os, pathlib, json\n"
            "def get_supported_configs():\n"
            "    answer = pathlib.Path('..', 'answer.json')\n"
            "    os.mkfifo(answer)\n"
            "    os._exit(0)\n"
        )
        probed = probe(["trick"], [str(tmp_path)], interpreter())
        assert probed.failure == "ended with status 0 and no answer"


class TestInterpreters:
    @pytest.mark.parametrize("python", ["absent", "a\0b", ""])
    def test_one_that_cannot_be_started(self, python: str, tmp_path: Path) -> None:
        other = Interpreter(python and str(tmp_path / python), {}, isolated=True)
        probed = probe(["zoo_gen6:Plugin"], [], other)
        assert probed.failure.startswith("cannot be started: ")

    @POSIX
    def test_one_that_is_no_python(self) -> None:
        other = Interpreter("/bin/sh", dict(os.environ), isolated=True)
        failure = probe(["zoo_gen6:Plugin"], [], other).failure
        assert failure.startswith("ended with status ")
        assert failure.endswith(" and no answer")

    @POSIX
    def test_one_that_does_not_read(self, tmp_path: Path) -> None:
        deaf = tmp_path / "deaf"
        deaf.write_text("#!/bin/sh\nexec sleep 600\n")
        deaf.chmod(0o755)
        other = Interpreter(str(deaf), dict(os.environ), isolated=True)
        path = ["x" * 1_000_000]
        probed = probe(["zoo_gen6:Plugin"], path, other, seconds=0.5)
        assert probed.failure == "did not answer within 0.5 s"

    def test_a_machine_without_room_for_temporary_files(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
            failure = ask("gen6").failure
        assert failure == "cannot be started: No such file or directory"

    @pytest.mark.parametrize("name", ["_probe", "_asking"])
    def test_one_that_is_older_than_ours_can_read_what_it_runs(self, name: str) -> None:
        """Python 3.9 is the oldest that pip 26 runs on."""
        source = (Path(probing.__file__).parents[1] / f"{name}.py").read_text("utf-8")
        ast.parse(source, feature_version=(3, 9))


class TestSideBySide:
    def test_the_answers_come_in_the_order_of_the_questions(self) -> None:
        names = ["slow", "gen6", "raising", "gen1", "crashing", "gen5"] * 2
        questions = [
            Question([ZOO[name].api], [str(ZOO[name].source)], interpreter())
            for name in names
        ]
        probed = probe_all(questions)
        expected = [SPEED, BOTH, (), BOTH, (), BOTH] * 2
        assert [each.features for each in probed] == expected

    def test_two_that_wait_for_each_other_meet(self, tmp_path: Path) -> None:
        """Nobody who asks one after the other gets both answers."""
        environ = {**os.environ, "ZOO_MEETING": str(tmp_path)}
        questions = [
            Question([ZOO[name].api], [str(ZOO[name].source)], interpreter(environ))
            for name in ("meeting_one", "meeting_two")
        ]
        probed = probe_all(questions, seconds=30)
        assert [each.failure for each in probed] == ["", ""]
        assert [each.features for each in probed] == [SPEED, SPEED]

    def test_one_that_hangs_takes_no_time_from_the_others(self) -> None:
        names = ["hanging"] * 3 + ["gen6"]
        questions = [
            Question([ZOO[name].api], [str(ZOO[name].source)], interpreter())
            for name in names
        ]
        *hung, good = probe_all(questions, seconds=4)
        assert good.features == BOTH
        assert {each.failure for each in hung} == {"did not answer within 4 s"}

    @pytest.mark.skipif(sys.platform != "linux", reason="counts what is open")
    def test_nothing_stays_open(self) -> None:
        def state() -> tuple[int, int]:
            return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()

        questions = [
            Question([ZOO[name].api], [str(ZOO[name].source)], interpreter())
            for name in ("gen6", "crashing", "forking")
        ]
        absent = Interpreter("/absent/python", {}, isolated=True)
        before = state()
        probe_all([*questions, Question(["x"], [], absent)])
        assert state() == before

    def test_no_questions_have_no_answers(self) -> None:
        assert probe_all([]) == []


_ASKER = """\
import os, sys
from pip_variants.variantlib.plugins.probing import Interpreter, probe
api, path = sys.argv[1:]
python = Interpreter(sys.executable, dict(os.environ), True)
probe([api], [path], python, seconds=60)
"""

_TELLER = """\
import os, pathlib, time
def get_supported_configs():
    pathlib.Path({told!r}).write_text(str(os.getpid()))
    {then}
"""
_BUSY = "__import__('re').match('(a+)+$', 60 * 'a' + 'b')"
"""It takes years, and no other thread has a turn."""


@POSIX
class TestTheAsker:
    """A plugin does not outlive the process that asked."""

    @pytest.mark.parametrize(
        ("how", "then"),
        [
            (signal.SIGKILL, "time.sleep(600)"),
            (signal.SIGINT, "time.sleep(600)"),
            pytest.param(
                signal.SIGKILL,
                _BUSY,
                marks=pytest.mark.skipif(
                    sys.platform != "linux", reason="nobody can end it elsewhere"
                ),
            ),
        ],
    )
    def test_its_end_is_the_end_of_the_plugin(
        self, how: signal.Signals, then: str, tmp_path: Path
    ) -> None:
        told = tmp_path / "told"
        text = _TELLER.format(told=str(told), then=then)
        (tmp_path / "teller.py").write_text(text)
        asker = subprocess.Popen(
            [sys.executable, "-c", _ASKER, "teller", str(tmp_path)],
            env={**os.environ, "TMPDIR": str(tmp_path)},
            stderr=subprocess.DEVNULL,
        )
        try:
            for _ in range(500):
                if told.exists() and told.read_text():
                    break
                time.sleep(0.02)
            plugin = int(told.read_text())
            assert is_alive(plugin)
            asker.send_signal(how)
            asker.wait(10)
            assert ends_soon(plugin)
        finally:
            asker.kill()
            asker.wait()
        if how is signal.SIGINT:
            assert list(tmp_path.glob("pip-variants-*")) == []


RAW = st.text('aA-. \t1"[]{},:\\n', max_size=3)
SPOILED = st.builds(
    '{{"features": [["{}", ["{}", "{}"], false], ["{}", ["1"], true]]}}'.format,
    *(RAW, RAW, RAW, RAW),
).map(str.encode)
"""A good reply, with quotes and brackets where nobody escaped them."""


class TestReplies:
    """What stands in the answer is untrusted."""

    @given(st.binary(max_size=300) | SPOILED)
    def test_of_any_bytes_only_valid_names_and_values_come_through(
        self, data: bytes
    ) -> None:
        """R9, R10: lower-case letters, digits and "_", and in values "." as well."""
        for name, values in read_reply(data).features:
            assert re.fullmatch("[a-z0-9_]+", name)
            assert values
            assert all(re.fullmatch("[a-z0-9_.]+", value) for value in values)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["type", "text", "stage", "where"]), inner
                )
            ),
            max_leaves=20,
        ),
        st.sampled_from(
            ["features", "error", "dropped", "namespace", "variables", "replaced"]
        ),
    )
    def test_anything_in_any_place_is_a_reply(self, value: object, key: str) -> None:
        reply = read_reply(json.dumps({key: value}).encode())
        assert isinstance(reply.failure, str)
        assert all(isinstance(name, str) for name in reply.variables)

    @given(
        st.lists(
            st.tuples(
                st.text("aA_ 1", max_size=3),
                st.lists(st.text("1.V-\n", max_size=3), max_size=5),
                st.booleans() | st.none(),
            ),
            max_size=6,
        )
    )
    def test_only_valid_and_different_things_come_through_in_their_order(
        self, items: list[tuple[str, list[str], bool | None]]
    ) -> None:
        """R9, R10, R91: names and values are checked, and keep their order."""
        reply = read_reply(json.dumps({"features": items}).encode())
        expected: dict[str, tuple[str, ...]] = {}
        for name, values, _ in items:
            if is_feature_name(name) and name not in expected:
                expected[name] = tuple(dict.fromkeys(filter(is_value, values)))
        assert reply.features == tuple((n, v) for n, v in expected.items() if v)


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
