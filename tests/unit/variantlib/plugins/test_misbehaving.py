"""Plugins that hang, fork, crash or answer nonsense."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from pip_variants.variantlib.plugins.probing import probe
from tests.providers.zoo import ZOO
from tests.unit.variantlib.plugins.asking import (
    POSIX,
    SPEED,
    ask,
    child_of,
    ends_soon,
    interpreter,
    is_alive,
)

pytestmark = pytest.mark.usefixtures("nothing_stays_in_the_folder_of_temporary_files")


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
