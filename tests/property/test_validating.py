"""Whatever a file holds, checking it ends with findings."""

from __future__ import annotations

import contextlib
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pip_variants.demo.wheels import build_wheel
from pip_variants.variantlib.errors import ValidationError
from pip_variants.variantlib.markers import MarkerValues
from pip_variants.variantlib.publishing.validating import RULES, validate
from pip_variants.variantlib.publishing.validating.conditions import parse_marker
from tests.property.strategies import FEW_VALUES, JSON, NEARLY, PROPERTIES
from tests.unit.variantlib.publishing.validating.samples import GOOD, TOOLS


def check(*paths: Path) -> None:
    for found in validate(paths, TOOLS):
        assert found.rule in RULES
        assert found.text


@given(document=NEARLY | JSON)
@settings(deadline=None)
def test_no_metadata_is_too_strange_to_be_checked(document: Any) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "demo-1.0-variants.json"
        path.write_text(json.dumps(document), "utf-8")
        check(path)


@given(document=NEARLY)
@settings(deadline=None, max_examples=50)
def test_no_inside_is_too_strange_to_be_checked(document: Any) -> None:
    inside = {"demo-1.0.dist-info/variant.json": json.dumps(document).encode()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_wheel(folder, "demo", "1.0")
        build_wheel(folder, "demo", "1.0", label="v3", variant_json=GOOD)
        build_wheel(folder, "demo", "1.0", label="v2", files=inside)
        check(folder)


@given(
    changes=st.lists(
        st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=20
    ),
    length=st.integers(0, 1 << 20) | st.none(),
    compression=st.sampled_from(
        [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
    ),
)
@settings(deadline=None)
def test_no_archive_is_too_broken_to_be_checked(
    changes: list[tuple[int, int]], length: int | None, compression: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        wheel = build_wheel(Path(name), "demo", "1.0", label="v3", variant_json=GOOD)
        with zipfile.ZipFile(wheel) as archive:
            members = {each: archive.read(each) for each in archive.namelist()}
        with zipfile.ZipFile(wheel, "w", compression) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        data = bytearray(wheel.read_bytes())
        for position, value in changes:
            data[position % len(data)] = value
        wheel.write_bytes(data[: None if length is None else length % len(data)])
        check(wheel)


@given(text=st.text(max_size=200))
def test_no_dependency_is_too_strange_to_be_checked(text: str) -> None:
    with contextlib.suppress(ValidationError):
        marker = parse_marker(text)
        marker.can_hold("x", {})
        assert all([*marker.faults(), *marker.unknown()])


ATOMS = st.one_of(
    st.tuples(st.sampled_from(["==", "!="]), st.just("variant_label"), FEW_VALUES).map(
        lambda t: f"{t[1]} {t[0]} '{t[2]}'"
    ),
    st.tuples(
        st.sampled_from(["nvidia", "x86_64", "blas"]),
        st.sampled_from(["level", "arch", "library"]),
        FEW_VALUES,
        st.sampled_from(["in", "not in"]),
    ).map(lambda t: f"'{t[0]} :: {t[1]} :: {t[2]}' {t[3]} variant_properties"),
    st.tuples(
        st.sampled_from(["nvidia", "x86_64", "blas"]), st.sampled_from(["in", "not in"])
    ).map(lambda t: f"'{t[0]}' {t[1]} variant_namespaces"),
)
MARKERS = st.recursive(
    ATOMS,
    lambda inner: st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
        lambda t: f"({t[0]}) {t[1]} ({t[2]})"
    ),
    max_leaves=5,
)


@given(marker=MARKERS, label=FEW_VALUES, properties=PROPERTIES, data=st.data())
def test_a_marker_that_holds_on_some_machine_is_never_said_not_to(
    marker: str, label: str, properties: dict[str, dict[str, list[str]]], data: Any
) -> None:
    """R54, R55: the machine supports a part of the values, of each feature at least one."""
    matched = {
        namespace: {
            feature: data.draw(st.lists(st.sampled_from(values), min_size=1))
            for feature, values in features.items()
        }
        for namespace, features in properties.items()
    }
    values = MarkerValues.of(label, matched).environment()
    holds = eval(marker, {}, dict(values))
    if holds:
        assert parse_marker(marker).can_hold(label, properties)
