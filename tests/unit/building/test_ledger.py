"""What was made before is known again, and nothing else is."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pip_variants.building.keys import digest_of
from pip_variants.building.ledger import FOLDER, Ledger


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "a.whl"
    path.write_bytes(b"wheel")
    return path


def test_a_wheel_is_found_by_what_it_is_made_of(tmp_path: Path, wheel: Path) -> None:
    key = digest_of({"sdist": "1", "label": "x"})
    Ledger(tmp_path).enter(key, wheel)
    assert Ledger(tmp_path).find(digest_of({"label": "x", "sdist": "1"})) == wheel
    assert Ledger(tmp_path).find(digest_of({"sdist": "2", "label": "x"})) is None


def test_a_wheel_that_is_gone_or_another_one_is_not_found(
    tmp_path: Path, wheel: Path
) -> None:
    ledger = Ledger(tmp_path)
    ledger.enter("key", wheel)
    os.utime(wheel, ns=(0, 0))
    assert ledger.find("key") is None
    ledger.enter("key", wheel)
    wheel.write_bytes(b"another wheel")
    assert ledger.find("key") is None
    wheel.unlink()
    assert ledger.find("key") is None


def test_a_file_is_what_was_made_last(tmp_path: Path, wheel: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.enter("old", wheel)
    ledger.enter("new", wheel)
    assert ledger.find("old") is None
    assert ledger.find("new") == wheel


def test_what_was_made_here_is_told_from_what_others_put_there(
    tmp_path: Path, wheel: Path
) -> None:
    Ledger(tmp_path).enter("key", wheel)
    other = tmp_path / "b.whl"
    other.write_bytes(b"wheel")
    ledger = Ledger(tmp_path)
    assert ledger.made(wheel)
    assert not ledger.made(other)
    assert not ledger.made(tmp_path / "c.whl")
    os.utime(wheel, ns=(0, 0))
    assert not ledger.made(wheel)


def test_a_wheel_is_forgotten(tmp_path: Path, wheel: Path) -> None:
    Ledger(tmp_path).enter("key", wheel)
    Ledger(tmp_path).forget(wheel)
    ledger = Ledger(tmp_path)
    assert ledger.find("key") is None
    assert not ledger.made(wheel)


@pytest.mark.parametrize("name", ["../a.whl", "/etc/passwd", "sub/a.whl", "", "\0", 3])
def test_a_ledger_names_no_file_elsewhere(
    tmp_path: Path, wheel: Path, name: Any
) -> None:
    ledger = Ledger(tmp_path / "out")
    (tmp_path / "out" / FOLDER).mkdir(parents=True)
    stat = wheel.stat()
    entry = {"file": name, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    content = {"version": 1, "wheels": {"key": entry}}
    (tmp_path / "out" / FOLDER / "ledger.json").write_text(json.dumps(content))
    ledger = Ledger(tmp_path / "out")
    assert ledger.find("key") is None


def test_a_folder_that_cannot_be_written_loses_only_the_memory(
    tmp_path: Path, wheel: Path
) -> None:
    (tmp_path / FOLDER).write_text("a file is in the way")
    ledger = Ledger(tmp_path)
    ledger.enter("key", wheel)
    assert ledger.find("key") == wheel
    assert Ledger(tmp_path).find("key") is None


anything = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["version", "wheels", "key", "file", "size"]), inner
        )
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=50),
        anything.map(lambda value: json.dumps(value).encode()),
        anything.map(
            lambda value: json.dumps({"version": 1, "wheels": {"key": value}}).encode()
        ),
    )
)
def test_a_broken_ledger_counts_as_empty(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FOLDER).mkdir(exist_ok=True)
    (tmp_path / FOLDER / "ledger.json").write_bytes(data)
    ledger = Ledger(tmp_path)
    assert ledger.find("key") is None
    wheel = tmp_path / "a.whl"
    wheel.write_bytes(b"")
    ledger.enter("other", wheel)
    assert Ledger(tmp_path).find("other") == wheel
