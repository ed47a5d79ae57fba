"""The cache of answers, and plugins that are asked, when pip is ended meanwhile."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest

from pip_variants.demo.environment import fresh_environment
from tests.faults._snapshots import documents
from tests.faults.interruptions._sweep import (
    ENDINGS,
    Mortal,
    every,
    linux,
    spread,
)
from tests.kit import SCHEMA_0_2_0, Index, Pip
from tests.providers.zoo import put

pytestmark = linux

_PLUGIN = """
import os, signal, subprocess, sys, time


class Level:
    name, values, multi_value = "level", ["1"], False


class Plugin:
    namespace = "avenger"

    @classmethod
    def get_supported_configs(cls):
        return [Level] if ending() is None else cls.wait()

    @classmethod
    def get_all_configs(cls):
        return [Level]

    @staticmethod
    def wait():
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        os.kill(os.getppid(), getattr(signal, ending()))
        time.sleep(600)


def ending():
    return os.environ.get("ENDING")
"""
"""Answers, or ends the process that asks, and goes on with a child of its own."""

DOCUMENT = {
    "$schema": SCHEMA_0_2_0,
    "default-priorities": {"namespace": ["avenger"]},
    "providers": {"avenger": {"requires": ["avenger"]}},
    "variants": {"one": {"avenger": {"level": ["1"]}}, "null": {}},
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index(tmp_path_factory.mktemp("plugins") / "index") as index:
        index.add(DOCUMENT)
        yield index


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    folder = tmp_path_factory.mktemp("asked")
    pip = Pip(fresh_environment(folder / "env"), folder / "home")
    put(
        pip.site,
        "avenger",
        files={"avenger.py": _PLUGIN.encode()},
        entry_points={"variant_plugins": {"avenger": "avenger:Plugin"}},
    )
    with Mortal(pip, folder / "temporary") as mortal:
        yield mortal


def line(index: Index) -> tuple[str, ...]:
    return ("install", "--dry-run", "--index-url", index.url, "demo")


def forget(mortal: Mortal) -> None:
    shutil.rmtree(mortal.pip.cache, ignore_errors=True)
    mortal.clear()


@pytest.mark.parametrize("ending", [*ENDINGS, "SIGHUP"])
def test_a_plugin_ends_with_the_pip_that_asks(
    mortal: Mortal, index: Index, ending: str
) -> None:
    forget(mortal)
    run = mortal(*line(index), variables={"ENDING": ending})
    assert run.status in (1, -9, -15, -1)
    assert "Would install" not in run.out
    assert run.nothing_runs(), run.left_running
    if ending == "SIGINT":
        assert mortal.leftovers() == []
    again = mortal(*line(index)).ok()
    assert "Would install demo-1.0-one" in again.out


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_cache_that_is_being_written_is_whole(
    mortal: Mortal, index: Index, ending: str, thorough: bool
) -> None:
    picked = every if thorough else spread(3, ENDINGS.index(ending))
    folder = mortal.pip.cache / "variants" / "detected"
    for moment, run in mortal.sweep(
        "variant",
        "platform",
        before=lambda: forget(mortal),
        ending=ending,
        picked=picked,
    ):
        assert run.nothing_runs(), f"{moment}: {run.left_running}"
        assert "Traceback" not in run.err, f"{moment}: {run.err}"
        # Each of them is a document.
        documents(folder, "*.json")
        if ending == "SIGINT":
            assert mortal.leftovers() == [], moment
            assert [*folder.rglob("*.tmp")] == [], moment
        again = mortal(*line(index)).ok()
        assert again.err == "", moment
        assert "Would install demo-1.0-one" in again.out, moment
        mortal("variant", "cache", "purge").ok()
        assert [*folder.rglob("*")] == [], moment


def test_answers_are_given_back_after_all(mortal: Mortal) -> None:
    """The moments above are some at which there is something to lose."""
    forget(mortal)
    mortal("variant", "platform").ok()
    found = documents(mortal.pip.cache / "variants" / "detected", "*.json")
    assert any("avenger" in json.dumps(each) for each in found.values())
