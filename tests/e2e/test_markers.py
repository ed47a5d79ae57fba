"""Dependencies with the markers of variants: R49-R56, E30, and what stays installed."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pip_variants.demo.environment import fresh_environment
from pip_variants.demo.server import Response
from tests.kit import Index, Pip, level, levels, static_document, variant_of
from tests.running import Result

REQUIRES = {
    "label": 'variant_label == "v2"',
    "null": 'variant_label == "null"',
    "other": 'variant_label != "null"',
    "plain": 'variant_label == ""',
    "namespace": '"cpu" in variant_namespaces',
    "feature": '"cpu::level" in variant_features',
    "property": '"cpu ::level:: v2" in variant_properties',
    "missing": '"cpu :: level :: v3" not in variant_properties',
    "unsupported": '"cpu :: level :: v3" in variant_properties',
    "always": 'python_version > "3"',
}
"""The suffix of a package -> when it is needed."""

DOCUMENT = static_document(
    {"v1": level("v1"), "v2": level("v2", "v3"), "v4": level("v4"), "null": {}}
)
"""v2 also has code for v3, which this machine does not support; v4 does not fit."""

NEEDED = {
    "v2": {"label", "other", "namespace", "feature", "property", "missing", "always"},
    "v1": {"other", "namespace", "feature", "missing", "always"},
    "null": {"null", "missing", "always"},
    None: {"other", "plain", "missing", "always"},
}

EXTRA = {"gpu": ['dep-extra; "cpu" in variant_namespaces', "dep-extra-always"]}
"""Written into the metadata as ``(marker) and extra == "gpu"``."""

RECORD = "marked-1.0.dist-info/variant_selection.json"


def fill(index: Index) -> None:
    requires = [f"dep-{name}; {marker}" for name, marker in REQUIRES.items()]
    index.add(DOCUMENT, "marked", requires=requires, extras=EXTRA)
    index.add(name="user", requires=["marked[gpu]"])
    for name in (*REQUIRES, "extra", "extra-always"):
        index.add(name=f"dep-{name}")


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index of a package whose dependencies differ from variant to variant."""
    with Index(tmp_path_factory.mktemp("marked") / "index") as index:
        fill(index)
        yield index


@pytest.fixture(scope="module", params=["importlib", "pkg_resources"])
def lasting(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    marked: Index,
) -> Pip:
    """An environment in which marked is installed, seen by each of pip's readers.

    No test changes it.
    """
    folder = tmp_path_factory.mktemp("lasting")
    pip = Reader(fresh_environment(folder / "env"), folder / "home", request.param)
    pip("install", "--index-url", marked.url, "marked[gpu]").ok()
    return pip


class Reader(Pip):
    """pip with one of its two readers of metadata."""

    def __init__(self, python: Path, home: Path, reader: str) -> None:
        super().__init__(python, home)
        self.reader = reader

    def environ(self, **extra: str) -> dict[str, str]:
        importlib = "1" if self.reader == "importlib" else "0"
        return super().environ(_PIP_USE_IMPORTLIB_METADATA=importlib, **extra)


def needed(names: list[str]) -> set[str]:
    """Return the suffixes in names of results, without marked itself."""
    assert any(name.startswith("marked-1.0") for name in names), names
    return {
        name.removeprefix("dep-").removesuffix("-1.0")
        for name in names
        if name.startswith("dep-")
    }


def broken(pip: Pip) -> Result:
    """Run a check that finds something."""
    result = pip("check")
    assert result.status == 1, result.both
    return result


def record(pip: Pip) -> dict[str, object]:
    found = json.loads((pip.site / RECORD).read_text("utf-8"))
    assert isinstance(found, dict)
    return found


# Where the dependencies come from.


@pytest.mark.parametrize("label", [*NEEDED])
def test_the_label_decides_what_is_needed(
    pip: Pip, marked: Index, label: str | None
) -> None:
    """R49, R53-R56: only what the machine supports counts."""
    asked = "marked" if label in (None, "v2") else f"marked#{label}"
    options = () if label else ("--no-variant",)
    result = pip.dry(marked, *options, asked).ok()
    assert needed(result.would_install) == NEEDED[label]


@pytest.mark.parametrize(
    "option", ["--use-feature=fast-deps", "--use-deprecated=legacy-resolver"]
)
@pytest.mark.parametrize("metadata", [True, False])
@pytest.mark.parametrize("label", [None, "v2"])
def test_every_way_to_the_metadata(
    pip: Pip,
    make_index: Callable[..., Index],
    option: str,
    metadata: bool,
    label: str | None,
) -> None:
    """With and without PEP 658, in pieces or with the whole wheel."""
    index = make_index(metadata=metadata)
    fill(index)
    options = () if label else ("--no-variant",)
    result = pip.dry(index, option, *options, "marked").ok()
    assert needed(result.would_install) == NEEDED[label]


def test_without_pep_658(pip: Pip, make_index: Callable[..., Index]) -> None:
    index = make_index(metadata=False)
    fill(index)
    assert needed(pip.dry(index, "marked[gpu]").ok().would_install) == {
        *NEEDED["v2"],
        "extra",
        "extra-always",
    }


@pytest.mark.parametrize("label", [*NEEDED])
def test_a_wheel_named_by_its_path(pip: Pip, marked: Index, label: str | None) -> None:
    """Nobody decided about it before it was there."""
    suffix = f"-{label}" if label else ""
    wheel = marked.project("marked") / f"marked-1.0-py3-none-any{suffix}.whl"
    result = pip.dry(marked, wheel).ok()
    assert needed(result.would_install) == NEEDED[label]


@pytest.mark.parametrize("option", ["--no-cache-dir", "--use-feature=fast-deps"])
def test_a_wheel_named_by_its_address(pip: Pip, marked: Index, option: str) -> None:
    url = f"{marked.url}marked/marked-1.0-py3-none-any-v2.whl"
    result = pip.dry(marked, option, f"marked[gpu] @ {url}").ok()
    assert needed(result.would_install) == {*NEEDED["v2"], "extra", "extra-always"}


def test_a_folder(pip: Pip, index: Index, tmp_path: Path) -> None:
    fill(index)
    links = tmp_path / "links"
    links.mkdir()
    for wheel in index.folder.glob("*/*.whl"):
        wheel.rename(links / wheel.name)
    result = pip("install", "--dry-run", "--no-index", "--find-links", links, "marked")
    assert needed(result.ok().would_install) == NEEDED["v2"]


def test_as_a_dependency(pip: Pip, marked: Index) -> None:
    result = pip.dry(marked, "user").ok()
    assert needed(result.would_install) == {*NEEDED["v2"], "extra", "extra-always"}


@pytest.mark.parametrize("resolver", ["resolvelib", "legacy-resolver"])
@pytest.mark.parametrize(
    ("label", "extra"),
    [("v2", {"extra", "extra-always"}), ("null", {"extra-always"})],
)
def test_extras(
    pip: Pip, marked: Index, resolver: str, label: str, extra: set[str]
) -> None:
    """E30."""
    option = f"--use-deprecated={resolver}" if "legacy" in resolver else "--no-color"
    result = pip.dry(marked, option, f"marked[gpu]#{label}").ok()
    assert needed(result.would_install) == NEEDED[label] | extra


@pytest.mark.parametrize("command", ["download", "wheel"])
def test_other_commands(pip: Pip, marked: Index, tmp_path: Path, command: str) -> None:
    option = "--dest" if command == "download" else "--wheel-dir"
    pip(command, "--index-url", marked.url, option, tmp_path / "x", "marked").ok()
    found = {path.name.split("-")[0] for path in (tmp_path / "x").glob("*.whl")}
    assert found == {"marked", *(f"dep_{name}" for name in NEEDED["v2"])}


def test_backtracking_is_over_versions(pip: Pip, index: Index) -> None:
    """R52, E31: what a variant needs never makes a lesser one of the version win."""
    index.add(levels("v1", "v2"))
    only_v2 = 'nowhere; "cpu :: level :: v2" in variant_properties'
    index.add(levels("v1", "v2"), version="2.0", requires=[only_v2])
    choice = pip.choose("--index-url", index.url, "demo")
    assert choice.file == "demo-1.0-py3-none-any-v2.whl"


def test_a_conflict_names_the_variant(pip: Pip, index: Index) -> None:
    """E31."""
    index.add(
        levels("v1", "v2"), requires=['dep==1; "cpu::level::v2" in variant_properties']
    )
    for version in ("1", "2"):
        index.add(name="dep", version=version)
    result = pip.dry(index, "demo", "dep==2").failed()
    assert "demo 1.0 needs dep as the variant v2" in result.err
    assert "--variant demo=LABEL" in result.err
    assert "--variant-exclude v2" in result.err
    for way in ("--variant=demo=v1", "--variant-exclude=v2"):
        chosen = pip.dry(index, way, "demo", "dep==2").ok().would_install
        assert chosen == ["demo-1.0-v1", "dep-2"]


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize(
    "marker",
    [
        'variant_features == "cpu :: level"',
        'variant_label ~= "1.0"',
        "variant_label ==",
        'variant_nonsense == "x"',
    ],
)
def test_a_marker_that_makes_no_sense(
    pip: Pip, index: Index, marker: str, plain: bool
) -> None:
    """The version is passed over, as with any other metadata that cannot be read."""
    index.add(levels("v2"))
    index.add(levels("v2"), version="2.0", requires=[f"dep; {marker}"])
    option = ("--no-variant",) if plain else ()
    result = pip.dry(index, *option, "demo").ok()
    assert result.would_install == ["demo-1.0" if plain else "demo-1.0-v2"]
    assert "invalid metadata" in result.both


# After the installation.


def test_the_record(lasting: Pip) -> None:
    assert record(lasting) == {
        "label": "v2",
        "properties": {"cpu": {"level": ["v2"]}},
        "forced": False,
    }


def test_check_is_clean(lasting: Pip) -> None:
    lasting("check").ok()


def test_show_lists_what_is_needed(lasting: Pip) -> None:
    line = lasting("show", "marked").ok().line("Requires: ")
    names = line.removeprefix("Requires: ").split(", ")
    assert {name.removeprefix("dep-") for name in names} == NEEDED["v2"]
    assert lasting("show", "dep-label").ok().line("Required-by: ").endswith("marked")


def test_list_of_what_nobody_needs(lasting: Pip) -> None:
    out = lasting("list", "--not-required", "--format=freeze").ok().out
    assert "marked==1.0" in out
    assert "dep-label" not in out


def test_inspect_goes_on(lasting: Pip) -> None:
    found = json.loads(lasting("inspect").ok().out)
    assert "variant_label" not in found["environment"]


def test_later_runs_see_the_same(lasting: Pip, marked: Index) -> None:
    result = lasting.dry(marked, "marked").ok()
    assert "Would install" not in result.out
    result = lasting.dry(marked, "marked[gpu]", "dep-unsupported").ok()
    assert result.would_install == ["dep-unsupported-1.0"]
    assert not [line for line in result.warnings if "DEPRECATION" not in line]


def test_the_record_holds_on_another_machine(own_pip: Pip, marked: Index) -> None:
    """E30: what the machine supported is what counts, and without a record, all."""
    own_pip("install", "--index-url", marked.url, "marked").ok()
    (own_pip.site / RECORD).unlink()
    result = broken(own_pip)
    assert "dep-unsupported" in result.out
    assert "dep-missing" not in result.out


def test_check_tells_what_is_missing(own_pip: Pip, marked: Index) -> None:
    own_pip("install", "--index-url", marked.url, "marked").ok()
    own_pip("uninstall", "--yes", "dep-property").ok()
    result = broken(own_pip)
    assert result.out == "marked 1.0 requires dep-property, which is not installed.\n"
    options = ("install", "--index-url", marked.url)
    # pip looks at those that need what it installs.
    result = own_pip(*options, "--force-reinstall", "dep-label").ok()
    assert "marked 1.0 requires dep-property" in result.err
    assert "dep-unsupported" not in result.err
    result = own_pip(*options, "marked").ok()
    assert result.installed == ["dep-property-1.0"]
    own_pip("check").ok()


def test_another_label_has_other_dependencies(own_pip: Pip, marked: Index) -> None:
    own_pip("install", "--index-url", marked.url, "marked").ok()
    result = own_pip("install", "--index-url", marked.url, "marked#null").ok()
    assert needed(result.installed) == {"null"}
    assert record(own_pip)["label"] == "null"
    own_pip("check").ok()
    result = own_pip("install", "--index-url", marked.url, "--no-variant", "marked")
    assert needed(result.ok().installed) == {"plain"}
    assert not (own_pip.site / RECORD).exists()
    own_pip("check").ok()


def test_uninstalling_leaves_nothing(own_pip: Pip, marked: Index) -> None:
    before = {path.name for path in own_pip.site.iterdir()}
    own_pip("install", "--no-deps", "--index-url", marked.url, "marked").ok()
    assert (own_pip.site / RECORD).exists()
    out = own_pip("show", "--files", "marked").ok().out
    assert RECORD in out
    own_pip("uninstall", "--yes", "marked").ok()
    after = {path.name for path in own_pip.site.iterdir()}
    assert after - {"__pycache__"} == before - {"__pycache__"}


def test_the_record_is_listed_with_its_hash(own_pip: Pip, marked: Index) -> None:
    """A check of the files by their hashes, as other tools do, stays clean."""
    own_pip("install", "--no-deps", "--index-url", marked.url, "marked").ok()
    code = (
        "import base64, hashlib, importlib.metadata as m\n"
        "files = [f for f in m.files('marked') if f.hash]\n"
        "for f in files:\n"
        "    digest = hashlib.new(f.hash.mode, f.read_binary()).digest()\n"
        "    text = base64.urlsafe_b64encode(digest).rstrip(b'=').decode()\n"
        "    assert (f.hash.value, f.size) == (text, len(f.read_binary())), f\n"
        "print(*sorted(f.name for f in files))"
    )
    script = own_pip.home / "hashes.py"
    script.write_text(code, "utf-8")
    result = own_pip.run(script).ok()
    assert "variant_selection.json" in result.out.split()


def test_a_folder_of_its_own(pip: Pip, marked: Index, tmp_path: Path) -> None:
    target = tmp_path / "target"
    pip.install_into(target, "--index-url", marked.url, "marked").ok()
    assert json.loads((target / RECORD).read_text("utf-8"))["label"] == "v2"
    listed = (target / "marked-1.0.dist-info" / "RECORD").read_text("utf-8")
    assert f"{RECORD},sha256=" in listed
    assert variant_of(target, "marked") == "v2"


def test_a_record_that_came_in_the_wheel(own_pip: Pip, index: Index) -> None:
    """It is replaced, and listed once."""
    wheel = index.add_wheel("v2", variant_json=levels("v2"))
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("demo-1.0.dist-info/variant_selection.json", '{"label": "x"}')
    own_pip("install", "--no-deps", wheel).ok()
    info = own_pip.site / "demo-1.0.dist-info"
    text = (info / "variant_selection.json").read_text("utf-8")
    assert json.loads(text)["label"] == "v2"
    assert (info / "RECORD").read_text("utf-8").count("variant_selection") == 1


def test_a_plain_wheel_has_no_record(own_pip: Pip, marked: Index) -> None:
    own_pip("install", "--index-url", marked.url, "dep-always").ok()
    assert not list(own_pip.site.glob("*/variant_selection.json"))


def test_a_record_that_cannot_be_written(own_pip: Pip, index: Index) -> None:
    """All properties count then; the installation stands."""
    wheel = index.add_wheel("v2", variant_json=levels("v2"))
    with zipfile.ZipFile(wheel, "a") as archive:
        # A folder in its place.
        name = "demo-1.0.dist-info/variant_selection.json/file"
        archive.writestr(name, "x")
    result = own_pip("install", "--no-deps", wheel).ok()
    assert "Could not record which properties demo-1.0" in result.err
    assert result.installed == ["demo-1.0-v2"]
    own_pip("check").ok()


# What the user asks for.


@pytest.mark.parametrize("name", ["label", "namespace", "plain"])
def test_on_an_argument(pip: Pip, marked: Index, name: str) -> None:
    """R51: an error, where False would pass over the requirement in silence."""
    text = f"dep-{name}; {REQUIRES[name]}"
    marked.forget()
    error = pip.dry(marked, text).failed().err
    (variable,) = {word for word in text.split() if word.startswith("variant_")}
    assert f"{text!r} (command line): {variable} describes" in error.replace('\\"', '"')
    assert f"dep-{name}==VERSION#LABEL" in error
    assert not marked.requests


@pytest.mark.parametrize("option", ["-r", "-c"])
def test_in_a_file(pip: Pip, marked: Index, tmp_path: Path, option: str) -> None:
    path = tmp_path / "asked.txt"
    path.write_text('dep-always\ndep-label; "cpu" in variant_namespaces\n', "utf-8")
    error = pip.dry(marked, option, path, "dep-always").failed().err
    assert f"({option} {path} (line 2)): variant_namespaces" in error


def test_in_a_group(pip: Pip, marked: Index, tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(
        "[dependency-groups]\ndev = ['dep-label; variant_label != \"null\"']\n",
        "utf-8",
    )
    error = pip.dry(marked, "--group", f"{path}:dev").failed().err
    assert "variant_label describes" in error


def test_on_an_address(pip: Pip, marked: Index) -> None:
    url = f"{marked.url}dep-label/dep_label-1.0-py3-none-any.whl"
    error = pip.dry(marked, f'dep-label @ {url} ; variant_label == "x"').failed().err
    assert "variant_label describes" in error


def test_a_value_that_reads_like_one_is_no_marker(pip: Pip, marked: Index) -> None:
    result = pip.dry(marked, 'dep-always; python_version != "variant_label"').ok()
    assert result.would_install == ["dep-always-1.0"]


def test_switched_off_all_is_as_before(pip: Pip, marked: Index) -> None:
    result = pip.dry(marked, "marked", environ={"PIP_VARIANTS_OFF": "1"}).failed()
    assert "has invalid metadata" in result.both


def test_an_index_that_hides_the_wheel(pip: Pip, index: Index) -> None:
    """With PEP 658 the wheel is not touched to find out what it needs."""
    fill(index)
    index.answer("marked/marked-1.0-py3-none-any-v2.whl", Response(status=500))
    result = pip.dry(index, "marked")
    log = [entry for entry in index.log if entry.endswith("v2.whl.metadata")]
    assert log
    assert result.status == 0, result.both
