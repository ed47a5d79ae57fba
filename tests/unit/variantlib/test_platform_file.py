"""A machine on paper."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pip_variants.variantlib.errors import ValidationError
from pip_variants.variantlib.model import SupportedProperties
from pip_variants.variantlib.platform_file import (
    VERSION,
    alike,
    any_of,
    read_platform,
    write_platform,
)
from pip_variants.variantlib.reading import MAX_BYTES

NODE = {
    "nvidia": {"sm_arch": ["90_real", "80_real"], "cuda": ["12.9", "12.8"]},
    "x86_64": {"level": ["v3", "v2", "v1"]},
    "aarch64": {},
}
AS_TOML = """\
version = 1

[properties.nvidia]
sm_arch = ["90_real", "80_real"]
cuda = ["12.9", "12.8"]

[properties.x86_64]
level = ["v3", "v2", "v1"]

[properties.aarch64]
"""


def as_json(properties: Any = None, **more: Any) -> bytes:
    content = {"version": 1, "properties": NODE if properties is None else properties}
    return json.dumps({**content, **more}).encode()


def ordered(supported: SupportedProperties) -> list[Any]:
    """Return everything with its order, of which dicts know nothing."""
    return [
        (namespace, supported.features(namespace)) for namespace in sorted(supported)
    ]


@pytest.mark.parametrize(
    "data",
    [
        as_json(),
        b"\xef\xbb\xbf" + as_json(),
        b"\n  " + as_json(),
        AS_TOML.encode(),
        b"\xef\xbb\xbf" + AS_TOML.encode(),
        AS_TOML.replace("version = 1\n", "").encode(),
        # What "pip variant platform --json" has more to say.
        as_json(namespaces=[{"namespace": "x86_64", "source": "built in"}]),
        # As a shell of Windows writes what a command prints.
        json.dumps({"properties": NODE}).encode("utf-16"),
        AS_TOML.encode("utf-16"),
    ],
)
def test_both_forms_mean_the_same(data: bytes) -> None:
    """R71: the order of features and values is their rank."""
    assert ordered(read_platform(data)) == ordered(SupportedProperties(NODE))


def test_a_namespace_with_nothing_in_it_is_named() -> None:
    """R71: "nothing supported" is an answer, too."""
    assert "aarch64" in read_platform(as_json())
    assert "aarch64" not in read_platform(as_json({}))


def test_what_is_written_can_be_read() -> None:
    supported = SupportedProperties(NODE)
    data = json.dumps(write_platform(supported)).encode()
    assert json.loads(data)["version"] == VERSION
    assert ordered(read_platform(data)) == ordered(supported)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "TOML"),
        (b"[properties.x86_64\n", "TOML"),
        (b"\xff\xfe\x00", "not"),
        (b"\x80abc", "not UTF-8 text"),
        (b'{"properties": {"a": {"b": NaN}}}', "NaN"),
        (b"{}", "properties: is missing"),
        (b"x = 1", "properties: is missing"),
        (as_json(version=2), "version: must be 1; 2 is not known here"),
        (as_json(version="1"), "version: must be 1"),
        (as_json(version=None), "version: must be 1"),
        (as_json([]), "properties: must be"),
        (as_json({"x86_64": []}), "properties.x86_64: must be"),
        (as_json({"x86_64": {"level": "v3"}}), "properties.x86_64.level: must be"),
        (as_json({"x86_64": {"level": [3]}}), "properties.x86_64.level.0: must be"),
        (as_json({"X86": {}}), "properties: 'X86' is no namespace"),
        (as_json({"x86_64": {"Level": ["v3"]}}), "properties.x86_64: 'Level' is"),
        (as_json({"x86_64": {"level": ["V3"]}}), "properties.x86_64.level"),
        (b"[properties.x86_64]\nlevel = 1979-05-27", "properties.x86_64.level: must"),
        (b'{"properties": {"a": {"b": []}, "a": {"b": ["c"]}}}', "properties"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read_platform(data)
    assert message in str(caught.value)


@pytest.mark.parametrize("start", [b"{", b"x"])
def test_a_file_that_is_too_large(start: bytes) -> None:
    with pytest.raises(ValidationError, match="larger than"):
        read_platform(start + b" " * MAX_BYTES)


@pytest.mark.parametrize(
    "data",
    [b'{"a": ' * 9999, b"a = " + b"[" * 9999, b"a = " + b"9" * 9999, b"a." * 9999],
)
def test_hostile_shapes(data: bytes) -> None:
    """E2, of a file that somebody sent."""
    with pytest.raises(ValidationError):
        read_platform(data)


# several machines


@pytest.mark.parametrize("backwards", [False, True])
def test_a_namespace_that_only_some_files_name(backwards: bool) -> None:
    """The others may or may not have it; nobody is asked about it."""
    contents = {"gpu": {"nvidia": {"cuda": ["12.8"]}, "x86_64": {}}, "cpu": {}}
    files = [*contents.items()][:: -1 if backwards else 1]
    found = alike({name: SupportedProperties(content) for name, content in files})
    assert [*found] == [name for name, _ in files]
    assert ordered(found["cpu"]) == [("nvidia", ()), ("x86_64", ())]
    assert ordered(found["gpu"]) == [("nvidia", (("cuda", ("12.8",)),)), ("x86_64", ())]


names = st.sampled_from(["a", "b", "c"])
values = st.lists(st.sampled_from("123456"), max_size=6, unique=True)
machines = st.dictionaries(
    names, st.dictionaries(names, values, max_size=3), max_size=3
)


@given(st.lists(machines, min_size=1, max_size=4))
def test_files_made_alike_say_the_same_of_what_they_name(contents: list[Any]) -> None:
    platforms = {str(at): SupportedProperties(each) for at, each in enumerate(contents)}
    named = {namespace for platform in platforms.values() for namespace in platform}
    for name, platform in alike(platforms).items():
        assert set(platform) == named
        for namespace in platform:
            assert platform.features(namespace) == platforms[name].features(namespace)


@given(st.lists(machines, min_size=1, max_size=4))
def test_any_of_some_machines_has_what_one_of_them_has(contents: list[Any]) -> None:
    platforms = [SupportedProperties(content) for content in contents]
    found = any_of(platforms)
    for platform in [found, *platforms]:
        for namespace in platform:
            for feature, _ in platform.features(namespace):
                having = [set(p.values(namespace, feature)) for p in platforms]
                assert set(found.values(namespace, feature)) == set().union(*having)


# hostile files

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["properties", "version", "x", "X", ""]), inner, max_size=3
        )
    ),
    max_leaves=10,
)


class TestHostile:
    """No content raises anything but the documented error."""

    @given(json_values)
    def test_json(self, content: Any) -> None:
        self.read(json.dumps(content).encode())

    @given(json_values)
    def test_json_below_properties(self, content: Any) -> None:
        self.read(json.dumps({"properties": {"x": content}}).encode())

    @given(st.binary(max_size=80))
    def test_bytes(self, data: bytes) -> None:
        self.read(data)

    @settings(max_examples=200)
    @given(
        st.text("[]{}=\"'#.,:\n-\\uT0179 abversionproperties", max_size=60),
        st.sampled_from(["utf-8", "utf-16", "utf-8-sig", "utf-16-le"]),
    )
    def test_text(self, text: str, encoding: str) -> None:
        self.read(text.encode(encoding))
        self.read(f"[properties]\n{text}".encode(encoding))

    def read(self, data: bytes) -> None:
        try:
            found = read_platform(data)
        except ValidationError as error:
            assert str(error)
        else:
            assert isinstance(found, SupportedProperties)
