"""An sdist is looked at before anything of it is run."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path, PurePosixPath

import pytest

from pip_variants.building.source import Sdist, SourceError

PROJECT = ("tiny-1.0/pyproject.toml", b"[project]\nname = 'tiny'\n")


def write(
    folder: Path,
    *files: tuple[str, bytes],
    name: str = "tiny-1.0.tar.gz",
    date: int = 0,
    extra: tarfile.TarInfo | None = None,
) -> Path:
    path = folder / name
    with tarfile.open(path, "w:gz") as archive:
        for member, data in files:
            info = tarfile.TarInfo(member)
            info.size, info.mtime = len(data), date
            archive.addfile(info, io.BytesIO(data))
        if extra is not None:
            archive.addfile(extra)
    return path


def link(name: str, target: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    return info


def test_name_and_version_are_those_of_the_file(tmp_path: Path) -> None:
    sdist = Sdist.read(write(tmp_path, PROJECT))
    assert (sdist.name, sdist.version) == ("tiny", "1.0")


def test_it_is_unpacked_into_a_folder_of_its_own(tmp_path: Path) -> None:
    sdist = Sdist.read(write(tmp_path, PROJECT, ("tiny-1.0/a/b.py", b"x")))
    folder = sdist.unpack(tmp_path / "one")
    assert (folder / "a" / "b.py").read_bytes() == b"x"


def digest(folder: Path, *files: tuple[str, bytes], date: int = 0) -> str:
    return Sdist.read(write(folder, *files, date=date)).digest


def test_dates_and_order_do_not_count_but_names_and_contents_do(tmp_path: Path) -> None:
    one, two = ("tiny-1.0/a.py", b"1"), ("tiny-1.0/b.py", b"2")
    first = digest(tmp_path, PROJECT, one, two)
    assert digest(tmp_path, two, one, PROJECT, date=9) == first
    assert digest(tmp_path, PROJECT, one) != first
    assert digest(tmp_path, PROJECT, one, ("tiny-1.0/b.py", b"3")) != first
    assert digest(tmp_path, PROJECT, one, ("tiny-1.0/c.py", b"2")) != first


def test_other_variants_are_no_other_source(tmp_path: Path) -> None:
    def of(text: str) -> str:
        return digest(tmp_path, (PROJECT[0], PROJECT[1] + text.encode()))

    bare = of("[variant]\nbuild-backend = 'x'\n")
    assert of("[variant]\nbuild-backend = 'x'\n[variant.matrix]\nnull = true\n") == bare
    assert of("[variant]\nbuild-backend = 'x'\nvariants.a.b.c = ['d']\n") == bare
    assert of("[variant]\nbuild-backend = 'y'\n") != bare
    assert of("[tool.x]\na = 1\n") != bare


@pytest.mark.parametrize(
    ("files", "extra", "told"),
    [
        ([("tiny-1.0/a.py", b"")], None, "has no pyproject.toml"),
        ([("other/pyproject.toml", b"")], None, "which is not in tiny-1.0/"),
        ([PROJECT, ("evil.py", b"")], None, "which is not in tiny-1.0/"),
        ([PROJECT, ("../evil.py", b"")], None, "which is not in tiny-1.0/"),
        ([PROJECT, ("/tmp/evil.py", b"")], None, "which is not in tiny-1.0/"),
    ],
)
def test_what_is_no_sdist_is_refused(
    tmp_path: Path,
    files: list[tuple[str, bytes]],
    extra: tarfile.TarInfo | None,
    told: str,
) -> None:
    with pytest.raises(SourceError, match=told):
        Sdist.read(write(tmp_path, *files, extra=extra))


@pytest.mark.parametrize(
    ("file", "extra"),
    [
        (("tiny-1.0/../../evil.py", b""), None),
        (None, link("tiny-1.0/way", "/etc")),
        (None, link("tiny-1.0/way", "../../..")),
    ],
)
def test_nothing_lands_outside_of_its_folder(
    tmp_path: Path, file: tuple[str, bytes] | None, extra: tarfile.TarInfo | None
) -> None:
    """E34."""
    files = [PROJECT] if file is None else [PROJECT, file]
    sdist = Sdist.read(write(tmp_path, *files, extra=extra))
    with pytest.raises(SourceError, match="cannot be unpacked"):
        sdist.unpack(tmp_path / "deep" / "folder")
    assert not (tmp_path / "evil.py").exists()
    assert not (tmp_path / "deep" / "evil.py").exists()


@pytest.mark.parametrize("name", ["tiny.tar.gz", "tiny-1.0.zip", "tiny 1-1.0.tar.gz"])
def test_a_file_of_another_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match="is not named as an sdist"):
        Sdist.read(write(tmp_path, PROJECT, name=name))


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b\x08", b"PK\x03\x04", b"x" * 1024])
def test_a_broken_file_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "tiny-1.0.tar.gz"
    path.write_bytes(data)
    with pytest.raises(SourceError):
        Sdist.read(path)


LEFT = (
    "dist/tiny-1.0-py3-none-any-v3.whl",
    "dist/Tiny-0.9-py3-none-any.whl",
    "dist/tiny-1.0-variants.json",
    "dist/.variant-build/ledger.json",
    "dist/.pip-variant-index.json",
    "dist/.0123456789abcdef.part",
    "tiny.egg-info/SOURCES.txt",
)
KEPT = (
    "dist/other-1.0-py3-none-any.whl",
    "dist/tiny-1.0.tar.gz",
    "dist/below/tiny-1.0-py3-none-any.whl",
    "other/tiny-1.0-py3-none-any.whl",
    "tiny-1.0-py3-none-any.whl",
    "SOURCES.txt",
)


@pytest.mark.parametrize(
    ("path", "counts"),
    [*((path, False) for path in LEFT), *((path, True) for path in KEPT)],
)
def test_what_an_earlier_run_left_counts_for_nothing(
    tmp_path: Path, path: str, counts: bool
) -> None:
    """Many backends pack whatever lies in the folder of the project."""
    outdir = PurePosixPath("dist")
    bare = Sdist.read(write(tmp_path, PROJECT), outdir).digest
    sdist = Sdist.read(write(tmp_path, PROJECT, (f"tiny-1.0/{path}", b"x")), outdir)
    assert (sdist.digest != bare) == counts
    folder = sdist.unpack(tmp_path / "one")
    # The list is one of those that a backend reads.
    assert (folder / path).exists() == (counts or path.endswith(".txt"))


def test_what_lies_elsewhere_counts_when_no_wheels_go_into_the_project(
    tmp_path: Path,
) -> None:
    wheel = ("tiny-1.0/dist/tiny-1.0-py3-none-any-v3.whl", b"x")
    sdist = Sdist.read(write(tmp_path, PROJECT, wheel))
    assert sdist.digest != digest(tmp_path, PROJECT)
