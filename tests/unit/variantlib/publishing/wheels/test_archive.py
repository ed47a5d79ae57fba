"""A wheel is read only when everybody reads it in the same way (E3, E32)."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable

import pytest

from pip_variants.variantlib.errors import FilenameError, WheelError
from pip_variants.variantlib.publishing.wheels.archive import Archive, read_archive
from tests.unit.variantlib.publishing.zips import (
    DESCRIPTION,
    INFO,
    METADATA,
    NAME,
    RECORD,
    wheel,
    zipped,
)


def read(data: bytes, name: str = NAME) -> Archive:
    return read_archive(io.BytesIO(data), name)


def refused(data: bytes, name: str = NAME) -> str:
    with pytest.raises(WheelError) as caught:
        read(data, name)
    assert name in str(caught.value)
    return str(caught.value)


def test_a_correct_wheel_is_read() -> None:
    found = read(wheel(("a/b.so", b"\x7fELF")))
    assert found.dist_info == INFO
    assert [entry.filename for entry in found.members] == [
        "a.py",
        "a/b.so",
        *DESCRIPTION,
    ]
    assert found.read(f"{INFO}/METADATA") == METADATA
    assert found.find(f"{INFO}/LICENSE") is None


def test_folders_and_files_that_differ_in_case_are_accepted() -> None:
    found = read(wheel(("a/", b""), ("a/B.h", b"1"), ("a/b.h", b"2")))
    assert found.read("a/B.h") == b"1"
    assert found.read("a/b.h") == b"2"


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("my_pkg-1.0-py3-none-any.whl", "My.Pkg-1.0.dist-info"),
        ("my_pkg-1.0rc1-py3-none-any.whl", "my_pkg-1.0.rc1.dist-info"),
        ("my_pkg-1.0+cu129-1-py3-none-any.whl", "my_pkg-1.0_cu129.dist-info"),
        ("my_pkg-1.0-py3-none-any-cu129.whl", "my_pkg-1.0.0.dist-info"),
    ],
)
def test_the_folder_may_spell_name_and_version_in_another_way(
    name: str, folder: str
) -> None:
    data = zipped((k.replace(INFO, folder), v) for k, v in DESCRIPTION.items())
    assert read(data, name).dist_info == folder


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil.py", "leads out of the wheel"),
        ("a/../../evil.py", "leads out of the wheel"),
        ("a/..", "leads out of the wheel"),
        ("/etc/evil", "is an absolute path"),
        ("C:evil", "is an absolute path"),
        ("c:/evil", "is an absolute path"),
        ("a\nb", "holds a control character"),
        ("a\x1b[2J", "holds a control character"),
        ("a\x85b", "holds a control character"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str, reason: str) -> None:
    assert reason in refused(wheel((name, b"")))


@pytest.mark.parametrize(
    ("sign", "reason"), [("\\", "a backslash"), ("\0", "a control character")]
)
def test_a_name_that_zipfile_would_not_write_is_refused(sign: str, reason: str) -> None:
    data = wheel(("evil?name", b"")).replace(b"evil?name", f"evil{sign}name".encode())
    assert f"holds {reason}" in refused(data)


@pytest.mark.parametrize(
    "twin",
    [
        "./a.py",
        "a.py/",
        f"{INFO}//METADATA",
        f"{INFO}/metadata",
        f"{INFO}/Record",
    ],
)
def test_two_members_in_one_place_are_refused(twin: str) -> None:
    """E32: whichever comes last would count, or what a file system makes of case."""
    assert "twice" in refused(wheel((twin, b"")))


def test_a_name_that_stands_twice_is_refused() -> None:
    data = wheel(("b.py", b"")).replace(b"b.py", b"a.py")
    assert "holds 'a.py' twice" in refused(data)


def test_a_file_that_is_a_folder_is_refused() -> None:
    data = wheel(("a.py-2/x", b""), ("a.py/x/y", b""), ("a.py1", b""))
    assert "holds 'a.py', which is a file and a folder" in refused(data)


def test_a_member_in_another_is_refused() -> None:
    """The bombs that inflate to a million times their size are made so."""
    inner = zipfile.ZipInfo("inner.bin")
    inner.CRC = inner.file_size = inner.compress_size = 0
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("outer.bin", inner.FileHeader() + b"more")
        inner.header_offset = 30 + len("outer.bin")
        archive.filelist.append(inner)
        archive.NameToInfo["inner.bin"] = inner
        for name, content in DESCRIPTION.items():
            archive.writestr(name, content)
    assert "'inner.bin', which lies over another member" in refused(file.getvalue())


def patched(data: bytes, member: str, offset: int, content: bytes) -> bytes:
    """Change a member's entry in the directory, counted from where that starts."""
    place = data.rindex(member.encode()) - 46 + offset
    return data[:place] + content + data[place + len(content) :]


def patched_twice(data: bytes, member: str, offset: int, content: bytes) -> bytes:
    """Change it in the header in front of the member as well."""
    data = patched(data, member, offset, content)
    # That one lacks the first of the two versions.
    place = data.index(member.encode()) - 30 + offset - 2
    return data[:place] + content + data[place + len(content) :]


def test_a_member_that_is_elsewhere_is_refused() -> None:
    data = wheel(("b.py", b"b"))
    with_other = patched(data, "b.py", 42, struct.pack("<L", 0))
    assert "'b.py', which lies over another member" in refused(with_other)
    behind = patched(data, "b.py", 42, struct.pack("<L", 1 << 20))
    assert "bytes that belong to no member" in refused(behind)


def test_bytes_between_members_are_refused() -> None:
    """A reader that does not look at the directory would take them for a member."""
    data = wheel(("b.py", b"b"))
    hidden = wheel()
    assert "bytes that belong to no member" in refused(b"#!/bin/sh\n" + data)
    place = data.index(b"PK\1\2")
    moved = struct.pack("<L", place + len(hidden))
    at = data.rindex(b"PK\5\6") + 16
    data = data[:at] + moved + data[at + 4 :]
    assert "bytes that belong to no member" in refused(
        data[:place] + hidden + data[place:]
    )


def test_a_member_that_the_directory_does_not_list_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("hidden.py", b"")
        del archive.filelist[0]
        for name, content in DESCRIPTION.items():
            archive.writestr(name, content)
    assert "bytes that belong to no member" in refused(file.getvalue())


def test_a_member_with_another_name_in_front_of_it_is_refused() -> None:
    data = wheel(("b.py", b"b")).replace(b"b.py", b"c.py", 1)
    assert "lies about where 'b.py' is" in refused(data)


def test_a_member_that_reaches_into_the_directory_is_refused() -> None:
    data = patched_twice(wheel(), RECORD, 20, struct.pack("<L", 1 << 20))
    assert "has been cut off" in refused(data)


@pytest.mark.parametrize(
    ("offset", "content"),
    [
        (10, struct.pack("<H", zipfile.ZIP_STORED)),
        (16, b"\1\2\3\4"),
        (20, struct.pack("<L", 1)),
        (24, struct.pack("<L", 7)),
        (24, b"\xff\xff\xff\xff"),
    ],
)
def test_a_member_of_which_two_things_are_said_is_refused(
    offset: int, content: bytes
) -> None:
    """Some readers believe the directory, others what stands in front of the member."""
    data = wheel()
    place = data.index(b"a.py") - 30 + offset - 2
    data = data[:place] + content + data[place + len(content) :]
    assert "says two things about 'a.py'" in refused(data)


def test_sizes_that_follow_a_member_need_not_stand_in_front_of_it() -> None:
    data = bytearray(wheel())
    data[6] |= 1 << 3
    data[14:26] = bytes(12)
    assert read(bytes(data)).read("a.py") == b"x = 1\n"


def test_bytes_behind_the_end_are_refused() -> None:
    assert "holds bytes behind its end" in refused(wheel() + b"#!/bin/sh")


def test_a_comment_is_no_fault() -> None:
    data = wheel()[:-2] + b"\5\0hello"
    assert read(data).comment == b"hello"


def test_a_second_end_is_refused() -> None:
    """Who looks for the end from the front finds another directory."""
    data = wheel()
    end = data[data.rindex(b"PK\5\6") :]
    refused(data[:-2] + struct.pack("<H", len(end)) + end)


def test_a_comment_that_is_cut_off_is_refused() -> None:
    assert "has been cut off" in refused(wheel()[:-2] + b"\6\0hello")


@pytest.mark.parametrize(("offset", "content"), [(10, b"\1\0"), (16, b"\0\0\0\0")])
def test_an_end_that_names_another_directory_is_refused(
    offset: int, content: bytes
) -> None:
    """Where sizes are large, zipfile finds the directory in another way."""
    data = wheel()
    place = data.rindex(b"PK\5\6")
    start = data.index(b"PK\1\2")
    large = struct.pack(
        "<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 4, 4, place - start, start
    )
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, place, 1)
    end = data[place:]
    end = end[:offset] + content + end[offset + len(content) :]
    assert "lies about where its directory is" in refused(
        data[:place] + large + locator + end
    )
    assert read(data[:place] + large + locator + data[place:]).find("a.py")


@pytest.mark.parametrize("flag", [0, 5, 6, 13])
def test_an_encrypted_member_is_refused(flag: int) -> None:
    data = patched(wheel(("b.py", b"b")), "b.py", 8, struct.pack("<H", 1 << flag))
    assert "'b.py', which is encrypted" in refused(data)


@pytest.mark.parametrize("name", [*DESCRIPTION])
def test_a_wheel_without_what_every_wheel_has_is_refused(name: str) -> None:
    missing = name.rpartition("/")[2]
    assert f"has no {missing} in its .dist-info" in refused(wheel(without=[name]))


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("b-1.0.dist-info", "must have one .dist-info folder, and has 'a-1.0"),
        ("A-1.0.DIST-INFO", "must have one .dist-info folder, and has 'A-1.0"),
    ],
)
def test_a_second_dist_info_is_refused(folder: str, message: str) -> None:
    assert message in refused(wheel((f"{folder}/LICENSE", b"")))


@pytest.mark.parametrize(
    "name",
    ["b-1.0-py3-none-any.whl", "a-1.1-py3-none-any.whl", "a-10-py3-none-any.whl"],
)
def test_the_dist_info_of_another_package_is_refused(name: str) -> None:
    assert "which is another package's" in refused(wheel(), name)


def test_a_very_long_name_takes_no_time() -> None:
    data = zipped([("a-" + "-" * 60_000 + ".dist-info/METADATA", b"")])
    assert "which is another package's" in refused(data)


def test_a_wheel_without_dist_info_is_refused() -> None:
    assert "and has none" in refused(zipped([("a.py", b"")]))


def test_what_is_no_wheel_name_is_refused() -> None:
    with pytest.raises(FilenameError, match="too few parts"):
        read(wheel(), "a-1.0.whl")


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda _: b"x" * 1000,
        lambda data: data[:-30],
        lambda data: data[30:],
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"PK\1\2", b"PK\1\3"),
        lambda data: data.replace(b"PK\3\4", b"PK\3\5"),
    ],
)
def test_what_is_no_whole_archive_is_refused(change: Callable[[bytes], bytes]) -> None:
    refused(change(wheel(method=zipfile.ZIP_STORED)))


def test_a_huge_directory_is_not_read() -> None:
    """A million members take a gigabyte of memory."""
    entries = []
    for number in range(520):
        entry = zipfile.ZipInfo(f"{number}")
        entry.comment = b"x" * 65_000
        entries.append((entry, b""))
    assert "directory is larger than 33,554,432 bytes" in refused(wheel(*entries))


def test_a_bomb_is_not_inflated() -> None:
    """E3: the size in the directory is looked at first."""
    found = read(wheel(info={f"{INFO}/METADATA": b" " * (17 << 20)}))
    with pytest.raises(WheelError, match="is larger than 16,777,216 bytes"):
        found.read(f"{INFO}/METADATA")


def test_no_more_is_inflated_than_was_said() -> None:
    """E3: what the directory says about the size is a claim."""
    data = wheel(info={f"{INFO}/METADATA": b" " * (1 << 20)})
    found = read(patched_twice(data, f"{INFO}/METADATA", 24, struct.pack("<L", 10)))
    with pytest.raises(WheelError, match="cannot be read"):
        found.read(f"{INFO}/METADATA")


def test_a_member_shorter_than_it_says_is_refused() -> None:
    data = wheel(method=zipfile.ZIP_STORED)
    longer = struct.pack("<L", len(METADATA) + 1)
    found = read(patched_twice(data, f"{INFO}/METADATA", 24, longer))
    with pytest.raises(WheelError, match="has not the size it claims"):
        found.read(f"{INFO}/METADATA")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_inflates_without_a_limit_is_not_read(method: int) -> None:
    """E3: zipfile bounds what it inflates for deflate alone."""
    found = read(wheel(method=method))
    with pytest.raises(WheelError, match="compressed in an unusual way"):
        found.read(RECORD)


def test_what_is_no_file_is_not_read() -> None:
    link = zipfile.ZipInfo(f"{INFO}/LICENSE")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    found = read(wheel((link, b"/etc/passwd"), ("folder/", b"")))
    for member in (link.filename, "folder/"):
        with pytest.raises(WheelError, match="is no file"):
            found.read(member)


def test_an_absent_member_is_named() -> None:
    with pytest.raises(WheelError, match="has no nothing"):
        read(wheel()).read("nothing")
