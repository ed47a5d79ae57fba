"""Which place has the say about a setting."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pip._internal.cli.parser import CustomOptionParser

from pip_variants import preferences
from pip_variants.options import add_options, given
from pip_variants.origins import Layer, Origin, Setting
from pip_variants.preferences import first, items, of_user

# In pip's order: what is read later has more to say.
SITE, USER, VIRTUAL = "/etc/pip.conf", "/home/me/pip.conf", "/env/pip.conf"


class FakeConfiguration:
    """pip's configuration: the keys of each file, and those of the environment."""

    def __init__(self, files: Mapping[str, Mapping[str, str]]) -> None:
        self._files = files

    def items(self) -> Any:
        return self._files.items()


def layers(
    *arguments: str,
    files: Mapping[str, Mapping[str, str]] | None = None,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    command: str = "install",
) -> list[Layer]:
    parser: Any = CustomOptionParser()
    add_options(parser)
    options, _ = parser.parse_args([*arguments])
    found = dict(files or {})
    if environ is not None:
        found[":env:"] = {f":env:.{key}": text for key, text in environ.items()}
    parser.name = command
    parser.config = FakeConfiguration(found)
    return [*preferences.layers(options, parser, folder)]


def decides(*arguments: str, key: str = "variant-priorities", **places: Any) -> str:
    """Return the text of the place that decides, and where it stands."""
    setting = first(layers(*arguments, **places), key)
    return "" if setting is None else f"{','.join(setting.texts)} <- {setting.origin}"


def conf(text: str, key: str = "global.variant-priorities") -> dict[str, str]:
    return {key: text}


def test_nothing_set() -> None:
    assert decides() == ""


def test_the_places_in_their_order(tmp_path: Path) -> None:
    """DESIGN 5: flag > environment > project file > pip.conf."""
    (tmp_path / "variants.toml").write_text('priorities = ["of_project"]')
    everything: dict[str, Any] = {
        "environ": {"variant-priorities": "of_environment"},
        "folder": tmp_path,
        "files": {USER: conf("of_user")},
    }
    flag = ("--variant-priorities", "of_flag")
    assert decides(*flag, **everything) == "of_flag <- --variant-priorities"
    assert decides(**everything) == "of_environment <- PIP_VARIANT_PRIORITIES"
    del everything["environ"]
    path = tmp_path / "variants.toml"
    assert decides(**everything) == f"of_project <- priorities in {path}"
    del everything["folder"]
    assert decides(**everything) == f"of_user <- global.variant-priorities in {USER}"


def test_a_higher_place_replaces_the_whole_list() -> None:
    files = {SITE: conf("site"), USER: conf("user")}
    assert decides("--variant-priorities", "a", files=files).startswith("a <-")


def test_an_option_given_twice_is_one_list() -> None:
    arguments = ["--variant-priorities", "a,b", "--variant-priorities=c"]
    assert decides(*arguments) == "a,b,c <- --variant-priorities"


def test_of_several_files_the_nearest_decides() -> None:
    files = {SITE: conf("site"), USER: conf("user"), VIRTUAL: conf("virtual")}
    assert decides(files=files).startswith("virtual <- ")
    del files[VIRTUAL]
    assert decides(files=files).startswith("user <- ")


def test_the_section_of_the_command_comes_before_all_files() -> None:
    """As in pip, where [install] of any file beats [global] of every file."""
    files = {
        SITE: conf("for_install", "install.variant-priorities"),
        USER: conf("for_all"),
    }
    assert decides(files=files).startswith("for_install <- install.")
    assert decides(files=files, command="download").startswith("for_all <- ")


def test_verbs_of_ours_follow_the_section_of_install() -> None:
    files = {USER: conf("for_install", "install.variant-priorities")}
    found = decides(files=files, command="variant explain")
    assert found.startswith("for_install <- ")


@pytest.mark.parametrize(
    ("key", "option"),
    [
        ("variant.priorities", "variant-priorities"),
        ("variant.variant-priorities", "variant-priorities"),
        ("variant.exclude", "variant-exclude"),
        ("variant.platform", "variant-platform"),
        ("variant.variant", "variant"),
        ("variant.force-variant", "force-variant"),
        ("variant.no-variant", "no-variant"),
        ("variant.providers", "variant-providers"),
        ("variant.variant-providers", "variant-providers"),
        ("variant.trusted-providers", "variant-trusted-providers"),
        ("variant.optional-providers", "variant-optional-providers"),
        ("variant.provider-timeout", "variant-provider-timeout"),
        ("variantlib.provider-priority", "variant-priorities"),
        ("variantlib.namespace-priorities", "variant-priorities"),
    ],
)
def test_sections_of_ours(key: str, option: str) -> None:
    """DESIGN 5: [variant] priorities; [variantlib] as in the first drafts (F70)."""
    found = decides(key=option, files={USER: {key: "x"}})
    assert found == f"x <- {key} in {USER}"


def test_inside_a_file_the_section_of_ours_comes_first() -> None:
    files = {USER: {**conf("in_global"), **conf("in_ours", "variant.priorities")}}
    assert decides(files=files).startswith("in_ours <- ")
    files[VIRTUAL] = conf("nearer")
    assert decides(files=files).startswith("nearer <- ")


@pytest.mark.parametrize(
    "key",
    [
        "variantx.priorities",
        "global.priorities",
        "install.priorities",
        "variants.variant",
    ],
)
def test_other_keys_mean_nothing(key: str) -> None:
    assert decides(files={USER: {key: "x"}}) == ""


def test_an_empty_text_is_none_but_on_the_command_line() -> None:
    """As in pip: an empty variable or key is not set."""
    files = {USER: conf("user"), VIRTUAL: conf("")}
    environ = {"variant-priorities": ""}
    assert decides(files=files, environ=environ).startswith("user <- ")
    emptied = decides("--variant-priorities=", files=files)
    assert emptied == " <- --variant-priorities"


def test_the_switch_is_a_setting_like_others() -> None:
    assert decides("--no-variant", key="no-variant") == "true <- --no-variant"
    environ = {"no-variant": "1"}
    assert decides(key="no-variant", environ=environ) == "1 <- PIP_NO_VARIANT"


def test_configured_values_are_not_taken_for_given_ones() -> None:
    """pip makes them the defaults of its options."""
    parser = CustomOptionParser()
    add_options(parser)
    parser.defaults["variant"] = "null"
    options, _ = parser.parse_args(["--no-variant"])
    assert set(given(options)) == {"no-variant"}


def test_a_project_is_told_apart_from_the_user(tmp_path: Path) -> None:
    """Whoever wrote a project must not decide whose code runs."""
    (tmp_path / "variants.toml").write_text('providers = "trusted"')
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pip-variants]\nproviders = "trusted"'
    )
    found = layers(
        "--variant-providers=builtin",
        environ={"variant-providers": "installed"},
        files={USER: conf("trusted", "variant.providers")},
        folder=tmp_path,
    )
    told = [layer["variant-providers"].origin for layer in of_user(found) if layer]
    assert [str(origin) for origin in told] == [
        "--variant-providers",
        "PIP_VARIANT_PROVIDERS",
        f"variant.providers in {USER}",
    ]
    assert len([layer for layer in found if layer]) == 5


# lists


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["nvidia,x86_64"], ["nvidia", "x86_64"]),
        (["nvidia x86_64"], ["nvidia", "x86_64"]),
        (["\nnvidia\nx86_64 , blas\n"], ["nvidia", "x86_64", "blas"]),
        (["nvidia", "x86_64"], ["nvidia", "x86_64"]),
        (["x86_64 :: level::v3"], ["x86_64::level::v3"]),
        (["x86_64::\n level"], ["x86_64::level"]),
        # As early drafts wrote it, in pip.conf, too.
        (['["nvidia", "x86_64"]'], ["nvidia", "x86_64"]),
        (["['nvidia']"], ["nvidia"]),
        ([" , ,"], []),
        ([], []),
    ],
)
def test_how_a_list_is_written(texts: list[str], expected: list[str]) -> None:
    """R50: blanks around :: do not matter."""
    assert items(texts) == tuple(expected)


def test_a_setting_says_where_it_stands() -> None:
    setting = Setting(("x",), Origin(USER, "global.variant"))
    assert str(setting.origin) == f"global.variant in {USER}"
