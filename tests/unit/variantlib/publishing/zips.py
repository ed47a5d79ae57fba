"""Wheels for the tests of publishing: correct ones, large ones, hostile ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pip_variants.variantlib import VariantsJson

NAME = "a-1.0-py3-none-any.whl"
INFO = "a-1.0.dist-info"
RECORD = f"{INFO}/RECORD"
VARIANT = f"{INFO}/variant.json"

Member = tuple[str | zipfile.ZipInfo, bytes]

METADATA = b"Metadata-Version: 2.4\nName: a\nVersion: 1.0\n"
WHEEL = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
DESCRIPTION: dict[str, bytes] = {
    f"{INFO}/METADATA": METADATA,
    f"{INFO}/WHEEL": WHEEL,
    RECORD: f"a.py,,\n{INFO}/METADATA,,\n{INFO}/WHEEL,,\n{RECORD},,\n".encode(),
}


def document(label: str = "v3", **properties: Any) -> VariantsJson:
    """Return the metadata of one wheel, for level v3 of the processor by default."""
    found = properties or ({} if label == "null" else {"x86_64": {"level": ["v3"]}})
    return VariantsJson.from_dict(
        {
            "$schema": "https://packaging.python.org/schemas/v0.1.1.json",
            "default-priorities": {"namespace": ["x86_64"]},
            "variants": {label: found},
        }
    )


def zipped(members: Iterable[Member], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive; a :class:`~zipfile.ZipInfo` says more about its member."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members:
            entry = name
            if isinstance(name, str):
                entry = zipfile.ZipInfo(name, (2024, 5, 6, 7, 8, 10))
                entry.external_attr = 0o100644 << 16
                entry.compress_type = method
            archive.writestr(entry, content)
    return file.getvalue()


def wheel(
    *more: Member,
    without: Iterable[str] = (),
    info: Mapping[str, bytes] | None = None,
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """Return a wheel with further members behind its module.

    :param without: members that it lacks.
    :param info: what replaces members of its ``.dist-info`` folder.
    """
    description = {**DESCRIPTION, **(info or {})}
    kept = [(k, v) for k, v in description.items() if k not in without]
    return zipped([("a.py", b"x = 1\n"), *more, *kept], method)


def put(folder: Path, data: bytes, name: str = NAME) -> Path:
    """Write a wheel and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return path


def write_large(path: Path, size: int) -> None:
    """Write a wheel with a stored member of *size* bytes, as a hole in the file."""
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("large.bin")
        entry.file_size = entry.compress_size = size
        entry.CRC = entry.header_offset = 0
        file = archive.fp
        assert file is not None
        file.write(entry.FileHeader())
        archive.start_dir = file.seek(size, io.SEEK_CUR)
        archive.filelist.append(entry)
        archive.NameToInfo[entry.filename] = entry
        for name, content in DESCRIPTION.items():
            archive.writestr(name, content)


def all_of_members(path: Path) -> list[tuple[object, ...]]:
    """Return all that an installer may look at, of each member."""
    with zipfile.ZipFile(path) as archive:
        return [
            (
                entry.filename,
                entry.date_time,
                entry.external_attr,
                entry.create_system,
                entry.compress_type,
                entry.comment,
                entry.extra,
                archive.read(entry),
            )
            for entry in archive.infolist()
        ]
