"""What an index tells about the inside of a file, which is untrusted."""

from __future__ import annotations

import gzip
import io
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from pip_variants.demo.wheels import build_sdist
from pip_variants.variantlib.errors import WheelError
from pip_variants.variantlib.publishing.indexing.content import (
    Content,
    core_metadata,
    read_content,
)
from pip_variants.variantlib.publishing.indexing.listing import Found, Stamp
from pip_variants.variantlib.publishing.indexing.names import artifact_of

NAME = "a-1-py3-none-any.whl"
MEMBER = "a-1.dist-info/METADATA"


def wheel(
    *members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED
) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file


def read(path: Path) -> Content:
    artifact = artifact_of(path.name)
    assert artifact is not None
    return read_content(
        path, Found(path.name, Stamp.of(path.stat())), artifact, listed=True
    )


def test_the_metadata_of_a_wheel() -> None:
    assert core_metadata(wheel((MEMBER, b"Name: a")), NAME) == b"Name: a"


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (wheel(), "has 0 METADATA files"),
        (wheel(("x/a-1.dist-info/METADATA", b"")), "has 0 METADATA files"),
        (
            wheel((MEMBER, b"1"), ("b-1.dist-info/METADATA", b"2")),
            "has 2 METADATA files",
        ),
        (wheel((MEMBER, b"1"), method=zipfile.ZIP_LZMA), "in an unusual way"),
        (wheel((MEMBER, b" " * (16 * 2**20 + 1))), "is larger than 16,777,216 bytes"),
        (io.BytesIO(b"PK\x05\x06" + b"\xff" * 18), "is no readable wheel"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_metadata_that_cannot_be_used(file: io.BytesIO, reason: str) -> None:
    """E3, E32."""
    with pytest.raises(WheelError, match=reason):
        core_metadata(file, NAME)


def test_a_small_wheel_that_unpacks_to_a_large_one() -> None:
    """E3: what is inflated is bounded by us, not by what the file says."""
    bomb = wheel((MEMBER, b"\0" * 200_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(WheelError, match="is larger than"):
            core_metadata(bomb, NAME)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_a_field_over_several_lines(tmp_path: Path) -> None:
    path = tmp_path / NAME
    text = b"Name: a\nRequires-Python: >=3.8,\n  <4\n\nRequires-Python: body"
    path.write_bytes(wheel((MEMBER, text)).getvalue())
    assert read(path).requires_python == ">=3.8, <4"


def test_a_field_that_no_page_has_room_for(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(wheel((MEMBER, b"Requires-Python: " + b">" * 9_000)).getvalue())
    assert read(path).requires_python is None


def test_a_field_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(wheel((MEMBER, b"Requires-Python: \xff\xfe\n")).getvalue())
    found = read(path).requires_python
    assert found is not None
    found.encode()


def tar(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


PKG_INFO = b"Metadata-Version: 2.1\nRequires-Python: >=3.9\n"


def test_the_python_that_an_sdist_needs(tmp_path: Path) -> None:
    built = build_sdist(tmp_path, "demo", "1.0", requires_python=">=3.9")
    packed = tmp_path / "a-1.zip"
    packed.write_bytes(wheel(("a-1/PKG-INFO", PKG_INFO)).getvalue())
    late = tmp_path / "b-1.tar.gz"
    members = [(f"b-1/{n}", b"x" * 1000) for n in range(2000)]
    late.write_bytes(gzip.compress(tar(*members, ("b-1/PKG-INFO", PKG_INFO))))
    for path in (built, packed, late):
        content = read(path)
        assert content.requires_python == ">=3.9"
        assert (content.metadata, len(content.sha256)) == ("", 64)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no archive",
        gzip.compress(b"no archive"),
        gzip.compress(tar(("b-1/PKG-INFO", PKG_INFO)))[:60],
        gzip.compress(tar(("b-1/deep/PKG-INFO", PKG_INFO))),
    ],
    ids=["nothing", "no archive", "packed text", "cut", "too deep"],
)
def test_an_sdist_that_cannot_be_read_is_listed_by_its_hash(
    tmp_path: Path, data: bytes
) -> None:
    """What it holds is for whoever builds it to judge."""
    path = tmp_path / "b-1.tar.gz"
    path.write_bytes(data)
    content = read(path)
    assert content.requires_python is None
    assert len(content.sha256) == 64


def test_an_sdist_that_claims_a_name_of_gigabytes(tmp_path: Path) -> None:
    """E3: the name of a member may be as long as the archive says."""
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 8 * 2**30
    path = tmp_path / "b-1.tar.gz"
    with gzip.open(path, "wb", 1) as file:
        file.write(header.tobuf(tarfile.GNU_FORMAT))
        for _ in range(300):
            file.write(b"a" * 2**20)
    tracemalloc.start()
    try:
        assert read(path).requires_python is None
        assert tracemalloc.get_traced_memory()[1] < 2**29
    finally:
        tracemalloc.stop()


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(wheel((MEMBER, b"Name: a")).getvalue())
    found = Found(NAME, Stamp(1, 2, 3))
    artifact = artifact_of(NAME)
    assert artifact is not None
    with pytest.raises(WheelError, match="has changed while it was read"):
        read_content(path, found, artifact, listed=True)
