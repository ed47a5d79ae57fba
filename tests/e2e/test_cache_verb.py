"""``pip variant cache``: what is kept of the answers of providers."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pip_variants import __version__
from pip_variants.cache_folder import provider_folders
from pip_variants.demo.environment import fresh_environment
from pip_variants.variantlib.builtin import BUILTINS
from pip_variants.variantlib.cache import DiskCache
from tests.e2e.json_page import explained, keys, shown
from tests.kit import SCHEMA_0_2_0, Document, Index, Pip
from tests.providers.zoo import build, install_into

HEAD = "Provider Source Asked Answer Counts"
DAY = 24 * 3600.0
TRUST = "--variant-trusted-providers=zoo-gen6"


class Runs(NamedTuple):
    """An environment with plugins, and what is kept of two runs in it."""

    python: Path
    cache: Path
    platform: Document
    """What one of them said of this machine."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """``pip variant platform``, and an installation that asks a trusted package."""
    folder = tmp_path_factory.mktemp("runs")
    pip = Pip(fresh_environment(folder / "env"), folder / "home")
    install_into(pip.site, "environment")
    install_into(pip.site, "raising")
    told = pip("variant", "platform", "--json").ok()
    with Index(folder / "index") as index:
        build("gen6", index.project("zoo-gen6"))
        index.add(
            {
                "$schema": SCHEMA_0_2_0,
                "default-priorities": {"namespace": ["gen6"]},
                "providers": {"gen6": {"requires": ["zoo-gen6"]}},
                "variants": {"fast": {"gen6": {"speed": ["2"]}}, "null": {}},
            }
        )
        taken = pip.dry(index, TRUST, "demo").ok().would_install
    assert taken == ["demo-1.0-fast"]
    return Runs(pip.python, pip.cache / "variants", json.loads(told.out))


class Kept:
    """What is in the cache of a pip before it runs."""

    def __init__(self, pip: Pip) -> None:
        self.folder = pip.cache / "variants"
        self.detected = self.folder / "detected"
        self.providers = self.folder / "providers"
        self._environ = pip.environ()

    @property
    def package(self) -> Path:
        """The folder of the only provider package."""
        (found,) = provider_folders(self.folder)
        return found

    @property
    def size(self) -> int:
        return sum(p.stat().st_size for p in self.folder.rglob("*") if p.is_file())

    def replace(
        self,
        content: Mapping[str, Any] | None = None,
        *,
        name: str = "",
        age: float = 0,
    ) -> None:
        """Put another answer in the place of the one about x86_64.

        :param content: None for the same.
        :param name: of the provider, where that is to be another.
        :param age: in seconds.
        """
        cache = DiskCache(self.detected, lambda: time.time() - age)
        (entry,) = [e for e in cache.entries() if e.key["provider"] == "x86_64"]
        key = {**entry.key, "provider": name or "x86_64"}
        new = entry.content if content is None else content
        cache.put(key, new, self._environ, entry.variables, entry.lifetime)


@pytest.fixture
def pip(runs: Runs, tmp_path: Path) -> Pip:
    """pip in the environment with plugins, and no cache."""
    return Pip(runs.python, tmp_path / "home")


@pytest.fixture
def kept(pip: Pip, runs: Runs) -> Kept:
    """As those runs left it."""
    shutil.copytree(runs.cache, pip.cache / "variants")
    return Kept(pip)


def told(pip: Pip, action: str = "info", *options: str, **environ: str) -> Document:
    result = pip("variant", "cache", action, "--json", *options, environ=environ).ok()
    assert result.err == ""
    document: Document = json.loads(result.out)
    assert document["version"] == 1
    return document


def answer(document: Document, provider: str = "x86_64") -> Document:
    """Return the only answer of a provider."""
    (found,) = [each for each in document["answers"] if each["provider"] == provider]
    given: Document = found
    return given


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_nothing_is_kept(pip: Pip) -> None:
    folder = pip.cache / "variants"
    result = pip("variant", "cache", "info").ok()
    assert result.out == (
        f"Folder: {folder}\nSize: 0 bytes\nProvider packages: 0\nAnswers: 0\n"
    )
    result = pip("variant", "cache", "purge").ok()
    assert result.out == (
        "Answers removed: 0, provider packages removed: 0 (0 bytes)\n"
    )
    assert not folder.exists()


def test_info_shows_each_answer(pip: Pip, kept: Kept, runs: Runs) -> None:
    result = pip("variant", "cache", "info", environ={"ZOO_GET": "1"}).ok()
    (head, size, packages, count, table_head, *rows) = lines(result.out)
    assert head == f"Folder: {kept.folder}"
    assert re.fullmatch(r"Size: \d+(\.\d)? kB", size)
    assert packages == "Provider packages: 1"
    # When they were asked is another time in every run.
    table = [re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "TIME", row) for row in rows]
    builtin = []
    for namespace in sorted(BUILTINS):
        found = len(runs.platform["properties"][namespace])
        text = f"features: {found}" if found else "nothing"
        builtin.append(f"{namespace} {__version__} built-in TIME {text} yes")
    assert table_head == HEAD
    names = [row.split()[0] for row in table]
    assert names == sorted(names)
    # Of one package, both answers are of the same second.
    assert sorted(table) == [
        *builtin,
        "zoo-environment 1.0 plugin TIME features: 1 no: other environment variables",
        "zoo-gen6 1.0 plugin TIME features: 2 yes",
        "zoo-raising 1.0 plugin TIME cannot be loaded: FileNotFoundError: ... yes",
        "zoo-raising 1.0 plugin TIME raised ValueError: no driver, or an ... yes",
    ]
    assert count == f"Answers: {len(table)}"


def test_info_as_json(pip: Pip, kept: Kept, runs: Runs) -> None:
    document = told(pip)
    assert document["folder"] == str(kept.folder)
    assert document["size"] == kept.size
    assert document["providers"] == 1
    gen6 = answer(document, "zoo-gen6")
    asked = gen6.pop("asked")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", asked)
    assert gen6 == {
        "provider": "zoo-gen6",
        "source": "plugin",
        "version": "1.0",
        "counts": True,
        "reason": "",
        "features": 2,
        "failure": "",
    }
    raised = [each for each in document["answers"] if each["failure"]]
    assert {each["provider"] for each in raised} == {"zoo-raising"}
    assert {each["features"] for each in raised} == {None}
    for namespace in BUILTINS:
        found = answer(document, namespace)
        assert (found["source"], found["version"]) == ("built-in", __version__)
        assert found["features"] == len(runs.platform["properties"][namespace])


def test_the_keys_are_those_of_the_page(pip: Pip, kept: Kept) -> None:
    document = told(pip)
    assert set(keys(document)) == set(keys(shown("cache")))
    assert shown("cache")["version"] == document["version"]
    both = {*keys(document), *keys(told(pip, "purge"))}
    named = {key for place in both for key in re.findall(r"[a-z]+$", place)}
    assert named <= explained("cache") | {"version"}


def test_what_runs_kept_is_what_they_use(pip: Pip, kept: Kept, runs: Runs) -> None:
    """What counts here is what another run would not ask for again."""
    assert all(each["counts"] for each in told(pip)["answers"])
    platform = json.loads(pip("variant", "platform", "--json").ok().out)
    assert {name: each["cached"] for name, each in platform["sources"].items()} == (
        dict.fromkeys(runs.platform["sources"], True)
    )


@pytest.mark.parametrize(
    ("age", "reason"), [(8 * DAY, "too old"), (-600, "too old"), (6 * DAY, "")]
)
def test_an_answer_that_is_too_old(
    pip: Pip, kept: Kept, age: float, reason: str
) -> None:
    """A week is the limit, and what comes from the future does not count either."""
    kept.replace(age=age)
    found = answer(told(pip))
    assert (found["counts"], found["reason"]) == (not reason, reason)


def test_another_variable_that_a_plugin_looked_at(pip: Pip, kept: Kept) -> None:
    stale = [each for each in told(pip, ZOO_GET="1")["answers"] if not each["counts"]]
    assert [(each["provider"], each["reason"]) for each in stale] == [
        ("zoo-environment", "other environment variables")
    ]


def test_a_variable_that_drivers_read_makes_it_another_machine(
    pip: Pip, kept: Kept
) -> None:
    document = told(pip, CUDA_VISIBLE_DEVICES="")
    assert {(each["counts"], each["reason"]) for each in document["answers"]} == {
        (False, "other machine, boot, driver or variables")
    }


@pytest.mark.parametrize(
    "content", [{}, {"features": 5}, {"failure": ["x"]}, {"features": None}]
)
def test_an_answer_of_a_form_that_is_not_known(
    pip: Pip, kept: Kept, content: dict[str, Any]
) -> None:
    kept.replace(content)
    found = answer(told(pip))
    assert (found["features"], found["failure"]) == (None, "")
    assert " unknown " in pip("variant", "cache", "info").ok().out


def test_hostile_files(pip: Pip, kept: Kept) -> None:
    """Neither a traceback nor a control sequence."""
    before = len(told(pip)["answers"])
    kept.replace({"failure": "\x1b]0;title\x07" * 1000}, name="x\x1b[31m\nAnswers: 99")
    (kept.detected / f"{'a' * 64}.json").write_bytes(b"{" * 1000)
    result = pip("variant", "cache", "info").ok()
    assert result.err == ""
    assert "\x1b" not in result.out
    assert f"Answers: {before + 1}" in lines(result.out)
    assert max(map(len, result.out.splitlines())) < 200
    assert told(pip, "purge")["removed"]["answers"] == before + 2


def test_purge_removes_answers_and_provider_packages(pip: Pip, kept: Kept) -> None:
    count = len(told(pip)["answers"])
    # As a run that was ended leaves it.
    left_behind = kept.providers / ".new-0123"
    shutil.copytree(kept.package / "packages", left_behind / "packages")
    others = pip.cache / "http-v2" / "file"
    others.parent.mkdir(exist_ok=True)
    others.write_text("pip's own")
    result = pip("variant", "cache", "purge").ok()
    assert re.fullmatch(
        rf"Answers removed: {count}, provider packages removed: 1 \(\d+(\.\d)? kB\)\n",
        result.out,
    )
    assert [*kept.providers.iterdir(), *kept.detected.iterdir()] == []
    assert others.read_text() == "pip's own"
    assert told(pip)["answers"] == []


def test_purge_as_json(pip: Pip, kept: Kept) -> None:
    before = told(pip)
    document = told(pip, "purge")
    assert document == {
        "version": 1,
        "folder": str(kept.folder),
        "removed": {
            "answers": len(before["answers"]),
            "providers": 1,
            "size": before["size"],
        },
    }


def test_purge_follows_no_links(pip: Pip, kept: Kept, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "provider.json").write_text("kept")
    package = kept.package
    (package / "packages" / "inside").symlink_to(victim)
    (kept.providers / "link").symlink_to(victim)
    document = told(pip, "purge")
    assert document["removed"]["providers"] == 1
    assert (victim / "provider.json").read_text() == "kept"
    assert not package.exists()


def test_purge_leaves_a_folder_that_is_a_link(
    pip: Pip, kept: Kept, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    package = victim / kept.package.name
    kept.providers.rename(victim)
    kept.providers.symlink_to(victim)
    assert told(pip)["providers"] == 0
    assert told(pip, "purge")["removed"]["providers"] == 0
    assert (package / "provider.json").is_file()


@pytest.mark.parametrize("spoiled", ["", "variants", "variants/detected"])
def test_a_file_in_place_of_a_folder(pip: Pip, spoiled: str) -> None:
    """E40."""
    file = pip.cache / spoiled
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("no folder")
    for action in ("info", "purge"):
        result = pip("variant", "cache", action).ok()
        assert "Traceback" not in result.both
    assert file.read_text() == "no folder"


def test_without_a_cache(pip: Pip, kept: Kept) -> None:
    before = kept.size
    for action in ("info", "purge"):
        result = pip("variant", "cache", action, "--no-cache-dir").ok()
        assert result.out == "pip's cache is switched off, so that nothing is kept.\n"
    document = told(pip, "info", "--no-cache-dir")
    assert set(document) == {"version", "folder", "size", "answers", "providers"}
    assert document["folder"] is None
    document = told(pip, "purge", "--no-cache-dir")
    assert document["removed"] == {"answers": 0, "providers": 0, "size": 0}
    assert kept.size == before


def test_another_cache(pip: Pip, tmp_path: Path) -> None:
    document = told(pip, "info", "--cache-dir", str(tmp_path / "other"))
    assert document["folder"] == str(tmp_path / "other" / "variants")


@pytest.mark.skipif(os.name == "nt", reason="folders have owners on POSIX")
@pytest.mark.skipif(os.name != "nt" and os.geteuid() != 0, reason="needs root")
def test_a_cache_of_somebody_else_is_switched_off_by_pip(pip: Pip, kept: Kept) -> None:
    os.chown(pip.cache, 12345, 12345)
    result = pip("variant", "cache", "info").ok()
    assert result.out == "pip's cache is switched off, so that nothing is kept.\n"
    assert "The cache has been disabled" in result.err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "no action given; choose one of: info, purge"),
        (("list",), "unknown action 'list'; choose one of: info, purge"),
        (("info", "x"), "pip variant cache takes no further argument: 'x'"),
        (("purge", "x"), "pip variant cache takes no further argument: 'x'"),
    ],
)
def test_arguments_that_make_no_sense(
    pip: Pip, args: tuple[str, ...], message: str
) -> None:
    result = pip("variant", "cache", *args).failed()
    assert result.err == f"ERROR: {message}\n"
    assert result.status == 1


def test_quiet(pip: Pip, kept: Kept) -> None:
    assert pip("variant", "cache", "purge", "-q").ok().both == ""
    assert told(pip)["answers"] == []
