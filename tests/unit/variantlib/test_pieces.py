from __future__ import annotations

import json
from typing import Any

import pytest

from pip_variants.variantlib import SupportedProperties, VariantsJson, select
from pip_variants.variantlib._pieces import LARGEST_WHOLE, Pieces, take_apart
from pip_variants.variantlib.errors import MetadataError
from pip_variants.variantlib.model import Label
from pip_variants.variantlib.selection import Reason

COUNT = 6_000


def large(**more: Any) -> dict[str, Any]:
    """Return a document that is too large to be parsed at once."""
    variants: dict[str, Any] = {"null": {}}
    for number in range(COUNT):
        levels = [f"v{number % 7}", f"v{number % 11}"]
        variants[f"x{number}"] = {"cpu": {"level": levels, "rest": [f"{number}"]}}
    return {
        "$schema": "https://variants-schema.wheelnext.dev/peps/825/v0.1.1.json",
        "default-priorities": {"namespace": ["cpu", "gpu"]},
        "variants": {**variants, **more},
    }


def read(document: dict[str, Any]) -> VariantsJson:
    data = json.dumps(document).encode()
    assert len(data) > LARGEST_WHOLE
    return VariantsJson.from_bytes(data)


HOST = SupportedProperties(
    {"cpu": {"level": ["v3", "v2"], "rest": [f"{n}" for n in range(COUNT)]}}
)


class TestALargeDocument:
    def test_is_read_in_pieces_as_a_small_one_is_at_once(self) -> None:
        document = large()
        found = read(document)
        assert isinstance(found.variants, Pieces)
        whole = VariantsJson.from_dict(document)
        assert found.variants == whole.variants
        assert [*found.variants] == [*whole.variants]
        assert len(found.variants) == COUNT + 1
        assert found.used_namespaces == ("cpu",)
        assert found.to_dict() == whole.to_dict()
        assert found.only(["x1"]).to_dict() == whole.only(["x1"]).to_dict()

    def test_is_selected_from_as_a_small_one_is(self) -> None:
        document = large()
        found = select(read(document), HOST, exclude=["cpu::rest::2", "x3"])
        whole = select(
            VariantsJson.from_dict(document), HOST, exclude=["cpu::rest::2", "x3"]
        )
        assert found.ranked == whole.ranked
        assert found.verdicts["x3"].reason is Reason.EXCLUDED
        assert found.verdicts["x8"] == whole.verdicts["x8"]
        assert found.verdict("y").reason is Reason.UNKNOWN

    def test_gives_each_label_by_its_name(self) -> None:
        variants = read(large()).variants
        assert variants[Label("x5999")]["cpu"]["rest"] == ["5999"]
        assert variants[Label("null")] == {}
        assert "x5999" in variants
        assert "y" not in variants
        assert variants.get(Label("y")) is None
        # What was looked up before is not lost on whoever goes through all of them.
        assert [*variants.values()][-1]["cpu"]["rest"] == ["5999"]

    @pytest.mark.parametrize(
        ("label", "properties", "reason"),
        [
            ("A", {}, "is no variant label"),
            ("y", {"cpu": {"level": []}}, "at least one value"),
            ("y", {"cpu": {"level": ["V1"]}}, "may not stand here"),
            ("y", {"c-p": {"level": ["v1"]}}, "may not stand here"),
            ("y", {"cpu": {"level": [["v1"]]}}, "may not stand here"),
            ("y", {"cpu": []}, "must be an object"),
            ("00000000", {"cpu": {"level": ["v1"]}}, "no properties"),
        ],
    )
    def test_loses_only_the_label_that_is_bad(
        self, label: str, properties: Any, reason: str
    ) -> None:
        """R3, E9."""
        found = read(large(**{label: properties}))
        assert list(found.lost) == [label]
        assert reason in found.lost[label]
        assert len(found.variants) == COUNT + 1

    def test_that_lists_a_label_twice_loses_it(self) -> None:
        """E6: the two stand far from each other."""
        text = json.dumps(large(last={}))
        twice = text.replace('"last": {}', '"x0": {"cpu": {"level": ["v9"]}}')
        found = VariantsJson.from_bytes(twice.encode())
        assert list(found.lost) == ["x0"]
        assert len(found.variants) == COUNT

    def test_that_repeats_a_label_word_for_word_keeps_it(self) -> None:
        text = json.dumps(large(last={}))
        found = VariantsJson.from_bytes(text.replace('"last"', '"null"').encode())
        assert len(found.variants) == COUNT + 1
        assert found.lost == {}

    def test_that_breaks_off_is_refused(self) -> None:
        data = json.dumps(large()).encode()
        with pytest.raises(MetadataError, match="not JSON"):
            VariantsJson.from_bytes(data[:-1])

    def test_keeps_what_stands_after_its_labels(self) -> None:
        document = large()
        document["providers"] = {"cpu": {"requires": ["cpu-provider"]}}
        document["$schema"] = document["$schema"].replace("0.1.1", "0.2.0")
        found = read(document)
        assert isinstance(found.variants, Pieces)
        assert found.providers["cpu"].requires == ("cpu-provider",)


@pytest.mark.parametrize(
    "text",
    [
        '{"variants": {}, "x": "variants"}',
        '{"variants": {"a": {}}, "x": "\\u0041"}',
        '{"x": {"variants": {"a": {"b": {"c": ["d"]}}}}}',
        '{"variants": []}',
        '{"variants": {"a": {}}',
        '{"variants": {"a": {}}}}',
        "[]",
        '["variants"]',
    ],
)
def test_what_may_be_misread_is_not_taken_apart(text: str) -> None:
    assert take_apart(text) is None
