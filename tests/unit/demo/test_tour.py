"""The tour: how steps are run and shown. What pip says in them is tested elsewhere."""

from __future__ import annotations

import doctest
import importlib
import io
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from pathlib import Path

import pytest

from pip_variants.demo import tour
from pip_variants.demo.environment import clean_environ
from pip_variants.demo.tour import STEPS, Step, run_steps, serve

SRC = Path(tour.__file__).parents[2]


def python_step(code: str, **fields: object) -> Step:
    return Step("A title", ("python", "-c", code), **fields)  # type: ignore[arg-type]


def run(folder: Path, *steps: Step) -> tuple[tuple[str, ...], str]:
    out = io.StringIO()
    failures = run_steps(
        steps,
        python=Path(sys.executable),
        environ=clean_environ(os.environ, PYTHONIOENCODING="utf-8"),
        cwd=folder,
        out=out,
    )
    return failures, out.getvalue()


class TestStep:
    def test_is_shown_as_it_would_be_typed(self) -> None:
        step = Step(
            "", ("pip", "install", "torch==2.8.0#cu126"), (("A", "1"), ("B", "x y"))
        )

        assert step.line == "A=1 B='x y' pip install 'torch==2.8.0#cu126'"

    def test_of_the_tour_are_values(self) -> None:
        assert len(set(STEPS)) == len(STEPS)


class TestRunSteps:
    def test_shows_heading_command_and_output(self, tmp_path: Path) -> None:
        failures, text = run(
            tmp_path,
            python_step("print(1)", environ=(("A", "b"),)),
            python_step("print(2)"),
        )

        assert failures == ()
        assert text == textwrap.dedent(
            """
            1. A title
            ----------
            $ A=b python -c 'print(1)'
            1

            2. A title
            ----------
            $ python -c 'print(2)'
            2
            """
        )

    def test_mixes_output_and_errors_in_their_order(self, tmp_path: Path) -> None:
        code = (
            "import sys\n"
            "for stream in (sys.stdout, sys.stderr, sys.stdout):\n"
            "    print(stream.name, file=stream, flush=True)"
        )

        _, text = run(tmp_path, python_step(code))

        assert text.splitlines()[-3:] == ["<stdout>", "<stderr>", "<stdout>"]

    def test_sets_variables_for_one_step_only(self, tmp_path: Path) -> None:
        code = "import os; print(os.environ.get('A'))"

        _, text = run(
            tmp_path,
            python_step(code, environ=(("A", "b"),)),
            Step("", ("python", "-c", code)),
        )

        assert [line for line in text.splitlines() if line in ("b", "None")] == [
            "b",
            "None",
        ]

    def test_reports_every_other_exit_status(self, tmp_path: Path) -> None:
        failures, _ = run(
            tmp_path,
            python_step("raise SystemExit(3)", status=3),
            python_step("raise SystemExit(3)"),
            python_step("pass", status=1),
        )

        assert failures == (
            "2. A title: exit status 3, expected 0",
            "3. A title: exit status 0, expected 1",
        )

    def test_runs_pip_and_offers_no_input(self, tmp_path: Path) -> None:
        failures, text = run(
            tmp_path,
            Step("", ("pip", "--version"), (("PIP_VARIANTS_OFF", "1"),)),
            python_step("import sys; print('read', repr(sys.stdin.read()))"),
        )

        assert failures == ()
        assert "$ PIP_VARIANTS_OFF=1 pip --version\npip " in text
        assert "read ''" in text

    def test_shows_what_is_not_text(self, tmp_path: Path) -> None:
        _, text = run(tmp_path, python_step("import os; os.write(1, bytes([255, 10]))"))

        assert text.endswith("\N{REPLACEMENT CHARACTER}\n")

    def test_ends_a_command_that_hangs(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tour, "_LIMIT", 0.5)

        [failure], _ = run(tmp_path, python_step("import time; time.sleep(60)"))

        assert failure.startswith("1. A title: exit status ")

    def test_ends_a_command_when_nobody_reads(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Closed(io.StringIO):
            def write(self, text: str) -> int:
                if text == "here\n":
                    raise BrokenPipeError
                return super().write(text)

        started = time.monotonic()
        with pytest.raises(BrokenPipeError):
            run_steps(
                [python_step("import time; print('here', flush=True); time.sleep(60)")],
                python=Path(sys.executable),
                environ=clean_environ(os.environ),
                cwd=tmp_path,
                out=Closed(),
            )

        assert time.monotonic() - started < 30


class TestServe:
    @pytest.mark.skipif(os.name == "nt", reason="no signal can be sent there")
    def test_lasts_until_it_is_interrupted(self, tmp_path: Path) -> None:
        code = (
            "import sys; from pip_variants.demo.tour import serve\n"
            "sys.exit(serve(port=0, out=sys.stdout))"
        )
        environ = clean_environ(os.environ, PYTHONPATH=str(SRC), TMPDIR=str(tmp_path))
        with subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        ) as process:
            assert process.stdout is not None
            try:
                line = process.stdout.readline()
                [url] = [word for word in line.split() if word.startswith("http:")]
                opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                with opener.open(url, timeout=10) as page:
                    assert b"torch/" in page.read()
                assert len(list(tmp_path.iterdir())) == 1
                process.send_signal(signal.SIGINT)
                assert process.wait(timeout=20) == 0
            finally:
                process.kill()
            rest = process.stdout.read()

        assert f"PIP_INDEX_URL={url}" in rest
        assert "Traceback" not in rest
        assert list(tmp_path.iterdir()) == []

    def test_says_when_the_port_is_taken(self) -> None:
        out = io.StringIO()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            assert serve(port=port, out=out) == 1

        assert out.getvalue().startswith(f"The index cannot be served on port {port}: ")


@pytest.mark.parametrize(
    "name",
    sorted(path.stem for path in Path(tour.__file__).parent.glob("*.py")),
)
def test_samples_in_docstrings_are_true(name: str) -> None:
    package = "pip_variants.demo"
    module = importlib.import_module(
        package if name == "__init__" else f"{package}.{name}"
    )

    assert doctest.testmod(module).failed == 0
