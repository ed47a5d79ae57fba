from __future__ import annotations

from pathlib import Path

import pytest

from pip_variants import _pip
from pip_variants.demo.wheels import build_wheel
from pip_variants.installed import installed_label


def label_in(folder: Path, content: bytes | None) -> str | None:
    from pip._internal.metadata import FilesystemWheel, get_wheel_distribution

    files = {"demo.py": b""}
    if content is not None:
        files["demo-1.0.dist-info/variant.json"] = content
    wheel = build_wheel(folder, "demo", "1.0", files=files)
    name = _pip.canonicalize_name("demo")
    return installed_label(get_wheel_distribution(FilesystemWheel(str(wheel)), name))


def test_a_plain_distribution_has_none(tmp_path: Path) -> None:
    assert label_in(tmp_path, None) is None


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{", b"[]", b"{}"])
def test_a_file_that_is_something_else_counts_as_none(
    tmp_path: Path, content: bytes
) -> None:
    """F6: a package without variants may have a file of that name."""
    assert label_in(tmp_path, content) is None


def test_the_label_is_read(tmp_path: Path) -> None:
    document = (
        b'{"$schema": "https://packaging.python.org/schemas/v0.1.1.json",'
        b' "default-priorities": {"namespace": ["a"]}, "variants": {"v3": {}}}'
    )
    assert label_in(tmp_path, document) == "v3"
