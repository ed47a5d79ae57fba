"""Pack a wheel: for the demo's own wheels, and as the build backend of its sdists.

Each sdist of the demo carries a copy of this file beside its ``pyproject.toml``.
There it is all that pip needs (PEP 517, in-tree), so that building takes no network.
It must therefore import nothing but the standard library.
"""

from __future__ import annotations

import base64
import csv
import email.parser
import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

__all__ = ["build_wheel", "escape", "pack", "wheel_file"]

# The oldest date that a zip file can hold.
_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644
_UNIX = 3


def escape(name: str) -> str:
    """Write a project name as file names do.

    >>> escape("My.Own-Package")
    'my_own_package'
    """
    return re.sub(r"[-_.]+", "_", name).lower()


def wheel_file(tag: str, build: str | None = None) -> bytes:
    r"""Write the file ``WHEEL``, with each tag of a compressed set on its own line.

    >>> print(wheel_file("py2.py3-none-any").decode().splitlines()[-2:])
    ['Tag: py2-none-any', 'Tag: py3-none-any']
    """
    pythons, abis, platforms = (part.split(".") for part in tag.split("-"))
    pure = abis == ["none"] and platforms == ["any"]
    lines = [
        "Wheel-Version: 1.0",
        "Generator: pip-variants demo",
        f"Root-Is-Purelib: {'true' if pure else 'false'}",
    ]
    if build is not None:
        lines.append(f"Build: {build}")
    lines += [
        f"Tag: {python}-{abi}-{platform}"
        for python in pythons
        for abi in abis
        for platform in platforms
    ]
    return ("\n".join(lines) + "\n").encode()


def pack(path: Path, files: Mapping[str, bytes], dist_info: str) -> None:
    """Write a wheel: its files in the order given, then the RECORD of them.

    The same files make the same bytes on every machine: dates and modes are fixed,
    and nothing is compressed, since what zlib writes depends on its version.

    :param dist_info: the name of the folder that the RECORD goes to. A RECORD that
        is among *files* is left alone.
    """
    record = f"{dist_info}/RECORD"
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            digest = hashlib.sha256(data).digest()
            text = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            writer.writerow((name, f"sha256={text}", len(data)))
            _store(archive, name, data)
        if record not in files:
            writer.writerow((record, "", ""))
            _store(archive, record, rows.getvalue().encode())


def _store(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    member = zipfile.ZipInfo(name, _DATE)
    member.create_system = _UNIX
    member.external_attr = _MODE << 16
    archive.writestr(member, data)


def build_wheel(
    wheel_directory: str,
    config_settings: object = None,  # noqa: ARG001 - PEP 517 names the arguments
    metadata_directory: object = None,  # noqa: ARG001
) -> str:
    """Build the sdist in the working directory, which PEP 517 makes its root.

    :return: the name of the wheel in *wheel_directory*.
    """
    metadata = Path("PKG-INFO").read_bytes()
    headers = email.parser.BytesHeaderParser().parsebytes(metadata)
    stem = f"{escape(headers['Name'])}-{headers['Version']}"
    dist_info = f"{stem}.dist-info"
    source = Path("src")
    files = {
        path.relative_to(source).as_posix(): path.read_bytes()
        for path in sorted(source.rglob("*"))
        if path.is_file()
    }
    files[f"{dist_info}/METADATA"] = metadata
    files[f"{dist_info}/WHEEL"] = wheel_file("py3-none-any")
    name = f"{stem}-py3-none-any.whl"
    pack(Path(wheel_directory) / name, files, dist_info)
    return name
