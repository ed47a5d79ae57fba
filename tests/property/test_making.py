from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pip_variants.variantlib import VariantsJson
from pip_variants.variantlib.errors import WheelError
from pip_variants.variantlib.publishing.labels import default_label
from pip_variants.variantlib.publishing.wheels.making import (
    make_variant,
    unmake_variant,
)
from pip_variants.variantlib.publishing.wheels.record import Record
from pip_variants.variantlib.wheel import read_wheel
from tests.property.strategies import PROPERTIES
from tests.unit.variantlib.publishing.zips import all_of_members

NAME = "a-1.0-py3-none-any.whl"
INFO = "a-1.0.dist-info"
RECORD = f"{INFO}/RECORD"
VARIANT = f"{INFO}/variant.json"

DATES = st.tuples(
    st.integers(1980, 2107),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 29).map(lambda half: 2 * half),
)
# The parts of a name that RECORD has to quote, and that zip has to encode.
PARTS = st.text(st.sampled_from("abcé, \"'-.☃"), min_size=1, max_size=5).filter(
    lambda text: set(text) != {"."} and text.strip() == text
)
NAMES = st.lists(PARTS.map(lambda text: f"f{text}"), max_size=5, unique=True)
METHODS = st.sampled_from(
    [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
# With the mark of the directory's end in it, nobody can tell where that is.
COMMENTS = st.binary(max_size=5).filter(lambda text: b"PK\x05\x06" not in text)
EXTRAS = st.sampled_from([b"", b"\xfe\xca\x00\x00", b"UT\x05\x00\x01\x00\x00\x00\x00"])


class Pipe(io.BytesIO):
    """A file in which sizes can only follow the data."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation


@st.composite
def entries(
    draw: st.DrawFn, name: str, methods: st.SearchStrategy[int]
) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, draw(DATES))
    entry.compress_type = draw(methods)
    entry.external_attr = draw(st.integers(1, 0xFFFFFFFF))
    if (entry.external_attr >> 28) == 0xA:
        # A link is no file, and no RECORD.
        entry.external_attr &= 0xFFFFFFF
    entry.create_system = draw(st.sampled_from([0, 3]))
    entry.comment = draw(st.binary(max_size=3))
    entry.extra = draw(EXTRAS)
    return entry


def listing(names: list[str], end: str, quoting: int) -> bytes:
    rows = io.StringIO(newline="")
    writer = csv.writer(rows, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows((name, "sha256=x", 1) for name in names)
    return rows.getvalue().encode()


@st.composite
def wheels(draw: st.DrawFn) -> bytes:
    """Wheels as all kinds of programs write them."""
    known = [f"{INFO}/METADATA", f"{INFO}/WHEEL", RECORD]
    names = draw(st.permutations([*draw(NAMES), *known]))
    record = listing(
        draw(st.permutations(names)),
        draw(st.sampled_from(["\n", "\r\n"])),
        draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    )
    if draw(st.booleans()):
        record = record.rstrip(b"\r\n")
    usual = st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    file = Pipe() if draw(st.booleans()) else io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            entry = draw(entries(name, usual if name in known else METHODS))
            content = record if name == RECORD else draw(st.binary(max_size=40))
            archive.writestr(entry, content)
        archive.comment = draw(COMMENTS)
    return file.getvalue()


def members(path: Path) -> list[tuple[object, ...]]:
    """Return everything about the members, in their order."""
    with zipfile.ZipFile(path) as archive:
        return [*all_of_members(path), (archive.comment,)]


class TestMaking:
    """What is made of a wheel differs in label, variant.json and one line of RECORD."""

    @given(wheels(), PROPERTIES)
    def test_round_trip(
        self, data: bytes, properties: dict[str, dict[str, list[str]]]
    ) -> None:
        label = default_label(properties)
        document = VariantsJson.from_dict(
            {
                "$schema": "https://packaging.python.org/schemas/v0.1.1.json",
                "default-priorities": {"namespace": ["blas", "nvidia", "x86_64"]},
                "variants": {label: properties},
            }
        )
        with tempfile.TemporaryDirectory() as folder:
            plain = Path(folder, NAME)
            plain.write_bytes(data)
            made = make_variant(plain, Path(folder), document).path
            inside = read_wheel(made)
            assert inside.to_dict() == document.to_dict()
            before, after = members(plain), members(made)
            places = [entry[0] for entry in after]
            assert places.index(VARIANT) + 1 == places.index(RECORD)
            rest = [entry for entry in after if entry[0] not in (VARIANT, RECORD)]
            assert rest == [entry for entry in before if entry[0] != RECORD]
            again = make_variant(plain, Path(folder, "again"), document).path
            assert again.read_bytes() == made.read_bytes()
            back = unmake_variant(made, Path(folder, "back")).path
            assert back.name == NAME
            assert members(back) == before


FIELDS = st.sampled_from(["a", "a,b", '"a"', '"a,""b"', "", " ", "\r"])
LINES = st.lists(FIELDS, min_size=3, max_size=3).map(",".join) | FIELDS
PATHS = st.text(st.sampled_from("xy.,\"' "), max_size=6).map(lambda text: f"p{text}")


class TestRecord:
    """Putting a line in and taking it out leaves the same bytes, or says why not."""

    @given(st.lists(LINES, max_size=4), st.sampled_from(["\n", "\r\n"]), PATHS)
    def test_no_other_byte_changes(self, lines: list[str], end: str, path: str) -> None:
        record = Record(end.join(lines).encode())
        try:
            before = record.lines
        except WheelError:
            return
        more = record.with_file(path, b"x")
        assert len(more.lines) == len(before) + 1
        assert {line.path for line in more.lines} == {line.path for line in before} | {
            path
        }
        assert more.without(path).data == record.data
