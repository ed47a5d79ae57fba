"""A variant wheel out of a wheel, and the wheel back out of it.

::

    a-1-py3-none-any.whl                       a-1-py3-none-any-LABEL.whl
      a.py                                       a.py
      a-1.dist-info/WHEEL         make -->       a-1.dist-info/WHEEL
                                                 a-1.dist-info/variant.json
      a-1.dist-info/RECORD       <-- unmake      a-1.dist-info/RECORD    (one line more)

All other members are the same, bit for bit: tags, build number and METADATA say
nothing about variants. A signature speaks of the RECORD and is lost with it.

Sources: PEP 825, "Variant metadata" and "Variant label" (R11-R14, R25, R26); PEP 427 for
the signatures.
"""

from __future__ import annotations

import copy
import json
import posixpath
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ...errors import VariantError, WheelError
from ...filename import parse_wheel_filename, with_label
from ...metadata import VariantsJson
from ...model import (
    NULL_LABEL,
    Label,
    Properties,
    same_properties,
    told,
)
from ...reading import MAX_BYTES
from ...wheel import MEMBER, read_variant_json, read_wheel
from ...whole_file import placed
from .archive import Archive, read_archive
from .packer import packing, zip_date
from .record import Record

__all__ = ["SIGNATURES", "Made", "make_variant", "unmake_variant", "variant_json"]

SIGNATURES = ("RECORD.jws", "RECORD.p7s")
"""The files of a ``.dist-info`` folder that vouch for its RECORD."""

_RECORD = "RECORD"
_MAX_RECORD = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Made:
    """A wheel that was made.

    :param path: the file.
    :param label: the label that was put on, or taken off.
    :param notes: what the user may not expect, in sentences without full stop.
    :param kept: whether it was there already, with the same content, and is untouched.
    """

    path: Path
    label: Label
    notes: tuple[str, ...] = ()
    kept: bool = False


def make_variant(
    wheel: Path, folder: Path, document: VariantsJson, *, timestamp: int | None = None
) -> Made:
    """Make a variant wheel out of a plain wheel.

    A file of its name is replaced. When this fails, nothing is left behind.

    :param folder: where it is written; it is made when there is none.
    :param document: metadata with exactly one label, which becomes that of the wheel.
    :param timestamp: the date of its ``variant.json``, in seconds since 1970; without
        it the date of its RECORD, so that the same input always gives the same bytes.
    :raises FilenameError: when the wheel has a label, or its name is none of a wheel.
    :raises WheelError: when it cannot be read or written, or the metadata fits no
        wheel.
    """
    label = _only_label(document)
    content = variant_json(document)
    if parse_wheel_filename(wheel.name)[1] is not None:
        msg = f"{wheel.name} is a variant wheel already; unmake it first"
        raise WheelError(msg)
    target = folder / with_label(wheel.name, label)
    before = _meaning(target, label)
    with _opened(wheel) as source:
        signatures = _present(source, *SIGNATURES)
        gone = (*signatures, *_present(source, MEMBER))
        record = _record(source).without(source.info(MEMBER), *signatures)
        record = record.with_file(source.info(MEMBER), content)
        with _written(target) as file:
            _copy(source, file, record, gone, _Added(content, timestamp))
            _check_made(file, target.name)
    notes = _dropped(signatures)
    if len(gone) > len(signatures):
        notes += (f"the {MEMBER} that was in it is replaced",)
    if before is not None and not same_properties(before, document.variants[label]):
        meant = told(before)
        notes += (f"a wheel whose label {label!r} meant {meant:.300} is replaced",)
    return Made(target, label, notes)


def _meaning(wheel: Path, label: Label) -> Properties | None:
    """Return what the label of a wheel means, None when there is no such wheel (R13)."""
    try:
        return read_wheel(wheel).properties(label) if _is_there(wheel) else None
    except VariantError:
        return None


def unmake_variant(wheel: Path, folder: Path) -> Made:
    """Make the plain wheel again that a variant wheel was made of.

    A plain wheel that is there already stays, when it holds the same.

    :param folder: where it is written; it is made when there is none.
    :raises FilenameError: when its name is none of a wheel.
    :raises WheelError: when it has no label, cannot be read or written, contradicts
        its name, or when another plain wheel is in its place.
    """
    plain, label = parse_wheel_filename(wheel.name)
    if label is None:
        raise WheelError(f"{wheel.name} has no label that could be taken off")
    target = folder / plain
    with _opened(wheel) as source:
        read_variant_json(source.file, wheel.name)
        signatures = _present(source, *SIGNATURES)
        gone = (*signatures, source.info(MEMBER))
        record = _record(source).without(*gone)
        kept = _is_there(target)
        if kept:
            _check_same(source, record, target)
        else:
            with _written(target) as file:
                _copy(source, file, record, gone)
    return Made(target, label, _dropped(signatures), kept)


def variant_json(document: VariantsJson) -> bytes:
    """Return the content of a ``variant.json``: equal bytes for equal metadata.

    :raises WheelError: when nobody would read that much.
    """
    content = (json.dumps(document.to_dict(), indent=4, sort_keys=True) + "\n").encode()
    if len(content) > MAX_BYTES:
        raise WheelError(f"a {MEMBER} may not be larger than {MAX_BYTES:,} bytes")
    return content


@dataclass(frozen=True, slots=True)
class _Added:
    """A ``variant.json`` to be put in front of the RECORD, and its date."""

    content: bytes
    timestamp: int | None

    def entry(self, source: Archive, record: zipfile.ZipInfo) -> zipfile.ZipInfo:
        """Return its entry in the directory: that of the RECORD, under its name."""
        entry = copy.copy(record)
        entry.filename = entry.orig_filename = source.info(MEMBER)
        # What other programs have to say there is about the RECORD.
        entry.extra = entry.comment = b""
        if self.timestamp is not None:
            entry.date_time = zip_date(self.timestamp)
        return entry


def _copy(
    source: Archive,
    file: IO[bytes],
    record: Record,
    gone: Collection[str],
    added: _Added | None = None,
) -> None:
    """Write the members of a wheel, but for a few, with another RECORD."""
    with packing(file, source.comment) as packer:
        for entry in source.members:
            if entry.filename == source.info(_RECORD):
                if added is not None:
                    packer.write(added.entry(source, entry), added.content)
                packer.write(entry, record.data)
            elif entry.filename not in gone:
                packer.copy(source, entry)


def _only_label(document: VariantsJson) -> Label:
    """Return the label of the metadata of one wheel (R14, R25).

    :raises WheelError: when it is not the metadata of one wheel.
    """
    if len(document.variants) != 1:
        found = len(document.variants)
        raise WheelError(f"the metadata of a wheel describes one label, not {found}")
    ((label, properties),) = document.variants.items()
    if properties and label == NULL_LABEL:
        raise WheelError(f"the label {label!r} may have no properties")
    if not properties and label != NULL_LABEL:
        msg = f"a variant without properties is called {NULL_LABEL!r}, not {label!r}"
        raise WheelError(msg)
    return label


def _present(source: Archive, *names: str) -> tuple[str, ...]:
    """Return those files of the ``.dist-info`` folder that are there."""
    members = map(source.info, names)
    return tuple(member for member in members if source.find(member) is not None)


def _dropped(signatures: Collection[str]) -> tuple[str, ...]:
    """Say which signatures a wheel has lost."""
    return tuple(
        f"the signature {posixpath.basename(each)} is dropped, as the RECORD is another"
        for each in signatures
    )


def _record(source: Archive) -> Record:
    """Read the RECORD.

    :raises WheelError: when it is broken.
    """
    data = source.read(source.info(_RECORD), _MAX_RECORD)
    return Record(data, f"{_RECORD} in {source.filename}")


@contextmanager
def _opened(wheel: Path) -> Iterator[Archive]:
    """Open a wheel and check it.

    :raises WheelError: when it is no readable wheel.
    """
    try:
        # Opening a pipe would wait for whoever writes into it.
        if wheel.exists() and not wheel.is_file():
            raise WheelError(f"{wheel} is no file")
        file = wheel.open("rb")
    except (OSError, ValueError) as error:
        raise WheelError(f"{wheel} cannot be read: {_reason(error)}") from None
    with file:
        yield read_archive(file, wheel.name)


@contextmanager
def _written(target: Path) -> Iterator[IO[bytes]]:
    """Open what will be at *target*.

    :raises WheelError: when it cannot be written.
    """
    try:
        with placed(target) as file:
            yield file
    except OSError as error:
        raise WheelError(f"{target} cannot be written: {_reason(error)}") from None


def _is_there(target: Path) -> bool:
    """Tell whether there is something at *target*.

    :raises WheelError: when nobody can tell.
    """
    try:
        return target.exists()
    except OSError as error:
        raise WheelError(f"{target} cannot be written: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    """Return what happened, without the name of the file where that is long."""
    return getattr(error, "strerror", None) or str(error)


def _check_made(file: IO[bytes], name: str) -> None:
    """Check that a new wheel will be read as what it was made for.

    :raises WheelError: when a member of the old one gets in its way.
    """
    read_archive(file, name)
    read_variant_json(file, name)


def _check_same(source: Archive, record: Record, target: Path) -> None:
    """Check that a plain wheel holds what a variant wheel holds.

    :param record: the RECORD that the plain wheel would have.
    :raises WheelError: when it holds something else.
    """
    with _opened(target) as present:
        apart = {*map(present.info, (_RECORD, *SIGNATURES))}
        lines = {*_record(present).without(*apart).lines}
        same = _contents(present, apart) == _contents(
            source, {*apart, source.info(MEMBER)}
        ) and lines == {*record.without(*apart).lines}
    if not same:
        msg = (
            f"{target} is there already, with other content; "
            "move it away, or name another folder"
        )
        raise WheelError(msg)


def _contents(archive: Archive, without: Collection[str]) -> set[tuple[str, int, int]]:
    """Return name, size and checksum of the members."""
    return {
        (entry.filename, entry.file_size, entry.CRC)
        for entry in archive.members
        if entry.filename not in without
    }
