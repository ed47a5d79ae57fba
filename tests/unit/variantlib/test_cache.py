"""Answers that are kept: what is given back, what is not, and what a disk may do."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pip_variants.variantlib.cache import (
    DEFAULT_LIFETIME,
    WHOLE_ENVIRONMENT,
    Cache,
    DiskCache,
    Entry,
    MemoryCache,
    NoCache,
    digest,
)

KEY = {"provider": "nvidia", "version": "0.1.0", "machine": "0" * 64}
CONTENT = {"features": [["sm_arch", ["90_real", "80_real"]], ["a", ["1"]]]}
NOBODY: dict[str, str] = {}

posix = pytest.mark.skipif(os.name == "nt", reason="needs modes and pipes of POSIX")


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pip" / "variants" / "detected"


@pytest.fixture
def disk(folder: Path, clock: Clock) -> DiskCache:
    return DiskCache(folder, clock)


@pytest.fixture(params=["disk", "memory"])
def cache(request: pytest.FixtureRequest, disk: DiskCache, clock: Clock) -> Cache:
    return disk if request.param == "disk" else MemoryCache(clock)


def only_file(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


class TestWhatIsGivenBack:
    def test_the_answer_as_it_was(self, cache: Cache, clock: Clock) -> None:
        cache.put(KEY, CONTENT, NOBODY, lifetime=60.0)
        found = cache.get(KEY, NOBODY)
        assert found is not None
        assert found.key == KEY
        assert found.content == CONTENT
        assert (found.created, found.lifetime) == (clock.time, 60.0)

    def test_the_order_in_an_answer_stays(self, cache: Cache) -> None:
        """Order is preference."""
        cache.put(KEY, {"z": {"b": 1, "a": 2}, "y": 3}, NOBODY)
        found = cache.get(KEY, NOBODY)
        assert found is not None
        assert json.dumps(dict(found.content)) == '{"z": {"b": 1, "a": 2}, "y": 3}'

    def test_nothing_before_it_is_kept(self, cache: Cache) -> None:
        assert cache.get(KEY, NOBODY) is None
        assert list(cache.entries()) == []

    @pytest.mark.parametrize("name", KEY)
    def test_every_part_of_the_key_counts(self, cache: Cache, name: str) -> None:
        cache.put(KEY, CONTENT, NOBODY)
        assert cache.get({**KEY, name: "other"}, NOBODY) is None
        assert cache.get({**KEY, "more": ""}, NOBODY) is None
        assert cache.get({k: v for k, v in KEY.items() if k != name}, NOBODY) is None

    def test_the_order_of_the_key_does_not_count(self, cache: Cache) -> None:
        cache.put(KEY, CONTENT, NOBODY)
        assert cache.get(dict(reversed(KEY.items())), NOBODY) is not None

    def test_the_newest_answer_counts(self, cache: Cache) -> None:
        for number in range(3):
            cache.put(KEY, {"number": number}, NOBODY)
        found = cache.get(KEY, NOBODY)
        assert found is not None
        assert found.content == {"number": 2}
        assert len(list(cache.entries())) == 1

    def test_the_next_run_reads_it(self, disk: DiskCache, clock: Clock) -> None:
        disk.put(KEY, CONTENT, {"A": "1"}, ["A"])
        assert DiskCache(disk.folder, clock).get(KEY, {"A": "1"}) is not None


class TestAge:
    @pytest.mark.parametrize(
        ("seconds", "there"),
        [(0, True), (59, True), (61, False), (-59, True), (-61, False)],
    )
    def test_too_old_or_from_the_future(
        self, cache: Cache, clock: Clock, seconds: float, there: bool
    ) -> None:
        cache.put(KEY, CONTENT, NOBODY, lifetime=60.0)
        clock.time += seconds
        assert (cache.get(KEY, NOBODY) is not None) == there
        assert len(list(cache.entries())) == 1

    def test_a_week_when_nothing_else_is_said(self, cache: Cache, clock: Clock) -> None:
        cache.put(KEY, CONTENT, NOBODY)
        clock.time += DEFAULT_LIFETIME - 1
        assert cache.get(KEY, NOBODY) is not None
        clock.time += 2
        assert cache.get(KEY, NOBODY) is None
        assert DEFAULT_LIFETIME == 7 * 24 * 60 * 60


class TestVariables:
    @pytest.mark.parametrize(
        ("then", "now", "there"),
        [
            ({"GPU": "1"}, {"GPU": "1", "OTHER": "2"}, True),
            ({"GPU": "1"}, {"GPU": "2"}, False),
            ({"GPU": "1"}, {}, False),
            ({}, {}, True),
            ({}, {"GPU": "1"}, False),
            ({}, {"GPU": ""}, False),
            ({"GPU": ""}, {}, False),
        ],
    )
    def test_only_with_the_values_of_that_time(
        self, cache: Cache, then: dict[str, str], now: dict[str, str], there: bool
    ) -> None:
        cache.put(KEY, CONTENT, then, ["GPU"])
        assert (cache.get(KEY, now) is not None) == there

    def test_one_that_it_does_not_depend_on(self, cache: Cache) -> None:
        cache.put(KEY, CONTENT, {"GPU": "1"}, ["CPU"])
        assert cache.get(KEY, {"GPU": "2"}) is not None

    def test_the_whole_environment(self, cache: Cache) -> None:
        environ = {"HOME": "/home/me", "GPU": "1", "SHLVL": "1", "CI_JOB_ID": "7"}
        cache.put(KEY, CONTENT, environ, [WHOLE_ENVIRONMENT])
        for noise in ({"SHLVL": "2"}, {"CI_JOB_ID": "8"}, {"PIP_INDEX_URL": "x"}):
            assert cache.get(KEY, {**environ, **noise}) is not None
        for news in ({"GPU": "2"}, {"MORE": ""}, {"HOME": "/root"}):
            assert cache.get(KEY, {**environ, **news}) is None

    def test_no_value_is_written_down(self, disk: DiskCache) -> None:
        environ = {"TOKEN": "hunter2", "EMPTY": "", "HOME": "/home/someone"}
        disk.put(KEY, CONTENT, environ, [*environ, WHOLE_ENVIRONMENT])
        text = only_file(disk.folder).read_text()
        assert "hunter2" not in text
        assert "someone" not in text

    def test_equal_values_do_not_look_equal(self, disk: DiskCache) -> None:
        """Otherwise a known file would tell the values in another."""
        environ = {"A": "hunter2", "B": "hunter2"}
        found: list[str] = []
        for number in range(2):
            disk.put({"number": str(number)}, CONTENT, environ, environ)
        for entry in disk.entries():
            found += entry.variables.values()
        assert len(set(found)) == 4

    @posix
    def test_a_value_that_is_no_text(self, disk: DiskCache) -> None:
        odd = {"GPU": os.fsdecode(b"\xff\xfe")}
        disk.put(KEY, CONTENT, odd, ["GPU", WHOLE_ENVIRONMENT])
        assert disk.get(KEY, odd) is not None


class TestPurge:
    def test_all_answers_go(self, cache: Cache) -> None:
        for number in range(3):
            cache.put({"number": str(number)}, CONTENT, NOBODY)
        assert cache.purge() == 3
        assert cache.purge() == 0
        assert list(cache.entries()) == []

    def test_what_is_not_ours_stays(self, disk: DiskCache, tmp_path: Path) -> None:
        disk.put(KEY, CONTENT, NOBODY)
        ours = only_file(disk.folder)
        victim = tmp_path / "victim.json"
        victim.write_text("kept")
        link = disk.folder / f"{'a' * 64}.json"
        link.symlink_to(victim)
        (disk.folder / "notes.json").write_text("{}")
        (disk.folder / f"{'b' * 64}.json").mkdir()
        assert disk.purge() == 1
        assert victim.read_text() == "kept"
        assert len(list(disk.folder.iterdir())) == 3
        assert not ours.exists()

    def test_what_a_killed_run_left_goes_too(self, disk: DiskCache) -> None:
        disk.folder.mkdir(parents=True)
        (disk.folder / f"{'c' * 64}.tmp").write_text("{")
        assert disk.size() == 1
        assert disk.purge() == 0
        assert list(disk.folder.iterdir()) == []


class TestTheFolder:
    @posix
    def test_it_is_for_its_owner(self, disk: DiskCache) -> None:
        disk.put(KEY, CONTENT, NOBODY)
        assert stat.S_IMODE(disk.folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(only_file(disk.folder).stat().st_mode) == 0o600

    def test_reading_makes_nothing(self, disk: DiskCache, tmp_path: Path) -> None:
        disk.get(KEY, NOBODY)
        disk.purge()
        assert list(disk.entries()) == []
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("name", ["../../escape", "/etc/passwd", "nul", "a\0b", ""])
    def test_no_name_becomes_a_path(self, disk: DiskCache, name: str) -> None:
        """E34."""
        disk.put({"provider": name}, CONTENT, NOBODY)
        stem, dot, suffix = only_file(disk.folder).name.partition(".")
        assert set(stem) <= set("0123456789abcdef")
        assert (len(stem), dot, suffix) == (64, ".", "json")
        assert disk.get({"provider": name}, NOBODY) is not None

    def test_it_stays_small(self, disk: DiskCache) -> None:
        """The oldest go first."""
        disk.put({"number": "first"}, CONTENT, NOBODY)
        os.utime(only_file(disk.folder), (1, 1))
        for number in range(200):
            disk.put({"number": str(number)}, CONTENT, NOBODY)
        assert len(list(disk.folder.iterdir())) == 200
        assert disk.get({"number": "first"}, NOBODY) is None
        assert disk.get({"number": "0"}, NOBODY) is not None

    def test_its_size(self, disk: DiskCache) -> None:
        assert disk.size() == 0
        disk.put(KEY, CONTENT, NOBODY)
        assert disk.size() == only_file(disk.folder).stat().st_size


def a_file(folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_text("not a folder")


def below_a_file(folder: Path) -> None:
    folder.parent.parent.mkdir(parents=True)
    folder.parent.write_text("not a folder")


def a_broken_link(folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.symlink_to(folder.parent / "nowhere" / "at" / "all")


def a_folder_for_the_file(folder: Path) -> None:
    DiskCache(folder).put(KEY, CONTENT, NOBODY)
    file = only_file(folder)
    file.unlink()
    (file / "inside").mkdir(parents=True)


class TestADiskThatRefuses:
    """Works as if empty (E40)."""

    @pytest.mark.parametrize(
        "spoil", [a_file, below_a_file, a_broken_link, a_folder_for_the_file]
    )
    def test_nothing_is_kept_and_nothing_raised(
        self, disk: DiskCache, spoil: Callable[[Path], None]
    ) -> None:
        spoil(disk.folder)
        before = tree(disk.folder.parent)
        disk.put(KEY, CONTENT, NOBODY)
        assert disk.get(KEY, NOBODY) is None
        assert list(disk.entries()) == []
        assert disk.purge() == 0
        assert disk.size() == 0
        assert tree(disk.folder.parent) == before

    def test_a_folder_that_is_no_path(self, clock: Clock) -> None:
        disk = DiskCache(Path("a\0b"), clock)
        disk.put(KEY, CONTENT, NOBODY)
        assert disk.get(KEY, NOBODY) is None
        assert disk.purge() == 0

    def test_a_folder_that_goes_away(self, disk: DiskCache) -> None:
        disk.put(KEY, CONTENT, NOBODY)
        only_file(disk.folder).unlink()
        disk.folder.rmdir()
        assert disk.get(KEY, NOBODY) is None
        disk.put(KEY, CONTENT, NOBODY)
        assert disk.get(KEY, NOBODY) is not None

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_a_full_disk(self, folder: Path) -> None:
        """A limit on the size of files refuses as a full disk does, amid the file."""
        script = (
            "import resource, signal, sys\n"
            "from pathlib import Path\n"
            "from pip_variants.variantlib.cache import DiskCache\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))\n"
            "disk = DiskCache(Path(sys.argv[1]))\n"
            "disk.put({'k': 'v'}, {'long': 'x' * 5000}, {})\n"
            "assert disk.get({'k': 'v'}, {}) is None\n"
        )
        subprocess.run([sys.executable, "-c", script, folder], check=True, timeout=30)
        assert list(folder.iterdir()) == []

    def test_an_answer_without_measure_is_not_kept(self, disk: DiskCache) -> None:
        disk.put(KEY, {"text": "x" * (1024 * 1024)}, NOBODY)
        assert disk.get(KEY, NOBODY) is None

    @pytest.mark.parametrize("content", [{"a": float("nan")}, {"a": object()}])
    def test_what_is_no_json_is_the_callers_fault(
        self, disk: DiskCache, content: dict[str, Any]
    ) -> None:
        with pytest.raises((TypeError, ValueError)):
            disk.put(KEY, content, NOBODY)
        assert not disk.folder.exists()


def tree(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*"))


DOCUMENT = {
    "format": 1,
    "key": KEY,
    "content": CONTENT,
    "variables": {},
    "salt": "",
    "created": 1_000_000.0,
    "lifetime": 60.0,
}


def changed(**parts: Any) -> bytes:
    return json.dumps({**DOCUMENT, **parts}).encode()


class TestWhatIsInTheFile:
    @pytest.fixture
    def file(self, disk: DiskCache) -> Path:
        disk.put(KEY, CONTENT, NOBODY)
        return only_file(disk.folder)

    def test_the_document_below_is_a_good_one(
        self, disk: DiskCache, file: Path
    ) -> None:
        file.write_bytes(changed())
        assert disk.get(KEY, NOBODY) is not None

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b"\xff\xfe",
            b"[" * 100_000,
            b'{"a":' * 100_000,
            changed() + b" " * 1024 * 1024,
            changed(format=2),
            changed(format="1"),
            changed(key={**KEY, "provider": "amd"}),
            changed(key=[]),
            changed(key={**KEY, "version": 1}),
            changed(content=[]),
            changed(variables=[]),
            changed(variables={"A": 1}),
            changed(variables={"A": "0" * 64}),
            changed(variables={"\ud800": "0" * 64, "\0": "x", "=": "x"}),
            changed(salt=1),
            changed(created=True),
            changed(created="now"),
            changed(created=-1),
            changed(created=10**400),
            changed(lifetime=None),
            changed(lifetime=-1),
            changed(lifetime=1e300),
            changed().replace(b"60.0", b"NaN"),
            changed().replace(b"60.0", b"1e999"),
            changed().replace(b"60.0", b"9" * 5000),
        ],
    )
    def test_another_shape_is_none(
        self, disk: DiskCache, file: Path, data: bytes
    ) -> None:
        file.write_bytes(data)
        assert disk.get(KEY, os.environ) is None
        disk.put(KEY, CONTENT, NOBODY)
        assert disk.get(KEY, NOBODY) is not None

    @posix
    def test_a_pipe_makes_nobody_wait(self, disk: DiskCache, file: Path) -> None:
        file.unlink()
        os.mkfifo(file)
        assert disk.get(KEY, NOBODY) is None
        assert list(disk.entries()) == []

    def test_one_bad_file_does_not_hide_the_others(
        self, disk: DiskCache, file: Path
    ) -> None:
        disk.put({"other": "key"}, CONTENT, NOBODY)
        file.write_bytes(b"{")
        assert [entry.key for entry in disk.entries()] == [{"other": "key"}]

    def test_a_file_under_the_name_of_another(
        self, disk: DiskCache, file: Path
    ) -> None:
        disk.put({"other": "key"}, CONTENT, NOBODY)
        (other,) = set(disk.folder.iterdir()) - {file}
        other.replace(file)
        assert disk.get(KEY, NOBODY) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=10,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all examples of a property."""
    return tmp_path_factory.mktemp("shared") / "cache"


class TestAnyBytes:
    """Whatever is in the file, it is an entry or none."""

    @staticmethod
    def check(folder: Path, data: bytes) -> None:
        disk = DiskCache(folder, lambda: 1_000_000.0)
        disk.purge()
        disk.put(KEY, CONTENT, NOBODY)
        only_file(folder).write_bytes(data)
        for environ in (NOBODY, os.environ):
            found = disk.get(KEY, environ)
            assert found is None or found.key == KEY
        assert all(isinstance(entry, Entry) for entry in disk.entries())

    @settings(deadline=None)
    @given(data=st.binary())
    def test_noise(self, shared: Path, data: bytes) -> None:
        self.check(shared, data)

    @settings(deadline=None)
    @given(
        parts=st.dictionaries(st.sampled_from([*DOCUMENT]), json_values),
        cut=st.integers(0, 20),
    )
    def test_documents(self, shared: Path, parts: dict[str, Any], cut: int) -> None:
        data = changed(**parts)
        self.check(shared, data[: len(data) - cut])

    @settings(deadline=None)
    @given(
        key=st.dictionaries(st.text(), st.text()),
        content=st.dictionaries(
            st.text(),
            st.recursive(
                st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(),
                lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
                max_leaves=10,
            ),
        ),
        environ=st.dictionaries(st.text(), st.text()),
    )
    def test_what_is_put_is_got(
        self,
        shared: Path,
        key: dict[str, str],
        content: dict[str, Any],
        environ: dict[str, str],
    ) -> None:
        disk = DiskCache(shared)
        disk.put(key, content, environ, [*environ, WHOLE_ENVIRONMENT])
        found = disk.get(key, environ)
        assert found is not None
        assert (found.key, found.content) == (key, content)


class TestManyAtOnce:
    WRITER = (
        "import sys\n"
        "from pathlib import Path\n"
        "from pip_variants.variantlib.cache import DiskCache\n"
        "disk = DiskCache(Path(sys.argv[1]))\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "for number in range(300):\n"
        "    content = {'who': sys.argv[2], 'same': sys.argv[2] * 2000}\n"
        "    disk.put({'k': 'v'}, content, {})\n"
        "    found = disk.get({'k': 'v'}, {})\n"
        "    assert found is not None, number\n"
        "    assert found.content['same'] == found.content['who'] * 2000\n"
    )

    @pytest.fixture
    def writers(self, folder: Path) -> Iterator[list[subprocess.Popen[str]]]:
        command = [sys.executable, "-c", self.WRITER, str(folder)]
        pipe = subprocess.PIPE
        started = [
            subprocess.Popen([*command, who], stdin=pipe, stdout=pipe, text=True)
            for who in "ab"
        ]
        yield started
        for each in started:
            each.kill()
            each.communicate()

    @pytest.mark.skipif(os.name == "nt", reason="Windows refuses to replace open files")
    def test_a_reader_sees_one_answer_or_the_other(
        self, folder: Path, writers: list[subprocess.Popen[str]]
    ) -> None:
        """E40: two pips at once."""
        for each in writers:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        for each in writers:
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.flush()
        assert [each.wait(timeout=60) for each in writers] == [0, 0]
        assert [file.suffix for file in folder.iterdir()] == [".json"]

    def test_purge_while_others_write(self, disk: DiskCache) -> None:
        stop = threading.Event()
        failed: list[BaseException] = []

        def write() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                try:
                    disk.put({"number": str(number % 20)}, CONTENT, NOBODY)
                except BaseException as error:  # noqa: BLE001 - shown below
                    failed.append(error)

        thread = threading.Thread(target=write)
        thread.start()
        removed = 0
        while removed < 100 and not failed:
            removed += disk.purge()
            list(disk.entries())
        stop.set()
        thread.join()
        assert failed == []
        disk.purge()
        assert list(disk.folder.iterdir()) == []


class TestNoCache:
    def test_it_keeps_nothing(self) -> None:
        cache: Cache = NoCache()
        cache.put(KEY, CONTENT, NOBODY)
        assert cache.get(KEY, NOBODY) is None
        assert list(cache.entries()) == []
        assert cache.purge() == 0


class TestDigest:
    def test_it_tells_things_apart(self) -> None:
        values = [[], {}, "", None, 0, [""], ["", ""], {"a": "b"}, ["a", "b"], "ab"]
        assert len({digest(value) for value in values}) == len(values)

    def test_the_order_of_an_object_does_not_count(self) -> None:
        assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})
        assert digest([1, 2]) != digest([2, 1])
