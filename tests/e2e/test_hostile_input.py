"""What others have written: wheels, files of a project, requirements, lock files.

None of it may end in a traceback, switch pip-variants off, or take another package.
"""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

import pytest

from pip_variants.demo.wheels import build_sdist
from tests.kit import LEVELS, Index, Pip, level, levels, static_document

UNDEFINED = '"x" in extras and variant_label == "v2"'


@pytest.mark.parametrize("order", [("bad", "good"), ("good", "bad")])
def test_a_marker_of_one_package_leaves_the_others_alone(
    pip: Pip, index: Index, order: tuple[str, str]
) -> None:
    """E30: the version is passed over, and the others are chosen among as ever."""
    index.add(levels("v2"), "bad", "2.0", requires=[f"dep; {UNDEFINED}"])
    index.add(name="bad")
    index.add(levels("v1", "v2"), "good", requires=['dep; variant_label == "v2"'])
    index.add(name="dep")
    result = pip.dry(index, *order).ok()
    assert result.would_install == ["bad-1.0", "dep-1.0", "good-1.0-v2"]
    assert "invalid metadata" in result.both


@pytest.mark.parametrize(
    "marker", ["python_version ~= variant_label", "platform_release ~= variant_label"]
)
def test_a_marker_without_sense_on_a_plain_package(
    own_pip: Pip, index: Index, marker: str
) -> None:
    """As with stock pip: an older version instead, and orderly ends afterwards."""
    index.add(name="p", version="2.0", requires=[f"q; {marker}"])
    index.add(name="p")
    assert own_pip.dry(index, "p").ok().would_install == ["p-1.0"]
    (wheel,) = index.project("p").glob("p-2.0-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(own_pip.site)
    for command in (("check",), ("show", "p"), ("install", "--dry-run", "p")):
        assert "Traceback" not in own_pip(*command).both
    own_pip("uninstall", "--yes", "p").ok()


def test_the_name_of_an_archive_that_is_there_is_a_path(
    pip: Pip, index: Index, tmp_path: Path
) -> None:
    """F67: stock pip takes the file, so do we, whatever an index has."""
    index.add(static_document({"2.tar.gz": level("v2")}), "foo")
    build_sdist(tmp_path, "mine", "9.0").rename(tmp_path / "foo#2.tar.gz")
    result = pip(
        "install",
        "--dry-run",
        "--no-build-isolation",
        "--index-url",
        index.url,
        "foo#2.tar.gz",
        cwd=tmp_path,
    )
    assert "Processing ./foo#2.tar.gz" in result.out
    assert "foo-1.0" not in result.out


@pytest.mark.parametrize(
    "text",
    [
        r'"\u001b]0;owned\u0007" = 1',
        r'platform = ["\u001b[31mx"]',
        r'feature_priorities = {"\u001b[31m" = 1}',
        'platform = ["~nobody-of-this-name/x"]',
        r'platform = ["a\u0000b"]',
        'platform = ["pipe"]',
    ],
)
def test_the_file_of_a_strange_project(
    pip: Pip, levels_index: Index, tmp_path: Path, text: str
) -> None:
    """An error or a warning, without its escapes, and without waiting for a pipe."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "variants.toml").write_text(text)
    result = pip(
        "install", "--dry-run", "--index-url", levels_index.url, "demo", cwd=tmp_path
    )
    assert "variants.toml" in result.err
    assert "Traceback" not in result.both
    assert "\x1b" not in result.both


def test_a_pipe_in_place_of_the_file_of_a_project(
    pip: Pip, levels_index: Index, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "variants.toml")
    arguments = ("install", "--dry-run", "--index-url", levels_index.url, "demo")
    assert pip(*arguments, cwd=tmp_path).ok().would_install == ["demo-1.0-v2"]


def test_a_working_directory_that_is_gone(pip: Pip, levels_index: Index) -> None:
    """As with stock pip, which lists versions and says one line about the rest."""
    gone = pip.home / "gone"
    start = "import os; gone = {!r}; os.mkdir(gone); os.chdir(gone); os.rmdir(gone); "
    code = (
        start.format(str(gone)) + "import sys; sys.argv[0] = 'pip'; "
        "from pip._internal.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    index = ("--index-url", levels_index.url)
    for arguments in (
        ("index", "versions", "demo", *index),
        ("variant", "platform"),
    ):
        result = pip.run("-I", "-c", code, *arguments).ok()
        assert "Traceback" not in result.err


def test_a_plain_wheel_with_metadata_of_variants_inside(
    own_pip: Pip, index: Index
) -> None:
    """It is not exchanged for itself for ever."""
    index.add_wheel(variant_json=levels("v1"))
    arguments = ("install", "--upgrade", "--index-url", index.url, "demo")
    own_pip(*arguments).ok()
    assert "already satisfied" in own_pip(*arguments).ok().out


def test_an_upgrade_heeds_the_hashes(
    own_pip: Pip, index: Index, tmp_path: Path
) -> None:
    """E28: what is installed is the only one allowed, so nothing is collected."""
    index.add(LEVELS)
    own_pip("download", "--index-url", index.url, "-d", tmp_path, "demo#v1").ok()
    (wheel,) = tmp_path.glob("*.whl")
    hashed = re.search(r"sha256:\w+", own_pip("hash", wheel).ok().out)
    assert hashed is not None
    file = tmp_path / "r.txt"
    file.write_text(f"demo==1.0 --hash={hashed[0]}\n")
    arguments = ("install", "--upgrade", "--index-url", index.url, "-r", file)
    assert own_pip(*arguments).ok().installed == ["demo-1.0-v1"]
    again = own_pip(*arguments).ok().out
    assert "already satisfied" in again
    assert "Collecting" not in again
