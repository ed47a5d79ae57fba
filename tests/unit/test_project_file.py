"""``variants.toml`` and ``[tool.pip-variants]``."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pip_variants import _pip, project_file
from pip_variants.preferences import first


def texts(folder: Path, key: str) -> tuple[str, ...] | None:
    """Return what the project files in a folder say about a setting."""
    setting = first(project_file.layers(folder), key)
    return None if setting is None else tuple(setting.texts)


def write(folder: Path, text: str, name: str = "variants.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_no_file(tmp_path: Path) -> None:
    assert [*project_file.layers(tmp_path)] == []


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        (
            'priorities = ["nvidia", "x86_64"]',
            "variant-priorities",
            ("nvidia", "x86_64"),
        ),
        ('priorities = "nvidia, x86_64"', "variant-priorities", ("nvidia, x86_64",)),
        ('variant-priorities = ["blas"]', "variant-priorities", ("blas",)),
        ('variant_priorities = ["blas"]', "variant-priorities", ("blas",)),
        ('exclude = ["amd", "cu126"]', "variant-exclude", ("amd", "cu126")),
        (
            'platform = ["a.json", "b c.toml"]',
            "variant-platform",
            ("a.json", "b c.toml"),
        ),
        ('variant = ["torch=cu126"]', "variant", ("torch=cu126",)),
        ('force-variant = "torch=cu126"', "force-variant", ("torch=cu126",)),
        ("no-variant = true", "no-variant", ("True",)),
        ("no_variant = false", "no-variant", ("False",)),
        ("priorities = []", "variant-priorities", ()),
        ('providers = "builtin"', "variant-providers", ("builtin",)),
        ('trusted-providers = ["x"]', "variant-trusted-providers", ("x",)),
        ('optional_providers = ["debug"]', "variant-optional-providers", ("debug",)),
        ("provider-timeout = 3", "variant-provider-timeout", ("3",)),
        ("provider-timeout = 2.5", "variant-provider-timeout", ("2.5",)),
        ('provider-timeout = "3"', "variant-provider-timeout", ("3",)),
    ],
)
def test_the_keys(
    tmp_path: Path, text: str, key: str, expected: tuple[str, ...]
) -> None:
    write(tmp_path, text)
    assert texts(tmp_path, key) == expected


def test_the_table_in_pyproject(tmp_path: Path) -> None:
    """F71."""
    path = write(
        tmp_path, '[tool.pip-variants]\npriorities = ["blas"]', "pyproject.toml"
    )
    setting = first(project_file.layers(tmp_path), "variant-priorities")
    assert setting is not None
    assert tuple(setting.texts) == ("blas",)
    assert str(setting.origin) == f"tool.pip-variants.priorities in {path}"


def test_a_pyproject_without_the_table_is_not_read(tmp_path: Path) -> None:
    """It is the business of others, even when it is broken."""
    write(tmp_path, "this = is no TOML", "pyproject.toml")
    assert [*project_file.layers(tmp_path)] == []


@pytest.mark.parametrize(
    "text", ["# pip-variants\ntool = 3", "# pip-variants\n[tool.x]"]
)
def test_a_pyproject_that_only_speaks_of_us(tmp_path: Path, text: str) -> None:
    write(tmp_path, text, "pyproject.toml")
    assert [*project_file.layers(tmp_path)] == []


def test_the_files_in_their_order(tmp_path: Path) -> None:
    """The own file first; each key of it alone replaces the same key of the others."""
    write(tmp_path, 'priorities = ["own"]')
    write(tmp_path, 'priorities = ["draft"]\nexclude = ["draft"]', "variant.toml")
    write(
        tmp_path,
        '[tool.pip-variants]\npriorities = ["py"]\nexclude = ["py"]\nvariant = "null"',
        "pyproject.toml",
    )
    assert texts(tmp_path, "variant-priorities") == ("own",)
    assert texts(tmp_path, "variant-exclude") == ("draft",)
    assert texts(tmp_path, "variant") == ("null",)


# other spellings


@pytest.mark.parametrize("name", ["variants.toml", "variant.toml"])
@pytest.mark.parametrize(
    "text",
    [
        '[variantlib]\nprovider_priority = ["nvidia", "x86_64"]',
        'provider_priority = ["nvidia", "x86_64"]',
        'namespace_priorities = ["nvidia", "x86_64"]',
        'namespace-priorities = ["nvidia", "x86_64"]',
        '[variantlib]\nnamespace_priorities = ["nvidia", "x86_64"]',
    ],
)
def test_spellings_of_others(tmp_path: Path, name: str, text: str) -> None:
    """F70: the first drafts, and the reference tool."""
    write(tmp_path, text, name)
    assert texts(tmp_path, "variant-priorities") == ("nvidia", "x86_64")


def test_the_three_lists_of_the_reference_tool(tmp_path: Path) -> None:
    """F70, F119: one list of ours holds them, the most general first."""
    write(
        tmp_path,
        'namespace_priorities = ["x86_64", "nvidia"]\n'
        "[feature_priorities]\n"
        'nvidia = ["sm_arch"]\n'
        "[property_priorities.nvidia]\n"
        'sm_arch = ["90_real", "80_real"]\n',
    )
    assert texts(tmp_path, "variant-priorities") == (
        "x86_64",
        "nvidia",
        "nvidia::sm_arch",
        "nvidia::sm_arch::90_real",
        "nvidia::sm_arch::80_real",
    )


def test_the_order_of_the_keys_in_the_file_means_nothing(tmp_path: Path) -> None:
    write(
        tmp_path,
        'property_priorities = {nvidia = {sm_arch = ["90_real"]}}\n'
        'feature_priorities = {nvidia = ["cuda"]}\n'
        'namespace_priorities = ["x86_64"]\n',
    )
    assert texts(tmp_path, "variant-priorities") == (
        "x86_64",
        "nvidia::cuda",
        "nvidia::sm_arch::90_real",
    )


def test_our_own_key_is_preferred_to_the_others(tmp_path: Path) -> None:
    write(
        tmp_path,
        'namespace_priorities = ["theirs"]\npriorities = ["ours"]\n'
        '[variantlib]\nprovider_priority = ["older"]\n',
    )
    assert texts(tmp_path, "variant-priorities") == ("ours",)


def test_the_place_of_another_spelling_names_it(tmp_path: Path) -> None:
    path = write(tmp_path, '[variantlib]\nprovider_priority = ["Bad"]')
    setting = first(project_file.layers(tmp_path), "variant-priorities")
    assert setting is not None
    assert str(setting.origin) == f"variantlib.provider_priority in {path}"


# what is wrong


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("priorities = 3", "priorities"),
        ("priorities = [3]", "priorities"),
        ('priorities = [["nvidia"]]', "priorities"),
        ("priorities = true", "priorities"),
        ("[priorities]\nx = 1", "priorities"),
        ("exclude = 1979-05-27", "exclude"),
        ('no-variant = "yes"', "no-variant"),
        ("no-variant = 1", "no-variant"),
        ("variant = {}", "variant"),
        ("providers = 3", "providers"),
        ("provider-timeout = true", "provider-timeout"),
        ("provider-timeout = [3]", "provider-timeout"),
        ("provider-timeout = 0x" + "f" * 5000, "provider-timeout"),
        ("namespace_priorities = 3", "namespace_priorities"),
        ('feature_priorities = ["nvidia::sm_arch"]', "feature_priorities"),
        ("feature_priorities = {nvidia = 3}", "feature_priorities.nvidia"),
        ("property_priorities = {nvidia = []}", "property_priorities.nvidia"),
        (
            "property_priorities = {nvidia = {sm_arch = 9}}",
            "property_priorities.nvidia.sm_arch",
        ),
        ("[variantlib]\nprovider_priority = 3", "variantlib.provider_priority"),
    ],
)
@pytest.mark.parametrize("own", [True, False])
def test_a_bad_value_names_the_file_and_the_key(
    tmp_path: Path, text: str, key: str, own: bool
) -> None:
    if own:
        path, prefix = write(tmp_path, text), ""
    else:
        prefix = "tool.pip-variants."
        text = re.sub(r"^\[", f"[{prefix}", text, flags=re.MULTILINE)
        path = write(tmp_path, f"[tool.pip-variants]\n{text}", "pyproject.toml")
    with pytest.raises(_pip.CommandError) as caught:
        [*project_file.layers(tmp_path)]
    assert str(caught.value).startswith(f"{path}: {prefix}{key}: must be ")


def test_a_table_that_is_none(tmp_path: Path) -> None:
    path = write(tmp_path, "[tool]\npip-variants = 3", "pyproject.toml")
    with pytest.raises(_pip.CommandError) as caught:
        [*project_file.layers(tmp_path)]
    assert str(caught.value) == f"{path}: tool.pip-variants: must be a table"


@pytest.mark.parametrize(
    "data",
    [b"priorities = [", b"\xff\xfe", b"x = 1\nx = 2", b"a = " + b"[" * 9999, b"\x00"],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "variants.toml"
    path.write_bytes(data)
    with pytest.raises(_pip.CommandError, match="cannot be read") as caught:
        [*project_file.layers(tmp_path)]
    assert str(path) in str(caught.value)


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    write(tmp_path, "#" * (1024 * 1024 + 1))
    with pytest.raises(_pip.CommandError, match="larger than"):
        [*project_file.layers(tmp_path)]


def test_a_folder_of_that_name_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "variants.toml").mkdir()
    assert [*project_file.layers(tmp_path)] == []


def test_an_unknown_key_is_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It may be of a newer release; the rest counts."""
    path = write(tmp_path, 'priority = ["x"]\nexclude = ["amd"]\n[x.y]\nz = 1')
    with caplog.at_level(logging.WARNING):
        assert texts(tmp_path, "variant-exclude") == ("amd",)
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2
    assert told[0].startswith(f"{path}: unknown key priority; known are: ")
    for known in ("priorities", "exclude", "platform", "variant", "no-variant"):
        assert known in told[0].partition("known are:")[2]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.binary(max_size=60) | st.text("[]{}=\"'#.,\n abpriorities", max_size=60))
def test_no_file_raises_another_error(tmp_path: Path, content: bytes | str) -> None:
    data = content.encode() if isinstance(content, str) else content
    (tmp_path / "variants.toml").write_bytes(data)
    try:
        [*project_file.layers(tmp_path)]
    except _pip.CommandError as error:
        assert "variants.toml" in str(error)
