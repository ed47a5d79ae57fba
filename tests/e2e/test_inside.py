"""What is inside a wheel, and wheels that are named directly: E32, E33, E34, E37."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pip_variants.demo.server import Response
from tests.kit import (
    BEST,
    LEVELS,
    Index,
    Pip,
    gpu,
    level,
    levels,
    static_document,
    variant_of,
)


def refuse(pip: Pip, index: Index, target: Path, *args: str | Path) -> str:
    """Fail to install, with nothing left behind; return the errors."""
    arguments = args or ("--index-url", index.url, "demo")
    result = pip.install_into(target, *arguments).failed()
    assert not target.exists() or not list(target.iterdir())
    return result.err


# the inside of a chosen wheel


def test_a_renamed_wheel(pip: Pip, index: Index, tmp_path: Path) -> None:
    """E32: both labels are in the message."""
    index.add(levels("v1", "v2"), labels=["v1"])
    index.add_wheel("v2", variant_json=LEVELS, inner_label="null")
    message = refuse(pip, index, tmp_path / "target")
    assert BEST in message
    assert "'v2'" in message
    assert "'null'" in message


@pytest.mark.parametrize(
    ("wheel", "said"),
    [
        pytest.param({"variant_json": None}, "variant.json", id="missing"),
        pytest.param(
            {
                "variant_json": None,
                "files": {
                    "demo.py": b"",
                    "demo-1.0.dist-info/Variant.JSON": json.dumps(
                        levels("v2")
                    ).encode(),
                },
            },
            "variant.json",
            id="case twin alone",
        ),
        pytest.param(
            {
                "variant_json": levels("v2"),
                "files": {
                    "demo.py": b"",
                    "demo-1.0.dist-info/Variant.JSON": json.dumps(
                        levels("v1")
                    ).encode(),
                },
            },
            "ariant.",
            id="case twin beside it",
        ),
        pytest.param(
            {"files": {"demo.py": b"", "demo-1.0.dist-info/variant.json": b"{"}},
            "variant.json",
            id="truncated",
        ),
        pytest.param(
            {
                "files": {
                    "demo.py": b"",
                    "demo-1.0.dist-info/variant.json": json.dumps(
                        levels("v1", "v2")
                    ).encode(),
                }
            },
            "'v1'",
            id="two labels (R25)",
        ),
    ],
)
def test_a_wheel_with_a_bad_inside(
    pip: Pip, index: Index, tmp_path: Path, wheel: dict[str, Any], said: str
) -> None:
    """E32, R25: refused after the download, before anything is installed."""
    index.add(levels("v1", "v2"), labels=["v1"])
    index.add_wheel("v2", **wheel)
    message = refuse(pip, index, tmp_path / "target")
    assert BEST in message
    assert said in message


def test_a_wheel_with_two_dist_info_folders(
    pip: Pip, index: Index, tmp_path: Path
) -> None:
    """E32: pip itself refuses it, and names the project and both folders."""
    index.add(levels("v1", "v2"), labels=["v1"])
    files = {"demo.py": b"", "other-1.0.dist-info/variant.json": b"{}"}
    index.add_wheel("v2", variant_json=levels("v2"), files=files)
    message = refuse(pip, index, tmp_path / "target")
    assert "demo-1.0.dist-info" in message
    assert "other-1.0.dist-info" in message


def test_a_renamed_wheel_among_wheels_without_metadata(pip: Pip, index: Index) -> None:
    """E32, R36: read to be ranked, it is left out with a warning; others live."""
    index.add(levels("v1", "v2"), labels=["v1"], listed=None)
    index.add_wheel("v2", variant_json=LEVELS, inner_label="null")
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0-v1"]
    (warning,) = result.warnings
    assert "'v2'" in warning
    assert "'null'" in warning


def test_properties_that_differ_inside(pip: Pip, index: Index, tmp_path: Path) -> None:
    """E33: never re-ranked silently; a way out is named."""
    inside = static_document({**LEVELS["variants"], "v2": level("v1")})
    index.add(LEVELS, inside=inside)
    message = refuse(pip, index, tmp_path / "target")
    assert BEST in message
    assert "disagree" in message
    assert "--no-variant" in message
    plain = tmp_path / "plain"
    pip.install_into(plain, "--no-variant", "--index-url", index.url, "demo").ok()
    assert variant_of(plain) is None


def test_nothing_else_is_installed_either(
    pip: Pip, index: Index, tmp_path: Path
) -> None:
    """E33: the whole run stops before the installation."""
    index.add(LEVELS, inside=static_document({**LEVELS["variants"], "v2": level("v1")}))
    index.add(name="user", requires=["demo"])
    target = tmp_path / "target"
    refuse(pip, index, target, "--index-url", index.url, "user")


def test_values_in_another_order_inside(pip: Pip, index: Index, tmp_path: Path) -> None:
    """R26: values are sets."""
    index.add(
        static_document({"x": level("v1", "v2")}),
        inside=static_document({"x": level("v2", "v1")}),
    )
    result = pip.install_into(tmp_path / "target", "--index-url", index.url, "demo")
    assert result.ok().installed == ["demo-1.0-x"]


# hostile labels


@pytest.mark.parametrize("label", [".", "..", "...", "nul", "con", "_", "0"])
def test_strange_but_legal_labels(
    pip: Pip, index: Index, tmp_path: Path, label: str
) -> None:
    """E34: a label is never part of a path."""
    index.add(static_document({label: level("v2"), "v1": level("v1")}))
    target = tmp_path / "target"
    result = pip.install_into(target, "--index-url", index.url, "demo").ok()
    assert result.installed == [f"demo-1.0-{label}"]
    assert variant_of(target) == label
    assert {path.name for path in target.iterdir()} >= {"demo.py"}


def test_a_label_that_climbs(pip: Pip, index: Index) -> None:
    """E34: no label, so it is left out with a warning."""
    document = static_document({"v1": level("v1"), "../x": level("v2")})
    index.add(document, labels=["v1"])
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0-v1"]
    (warning,) = result.warnings
    assert "../x" in warning


@pytest.mark.parametrize(
    "name",
    [
        "demo-1.0-py3-none-any-UPPER.whl",
        "demo-1.0-py3-none-any-a+b.whl",
        "demo-1.0-py3-none-any-%0A.whl",
        "demo-1.0-py3-none-any-@abc.whl",
        "demo-1.0~abcdef01-py3-none-any.whl",
        "demo-1.0-@abcdef01-py3-none-any.whl",
        "demo-1.0-py3-none-any-.whl",
        "demo-1.0-py3-none-any-a-b-c.whl",
        "demo-1.0-py3-none-any-..%2Fx.whl",
    ],
)
def test_names_that_are_none(pip: Pip, index: Index, name: str) -> None:
    """R11, R12, F17, F18: files with such names are ignored like any other junk."""
    index.add(LEVELS)
    page = index.links()
    names = [path.name for path in sorted(page.iterdir())]
    links = "".join(f'<a href="{each}">{each}</a>\n' for each in [name, *names])
    headers = {"Content-Type": "text/html"}
    body = f"<!DOCTYPE html><html><body>{links}</body></html>".encode()
    index.answer("demo/", Response(200, headers, body))
    choice = pip.choose("--index-url", index.url, "demo")
    assert (choice.file, choice.warnings) == (BEST, "")


def test_a_label_that_is_longer_than_a_file_name(
    pip: Pip, index: Index, tmp_path: Path
) -> None:
    """E34: no traceback, whatever the operating system says."""
    label = "l" * 5_000
    index.add(static_document({"v1": level("v1"), label: level("v2")}), labels=["v1"])
    wheel = index.add_wheel("short", variant_json=levels("v2"), inner_label="short")
    data = wheel.read_bytes()
    wheel.unlink()
    long_name = f"demo-1.0-py3-none-any-{label}.whl"
    index.answer(f"demo/{long_name}", Response(200, {}, data))
    links = f'<a href="{long_name}">x</a><a href="demo-1.0-variants.json">x</a>'
    headers = {"Content-Type": "text/html"}
    index.answer("demo/", Response(200, headers, links.encode()))
    result = pip.install_into(tmp_path / "target", "--index-url", index.url, "demo")
    result.failed()


# named directly


@pytest.fixture
def wheels(index: Index) -> Index:
    """An index whose variants are named by path or URL, so its page has no say."""
    index.add(LEVELS, listed=None)
    return index


def test_a_path(pip: Pip, wheels: Index, tmp_path: Path) -> None:
    """E37, R64: label and support are checked; it is what the user named."""
    wheel = wheels.links() / "demo-1.0-py3-none-any-v1.whl"
    result = pip.install_into(tmp_path / "target", wheel).ok()
    assert result.installed == ["demo-1.0-v1"]
    assert "; variant_hash=v1 " in result.out
    assert variant_of(tmp_path / "target") == "v1"


def test_a_relative_path(pip: Pip, wheels: Index) -> None:
    choice = pip.choose(f"./{BEST}", cwd=wheels.links())
    assert choice.file == BEST


def test_a_url(pip: Pip, wheels: Index, tmp_path: Path) -> None:
    """E37."""
    result = pip.install_into(tmp_path / "target", f"{wheels.url}demo/{BEST}").ok()
    assert result.installed == ["demo-1.0-v2"]
    assert variant_of(tmp_path / "target") == "v2"


def test_a_file_url(pip: Pip, wheels: Index) -> None:
    choice = pip.choose((wheels.links() / BEST).as_uri())
    assert choice.file == BEST


def test_a_name_and_a_url(pip: Pip, wheels: Index) -> None:
    """E37: ``name @ URL``, also with a hash."""
    assert pip.choose(f"demo @ {wheels.url}demo/{BEST}").file == BEST


def test_a_url_in_a_dependency(pip: Pip, wheels: Index) -> None:
    wheels.add(name="user", requires=[f"demo @ {wheels.url}demo/{BEST}"])
    result = pip.dry(wheels, "user").ok()
    assert result.would_install == ["demo-1.0-v2", "user-1.0"]


@pytest.mark.parametrize("form", ["path", "URL", "name @ URL"])
def test_a_direct_wheel_that_does_not_fit(
    pip: Pip, wheels: Index, tmp_path: Path, form: str
) -> None:
    """E37, R48, R64: refused with the unmet property and what the machine offers."""
    name = "demo-1.0-py3-none-any-v3.whl"
    forms = {
        "path": str(wheels.links() / name),
        "URL": f"{wheels.url}demo/{name}",
        "name @ URL": f"demo @ {wheels.url}demo/{name}",
    }
    message = refuse(pip, wheels, tmp_path / "target", forms[form])
    assert name in message
    assert "cpu :: level :: v3" in message
    assert "v2, v1" in message


def test_a_direct_wheel_that_was_renamed(
    pip: Pip, wheels: Index, tmp_path: Path
) -> None:
    """E32, E37."""
    wheel = wheels.links() / "demo-1.0-py3-none-any-v1.whl"
    renamed = wheel.rename(tmp_path / "demo-1.0-py3-none-any-other.whl")
    message = refuse(pip, wheels, tmp_path / "target", renamed)
    assert "'other'" in message
    assert "'v1'" in message


def test_a_direct_wheel_and_no_variant(pip: Pip, wheels: Index, tmp_path: Path) -> None:
    """F63: the two contradict each other; the message says what to do."""
    message = refuse(
        pip, wheels, tmp_path / "target", "--no-variant", wheels.links() / BEST
    )
    assert "--no-variant" in message
    assert BEST in message


def test_a_direct_plain_wheel_beside_variants(pip: Pip, wheels: Index) -> None:
    """The user named the plain wheel: that one."""
    plain = wheels.links() / "demo-1.0-py3-none-any.whl"
    assert pip.choose(plain).file == plain.name


def test_a_direct_wheel_of_this_demo(
    pip: Pip, demo_index: Index, tmp_path: Path
) -> None:
    """E37: a built-in provider is asked for a wheel named by path, too."""
    wheel = demo_index.folder / "torch" / "torch-2.8.0-py3-none-any-cu129.whl"
    assert pip.choose(wheel, environ=gpu("12.9")).file == wheel.name
    result = pip("install", "--target", tmp_path / "t", wheel, environ=gpu("12.6"))
    assert (
        "needs nvidia driver >= 12.9, this machine offers 12.6" in result.failed().err
    )
