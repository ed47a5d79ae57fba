"""Looking for the libraries of drivers."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from pip_variants.variantlib.builtin import loader

MISSING = "libno-such-library.so.1"


@pytest.mark.skipif(platform.system() != "Linux", reason="no Linux")
def test_whether_one_is_there_is_asked_without_ctypes() -> None:
    code = f"""
import sys
sys.path[:] = {sys.path!r}
from pip_variants.variantlib.builtin import loader
loaded = "ctypes" in sys.modules
assert not loader.is_there({MISSING!r})
assert loader.load(()) is None
assert ("ctypes" in sys.modules) == loaded
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.skipif(platform.system() != "Linux", reason="no Linux")
def test_the_first_that_can_be_loaded_is_taken() -> None:
    assert loader.is_there("libc.so.6")
    library = loader.load([MISSING, "bad\0name", "libc.so.6", MISSING])
    assert library.abs(-3) == 3


def test_what_is_no_library_is_not_loaded(tmp_path: Path) -> None:
    text = tmp_path / "library.so"
    text.write_text("no library", encoding="utf-8")
    assert loader.load([MISSING, str(text)]) is None
