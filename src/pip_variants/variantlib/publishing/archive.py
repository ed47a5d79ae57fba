"""A wheel as an archive, read with suspicion.

What is made of a wheel goes to other people's machines, so a wheel that readers may
understand in different ways is refused here, before anything of it is used: members
that lie over each other, that have two names or share one, that lead out of the
folder, that nobody can read. Nothing is inflated but small files on demand, and
nothing is taken from the directory that the members themselves contradict.

Sources: the ZIP specification (APPNOTE 6.3.10, 4.3 and 4.4); the specification of the
binary distribution format; E3 and E32.
"""

from __future__ import annotations

import io
import posixpath
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import IO

from .._reading import MAX_BYTES
from ..errors import WheelError
from ..filename import parse_wheel_filename

__all__ = ["DIST_INFO", "Archive", "read_archive"]

DIST_INFO = ".dist-info"

_MAX_DIRECTORY = 32 * 1024 * 1024
"""The largest directory that is read, in bytes: some 250,000 members."""

_LONGEST_FOLDER = 255

_NEEDED = ("METADATA", "WHEEL", "RECORD")
_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_START = b"PK\3\4"
_UTF_8 = 1 << 11
_SIZES_FOLLOW = 1 << 3
# The longest form of checksum and sizes behind the data of a member.
_SIZES = 24
# Encrypted; patched; strongly encrypted; encrypted directory.
_UNREADABLE = 1 | 1 << 5 | 1 << 6 | 1 << 13
_INFLATABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DRIVE = re.compile(r"[A-Za-z]:")
_ERRORS = (
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What zipfile raises for archives that are broken, or that it cannot read."""


@dataclass(frozen=True, slots=True, eq=False)
class Archive:
    """The members of a wheel; the file must stay open while it is in use.

    :param filename: what the wheel is called.
    :param dist_info: the name of its ``.dist-info`` folder.
    :param members: the entries of its directory, in the order of the directory.
    :param comment: what stands behind the directory.
    """

    filename: str
    dist_info: str
    members: tuple[zipfile.ZipInfo, ...]
    comment: bytes
    file: IO[bytes] = field(repr=False)
    _zip: zipfile.ZipFile = field(repr=False)
    _by_name: dict[str, zipfile.ZipInfo] = field(repr=False)

    def find(self, member: str) -> zipfile.ZipInfo | None:
        """Return the entry of a member, None when there is none."""
        return self._by_name.get(member)

    def info(self, name: str) -> str:
        """Return the member that a file of the ``.dist-info`` folder is."""
        return f"{self.dist_info}/{name}"

    def read(self, member: str, limit: int = MAX_BYTES) -> bytes:
        """Return the content of a small member.

        :param limit: the most that it may hold, in bytes.
        :raises WheelError: when it is absent, too large, no file, or broken.
        """
        entry = self.find(member)
        if entry is None:
            raise WheelError(f"{self.filename} has no {member}")
        if entry.is_dir() or stat.S_ISLNK(entry.external_attr >> 16):
            raise WheelError(f"{member} in {self.filename} is no file")
        if entry.compress_type not in _INFLATABLE:
            # The others are inflated without a limit, whatever size they claim.
            msg = f"{member} in {self.filename} is compressed in an unusual way"
            raise WheelError(msg)
        if entry.file_size > limit:
            raise WheelError(
                f"{member} in {self.filename} is larger than {limit:,} bytes"
            )
        try:
            with self._zip.open(entry) as file:
                # The size in the directory is a claim: never inflate more than it says.
                data = file.read(limit + 1)
        except _ERRORS as error:
            msg = f"{member} in {self.filename} cannot be read: {error}"
            raise WheelError(msg) from None
        if len(data) != entry.file_size:
            raise WheelError(f"{member} in {self.filename} has not the size it claims")
        return data

    def place(self, entry: zipfile.ZipInfo) -> tuple[bytes, int]:
        """Return the extra field in front of a member, and where its data starts.

        :raises WheelError: when the archive is broken there.
        """
        try:
            return _local(self.file, entry, self.filename)
        except OSError as error:
            raise WheelError(f"{self.filename} cannot be read: {error}") from None

    def chunks(self, start: int, size: int, length: int = 1 << 20) -> Iterator[bytes]:
        """Yield the bytes of the file from *start* on, in pieces of at most *length*.

        :raises WheelError: when the file ends before, or cannot be read.
        """
        while size:
            try:
                self.file.seek(start)
                chunk = self.file.read(min(size, length))
            except OSError as error:
                msg = f"{self.filename} cannot be read: {error}"
                raise WheelError(msg) from None
            if not chunk:
                raise WheelError(f"{self.filename} has been cut off")
            start += len(chunk)
            size -= len(chunk)
            yield chunk


def read_archive(file: IO[bytes], name: str) -> Archive:
    """Read the directory of a wheel and check that it can mean one thing only.

    :param file: seekable; it must stay open.
    :param name: what the wheel is called.
    :raises FilenameError: when that is no name of a wheel.
    :raises WheelError: for everything else that is wrong with it, in one sentence.
    """
    plain, _ = parse_wheel_filename(name)
    try:
        return _read(file, name, plain)
    except _ERRORS as error:
        raise WheelError(f"{name} is no readable wheel: {error}") from None


def _read(file: IO[bytes], name: str, plain: str) -> Archive:
    """Read the directory and check it.

    :param plain: the name of the wheel without its label.
    :raises WheelError: for what is wrong with it; other errors where it is no archive.
    """
    archive = zipfile.ZipFile(_Bounded(file))
    entries = archive.infolist()
    for entry in entries:
        _check_entry(entry, name)
    by_name = _unique(entries, name)
    _check_places(file, entries, archive.start_dir, name)
    dist_info = _dist_info(entries, plain, name)
    found = Archive(
        name, dist_info, tuple(entries), archive.comment, file, archive, by_name
    )
    for needed in _NEEDED:
        if found.info(needed) not in by_name:
            raise WheelError(f"{name} has no {needed} in its .dist-info folder")
    return found


class _Bounded(io.RawIOBase):
    """A file of which nobody reads too much at once, as a huge directory would be."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            size = _MAX_DIRECTORY
        if size > _MAX_DIRECTORY:
            msg = f"its directory is larger than {_MAX_DIRECTORY:,} bytes"
            raise zipfile.BadZipFile(msg)
        return self._file.read(size)


def _check_entry(entry: zipfile.ZipInfo, name: str) -> None:
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


def _unique(entries: list[zipfile.ZipInfo], name: str) -> dict[str, zipfile.ZipInfo]:
    """Return the entries by name.

    Elsewhere names may differ in case alone, as they do in wheels for Linux; the
    files that describe the wheel may not (E32).

    :raises WheelError: when two members are installed as one.
    """
    seen: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        path = posixpath.normpath(entry.filename)
        if DIST_INFO in path.casefold():
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


def _check_places(
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
        _, start = _local(file, entry, name)
        last = start + entry.compress_size
        room = _SIZES if entry.flag_bits & _SIZES_FOLLOW else 0
    if last > end:
        raise WheelError(f"{name} has been cut off")
    if end > last + room:
        raise WheelError(f"{name} holds bytes that belong to no member")


def _local(file: IO[bytes], entry: zipfile.ZipInfo, name: str) -> tuple[bytes, int]:
    """Read the header in front of a member: its extra field, and where it ends.

    :raises WheelError: when there is none, or one of another member.
    """
    file.seek(entry.header_offset)
    head = file.read(_LOCAL.size)
    if len(head) == _LOCAL.size and head.startswith(_LOCAL_START):
        *_, name_length, extra_length = _LOCAL.unpack(head)
        encoding = "utf-8" if entry.flag_bits & _UTF_8 else "cp437"
        rest = file.read(name_length + extra_length)
        if rest[:name_length] == entry.orig_filename.encode(encoding):
            start = entry.header_offset + _LOCAL.size + name_length + extra_length
            return rest[name_length:], start
    raise WheelError(f"{name} lies about where {entry.filename!r} is")


def _dist_info(entries: list[zipfile.ZipInfo], plain: str, name: str) -> str:
    """Return the name of the only ``.dist-info`` folder.

    :raises WheelError: when there is none or several, or one of another package.
    """
    folders = {
        top
        for top, slash, _ in (e.filename.partition("/") for e in entries)
        if slash and top.casefold().endswith(DIST_INFO)
    }
    if len(folders) != 1:
        found = ", ".join(map(repr, sorted(folders)[:5])) or "none"
        raise WheelError(f"{name} must have one .dist-info folder, and has {found}")
    (folder,) = folders
    project, version, *_ = plain.split("-")
    # No file system takes a longer one, and comparing takes its time.
    same = len(folder) <= _LONGEST_FOLDER and (
        _alike(folder.removesuffix(DIST_INFO)) == _alike(f"{project}-{version}")
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
