from __future__ import annotations

import pytest

from pip_variants import _pip


@pytest.mark.parametrize("version", ["26.0", "26.0.1", "26.2.1", "26.3", "26.3.9"])
def test_the_tested_range_is_accepted(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pip, "version", lambda: version)
    _pip.check_version()


@pytest.mark.parametrize(
    "version", ["22.3", "25.3", "26.4", "26.4.dev0", "27.0", "", "unknown", "26"]
)
def test_any_other_pip_is_refused(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pip, "version", lambda: version)
    with pytest.raises(RuntimeError, match=r"pip 26\.0 to 26\.3 is; .*<26\.4"):
        _pip.check_version()


def test_a_name_that_is_no_door_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        _pip.NoSuchThing  # noqa: B018
