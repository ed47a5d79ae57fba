from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from pip_variants.variantlib.errors import MetadataError, ValidationError
from pip_variants.variantlib.reading import (
    MAX_BYTES,
    Repeated,
    get_bool,
    get_mapping,
    get_str,
    get_strings,
    parse_json,
)


class TestHostileBytes:
    """E1, E2, E6: whatever it is, it is refused by our own error."""

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            (b"", "not JSON"),
            (b'{"variants": {', "not JSON"),
            (b"<html>please log in</html>", "not JSON"),
            (b'{"a": NaN}', "NaN is no JSON value"),
            (b'{"a": -Infinity}', "-Infinity is no JSON value"),
            (b"null", "not a JSON object"),
            (b"[]", "not a JSON object"),
            ('{"ü": 1}'.encode("latin-1"), "not UTF-8"),
            ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
            (b"[" * 100_000, "nested too deeply"),
            (b'{"a":' * 100_000, "nested too deeply"),
            (b'{"a": ' + b"1" * 5000 + b"}", "not JSON"),
            (b" " * (MAX_BYTES + 1), "larger than"),
            (b'{"variants": {}, "variants": {"a": {}}}', "variants: stands twice"),
        ],
        ids=lambda value: None if isinstance(value, str) else repr(value[:20]),
    )
    def test_is_refused(self, data: bytes, message: str) -> None:
        with pytest.raises(MetadataError, match=message):
            parse_json(data)

    def test_a_byte_order_mark_is_no_harm(self) -> None:
        assert parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}

    def test_a_key_that_repeats_itself_is_no_conflict(self) -> None:
        assert parse_json(b'{"a": 1, "a": 1}') == {"a": 1}

    def test_a_conflict_further_in_is_marked_there(self) -> None:
        inner = parse_json(b'{"variants": {"a": {}, "a": {"x": 1}, "b": {}}}')
        variants = inner["variants"]
        assert isinstance(variants, Repeated)
        assert variants.keys_in_conflict == {"a"}


class TestGetters:
    SOURCE: Mapping[str, object] = MappingProxyType(
        {"text": "a", "list": ["a", "b", "a"], "flag": True, "table": {"x": 1}}
    )

    def test_give_what_they_promise(self) -> None:
        assert get_str(self.SOURCE, "text") == "a"
        assert get_strings(self.SOURCE, "list") == ("a", "b")
        assert get_bool(self.SOURCE, "flag", default=False) is True
        assert get_mapping(self.SOURCE, "table") == {"x": 1}

    def test_have_a_default_for_what_is_absent(self) -> None:
        assert get_str({}, "text") is None
        assert get_strings({}, "list") == ()
        assert get_bool({}, "flag", default=True) is True
        assert get_mapping({}, "table") == {}

    def test_name_the_place_of_what_is_wrong(self) -> None:
        for read in (
            lambda: get_str({"k": 1}, "k"),
            lambda: get_strings({"k": "text"}, "k"),
            lambda: get_bool({"k": 1}, "k", default=False),
            lambda: get_mapping({"k": []}, "k"),
        ):
            with pytest.raises(ValidationError) as caught:
                read()
            assert caught.value.path == ("k",)
        with pytest.raises(ValidationError) as caught:
            get_strings({"k": ["a", 1]}, "k")
        assert caught.value.path == ("k", 1)
