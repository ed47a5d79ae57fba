"""``pip variant make`` and ``unmake``, and what is made by them (J20)."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pip_variants.demo.wheels import build_wheel
from tests.kit import SECONDS, Pip, static_document
from tests.running import Result

V2 = "cpu :: level :: v2"

PROJECT = """
    [variant.default-priorities]
    namespace = ["cpu"]

    [variant.providers.cpu]
    static-properties.level = ["v2", "v1"]

    [variant.variants.v2]
    cpu.level = ["v2"]
"""


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder with a project and its plain wheel in dist."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(textwrap.dedent(PROJECT), "utf-8")
    build_wheel(
        folder / "dist", "demo", "1.0", requires=["user; variant_label == 'v2'"]
    )
    return folder


PLAIN = "dist/demo-1.0-py3-none-any.whl"


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.rglob("*") if each.is_file())


def refuse(pip: Pip, work: Path, *args: str) -> Result:
    """Fail, with nothing written."""
    before = names(work)
    result = pip("variant", *args, cwd=work).failed()
    assert names(work) == before
    return result


def test_a_name_that_no_system_has_is_not_there(pip: Pip, work: Path) -> None:
    for verb in ("make", "unmake"):
        result = refuse(pip, work, verb, f"{'a' * 5000}.whl")
        assert "there is no file" in result.err


# what is made


def test_pip_installs_what_was_made(pip: Pip, work: Path, tmp_path: Path) -> None:
    """J20: the wheel is chosen, and its markers hold."""
    made = pip("variant", "make", "-p", V2, "--variant-label", "v2", PLAIN, cwd=work)
    assert made.ok().out.splitlines() == ["Made dist/demo-1.0-py3-none-any-v2.whl"]
    assert made.err == ""
    build_wheel(work / "dist", "user", "1.0")
    target = tmp_path / "target"
    arguments = ("--no-index", "--find-links", work / "dist", "demo")
    installed = pip.install_into(target, *arguments).ok().installed
    assert sorted(installed) == ["demo-1.0-v2", "user-1.0"]
    recorded = (target / "demo-1.0.dist-info" / "variant.json").read_text("utf-8")
    assert json.loads(recorded)["variants"] == {"v2": {"cpu": {"level": ["v2"]}}}


def test_a_label_alone_takes_the_properties_of_the_project(
    pip: Pip, work: Path
) -> None:
    """Building draft: variants maps labels to properties."""
    pip("variant", "make", "--variant-label", "v2", "-o", "new", PLAIN, cwd=work).ok()
    (made,) = (work / "new").iterdir()
    with zipfile.ZipFile(made) as archive:
        inside = json.loads(archive.read("demo-1.0.dist-info/variant.json"))
    document = static_document(
        {"v2": {"cpu": {"level": ["v2"]}}}, {"cpu": {"level": ["v2", "v1"]}}
    )
    assert inside == document


def test_without_a_label_it_is_made_of_the_properties(pip: Pip, tmp_path: Path) -> None:
    """PROVIDERS 3.1, with a note that no project was found."""
    build_wheel(tmp_path, "demo", "1.0")
    plain = "demo-1.0-py3-none-any.whl"
    arguments = ("make", "-p", "x86_64 :: level :: v3", plain)
    result = pip("variant", *arguments, cwd=tmp_path).ok()
    note, line = result.out.splitlines()
    assert line == "Made demo-1.0-py3-none-any-fa7c1393.whl"
    assert "the wheel will not say who provides its properties" in note


def test_several_wheels_get_the_same_variant(pip: Pip, work: Path) -> None:
    """And one that fails keeps no other from its turn."""
    build_wheel(work / "dist", "other", "2.0")
    (work / "dist" / "bad-1.0-py3-none-any.whl").write_bytes(b"no wheel")
    result = pip(
        "variant",
        "make",
        "--null-variant",
        *("-f", PLAIN, "-f", "dist/bad-1.0-py3-none-any.whl"),
        "dist/other-2.0-py3-none-any.whl",
        cwd=work,
    )
    assert result.status == 1
    assert result.out.splitlines() == [
        "Made dist/demo-1.0-py3-none-any-null.whl",
        "Made dist/other-2.0-py3-none-any-null.whl",
    ]
    assert result.err == (
        "ERROR: bad-1.0-py3-none-any.whl is no readable wheel: File is not a zip file\n"
    )


def test_unmake_gives_the_plain_wheel_back(pip: Pip, work: Path) -> None:
    plain = work / PLAIN
    before = plain.read_bytes()
    pip("variant", "make", "--variant-label", "v2", PLAIN, cwd=work).ok()
    made = "dist/demo-1.0-py3-none-any-v2.whl"
    kept = pip("variant", "unmake", made, cwd=work).ok()
    assert kept.out.splitlines() == [f"Kept {PLAIN}"]
    plain.unlink()
    unmade = pip("variant", "unmake", "--file", made, cwd=work).ok()
    assert unmade.out.splitlines() == [f"Made {PLAIN}"]
    assert plain.read_bytes() == before


@pytest.mark.parametrize("backend", ["flit_core.buildapi", "setuptools.build_meta"])
def test_the_wheels_of_build_backends_come_back(
    pip: Pip, tmp_path: Path, backend: str
) -> None:
    work = tmp_path / "work"
    (work / "dist").mkdir(parents=True)
    (work / "thing.py").write_text('"""A thing."""\n\n__version__ = "1.0"\n')
    (work / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "x"\n[project]\nname = "thing"\n'
        'version = "1.0"\ndescription = "A thing."\n'
    )
    program = f"import {backend} as b; b.build_wheel('dist')"
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=work,
        check=True,
        capture_output=True,
        timeout=SECONDS,
    )
    (plain,) = (work / "dist").iterdir()
    before = plain.read_bytes()
    arguments = ("make", "-q", "-p", "x86_64 :: level :: v2", "-o", "new", plain)
    pip("variant", *arguments, cwd=work).ok()
    (made,) = (work / "new").iterdir()
    pip("variant", "unmake", "-o", "back", made, cwd=work).ok()
    assert (work / "back" / plain.name).read_bytes() == before


def test_quiet_says_nothing(pip: Pip, work: Path) -> None:
    result = pip("variant", "make", "-q", "--null-variant", PLAIN, cwd=work).ok()
    assert result.both == ""


# reproducibility


def make_with_date(pip: Pip, work: Path, date: str) -> Result:
    arguments = ("variant", "make", "--null-variant", PLAIN)
    return pip(*arguments, cwd=work, environ={"SOURCE_DATE_EPOCH": date})


def test_the_date_of_the_source_is_that_of_the_new_file(pip: Pip, work: Path) -> None:
    made = work / "dist/demo-1.0-py3-none-any-null.whl"
    contents = []
    for _ in range(2):
        make_with_date(pip, work, "1700000000").ok()
        contents.append(made.read_bytes())
    assert contents[0] == contents[1]
    with zipfile.ZipFile(made) as archive:
        entry = archive.getinfo("demo-1.0.dist-info/variant.json")
        assert entry.date_time == (2023, 11, 14, 22, 13, 20)


@pytest.mark.parametrize("date", ["yesterday", "-1", "1.5", "٣", "1" * 30])
def test_a_date_that_is_none_is_refused(pip: Pip, work: Path, date: str) -> None:
    result = make_with_date(pip, work, date).failed()
    assert "must be a number of seconds since 1970" in result.err
    assert names(work / "dist") == [Path(PLAIN).name]


# what is refused


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["a :: b :: c"], "'a :: b :: c' is a property: write -p in front of each"),
        (["nosuch.whl"], "there is no file 'nosuch.whl'"),
    ],
)
def test_nothing_is_written_where_an_argument_is_no_wheel(
    pip: Pip, work: Path, more: list[str], told: str
) -> None:
    """The reference tool takes several properties after one -p; pip's options do not."""
    arguments = ("-p", "x86_64 :: level :: v3", *more, PLAIN)
    result = pip("variant", "make", *arguments, cwd=work).failed()
    assert told in result.err
    assert names(work / "dist") == [Path(PLAIN).name]


def test_everything_that_is_wrong_is_told_at_once(pip: Pip, work: Path) -> None:
    wrong = ("-p", "cpu :: level", "-p", "gpu :: arch :: 9", "--variant-label", "V")
    result = refuse(pip, work, "make", "--null-variant", *wrong, PLAIN)
    assert result.err == (
        "ERROR: 'cpu :: level' is no property: write it 'namespace :: feature :: "
        "value'\n"
        "  'V' is no variant label: only 0-9, a-z, '_' and '.' may stand in one; "
        "did you mean 'v'?\n"
        "  a null variant has no properties\n"
        "  the namespace 'gpu' is not listed in [variant.default-priorities] of "
        "pyproject.toml\n"
    )


def test_properties_that_nobody_knows_are_refused(pip: Pip, work: Path) -> None:
    """R105; --no-validate is for properties that come with the next release."""
    wrong = ("-p", "cpu :: level :: v3", "-p", "cpu :: lefel :: v2")
    result = refuse(pip, work, "make", *wrong, PLAIN)
    assert result.err == (
        "ERROR: cpu.lefel: static-properties knows no feature 'lefel'; did you mean "
        "level?\n"
        "  cpu.level: static-properties knows no value 'v3'; it knows v2, v1\n"
    )
    pip("variant", "make", "--no-validate", *wrong, PLAIN, cwd=work).ok()


def test_what_cannot_be_checked_is_a_warning(pip: Pip, tmp_path: Path) -> None:
    build_wheel(tmp_path, "demo", "1.0")
    arguments = ["make", "-p", "robot :: arm :: 3", "demo-1.0-py3-none-any.whl"]
    (warning,) = pip("variant", *arguments, cwd=tmp_path).ok().warnings
    assert warning.startswith("WARNING: The properties of robot are not checked: ")
    assert not pip("variant", *arguments, "--no-validate", cwd=tmp_path).ok().warnings


def test_a_signature_that_is_lost_is_a_warning(pip: Pip, work: Path) -> None:
    with zipfile.ZipFile(work / PLAIN, "a") as archive:
        archive.writestr("demo-1.0.dist-info/RECORD.jws", "{}")
    result = pip("variant", "make", "--null-variant", PLAIN, cwd=work).ok()
    (warning,) = result.warnings
    assert warning == (
        "WARNING: demo-1.0-py3-none-any.whl: the signature RECORD.jws is dropped, as "
        "the RECORD is another"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[variant", "pyproject.toml cannot be read: "),
        ("variant = 1", "must be a table"),
        ("[variant]\nvarants = {}", "variant.varants: is not known"),
    ],
)
def test_a_project_that_is_broken_is_refused(
    pip: Pip, work: Path, content: str, message: str
) -> None:
    (work / "pyproject.toml").write_text(content)
    assert message in refuse(pip, work, "make", "-p", V2, PLAIN).err


def test_a_project_that_is_asked_for_must_have_the_table(pip: Pip, work: Path) -> None:
    (work / "other.toml").write_text("[project]\n")
    for name, message in (
        ("other.toml", "other.toml has no [variant] table"),
        ("missing.toml", "there is no file 'missing.toml'"),
    ):
        arguments = ("make", "-p", V2, "--pyproject-toml", name, PLAIN)
        assert message in refuse(pip, work, *arguments).err


@pytest.mark.parametrize("verb", ["make", "unmake"])
def test_no_wheel_is_an_error(pip: Pip, work: Path, verb: str) -> None:
    assert "no wheel given" in refuse(pip, work, verb).err


def test_another_plain_wheel_is_never_replaced(pip: Pip, work: Path) -> None:
    pip("variant", "make", "--null-variant", PLAIN, cwd=work).ok()
    with zipfile.ZipFile(work / PLAIN, "a") as archive:
        archive.writestr("more.py", "")
    before = (work / PLAIN).read_bytes()
    result = refuse(pip, work, "unmake", "dist/demo-1.0-py3-none-any-null.whl")
    assert "is there already, with other content" in result.err
    assert (work / PLAIN).read_bytes() == before


def test_the_outcome_as_json(pip: Pip, work: Path) -> None:
    def run(*args: str, status: int = 0) -> Any:
        result = pip("variant", *args, "--json", cwd=work)
        assert result.status == status
        return json.loads(result.out)

    (work / "no-1-py3-none-any.whl").write_bytes(b"no wheel")
    made = run(
        "make", "--variant-label", "v2", PLAIN, "no-1-py3-none-any.whl", status=1
    )
    assert made["label"] == "v2"
    assert made["properties"] == {"cpu": {"level": ["v2"]}}
    good, bad = made["wheels"]
    assert good["made"] == "dist/demo-1.0-py3-none-any-v2.whl"
    assert bad["made"] is None
    assert "no-1-py3-none-any.whl" in bad["error"]
    unmade = run("unmake", good["made"])
    assert [(each["made"], each["kept"]) for each in unmade["wheels"]] == [
        (PLAIN, True)
    ]
