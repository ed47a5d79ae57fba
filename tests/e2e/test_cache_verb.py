"""``pip variant cache``: what is kept of the answers of providers."""

from __future__ import annotations

import json
import os
import platform
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pip_variants.variantlib.builtin.host import Host
from pip_variants.variantlib.cache import DiskCache
from pip_variants.variantlib.fingerprint import fingerprint_digest
from tests.e2e.kit import Document, Pip
from tests.e2e.test_json_output import explained, keys, shown

ANSWER = {"features": [["level", ["v2", "v1"]], ["avx", ["on"]]], "failure": ""}
FAILURE = {"features": [], "failure": "did not answer within 10 s"}

HEAD = "Provider Source Asked Answer Counts"


class Kept:
    """What is in the cache of a pip before it runs."""

    def __init__(self, pip: Pip) -> None:
        self.folder = pip.cache / "variants"
        self.detected = self.folder / "detected"
        self.providers = self.folder / "providers"
        self._environ = pip.environ()

    def answer(
        self,
        provider: str,
        content: Mapping[str, Any] = ANSWER,
        *,
        machine: str | None = None,
        age: float = 0,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Keep an answer as a run in this environment would."""
        host = Host(platform.system(), platform.machine(), self._environ)
        key = {
            "provider": provider,
            "source": "built-in",
            "version": "0.1.0",
            "machine": machine or fingerprint_digest(host),
        }
        cache = DiskCache(self.detected, lambda: time.time() - age)
        environ = variables or {}
        cache.put(key, content, {**self._environ, **environ}, environ, 3600.0)

    def provider(self, name: str, *, complete: bool = True) -> Path:
        """Put a provider package there; return a file deep in it."""
        module = self.providers / name / "site" / "module.py"
        module.parent.mkdir(parents=True)
        module.write_text("x" * 1000)
        if complete:
            (self.providers / name / "provider.json").write_text("{}")
        return module


@pytest.fixture
def kept(pip: Pip) -> Kept:
    return Kept(pip)


def told(pip: Pip, action: str = "info", *options: str) -> Document:
    result = pip("variant", "cache", action, "--json", *options).ok()
    assert result.err == ""
    document: Document = json.loads(result.out)
    assert document["version"] == 1
    return document


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_nothing_is_kept(pip: Pip, kept: Kept) -> None:
    result = pip("variant", "cache", "info").ok()
    assert result.out == (
        f"Folder: {kept.folder}\nSize: 0 bytes\nProvider packages: 0\nAnswers: 0\n"
    )
    result = pip("variant", "cache", "purge").ok()
    assert result.out == (
        "Answers removed: 0, provider packages removed: 0 (0 bytes)\n"
    )
    assert not kept.folder.exists()


def test_info_shows_each_answer(pip: Pip, kept: Kept) -> None:
    kept.answer("x86_64")
    kept.answer("amd", FAILURE)
    kept.answer("nvidia", machine="f" * 64)
    kept.provider("key")
    (head, size, packages, answers, *table) = lines(
        pip("variant", "cache", "info").ok().out
    )
    assert head == f"Folder: {kept.folder}"
    assert re.fullmatch(r"Size: \d\.\d kB|Size: \d+ bytes", size)
    assert packages == "Provider packages: 1"
    assert answers == "Answers: 3"
    # When they were asked is another time in every run.
    shown_table = [re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "TIME", x) for x in table]
    assert shown_table == [
        HEAD,
        "amd 0.1.0 built-in TIME did not answer within 10 s yes",
        "nvidia 0.1.0 built-in TIME features: 2 no: other machine, boot, driver or variables",
        "x86_64 0.1.0 built-in TIME features: 2 yes",
    ]


def test_info_as_json(pip: Pip, kept: Kept) -> None:
    kept.answer("amd", FAILURE)
    kept.answer("x86_64")
    module = kept.provider("key")
    document = told(pip)
    (file, other) = kept.detected.iterdir()
    files = [file, other, module, module.parents[1] / "provider.json"]
    assert document["folder"] == str(kept.folder)
    assert document["size"] == sum(each.stat().st_size for each in files)
    assert document["providers"] == 1
    amd, x86_64 = document["answers"]
    asked = amd.pop("asked")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", asked)
    assert amd == {
        "provider": "amd",
        "source": "built-in",
        "version": "0.1.0",
        "counts": True,
        "reason": "",
        "features": None,
        "failure": "did not answer within 10 s",
    }
    assert (x86_64["features"], x86_64["failure"]) == (2, "")


def test_the_keys_are_those_of_the_page(pip: Pip, kept: Kept) -> None:
    kept.answer("x86_64")
    document = told(pip)
    assert set(keys(document)) == set(keys(shown("cache")))
    assert shown("cache")["version"] == document["version"]
    both = {*keys(document), *keys(told(pip, "purge"))}
    named = {key for place in both for key in re.findall(r"[a-z]+$", place)}
    assert named <= explained("cache") | {"version"}


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({}, ""),
        ({"age": 3700}, "too old"),
        ({"age": -600}, "too old"),
        ({"machine": "0" * 64}, "other machine, boot, driver or variables"),
        ({"variables": {"SOME_GPU": "1"}}, "other environment variables"),
    ],
)
def test_an_answer_that_does_not_count(
    pip: Pip, kept: Kept, how: dict[str, Any], reason: str
) -> None:
    kept.answer("x86_64", **how)
    (answer,) = told(pip)["answers"]
    assert (answer["counts"], answer["reason"]) == (not reason, reason)


def test_a_variable_that_drivers_read_makes_it_another_machine(
    pip: Pip, kept: Kept
) -> None:
    kept.answer("nvidia")
    hidden = {"CUDA_VISIBLE_DEVICES": ""}
    out = pip("variant", "cache", "info", "--json", environ=hidden).ok().out
    assert not json.loads(out)["answers"][0]["counts"]


@pytest.mark.parametrize(
    "content", [{}, {"features": 5}, {"failure": ["x"]}, {"features": None}]
)
def test_an_answer_of_a_form_that_is_not_known(
    pip: Pip, kept: Kept, content: dict[str, Any]
) -> None:
    kept.answer("x86_64", content)
    (answer,) = told(pip)["answers"]
    assert (answer["features"], answer["failure"]) == (None, "")
    assert " unknown " in pip("variant", "cache", "info").ok().out


def test_an_answer_of_nothing(pip: Pip, kept: Kept) -> None:
    kept.answer("nvidia", {"features": [], "failure": ""})
    assert told(pip)["answers"][0]["features"] == 0
    assert " nothing " in pip("variant", "cache", "info").ok().out


def test_hostile_files(pip: Pip, kept: Kept) -> None:
    """Neither a traceback nor a control sequence."""
    kept.answer("x86_64\x1b[31m\nAnswers: 9", {"failure": "\x1b]0;title\x07" * 1000})
    kept.answer("amd")
    (kept.detected / f"{'a' * 64}.json").write_bytes(b"{" * 1000)
    result = pip("variant", "cache", "info").ok()
    assert result.err == ""
    assert "\x1b" not in result.out
    assert "Answers: 2" in lines(result.out)
    assert max(map(len, result.out.splitlines())) < 200
    assert told(pip, "purge")["removed"]["answers"] == 3


def test_purge_removes_answers_and_provider_packages(pip: Pip, kept: Kept) -> None:
    kept.answer("x86_64")
    kept.answer("amd")
    kept.provider("key")
    kept.provider("left-behind", complete=False)
    others = pip.cache / "http-v2" / "file"
    others.parent.mkdir()
    others.write_text("pip's own")
    result = pip("variant", "cache", "purge").ok()
    assert re.fullmatch(
        r"Answers removed: 2, provider packages removed: 1 \(\d\.\d kB\)\n", result.out
    )
    assert [*kept.providers.iterdir(), *kept.detected.iterdir()] == []
    assert others.read_text() == "pip's own"
    assert told(pip)["answers"] == []


def test_purge_as_json(pip: Pip, kept: Kept) -> None:
    kept.answer("x86_64")
    kept.provider("key")
    size = told(pip)["size"]
    document = told(pip, "purge")
    assert document == {
        "version": 1,
        "folder": str(kept.folder),
        "removed": {"answers": 1, "providers": 1, "size": size},
    }


def test_purge_follows_no_links(pip: Pip, kept: Kept, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "provider.json").write_text("kept")
    module = kept.provider("key")
    (module.parent / "inside").symlink_to(victim)
    (kept.providers / "link").symlink_to(victim)
    document = told(pip, "purge")
    assert document["removed"]["providers"] == 1
    assert (victim / "provider.json").read_text() == "kept"
    assert not module.exists()


def test_purge_leaves_a_folder_that_is_a_link(
    pip: Pip, kept: Kept, tmp_path: Path
) -> None:
    victim = tmp_path / "victim" / "key"
    victim.mkdir(parents=True)
    (victim / "provider.json").write_text("kept")
    kept.folder.mkdir(parents=True)
    kept.providers.symlink_to(victim.parent)
    assert told(pip)["providers"] == 0
    assert told(pip, "purge")["removed"]["providers"] == 0
    assert (victim / "provider.json").read_text() == "kept"


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
    kept.answer("x86_64")
    for action in ("info", "purge"):
        result = pip("variant", "cache", action, "--no-cache-dir").ok()
        assert result.out == "pip's cache is switched off, so that nothing is kept.\n"
    document = told(pip, "info", "--no-cache-dir")
    assert set(document) == {"version", "folder", "size", "answers", "providers"}
    assert document["folder"] is None
    document = told(pip, "purge", "--no-cache-dir")
    assert document["removed"] == {"answers": 0, "providers": 0, "size": 0}
    assert len(told(pip)["answers"]) == 1


def test_another_cache(pip: Pip, tmp_path: Path) -> None:
    document = told(pip, "info", "--cache-dir", str(tmp_path / "other"))
    assert document["folder"] == str(tmp_path / "other" / "variants")


@pytest.mark.skipif(os.name == "nt", reason="folders have owners on POSIX")
@pytest.mark.skipif(os.name != "nt" and os.geteuid() != 0, reason="needs root")
def test_a_cache_of_somebody_else_is_switched_off_by_pip(pip: Pip, kept: Kept) -> None:
    kept.answer("x86_64")
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
    kept.answer("x86_64")
    assert pip("variant", "cache", "purge", "-q").ok().both == ""
    assert told(pip)["answers"] == []
