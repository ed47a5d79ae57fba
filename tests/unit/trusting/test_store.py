"""What is kept of provider packages, whatever becomes of it on the disk (E40)."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pip_variants.demo.wheels import build_wheel
from pip_variants.trusting.gathering import Package
from pip_variants.trusting.store import Store

MODULE = b"def get_supported_configs():\n    return []\n"


@pytest.fixture
def package(tmp_path: Path) -> Package:
    files = {"provider_x.py": MODULE}
    wheel = build_wheel(tmp_path / "wheels", "provider-x", "1.0", files=files)
    digest = sha256(wheel.read_bytes()).hexdigest()
    return Package("provider-x", "1.0", digest, wheel)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "providers", lambda: 1000.0)


def keep(store: Store, package: Package) -> Path:
    """Let a store keep a wheel, and return where it is."""

    def install(site: Path) -> None:
        with zipfile.ZipFile(package.file) as wheel:
            wheel.extractall(site)

    return store.keep("request", ["provider-x"], [package], install)


def content(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def test_what_is_kept_is_found(store: Store, package: Package) -> None:
    assert store.find("request") is None
    site = keep(store, package)
    kept = store.find("request")
    assert kept is not None
    assert (kept.site, kept.asked) == (site, 1000.0)
    assert store.find("another request") is None
    assert list(store.holdings()) == [(site, (("provider-x", "1.0", package.sha256),))]


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / "packages" / "provider_x.py").unlink(),
        lambda folder: (folder / "packages" / "provider_x.py").write_bytes(b"import"),
        lambda folder: next(folder.glob("*/*.dist-info/RECORD")).unlink(),
        lambda folder: (folder / "provider.json").write_bytes(b"{"),
        lambda folder: (folder / "provider.json").unlink(),
    ],
)
def test_a_damaged_folder_is_none_and_is_made_again(
    store: Store, package: Package, harm: Callable[[Path], None]
) -> None:
    folder = keep(store, package).parent
    whole = [*content(folder)]
    harm(folder)
    assert store.find("request") is None
    assert list(store.holdings()) == []
    assert keep(store, package).parent == folder
    assert [*content(folder)] == whole
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda below: (
            st.lists(below, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "format",
                        "packages",
                        "requirements",
                        "installed",
                        "asked",
                        "request",
                    ]
                ),
                below | st.just(1),
            )
        ),
    ).map(lambda content: json.dumps(content).encode())
)
def test_any_record_is_read_or_is_none(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "providers" / "0123"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "provider.json").write_bytes(content)
    found = Store(tmp_path / "providers", lambda: 0.0).find("request")
    assert found is None or found.site == folder / "packages"
