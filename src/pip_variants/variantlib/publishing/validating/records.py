"""Whether the RECORD of a wheel tells the truth about its files.

Files are inflated piece by piece and never kept, so that a wheel of any size takes the
same memory.

Source: the specification of the binary distribution format, "The .dist-info directory".
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator

from ...errors import WheelError
from ..wheels.archive import Archive
from .findings import Finding, finding

__all__ = ["check_record"]

_STRONG = ("sha256", "sha384", "sha512", "blake2b", "blake2s", "sha3_256", "sha3_512")
_SIGNATURES = ("RECORD", "RECORD.jws", "RECORD.p7s")
_PIECE = 1 << 20
_SHOWN = 5
"""How many files of a wheel are named for one and the same mistake."""

_LARGE = 1 << 30
_MOST_RATIO = 250
"""What unpacks to more than this many times its size is let be when, with all others of
its kind in the wheel, it passes a gibibyte."""

_MOST_EXTRA_LINES = 10_000

_Row = tuple[str, str, str]


def check_record(archive: Archive, where: str) -> Iterator[Finding]:
    """Yield what is wrong with the RECORD of a wheel (W2)."""
    try:
        rows = _rows(archive)
    except WheelError as error:
        yield finding("W2", "error", where, str(error))
        return
    files = {
        entry.filename: entry
        for entry in archive.members
        if not entry.is_dir() and entry.filename not in map(archive.info, _SIGNATURES)
    }
    listed = {path for path, _, _ in rows}
    own = {archive.info(name) for name in _SIGNATURES}
    yield from _some("RECORD does not list {}", sorted(files.keys() - listed), where)
    absent = sorted(path for path in listed - own if archive.find(path) is None)
    yield from _some("RECORD lists {}, which the wheel does not hold", absent, where)
    counted = Counter(path for path, _, _ in rows)
    twice = sorted(path for path, count in counted.items() if count > 1)
    yield from _some("RECORD lists {} twice", twice, where)
    # Each file is inflated once, however often it is listed.
    first = {path: (digest, size) for path, digest, size in reversed(rows)}
    bombs = {*_bombs(files.values())}
    wrong = (
        (path, problem)
        for path, (digest, size) in reversed(first.items())
        if path in files
        for problem in [
            f"unpacks to {files[path].file_size:,} bytes, many times its size"
            if path in bombs
            else _problem(archive, files[path], digest, size)
        ]
        if problem
    )
    for count, (path, problem) in enumerate(wrong, start=1):
        if count > _SHOWN:
            yield _error("further files do not agree with RECORD", where)
            break
        yield _error(f"{path!r:.300} {problem}", where)


def _rows(archive: Archive) -> list[_Row]:
    """Return the lines of RECORD: path, hash and size as they are written.

    :raises WheelError: when it cannot be read.
    """
    data = archive.read(archive.info("RECORD"))
    most = len(archive.members) + _MOST_EXTRA_LINES
    rows: list[_Row] = []
    try:
        lines = csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
        for number, row in enumerate(lines, start=1):
            if not row:
                continue
            if len(row) != 3:
                raise WheelError(f"line {number} of RECORD has not three fields")
            rows.append((row[0], row[1], row[2]))
            if len(rows) > most:
                raise WheelError("RECORD lists far more files than the wheel holds")
    except (ValueError, csv.Error) as error:
        raise WheelError(f"RECORD cannot be read: {error}") from None
    return rows


def _bombs(files: Iterable[zipfile.ZipInfo]) -> Iterator[str]:
    """Yield the files that are not worth being unpacked."""
    room = _LARGE
    for entry in files:
        if entry.file_size > entry.compress_size * _MOST_RATIO:
            room -= entry.file_size
            if room < 0:
                yield entry.filename


def _some(text: str, paths: Iterable[str], where: str) -> Iterator[Finding]:
    """Yield one finding for a mistake, which names the first of many files."""
    named = [*paths]
    if named:
        shown = ", ".join(f"{path!r:.200}" for path in named[:_SHOWN])
        rest = f" and {len(named) - _SHOWN:,} more" if len(named) > _SHOWN else ""
        yield _error(text.format(f"{shown}{rest}"), where)


def _error(text: str, where: str) -> Finding:
    remedy = "build the wheel anew; nothing may be changed in it by hand"
    return finding("W2", "error", where, text, remedy)


def _problem(archive: Archive, entry: zipfile.ZipInfo, recorded: str, size: str) -> str:
    """Return what is wrong with one file, "" for nothing."""
    if size and size != str(entry.file_size):
        return f"has {entry.file_size:,} bytes, and RECORD says {size:.30}"
    algorithm, _, expected = recorded.partition("=")
    problem = _problem_of_hash(algorithm, expected)
    if problem:
        return problem
    hashing = hashlib.new(algorithm, usedforsecurity=False)
    try:
        for piece in _content(archive, entry):
            hashing.update(piece)
    except (WheelError, zlib.error, OSError) as error:
        return f"cannot be read: {error}"
    found = base64.urlsafe_b64encode(hashing.digest()).rstrip(b"=").decode()
    return "" if found == expected.rstrip("=") else "has not the hash in RECORD"


def _problem_of_hash(algorithm: str, expected: str) -> str:
    """Return why nothing can be compared with a hash, "" when it can be."""
    if not expected:
        return "has no hash in RECORD"
    if algorithm not in _STRONG or algorithm not in hashlib.algorithms_available:
        return f"has a hash of a kind that is not allowed, {algorithm:.30}"
    if len(expected) == 2 * hashlib.new(algorithm, usedforsecurity=False).digest_size:
        return "has a hash in hexadecimal digits, where base64 belongs"
    return ""


def _content(archive: Archive, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what a member holds, in pieces.

    :raises WheelError: when that is not what the directory says, or cannot be read.
    """
    _, start = archive.place(entry)
    pieces = archive.chunks(start, entry.compress_size, _PIECE)
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        pieces = _inflated(pieces, entry.file_size)
    elif entry.compress_type != zipfile.ZIP_STORED:
        raise WheelError("it is compressed in an unusual way")
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > entry.file_size:
            break
        yield piece
    if size != entry.file_size:
        raise WheelError("it has not the size it claims")


def _inflated(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Inflate, never more than a piece at once, and no more than *size* and a bit."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    left = size + 1
    for piece in pieces:
        rest = piece
        while rest and left > 0 and not inflater.eof:
            data = inflater.decompress(rest, _PIECE)
            rest = inflater.unconsumed_tail
            left -= len(data)
            yield data
    # What is still inside when all input was given.
    while left > 0 and not inflater.eof and (data := inflater.decompress(b"", _PIECE)):
        left -= len(data)
        yield data
