"""The date of reproducible builds, and what an archive makes of it."""

from __future__ import annotations

import pytest

from pip_variants.variantlib.errors import VariantError
from pip_variants.variantlib.publishing.wheels.packer import source_date, zip_date


@pytest.mark.parametrize(
    ("text", "date"), [(None, None), ("", None), ("0", 0), ("1700000000", 1700000000)]
)
def test_seconds_since_1970(text: str | None, date: int | None) -> None:
    assert source_date(text) == date


@pytest.mark.parametrize(
    "text", [" 1", "-1", "1.5", "today", "٣", "9" * 21, "9" * 5000]
)
def test_what_is_no_such_number(text: str) -> None:
    with pytest.raises(VariantError, match="must be a number of seconds since 1970"):
        source_date(text)


def test_dates_that_no_archive_can_hold() -> None:
    assert zip_date(0) == (1980, 1, 1, 0, 0, 0)
    assert zip_date(int("9" * 20)) == (2107, 12, 31, 23, 59, 58)
