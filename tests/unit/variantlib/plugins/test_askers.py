"""Who asks plugins: which interpreter, how many at once, and what if that one ends."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from pip_variants.variantlib.plugins import probing
from pip_variants.variantlib.plugins.probing import (
    Interpreter,
    Question,
    probe,
    probe_all,
)
from tests.providers.zoo import ZOO
from tests.unit.variantlib.plugins.asking import (
    BOTH,
    POSIX,
    SPEED,
    ask,
    ends_soon,
    interpreter,
    is_alive,
)

pytestmark = pytest.mark.usefixtures("nothing_stays_in_the_folder_of_temporary_files")


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
