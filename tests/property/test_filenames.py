from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from pip_variants.variantlib import parse_wheel_filename
from pip_variants.variantlib.errors import FilenameError
from pip_variants.variantlib.filename import (
    index_filename,
    label_of,
    parse_index_filename,
    with_label,
)
from tests.property.strategies import VALUES as LABELS

NAME = st.from_regex(r"[A-Za-z0-9_.]{1,8}", fullmatch=True)
VERSION = st.from_regex(r"[0-9][0-9a-z.+!]{0,6}", fullmatch=True)
BUILD = st.none() | st.from_regex(r"[0-9][0-9a-z_]{0,3}", fullmatch=True)
PYTHON = st.from_regex(r"[a-z][a-z0-9.]{1,6}", fullmatch=True)
TAG = st.from_regex(r"[a-z0-9_.]{1,8}", fullmatch=True)


@st.composite
def plain_filenames(draw: st.DrawFn) -> str:
    parts = [draw(NAME), draw(VERSION), draw(BUILD), draw(PYTHON), draw(TAG), draw(TAG)]
    return "-".join(part for part in parts if part is not None) + ".whl"


class TestFilenames:
    """Label and plain name are put together and taken apart without loss (R12)."""

    @given(plain_filenames(), LABELS)
    def test_round_trip(self, plain: str, label: str) -> None:
        labelled = with_label(plain, label)
        assert parse_wheel_filename(labelled) == (plain, label)
        assert label_of(labelled) == label

    @given(plain_filenames())
    def test_a_plain_name_has_no_label(self, plain: str) -> None:
        assert parse_wheel_filename(plain) == (plain, None)
        assert label_of(plain) is None

    @given(plain_filenames(), LABELS)
    def test_the_metadata_file_is_the_same_for_all_labels(
        self, plain: str, label: str
    ) -> None:
        """R28: one file per name and version."""
        beside = index_filename(plain)
        assert beside == index_filename(with_label(plain, label))
        name, version = plain.split("-")[:2]
        # The name is spelled as today's wheels spell it, whatever this one does.
        normalised = re.sub(r"[-_.]+", "_", name).lower()
        assert parse_index_filename(beside) == (normalised, version)

    @given(
        st.text(max_size=60) | st.text("abc019-._", max_size=40).map("{}.whl".format)
    )
    def test_any_text_is_parsed_or_refused(self, text: str) -> None:
        try:
            plain, label = parse_wheel_filename(text)
        except FilenameError:
            assert label_of(text) is None
        else:
            assert label_of(text) == label
            assert parse_wheel_filename(plain) == (plain, None)
