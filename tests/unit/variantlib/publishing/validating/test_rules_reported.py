"""For each rule that can be reported, files that break it, and no other rule."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pip_variants.variantlib.errors import ReferenceFault
from pip_variants.variantlib.providers import Provider
from pip_variants.variantlib.publishing.validating import (
    RULES,
    Shortage,
    Tools,
    validate,
)
from pip_variants.variantlib.publishing.vocabulary import Words
from tests.unit.variantlib.publishing.validating.samples import (
    GOOD,
    SCHEMA_0_0_3,
    SCHEMA_0_2_0,
    SCHEMA_825,
    SCHEMAS,
    TOOLS,
    Release,
    changed,
    found,
    lacking,
    level,
    static,
)

Break = Callable[[Release], object]
CASES: list[tuple[str, str, Break, Tools]] = []


def breaks(
    rule: str, severity: str = "error", tools: Tools = TOOLS
) -> Callable[[Break], Break]:
    """Add a case: files that are found to break a rule."""

    def add(case: Break) -> Break:
        CASES.append((rule, severity, case, tools))
        return case

    return add


def alone(*path: str, to: object) -> Break:
    """Return a case: what the metadata says is changed in all wheels."""
    return lambda release: release.put(changed(*path, to=to))


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


# metadata


breaks("R1")(alone("default-priorities", "colour", to=[]))
breaks("R1")(alone("colour", to="red"))
breaks("R1")(
    lambda release: release.metadata(
        changed("variants", "v2", "x86_64", "level", to="v2")
    )
)
breaks("R1")(
    lambda release: release.metadata(
        changed("variants", "v2", "x86_64", "level", to=[])
    )
)


@breaks("R1")
def no_json(release: Release) -> None:
    release.put()
    release.wheel("v4", inside={"variant.json": b"<html>"})


breaks("R9")(
    lambda release: release.metadata(
        changed("variants", "v2", "x86_64", "Level", to=["v2"])
    )
)
breaks("R9")(alone("default-priorities", "namespace", to=["x86_64", "X86"]))
breaks("R10")(
    lambda release: release.metadata(
        changed("variants", "v2", "x86_64", "level", to=["V2"])
    )
)


@breaks("R13")
def two_meanings_of_a_label(release: Release) -> None:
    release.put()
    other = changed("variants", "v3", to=level("v4"))
    release.wheel("v3", other, tag="py3-none-win_amd64")


breaks("R13")(
    lambda release: (release.folder / "demo-1.0-variants.json").write_text(
        json.dumps(GOOD).replace('"v3":', '"v2":')
    )
)
breaks("R14")(
    lambda release: release.metadata(changed("variants", "null", to=level("v2")))
)
breaks("R14")(
    lambda release: release.metadata(changed("variants", to={"00000000": level("v2")}))
)
breaks("R14", "warning")(
    lambda release: release.put(changed("variants", to={"none": {}, "v2": level("v2")}))
)


@breaks("R16", "warning")
def an_early_draft(release: Release) -> None:
    document = changed("$schema", to=SCHEMA_0_0_3)
    release.put(document)


breaks("R16")(alone("$schema", to=f"{SCHEMAS}/v0.9.0.json"))
breaks("R17")(alone("$schema", to=f"{SCHEMAS}/v2.0.0.json"))
breaks("R21")(alone("$schema", to=f"{SCHEMAS}/latest.json"))
breaks("R21")(alone("$schema", to=5))
breaks("R22")(alone("default-priorities", to={"namespace": []}))
breaks("R22")(alone("default-priorities", to={}))
breaks("R22")(
    lambda release: release.put(
        changed("variants", "v2", to={**level("v2"), "gpu": {"arch": ["1"]}})
    )
)


@breaks("R23")
def two_orders(release: Release) -> None:
    one = changed("default-priorities", "namespace", to=["x86_64", "aarch64"])
    one["providers"]["aarch64"] = {"requires": ["provider-variant-aarch64>=0.0.3"]}
    other = changed(
        "default-priorities", "namespace", to=["aarch64", "x86_64"], base=one
    )
    release.wheel()
    release.wheel("v2", one)
    release.wheel("v3", other)


breaks("R26", "warning")(
    lambda release: release.put(
        changed(
            "variants",
            "gpu",
            to={"nvidia": {"sm_arch": ["90_real", "100_real"]}},
            base=changed(
                "default-priorities",
                "namespace",
                to=["nvidia", "x86_64"],
                base=changed(
                    "providers",
                    "nvidia",
                    to={
                        "requires": ["nvidia-variant-provider>=0.0.1"],
                        "plugin-api": "nvidia_variant_provider.plugin:Nvidia",
                    },
                ),
            ),
        )
    )
)


# the file beside the wheels


@breaks("R28")
def a_name_that_nobody_looks_for(release: Release) -> None:
    release.metadata(GOOD, "Demo-1.0-variants.json")


@breaks("R28")
def a_release_without_its_file(release: Release) -> None:
    release.put(listed=GOOD)
    release.wheel("v2", GOOD, version="2.0")
    release.wheel(version="2.0")


breaks("R30")(lambda release: release.put(listed=changed("variants", "v3", to=None)))
breaks("R30")(
    lambda release: release.put(listed=changed("variants", "v3", to=level("v4")))
)
breaks("R30")(
    lambda release: release.put(
        listed=changed("providers", "x86_64", "requires", to=["other"])
    )
)
breaks("R30", "warning")(
    lambda release: release.put(listed=changed("variants", "v4", to=level("v4")))
)


@breaks("R30")
def another_order_of_namespaces(release: Release) -> None:
    base = changed("default-priorities", "namespace", to=["x86_64", "aarch64"])
    base["providers"]["aarch64"] = {"requires": ["provider-variant-aarch64>=0.0.3"]}
    listed = changed(
        "default-priorities", "namespace", to=["aarch64", "x86_64"], base=base
    )
    release.put(base, listed=listed)


# the machines


def gpus(**labels: list[str]) -> dict[str, Any]:
    """Return metadata with the architectures of some labels."""
    return {
        "$schema": SCHEMA_0_2_0,
        "default-priorities": {"namespace": ["nvidia"]},
        "providers": {"nvidia": {"requires": ["nvidia-variant-provider"]}},
        "variants": {
            "null": {},
            **{
                name: {"nvidia": {"sm_arch": values}} for name, values in labels.items()
            },
        },
    }


BLAS = {"library": ["mkl", "openblas"]}


@breaks("R7", "warning")
def a_label_that_another_always_beats(release: Release) -> None:
    """Wherever it fits, the other has the same, and comes first by its name."""
    release.put(gpus(few=["90_real"], all=["80_real", "90_real"]))


@breaks("R7", "note")
def a_label_that_is_the_second_choice(release: Release) -> None:
    mkl, openblas = ({"blas": {"library": [name]}} for name in BLAS["library"])
    release.put(static(BLAS, mkl=mkl, openblas=openblas))


@breaks("R7", "warning")
def a_label_for_two_processors_at_once(release: Release) -> None:
    document = changed(
        "default-priorities",
        "namespace",
        to=["x86_64", "aarch64"],
        base=changed(
            "providers", "aarch64", to={"requires": ["provider-variant-aarch64"]}
        ),
    )
    document["variants"]["both"] = {**level("v3"), "aarch64": {"version": ["8.1a"]}}
    release.put(document)


@breaks("R44", "warning")
def one_set_of_properties_under_two_labels(release: Release) -> None:
    release.put(changed("variants", "also_v3", to=level("v3")))


@breaks("R44", "warning")
def two_labels_that_some_machines_cannot_part(release: Release) -> None:
    """A machine of 7.5 runs both, and each has something that the other lacks."""
    one, two = ["75_real", "80_real"], ["75_real", "90_real"]
    release.put(gpus(one=one, two=two))


@breaks("R8", "warning")
def nothing_for_everybody(release: Release) -> None:
    release.put(changed("variants", "null", to=None), plain=False)


@breaks("R8", "note")
def nothing_for_everybody_but_the_source(release: Release) -> None:
    release.put(changed("variants", "null", to=None), plain=False)
    release.sdist()


@breaks("R8", "warning")
def nothing_for_everybody_on_a_platform(release: Release) -> None:
    release.put(tag="cp313-cp313-manylinux_2_28_x86_64")
    release.wheel("v2", GOOD, tag="cp313-cp313-win_amd64")


breaks("R106", "note")(lambda release: release.put(plain=False))


# dependencies


def needs(*requires: str) -> Break:
    """Return a case: dependencies of the variants; the plain wheel has none."""

    def case(release: Release) -> None:
        release.wheel()
        release.put(plain=False, requires=requires)

    return case


breaks("R49")(needs("cuda; variant_properties == 'x86_64 :: level :: v3'"))
breaks("R49")(needs("cuda; variant_namespaces in 'x86_64'"))
breaks("R49")(needs("cuda; 'x86_64' in variant_features"))
breaks("R49")(needs("cuda; variant_lable == 'v3'"))
breaks("R49")(needs("cuda; variant_label =="))
breaks("R54", "warning")(needs("cuda; variant_label == 'v4'"))
breaks("R54", "warning")(needs("cuda; 'nvidia' in variant_namespaces"))
breaks("R54", "warning")(
    needs("cuda; 'x86_64 :: level :: v3' in variant_properties and variant_label == ''")
)
breaks("R56", "warning")(
    lambda release: release.put(requires=["cuda; variant_label == 'v3'"])
)
breaks("R56", "warning")(
    lambda release: release.wheel(requires=["cuda; variant_label == ''"])
)


# providers


def provider(**table: object) -> Break:
    """Return a case: what is said about the provider of the only namespace."""
    named = {key.replace("_", "-"): value for key, value in table.items()}
    return alone("providers", "x86_64", to=named)


NAMED = "provider-variant-x86-64"
breaks("R67")(alone("default-priorities", "namespace", to=["x86_64", "aarch64"]))
breaks("R67")(alone("providers", "aarch64", to={"requires": ["provider"]}))
breaks("R72")(provider(requires=[]))
breaks("R72")(provider(plugin_api="module"))
breaks("R72")(provider(requires=["-r evil.txt"]))
breaks("R72")(provider(requires=["evil @ https://127.0.0.1/evil.whl"]))
breaks("R72")(provider(requires=[f"{NAMED}; python_version is '3'"]))
breaks("R80")(provider(requires=[f"{NAMED}; platform_machine == 'x86_64'"]))
breaks("R82")(
    provider(
        requires=[f"{NAMED}; python_version >= '3.12'", f"old-{NAMED}"],
    )
)
breaks("R83", "note")(provider(requires=[NAMED], optional=True))
breaks("R84")(provider(requires=[NAMED], plugin_api="os;system"))
breaks("R84")(provider(requires=[NAMED], plugin_api="module:"))


@breaks("R78")
def both_lists_and_packages(release: Release) -> None:
    document = static(BLAS, mkl={"blas": {"library": ["mkl"]}})
    document["providers"]["blas"]["requires"] = ["provider-of-blas"]
    release.metadata(document)


@breaks("R79")
def features_without_an_order(release: Release) -> None:
    document = static({**BLAS, "threads": ["omp"]}, omp={"blas": {"threads": ["omp"]}})
    del document["providers"]["blas"]["feature-order"]
    release.metadata(document)


@breaks("R85")
def two_providers(release: Release) -> None:
    release.wheel()
    release.wheel("v2", GOOD)
    other = changed("providers", "x86_64", "requires", to=[f"{NAMED}>=0.0.4"])
    release.wheel("v3", other)


breaks("R101")(
    alone("providers", "x86_64", to={"requires": [NAMED], "build-requires": [NAMED]})
)


def of_somebody(release: Release) -> None:
    """A namespace that no tool has built in."""
    release.metadata(
        {
            **changed("default-priorities", "namespace", to=["fabric"]),
            "providers": {"fabric": {"requires": ["fabric-provider"]}},
            "variants": {"null": {}},
        }
    )


NOWHERE = Shortage("fabric-provider is not found", "publish it")
breaks("R86", "warning", lacking(NOWHERE))(of_somebody)
breaks("R86", "warning", lacking(NOWHERE._replace(unsure=True)))(Release.put)
breaks("R86", "note", lacking(NOWHERE))(Release.put)
breaks("R87", "error", lacking(NOWHERE._replace(found=True)))(of_somebody)
breaks("R87", "warning", lacking(NOWHERE._replace(found=True)))(Release.put)


# properties


breaks("R94")(alone("variants", "v2", to=level("v1", "v2")))
breaks("R105")(alone("variants", "v5", to=level("v5")))
breaks("R105")(alone("variants", "v5", to={"x86_64": {"speed": ["v3"]}}))


@breaks("R105", "note")
def a_namespace_that_nobody_knows(release: Release) -> None:
    of_somebody(release)
    document = json.loads((release.folder / "demo-1.0-variants.json").read_text())
    document["variants"]["fast"] = {"fabric": {"speed": ["1"]}}
    release.metadata(document)


class Misnamed:
    """Knows packages that have not what plugin-api names."""

    def words(self, namespace: str, provider: Provider | None) -> Words:
        raise ReferenceFault("plugin-api is wrong", "write another")


breaks("R84", tools=dataclasses.replace(TOOLS, vocabulary=Misnamed()))(Release.put)
breaks("R96")(alone("default-priorities", "namespace", to=["x86_64", "abi_dependency"]))
breaks("R96")(alone("providers", "abi_dependency", to={"requires": ["torch"]}))


def beside(feature: str, *values: str) -> Break:
    return alone("variants", "t", to={"abi_dependency": {feature: [*values]}})


breaks("R97")(beside("torch", "2.8.0.1"))
breaks("R97")(beside("torch", "two"))
breaks("R97")(beside("_torch", "2.8"))


# projects


PROJECT = f"""
[variant.default-priorities]
namespace = ["x86_64"]
[variant.providers.x86_64]
requires = ["{NAMED}"]
[variant.variants.v3.x86_64]
level = ["v3"]
"""
breaks("R98")(lambda release: release.project(PROJECT.replace("level", "Level")))
breaks("R98")(lambda release: release.project(PROJECT + "[variant.colour]\n"))
breaks("R98")(lambda release: release.project("[variant"))
breaks("R98")(
    lambda release: release.project(PROJECT + "[variant.matrix]\nlabels = 'x'\n")
)
breaks("R105")(lambda release: release.project(PROJECT.replace('"v3"', '"v5"')))
breaks("R98", "note")(lambda release: release.project("# no variant here\n"))
breaks("R98", "note")(lambda release: release.project("[project]\nname = 'demo'\n"))


def declares(*requires: str, extra: str = "", matrix: str = "") -> Break:
    """Return a case: a project with dependencies."""
    table = (
        f"[project.optional-dependencies]\n{extra} = "
        if extra
        else ("[project]\ndependencies = ")
    )
    text = f"{table}{json.dumps([*requires])}\n{PROJECT}{matrix}"
    return lambda release: release.project(text)


MATRIX = """
[variant.matrix]
plain = true
axes.level = {property = "x86_64 :: level", values = ["v2", "v3"]}
"""
ALL_NULL = MATRIX.replace("plain", "null")
breaks("R49")(declares("cuda; variant_namespaces == 'x86_64'"))
breaks("R49")(declares("cuda; variant_lable == 'v3'", extra="gpu"))
breaks("R54", "warning")(declares("cuda; variant_label == 'v4'"))
breaks("R54", "warning")(declares("cuda; 'gpu' in variant_namespaces", extra="gpu"))
breaks("R54", "warning")(declares("cuda; variant_label == 'v4'", matrix=ALL_NULL))
breaks("R56", "warning")(declares("cuda; variant_label == 'v3'", matrix=MATRIX))
breaks("R8", "warning")(
    lambda release: release.project(PROJECT + MATRIX.replace("true", "false"))
)


@pytest.mark.parametrize(
    ("rule", "severity", "case", "tools"),
    CASES,
    ids=[f"{rule}-{number}" for number, (rule, *_) in enumerate(CASES)],
)
def test_what_breaks_one_rule_is_found_and_nothing_else(
    rule: str, severity: str, case: Break, tools: Tools, tmp_path: Path
) -> None:
    case(Release(tmp_path))
    assert set(found(tmp_path, tools)) == {(rule, severity)}, [
        *validate([tmp_path], tools)
    ]


def test_every_rule_has_a_case() -> None:
    # R15 is said of every file there is.
    assert {rule for rule, *_ in CASES} == {*RULES} - {"R15"}


@pytest.mark.parametrize(
    "requires",
    [
        ("plain",),
        ("cuda; variant_label == 'v3'",),
        ("cuda; 'x86_64' in variant_namespaces",),
        ("cuda; 'x86_64::level' in variant_features and extra == 'gpu'",),
        ("cuda; 'x86_64 :: level :: v3' not in variant_properties",),
        ("cuda; variant_label != ''",),
        ("cuda @ https://127.0.0.1/a;b ; variant_label == 'v2'",),
    ],
)
def test_a_release_that_keeps_the_rules_gets_nothing_but_the_note(
    requires: tuple[str, ...], tmp_path: Path
) -> None:
    needs(*requires)(Release(tmp_path))
    Release(tmp_path).metadata(GOOD)
    (note,) = validate([tmp_path], TOOLS)
    assert (note.rule, note.severity) == ("R15", "note")


def test_metadata_of_pep_825_keeps_the_rules_without_providers(tmp_path: Path) -> None:
    document = changed("$schema", to=SCHEMA_825)
    del document["providers"]
    Release(tmp_path).put(document, listed=document)
    assert [*found(tmp_path)] == []


def test_a_plain_release_has_nothing_to_complain_about(tmp_path: Path) -> None:
    Release(tmp_path).wheel(requires=["torch>=2"])
    assert [*validate([tmp_path], TOOLS)] == []


def test_a_project_that_keeps_the_rules_has_no_findings(tmp_path: Path) -> None:
    Release(tmp_path).project(PROJECT)
    assert [*validate([tmp_path], TOOLS)] == []


@pytest.mark.parametrize("matrix", ["", ALL_NULL, MATRIX])
def test_dependencies_without_markers_of_variants_are_no_matter(
    matrix: str, tmp_path: Path
) -> None:
    """R51: what else may stand in them, the backend knows."""
    declares("cuda>=1; python_version is '3'", matrix=matrix)(Release(tmp_path))
    assert [*validate([tmp_path], TOOLS)] == []


@pytest.mark.parametrize(
    "project",
    ["5", "{dependencies = 5}", "{dependencies = [5]}", "{optional-dependencies = []}"],
)
def test_a_project_table_that_is_none_is_left_to_the_backend(
    project: str, tmp_path: Path
) -> None:
    Release(tmp_path).project(f"project = {project}\n{PROJECT}")
    assert [*validate([tmp_path], TOOLS)] == []


def test_a_matrix_that_fits_everywhere_by_a_static_list_is_a_fallback(
    tmp_path: Path,
) -> None:
    """R8, R70: all machines have what stands in the list."""
    Release(tmp_path).project(
        """
[variant.default-priorities]
namespace = ["blas"]
[variant.providers.blas.static-properties]
library = ["mkl", "openblas"]
[variant.matrix]
axes.library = {property = "blas :: library", values = ["openblas"]}
"""
    )
    assert [*validate([tmp_path], TOOLS)] == []


def texts(folder: Path, rule: str) -> list[str]:
    return [each.text for each in validate([folder], TOOLS) if each.rule == rule]


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        (
            "'x86_64 :: levle' in variant_features",
            (
                "no wheel has 'x86_64 :: levle' in variant_features, "
                "did you mean 'x86_64 :: level'?"
            ),
        ),
        (
            "'x86_64::level::v4' in variant_properties",
            (
                "no wheel has 'x86_64::level::v4' in variant_properties, "
                "did you mean 'x86_64 :: level :: v3'?"
            ),
        ),
        (
            "variant_label == 'cu127'",
            "no wheel has the label 'cu127', only 'null', 'v2', 'v3'",
        ),
        (
            "'gpu' in variant_namespaces and variant_label != 'v2'",
            "no wheel has 'gpu' in variant_namespaces, only 'x86_64'",
        ),
        (
            "variant_label == 'v3' and variant_label == 'v2'",
            "",
        ),
    ],
)
def test_the_word_that_makes_a_marker_fail_is_named(
    marker: str, told: str, tmp_path: Path
) -> None:
    """R54"""
    needs(f"cuda; {marker}")(Release(tmp_path))
    (text,) = texts(tmp_path, "R54")
    assert text.partition(" of the release")[2] == (f": {told}" if told else "")


def test_a_marker_of_all_wheels_is_told_once_with_the_page_to_read(
    tmp_path: Path,
) -> None:
    """R49: the same metadata is in every wheel of a release."""
    needs("cuda; variant_namespaces == 'x86_64'")(Release(tmp_path))
    (found,) = [each for each in validate([tmp_path], TOOLS) if each.rule == "R49"]
    assert found.where == "demo 1.0"
    assert found.label == ""
    assert found.remedy == 'see "Dependencies of a variant" (docs/concepts/markers.md)'


def test_findings_say_which_release_and_label_they_are_about(tmp_path: Path) -> None:
    release = Release(tmp_path)
    release.put(changed("variants", "v5", to=level("v5")), listed=GOOD)
    release.wheel("v4", GOOD, inner_label="v2")
    found = {
        (each.rule, Path(each.where).name): (each.package, each.version, each.label)
        for each in validate([tmp_path], TOOLS)
    }
    wheel = "demo-1.0-py3-none-any-v4.whl"
    assert found["R25", wheel] == ("demo", "1.0", "v4")
    assert found["R105", "demo 1.0"] == ("demo", "1.0", "v5")
    assert found["R30", "demo-1.0-variants.json"] == ("demo", "1.0", "")
    assert found["R15", "the format"] == ("", "", "")
