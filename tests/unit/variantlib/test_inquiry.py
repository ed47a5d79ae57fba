"""Asking providers, through the cache: DESIGN 4, E13-E16, E40, F92."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pip_variants.variantlib import inquiry as inquiry_module
from pip_variants.variantlib.builtin import BUILTINS, Builtin
from pip_variants.variantlib.builtin.host import Detected, Host
from pip_variants.variantlib.cache import Cache, DiskCache, MemoryCache
from pip_variants.variantlib.inquiry import Inquiry, Runner, Told
from pip_variants.variantlib.plugins.plugin import Plugin, find_plugins
from tests.providers.zoo import ZOO, install_into, put

FORCED = {"NV_VARIANT_PROVIDER_FORCE_CUDA_DRIVER_VERSION": "12.8"}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site")


def make_site(site: Path, name: str = "hw", version: str = "1.0") -> Path:
    """Install a plugin that leaves marks, in place of another version of it."""
    for old in site.glob(f"provider_{name}-*.dist-info"):
        shutil.rmtree(old)
    (code,) = ZOO["marking"].files.values()
    put(
        site,
        f"provider-{name}",
        version,
        files={f"provider_{name}/__init__.py": code},
        entry_points={"variant_plugins": {name: f"provider_{name}"}},
    )
    return site


def plugins(site: Path) -> tuple[Plugin, ...]:
    return find_plugins([str(site)])


def asked(site: Path, name: str = "hw") -> int:
    """Return how often a plugin was run."""
    mark = site / f"provider_{name}" / "ran"
    return len(mark.read_text()) if mark.exists() else 0


def host(root: Path, **environ: str) -> Host:
    """Return a recorded machine, so that a test can change it."""
    boot = root / "proc/sys/kernel/random"
    boot.mkdir(parents=True, exist_ok=True)
    if not (boot / "boot_id").exists():
        (boot / "boot_id").write_text("first\n")
    return Host("Linux", "x86_64", environ, root)


def inquiry(root: Path, cache: Cache, environ: Any = None, **options: Any) -> Inquiry:
    options = {"runner": Runner(sys.executable), **options}
    return Inquiry(host(root, **(environ or {})), cache=cache, **options)


@pytest.fixture(params=["disk", "memory"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Cache:
    return DiskCache(tmp_path / "cache") if request.param == "disk" else MemoryCache()


class TestPlugins:
    def test_the_second_run_asks_nobody(
        self, tmp_path: Path, site: Path, cache: Cache
    ) -> None:
        (first,) = inquiry(tmp_path, cache).ask_plugins(plugins(site))
        (second,) = inquiry(tmp_path, cache).ask_plugins(plugins(site))
        assert first.features == second.features == (("speed", ("1",)),)
        assert (first.age, asked(site)) == (None, 1)
        assert second.age is not None
        assert second.seconds == pytest.approx(first.seconds)

    def test_one_run_asks_once_without_a_cache(
        self, tmp_path: Path, site: Path
    ) -> None:
        it = Inquiry(host(tmp_path), runner=Runner(sys.executable))
        it.ask_plugins(plugins(site) * 2)
        it.ask_plugins(plugins(site))
        assert asked(site) == 1

    def test_refresh_asks_anew_and_keeps_that(
        self, tmp_path: Path, site: Path, cache: Cache
    ) -> None:
        inquiry(tmp_path, cache).ask_plugins(plugins(site))
        inquiry(tmp_path, cache, refresh=True).ask_plugins(plugins(site))
        inquiry(tmp_path, cache).ask_plugins(plugins(site))
        assert asked(site) == 2

    def test_what_it_depends_on_makes_an_answer_stale(
        self, tmp_path: Path, site: Path, cache: Cache
    ) -> None:
        """A variable that it read, a reboot, a new version, another interpreter."""
        inquiry(tmp_path, cache).ask_plugins(plugins(site))
        (told,) = inquiry(tmp_path, cache, {"ZOO_SPEED": "2"}).ask_plugins(
            plugins(site)
        )
        assert told.features == (("speed", ("2",)),)
        (told,) = inquiry(tmp_path, cache).ask_plugins(plugins(site))
        assert (told.features, asked(site)) == ((("speed", ("1",)),), 3)

        (tmp_path / "proc/sys/kernel/random/boot_id").write_text("second\n")
        inquiry(tmp_path, cache).ask_plugins(plugins(site))
        assert asked(site) == 4

        make_site(site, version="1.1")
        inquiry(tmp_path, cache).ask_plugins(plugins(site))
        assert asked(site) == 5

        other = tmp_path / "python"
        other.symlink_to(sys.executable)
        inquiry(tmp_path, cache, runner=Runner(str(other))).ask_plugins(plugins(site))
        assert asked(site) == 6

    def test_other_variables_do_not(
        self, tmp_path: Path, site: Path, cache: Cache
    ) -> None:
        inquiry(tmp_path, cache).ask_plugins(plugins(site))
        inquiry(tmp_path, cache, {"EDITOR": "ed"}).ask_plugins(plugins(site))
        assert asked(site) == 1

    def test_a_failure_is_kept_for_a_short_time(
        self, tmp_path: Path, site: Path
    ) -> None:
        """E14: the next run does not wait again, and a later one asks again."""
        now = 1000.0

        def clock() -> float:
            return now

        cache = MemoryCache(clock)
        environ = {"ZOO_FAIL": "1"}
        (told,) = inquiry(tmp_path, cache, environ).ask_plugins(plugins(site))
        assert "no such device" in told.failure
        assert told.features == ()
        now += 60
        (told,) = inquiry(tmp_path, cache, environ, now=clock).ask_plugins(
            plugins(site)
        )
        assert "no such device" in told.failure
        assert (told.age, asked(site)) == (60, 1)
        now += 600
        inquiry(tmp_path, cache, environ).ask_plugins(plugins(site))
        assert asked(site) == 2

    def test_more_time_is_a_reason_to_ask_again(
        self, tmp_path: Path, site: Path, cache: Cache
    ) -> None:
        """What was too slow is asked anew by who grants it more, not by others."""

        def told(seconds: float) -> Told:
            it = inquiry(tmp_path, cache, runner=Runner(sys.executable, seconds))
            return it.ask_plugins(plugins(site))[0]

        assert told(0.001).failure == "did not answer within 0.001 s"
        assert told(0.001).age is not None
        assert told(60).features == (("speed", ("1",)),)

    def test_who_makes_the_user_wait_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(inquiry_module, "_PATIENCE", 0.05)
        slow = tmp_path / "slow"
        install_into(slow, "slow")
        waited: list[str] = []

        def waiting(plugins: Sequence[Plugin]) -> None:
            waited.extend(map(str, plugins))

        it = Inquiry(host(tmp_path), runner=Runner(sys.executable, waiting=waiting))
        it.ask_plugins(find_plugins([str(slow)]))
        assert waited == ["zoo-slow 1.0"]

    def test_several_are_asked_and_each_gets_its_answer(
        self, tmp_path: Path, site: Path, cache: Cache
    ) -> None:
        make_site(site, "other")
        both = plugins(site)
        inquiry(tmp_path, cache).ask_plugins(both[:1])
        told = inquiry(tmp_path, cache).ask_plugins(both)
        assert [each.age is None for each in told] == [False, True]
        assert {asked(site), asked(site, "other")} == {1}

    def test_without_a_python_there_is_a_reason(
        self, tmp_path: Path, site: Path
    ) -> None:
        (told,) = Inquiry(host(tmp_path)).ask_plugins(plugins(site))
        assert "no Python" in told.failure

    def test_nonsense_in_the_cache_is_asked_anew(
        self, tmp_path: Path, site: Path
    ) -> None:
        cache = MemoryCache()
        inquiry(tmp_path, cache).ask_plugins(plugins(site))
        (entry,) = cache.entries()
        good = entry.content
        for bad in (
            {},
            {**good, "features": [["UPPER", ["1"]]]},
            {**good, "features": [["level", ["a b"]]]},
            {**good, "features": [1]},
            {**good, "seconds": "long"},
        ):
            cache.put(entry.key, bad, {})
            (told,) = inquiry(tmp_path, cache).ask_plugins(plugins(site))
            assert told.features == (("speed", ("1",)),)
            assert told.age is None


class TestBuiltins:
    def test_they_are_cached_too(self, tmp_path: Path, cache: Cache) -> None:
        count = 0

        def detect(_: Host) -> Detected:
            nonlocal count
            count += 1
            return Detected((("level", ("v2", "v1")),), ("A warning.",))

        builtin = Builtin("cpu", ("cpu-provider",), detect)
        first = inquiry(tmp_path, cache).ask_builtin(builtin)
        second = inquiry(tmp_path, cache).ask_builtin(builtin)
        assert first.features == second.features == (("level", ("v2", "v1")),)
        assert second.warnings == ("A warning.",)
        assert (first.age, count) == (None, 1)
        assert second.age is not None

    def test_forced_values_are_never_kept(self, tmp_path: Path, cache: Cache) -> None:
        """E40."""
        nvidia = BUILTINS["nvidia"]
        told = inquiry(tmp_path, cache, FORCED).ask_builtin(nvidia)
        assert dict(told.features)["cuda_version_lower_bound"][0] == "12.8"
        assert told.forced_by == (*FORCED,)
        assert list(cache.entries()) == []
        assert inquiry(tmp_path, cache).ask_builtin(nvidia).features == ()

    def test_real_values_do_not_stand_in_for_forced_ones(
        self, tmp_path: Path, cache: Cache
    ) -> None:
        nvidia = BUILTINS["nvidia"]
        assert inquiry(tmp_path, cache).ask_builtin(nvidia).features == ()
        assert inquiry(tmp_path, cache, FORCED).ask_builtin(nvidia).features != ()

    def test_another_release_of_ours_asks_anew(
        self, tmp_path: Path, cache: Cache
    ) -> None:
        builtin = BUILTINS["x86_64"]
        for version, expected in (("1", True), ("1", False), ("2", True)):
            told = inquiry(tmp_path, cache, version=version).ask_builtin(builtin)
            assert (told.age is None) is expected

    def test_the_words_of_the_first_generation_are_kept_apart(
        self, tmp_path: Path, cache: Cache
    ) -> None:
        nvidia = BUILTINS["nvidia"]
        it = inquiry(tmp_path, cache)
        it.ask_builtin(nvidia)
        told = it.ask_builtin(nvidia, first_generation=True)
        assert told.age is None
