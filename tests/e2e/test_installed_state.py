"""What is installed, as pip's commands tell it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.kit import Index, Pip, gpu, level, static_document
from tests.running import Result

OFF = {"PIP_VARIANTS_OFF": "1"}
NVIDIA = {
    "cuda_version_lower_bound": ["12.6"],
    "sm_arch": ["70_real", "75_real"],
}


def install(pip: Pip, index: Index, *args: str, **environ: str) -> Result:
    return pip(
        "install", "--quiet", "--index-url", index.url, *args, environ=environ
    ).ok()


def table(result: Result) -> dict[str, dict[str, str]]:
    """Return the rows of a table by their first cell, each by its heads."""
    head, rule, *lines = result.ok().out.splitlines()
    starts = [0, *(i + 1 for i, char in enumerate(rule) if char == " ")]
    spans = list(zip(starts, [*starts[1:], None], strict=True))
    heads = [head[start:end].strip() for start, end in spans]
    rows = [[line[start:end].strip() for start, end in spans] for line in lines]
    return {row[0]: dict(zip(heads, row, strict=True)) for row in rows}


def heads(result: Result) -> list[str]:
    return list(next(iter(table(result).values())))


def listed(result: Result) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in json.loads(result.ok().out)}


def inspected(result: Result) -> dict[str, dict[str, Any]]:
    items = json.loads(result.ok().out)["installed"]
    return {item["metadata"]["name"]: item for item in items}


def reported(text: str) -> dict[str, dict[str, Any]]:
    return {item["metadata"]["name"]: item for item in json.loads(text)["install"]}


def shown(result: Result) -> list[list[str]]:
    """Return the lines about each package."""
    parts = result.ok().out.split("---\n")
    return [part.splitlines() for part in parts]


def info_folder(folder: Path, stem: str = "demo-1.0") -> Path:
    (found,) = folder.rglob(f"{stem}.dist-info")
    return found


def installation(pip: Pip) -> Path:
    return pip.python.parents[1]


@pytest.fixture
def mixed(own_pip: Pip, levels_index: Index) -> Pip:
    """An environment with a variant of demo, and user, which has none."""
    install(own_pip, levels_index, "user", "demo")
    return own_pip


class TestList:
    def test_the_label_has_a_column(self, mixed: Pip) -> None:
        rows = table(mixed("list"))
        assert rows["demo"] == {"Package": "demo", "Version": "1.0", "Variant": "v2"}
        assert rows["user"]["Variant"] == ""

    def test_no_column_without_variants(
        self, own_pip: Pip, levels_index: Index
    ) -> None:
        """F6"""
        install(own_pip, levels_index, "--no-variant", "user")
        for options in ([], ["--verbose"], ["--format=freeze"]):
            ours = own_pip("list", *options).ok()
            assert ours.both == own_pip("list", *options, environ=OFF).both

    def test_the_column_comes_and_goes(self, mixed: Pip, levels_index: Index) -> None:
        assert "Variant" in heads(mixed("list"))
        install(mixed, levels_index, "--force-reinstall", "--no-variant", "demo")
        assert "Variant" not in heads(mixed("list"))

    @pytest.mark.parametrize("options", [["--exclude", "demo"], ["--not-required"]])
    def test_only_what_is_listed_counts(self, mixed: Pip, options: list[str]) -> None:
        assert heads(mixed("list", *options)) == ["Package", "Version"]

    def test_stands_before_the_locations(self, mixed: Pip) -> None:
        found = heads(mixed("list", "--verbose"))
        assert found == ["Package", "Version", "Variant", "Location", "Installer"]
        assert table(mixed("list", "--verbose"))["demo"]["Installer"] == "pip"

    def test_stands_behind_the_build_number(self, own_pip: Pip, index: Index) -> None:
        index.add(static_document({"v1": level("v1")}), build="7", plain=False)
        install(own_pip, index, "demo")
        rows = table(own_pip("list"))
        assert list(rows["demo"].items())[2:] == [("Build", "7"), ("Variant", "v1")]

    def test_null_is_a_label(self, own_pip: Pip, levels_index: Index) -> None:
        install(own_pip, levels_index, "demo#null")
        assert table(own_pip("list"))["demo"]["Variant"] == "null"

    def test_outdated(self, own_pip: Pip, index: Index) -> None:
        document = static_document({"v1": level("v1")})
        for version in ("1.0", "2.0"):
            index.add(document, version=version)
        install(own_pip, index, "demo==1.0")
        arguments = ("list", "--outdated", "--index-url", index.url)
        assert table(own_pip(*arguments))["demo"] == {
            "Package": "demo",
            "Version": "1.0",
            "Latest": "2.0",
            "Type": "wheel",
            "Variant": "v1",
        }
        item = listed(own_pip(*arguments, "--format=json"))["demo"]
        assert (item["latest_version"], item["variant"]) == ("2.0", "v1")

    def test_uptodate(self, mixed: Pip, levels_index: Index) -> None:
        arguments = ("list", "--uptodate", "--index-url", levels_index.url)
        assert table(mixed(*arguments))["demo"]["Variant"] == "v2"

    def test_a_folder(self, pip: Pip, levels_index: Index, tmp_path: Path) -> None:
        folder = tmp_path / "target"
        pip.install_into(folder, "--index-url", levels_index.url, "user", "demo").ok()
        assert table(pip("list", "--path", folder))["demo"]["Variant"] == "v2"
        items = listed(pip("list", "--path", folder, "--format=json"))
        assert {name: item["variant"] for name, item in items.items()} == {
            "demo": "v2",
            "user": None,
        }
        assert "Variant" not in heads(pip("list"))

    def test_an_empty_folder(self, pip: Pip, tmp_path: Path) -> None:
        for options in ([], ["--format=json"]):
            ours = pip("list", "--path", tmp_path, *options).ok()
            off = pip("list", "--path", tmp_path, *options, environ=OFF)
            assert ours.both == off.both

    def test_json_always_has_the_field(self, mixed: Pip) -> None:
        items = listed(mixed("list", "--format=json"))
        labels = {name: item["variant"] for name, item in items.items()}
        assert labels == dict.fromkeys(items) | {"demo": "v2"}

    @pytest.mark.parametrize("options", [[], ["--verbose"]])
    def test_json_is_the_same_apart_from_the_field(
        self, mixed: Pip, options: list[str]
    ) -> None:
        arguments = ("list", "--format=json", *options)
        ours = json.loads(mixed(*arguments).ok().out)
        for item in ours:
            del item["variant"]
        assert json.dumps(ours) + "\n" == mixed(*arguments, environ=OFF).out

    def test_freeze_format_knows_no_labels(self, mixed: Pip) -> None:
        ours = mixed("list", "--format=freeze").ok()
        assert ours.both == mixed("list", "--format=freeze", environ=OFF).both


class TestShow:
    def test_label_and_properties_follow_the_version(self, mixed: Pip) -> None:
        (lines,) = shown(mixed("show", "demo"))
        assert lines[:4] == [
            "Name: demo",
            "Version: 1.0",
            "Variant: v2",
            "Variant-properties: cpu :: level :: v2",
        ]
        assert lines[4].startswith("Summary: ")

    def test_everything_else_is_as_before(self, mixed: Pip) -> None:
        for options in ([], ["--files"], ["--verbose"]):
            ours = mixed("show", *options, "demo", "user").ok()
            lines = ours.out.splitlines(keepends=True)
            plain = [line for line in lines if not line.startswith("Variant")]
            assert len(lines) == len(plain) + 2
            off = mixed("show", *options, "demo", "user", environ=OFF)
            assert ("".join(plain), ours.err) == (off.out, off.err)

    def test_each_package_has_its_own(self, own_pip: Pip, index: Index) -> None:
        index.add(static_document({"v1": level("v1")}), "one")
        index.add(static_document({"v2": level("v2")}), "Two")
        index.add(name="plain")
        install(own_pip, index, "one", "Two", "plain")
        found = shown(own_pip("show", "plain", "two", "one"))
        labels = [[x for x in lines if x.startswith("Variant:")] for lines in found]
        assert labels == [[], ["Variant: v2"], ["Variant: v1"]]

    def test_plain_packages(self, mixed: Pip) -> None:
        """F6"""
        ours = mixed("show", "user", "missing").ok()
        off = mixed("show", "user", "missing", environ=OFF)
        assert (ours.out, ours.err) == (off.out, off.err)

    def test_nothing_found(self, mixed: Pip) -> None:
        ours = mixed("show", "missing")
        off = mixed("show", "missing", environ=OFF)
        assert (ours.status, ours.both) == (off.status, off.both)

    def test_properties_that_the_machine_had(
        self, own_pip: Pip, demo_index: Index
    ) -> None:
        """The wheel has more: the GPU of that time counts, not that of today."""
        install(own_pip, demo_index, "torch==2.8.0", **gpu("12.6"))
        (lines,) = shown(own_pip("show", "torch", environ=gpu("12.9", "9.0")))
        assert lines[2:4] == [
            "Variant: cu126",
            (
                "Variant-properties: nvidia :: cuda_version_lower_bound :: 12.6, "
                "nvidia :: sm_arch :: 70_real, nvidia :: sm_arch :: 75_real"
            ),
        ]

    def test_no_properties(self, own_pip: Pip, levels_index: Index) -> None:
        install(own_pip, levels_index, "demo#null")
        (lines,) = shown(own_pip("show", "demo"))
        assert lines[2:4] == ["Variant: null", "Variant-properties: "]

    def test_forced(self, own_pip: Pip, levels_index: Index) -> None:
        install(own_pip, levels_index, "demo", "--force-variant", "v3")
        (lines,) = shown(own_pip("show", "demo"))
        assert lines[2:5] == [
            "Variant: v3",
            "Variant-properties: cpu :: level :: v3",
            "Variant-forced: yes",
        ]


class TestInspect:
    def test_variants_have_a_field(self, mixed: Pip) -> None:
        items = inspected(mixed("inspect"))
        assert items["demo"]["variant"] == {
            "label": "v2",
            "properties": {"cpu": {"level": ["v2"]}},
            "forced": False,
        }
        assert [name for name in items if "variant" in items[name]] == ["demo"]

    def test_is_the_same_without_variants(self, own_pip: Pip) -> None:
        """F6"""
        assert own_pip("inspect").ok().both == own_pip("inspect", environ=OFF).both

    def test_only_the_record_of_this_label_counts(self, mixed: Pip) -> None:
        record = {"label": "v1", "properties": {}, "forced": True}
        folder = info_folder(installation(mixed))
        (folder / "variant_selection.json").write_text(json.dumps(record))
        assert inspected(mixed("inspect"))["demo"]["variant"]["forced"] is False

    def test_a_folder(self, pip: Pip, levels_index: Index, tmp_path: Path) -> None:
        folder = tmp_path / "target"
        pip.install_into(folder, "--index-url", levels_index.url, "demo").ok()
        items = inspected(pip("inspect", "--path", folder))
        assert items["demo"]["variant"]["label"] == "v2"


class TestReport:
    def test_dry_run(self, pip: Pip, demo_index: Index, tmp_path: Path) -> None:
        file = tmp_path / "report.json"
        arguments = ("--report", file, "torch==2.8.0", "plainpkg")
        pip.dry(demo_index, *arguments, environ=gpu("12.6")).ok()
        items = reported(file.read_text("utf-8"))
        assert items["torch"]["variant"] == {
            "label": "cu126",
            "properties": {"nvidia": NVIDIA},
            "forced": False,
        }
        assert "variant" not in items["plainpkg"]

    def test_on_the_screen(self, pip: Pip, levels_index: Index) -> None:
        result = pip.dry(levels_index, "--quiet", "--report=-", "user", "demo").ok()
        labels = {
            name: item.get("variant") for name, item in reported(result.out).items()
        }
        properties = {"cpu": {"level": ["v2"]}}
        assert labels == {
            "demo": {"label": "v2", "properties": properties, "forced": False},
            "user": None,
        }

    def test_installation(
        self, own_pip: Pip, levels_index: Index, tmp_path: Path
    ) -> None:
        """What the report says is what the environment says."""
        file = tmp_path / "report.json"
        install(own_pip, levels_index, "--report", str(file), "demo#v1")
        told = reported(file.read_text("utf-8"))["demo"]["variant"]
        assert told["label"] == "v1"
        assert told == inspected(own_pip("inspect"))["demo"]["variant"]

    def test_forced(self, pip: Pip, levels_index: Index) -> None:
        arguments = ("--quiet", "--report=-", "demo", "--force-variant", "v3")
        result = pip.dry(levels_index, *arguments).ok()
        assert reported(result.out)["demo"]["variant"] == {
            "label": "v3",
            "properties": {"cpu": {"level": ["v3"]}},
            "forced": True,
        }

    @pytest.mark.parametrize("how", ["path", "URL"])
    def test_a_wheel_by_itself(self, pip: Pip, levels_index: Index, how: str) -> None:
        name = "demo-1.0-py3-none-any-v1.whl"
        wheel = f"{levels_index.url}demo/{name}"
        if how == "path":
            wheel = str(levels_index.links() / name)
        result = pip.dry(levels_index, "--quiet", "--report=-", wheel).ok()
        variant = reported(result.out)["demo"]["variant"]
        assert variant["properties"] == {"cpu": {"level": ["v1"]}}

    def test_the_same_without_variants(self, pip: Pip, levels_index: Index) -> None:
        """F6"""
        arguments = ("--quiet", "--report=-", "--ignore-installed", "user")
        ours = pip.dry(levels_index, *arguments, environ={"PIP_NO_VARIANT": "1"})
        off = pip.dry(levels_index, *arguments, environ=OFF)
        assert ours.ok().both == off.ok().both

    def test_nothing_to_install(self, mixed: Pip, levels_index: Index) -> None:
        result = mixed.dry(levels_index, "--quiet", "--report=-", "demo").ok()
        assert json.loads(result.out)["install"] == []


class TestFreeze:
    def test_is_that_of_stock_pip(self, mixed: Pip) -> None:
        """J5: the requirements of an environment fit another machine."""
        ours = mixed("freeze", "--all").ok()
        assert ours.both == mixed("freeze", "--all", environ=OFF).both
        assert "demo==1.0" in ours.out.splitlines()

    def test_gives_every_machine_its_own(
        self, own_pip: Pip, demo_index: Index, pip: Pip
    ) -> None:
        """J5"""
        install(own_pip, demo_index, "torch", **gpu("12.8"))
        frozen = own_pip("freeze", "--exclude", "pip-variants").ok()
        file = own_pip.home / "requirements.txt"
        file.write_text(frozen.out)
        result = pip.dry(demo_index, "--requirement", file, environ=gpu("12.6"))
        assert result.ok().would_install == ["torch-2.8.0-cu126"]


BAD = {
    "no text": b"\xff\xfe{",
    "cut off": b'{"$schema": ',
    "deep": b"[" * 100_000,
    "a list": b"[]",
    "two labels": json.dumps(
        static_document({"v1": level("v1"), "v2": level("v2")})
    ).encode(),
    "terminal": json.dumps(
        static_document({"\x1b[31mv1\n": level("\x1b[31mv1")})
    ).encode(),
}


class TestBadFiles:
    """E5: a file in the environment can say anything."""

    @pytest.mark.parametrize("content", BAD.values(), ids=BAD)
    def test_counts_as_plain(self, mixed: Pip, content: bytes) -> None:
        (info_folder(installation(mixed)) / "variant.json").write_bytes(content)
        for arguments in (["list"], ["show", "demo"], ["inspect"]):
            ours = mixed(*arguments).ok()
            assert ours.both == mixed(*arguments, environ=OFF).both
        assert listed(mixed("list", "--format=json"))["demo"]["variant"] is None

    @pytest.mark.parametrize("record", ["{", "[]", '{"label": "v2", "properties": 3}'])
    def test_a_bad_record_is_none(self, mixed: Pip, record: str) -> None:
        folder = info_folder(installation(mixed))
        (folder / "variant_selection.json").write_text(record)
        (lines,) = shown(mixed("show", "demo"))
        assert lines[3] == "Variant-properties: cpu :: level :: v2"

    @pytest.mark.skipif(os.name == "nt", reason="permissions are others there")
    def test_may_not_be_read(self, mixed: Pip) -> None:
        path = info_folder(installation(mixed)) / "variant.json"
        path.unlink()
        path.mkdir()
        assert "Variant" not in heads(mixed("list"))


class TestCost:
    """pip loads its finder for the few runs of ``pip list`` that look at an index."""

    MODULES = (
        "import atexit, runpy, sys\n"
        "names = ['pip._internal.index.package_finder', 'pip_variants.finder',\n"
        "         'pip_variants.variantlib.metadata', 'pip_variants.decisions']\n"
        "atexit.register(lambda: print(*(n for n in names if n in sys.modules),\n"
        "                              file=sys.stderr))\n"
        "runpy.run_module('pip', run_name='__main__')\n"
    )

    @pytest.mark.parametrize("command", [["list"], ["show", "pip"], ["inspect"]])
    def test_nothing_big_is_loaded_for_plain_packages(
        self, pip: Pip, tmp_path: Path, command: list[str]
    ) -> None:
        script = tmp_path / "watch.py"
        script.write_text(self.MODULES, "utf-8")
        assert pip.run(script, *command).ok().err == "\n"
