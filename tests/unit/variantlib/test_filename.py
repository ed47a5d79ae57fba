from __future__ import annotations

import pytest

from pip_variants.variantlib import parse_wheel_filename
from pip_variants.variantlib.errors import FilenameError
from pip_variants.variantlib.filename import (
    index_filename,
    label_of,
    parse_index_filename,
    with_label,
)

PLAIN = "numpy-2.3.2-cp313-cp313t-musllinux_1_2_x86_64"


@pytest.mark.parametrize(
    ("filename", "plain", "label"),
    [
        # PEP 825, "Variant label", examples
        (f"{PLAIN}.whl", f"{PLAIN}.whl", None),
        (f"{PLAIN}-x86_64_v3.whl", f"{PLAIN}.whl", "x86_64_v3"),
        (f"{PLAIN}-null.whl", f"{PLAIN}.whl", "null"),
        # R11: a third part that starts with a digit is a build number, never a tag
        ("foo-1.0-3-none-any-cu.whl", "foo-1.0-3-none-any-cu.whl", None),
        # R12: six dashes are build and label
        ("foo-1.0-1-py3-none-any-cu.whl", "foo-1.0-1-py3-none-any.whl", "cu"),
        ("foo-1.0-1x-py3-none-any.whl", "foo-1.0-1x-py3-none-any.whl", None),
        # a label may look like a hash or a number
        ("foo-1.0-py3-none-any-00000000.whl", "foo-1.0-py3-none-any.whl", "00000000"),
        ("foo-1.0-py3-none-any-12.8.whl", "foo-1.0-py3-none-any.whl", "12.8"),
    ],
)
def test_names_are_split(filename: str, plain: str, label: str | None) -> None:
    assert parse_wheel_filename(filename) == (plain, label)
    assert label_of(filename) == label


@pytest.mark.parametrize(
    "filename",
    [
        "foo-1.0.tar.gz",
        "foo-1.0-py3-none.whl",
        "foo-1.0-py3-none-any-a-b.whl",
        "foo-1.0-1-py3-none-any-a-b.whl",
        "foo-1.0-py3-none-any-CU129.whl",
        "foo-1.0-py3-none-any-.whl",
        "foo-1.0-py3-none-any-v3\n.whl",
        "foo--py3-none-any.whl",
        ".whl",
        "",
        # F17 and F18: early drafts
        "mypackage-0.0.1-@9091cdc4-py3-none-any.whl",
        "mypackage-0.0.1~36266d4d-py3-none-any.whl",
        "mypackage-0.0.1-~36266d4d~-py3-none-any.whl",
    ],
)
def test_what_is_no_wheel_name(filename: str) -> None:
    with pytest.raises(FilenameError):
        parse_wheel_filename(filename)
    assert label_of(filename) is None


def test_a_label_is_added_once() -> None:
    assert with_label(f"{PLAIN}.whl", "v3") == f"{PLAIN}-v3.whl"
    with pytest.raises(FilenameError, match="has the label 'v3' already"):
        with_label(f"{PLAIN}-v3.whl", "v4")
    with pytest.raises(FilenameError, match="no variant label"):
        with_label(f"{PLAIN}.whl", "V3")


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("my_pkg-1.0-py3-none-any-v3.whl", "my_pkg-1.0-variants.json"),
        ("torch-2.7.0+cu126-1-py3-none-any.whl", "torch-2.7.0+cu126-variants.json"),
    ],
)
def test_the_index_level_file_of_r28(filename: str, expected: str) -> None:
    assert index_filename(filename) == expected


@pytest.mark.parametrize(
    "filename",
    ["variants.json", "-variants.json", "foo-variants.json", "foo-1.0-variants.JSON"],
)
def test_what_is_no_index_level_file(filename: str) -> None:
    assert parse_index_filename(filename) is None


@pytest.mark.parametrize("name", ["My.Pkg", "my_pkg", "MY__pkg"])
def test_the_name_of_the_file_is_normalised(name: str) -> None:
    """R28: older tools name wheels as the project is written."""
    expected = "my_pkg-1.0-variants.json"
    assert index_filename(f"{name}-1.0-py3-none-any-null.whl") == expected


def test_a_name_may_hold_dashes() -> None:
    """R28 asks for the wheel's spelling; a reader need not insist."""
    assert parse_index_filename("my-pkg-1.0-variants.json") == ("my-pkg", "1.0")
