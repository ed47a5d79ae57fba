"""``pip variant platform`` and ``pip variant check``."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pip_variants.demo.server import Response
from tests.kit import LEVELS, SCHEMA_0_2_0, Document, Index, Pip, gpu, levels
from tests.providers.zoo import ZOO, install_into
from tests.running import Result

TOO_OLD = (
    "demo 1.0 cu126 does not fit: needs nvidia driver >= 12.6, this machine offers 12.4"
)

NO_VARIANT = """\
No installed package is a variant.
To compare a package with the index all the same, name it: pip variant check <package>
"""
PREFERS_126 = "nvidia::cuda_version_lower_bound::12.6"
UNKNOWN = "it has no demo 1.0 for this Python and platform, or cannot be asked; -vv tells more"


def asking(*labels: str) -> Document:
    """Return metadata whose labels are for drivers: the machine is asked."""
    variants: Document = {"null": {}}
    for label in labels:
        driver = f"12.{label.removeprefix('cu12')}"
        variants[label] = {"nvidia": {"cuda_version_lower_bound": [driver]}}
    return {
        "$schema": "https://variants-schema.wheelnext.dev/peps/825/v0.1.1.json",
        "default-priorities": {"namespace": ["nvidia"]},
        "variants": variants,
    }


@pytest.fixture
def drivers_index(index: Index) -> Index:
    """demo 1.0 for CUDA 12.6 and 12.9, null, and a plain wheel."""
    index.add(asking("cu126", "cu129"))
    return index


def check(pip: Pip, index: Index, *args: str | Path, **named: Any) -> Result:
    return pip("variant", "check", "--index-url", index.url, *args, **named)


def checked(pip: Pip, index: Index, *args: str | Path, **named: Any) -> list[Document]:
    result = check(pip, index, "--json", *args, **named)
    document = json.loads(result.out)
    assert document["version"] == 1
    found: list[Document] = document["variants"]
    assert result.status == (0 if all(each["fits"] for each in found) else 1)
    return found


def install(pip: Pip, index: Index, *args: str, driver: str = "12.6") -> Result:
    options = ("--index-url", index.url)
    return pip("install", *options, *args, environ=gpu(driver)).ok()


# platform


def test_sources_and_times(pip: Pip) -> None:
    result = pip("variant", "platform", environ=gpu("12.6")).ok()
    heads = [line for line in result.out.splitlines() if not line.startswith(" ")]
    assert [head.partition(" ")[0] for head in heads] == [
        *("nvidia", "amd", "intel", "x86_64", "aarch64"),
    ]
    forced = heads.pop(0)
    assert forced.startswith("nvidia (built-in provider, forced by NV_VARIANT_")
    for head in heads:
        assert re.fullmatch(r"\w+ \(built-in provider, \d+\.\d ms\)", head)
    assert result.err == ""


def test_lines_are_not_too_long(pip: Pip, tmp_path: Path) -> None:
    """Flags make one list, not fifty lines."""
    file = tmp_path / "flags.json"
    flags = {f"flag_number_{number}": ["on"] for number in range(50)}
    features = {"level": ["v2", "v1"], **flags, "other": ["on", "off"]}
    file.write_text(json.dumps({"properties": {"x86_64": features}}))
    result = pip("variant", "platform", "--variant-platform", file).ok()
    lines = result.out.splitlines()
    assert max(map(len, lines)) <= 79
    assert lines[:3] == [
        "x86_64 (platform file)",
        "  level: v2, v1",
        "  other: on, off",
    ]
    assert lines[3].startswith("  on: flag_number_0, flag_number_1,")
    assert all(line.startswith("    flag_number_") for line in lines[4:10])


def test_the_json_is_a_platform_file(pip: Pip, tmp_path: Path) -> None:
    result = pip("variant", "platform", "--json", environ=gpu("12.6", "9.0")).ok()
    document = json.loads(result.out)
    assert list(document) == ["version", "properties", "sources"]
    assert document["version"] == 1
    lower = document["properties"]["nvidia"]["cuda_version_lower_bound"]
    assert lower[0] == "12.6"
    for source in document["sources"].values():
        assert list(source) == [
            *("source", "provider", "cached", "forced_by"),
            *("seconds", "note", "warnings"),
        ]
        assert source["source"] == "built-in provider"
        assert 0 <= source["seconds"] < 10
    file = tmp_path / "machine.json"
    file.write_text(result.out)
    again = pip("variant", "platform", "--json", "--variant-platform", file).ok()
    written = json.loads(again.out)
    assert written["properties"] == document["properties"]
    assert {each["source"] for each in written["sources"].values()} == {"platform file"}


def test_several_machines_one_after_the_other(pip: Pip, tmp_path: Path) -> None:
    files, expected = [], []
    for name, values in (("new", ["v3", "v2"]), ("old", ["v2", "v1"])):
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps({"properties": {"x86_64": {"level": values}}}))
        files += ["--variant-platform", str(file)]
        level = f"  level: {', '.join(values)}"
        expected += [f"In {file}:", "x86_64 (platform file)", level]
    lines = pip("variant", "platform", *files).ok().out.splitlines()
    assert [line for line in lines if line in expected] == expected
    result = pip("variant", "platform", "--json", *files).failed()
    assert result.err == (
        "ERROR: a platform file describes one machine; give one --variant-platform\n"
    )


def test_a_warning_of_a_provider(pip: Pip) -> None:
    result = pip("variant", "platform", environ=gpu("new")).ok()
    assert "  nothing: see the warning\n  WARNING: NV_VARIANT" in result.out
    document = json.loads(pip("variant", "platform", "--json", environ=gpu("new")).out)
    assert len(document["sources"]["nvidia"]["warnings"]) == 1


@pytest.mark.parametrize("content", [None, b"{", b"\xff", b"properties = 1"])
def test_a_broken_platform_file(
    pip: Pip, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "machine.toml"
    if content is not None:
        file.write_bytes(content)
    result = pip("variant", "platform", "--variant-platform", file).failed()
    assert f"--variant-platform: {file} is no platform file: " in result.err
    assert result.out == ""


def test_platform_takes_no_argument(pip: Pip) -> None:
    result = pip("variant", "platform", "torch").failed()
    assert result.err == (
        "ERROR: pip variant platform takes no further argument: 'torch'\n"
    )


# check


def test_an_environment_without_variants(pip: Pip, index: Index) -> None:
    assert check(pip, index).ok().out == NO_VARIANT
    assert checked(pip, index) == []
    assert index.log == []


def test_a_new_driver_and_an_old_one(own_pip: Pip, drivers_index: Index) -> None:
    """J6: the driver changes below an installed variant."""
    install(own_pip, drivers_index, "demo")
    environ = gpu("12.6")
    result = check(own_pip, drivers_index, environ=environ).ok()
    assert result.out.splitlines() == [
        "demo 1.0 cu126 fits",
        "Installed variants that fit: all 1",
    ]
    environ = gpu("12.9")
    result = check(own_pip, drivers_index, environ=environ).ok()
    assert result.out.splitlines() == [
        "demo 1.0 cu126 fits, but pip would take another today",
        "    to get cu129: pip install --upgrade demo==1.0",
        "Installed variants that fit: all 1",
    ]
    (found,) = checked(own_pip, drivers_index, environ=environ)
    assert found == {
        "name": "demo",
        "version": "1.0",
        "label": "cu126",
        "forced": False,
        "fits": True,
        "reason": "",
        "instead": "cu129",
        "remedy": "pip install --upgrade demo==1.0",
        "compared": True,
        "note": "",
    }
    environ = gpu("12.4")
    result = check(own_pip, drivers_index, environ=environ)
    assert result.status == 1
    assert result.out.splitlines() == [
        TOO_OLD,
        "    to get null: pip install --upgrade demo==1.0",
        "Installed variants that do not fit: 1",
    ]
    assert result.err == ""


@pytest.mark.parametrize(("driver", "label"), [("12.9", "cu129"), ("12.4", "null")])
def test_the_remedy_works(
    own_pip: Pip, drivers_index: Index, driver: str, label: str
) -> None:
    install(own_pip, drivers_index, "demo")
    (found,) = checked(own_pip, drivers_index, environ=gpu(driver))
    pip, *command = found["remedy"].split()
    assert pip == "pip"
    own_pip(*command, "--index-url", drivers_index.url, environ=gpu(driver)).ok()
    (found,) = checked(own_pip, drivers_index, environ=gpu(driver))
    assert (found["label"], found["fits"]) == (label, True)
    assert found["instead"] is None


def test_the_remedy_for_what_was_forced(own_pip: Pip, drivers_index: Index) -> None:
    install(own_pip, drivers_index, "demo", "--force-variant", "demo=cu129")
    result = check(own_pip, drivers_index, environ=gpu("12.6"))
    assert result.status == 1
    assert "demo 1.0 cu129 does not fit (it was forced): needs " in result.out
    (found,) = checked(own_pip, drivers_index, environ=gpu("12.6"))
    assert found["forced"]
    install(own_pip, drivers_index, *found["remedy"].split()[2:])
    (found,) = checked(own_pip, drivers_index, environ=gpu("12.6"))
    assert (found["label"], found["forced"]) == ("cu126", False)


def test_the_remedy_for_what_was_named_by_path(
    own_pip: Pip, drivers_index: Index
) -> None:
    """An upgrade leaves it alone, so that an upgrade is no remedy."""
    wheel = drivers_index.links() / "demo-1.0-py3-none-any-cu126.whl"
    install(own_pip, drivers_index, str(wheel))
    (found,) = checked(own_pip, drivers_index, environ=gpu("12.9"))
    install(own_pip, drivers_index, *found["remedy"].split()[2:], driver="12.9")
    (found,) = checked(own_pip, drivers_index, environ=gpu("12.9"))
    assert found["label"] == "cu129"


def test_without_an_index(own_pip: Pip, drivers_index: Index) -> None:
    """J15: at the start of a container nothing is asked but the machine."""
    install(own_pip, drivers_index, "demo")
    drivers_index.forget()
    result = own_pip("variant", "check", "--no-index", environ=gpu("12.4"))
    assert result.status == 1
    assert result.out.splitlines() == [
        TOO_OLD,
        "Installed variants that do not fit: 1",
    ]
    quiet = own_pip("variant", "check", "--no-index", "-q", environ=gpu("12.4"))
    assert (quiet.status, quiet.both) == (1, "")
    own_pip("variant", "check", "--no-index", environ=gpu("12.9")).ok()
    assert drivers_index.log == []


def test_an_index_that_cannot_be_reached(own_pip: Pip, drivers_index: Index) -> None:
    install(own_pip, drivers_index, "demo")
    nowhere = ("--index-url", "http://127.0.0.1:9/simple/", "--retries", "0")
    result = own_pip("variant", "check", *nowhere, environ=gpu("12.6")).ok()
    assert result.out.splitlines() == [
        "demo 1.0 cu126 fits",
        f"    not compared with the index: {UNKNOWN}",
        "Installed variants that fit: all 1",
    ]
    result = own_pip("variant", "check", "-vv", *nowhere, environ=gpu("12.6")).ok()
    assert "Could not fetch URL http://127.0.0.1:9/simple/demo/" in result.both
    result = own_pip("variant", "check", "--json", *nowhere, environ=gpu("12.6")).ok()
    (found,) = json.loads(result.out)["variants"]
    assert (found["compared"], found["instead"]) == (False, None)
    assert found["note"] == UNKNOWN
    result = own_pip("variant", "check", "-q", *nowhere, environ=gpu("12.6")).ok()
    assert result.both == ""


def test_an_index_without_the_version(
    own_pip: Pip, drivers_index: Index, make_index: Callable[..., Index]
) -> None:
    install(own_pip, drivers_index, "demo")
    other = make_index()
    other.add(LEVELS, version="2.0")
    result = check(own_pip, other, environ=gpu("12.4"))
    assert result.out.splitlines() == [
        TOO_OLD,
        f"    not compared with the index: {UNKNOWN}",
        "Installed variants that do not fit: 1",
    ]
    (found,) = checked(own_pip, other, environ=gpu("12.4"))
    assert (found["compared"], found["note"]) == (False, UNKNOWN)


def test_an_index_of_which_nothing_fits(
    own_pip: Pip, make_index: Callable[..., Index]
) -> None:
    first, second = make_index(), make_index()
    first.add(LEVELS)
    second.add(levels("v3"), plain=False)
    install(own_pip, first, "demo")
    result = check(own_pip, second).ok()
    assert result.out.splitlines() == [
        "demo 1.0 v2 fits",
        "    pip would take none of its files today; why: pip variant explain demo==1.0",
        "Installed variants that fit: all 1",
    ]
    (found,) = checked(own_pip, second)
    assert (found["compared"], found["instead"], found["remedy"]) == (True, None, "")
    assert found["note"].startswith("pip would take none of its files today")


def test_an_index_that_refuses(own_pip: Pip, drivers_index: Index) -> None:
    """The machine is told about all the same, and the status is about it alone."""
    install(own_pip, drivers_index, "demo")
    drivers_index.answer("demo/demo-1.0-variants.json", Response(403))
    result = check(own_pip, drivers_index, environ=gpu("12.6")).ok()
    fits, why, total = result.out.splitlines()
    assert fits == "demo 1.0 cu126 fits"
    assert why.startswith("    not compared with the index: ")
    assert "403" in why
    assert total == "Installed variants that fit: all 1"
    assert result.err == ""
    (found,) = checked(own_pip, drivers_index, environ=gpu("12.6"))
    assert not found["compared"]
    assert "403" in found["note"]


def test_a_label_that_the_index_no_longer_has(
    own_pip: Pip, make_index: Callable[..., Index]
) -> None:
    first, second = make_index(), make_index()
    first.add(LEVELS)
    second.add(levels("v1"))
    install(own_pip, first, "demo")
    result = check(own_pip, second).ok()
    assert "demo 1.0 v2 fits, but pip would take another today" in result.out
    assert "to get v1: " in result.out


def test_another_machine(own_pip: Pip, drivers_index: Index, tmp_path: Path) -> None:
    install(own_pip, drivers_index, "demo")
    file = tmp_path / "machine.json"
    file.write_text(own_pip("variant", "platform", "--json", environ=gpu("12.4")).out)
    (found,) = checked(
        own_pip, drivers_index, "--variant-platform", file, environ=gpu("12.6")
    )
    assert (found["fits"], found["instead"]) == (False, "null")


def test_several_machines(own_pip: Pip, drivers_index: Index, tmp_path: Path) -> None:
    """The first one that it does not fit is named; the remedy is for all of them."""
    install(own_pip, drivers_index, "demo", driver="12.9")
    options: list[str] = []
    for driver in ("12.9", "12.6"):
        file = tmp_path / f"{driver}.json"
        written = own_pip("variant", "platform", "--json", environ=gpu(driver)).ok()
        file.write_text(written.out)
        options += ["--variant-platform", str(file)]
    (found,) = checked(own_pip, drivers_index, *options)
    assert not found["fits"]
    assert found["reason"] == f"needs nvidia driver >= 12.9, {file} offers 12.6"
    assert found["remedy"] == shlex.join(
        ["pip", "install", "--upgrade", *options, "demo==1.0"]
    )
    install(own_pip, drivers_index, *shlex.split(found["remedy"])[2:])
    (found,) = checked(own_pip, drivers_index, *options)
    assert (found["label"], found["fits"], found["instead"]) == ("cu126", True, None)


def test_the_labels_asked_for_are_what_pip_would_take(
    own_pip: Pip, levels_index: Index
) -> None:
    install(own_pip, levels_index, "demo")
    (found,) = checked(own_pip, levels_index, environ={"PIP_VARIANT": "demo=v1"})
    assert found["instead"] == "v1"


@pytest.mark.parametrize(
    ("driver", "option", "value", "label"),
    [
        ("12.9", "--variant", "demo=cu126", "cu126"),
        ("12.9", "--variant", "null", "null"),
        ("12.6", "--force-variant", "demo=cu129", "cu129"),
        ("12.9", "--variant-exclude", "cu129, null", "cu126"),
        ("12.9", "--variant-priorities", PREFERS_126, "cu126"),
        ("12.9", "--variant-platform", "old machine.json", "cu126"),
        ("12.9", "--no-variant", None, None),
    ],
)
def test_the_remedy_has_the_options_of_the_check(
    own_pip: Pip,
    drivers_index: Index,
    driver: str,
    option: str,
    value: str | None,
    label: str | None,
) -> None:
    environ = gpu(driver)
    written = own_pip("variant", "platform", "--json", environ=gpu("12.6")).ok()
    (own_pip.home / "old machine.json").write_text(written.out)
    install(own_pip, drivers_index, "demo", driver=driver)
    given = [option] if value is None else [option, value]
    (found,) = checked(own_pip, drivers_index, *given, environ=environ)
    assert found["instead"] == (label or "")
    remedy = ["pip", "install", "--upgrade", *given, "demo==1.0"]
    assert found["remedy"] == shlex.join(remedy)
    shown = check(own_pip, drivers_index, *given, environ=environ)
    assert f"    to get {label or 'the plain wheel'}: {shlex.join(remedy)}" in shown.out
    command = shlex.split(found["remedy"])[1:]
    own_pip(*command, "--index-url", drivers_index.url, environ=environ).ok()
    (found,) = checked(own_pip, drivers_index, "demo", "--no-index", environ=environ)
    assert found["label"] == label


def test_the_remedy_has_each_option_that_was_given(
    own_pip: Pip, drivers_index: Index
) -> None:
    install(own_pip, drivers_index, "demo")
    options = ("--variant-exclude=cu129", "--variant-exclude", "cu128")
    environ = {**gpu("12.6"), "PIP_VARIANT": "demo=null"}
    (found,) = checked(own_pip, drivers_index, *options, environ=environ)
    assert found["remedy"] == (
        "pip install --upgrade --variant-exclude cu129 --variant-exclude cu128 demo==1.0"
    )


def test_named_packages(own_pip: Pip, drivers_index: Index) -> None:
    drivers_index.add(name="other")
    install(own_pip, drivers_index, "demo", "other")
    names = ("Demo", "demo", "other")
    found = checked(own_pip, drivers_index, *names, environ=gpu("12.4"))
    assert [each["name"] for each in found] == ["demo", "other"]
    result = check(own_pip, drivers_index, *names, environ=gpu("12.6")).ok()
    assert result.out.splitlines() == [
        "demo 1.0 cu126 fits",
        "other 1.0 (plain) fits",
        "Installed variants that fit: all 1",
    ]
    result = check(own_pip, drivers_index, "nothing").failed()
    assert result.err == "ERROR: 'nothing' is not installed\n"
    assert result.out == ""


def test_a_plain_wheel_that_is_named(own_pip: Pip, drivers_index: Index) -> None:
    """It was installed before pip knew of variants."""
    install(own_pip, drivers_index, "demo", "--no-variant")
    environ = gpu("12.6")
    result = check(own_pip, drivers_index, "demo", environ=environ).ok()
    assert result.out.splitlines() == [
        "demo 1.0 (plain) fits, and pip would take cu126 today",
        "    to get cu126: pip install --upgrade demo==1.0",
    ]
    (found,) = checked(own_pip, drivers_index, "demo", environ=environ)
    assert found == {
        "name": "demo",
        "version": "1.0",
        "label": None,
        "forced": False,
        "fits": True,
        "reason": "",
        "instead": "cu126",
        "remedy": "pip install --upgrade demo==1.0",
        "compared": True,
        "note": "",
    }
    install(own_pip, drivers_index, *shlex.split(found["remedy"])[2:])
    result = check(own_pip, drivers_index, "demo", environ=environ).ok()
    assert result.out.splitlines()[0] == "demo 1.0 cu126 fits"


def test_a_plain_wheel_that_is_named_and_wanted(
    own_pip: Pip, drivers_index: Index
) -> None:
    install(own_pip, drivers_index, "demo", "--no-variant")
    drivers_index.forget()
    for option in ("--no-index", "--no-variant"):
        result = check(own_pip, drivers_index, "demo", option, environ=gpu("12.6")).ok()
        assert result.out == "demo 1.0 (plain) fits\n"
    assert drivers_index.log == ["GET demo/"]


@pytest.mark.parametrize("editable", [False, True])
def test_a_plain_package_that_was_built_here(
    own_pip: Pip, drivers_index: Index, *, editable: bool
) -> None:
    """An upgrade leaves it alone, and nobody asks the index about it."""
    own_pip("install", drivers_index.links() / "demo-1.0-py3-none-any.whl").ok()
    shown = own_pip("show", "-f", "demo").ok()
    folder = Path(shown.line("Location: ").removeprefix("Location: "))
    note = folder / "demo-1.0.dist-info" / "direct_url.json"
    assert note.is_file()
    if editable:
        document = {"url": folder.as_uri(), "dir_info": {"editable": True}}
        note.write_text(json.dumps(document))
    drivers_index.forget()
    result = check(own_pip, drivers_index, "demo", environ=gpu("12.6")).ok()
    assert result.out.splitlines() == [
        "demo 1.0 (plain) fits",
        "    not compared with the index: it was installed from a path or an address",
    ]
    (found,) = checked(own_pip, drivers_index, "demo", environ=gpu("12.6"))
    assert (found["compared"], found["instead"], found["label"]) == (False, None, None)
    assert drivers_index.log == []


def test_plain_wheels_are_no_variants(own_pip: Pip, drivers_index: Index) -> None:
    """Without names nothing is asked about them: there may be hundreds."""
    install(own_pip, drivers_index, "demo", "--no-variant")
    drivers_index.forget()
    assert checked(own_pip, drivers_index) == []
    assert check(own_pip, drivers_index).ok().out == NO_VARIANT
    assert check(own_pip, drivers_index, "--no-index").ok().out == (
        "No installed package is a variant.\n"
    )
    assert drivers_index.log == []


def test_a_variant_without_readable_metadata(
    own_pip: Pip, drivers_index: Index
) -> None:
    install(own_pip, drivers_index, "demo")
    shown = own_pip("show", "-f", "demo").ok()
    folder = Path(shown.line("Location: ").removeprefix("Location: "))
    (folder / "demo-1.0.dist-info" / "variant.json").write_text("{")
    assert check(own_pip, drivers_index).ok().out == NO_VARIANT


def test_a_plugin_is_asked_once(own_pip: Pip, index: Index, tmp_path: Path) -> None:
    """What is installed and what there is today are compared with one machine."""
    marking = ZOO["marking"].distribution
    document = {
        "$schema": SCHEMA_0_2_0,
        "default-priorities": {"namespace": ["marking"]},
        "providers": {"marking": {"requires": [marking]}},
        "variants": {"fast": {"marking": {"speed": ["1"]}}},
    }
    index.add(document)
    install_into(own_pip.site, "marking")
    assert install(own_pip, index, "demo").installed == ["demo-1.0-fast"]
    mark = tmp_path / "mark"
    environ = {"ZOO_MARK": str(mark)}
    result = check(own_pip, index, "--no-cache-dir", environ=environ).ok()
    assert "demo 1.0 fast fits" in result.out
    assert mark.read_text() == "x"
