"""What the name of a file says about its release."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_variants import _pip
from pip_variants.variantlib.errors import FilenameError
from pip_variants.variantlib.publishing.indexing.names import (
    artifact_of,
    project_name,
    version_key,
)


@pytest.mark.parametrize(
    ("name", "project", "version", "label"),
    [
        ("demo-1.0-py3-none-any.whl", "demo", "1.0", None),
        ("My.Pkg-1.0-py3-none-any-cu129.whl", "my-pkg", "1.0", "cu129"),
        ("demo-1.0-1-py3-none-any-null.whl", "demo", "1.0", "null"),
        ("demo-1.0+cu.126-py3-none-any-a.whl", "demo", "1.0+cu.126", "a"),
        ("my-old-pkg-1.0.tar.gz", "my-old-pkg", "1.0", None),
        ("demo-1.0.post1.zip", "demo", "1.0.post1", None),
    ],
)
def test_a_name_is_read(
    name: str, project: str, version: str, label: str | None
) -> None:
    found = artifact_of(name)
    assert found is not None
    assert (found.project, found.version, found.label) == (project, version, label)


@pytest.mark.parametrize(
    "name",
    ["notes.txt", "demo.tar.gz", "my-backup.zip", "demo-1.0-variants.json", ".zip"],
)
def test_other_files_are_none_of_it(name: str) -> None:
    assert artifact_of(name) is None


@pytest.mark.parametrize("name", ["demo.whl", "a-1-py3-none-any-V2.whl", "--.whl"])
def test_a_wheel_with_another_name_is_refused(name: str) -> None:
    with pytest.raises(FilenameError):
        artifact_of(name)


def test_the_metadata_is_named_as_wheels_are() -> None:
    """R28."""
    found = artifact_of("My.Odd-_Pkg-1.0.tar.gz")
    assert found is not None
    assert found.metadata_name == "my_odd_pkg-1.0-variants.json"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.0", "1.0.0"),
        ("1.0", "v1.0"),
        ("0!1", "1"),
        ("1.0RC1", "1rc1"),
        ("1.0.post1", "1.0-post1"),
        ("1+CU_12", "1.0+cu.12"),
        ("0", "0.0"),
    ],
)
def test_spellings_of_one_version(one: str, other: str) -> None:
    """E25; the installer agrees."""
    assert version_key(one) == version_key(other)
    assert _pip.Version(one) == _pip.Version(other)


class TestProjectNamesArePathsBelowTheFolder:
    """E34: what becomes part of a path is a lower-case name and nothing else."""

    @given(st.text(max_size=20) | st.text("a.-_/\\A0", max_size=8))
    def test_a_name_is_safe_or_none(self, text: str) -> None:
        project = project_name(text)
        assert project is None or re.fullmatch(
            r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", project
        )

    @given(
        st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,8}[A-Za-z0-9])?", fullmatch=True)
    )
    def test_it_is_normalised_as_pip_does(self, text: str) -> None:
        assert project_name(text) == _pip.canonicalize_name(text)

    @given(st.text(max_size=30).map(lambda text: f"{text}.whl") | st.text(max_size=30))
    def test_no_name_breaks_the_reader(self, text: str) -> None:
        with contextlib.suppress(FilenameError):
            artifact_of(text)


class TestVersionsAreTheSameWhereTheInstallerSaysSo:
    """E25: for versions as wheels write them."""

    VERSIONS = st.from_regex(
        r"([01]!)?[0-2](\.[0-2]){0,3}(a1|rc2)?(\.post[01])?(\.dev[01])?(\+[ab]\.?[01])?",
        fullmatch=True,
    )

    @given(VERSIONS, VERSIONS)
    def test_equal_keys_are_equal_versions(self, one: str, other: str) -> None:
        same = _pip.Version(one) == _pip.Version(other)
        assert (version_key(one) == version_key(other)) == same
