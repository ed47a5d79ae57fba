from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pip_variants.variantlib import VariantsJson
from pip_variants.variantlib.errors import MetadataError
from pip_variants.variantlib.lock_table import read_table, write_table
from pip_variants.variantlib.schema import SCHEMAS, violations
from tests.property.strategies import FEW_NAMESPACES, JSON, NEARLY, VARIANTS

NAMESPACES = st.lists(FEW_NAMESPACES, min_size=1, unique=True)


def document(variants: Any, namespaces: list[str], providers: Any = None) -> Any:
    version = "850/v0.2.0" if providers else "825/v0.1.1"
    return {
        "$schema": f"https://variants-schema.wheelnext.dev/peps/{version}.json",
        "default-priorities": {"namespace": namespaces},
        **({"providers": providers} if providers else {}),
        "variants": variants,
    }


PROVIDERS = st.dictionaries(
    FEW_NAMESPACES,
    st.fixed_dictionaries({"requires": st.just(["provider"])})
    | st.fixed_dictionaries(
        {"static-properties": st.fixed_dictionaries({"level": st.just(["v2", "v1"])})}
    ),
    max_size=3,
)


class TestTheSchemas:
    """What this library writes conforms; what it does not read is no surprise."""

    @given(VARIANTS, NAMESPACES, PROVIDERS)
    def test_what_is_written_conforms(
        self, variants: Any, namespaces: list[str], providers: Any
    ) -> None:
        raw = document(variants, namespaces, providers)
        assert not list(violations(VariantsJson.from_dict(raw).to_dict()))

    @given(JSON | NEARLY)
    def test_any_json_conforms_or_breaks_them_somewhere(self, value: Any) -> None:
        for problem in violations(value):
            assert problem.message

    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(NEARLY, st.sampled_from(["0.1.1", "0.2.0"]))
    def test_another_validator_agrees(self, value: Any, version: str) -> None:
        validators = pytest.importorskip("jsonschema.validators")
        value["$schema"] = f"https://variants-schema.wheelnext.dev/v{version}.json"
        # There "$" is the end of a line, as in Python.
        assume("\\n" not in repr(value))
        other = validators.Draft202012Validator(SCHEMAS[version])
        assert other.is_valid(value) == (not list(violations(value)))


class TestTheTable:
    """A table of some labels has these, whole, and nothing of others (R57, R58)."""

    @given(VARIANTS, NAMESPACES, PROVIDERS, st.data())
    def test_law(
        self, variants: Any, namespaces: list[str], providers: Any, data: Any
    ) -> None:
        raw = document(variants, namespaces, providers)
        labels = [
            label for label in sorted(variants) if data.draw(st.booleans(), label)
        ]
        whole = VariantsJson.from_dict(raw)
        table = write_table(whole, labels)
        assert sorted(table["variants"]) == labels
        read = read_table(table)
        for label in labels:
            assert read.properties(label) == {
                namespace: {name: sorted(values) for name, values in features.items()}
                for namespace, features in variants[label].items()
            }
        listed = table["default-priorities"]["namespace"]
        assert [name for name in namespaces if name in listed] == listed
        used = {name for label in labels for name in variants[label]}
        assert {*listed} == used & {*namespaces} or listed == namespaces
        assert write_table(read, labels) == table

    @given(JSON | NEARLY)
    def test_anything_is_read_or_refused(self, value: Any) -> None:
        try:
            read_table(value)
        except MetadataError as error:
            assert str(error)
