"""The report that plugin authors get."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from pip_variants.variantlib.plugins.conformance import Outcome, Report, check_plugin
from pip_variants.variantlib.plugins.probing import Interpreter
from tests.providers.zoo import ZOO

OK, WARNING, ERROR, NOT_APPLICABLE = Outcome


def check(animal: str, thing: str = "", *, seconds: float = 10.0) -> Report:
    api = ZOO[animal].api
    if thing:
        api = f"{api.partition(':')[0]}:{thing}"
    return check_source(api, ZOO[animal].source, seconds=seconds)


def check_source(api: str, path: Path, *, seconds: float = 10.0) -> Report:
    python = Interpreter(sys.executable, dict(os.environ), isolated=True)
    return check_plugin([api], [str(path)], python, seconds=seconds)


def outcomes(report: Report) -> dict[str, Outcome]:
    return {check.name: check.outcome for check in report.checks}


def text(report: Report, name: str) -> str:
    (found,) = [check.text for check in report.checks if check.name == name]
    return found


@pytest.fixture(scope="module")
def good() -> Report:
    return check("gen6")


def test_a_good_plugin_passes_every_check(good: Report) -> None:
    assert set(outcomes(good).values()) == {OK}
    assert good.passed


def test_the_checks_and_their_names_are_stable(good: Report) -> None:
    assert list(outcomes(good)) == [
        "answers",
        "interface",
        "supported",
        "multi_value",
        "supported twice",
        "all",
        "all twice",
        "among all",
        "all_properties_compatible",
        "output",
        "ending",
        "side effects",
    ]
    assert all(check.text.endswith(".") for check in good.checks)


def test_the_report_is_json_with_the_order_in_it(good: Report) -> None:
    report = json.loads(json.dumps(good.to_dict()))
    assert report["passed"] is True
    assert report["api"] == "zoo_gen6:Plugin"
    assert report["generation"] == "6"
    assert report["namespace"] is None
    assert report["supported"] == [
        {"name": "speed", "values": ["2", "1"], "multi_value": True},
        {"name": "colour", "values": ["red"], "multi_value": False},
    ]
    assert [feature["name"] for feature in report["all"]] == ["colour", "speed"]
    assert report["checks"][3] == {
        "name": "multi_value",
        "outcome": "ok",
        "text": "Each feature says whether a wheel may list several of its values.",
    }


def test_a_module_is_as_good_as_a_class() -> None:
    """R88."""
    found = outcomes(check("module_only"))
    assert found.pop("all_properties_compatible") is NOT_APPLICABLE
    assert set(found.values()) == {OK}


@pytest.mark.parametrize("animal", ["gen1", "gen1b", "gen2", "gen3", "gen4"])
def test_an_old_interface_is_a_warning(animal: str) -> None:
    report = check(animal)
    found = outcomes(report)
    assert found["interface"] is WARNING
    assert found["multi_value"] is WARNING
    assert report.passed


def test_a_plugin_for_installers_needs_no_list_of_everything() -> None:
    found = outcomes(check("printing"))
    for name in ("all", "all twice", "among all", "all_properties_compatible"):
        assert found[name] is NOT_APPLICABLE
    assert found["output"] is WARNING


@pytest.mark.parametrize(
    ("animal", "thing", "sentence"),
    [
        ("raising", "", "The plugin raised ValueError: no driver, or an old one"),
        ("crashing", "WithStatus", "The plugin ended with status 3 and no answer."),
        ("hanging", "", "The plugin did not answer within 1.5 s."),
        (
            "wrong_types",
            "NoList",
            "The plugin answered with a dict in place of a list.",
        ),
        (
            "nothing",
            "NoPlugin",
            "The plugin cannot be loaded: zoo_nothing:NoPlugin has",
        ),
    ],
)
def test_without_an_answer_there_is_nothing_else_to_check(
    animal: str, thing: str, sentence: str
) -> None:
    report = check(animal, thing, seconds=1.5)
    assert outcomes(report) == {"answers": ERROR}
    assert text(report, "answers").startswith(sentence)
    assert not report.passed
    assert report.to_dict()["all"] is None


def test_bad_items_are_an_error_of_the_plugin() -> None:
    """R9, R10: an installer drops them, which no author wants."""
    report = check("upper_case")
    found = outcomes(report)
    assert found["supported"] is ERROR
    assert "such as 'HAL9000'" in text(report, "supported")
    assert not report.passed


def test_a_value_that_is_not_among_all_is_an_error() -> None:
    """R103; the fictional hardware has always had one such value."""
    report = check("fictional_hw_new")
    assert [c.name for c in report.checks if c.outcome is ERROR] == ["among all"]
    assert "compute_accuracy :: 1000" in text(report, "among all")


def test_nothing_at_all_is_legal_but_told() -> None:
    """R92."""
    report = check("nothing")
    assert outcomes(report)["supported"] is WARNING
    assert outcomes(report)["multi_value"] is NOT_APPLICABLE
    assert report.passed


def test_another_answer_every_time_is_an_error() -> None:
    report = check("moody")
    found = outcomes(report)
    assert found["supported twice"] is ERROR
    assert found["all twice"] is OK
    assert found["among all"] is ERROR
    assert found["side effects"] is WARNING
    assert text(report, "side effects") == (
        "The plugin puts modules of its own in the place of json, packaging."
    )


@pytest.mark.skipif(os.name != "posix", reason="needs fork and signals")
@pytest.mark.parametrize(
    ("animal", "thing", "sentence"),
    [
        ("forking", "Daemon", "The process left processes behind."),
        ("crashing", "AfterTheAnswer", "The process was ended by SIGSEGV."),
        ("hanging", "AfterTheAnswer", "The process did not end after its answer."),
    ],
)
def test_an_untidy_end_is_a_warning(animal: str, thing: str, sentence: str) -> None:
    report = check(animal, thing)
    assert outcomes(report)["ending"] is WARNING
    assert text(report, "ending") == sentence
    assert report.passed


_FEATURE = """\
import os, random
from types import SimpleNamespace
def feature(name, values, multi_value=False):
    return SimpleNamespace(name=name, values=values, multi_value=multi_value)
"""


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (
            (
                "def get_supported_configs(): return [feature('a', ['1'])]\n"
                "def get_all_configs(): return [feature('a', [str(os.getpid()), '1'])]\n"
            ),
            {"all twice"},
        ),
        (
            (
                "def get_supported_configs(): return [feature('a', ['1'])]\n"
                "def get_all_configs(): return []\n"
            ),
            {"all", "among all"},
        ),
        (
            (
                "def get_supported_configs(): return [feature('a', ['1'])]\n"
                "def get_all_configs(): raise OSError\n"
            ),
            {"all"},
        ),
        (
            (
                "all_properties_compatible = True\n"
                "def get_supported_configs(): return [feature('a', ['1'])]\n"
                "def get_all_configs(): return [feature('a', ['1', '2'])]\n"
            ),
            {"all_properties_compatible"},
        ),
        (
            (
                "def get_supported_configs():\n"
                "    return [SimpleNamespace(name='a', values=['1']), feature('b', ['1'])]\n"
            ),
            {"multi_value"},
        ),
        (
            # The order of a set is another one in each process.
            (
                "def get_supported_configs():\n"
                "    return [feature('a', list({f'v{n}' for n in range(1000)}))]\n"
            ),
            {"supported twice"},
        ),
    ],
)
def test_each_broken_promise_is_named(
    body: str, wrong: set[str], tmp_path: Path
) -> None:
    (tmp_path / "broken.py").write_text(_FEATURE + body)
    report = check_source("broken", tmp_path)
    assert {c.name for c in report.checks if c.outcome is ERROR} == wrong
