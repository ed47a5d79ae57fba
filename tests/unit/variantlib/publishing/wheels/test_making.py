"""Variant wheels out of wheels, and back (R11-R14, R25, R26, J20)."""

from __future__ import annotations

import dataclasses
import ensurepip
import io
import json
import os
import stat
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pip_variants.demo.wheels import build_wheel
from pip_variants.variantlib.errors import FilenameError, VariantError, WheelError
from pip_variants.variantlib.metadata import VariantsJson
from pip_variants.variantlib.model import Label
from pip_variants.variantlib.publishing.wheels.making import (
    make_variant,
    unmake_variant,
)
from pip_variants.variantlib.publishing.wheels.record import Record, digest
from pip_variants.variantlib.wheel import read_wheel
from pip_variants.variantlib.whole_file import placed
from tests.unit.variantlib.publishing.zips import (
    INFO,
    NAME,
    RECORD,
    VARIANT,
    all_of_members,
    document,
    put,
    wheel,
    write_large,
    zipped,
)

DOCUMENT = document()
LABELLED = "a-1.0-py3-none-any-v3.whl"
BUNDLED = sorted((Path(ensurepip.__file__).parent / "_bundled").glob("*.whl"))

posix = pytest.mark.skipif(os.name == "nt", reason="needs what only POSIX has")


def content(path: Path, member: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(member)


# what is made


def test_a_variant_wheel_has_a_label_and_its_metadata(tmp_path: Path) -> None:
    plain = put(tmp_path, wheel())
    made = make_variant(plain, tmp_path / "dist", DOCUMENT)
    assert made.path == tmp_path / "dist" / LABELLED
    assert (made.label, made.notes, made.kept) == ("v3", (), False)
    assert read_wheel(made.path).properties("v3") == {"x86_64": {"level": ["v3"]}}
    assert json.loads(content(made.path, VARIANT)) == DOCUMENT.to_dict()


def test_everything_but_the_record_stays(tmp_path: Path) -> None:
    """J20: METADATA, WHEEL and the files of the package are the same."""
    plain = put(tmp_path, wheel(("a/b.py", b"y = 2\n")))
    made = make_variant(plain, tmp_path, DOCUMENT).path
    before = {entry[0]: entry for entry in all_of_members(plain)}
    after = {entry[0]: entry for entry in all_of_members(made)}
    others = [name for name in before if name != RECORD]
    assert [*after] == [*others, VARIANT, RECORD]
    for name in others:
        assert after[name] == before[name]


def test_the_record_lists_the_new_file_in_front_of_itself(tmp_path: Path) -> None:
    plain = put(tmp_path, wheel())
    made = make_variant(plain, tmp_path, DOCUMENT).path
    new, own = Record(content(made, RECORD)).lines[-2:]
    data = content(made, VARIANT)
    assert (new.path, new.hash, new.size) == (VARIANT, digest(data), str(len(data)))
    assert own.path == RECORD


@pytest.mark.parametrize(
    ("name", "labelled"),
    [
        # R11, R12: the build number and sets of tags stay where they are
        ("a-1.0-7-py3-none-any.whl", "a-1.0-7-py3-none-any-v3.whl"),
        (
            "a-1.0-py2.py3-none-linux_x86_64.win_amd64.whl",
            "a-1.0-py2.py3-none-linux_x86_64.win_amd64-v3.whl",
        ),
    ],
)
def test_tags_and_build_number_stay(tmp_path: Path, name: str, labelled: str) -> None:
    made = make_variant(put(tmp_path, wheel(), name), tmp_path, DOCUMENT)
    assert made.path.name == labelled
    assert unmake_variant(made.path, tmp_path / "out").path.name == name


def test_the_null_variant_has_no_properties(tmp_path: Path) -> None:
    """R14."""
    made = make_variant(put(tmp_path, wheel()), tmp_path, document("null"))
    assert made.path.name == "a-1.0-py3-none-any-null.whl"
    assert read_wheel(made.path).variants == {"null": {}}


@pytest.mark.parametrize("label", [".", "..", "null.", "con", "_"])
def test_a_label_is_no_path(tmp_path: Path, label: str) -> None:
    """E34: these are legal labels."""
    made = make_variant(put(tmp_path, wheel()), tmp_path / "dist", document(label))
    assert [*(tmp_path / "dist").iterdir()] == [made.path]
    assert made.path.name == f"a-1.0-py3-none-any-{label}.whl"


def test_modes_dates_links_and_comments_stay(tmp_path: Path) -> None:
    program = zipfile.ZipInfo("a-1.0.data/scripts/run", (1999, 12, 31, 23, 59, 58))
    program.external_attr = (stat.S_IFREG | 0o755) << 16
    program.comment = b"a comment"
    program.extra = b"\xfe\xca\x02\0ab"
    link = zipfile.ZipInfo("a/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    old = zipfile.ZipInfo("dos.txt")
    old.create_system = old.external_attr = 0
    plain = put(tmp_path, wheel((program, b"#!"), (link, b"run"), (old, b"")))
    with zipfile.ZipFile(plain, "a") as archive:
        archive.comment = b"of the archive"
    made = make_variant(plain, tmp_path, DOCUMENT).path
    assert all_of_members(made)[:4] == all_of_members(plain)[:4]
    with zipfile.ZipFile(made) as archive:
        assert archive.comment == b"of the archive"


@pytest.mark.parametrize("bundled", BUNDLED, ids=lambda path: path.name)
def test_a_real_wheel_comes_back_byte_for_byte(tmp_path: Path, bundled: Path) -> None:
    made = make_variant(bundled, tmp_path, DOCUMENT).path
    with zipfile.ZipFile(made) as archive:
        assert archive.testzip() is None
    back = unmake_variant(made, tmp_path).path
    assert back.name == bundled.name
    assert back.read_bytes() == bundled.read_bytes()


@pytest.mark.parametrize(
    "method",
    [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA],
)
def test_members_are_copied_however_they_are_packed(
    tmp_path: Path, method: int
) -> None:
    big = zipfile.ZipInfo("big.txt")
    big.compress_type = method
    plain = put(tmp_path, wheel((big, b"0123456789" * 99)))
    made = make_variant(plain, tmp_path, DOCUMENT).path
    assert all_of_members(made)[1] == all_of_members(plain)[1]


class Unseekable(io.BytesIO):
    """A file as a pipe is: sizes can only follow the data."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation


def test_a_wheel_that_was_streamed_is_copied(tmp_path: Path) -> None:
    file = Unseekable()
    with (
        zipfile.ZipFile(io.BytesIO(wheel())) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            archive.writestr(name, source.read(name))
    plain = put(tmp_path, file.getvalue())
    made = make_variant(plain, tmp_path, DOCUMENT).path
    with zipfile.ZipFile(made) as archive:
        assert archive.testzip() is None
        assert not any(entry.flag_bits & 8 for entry in archive.infolist())
    back = unmake_variant(made, tmp_path / "out").path
    assert all_of_members(back) == all_of_members(plain)


# reproducibility


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    plain = put(tmp_path, wheel())
    made = [make_variant(plain, tmp_path / each, DOCUMENT).path for each in "xy"]
    assert made[0].read_bytes() == made[1].read_bytes()


def test_the_order_of_the_properties_does_not_matter(tmp_path: Path) -> None:
    """R26."""
    one = document(b={"y": ["2", "1"], "x": ["1"]}, a={"z": ["1"]})
    two = document(a={"z": ["1"]}, b={"x": ["1"], "y": ["1", "2"]})
    plain = put(tmp_path, wheel())
    made = [
        make_variant(plain, tmp_path / name, each).path
        for name, each in (("one", one), ("two", two))
    ]
    assert made[0].read_bytes() == made[1].read_bytes()


@pytest.mark.parametrize(
    ("timestamp", "date"),
    [
        (None, (2024, 5, 6, 7, 8, 10)),
        (1_700_000_001, (2023, 11, 14, 22, 13, 20)),
        (0, (1980, 1, 1, 0, 0, 0)),
        (-1, (1980, 1, 1, 0, 0, 0)),
        (1 << 33, (2107, 12, 31, 23, 59, 58)),
        (10**18, (2107, 12, 31, 23, 59, 58)),
        (-(10**18), (1980, 1, 1, 0, 0, 0)),
    ],
)
def test_the_date_is_the_given_one_or_that_of_the_record(
    tmp_path: Path, timestamp: int | None, date: tuple[int, ...]
) -> None:
    plain = put(tmp_path, wheel())
    made = make_variant(plain, tmp_path, DOCUMENT, timestamp=timestamp).path
    with zipfile.ZipFile(made) as archive:
        assert archive.getinfo(VARIANT).date_time == date
        assert archive.getinfo(RECORD).date_time == (2024, 5, 6, 7, 8, 10)


# what is lost, and told


def test_signatures_are_dropped_with_a_note(tmp_path: Path) -> None:
    """They vouch for a RECORD that is another one now."""
    lines = f"{INFO}/RECORD.jws,,\n{INFO}/RECORD.p7s,,\n{RECORD},,\n"
    signed = wheel(
        (f"{INFO}/RECORD.jws", b"{}"),
        (f"{INFO}/RECORD.p7s", b"x"),
        info={RECORD: lines.encode()},
    )
    made = make_variant(put(tmp_path, signed), tmp_path, DOCUMENT)
    assert made.notes == (
        "the signature RECORD.jws is dropped, as the RECORD is another",
        "the signature RECORD.p7s is dropped, as the RECORD is another",
    )
    assert not any("RECORD." in str(entry[0]) for entry in all_of_members(made.path))
    assert [line.path for line in Record(content(made.path, RECORD)).lines] == [
        VARIANT,
        RECORD,
    ]
    # The signed wheel holds more, and is the better one.
    assert unmake_variant(made.path, tmp_path).kept


def test_the_metadata_of_a_renamed_variant_is_replaced_with_a_note(
    tmp_path: Path,
) -> None:
    made = make_variant(put(tmp_path, wheel()), tmp_path, document("v4"))
    plain = put(tmp_path / "renamed", made.path.read_bytes())
    again = make_variant(plain, tmp_path, DOCUMENT)
    assert again.notes == ("the variant.json that was in it is replaced",)
    assert read_wheel(again.path).properties("v3") is not None
    expected = make_variant(tmp_path / NAME, tmp_path / "direct", DOCUMENT).path
    assert again.path.read_bytes() == expected.read_bytes()


def test_a_variant_that_is_there_is_replaced(tmp_path: Path) -> None:
    put(tmp_path, b"something", LABELLED)
    made = make_variant(put(tmp_path, wheel()), tmp_path, DOCUMENT).path
    assert read_wheel(made).properties("v3") is not None


def test_it_is_told_when_its_label_meant_something_else(tmp_path: Path) -> None:
    """R13: within a version, one label means one set of properties."""
    plain = put(tmp_path, wheel())
    make_variant(plain, tmp_path, DOCUMENT)
    assert make_variant(plain, tmp_path, DOCUMENT).notes == ()
    (label,) = DOCUMENT.variants
    other = {label: {"x86_64": {"level": ["v1"]}}}
    changed = make_variant(
        plain, tmp_path, dataclasses.replace(DOCUMENT, variants=other)
    )
    assert changed.notes == (
        "a wheel whose label 'v3' meant x86_64 :: level :: v3 is replaced",
    )


# unmake


def test_a_plain_wheel_with_the_same_content_is_kept(tmp_path: Path) -> None:
    plain = put(tmp_path, wheel())
    made = make_variant(plain, tmp_path, DOCUMENT).path
    plain.write_bytes(wheel(method=zipfile.ZIP_STORED))
    before = plain.read_bytes()
    assert unmake_variant(made, tmp_path).kept
    assert plain.read_bytes() == before


@pytest.mark.parametrize(
    "other",
    [
        wheel(("b.py", b"")),
        wheel(info={f"{INFO}/METADATA": b"Name: a\n"}),
        wheel(info={RECORD: b""}),
        b"no wheel",
    ],
)
def test_a_plain_wheel_with_other_content_is_never_replaced(
    tmp_path: Path, other: bytes
) -> None:
    made = make_variant(put(tmp_path / "in", wheel()), tmp_path, DOCUMENT).path
    plain = put(tmp_path, other)
    with pytest.raises(WheelError):
        unmake_variant(made, tmp_path)
    assert plain.read_bytes() == other
    assert sorted(each.name for each in tmp_path.iterdir()) == [LABELLED, NAME, "in"]


def test_the_error_of_another_plain_wheel_says_what_to_do(tmp_path: Path) -> None:
    made = make_variant(put(tmp_path / "in", wheel()), tmp_path, DOCUMENT).path
    put(tmp_path, wheel(("b.py", b"")))
    with pytest.raises(WheelError, match="with other content; move it away, or name"):
        unmake_variant(made, tmp_path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (NAME, "has no label that could be taken off"),
        ("a-1.0-py3-none-any-v4.whl", "is named 'v4', but its variant.json describes"),
    ],
)
def test_a_wheel_under_another_name_is_not_unmade(
    tmp_path: Path, name: str, message: str
) -> None:
    """E32."""
    made = make_variant(put(tmp_path / "in", wheel()), tmp_path / "in", DOCUMENT).path
    renamed = put(tmp_path, made.read_bytes(), name)
    with pytest.raises(WheelError, match=message):
        unmake_variant(renamed, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_wheel_that_only_claims_to_be_a_variant_is_not_unmade(tmp_path: Path) -> None:
    with pytest.raises(WheelError, match=r"has a label but no variant\.json"):
        unmake_variant(put(tmp_path, wheel(), LABELLED), tmp_path / "out")


# what is refused, and what it leaves


def fails(
    work: Callable[[], object], folder: Path, message: str, error: type = WheelError
) -> None:
    """Assert that something fails, and that *folder* is as before."""
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    with pytest.raises(error, match=message):
        work()
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no readable wheel"),
        (wheel()[:-40], "no readable wheel"),
        (wheel(("../a", b"")), "leads out of the wheel"),
        (wheel(("./a.py", b"")), "twice"),
        (wheel(("b-1.dist-info/METADATA", b"")), r"must have one \.dist-info"),
        (wheel(without=[RECORD]), "has no RECORD"),
        (wheel(info={RECORD: b" " * (65 << 20)}), "is larger than 67,108,864 bytes"),
        (wheel(info={RECORD: b"a.py\n"}), r"line 1 of RECORD in a-1\.0-py3-none-any"),
        (wheel(method=zipfile.ZIP_LZMA), "compressed in an unusual way"),
        # what would stand in the place of the new file, or beside it
        (wheel((f"{INFO}/Variant.JSON", b"{}")), "twice"),
        (wheel((f"a-1.0.data/purelib/{VARIANT}", b"{}")), r"has 2 variant\.json"),
        (wheel((f"{INFO}/variant.json/x", b"")), "is a file and a folder"),
    ],
)
def test_a_bad_wheel_leaves_nothing_behind(
    tmp_path: Path, data: bytes, message: str
) -> None:
    plain = put(tmp_path, data)
    target = tmp_path / "new" / "folder"
    fails(lambda: make_variant(plain, target, DOCUMENT), tmp_path, message)
    labelled = put(tmp_path, data, LABELLED)
    fails(lambda: unmake_variant(labelled, target), tmp_path, ".")


def test_a_wheel_that_has_a_label_is_refused(tmp_path: Path) -> None:
    made = make_variant(put(tmp_path, wheel()), tmp_path, DOCUMENT).path
    message = "is a variant wheel already; unmake it first"
    fails(lambda: make_variant(made, tmp_path, document("v4")), tmp_path, message)


@pytest.mark.parametrize(
    "name", ["a-1.0.tar.gz", "a-1.0.whl", "a-1.0~x-py3-none-any.whl"]
)
def test_what_is_no_wheel_name_is_refused(tmp_path: Path, name: str) -> None:
    plain = put(tmp_path, wheel(), name)
    for work in (
        lambda: make_variant(plain, tmp_path, DOCUMENT),
        lambda: unmake_variant(plain, tmp_path),
    ):
        fails(work, tmp_path, ".", FilenameError)


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        (dataclasses.replace(DOCUMENT, variants={}), "describes one label, not 0"),
        (
            dataclasses.replace(
                DOCUMENT, variants={**DOCUMENT.variants, **document("null").variants}
            ),
            "describes one label, not 2",
        ),
        (
            dataclasses.replace(DOCUMENT, variants={Label("v3"): {}}),
            "is called 'null', not 'v3'",
        ),
    ],
)
def test_metadata_of_no_single_wheel_is_refused(
    tmp_path: Path, metadata: VariantsJson, message: str
) -> None:
    """R14, R25."""
    plain = put(tmp_path, wheel())
    fails(lambda: make_variant(plain, tmp_path / "x", metadata), tmp_path, message)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / NAME
    folder.mkdir()
    fails(lambda: make_variant(folder, tmp_path, DOCUMENT), tmp_path, "is no file")
    missing = tmp_path / "in" / NAME
    message = "cannot be read: No such file"
    fails(lambda: make_variant(missing, tmp_path, DOCUMENT), tmp_path, message)


@posix
def test_nobody_waits_for_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / NAME
    os.mkfifo(pipe)
    fails(lambda: make_variant(pipe, tmp_path, DOCUMENT), tmp_path, "is no file")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    plain = put(tmp_path, wheel())
    message = "cannot be written"
    fails(lambda: make_variant(plain, plain / "x", DOCUMENT), tmp_path, message)


def test_a_label_that_makes_too_long_a_name_is_refused(tmp_path: Path) -> None:
    """E34: what a file system allows is known when it is asked."""
    plain = put(tmp_path, wheel())
    long = document("v" * 5000)
    message = "cannot be written"
    fails(lambda: make_variant(plain, tmp_path / "x", long), tmp_path, message)


@posix
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    plain = put(tmp_path, wheel(("b.bin", os.urandom(200_000))))
    put(tmp_path, b"what was there", LABELLED)
    program = f"""
        import resource
        from pathlib import Path
        from pip_variants.variantlib.errors import WheelError
        from pip_variants.variantlib.metadata import VariantsJson
        from pip_variants.variantlib.publishing.wheels.making import make_variant
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        document = VariantsJson.from_dict({DOCUMENT.to_dict()!r})
        try:
            make_variant(Path({str(plain)!r}), Path({str(tmp_path)!r}), document)
        except WheelError as error:
            print(error)
    """
    assert "cannot be written: File too large" in python(program)
    assert sorted(each.name for each in tmp_path.iterdir()) == [LABELLED, NAME]
    assert (tmp_path / LABELLED).read_bytes() == b"what was there"


def python(program: str) -> str:
    """Run a program in a process of its own and return what it prints."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    ).stdout


def interrupted(target: Path) -> None:
    with placed(target) as file:
        file.write(b"half")
        raise KeyboardInterrupt


def test_an_interrupted_write_leaves_nothing_behind(tmp_path: Path) -> None:
    there = put(tmp_path, b"what was there", "there")

    before = sorted(tmp_path.rglob("*"))
    for target in (there, tmp_path / "new" / "folder" / "file"):
        with pytest.raises(KeyboardInterrupt):
            interrupted(target)
        assert sorted(tmp_path.rglob("*")) == before
    assert there.read_bytes() == b"what was there"


# size


def remove(folder: Path) -> None:
    """Remove wheels that would fill the disk: pytest keeps what tests leave."""
    for path in folder.rglob("*.whl"):
        path.unlink()


@posix
def test_a_large_wheel_takes_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    write_large(put(tmp_path, b""), 300 << 20)
    small = put(tmp_path / "small", wheel())
    program = f"""
        import resource
        from pathlib import Path
        from pip_variants.variantlib.metadata import VariantsJson
        from pip_variants.variantlib.publishing.wheels.making import (
            make_variant, unmake_variant)
        document = VariantsJson.from_dict({DOCUMENT.to_dict()!r})
        for plain in ({str(small)!r}, {str(tmp_path / NAME)!r}):
            made = make_variant(Path(plain), Path(plain).parent, document).path
            unmake_variant(made, Path(plain).parent / "out")
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    """
    before, after = map(int, python(program).split())
    remove(tmp_path)
    # Kilobytes on Linux, bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    assert (after - before) * unit < 20 << 20


@posix
def test_a_member_of_more_than_four_gigabytes_is_copied(tmp_path: Path) -> None:
    """Sizes of more than 32 bits, in a file of a few bytes: only they are claimed."""
    size = 5 << 30
    large = zipfile.ZipInfo("large.bin")
    large.compress_type = zipfile.ZIP_DEFLATED
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(large, b"\0" * 9999)
        with zipfile.ZipFile(io.BytesIO(wheel())) as source:
            for name in source.namelist():
                archive.writestr(name, source.read(name))
        large.file_size = size
    data = bytearray(file.getvalue())
    # As if the sizes followed, which were not known when it was written.
    data[6] |= 1 << 3
    data[14:26] = bytes(12)
    plain = put(tmp_path, bytes(data))
    made = make_variant(plain, tmp_path, DOCUMENT).path
    back = unmake_variant(made, tmp_path / "out").path
    for path in (made, back):
        with zipfile.ZipFile(path) as archive:
            entry = archive.getinfo("large.bin")
            assert entry.file_size == size
            assert (entry.CRC, entry.compress_size) == (large.CRC, large.compress_size)
        # The header in front of the data says so, too.
        head = path.read_bytes()[: 30 + len("large.bin") + 20]
        assert head[18:26] == b"\xff" * 8
        assert head[-16:-8] == size.to_bytes(8, "little")


@pytest.mark.slow
@posix
def test_a_wheel_of_more_than_four_gigabytes_is_copied(tmp_path: Path) -> None:
    """The members behind the first four gigabytes are found."""
    size = (4 << 30) + 5
    write_large(put(tmp_path, b""), size)
    made = make_variant(tmp_path / NAME, tmp_path, DOCUMENT).path
    assert read_wheel(made).properties("v3") is not None
    with zipfile.ZipFile(made) as archive:
        assert archive.getinfo("large.bin").file_size == size
        assert archive.getinfo(RECORD).header_offset > size
    remove(tmp_path)


def test_more_members_than_sixteen_bits_can_count(tmp_path: Path) -> None:
    plain = put(tmp_path, wheel(*((f"{number}", b"") for number in range(66_000))))
    made = make_variant(plain, tmp_path, DOCUMENT).path
    with zipfile.ZipFile(made) as archive:
        assert len(archive.infolist()) == 66_000 + 5


def test_a_wheel_of_the_demo_is_the_same_again(tmp_path: Path) -> None:
    plain = build_wheel(tmp_path, "demo", "1.0")
    made = make_variant(plain, tmp_path, DOCUMENT).path
    back = unmake_variant(made, tmp_path / "out").path
    assert back.read_bytes() == plain.read_bytes()


def test_errors_are_of_this_library(tmp_path: Path) -> None:
    plain = put(tmp_path, zipped([]))
    with pytest.raises(VariantError):
        make_variant(plain, tmp_path, DOCUMENT)


@posix
def test_a_folder_of_which_nobody_can_tell_is_an_error(tmp_path: Path) -> None:
    made = make_variant(put(tmp_path, wheel()), tmp_path, DOCUMENT).path
    with pytest.raises(WheelError, match="cannot be written: File name too long"):
        unmake_variant(made, tmp_path / ("a" * 5000))


def test_what_a_killed_run_has_left_is_removed(tmp_path: Path) -> None:
    plain = put(tmp_path, wheel())
    left, other = tmp_path / f".{'0' * 16}.part", tmp_path / ".mine.part"
    for path in (left, other):
        path.touch()
        os.utime(path, (1_000_000_000, 1_000_000_000))
    make_variant(plain, tmp_path, DOCUMENT)
    assert [path.exists() for path in (left, other)] == [False, True]


def test_a_run_looks_only_once_for_what_others_have_left(tmp_path: Path) -> None:
    """Else each file in a folder of 10,000 would look at all of the others."""
    plain = put(tmp_path, wheel())
    make_variant(plain, tmp_path, DOCUMENT)
    left = tmp_path / f".{'0' * 16}.part"
    left.touch()
    os.utime(left, (1_000_000_000, 1_000_000_000))
    make_variant(plain, tmp_path, DOCUMENT)
    assert left.exists()
