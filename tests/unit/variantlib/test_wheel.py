from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pip_variants.variantlib.errors import WheelError
from pip_variants.variantlib.wheel import read_variant_json, read_wheel

NAME = "a-1-py3-none-any-v3.whl"
MEMBER = "a-1.dist-info/variant.json"


def inside(label: str = "v3", **sections: Any) -> str:
    return json.dumps(
        {
            "$schema": "https://packaging.python.org/schemas/v0.1.1.json",
            "default-priorities": {"namespace": ["x86_64"]},
            "variants": {label: {"x86_64": {"level": ["v3"]}}},
        }
        | sections
    )


def wheel(*members: tuple[str, str]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members:
            archive.writestr(name, text)
    return file


def test_a_directory_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    """E3: a sparse file; only the end of it is on the disk."""
    path = tmp_path / NAME
    size = 1_500_000_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, size, 0, 0)
    with path.open("wb") as file:
        file.truncate(size)
        file.seek(0, io.SEEK_END)
        file.write(end)
    with pytest.raises(WheelError, match="its directory is larger than 33,554,432"):
        read_wheel(path)


def test_a_correct_wheel_is_read(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(wheel((MEMBER, inside())).getvalue())
    assert read_wheel(path).properties("v3") == {"x86_64": {"level": ["v3"]}}


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([], "has a label but no variant.json"),
        # E32: a twin in other case, a file in the wrong place
        ([("a-1.dist-info/Variant.JSON", inside())], "in place of variant.json"),
        ([("a-1.dist-info/Variant.JSON", inside("x")), (MEMBER, inside())], "has 2"),
        ([("variant.json", inside())], "no variant.json"),
        ([(f"x/{MEMBER}", inside())], "no variant.json"),
        # other spellings of the same installed path
        ([(MEMBER, inside()), ("a-1.dist-info/./variant.json", inside())], "has 2"),
        ([(MEMBER, inside()), ("a-1.dist-info//variant.json", inside())], "has 2"),
        ([(MEMBER, inside()), (f"x/../{MEMBER}", inside())], "has 2"),
        ([(MEMBER, inside()), (f"a-1.data/purelib/{MEMBER}", inside())], "has 2"),
        ([(MEMBER, inside()), ("b-1.dist-info/variant.json", inside())], "has 2"),
        # R25: the label inside is the one of the name, and the only one
        (
            [(MEMBER, inside("v4"))],
            "is named 'v3', but its variant.json describes 'v4'",
        ),
        ([(MEMBER, inside(variants={}))], "describes no label"),
        ([(MEMBER, inside(variants={"v3": {}, "v4": {}}))], "describes 'v3', 'v4'"),
        ([(MEMBER, inside(variants={"v3": []}))], "unusable"),
        ([(MEMBER, "<html>")], "unusable: not JSON"),
    ],
)
def test_what_contradicts_the_name_is_refused(
    members: list[tuple[str, str]], message: str
) -> None:
    with pytest.raises(WheelError, match=message):
        read_variant_json(wheel(*members), NAME)


def test_a_bomb_is_not_inflated() -> None:
    """E3: the size in the directory is looked at first."""
    bomb = wheel((MEMBER, " " * (17 * 1024 * 1024)))
    assert len(bomb.getvalue()) < 100_000
    with pytest.raises(WheelError, match="larger than"):
        read_variant_json(bomb, NAME)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_inflates_without_a_limit_is_refused(method: int) -> None:
    """E3: zipfile bounds what it inflates for deflate alone."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr(MEMBER, inside())
    with pytest.raises(WheelError, match="unusual way"):
        read_variant_json(file, NAME)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"x" * 1000])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    with pytest.raises(WheelError, match="is no readable wheel"):
        read_variant_json(io.BytesIO(data), NAME)


def test_a_damaged_member_is_refused() -> None:
    data = bytearray(wheel((MEMBER, inside() * 10)).getvalue())
    start = data.index(b"variant.json") + 20
    data[start : start + 20] = b"\0" * 20
    with pytest.raises(WheelError):
        read_variant_json(io.BytesIO(bytes(data)), NAME)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WheelError, match=f"{NAME} cannot be read"):
        read_wheel(tmp_path / NAME)
