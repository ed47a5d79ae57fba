"""What decides first among variants, and the places where the user says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit import Index, Pip, level, static_document
from tests.kit import choose_demo as choose

MACHINE = {
    "gpu": {"kind": ["a", "b"], "speed": ["fast"]},
    "cpu": {"level": ["v2", "v1"]},
    "blas": {"lib": ["mkl", "open"]},
}
VARIANTS = {
    "a": {"gpu": {"kind": ["a"]}},
    "b": {"gpu": {"kind": ["b"]}},
    "fast": {"gpu": {"speed": ["fast"]}},
    "v1": level("v1"),
    "v2": level("v2"),
    "mkl": {"blas": {"lib": ["mkl"]}},
    "open": {"blas": {"lib": ["open"]}},
    "null": {},
}
"""For the publisher, gpu :: kind :: a is the best."""

EVERY_FILE = {"PIP_CONFIG_FILE": ""}
"""Lets pip read its configuration files; those of the user are the test's."""


@pytest.fixture(scope="module")
def ranked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index(tmp_path_factory.mktemp("ranked") / "index") as index:
        index.add(static_document(VARIANTS, MACHINE))
        yield index


def configured(path: Path, text: str) -> dict[str, str]:
    """Write a pip.conf, and return what makes pip read it."""
    path.write_text(text)
    return {"PIP_CONFIG_FILE": str(path)}


@pytest.mark.parametrize(
    ("items", "label"),
    [
        ("", "a"),
        ("cpu", "v2"),
        ("blas,cpu", "mkl"),
        ("gpu::speed", "fast"),
        ("cpu::level::v1", "v1"),
        ("gpu::kind::b", "b"),
        ("blas :: lib :: open, cpu", "open"),
        # Nobody has these.
        ("npu,cpu::cache", "v2"),
        ("npu", "a"),
    ],
)
def test_items_of_each_kind(pip: Pip, ranked: Index, items: str, label: str) -> None:
    """R47, F69: namespaces, features and values, before the publisher's order."""
    assert choose(pip, ranked, f"--variant-priorities={items}").label == label


def test_an_option_given_twice_is_one_list(pip: Pip, ranked: Index) -> None:
    arguments = (
        "--variant-priorities=blas",
        "--variant-priorities=cpu blas::lib::open",
    )
    assert choose(pip, ranked, *arguments).label == "open"


@pytest.mark.parametrize(
    "text",
    [
        "[global]\nvariant-priorities = cpu, blas",
        "[install]\nvariant_priorities = cpu\n    blas",
        "[variant]\npriorities = cpu blas",
        "[variantlib]\nprovider_priority = cpu,blas",
        '[variantlib]\nprovider_priority = ["cpu", "blas"]',
    ],
)
def test_in_pip_conf(pip: Pip, ranked: Index, tmp_path: Path, text: str) -> None:
    """F70."""
    environ = configured(tmp_path / "pip.conf", text)
    choice = choose(pip, ranked, environ=environ)
    assert (choice.label, choice.warnings) == ("v2", "")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("variants.toml", 'priorities = ["cpu", "blas"]'),
        ("pyproject.toml", '[tool.pip-variants]\npriorities = ["cpu", "blas"]'),
        ("variant.toml", '[variantlib]\nprovider_priority = ["cpu", "blas"]'),
        ("variants.toml", 'namespace_priorities = ["cpu", "blas"]'),
        ("variants.toml", '[property_priorities.cpu]\nlevel = ["v2"]'),
    ],
)
def test_in_a_project(
    pip: Pip, ranked: Index, tmp_path: Path, name: str, text: str
) -> None:
    """F70, F71."""
    (tmp_path / name).write_text(text)
    choice = choose(pip, ranked, cwd=tmp_path)
    assert (choice.label, choice.warnings) == ("v2", "")
    below = tmp_path / "below"
    below.mkdir()
    assert choose(pip, ranked, cwd=below).label == "a"


def test_the_places_in_their_order(pip: Pip, ranked: Index, tmp_path: Path) -> None:
    """DESIGN 5: flag > environment > project file > pip.conf; lists replace lists."""
    environ = configured(
        tmp_path / "pip.conf", "[global]\nvariant-priorities = blas::lib::open\n"
    )
    assert choose(pip, ranked, environ=environ).label == "open"
    (tmp_path / "variants.toml").write_text('priorities = ["blas"]')
    assert choose(pip, ranked, environ=environ, cwd=tmp_path).label == "mkl"
    environ["PIP_VARIANT_PRIORITIES"] = "cpu::level::v1"
    assert choose(pip, ranked, environ=environ, cwd=tmp_path).label == "v1"
    flag = "--variant-priorities=cpu"
    assert choose(pip, ranked, flag, environ=environ, cwd=tmp_path).label == "v2"
    # Nothing at all is a list, too.
    flag = "--variant-priorities="
    assert choose(pip, ranked, flag, environ=environ, cwd=tmp_path).label == "a"


def test_every_key_in_a_project_file(pip: Pip, ranked: Index, tmp_path: Path) -> None:
    def taken(text: str) -> str | None:
        (tmp_path / "variants.toml").write_text(text)
        return choose(pip, ranked, cwd=tmp_path).label

    assert taken('variant = ["demo=v9,v1"]') == "v1"
    assert taken('exclude = ["gpu", "v2"]') == "v1"
    assert taken("no-variant = true") is None
    (tmp_path / "node.json").write_text('{"properties": {}}')
    assert taken('force-variant = "b"\nplatform = "node.json"') == "b"


def test_pip_config(own_pip: Pip, ranked: Index, tmp_path: Path) -> None:
    """The commands of pip work on the keys as on others."""

    def config(*args: str) -> str:
        return own_pip("config", *args, environ=EVERY_FILE).ok().out

    config("--site", "set", "variant.priorities", "cpu, blas")
    config("--site", "set", "global.variant-exclude", "v2")
    assert "variant.priorities='cpu, blas'" in config("list").splitlines()
    assert config("get", "variant.priorities") == "cpu, blas\n"
    debug = config("debug")
    assert "variant.priorities: cpu, blas" in debug
    assert choose(own_pip, ranked, environ=EVERY_FILE).label == "v1"
    config("--site", "unset", "variant.priorities")
    config("--site", "unset", "global.variant-exclude")
    assert "variant" not in config("--site", "list")
    assert choose(own_pip, ranked, environ=EVERY_FILE).label == "a"
    # What stands in a file may be wrong; it can always be put right.
    config("--site", "set", "variant.priorities", "C P U")
    own_pip("install", "demo", environ=EVERY_FILE).failed()
    config("--site", "unset", "variant.priorities")


# what is wrong


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[global]\nvariant-priorities = nvidia, CPU", "global.variant-priorities"),
        ("[variant]\npriorities = CPU", "variant.priorities"),
        ("[variantlib]\nprovider_priority = CPU", "variantlib.provider-priority"),
        ("[variant]\nexclude = a::b::CPU", "variant.exclude"),
        ("[variant]\nvariant = torch=CPU", "variant.variant"),
        ("[global]\nforce-variant = CPU", "global.force-variant"),
        ("[variant]\nno-variant = CPU", "variant.no-variant"),
        ("[install]\nvariant-platform = CPU", "install.variant-platform"),
    ],
)
def test_a_bad_value_in_pip_conf_names_file_and_key(
    pip: Pip, ranked: Index, tmp_path: Path, text: str, key: str
) -> None:
    path = tmp_path / "pip.conf"
    result = pip.dry(ranked, "demo", environ=configured(path, text)).failed()
    (line,) = result.err.splitlines()
    assert line.startswith(f"ERROR: {key} in {path}: ")
    assert "CPU" in line


def test_a_bad_value_in_a_project_file_names_file_and_key(
    pip: Pip, ranked: Index, tmp_path: Path
) -> None:
    path = tmp_path / "variants.toml"
    install = ("install", "--dry-run", "--index-url", ranked.url, "demo")
    for text, told in [
        ('priorities = ["CPU"]', f"priorities in {path}: 'CPU' is not of the form"),
        ("priorities = 3", f"{path}: priorities: must be a list of strings"),
        ("priorities = [", f"{path} cannot be read: "),
    ]:
        path.write_text(text)
        result = pip(*install, cwd=tmp_path).failed()
        assert result.err.startswith(f"ERROR: {told}"), result.err
    # Nothing else cares about the file.
    pip("list", cwd=tmp_path).ok()
    pip("config", "list", cwd=tmp_path).ok()


def test_a_bad_value_elsewhere_names_its_place(pip: Pip, ranked: Index) -> None:
    result = pip.dry(ranked, "demo", "--variant-priorities=CPU").failed()
    assert result.err.startswith(
        "ERROR: --variant-priorities: 'CPU' is not of the form"
    )
    environ = {"PIP_VARIANT_EXCLUDE": "CPU"}
    result = pip.dry(ranked, "demo", environ=environ).failed()
    assert result.err.startswith("ERROR: PIP_VARIANT_EXCLUDE: 'CPU' is not of the form")


def test_an_unknown_key_in_a_project_file_is_a_warning(
    pip: Pip, ranked: Index, tmp_path: Path
) -> None:
    (tmp_path / "variants.toml").write_text('priority = ["cpu"]\nexclude = ["gpu"]')
    choice = choose(pip, ranked, cwd=tmp_path)
    assert choice.label == "v2"
    (warning,) = choice.warnings.splitlines()
    assert "variants.toml: unknown key priority; known are: " in warning
