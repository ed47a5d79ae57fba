"""Wheels that break a rule: what is in them, their names and labels."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.variantlib.publishing.validating.cases.breaking import Break, Cases
from tests.unit.variantlib.publishing.validating.samples import (
    GOOD,
    Release,
    changed,
    level,
)

CASES = Cases()
breaks = CASES.breaks


# the wheel itself


@breaks("W1")
def junk(release: Release) -> None:
    (release.folder / "demo-1.0-py3-none-any.whl").write_bytes(b"no archive")


@breaks("W1")
def cut_off(release: Release) -> None:
    wheel = release.wheel()
    wheel.write_bytes(wheel.read_bytes()[:-30])


@breaks("W1")
def leads_out(release: Release) -> None:
    release.wheel(files={"../evil.py": b""})


@breaks("W1")
def two_dist_info_folders(release: Release) -> None:
    release.wheel(files={"demo.py": b"", "other-1.0.dist-info/METADATA": b""})


@breaks("W1")
def no_record(release: Release) -> None:
    wheel = release.wheel()
    rewrite(wheel, lambda name, data: None if name.endswith("RECORD") else data)


@breaks("W1")
def a_member_twice(release: Release) -> None:
    wheel = release.wheel()
    with (
        zipfile.ZipFile(wheel, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate"),
    ):
        archive.writestr("demo.py", b"something else")


@breaks("W1")
def of_another_package(release: Release) -> None:
    wheel = release.wheel()
    wheel.rename(wheel.with_name("other-1.0-py3-none-any.whl"))


@breaks("W2")
def another_content(release: Release) -> None:
    rewrite(
        release.wheel(),
        lambda name, data: (
            data.replace(b"None", b"Zero") if name == "demo.py" else data
        ),
    )


@breaks("W2")
def another_size(release: Release) -> None:
    rewrite(
        release.wheel(),
        lambda name, data: data + b"#" if name == "demo.py" else data,
    )


@breaks("W2")
def a_file_too_many(release: Release) -> None:
    with zipfile.ZipFile(release.wheel(), "a") as archive:
        archive.writestr("more.py", b"")


@breaks("W2")
def a_file_too_few(release: Release) -> None:
    rewrite(release.wheel(), lambda name, data: None if name == "demo.py" else data)


def record(text: str) -> Break:
    """Return a case: a wheel in which RECORD says this of demo.py."""

    def case(release: Release) -> None:
        def replace(name: str, data: bytes) -> bytes:
            if not name.endswith("RECORD"):
                return data
            lines = data.decode().splitlines()
            kept = [line for line in lines if not line.startswith("demo.py")]
            return "\n".join([text, *kept]).encode()

        rewrite(release.wheel(files={"demo.py": b""}), replace)

    return case


EMPTY = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
breaks("W2")(record("demo.py,,0"))
breaks("W2")(record("demo.py,md5=1B2M2Y8AsgTpgAmY7PhCfg,0"))
breaks("W2")(record(f"demo.py,{EMPTY},0,more"))
breaks("W2")(record(f"demo.py,{EMPTY},0\ndemo.py,{EMPTY},0"))
breaks("W2")(record("demo.py,sha256=AAAA,0"))
breaks("W2")(record(f"demo.py,sha256={hashlib.sha256().hexdigest()},0"))


def rewrite(wheel: Path, replace: Callable[[str, bytes], bytes | None]) -> None:
    """Write a wheel anew with other contents; None leaves a member out."""
    with zipfile.ZipFile(wheel) as archive:
        members = [(info, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(wheel, "w") as archive:
        for info, data in members:
            content = replace(info.filename, data)
            if content is not None:
                archive.writestr(info.filename, content)


def metadata(text: str) -> Break:
    return lambda release: release.wheel(inside={"METADATA": text.encode()})


HEAD = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"
breaks("W3")(metadata(HEAD.replace("demo", "other")))
breaks("W3")(metadata(HEAD.replace("1.0", "1.1")))
breaks("W3")(metadata("Metadata-Version: 2.4\nVersion: 1.0\n"))
breaks("W3")(metadata(HEAD + "Version: 1.0\n"))


@breaks("W3", "warning")
def other_tags(release: Release) -> None:
    text = f"{WHEEL}Tag: py2-none-any\n"
    release.wheel(inside={"WHEEL": text.encode()})


@breaks("W3")
def another_build_number(release: Release) -> None:
    text = f"{WHEEL}Build: 2\nTag: py3-none-any\n"
    release.wheel(inside={"WHEEL": text.encode()}, build="1")


@breaks("W3")
def no_name_of_a_wheel(release: Release) -> None:
    (release.folder / "demo.whl").write_bytes(b"")


# names and labels


@breaks("R6")
def no_metadata_inside(release: Release) -> None:
    release.put()
    release.wheel("v4")


@breaks("R6")
def metadata_in_a_plain_wheel(release: Release) -> None:
    release.put(plain=False)
    inside = json.dumps(changed("variants", to={"v2": level("v2")})).encode()
    release.wheel(inside={"variant.json": inside})


@breaks("R6")
def metadata_in_capitals(release: Release) -> None:
    """E32: where file systems ignore case, it is one of that name."""
    release.put()
    inside = json.dumps(changed("variants", to={"v4": level("v4")})).encode()
    release.wheel("v4", inside={"Variant.JSON": inside})


@breaks("R11")
def a_python_tag_that_begins_with_a_digit(release: Release) -> None:
    """What looks like a label is read as the platform tag of build 3."""
    wheel = release.wheel(tag="none-any-cu", build="3")
    assert wheel.name == "demo-1.0-3-none-any-cu.whl"


@breaks("R11")
def a_python_tag_of_digits_after_a_build_number(release: Release) -> None:
    release.wheel(tag="3-none-any", build="1")


@breaks("R12")
def a_label_in_capitals(release: Release) -> None:
    (release.folder / "demo-1.0-py3-none-any-CU129.whl").write_bytes(b"")


breaks("R12")(
    lambda release: release.metadata(changed("variants", "V2", to=level("v2")))
)


@breaks("R25")
def renamed(release: Release) -> None:
    """E32: a wheel that was given another label by hand."""
    release.put()
    release.wheel("v4", GOOD, inner_label="v2")


@breaks("R25")
def all_labels_inside(release: Release) -> None:
    release.put(changed("variants", "v3", to=None))
    both = changed("variants", to={"v3": level("v3"), "v4": level("v4")})
    release.wheel("v3", inside={"variant.json": json.dumps(both).encode()})
