"""Every sample of the corpus, and inputs that are like them, through their target.

That is what the fuzzer does, without its guidance: no atheris is needed here.
"""

from __future__ import annotations

import importlib
import signal
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .shrinking import shrink
from .targets import CORPUS, MODULES, TARGETS, corpus, target, words

_MOST_FILES = 200
_MOST_BYTES = 300_000

# Python gets room for as much as may be read of a file of metadata: 16 MiB.
_BYTES_FOR_ONE = 40 << 20
_BYTES_FOR_EACH = 1_000
_SECONDS_FOR_ONE = 60
_LONG = 50_000

SAMPLES = [
    pytest.param(name, path, id=f"{name}-{path.parent.name}-{path.name}")
    for name in TARGETS
    for path in corpus(name)
]


@pytest.mark.parametrize(("name", "path"), SAMPLES)
def test_a_sample_breaks_nothing(name: str, path: Path) -> None:
    target(name)(path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_a_sample_takes_memory_as_it_is_long(name: str) -> None:
    for path in corpus(name):
        data = path.read_bytes()
        # What is imported on the way is not counted.
        target(name)(data)
        tracemalloc.start()
        try:
            target(name)(data)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < _BYTES_FOR_ONE + _BYTES_FOR_EACH * len(data), path.name


@st.composite
def altered(draw: st.DrawFn, name: str) -> bytes:
    """Samples with some places replaced, taken out, repeated, or exchanged."""
    data = draw(st.sampled_from(corpus(name))).read_bytes()
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(start + draw(st.integers(0, 12)), len(data))
        new = draw(
            st.sampled_from(words())
            | st.binary(max_size=6)
            | st.sampled_from([data[start:end] * 2, data[start : start + 40] * 3])
        )
        data = data[:start] + new + data[end:]
    return data


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_like_a_sample_breaks_nothing(name: str, thorough: bool) -> None:
    @settings(
        max_examples=1_000 if thorough else 10,
        derandomize=not thorough,
        database=None,
        deadline=None,
        suppress_health_check=[*HealthCheck],
    )
    @given(data=altered(name))
    def check(data: bytes) -> None:
        target(name)(data)

    check()


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no alarm")
@pytest.mark.parametrize("name", TARGETS)
def test_a_sample_made_long_does_not_take_for_ever(name: str) -> None:
    """A pattern that takes quadratic time shows: fifty thousand characters are few."""
    for path in corpus(name):
        for data in long_ones(path.read_bytes()[:3_000]):
            with alarm(_SECONDS_FOR_ONE):
                target(name)(data)


def long_ones(data: bytes) -> Iterator[bytes]:
    """Yield the sample with a part of it repeated very often."""
    for length in (1, 4, 16):
        step = max(len(data) // 4, 1)
        for start in range(0, len(data), step):
            part = data[start : start + length]
            often = part * (_LONG // len(part))
            yield data[:start] + often + data[start + length :]


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Fail what takes longer, so that no run of the tests hangs.

    :param seconds: of a processor: this one may have a lot to do.
    """

    def ring(*_: object) -> None:
        pytest.fail(f"took more than {seconds} seconds")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def test_the_corpus_is_small_and_of_known_targets() -> None:
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert {path.parent.name for path in files} <= set(TARGETS)
    assert all(map(corpus, TARGETS))
    assert len(files) < _MOST_FILES
    assert sum(path.stat().st_size for path in files) < _MOST_BYTES


def test_every_target_is_listed() -> None:
    for module, names in MODULES.items():
        found = importlib.import_module(f".{module}", __package__).__all__
        listed = {f"fuzz_{name}" for name in names.split()}
        assert listed == {name for name in found if name.startswith("fuzz_")}


def test_what_breaks_a_target_is_made_small() -> None:
    def breaks(data: bytes) -> None:
        if b"a" in data and b"b" in data:
            raise ValueError
        assert b"c" not in data

    assert shrink(breaks, b"xxaxxcxxxbxx" * 50, 60) in (b"ab", b"ba")
    assert shrink(breaks, b"xcx", 60) == b"c"
    assert shrink(breaks, b"x", 60) == b"x"
