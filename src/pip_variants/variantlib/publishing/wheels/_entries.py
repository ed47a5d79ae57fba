"""The entries of a wheel's directory, checked against each other and the file.

Sources: the ZIP specification (APPNOTE 6.3.10, 4.3 and 4.4); the specification of the
binary distribution format; E3 and E32.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
from itertools import pairwise
from typing import IO

from ...errors import WheelError

__all__ = [
    "check_end",
    "check_entry",
    "check_places",
    "find_dist_info",
    "local_header",
    "unique",
]

_DIST_INFO = ".dist-info"
_LONGEST_FOLDER = 255

_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_START = b"PK\3\4"
_END = struct.Struct("<4s4H2LH")
_END_START = b"PK\5\6"
_LARGE = struct.Struct("<HH2Q")
_LARGE_SIZES = 1
_FIELD = 4
_ALL_ONES = (0xFFFF, 0xFFFF_FFFF)
"""What stands where a number is too large, and is told elsewhere."""

_UTF_8 = 1 << 11
_SIZES_FOLLOW = 1 << 3
# The longest form of checksum and sizes behind the data of a member.
_SIZES = 24
# Encrypted; patched; strongly encrypted; encrypted directory.
_UNREADABLE = 1 | 1 << 5 | 1 << 6 | 1 << 13
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DRIVE = re.compile(r"[A-Za-z]:")


def check_entry(entry: zipfile.ZipInfo, name: str) -> None:
    """Check what an entry of the directory says.

    :raises WheelError: when no wheel may hold such a member.
    """
    member = entry.orig_filename
    problem = _name_problem(member)
    if entry.filename != member and not problem:
        problem = "has a second name"
    if entry.flag_bits & _UNREADABLE:
        problem = "is encrypted"
    if problem:
        raise WheelError(f"{name} holds {member!r}, which {problem}")


def _name_problem(member: str) -> str:
    """Return why a member may not be called so, "" when it may."""
    if not member:
        return "is no name"
    if _CONTROL.search(member):
        return "holds a control character"
    if "\\" in member:
        return "holds a backslash"
    if member.startswith("/") or _DRIVE.match(member):
        return "is an absolute path"
    if ".." in member.split("/"):
        return "leads out of the wheel"
    return ""


def unique(entries: list[zipfile.ZipInfo], name: str) -> dict[str, zipfile.ZipInfo]:
    """Return the entries by name.

    Elsewhere names may differ in case alone, as they do in wheels for Linux; the
    files that describe the wheel may not (E32).

    :raises WheelError: when two members are installed as one.
    """
    seen: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        path = posixpath.normpath(entry.filename)
        if _DIST_INFO in path.casefold():
            path = path.casefold()
        if path in seen:
            raise WheelError(f"{name} holds {entry.filename!r} twice")
        seen[path] = entry
    # With the lowest sign as separator, a folder comes right before what is in it.
    ordered = sorted(seen, key=_by_parts)
    for above, below in pairwise(ordered):
        if below.startswith(f"{above}/") and not seen[above].is_dir():
            raise WheelError(f"{name} holds {above!r}, which is a file and a folder")
    return {entry.filename: entry for entry in entries}


def _by_parts(path: str) -> str:
    return path.replace("/", "\0")


def check_places(
    file: IO[bytes], entries: list[zipfile.ZipInfo], end: int, name: str
) -> None:
    """Check that every member has room of its own, and that it bears its name there.

    Readers that do not look at the directory would find what lies between members.

    :param end: where the directory starts.
    :raises WheelError: when members overlap, when there is something between them, or
        when they are not where the directory says.
    """
    last = room = 0
    for entry in sorted(entries, key=lambda each: each.header_offset):
        if entry.header_offset < last:
            raise WheelError(
                f"{name} holds {entry.filename!r}, which lies over another member"
            )
        if entry.header_offset > last + room:
            raise WheelError(f"{name} holds bytes that belong to no member")
        _, start = local_header(file, entry, name)
        last = start + entry.compress_size
        room = _SIZES if entry.flag_bits & _SIZES_FOLLOW else 0
    if last > end:
        raise WheelError(f"{name} has been cut off")
    if end > last + room:
        raise WheelError(f"{name} holds bytes that belong to no member")


def local_header(
    file: IO[bytes], entry: zipfile.ZipInfo, name: str
) -> tuple[bytes, int]:
    """Read the header in front of a member: its extra field, and where it ends.

    :raises WheelError: when there is none, or one of another member.
    """
    file.seek(entry.header_offset)
    head = file.read(_LOCAL.size)
    if len(head) == _LOCAL.size and head.startswith(_LOCAL_START):
        *fields, name_length, extra_length = _LOCAL.unpack(head)
        encoding = "utf-8" if entry.flag_bits & _UTF_8 else "cp437"
        rest = file.read(name_length + extra_length)
        extra = rest[name_length:]
        if rest[:name_length] == entry.orig_filename.encode(encoding):
            if not _agrees(fields, extra, entry):
                raise WheelError(f"{name} says two things about {entry.filename!r}")
            start = entry.header_offset + _LOCAL.size + name_length + extra_length
            return extra, start
    raise WheelError(f"{name} lies about where {entry.filename!r} is")


def _agrees(fields: list[int], extra: bytes, entry: zipfile.ZipInfo) -> bool:
    """Tell whether the header in front of a member says the same as the directory.

    Some readers look at the one, some at the other.
    """
    _, _, flags, method, _, _, *told = fields
    meant = [entry.CRC, entry.compress_size, entry.file_size]
    if flags & _SIZES_FOLLOW:
        # Nothing was known when it was written.
        unknown = (0, _ALL_ONES[1])
        same = all(a in (*unknown, b) for a, b in zip(told, meant, strict=True))
    else:
        if told[1:] == [_ALL_ONES[1]] * 2:
            told[1:] = _large_sizes(extra)
        same = told == meant
    return same and method == entry.compress_type


def _large_sizes(extra: bytes) -> list[int]:
    """Return the packed and the unpacked size of a large member; none where it has none."""
    while len(extra) >= _LARGE.size:
        kind, length, size, packed = _LARGE.unpack_from(extra)
        if kind == _LARGE_SIZES:
            return [packed, size]
        extra = extra[_FIELD + length :]
    return []


def check_end(file: IO[bytes], archive: zipfile.ZipFile, count: int, name: str) -> None:
    """Check that the file ends with its directory, and that all readers find that one.

    :param count: how many entries it has.
    :raises WheelError: when something follows, or two directories can be found.
    """
    length = _END.size + len(archive.comment)
    file.seek(max(file.seek(0, io.SEEK_END) - length, 0))
    end = file.read(_END.size)
    if len(end) < _END.size or not end.startswith(_END_START):
        raise WheelError(f"{name} holds bytes behind its end")
    *_, found, _, start, commented = _END.unpack(end)
    if commented != len(archive.comment):
        raise WheelError(f"{name} has been cut off")
    if found not in (count, _ALL_ONES[0]) or start not in (
        archive.start_dir,
        _ALL_ONES[1],
    ):
        raise WheelError(f"{name} lies about where its directory is")


def find_dist_info(entries: list[zipfile.ZipInfo], plain: str, name: str) -> str:
    """Return the name of the only ``.dist-info`` folder.

    :raises WheelError: when there is none or several, or one of another package.
    """
    folders = {
        top
        for top, slash, _ in (e.filename.partition("/") for e in entries)
        if slash and top.casefold().endswith(_DIST_INFO)
    }
    if len(folders) != 1:
        found = ", ".join(map(repr, sorted(folders)[:5])) or "none"
        raise WheelError(f"{name} must have one .dist-info folder, and has {found}")
    (folder,) = folders
    project, version, *_ = plain.split("-")
    # No file system takes a longer one, and comparing takes its time.
    same = len(folder) <= _LONGEST_FOLDER and (
        _alike(folder.removesuffix(_DIST_INFO)) == _alike(f"{project}-{version}")
    )
    if not same:
        raise WheelError(f"{name} holds {folder!r}, which is another package's")
    return folder


def _alike(stem: str) -> str:
    """Return name and version so that different spellings of them are equal.

    >>> _alike("My.Pkg-1.0.0.RC1") == _alike("my_pkg-1.0rc1")
    True
    >>> _alike("a-1.10") == _alike("a-11.0")
    False
    """
    name, _, version = stem.casefold().rpartition("-")
    version = re.sub(r"[-_.+]*([a-z]+)[-_.]*", r"\1", version)
    version = re.sub(r"(\.0)+(?![.0-9])", "", version)
    return f"{re.sub(r'[-_.]+', '-', name)} {re.sub(r'[-_+]+', '.', version)}"
