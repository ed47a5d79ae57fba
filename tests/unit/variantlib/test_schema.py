"""The schemas, and the table of a lock file that is checked by them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from pip_variants.variantlib import VariantsJson
from pip_variants.variantlib.errors import MetadataError
from pip_variants.variantlib.lock_table import read_table, write_table
from pip_variants.variantlib.schema import SCHEMAS, violations

TESTS = Path(__file__).parents[2]
ADDRESS = "https://variants-schema.wheelnext.dev/peps/{}.json"

PLAIN: dict[str, Any] = {
    "$schema": ADDRESS.format("825/v0.1.1"),
    "default-priorities": {"namespace": ["x86_64", "blas"]},
    "variants": {"null": {}, "v3": {"x86_64": {"level": ["v3"]}}},
}
WITH_PROVIDERS: dict[str, Any] = {
    "$schema": ADDRESS.format("850/v0.2.0"),
    "default-priorities": {"namespace": ["cpu", "gpu"]},
    "providers": {
        "cpu": {"static-properties": {"level": ["v2", "v1"]}},
        "gpu": {"requires": ["gpu-provider >= 1"], "plugin-api": "gpu:plugin"},
    },
    "variants": {
        "both": {"cpu": {"level": ["v1"]}, "gpu": {"arch": ["7.5"]}},
        "cpu": {"cpu": {"level": ["v1", "v2"]}},
        "null": {},
    },
}


def found(document: object) -> list[str]:
    return [str(problem) for problem in violations(document)]


def changed(document: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    """Return a copy with another value at a place; None removes what is there."""
    copied = copy.deepcopy(document)
    table: Any = copied
    for key in path[:-1]:
        table = table[key]
    if to is None:
        del table[path[-1]]
    else:
        table[path[-1]] = to
    return copied


class TestViolations:
    @pytest.mark.parametrize("document", [PLAIN, WITH_PROVIDERS])
    def test_none_in_what_is_right(self, document: dict[str, Any]) -> None:
        assert not found(document)

    @pytest.mark.parametrize(
        ("path", "to", "message"),
        [
            (("variants",), None, "variants: missing"),
            (("default-priorities",), None, "default-priorities: missing"),
            (("variants",), [], "variants: must be an object"),
            (("extra",), 1, "extra: may not stand here"),
            (
                ("default-priorities", "namespace"),
                [],
                "default-priorities.namespace: must have at least 1 item",
            ),
            (
                ("default-priorities", "namespace"),
                ["x86_64", "x86_64"],
                "default-priorities.namespace: must not hold the same twice",
            ),
            (
                ("default-priorities", "namespace"),
                ["X86"],
                "default-priorities.namespace.0: 'X86' may not stand here",
            ),
            (
                ("default-priorities", "feature"),
                {},
                "default-priorities.feature: may not stand here",
            ),
            (("variants", "V3"), {}, "variants.V3: may not stand here"),
            (("variants", "v3", "x86_64"), 3, "variants.v3.x86_64: must be an object"),
            (
                ("variants", "v3", "x86_64", "level"),
                [],
                "variants.v3.x86_64.level: must have at least 1 item",
            ),
            (
                ("variants", "v3", "x86_64", "level"),
                [3],
                "variants.v3.x86_64.level.0: must be a string",
            ),
            (
                ("variants", "v3", "x86_64", "level"),
                ["v3\n"],
                "variants.v3.x86_64.level.0: 'v3\\n' may not stand here",
            ),
            (("providers",), {}, "providers: may not stand here"),
            (("$schema",), None, "$schema: must be the address of a schema"),
        ],
    )
    def test_name_place_and_fault(self, path: Any, to: Any, message: str) -> None:
        assert found(changed(PLAIN, *path, to=to)) == [message]

    @pytest.mark.parametrize(
        ("path", "to", "message"),
        [
            (("providers",), None, "providers: missing"),
            (
                ("providers", "cpu"),
                {},
                "providers.cpu: must have requires or static-properties",
            ),
            (
                ("providers", "gpu", "requires"),
                [""],
                "providers.gpu.requires.0: must not be empty",
            ),
            (
                ("providers", "gpu", "optional"),
                1,
                "providers.gpu.optional: must be true or false",
            ),
            (
                ("providers", "gpu", "enable-if"),
                "x",
                "providers.gpu.enable-if: may not stand here",
            ),
        ],
    )
    def test_of_providers(self, path: Any, to: Any, message: str) -> None:
        assert found(changed(WITH_PROVIDERS, *path, to=to)) == [message]

    def test_all_are_found(self) -> None:
        document = changed(PLAIN, "variants", "v3", "x86_64", to=3)
        assert len(found(changed(document, "default-priorities", to=[]))) == 2

    @pytest.mark.parametrize("document", [None, 3, "text", []])
    def test_something_else(self, document: object) -> None:
        assert [problem.message for problem in violations(document)] == [
            "must be an object"
        ]

    @pytest.mark.parametrize("name", ["825/v0.1.9", "817/v0.0.3", "825/latest"])
    def test_unknown_schemas(self, name: str) -> None:
        (problem,) = violations(changed(PLAIN, "$schema", to=ADDRESS.format(name)))
        assert problem.path == ("$schema",)

    def test_long_labels_are_right(self) -> None:
        """R109: the limit is gone from the text, and was left in one schema."""
        label = "a" * 100
        for document in (PLAIN, WITH_PROVIDERS):
            assert not found(changed(document, "variants", label, to={}))


class TestTranscription:
    """Apart from what is loosened, ours are the published schemas."""

    def published(self, version: str) -> Any:
        return json.loads((TESTS / "schemas" / f"v{version}.json").read_text("utf-8"))

    @pytest.mark.parametrize("version", SCHEMAS)
    def test_validates_like_the_published_one(self, version: str) -> None:
        validators = pytest.importorskip("jsonschema.validators")
        document = PLAIN if version == "0.1.1" else WITH_PROVIDERS
        strict = validators.Draft202012Validator(self.published(version))
        ours = validators.Draft202012Validator(SCHEMAS[version])
        strict.check_schema(SCHEMAS[version])
        others: tuple[Any, ...] = (
            *(None, 0, "", "text", "TEXT", [], ["a", "a"], {}, {"K": []}),
        )
        for path, value in everywhere(document):
            for other in others:
                if other == value or path == ("$schema",):
                    continue
                if not isinstance(other, dict) and is_namespace(path):
                    continue  # 0.2.0 does not say that it must be an object
                wrong = changed(document, *path, to=other)
                right = strict.is_valid(wrong)
                assert ours.is_valid(wrong) == right, wrong
                assert (not found(wrong)) == right, wrong


def is_namespace(path: tuple[Any, ...]) -> bool:
    """Tell whether a place is that of a namespace in a label."""
    return path[0] == "variants" and len(path) == 3


def everywhere(document: Any, path: tuple[Any, ...] = ()) -> Any:
    """Yield every place in a document, with what is there."""
    if path:
        yield path, document
    if isinstance(document, dict):
        for key, value in document.items():
            yield from everywhere(value, (*path, key))
    if isinstance(document, list):
        for position, value in enumerate(document):
            yield from everywhere(value, (*path, position))


class TestTables:
    def test_has_the_asked_labels_whole(self) -> None:
        """R58."""
        table = write_table(VariantsJson.from_dict(WITH_PROVIDERS), ["cpu", "null"])
        assert table == {
            "$schema": WITH_PROVIDERS["$schema"],
            "default-priorities": {"namespace": ["cpu"]},
            "providers": {"cpu": WITH_PROVIDERS["providers"]["cpu"]},
            "variants": {"cpu": {"cpu": {"level": ["v1", "v2"]}}, "null": {}},
        }

    def test_of_all_labels_is_the_document(self) -> None:
        document = VariantsJson.from_dict(WITH_PROVIDERS)
        assert write_table(document, WITH_PROVIDERS["variants"]) == WITH_PROVIDERS

    @pytest.mark.parametrize("document", [PLAIN, WITH_PROVIDERS])
    def test_a_namespace_must_be_left(self, document: dict[str, Any]) -> None:
        table = write_table(VariantsJson.from_dict(document), ["null"])
        assert table == {**document, "variants": {"null": {}}}

    def test_is_read_as_it_was_written(self) -> None:
        document = VariantsJson.from_dict(WITH_PROVIDERS)
        read = read_table(write_table(document, ["both", "null"]))
        assert read.variants == document.only(["both", "null"]).variants
        assert read.providers == document.providers

    def test_order_of_features_survives(self) -> None:
        provider = {
            "static-properties": {"level": ["v2", "v1"], "cores": ["many"]},
            "feature-order": ["level", "cores"],
        }
        raw = changed(WITH_PROVIDERS, "providers", "cpu", to=provider)
        document = VariantsJson.from_dict(raw)
        table = write_table(document, ["cpu"])
        assert "feature-order" not in table["providers"]["cpu"]
        assert read_table(table).providers["cpu"] == document.providers["cpu"]

    def test_what_cannot_be_written(self) -> None:
        document = VariantsJson.from_dict(
            changed(PLAIN, "default-priorities", "namespace", to=[])
        )
        with pytest.raises(MetadataError, match=r"namespace: must have at least 1"):
            write_table(document, ["v3"])

    def test_tells_the_first_faults(self) -> None:
        names = [f"N{number}" for number in range(9)]
        raw = changed(PLAIN, "default-priorities", "namespace", to=names)
        with pytest.raises(MetadataError) as caught:
            read_table(raw)
        text = str(caught.value)
        assert text.startswith("default-priorities.namespace.0: 'N0' may not")
        assert text.count("may not stand here") == 5
        assert text.endswith("; ...")
