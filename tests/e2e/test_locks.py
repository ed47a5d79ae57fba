"""Lock files: what is written about variants, and what is chosen from it."""

from __future__ import annotations

import re
import sys
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pip as pip_module
import pytest

from pip_variants.variantlib.schema import violations
from tests.kit import (
    LEVELS,
    Index,
    Pip,
    digest,
    gpu,
    label_in,
    level,
    levels,
    static_document,
    variant_of,
)
from tests.running import Result

GPU_BOX = gpu("12.8", "7.5")
CPU_BOX = gpu("10.2", "7.5")  # meets no lower bound, whatever this machine has
OFF = {"PIP_VARIANTS_OFF": "1"}


def need_reader() -> None:
    """Skip the rest of a test on pip 26.0, which writes lock files and reads none."""
    if pip_module.__version__.startswith("26.0"):
        pytest.skip("this pip does not read lock files")


class Locks:
    """``pip lock``, and ``pip install`` from what it wrote."""

    def __init__(self, pip: Pip, folder: Path) -> None:
        self.pip = pip
        self.path = folder / "pylock.toml"

    def write(self, index: Index, *args: str, **environ: str) -> Result:
        return self.pip(
            "lock",
            "--output",
            self.path,
            "--index-url",
            index.url,
            *args,
            environ=environ,
        ).ok()

    @property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    def package(self, name: str) -> dict[str, Any]:
        packages = tomllib.loads(self.text)["packages"]
        (found,) = [package for package in packages if package["name"] == name]
        assert isinstance(found, dict)
        return found

    def labels(self, name: str = "demo") -> list[str | None]:
        return [label_in(wheel["name"]) for wheel in self.package(name)["wheels"]]

    def table(self, name: str = "demo") -> dict[str, Any]:
        table = self.package(name)["variants-json"]
        assert isinstance(table, dict)
        return table

    def replace(self, old: str, new: str, count: int = -1) -> None:
        assert old in self.text
        self.path.write_text(self.text.replace(old, new, count), "utf-8")

    def install(self, *args: str | Path, **environ: str) -> Result:
        need_reader()
        return self.pip(
            "install",
            *("--dry-run", "--ignore-installed", "--requirement", self.path, *args),
            environ={"PIP_NO_INDEX": "1", **environ},
        )


@pytest.fixture
def locks(pip: Pip, tmp_path: Path) -> Locks:
    return Locks(pip, tmp_path)


class TestWriting:
    def test_lists_every_variant_and_the_plain_wheel(
        self, locks: Locks, levels_index: Index
    ) -> None:
        locks.write(levels_index, "demo")
        assert locks.labels() == ["null", "v1", "v2", "v3", None]
        for wheel in locks.package("demo")["wheels"]:
            assert wheel["url"].startswith(levels_index.url)
            assert len(wheel["hashes"]["sha256"]) == 64

    def test_inlines_the_metadata(self, locks: Locks, levels_index: Index) -> None:
        """R57."""
        locks.write(levels_index, "demo")
        assert locks.table() == LEVELS
        assert not list(violations(locks.table()))

    def test_is_the_same_every_time(self, locks: Locks, levels_index: Index) -> None:
        locks.write(levels_index, "user")
        first = locks.text
        locks.write(levels_index, "user", "demo")
        assert locks.text == first

    def test_does_not_depend_on_the_machine(
        self, locks: Locks, demo_index: Index
    ) -> None:
        locks.write(demo_index, "torch==2.8.0", **GPU_BOX)
        of_gpu_box = locks.text
        locks.write(demo_index, "torch==2.8.0", **CPU_BOX)
        assert locks.text == of_gpu_box
        assert locks.labels("torch") == ["cu126", "cu128", "cu129", "null", None]
        assert locks.table("torch")["$schema"].endswith(".json")
        assert not list(violations(locks.table("torch")))

    def test_warns_of_tools_that_reject_it(
        self, locks: Locks, levels_index: Index
    ) -> None:
        result = locks.write(levels_index, "user")
        (warning,) = [line for line in result.warnings if "reject" in line]
        assert "demo" in warning
        assert "pip lock --no-variant" in warning

    def test_lists_a_release_of_which_no_variant_fits_here(
        self, locks: Locks, index: Index
    ) -> None:
        index.add(levels("v3", "v4"))
        locks.write(index, "demo")
        assert locks.labels() == ["v3", "v4", None]

    def test_lists_variants_beside_a_source_distribution(
        self, locks: Locks, index: Index
    ) -> None:
        index.add(levels("v3"), plain=False)
        index.add_sdist()
        locks.write(index, "demo", "--no-build-isolation")
        assert locks.labels() == ["v3"]
        assert locks.package("demo")["sdist"]["name"] == "demo-1.0.tar.gz"

    def test_leaves_out_what_no_machine_could_choose(
        self, locks: Locks, index: Index
    ) -> None:
        """R63, and the namespaces that only they used (R58)."""
        document = static_document(
            {"v1": level("v1"), "big": {"ram": {"size": ["big"]}}},
            {"cpu": {"level": ["v1"]}, "ram": {"size": ["small"]}},
        )
        index.add(document, labels=["v1"])
        index.add_wheel(
            "unknown", variant_json={**document, "variants": {"unknown": {}}}
        )
        locks.write(index, "demo")
        assert locks.labels() == ["v1", None]
        table = locks.table()
        assert list(table["variants"]) == ["v1"]
        assert table["default-priorities"] == {"namespace": ["cpu"]}
        assert list(table["providers"]) == ["cpu"]

    def test_keeps_each_label_whole(self, locks: Locks, index: Index) -> None:
        """R58: the machine supports one value of the list."""
        document = static_document({"many": level("v1", "v2", "v3", "v9")})
        index.add(document)
        locks.write(index, "demo")
        assert locks.table()["variants"] == document["variants"]

    def test_order_of_static_features_stays_in_the_schema(
        self, locks: Locks, index: Index
    ) -> None:
        machine = {"cpu": {"level": ["v2", "v1"], "cores": ["many"]}}
        index.add(static_document({"v1": level("v1")}, machine))
        locks.write(index, "demo")
        table = locks.table()
        assert "feature-order" not in table["providers"]["cpu"]
        order = table["default-priorities"]["feature"]
        assert order == {"cpu": ["level", "cores"]}

    @pytest.mark.parametrize("ask", ["demo==1.0#v1", "demo#v1"])
    def test_a_pin_locks_that_label_alone(
        self, locks: Locks, levels_index: Index, ask: str
    ) -> None:
        locks.write(levels_index, ask)
        assert locks.labels() == ["v1"]
        assert list(locks.table()["variants"]) == ["v1"]

    def test_excluded_labels_are_not_locked(
        self, locks: Locks, levels_index: Index
    ) -> None:
        locks.write(levels_index, "demo", "--variant-exclude", "v3")
        assert locks.labels() == ["null", "v1", "v2", None]

    def test_wheels_for_other_pythons_are_not_locked(
        self, locks: Locks, index: Index
    ) -> None:
        index.add(LEVELS)
        index.add_wheel("v1", variant_json=LEVELS, tag="cp27-cp27m-win32")
        locks.write(index, "demo")
        assert locks.labels() == ["null", "v1", "v2", "v3", None]

    def test_without_hashes_on_the_page(self, locks: Locks, make_index: Any) -> None:
        index = make_index(hashes=False, metadata=False)
        index.add(LEVELS)
        result = locks.write(index, "demo")
        assert locks.labels() == ["v2"]
        (warning,) = [line for line in result.warnings if "gives no hash" in line]
        assert "demo-1.0-py3-none-any-v1.whl" in warning
        assert "demo-1.0-py3-none-any.whl" in warning

    def test_hash_mode_lists_what_is_allowed(
        self, locks: Locks, levels_index: Index, tmp_path: Path
    ) -> None:
        """E28."""
        locks.write(levels_index, "demo")
        digests = {
            label_in(wheel["name"]): wheel["hashes"]["sha256"]
            for wheel in locks.package("demo")["wheels"]
        }
        allowed = " ".join(f"--hash=sha256:{digests[name]}" for name in ("null", "v3"))
        requirements = tmp_path / "requirements.txt"
        requirements.write_text(f"demo==1.0 {allowed}\n")
        locks.write(levels_index, "--require-hashes", "-r", str(requirements))
        assert locks.labels() == ["null", "v3"]

    def test_one_source_alone(
        self, locks: Locks, index: Index, make_index: Any
    ) -> None:
        """E12."""
        other = make_index()
        index.add(levels("v1"), plain=False)
        other.add(levels("v2", "null"))
        locks.write(index, "demo", "--extra-index-url", other.url)
        assert locks.labels() == ["v1"]
        locks.write(other, "demo", "--extra-index-url", index.url)
        assert locks.labels() == ["null", "v2", None]

    def test_variants_of_another_source_than_the_plain_wheel(
        self, locks: Locks, index: Index, make_index: Any
    ) -> None:
        other = make_index()
        index.add()
        other.add(levels("v3"), plain=False)
        locks.write(index, "demo", "--extra-index-url", other.url)
        assert locks.labels() == ["v3", None]

    def test_yanked_wheels_are_not_locked(self, locks: Locks, make_index: Any) -> None:
        index = make_index(yanked={"demo-1.0-py3-none-any-v3.whl": "broken"})
        index.add(LEVELS)
        locks.write(index, "demo")
        assert locks.labels() == ["null", "v1", "v2", None]

    def test_tells_when_wheels_were_uploaded(
        self, locks: Locks, make_index: Any
    ) -> None:
        name, time = "demo-1.0-py3-none-any-v1.whl", "2026-01-02T03:04:05Z"
        index = make_index(upload_times={name: time})
        index.add(LEVELS)
        locks.write(index, "demo")
        (wheel,) = [w for w in locks.package("demo")["wheels"] if w["name"] == name]
        assert wheel["upload-time"] == datetime.fromisoformat(time)

    def test_of_a_folder(self, locks: Locks, index: Index) -> None:
        index.add(LEVELS)
        folder = index.links()
        args = ("--output", locks.path, "--no-index", "--find-links", folder, "demo")
        locks.pip("lock", *args).ok()
        assert locks.labels() == ["null", "v1", "v2", "v3", None]
        for wheel in locks.package("demo")["wheels"]:
            assert wheel["url"] == (folder / wheel["name"]).as_uri()
            assert len(wheel["hashes"]["sha256"]) == 64
        assert locks.install().ok().would_install == ["demo-1.0-v2"]

    def test_metadata_that_breaks_its_schema(self, locks: Locks, index: Index) -> None:
        document = levels("null")
        document["default-priorities"]["namespace"] = []
        document["providers"] = {}
        index.add(document)
        args = ("--output", locks.path, "--index-url", index.url, "demo")
        result = locks.pip("lock", *args).failed()
        assert "The variants of demo 1.0 cannot be locked" in result.err
        assert "default-priorities.namespace: must have at least 1 item" in result.err
        locks.write(index, "demo", "--no-variant")

    def test_warns_that_dependencies_differ(self, locks: Locks, index: Index) -> None:
        index.add(name="extra")
        index.add(LEVELS, requires=["extra; variant_label == 'v2'"])
        result = locks.write(index, "demo")
        (warning,) = [line for line in result.warnings if "dependencies" in line]
        assert "demo 1.0" in warning
        assert "v2" in warning
        assert locks.package("extra")["version"] == "1.0"

    def test_on_standard_output(self, locks: Locks, levels_index: Index) -> None:
        locks.write(levels_index, "demo")
        result = locks.pip(
            *("lock", "--quiet", "--output", "-", "--index-url", levels_index.url),
            "demo",
        ).ok()
        assert result.out == locks.text


class TestPlainLocks:
    def test_without_variants_it_is_that_of_stock_pip(
        self, locks: Locks, demo_index: Index
    ) -> None:
        result = locks.write(demo_index, "plainpkg")
        assert not [line for line in result.warnings if "lock " in line[30:]]
        ours = locks.path.read_bytes()
        locks.write(demo_index, "plainpkg", **OFF)
        assert locks.path.read_bytes() == ours

    def test_no_variant_writes_that_of_stock_pip(
        self, locks: Locks, demo_index: Index
    ) -> None:
        locks.write(demo_index, "trainer", "torch==2.8.0", "--no-variant", **GPU_BOX)
        ours = locks.path.read_bytes()
        locks.write(demo_index, "trainer", "torch==2.8.0", **OFF)
        assert locks.path.read_bytes() == ours

    def test_stock_pip_installs_from_it(self, locks: Locks, demo_index: Index) -> None:
        locks.write(demo_index, "torch==2.8.0", "--no-variant")
        assert locks.install(**OFF).ok().would_install == ["torch-2.8.0"]

    def test_stock_pip_rejects_the_other(
        self, locks: Locks, levels_index: Index
    ) -> None:
        locks.write(levels_index, "demo")
        assert "Invalid wheel filename" in locks.install(**OFF).failed().err


class TestReading:
    def test_chooses_again(self, locks: Locks, demo_index: Index) -> None:
        """R59, J12: locked with a GPU, installed without."""
        locks.write(demo_index, "torch==2.8.0", **GPU_BOX)
        assert locks.install(**GPU_BOX).ok().would_install == ["torch-2.8.0-cu128"]
        older = gpu("12.6", "9.0")
        assert locks.install(**older).ok().would_install == ["torch-2.8.0-cu126"]
        result = locks.install(**CPU_BOX).ok()
        assert result.would_install == ["torch-2.8.0-null"]
        assert "torch==2.8.0; variant_hash=null" in result.out

    @pytest.mark.parametrize("release", ["torch==2.7.0", "numpy==2.2.5", "mypackage"])
    @pytest.mark.parametrize("box", [GPU_BOX, CPU_BOX], ids=["GPU", "CPU"])
    def test_chooses_what_the_index_would_give(
        self, locks: Locks, demo_index: Index, release: str, box: dict[str, str]
    ) -> None:
        """Also of metadata in an old dialect, which is written in a newer one."""
        need_reader()
        locks.write(demo_index, release)
        assert not list(violations(locks.table(release.partition("=")[0])))
        expected = locks.pip.choose("--index-url", demo_index.url, release, environ=box)
        args = ("--no-index", "--requirement", locks.path)
        assert locks.pip.choose(*args, environ=box).file == expected.file

    def test_really_installs(
        self, locks: Locks, levels_index: Index, tmp_path: Path
    ) -> None:
        locks.write(levels_index, "user")
        need_reader()
        target = tmp_path / "target"
        result = locks.pip.install_into(target, "--requirement", locks.path).ok()
        assert sorted(result.installed) == ["demo-1.0-v2", "user-1.0"]
        assert variant_of(target) == "v2"

    def test_asks_for_wheels_alone(
        self, locks: Locks, levels_index: Index, tmp_path: Path
    ) -> None:
        locks.write(levels_index, "user")
        levels_index.forget()
        locks.pip.cache = tmp_path / "another cache"
        locks.install().ok()
        assert {line.split("?")[0] for line in levels_index.log} == {
            "GET demo-1.0-py3-none-any-v2.whl",
            "GET user-1.0-py3-none-any.whl",
        }

    def test_takes_the_best_tags_of_a_label(self, locks: Locks, index: Index) -> None:
        index.add(LEVELS)
        tag = f"py{sys.version_info[0]}{sys.version_info[1]}-none-any"
        index.add_wheel("v2", variant_json=LEVELS, tag=tag)
        index.add_wheel("v1", variant_json=LEVELS, tag=tag)
        locks.write(index, "demo")
        result = locks.install().ok()
        assert result.would_install == ["demo-1.0-v2"]
        assert f"demo-1.0-{tag}-v2.whl" in result.out

    def test_wrong_hash(self, locks: Locks, levels_index: Index) -> None:
        locks.write(levels_index, "demo")
        for wheel in locks.package("demo")["wheels"]:
            if label_in(wheel["name"]) == "v2":
                locks.replace(wheel["hashes"]["sha256"], "0" * 64)
        locks.pip.cache = locks.path.parent / "another cache"
        result = locks.install().failed()
        assert "THESE PACKAGES DO NOT MATCH THE HASHES" in result.err

    def test_other_wheel_in_its_place(self, locks: Locks, index: Index) -> None:
        """What is inside must be what the table says (E33)."""
        index.add(LEVELS)
        locks.write(index, "demo")
        locks.replace('level = [\n    "v2",\n]', 'level = [\n    "v1",\n]')
        result = locks.install("--variant", "v2").failed()
        assert "was chosen for other properties than it has inside" in result.err

    def test_nothing_fits_but_the_plain_wheel(self, locks: Locks, index: Index) -> None:
        index.add(levels("v3"))
        locks.write(index, "demo")
        result = locks.install("-v").ok()
        assert result.would_install == ["demo-1.0"]
        assert "Variant v3 is rejected: needs cpu :: level :: v3" in result.out

    def test_nothing_fits_but_the_source(self, locks: Locks, index: Index) -> None:
        index.add(levels("v3"), plain=False)
        index.add_sdist()
        locks.write(index, "demo", "--no-build-isolation")
        result = locks.install("--no-build-isolation").ok()
        assert result.would_install == ["demo-1.0"]

    def test_nothing_fits(self, locks: Locks, levels_index: Index) -> None:
        locks.write(levels_index, "demo", "--force-variant", "v3")
        assert locks.labels() == ["v3"]
        result = locks.install().failed()
        assert "Nothing of demo 1.0 in it can be used here:" in result.err
        assert "v3 is rejected: needs cpu :: level :: v3" in result.err
        result = locks.install("--force-variant", "v3").ok()
        assert result.would_install == ["demo-1.0-v3"]

    @pytest.mark.parametrize("wish", ["v1", "demo=v1", "v3,v1"])
    def test_wishes_apply(self, locks: Locks, levels_index: Index, wish: str) -> None:
        locks.write(levels_index, "demo")
        result = locks.install("--variant", wish).ok()
        assert result.would_install == ["demo-1.0-v1"]

    def test_constraints_apply(
        self, locks: Locks, levels_index: Index, tmp_path: Path
    ) -> None:
        locks.write(levels_index, "user")
        constraints = tmp_path / "constraints.txt"
        constraints.write_text("demo==1.0#v1\n")
        result = locks.install("--constraint", constraints).ok()
        assert result.would_install == ["demo-1.0-v1", "user-1.0"]

    def test_a_wish_that_the_lock_cannot_grant(
        self, locks: Locks, levels_index: Index
    ) -> None:
        locks.write(levels_index, "demo", "--variant-exclude", "v1")
        result = locks.install("--variant", "demo=v1").failed()
        assert "v1 does not exist; there are null, v2, v3" in result.err
        locks.write(levels_index, "user", "--no-deps")
        result = locks.install("--no-deps", "--variant", "user=v1").failed()
        assert "variant v1 is asked for, but it lists none" in result.err

    def test_a_wish_behind_the_lock(
        self, locks: Locks, levels_index: Index, tmp_path: Path
    ) -> None:
        locks.write(levels_index, "demo")
        requirements = tmp_path / "requirements.txt"
        requirements.write_text("demo#v1\n")
        result = locks.install("--requirement", requirements).failed()
        assert "Variant v1 of demo is asked for" in result.err
        assert "Write --variant demo=v1 instead" in result.err

    def test_no_variant(self, locks: Locks, levels_index: Index, index: Index) -> None:
        locks.write(levels_index, "demo")
        assert locks.install("--no-variant").ok().would_install == ["demo-1.0"]
        index.add(levels("v1", "null"), plain=False)
        locks.write(index, "demo")
        result = locks.install("--no-variant").failed()
        assert "it lists variant wheels alone, and --no-variant is set" in result.err

    def test_locking_from_a_lock_keeps_all_variants(
        self, locks: Locks, levels_index: Index
    ) -> None:
        locks.write(levels_index, "demo")
        text = locks.text
        need_reader()
        again = locks.path.with_name("pylock.again.toml")
        args = ("--no-index", "--requirement", locks.path, "--output", again)
        locks.pip("lock", *args).ok()
        assert again.read_text("utf-8") == text


class TestLocksOfOthers:
    def write(self, locks: Locks, index: Index, table: str, *labels: str) -> None:
        """Write a lock with relative paths, which pip itself does not write."""
        lines = ['lock-version = "1.0"', 'created-by = "another tool"']
        lines += ["[[packages]]", 'name = "demo"', 'version = "1.0"', "wheels = ["]
        for label in labels:
            path = index.links() / f"demo-1.0-py3-none-any-{label}.whl"
            relative = path.relative_to(locks.path.parent).as_posix()
            hashes = f'hashes = {{ sha256 = "{digest(path)}" }}'
            lines.append(f'  {{ path = "{relative}", {hashes} }},')
        lines += ["]", table]
        locks.path.write_text("\n".join(lines), "utf-8")

    TABLE = """
[packages.variants-json]
"$schema" = "https://variants-schema.wheelnext.dev/peps/850/v0.2.0.json"
[packages.variants-json.default-priorities]
namespace = [ "cpu" ]
[packages.variants-json.providers]
cpu = { static-properties = { level = [ "v2", "v1" ] } }
[packages.variants-json.variants]
null = { }
v1 = { "cpu" = { "level" = [ "v1" ] } }
"""

    def test_labels_without_an_entry_are_incompatible(
        self, locks: Locks, index: Index
    ) -> None:
        """R63; PEP 825's own sample is such a file."""
        index.add(LEVELS)
        self.write(locks, index, self.TABLE, "null", "v1", "v2")
        assert locks.install().ok().would_install == ["demo-1.0-v1"]

    def test_without_a_table(self, locks: Locks, index: Index) -> None:
        index.add(LEVELS)
        self.write(locks, index, "", "null", "v1")
        result = locks.install().failed()
        assert "no variants-json table" in result.err

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            (
                'level" = [ "v1" ]',
                'level" = "v1"',
                "variants.v1.cpu.level: must be a list",
            ),
            (
                '[ "cpu" ]',
                "[ ]",
                "default-priorities.namespace: must have at least 1 item",
            ),
            ("v0.2.0.json", "v0.9.0.json", "$schema: version 'v0.9.0' is not known"),
            ("v0.2.0.json", "v0.0.3.json", "is older than the schemas"),
            ('"$schema"', '"schema"', "$schema: must be the address of a schema"),
            ("null = { }", "null = { }\nBIG = { }", "variants.BIG: may not stand here"),
        ],
    )
    def test_bad_table(
        self, locks: Locks, index: Index, old: str, new: str, message: str
    ) -> None:
        """R61."""
        index.add(LEVELS)
        assert old in self.TABLE
        self.write(locks, index, self.TABLE.replace(old, new), "null", "v1")
        result = locks.install().failed()
        assert f"Invalid pylock file {str(locks.path)!r}" in result.err
        assert "demo: packages[0].variants-json" in result.err
        assert message in result.err

    def test_without_variants_the_table_does_not_count(
        self, locks: Locks, index: Index
    ) -> None:
        index.add(LEVELS)
        self.write(locks, index, "variants-json = 3", "null")
        name = "demo-1.0-py3-none-any"
        text = locks.text.replace(f"{name}-null", name)
        known = digest(index.links() / f"{name}.whl")
        text = re.sub('"[0-9a-f]{64}"', f'"{known}"', text)
        locks.path.write_text(text, "utf-8")
        locks.install().failed()
        assert locks.install("--no-variant").ok().would_install == ["demo-1.0"]

    def test_a_table_that_is_none(self, locks: Locks, index: Index) -> None:
        index.add(LEVELS)
        self.write(locks, index, "variants-json = 3", "null")
        result = locks.install().failed()
        assert "packages[0].variants-json: must be an object" in result.err

    def test_markers_of_variants_have_no_place(
        self, locks: Locks, index: Index
    ) -> None:
        """R60."""
        index.add(LEVELS)
        marker = """marker = "variant_label == 'v1'" """
        self.write(locks, index, marker, "v1")
        result = locks.install().failed()
        assert "variant_label may not stand in packages[0].marker" in result.err
        self.write(locks, index, self.TABLE, "v1")
        marker = """environments = ["'x' in variant_namespaces"]\n[[packages]]"""
        locks.replace("[[packages]]", marker)
        result = locks.install().failed()
        assert "variant_namespaces may not stand in environments[0]" in result.err


class TestCost:
    @pytest.mark.parametrize("command", ["install", "lock"])
    def test_who_meets_no_variants_in_a_lock_loads_nothing(
        self, pip: Pip, index: Index, command: str
    ) -> None:
        index.add()
        output = "--dry-run" if command == "install" else "--output=-"
        result = pip(
            *(command, output, "--index-url", index.url, "demo"),
            environ={"PYTHONPROFILEIMPORTTIME": "1"},
        ).ok()
        assert "pip_variants.finder" in result.err
        for name in ("locking", "lock_table", "schema"):
            assert f"pip_variants.{name}" not in result.err
            assert f"variantlib.{name}" not in result.err
