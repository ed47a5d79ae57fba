"""What is looked at, and how much is said about it."""

from __future__ import annotations

import dataclasses
import os
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pip_variants.variantlib.errors import VariantError
from pip_variants.variantlib.publishing.indexing.folder import index_folder
from pip_variants.variantlib.publishing.validating import (
    examine,
    records,
    validate,
)
from pip_variants.variantlib.publishing.validating.fallbacks import covers
from pip_variants.variantlib.publishing.validating.records import _bombs
from pip_variants.variantlib.publishing.wheels.archive import Archive
from tests.unit.variantlib.publishing.validating.samples import (
    GOOD,
    SCHEMAS,
    TOOLS,
    Release,
    changed,
    found,
    level,
    static,
)


def test_wheels_are_found_in_all_folders_but_hidden_ones(tmp_path: Path) -> None:
    Release(tmp_path / "one").put()
    Release(tmp_path / ".hidden").put()
    report = examine([tmp_path], TOOLS)
    assert (report.wheels, report.releases) == (4, 1)


@pytest.mark.skipif(os.name == "nt", reason="links take a privilege there")
def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    Release(tmp_path / "one").put()
    (tmp_path / "one" / "again").symlink_to(tmp_path / "one")
    assert examine([tmp_path], TOOLS).wheels == 4


def test_wheels_of_a_release_may_lie_in_several_folders(tmp_path: Path) -> None:
    """R13: one label, two meanings."""
    Release(tmp_path / "one").put()
    other = changed("variants", to={"v3": level("v4")})
    Release(tmp_path / "two").wheel("v3", other)
    assert {*found(tmp_path)} == {("R13", "error")}


def test_versions_that_are_written_otherwise_are_the_same_release(
    tmp_path: Path,
) -> None:
    Release(tmp_path / "one").put()
    other = changed("variants", to={"v3": level("v4")})
    Release(tmp_path / "two").wheel("v3", other, version="1.0.0")
    assert {*found(tmp_path)} == {("R13", "error")}


def test_one_wheel_alone_is_not_blamed_for_what_is_missing(tmp_path: Path) -> None:
    """A wheel that is named says nothing of the others: R8, R54 and R106 need all."""
    wheel = Release(tmp_path).wheel("v3", GOOD, requires=["x; variant_label == 'v2'"])
    assert [each.rule for each in validate([wheel], TOOLS)] == ["R15"]
    assert {"R8", "R54"} <= {each.rule for each in validate([tmp_path], TOOLS)}


def test_what_is_named_twice_is_looked_at_once(tmp_path: Path) -> None:
    wheel = Release(tmp_path).wheel("v3", GOOD)
    assert examine([wheel, tmp_path, tmp_path, wheel], TOOLS).wheels == 1


def test_any_metadata_file_can_be_named(tmp_path: Path) -> None:
    path = Release(tmp_path).metadata(
        changed("variants", "v5", to=level("v5")), "metadata.json"
    )
    assert {each.rule for each in validate([path], TOOLS)} == {"R15", "R105"}


def test_a_project_that_is_named_is_looked_at_whatever_it_is_called(
    tmp_path: Path,
) -> None:
    path = tmp_path / "other.toml"
    path.write_text("[variant]\ncolour = 'red'\n")
    assert {each.rule for each in validate([path], TOOLS)} == {"R98"}


@pytest.mark.parametrize("name", ["missing", "missing.whl", "notes.txt", "empty", "\0"])
def test_a_path_with_nothing_to_check_is_an_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "empty").mkdir()
    with pytest.raises(VariantError):
        validate([tmp_path / name], TOOLS)


def test_a_folder_with_a_project_alone_is_told_that_it_has_no_variants(
    tmp_path: Path,
) -> None:
    """R98: the same as of the file itself."""
    project = tmp_path / "pyproject.toml"
    project.write_text("[project]\nname = 'demo'\n")
    (found,) = validate([tmp_path], TOOLS)
    assert (found.rule, found.severity, found.where) == ("R98", "note", str(project))
    assert validate([project], TOOLS) == (found,)


def test_what_is_about_everything_comes_last(tmp_path: Path) -> None:
    """R15: in every report the same, so it is not in the way."""
    Release(tmp_path).put(changed("variants", "v5", to=level("v5")), plain=False)
    found = validate([tmp_path], TOOLS)
    assert [each.rule for each in found] == ["R105", "R106", "R15"]


def test_the_order_of_the_paths_does_not_matter(tmp_path: Path) -> None:
    release = Release(tmp_path)
    release.put(changed("variants", "v5", to=level("v5")), requires=["a; variant_x"])
    release.metadata(GOOD)
    paths = sorted(tmp_path.iterdir())
    assert validate(paths, TOOLS) == validate(paths[::-1], TOOLS)


def test_a_draft_is_told_of_and_a_version_of_the_format_is_not(tmp_path: Path) -> None:
    """R15, R16: no draft is anything else than a draft."""
    release = Release(tmp_path)
    release.metadata(changed("$schema", to=f"{SCHEMAS}/v1.0.0.json"))
    assert validate([tmp_path], TOOLS) == ()
    release.metadata(GOOD)
    assert [each.rule for each in validate([tmp_path], TOOLS)] == ["R15"]


def test_a_label_of_static_properties_fits_every_machine(tmp_path: Path) -> None:
    """R8: where all values are on a static list, nobody is left out."""
    only = static({"library": ["mkl"]}, mkl={"blas": {"library": ["mkl"]}})
    Release(tmp_path).put(only, plain=False)
    assert {*found(tmp_path)} == {("R106", "note")}


def test_the_file_of_a_release_is_known_however_its_version_is_spelled(
    tmp_path: Path,
) -> None:
    """R28: installers compare versions, not their text."""
    release = Release(tmp_path).put()
    release.metadata(GOOD, "demo-1.0.0-variants.json")
    assert {*found(tmp_path)} == set()


def test_what_an_index_makes_of_two_spellings_passes(tmp_path: Path) -> None:
    """Who validates without pip's tools compares versions as the index does."""
    Release(tmp_path).put()
    Release(tmp_path).wheel(
        "v4", changed("variants", to={"v4": level("v4")}), version="1.0.0"
    )
    index_folder(tmp_path)
    rules = {each.rule for each in validate([tmp_path]) if each.severity != "note"}
    assert rules == set()


@pytest.mark.skipif(os.name == "nt", reason="paths may be as long there")
def test_a_folder_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """A path that is too long to be opened, for root as well."""
    Release(tmp_path).put()
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=here)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    assert {*found(tmp_path)} == {("W1", "error")}


def test_each_file_is_told_before_it_is_read(tmp_path: Path) -> None:
    Release(tmp_path).put(listed=GOOD)
    told: list[tuple[str, int, int]] = []
    tools = dataclasses.replace(TOOLS, on_file=lambda *each: told.append(each))
    validate([tmp_path], tools)
    assert [number for _, number, _ in told] == [1, 2, 3, 4, 5]
    assert {total for *_, total in told} == {5}
    assert told[-1][0] == "demo-1.0-variants.json"


def test_a_broken_document_gets_a_bounded_number_of_findings(tmp_path: Path) -> None:
    labels: dict[str, object] = {f"Label{number}": {} for number in range(10_000)}
    Release(tmp_path).metadata(changed("variants", to=labels))
    assert len(validate([tmp_path], TOOLS)) < 50


def test_a_file_that_many_labels_get_wrong_is_told_once(tmp_path: Path) -> None:
    labels = {f"label{number}": level("v5") for number in range(100)}
    Release(tmp_path).metadata(changed("variants", to=labels))
    (one,) = [each for each in validate([tmp_path], TOOLS) if each.rule == "R105"]
    assert "and 99 more" in one.text


def test_a_large_wheel_takes_no_memory(tmp_path: Path) -> None:
    """Its files are hashed piece by piece."""
    size = 128 * 1024 * 1024
    content = bytes(size)
    wheel = Release(tmp_path).wheel(files={"demo.bin": content})
    del content
    for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        squeeze(wheel, compression)
        tracemalloc.start()
        try:
            assert validate([wheel], TOOLS) == ()
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < size / 3


def squeeze(wheel: Path, compression: int) -> None:
    with zipfile.ZipFile(wheel) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(wheel, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """E3: a file that is said to be two gigabytes of nearly nothing."""
    wheel = Release(tmp_path).wheel(files={"demo.bin": b""})
    with zipfile.ZipFile(wheel) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, data in members.items():
            if name.endswith("RECORD"):
                data = data.replace(b",0\n", b",2000000000\n", 1)  # noqa: PLW2901
            archive.writestr(name, data)
        archive.getinfo("demo.bin").file_size = 2_000_000_000
    # The size in front of the file's name says the same.
    packed = wheel.read_bytes()
    place = packed.index(b"demo.bin") - 8
    size = (2_000_000_000).to_bytes(4, "little")
    wheel.write_bytes(packed[:place] + size + packed[place + 4 :])
    (one,) = validate([wheel], TOOLS)
    assert one.rule == "W2"
    assert "unpacks to 2,000,000,000 bytes" in one.text


def test_many_bombs_are_one() -> None:
    """E3: the limit is that of the wheel, not that of each file."""
    files = [zipfile.ZipInfo(f"{number}.bin") for number in range(3)]
    for each in files:
        each.file_size, each.compress_size = 500_000_000, 1_000
    assert [*_bombs(files)] == ["2.bin"]
    files[0].compress_size = 100_000_000
    assert [*_bombs(files)] == []


def test_a_file_is_unpacked_once_however_often_it_is_listed(tmp_path: Path) -> None:
    content = bytes(20 << 20)
    wheel = Release(tmp_path).wheel(files={"demo.bin": content})
    with zipfile.ZipFile(wheel) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    record = next(name for name in members if name.endswith("RECORD"))
    row = next(line for line in members[record].splitlines() if b"demo.bin" in line)
    members[record] += (row + b"\n") * 9_000
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    inflated = []
    original = records._content

    def content_of(archive: Archive, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        inflated.append(entry.filename)
        return original(archive, entry)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "_content", content_of)
        (one,) = validate([wheel], TOOLS)
    assert "RECORD lists 'demo.bin' twice" in one.text
    assert inflated.count("demo.bin") == 1


@pytest.mark.parametrize("line", [b"\n", b"a,,\n"])
def test_a_record_that_unpacks_to_millions_of_lines(
    tmp_path: Path, line: bytes
) -> None:
    """E3: the text itself takes 12 megabytes, its lines would take a gigabyte."""
    wheel = Release(tmp_path).wheel()
    with zipfile.ZipFile(wheel) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            more = line * (3 << 20) if name.endswith("RECORD") else b""
            archive.writestr(name, data + more)
    tracemalloc.start()
    try:
        rules = [each.rule for each in validate([wheel], TOOLS)]
        assert tracemalloc.get_traced_memory()[1] < 150_000_000
    finally:
        tracemalloc.stop()
    assert rules == (["W2"] if line.strip() else [])


def test_a_set_of_tags_that_unfolds_to_gigabytes(tmp_path: Path) -> None:
    """E3: a thousand tags, each of which is a megabyte long."""
    wheel = Release(tmp_path).wheel()
    with zipfile.ZipFile(wheel) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    tags = f"{'.'.join(map(str, range(999)))}-{'x' * 1_000_000}-any".encode()
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            more = b"Tag: " + tags + b"\n" if name.endswith("/WHEEL") else b""
            archive.writestr(name, more + data)
    tracemalloc.start()
    try:
        texts = [each.text for each in validate([wheel], TOOLS)]
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()
    assert any("WHEEL has other tags than the file name" in text for text in texts)


@pytest.mark.parametrize(
    ("offered", "wanted", "expected"),
    [
        ("py3-none-any", "cp313-cp313-linux_x86_64", True),
        ("py2-none-any", "cp313-cp313-linux_x86_64", False),
        ("py313-none-any", "cp312-cp312-win_amd64", False),
        ("cp39-abi3-win_amd64", "cp313-cp313-win_amd64", True),
        ("cp39-abi3-win_amd64", "cp313-cp313t-win_amd64", False),
        ("cp314-abi3-win_amd64", "cp313-cp313-win_amd64", False),
        ("cp313-none-any", "cp313-cp313-linux_x86_64", True),
        ("cp313-cp313-linux_x86_64", "cp312-cp312-linux_x86_64", False),
        ("py3-none-manylinux_2_28_x86_64", "cp313-cp313-linux_x86_64", True),
        ("py3-none-manylinux_2_28_x86_64", "py3-none-musllinux_1_2_x86_64", False),
        ("py3-none-manylinux_2_28_aarch64", "py3-none-manylinux_2_28_x86_64", False),
        ("py3-none-macosx_11_0_universal2", "py3-none-macosx_14_0_arm64", True),
        ("py3-none-macosx_11_0_x86_64", "py3-none-macosx_14_0_arm64", False),
        ("py3-none-win32", "py3-none-win_amd64", False),
        ("nonsense", "py3-none-any", False),
    ],
)
def test_which_tag_covers_another(offered: str, wanted: str, expected: bool) -> None:
    assert covers(offered, wanted) is expected


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)
@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_a_folder_that_may_not_be_entered_is_an_error(
    tmp_path: Path, mode: int
) -> None:
    Release(tmp_path / "in").put()
    (tmp_path / "in").chmod(mode)
    try:
        with pytest.raises(VariantError):
            examine([tmp_path / "in"], TOOLS)
    finally:
        (tmp_path / "in").chmod(0o755)
