"""Targets: wheels, from the bytes of the archive to what stands in their RECORD."""

from __future__ import annotations

import contextlib
import io
import json
import struct
import zipfile
from functools import cache
from pathlib import Path

from pip_variants.variantlib import VariantsJson, cli
from pip_variants.variantlib.errors import VariantError, WheelError
from pip_variants.variantlib.filename import label_of
from pip_variants.variantlib.publishing.indexing.folder import index_folder
from pip_variants.variantlib.publishing.inspection import inspect_file
from pip_variants.variantlib.publishing.validating import RULES, validate
from pip_variants.variantlib.publishing.wheels.making import (
    SIGNATURES,
    make_variant,
    unmake_variant,
)
from pip_variants.variantlib.publishing.wheels.record import Record
from pip_variants.variantlib.wheel import read_wheel
from tests.unit.variantlib.publishing.validating.samples import TOOLS
from tests.unit.variantlib.publishing.zips import document

from .laws import Scratch, told

__all__ = [
    "built_wheel",
    "fuzz_archive",
    "fuzz_made_wheel",
    "fuzz_members",
    "fuzz_record",
]

NAME = "demo-1.0-py3-none-any-v3.whl"
PLAIN = "demo-1.0-py3-none-any.whl"
INFO = "demo-1.0.dist-info"

_METHODS = (
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
    zipfile.ZIP_BZIP2,
    zipfile.ZIP_BZIP2,
)
_ATTRIBUTES = (0o100644 << 16, 0o120777 << 16, 0o040755 << 16 | 0x10, 0)
_PATCH = struct.Struct("<HB")

_scratch = Scratch()
_target = Scratch()


@cache
def _usual() -> dict[str, bytes]:
    """Return the members of a variant wheel, the RECORD last."""
    members = {
        "demo.py": b"",
        f"{INFO}/METADATA": b"Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n",
        f"{INFO}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{INFO}/variant.json": _variant_json(document()),
    }
    record = Record(f"{INFO}/RECORD,,\n".encode())
    for name, content in members.items():
        record = record.with_file(name, content)
    return {**members, f"{INFO}/RECORD": record.data}


def _variant_json(found: VariantsJson) -> bytes:
    return json.dumps(found.to_dict()).encode()


def built_wheel(data: bytes) -> bytes:
    """Return the wheel that data describes, so that a fuzzer gets behind the checksums.

    A record is a length, a name ("@" for the ``.dist-info`` folder), a byte of flags,
    two bytes of length, a content: a member, in place of the usual one of that name,
    or beside it. A length of zero ends them; what follows are places in the archive
    and what stands there.
    """
    members: list[tuple[str, bytes, int]] = []
    file = io.BytesIO(data)
    while length := int.from_bytes(file.read(1), "little"):
        name = file.read(length).decode("utf-8", "replace").replace("@", f"{INFO}/")
        flags = int.from_bytes(file.read(1), "little")
        content = file.read(int.from_bytes(file.read(2), "little"))
        members.append((name, content, flags))
    instead = {name for name, _, flags in members if not flags & 0x80}
    usual = [(n, c, 0) for n, c in _usual().items() if n not in instead]
    archive = bytearray(_packed([*usual, *members]))
    patches = file.read(300)
    for at in range(0, len(patches) - _PATCH.size + 1, _PATCH.size):
        place, value = _PATCH.unpack_from(patches, at)
        # From the end: the directory is there.
        archive[-1 - place % len(archive)] = value
    return bytes(archive)


def _packed(members: list[tuple[str, bytes, int]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content, flags in members:
            entry = zipfile.ZipInfo(name or "x")
            entry.compress_type = _METHODS[flags & 3]
            entry.external_attr = _ATTRIBUTES[flags >> 2 & 3]
            entry.create_system = 3
            # Two of a name warn, and are what this is for.
            archive.NameToInfo.pop(entry.filename, None)
            archive.writestr(entry, content)
    return packed.getvalue()


def _look(path: Path, data: bytes) -> None:
    """Read a wheel in all ways."""
    try:
        found = inspect_file(path)
    except VariantError as error:
        told(error, data)
    else:
        told(" ".join(["problems:", *found.problems]), data)
    for finding in validate([path], TOOLS):
        assert finding.rule in RULES
        told(finding.text, data)
    report = index_folder(path.parent)
    for problem in report.problems:
        told(problem.text, data)
    try:
        inside = read_wheel(path)
    except WheelError as error:
        told(error, data)
        assert not report.ok
        return
    assert [*inside.variants] == [label_of(path.name)]


def _make(path: Path) -> None:
    """Take the label off and put one on: nothing else is another (R25)."""
    folder = _target()
    with contextlib.suppress(VariantError):
        plain = unmake_variant(path, folder).path
        before = _contents(path)
        made = make_variant(plain, folder, read_wheel(path)).path
        after = _contents(made)
        for each in (before, after):
            for name in ("RECORD", "variant.json", *SIGNATURES):
                each.pop(f"{INFO}/{name}", None)
        assert before == after
        assert read_wheel(made).variants == read_wheel(path).variants
        with zipfile.ZipFile(made) as archive:
            assert archive.testzip() is None or not _is_whole(path)


def _contents(path: Path) -> dict[str, tuple[int, int]]:
    with zipfile.ZipFile(path) as archive:
        return {
            each.filename: (each.CRC, each.file_size) for each in archive.infolist()
        }


def _is_whole(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return archive.testzip() is None


def fuzz_archive(data: bytes) -> None:
    """Any bytes under the name of a wheel are read or refused (E3)."""
    _look(_scratch.file(NAME, data), data)


def fuzz_members(data: bytes) -> None:
    """Any members in a wheel are read or refused (E3, E32)."""
    wheel = built_wheel(data)
    path = _scratch.file(NAME, wheel)
    _look(path, wheel)
    shown, said = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(said):
        status = cli.main(["analyze-wheel", "-i", str(path)])
    lines = [*shown.getvalue().split("\n"), *said.getvalue().split("\n")]
    assert all(line.isprintable() for line in lines)
    assert status in {0, 1}


def fuzz_made_wheel(data: bytes) -> None:
    """What is taken for a wheel can be made another and back."""
    try:
        wheel = built_wheel(data)
        _make(_scratch.file(NAME, wheel))
    except NotImplementedError:
        pass


def fuzz_record(data: bytes) -> None:
    """A line that goes into a RECORD comes out, and all others stay (PEP 376)."""
    record = Record(data)
    try:
        lines = record.lines
    except WheelError as error:
        told(error, data)
        return
    path = "demo-1.0.dist-info/variant.json"
    without = record.without(path)
    assert path not in [line.place for line in without.lines]
    more = without.with_file(path, b"{}")
    assert len(more.lines) == len(without.lines) + 1
    assert more.without(path).data == without.data
    if path not in [line.place for line in lines]:
        assert without.data == data
