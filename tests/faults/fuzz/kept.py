"""Targets: what earlier runs have written, and somebody may have damaged."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from pip_variants import inheritance
from pip_variants.building.ledger import FOLDER, Ledger
from pip_variants.cache_folder import PROVIDER_FILE
from pip_variants.demo.wheels import build_wheel
from pip_variants.installed import RECORD_NAME, installed_variant
from pip_variants.trusting.reading import inherit_trust
from pip_variants.trusting.store import Store
from pip_variants.variantlib import cache as caches
from pip_variants.variantlib._entry import read_entry, write_entry
from pip_variants.variantlib.errors import ValidationError
from pip_variants.variantlib.inquiry import told_of
from pip_variants.variantlib.model import SupportedProperties
from pip_variants.variantlib.publishing.indexing.folder import index_folder
from pip_variants.variantlib.publishing.indexing.state import (
    STATE,
    load_state,
    state_bytes,
)
from tests.unit.variantlib.publishing.validating.samples import GOOD

from .laws import DATE, Scratch, parts, text_of

__all__ = [
    "fuzz_cache",
    "fuzz_index_state",
    "fuzz_inherited",
    "fuzz_installed",
    "fuzz_ledger",
    "fuzz_store",
]

_scratch = Scratch()
_KEY = {"provider": "x"}
_ENVIRON = {"A": "1", "B": "2"}


def fuzz_cache(data: bytes) -> None:
    """A damaged answer is asked for again (E40)."""
    name = caches._name(_KEY)
    folder = _scratch.file(name, data).parent
    cache = caches.DiskCache(folder, lambda: float(DATE))
    found = cache.get(_KEY, _ENVIRON)
    entries = list(cache.entries())
    assert found is None or len(entries) == 1
    with suppress(ValidationError):
        entry = read_entry(data)
        # What is nested as deep as can be read is not read one call further down.
        assert entries in ([entry], [])
        entry.is_current(DATE)
        told = told_of(entry)
        assert told is None or SupportedProperties({"x": dict(told.features)})
        entry.holds_in(os.environ)
        with suppress(ValueError):
            assert read_entry(write_entry(entry)) == entry
    cache.put(_KEY, {"features": []}, _ENVIRON, ["A"])
    again = cache.get(_KEY, _ENVIRON)
    assert again is not None
    assert again.content == {"features": []}
    assert cache.purge() == 1


@cache
def _wheels() -> dict[str, bytes]:
    folder = Path(_scratch())
    for label in ("v2", "v3"):
        build_wheel(folder, "demo", "1.0", label=label, variant_json=GOOD)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def fuzz_index_state(data: bytes) -> None:
    """A damaged memory of the index changes nothing about the index (R30)."""
    wheels = _wheels()
    folder = _scratch()
    for name, content in wheels.items():
        (folder / name).write_bytes(content)
    mine = folder / "mine-1.0-variants.json"
    mine.write_bytes(b"{}")
    (folder / STATE).write_bytes(data)
    state = load_state(folder)
    written = state_bytes(state)
    (folder / STATE).write_bytes(written)
    assert load_state(folder) == state
    (folder / STATE).write_bytes(data)
    report = index_folder(folder, pages=folder / "simple")
    assert report.ok, report.problems
    assert (folder / "demo-1.0-variants.json").stat().st_size > 100
    assert all((folder / name).read_bytes() == wheels[name] for name in wheels)
    # The digest of a file that is not ours may stand there: the sample has none such.
    assert mine.read_bytes() == b"{}"


def fuzz_ledger(data: bytes) -> None:
    """A damaged ledger of builds costs a build, and names no file outside (F104)."""
    path = _scratch.file(f"{FOLDER}/ledger.json", data)
    outdir = path.parent.parent
    wheel = outdir / "demo-1.0-py3-none-any-v3.whl"
    wheel.write_bytes(b"wheel")
    os.utime(wheel, (DATE, DATE))
    ledger = Ledger(outdir)
    for key in [*ledger._wheels]:
        found = ledger.find(key)
        assert found in (None, wheel), found
    ledger.made(wheel)
    ledger.forget(wheel)
    assert not ledger.made(wheel)
    ledger.enter("key", wheel)
    assert Ledger(outdir).find("key") == wheel


class _Dist:
    """The part of pip's distributions that is read: two files of a folder."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def read_text(self, name: str) -> str:
        return self._files[name].decode()


def fuzz_installed(data: bytes) -> None:
    """What an installed package says of itself is believed as far as it goes (E30)."""
    metadata, record = parts(data, 2)
    dist: Any = _Dist({"variant.json": metadata, RECORD_NAME: record})
    variant = installed_variant(dist)
    if variant is None:
        return
    assert variant.record()
    for namespace, features in variant.matched.items():
        for name, values in features.items():
            assert set(values) <= set(variant.declared[namespace][name])


def fuzz_inherited(data: bytes) -> None:
    """What stands in our variable is the word of another pip, or nothing."""
    name = inheritance._VARIABLE
    try:
        os.environ[name] = text_of(data).replace("\0", "")
        policy = inheritance.inherited()
        if policy is not None:
            with suppress(KeyError, TypeError, ValueError, OverflowError):
                inherit_trust(policy)
    finally:
        os.environ.pop(name, None)


def fuzz_store(data: bytes) -> None:
    """A damaged record of kept packages is as good as none (E40)."""
    folder = _scratch.file(f"key/{PROVIDER_FILE}", data).parent.parent
    site = folder / "key" / "packages"
    site.mkdir()
    store = Store(folder, lambda: float(DATE))
    for found, _ in store.holdings():
        assert found == site
    kept = store.find("request")
    assert kept is None or kept.site == site
    store._forget()
