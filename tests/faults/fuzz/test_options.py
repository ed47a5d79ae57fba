"""What a run of the fuzzer begins with, and what its options refuse."""

from __future__ import annotations

import pytest

from .__main__ import FIRST, for_runs, read
from .targets import TARGETS, corpus


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--runs 5 --seconds 5", "not allowed with"),
        ("--runs 0", "invalid"),
        ("--runs -1", "invalid"),
        ("--runs many", "invalid"),
        ("--runs 5 --keep there", "--keep does not go with --runs"),
        ("--target nothing", "invalid choice"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    line: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        read(line.split())
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_a_run_of_seconds_is_what_happens_unless_runs_are_asked_for() -> None:
    assert (read([]).runs, read([]).seconds) == (None, 600)
    assert read(["--runs", "5"]).runs == 5


def test_what_is_tried_first_are_targets() -> None:
    assert set(FIRST) <= set(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_a_run_of_the_same_inputs_begins_with_every_sample_and_no_clock(
    name: str,
) -> None:
    """libFuzzer parts the names at commas, and reads folders in any order."""
    options = dict(option.split("=", 1) for option in for_runs(name, 7))
    assert options["-runs"] == "7"
    assert "-max_total_time" not in options
    assert len(options["-seed_inputs"].split(",")) == len(corpus(name))
