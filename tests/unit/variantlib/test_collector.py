"""The cyclic collector rests for a while, and only for that."""

from __future__ import annotations

import gc

import pytest

from pip_variants.variantlib.collector import collector_paused


def test_it_is_paused_and_comes_back() -> None:
    assert gc.isenabled()
    with collector_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_where_nobody_wants_a_pause() -> None:
    assert gc.isenabled()
    with collector_paused(wanted=False):
        assert gc.isenabled()
    assert gc.isenabled()


def test_it_comes_back_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), collector_paused():
        1 / 0  # noqa: B018
    assert gc.isenabled()


def test_it_stays_off_for_who_has_it_off() -> None:
    gc.disable()
    try:
        with collector_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
