"""Metadata that is broken, hostile or half right (E1 to E10): damage stays limited."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from pip_variants.demo.server import Response
from tests.kit import (
    BEST,
    JSON_NAME,
    LEVELS,
    SCHEMA_825,
    Document,
    Index,
    Pip,
    level,
    levels,
    static_document,
)

GOOD = json.dumps(LEVELS).encode()
LATIN_1 = json.dumps({**LEVELS, "caf\xe9": 1}, ensure_ascii=False).encode("latin-1")
WITH_DIGITS = GOOD[:-1] + b', "more": ' + b"7" * 5_000 + b"}"
DEEP = GOOD[:-1] + b', "more": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(GOOD[: len(GOOD) // 2], id="truncated"),
        pytest.param(b"", id="empty"),
        pytest.param(b"<!DOCTYPE html><title>Log in</title>", id="login page"),
        pytest.param(LATIN_1, id="latin-1"),
        pytest.param(GOOD[:-1] + b', "more": NaN}', id="NaN"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[" + GOOD + b"]", id="list"),
        pytest.param(b"[]", id="empty list"),
        pytest.param(b'"text"', id="string"),
        pytest.param(GOOD + b" " * 17 * 2**20, id="17 MiB"),
        pytest.param(DEEP, id="100,000 deep"),
        pytest.param(WITH_DIGITS, id="5,000 digits"),
        pytest.param(b'{"$schema": "x", "$schema": "y"}', id="a key twice"),
        pytest.param(b"{}", id="empty object"),
    ],
)
def test_unusable_index_metadata(pip: Pip, index: Index, body: bytes) -> None:
    """E1, E2, E6: one warning with URL and cause, then the wheels themselves."""
    index.add(LEVELS, listed=body)
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0-v2"]
    (warning,) = result.warnings
    assert f"{index.url}demo/{JSON_NAME}" in warning
    assert len(warning) < 600
    assert "Traceback" not in result.both


@pytest.mark.parametrize("body", [GOOD[:40], b"null", DEEP])
def test_unusable_metadata_in_a_folder(pip: Pip, index: Index, body: bytes) -> None:
    """E1, R65: a folder is treated alike."""
    index.add(LEVELS, listed=body)
    choice = pip.choose("--no-index", "--find-links", index.links(), "demo")
    assert choice.file == BEST
    assert choice.warnings.count("WARNING:") == 1
    assert JSON_NAME in choice.warnings


def test_nothing_usable_anywhere(pip: Pip, index: Index) -> None:
    """E1: neither the index nor the wheels have metadata: the plain wheel."""
    index.add(LEVELS, inside={"variants": "none"}, listed=b"null")
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0"]
    assert result.warnings


def test_the_cause_is_named(pip: Pip, index: Index) -> None:
    """E1: a login page is what people meet."""
    index.add(LEVELS, listed=b"<!DOCTYPE html><title>Log in</title>")
    (warning,) = pip.dry(index, "demo").ok().warnings
    assert "not JSON" in warning


def test_a_hundred_thousand_labels(pip: Pip, index: Index) -> None:
    """E2: many are no attack yet."""
    many = {f"l{number}": level("v1") for number in range(100_000)}
    index.add(static_document({**many, **LEVELS["variants"]}), labels=["v1", "v2"])
    choice = pip.choose("--index-url", index.url, "demo")
    assert choice.file == BEST
    assert not choice.warnings


def test_a_gzip_bomb(pip: Pip, make_index: Callable[..., Index]) -> None:
    """E3: decoded bytes count."""
    index = make_index(hashes=False)
    index.add(LEVELS)
    bomb = gzip.compress(GOOD + b" " * 200 * 2**20)
    assert len(bomb) < 2**20
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    index.answer(f"demo/{JSON_NAME}", Response(200, headers, bomb))
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0-v2"]
    (warning,) = result.warnings
    assert "larger than" in warning


def test_an_honest_gzip_answer(pip: Pip, make_index: Callable[..., Index]) -> None:
    """E3: its counterpart; indexes do compress."""
    index = make_index(hashes=False)
    index.add(LEVELS)
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    index.answer(f"demo/{JSON_NAME}", Response(200, headers, gzip.compress(GOOD)))
    choice = pip.choose("--index-url", index.url, "demo")
    assert (choice.file, choice.warnings) == (BEST, "")


def test_a_bomb_in_a_wheel(pip: Pip, index: Index) -> None:
    """E3: the size of a member is checked before it is read."""
    index.add(levels("v1"), listed=None)
    bomb = GOOD + b" " * 17 * 2**20
    index.add_wheel("v2", files={"demo-1.0.dist-info/variant.json": bomb})
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0-v1"]
    (warning,) = result.warnings
    assert "v2" in warning
    assert "larger than" in warning


def test_a_label_that_the_metadata_lacks(pip: Pip, index: Index) -> None:
    """E4, R63: that wheel is out, the others live."""
    index.add(levels("v1", "v2"), listed=levels("v1"))
    result = pip.dry(index, "-v", "demo").ok()
    assert result.would_install == ["demo-1.0-v1"]
    (line,) = [line for line in result.out.splitlines() if "v2 is rejected" in line]
    assert "does not list" in line


def test_a_label_without_a_wheel(pip: Pip, index: Index) -> None:
    """E5: ignored silently."""
    index.add(levels("v1", "v2"), labels=["v1"])
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0-v1"]
    assert not result.err
    assert "v2" not in result.out


def test_a_label_with_wheels_for_other_platforms_alone(pip: Pip, index: Index) -> None:
    """E5."""
    index.add(levels("v1", "v2"), labels=["v1"])
    document = levels("v2")
    index.add_wheel("v2", variant_json=document, tag="py3-none-other_platform")
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0-v1"]
    assert not result.err


def with_a_repeated_label(first: Any, second: Any) -> bytes:
    """Return metadata in which v2 stands twice."""
    text = json.dumps(levels("v1"))
    twice = f'"v2": {json.dumps(first)}, "v2": {json.dumps(second)}, "v1": '
    assert '"v1": {' in text
    return text.replace('"v1": ', twice, 1).encode()


def test_a_label_that_stands_twice(pip: Pip, index: Index) -> None:
    """E6, R13: a conflicting label is dropped, in one warning, wherever it stands."""
    index.add(
        levels("v1", "v2"), listed=with_a_repeated_label(level("v9"), level("v2"))
    )
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0-v1"]
    (warning,) = result.warnings
    assert "variants.v2" in warning


def test_a_label_that_stands_twice_the_same(pip: Pip, index: Index) -> None:
    """E6: repetition without contradiction does no harm."""
    index.add(
        levels("v1", "v2"), listed=with_a_repeated_label(level("v2"), level("v2"))
    )
    choice = pip.choose("--index-url", index.url, "demo")
    assert (choice.file, choice.warnings) == (BEST, "")


def test_two_labels_with_the_same_properties(pip: Pip, index: Index) -> None:
    """E7, R44: both are valid, the label decides."""
    index.add(static_document({"b": level("v2"), "a": level("v2"), "c": level("v1")}))
    choice = pip.choose("--index-url", index.url, "demo")
    assert (choice.label, choice.warnings) == ("a", "")
    second = pip.choose("--index-url", index.url, "demo==1.0#b")
    assert second.label == "b"


def test_an_empty_label_is_always_compatible(pip: Pip, index: Index) -> None:
    """E8, R8: without properties it ranks like null, by label."""
    index.add(static_document({"aaa": {}, "v3": level("v3"), "null": {}}))
    choice = pip.choose("--index-url", index.url, "demo")
    assert (choice.label, choice.warnings) == ("aaa", "")


def test_an_empty_label_ranks_after_properties(pip: Pip, index: Index) -> None:
    """E8, R43."""
    index.add(static_document({"aaa": {}, "v1": level("v1")}))
    assert pip.choose("--index-url", index.url, "demo").label == "v1"


def test_null_with_properties(pip: Pip, index: Index) -> None:
    """E8, R14: that label is dropped, with a warning."""
    document = static_document({"null": level("v2"), "v1": level("v1")})
    index.add(document)
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0-v1"]
    (warning,) = result.warnings
    assert "null" in warning


def with_best(properties: Any, **changes: Any) -> Document:
    """Return metadata of v1, null and a label that would be the best if it counted."""
    document = levels("v1", "null")
    document["variants"]["best"] = properties
    document.update(changes)
    return document


def namespaces(*names: str) -> dict[str, Any]:
    return {"default-priorities": {"namespace": list(names)}}


UNKNOWN = {"other": {"feature": ["on"]}}
STATIC_CPU = levels("v1")["providers"]["cpu"]
STATIC_OTHER = {"static-properties": {"feature": ["on"]}}


@pytest.mark.parametrize(
    ("document", "warned"),
    [
        pytest.param(
            with_best(
                UNKNOWN,
                **namespaces("other", "cpu"),
                providers={"cpu": STATIC_CPU, "other": {"requires": ["other-maker"]}},
            ),
            False,
            id="unknown namespace",
        ),
        pytest.param(
            with_best(UNKNOWN, providers={"cpu": STATIC_CPU, "other": STATIC_OTHER}),
            False,
            id="namespace missing from priorities",
        ),
        pytest.param(
            with_best(UNKNOWN, **namespaces("other", "cpu")),
            False,
            id="namespace missing from providers",
        ),
        pytest.param(
            with_best(
                UNKNOWN,
                **namespaces("other", "cpu"),
                providers={"cpu": STATIC_CPU, "other": []},
            ),
            True,
            id="provider of a wrong type",
        ),
        pytest.param(
            with_best(
                UNKNOWN,
                **namespaces("other", "cpu"),
                providers={
                    "cpu": STATIC_CPU,
                    "other": {**STATIC_OTHER, "requires": ["other-maker"]},
                },
            ),
            True,
            id="both static and requires (R78)",
        ),
        pytest.param(with_best(level("V2")), True, id="upper-case value"),
        pytest.param(with_best(level("v2\n")), True, id="value with a line break"),
        pytest.param(with_best(level("v-2")), True, id="value with a dash"),
        pytest.param(with_best(level("")), True, id="empty value"),
        pytest.param(with_best({"cpu": {"Level": ["v2"]}}), True, id="bad feature"),
        pytest.param(with_best({"CPU": {"level": ["v2"]}}), True, id="bad namespace"),
        pytest.param(with_best({"cpu": {"level": []}}), True, id="no values"),
        pytest.param(with_best({"cpu": {"level": "v2"}}), True, id="a string, no list"),
        pytest.param(with_best({"cpu": {"level": [2]}}), True, id="a number"),
        pytest.param(with_best({"cpu": ["level"]}), True, id="a list of features"),
        pytest.param(with_best("v2"), True, id="properties of a wrong type"),
        pytest.param(with_best(None), True, id="no properties"),
    ],
)
def test_only_what_is_touched_is_lost(
    pip: Pip, index: Index, document: Document, warned: bool
) -> None:
    """E9, R3, R5, R22, R38: one bad label never disables the rest."""
    index.add(document)
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0-v1"]
    assert len(result.warnings) == (1 if warned else 0), result.err


def test_abi_dependency_has_no_effect_on_others(pip: Pip, index: Index) -> None:
    """E9, R95: until it is supported, such labels do not fit; the others do."""
    document = with_best({**level("v1"), "abi_dependency": {"torch": ["2.8"]}})
    index.add(document)
    assert pip.choose("--index-url", index.url, "demo").label == "v1"


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(None, id="absent"),
        pytest.param("junk", id="junk"),
        pytest.param(7, id="number"),
        pytest.param(SCHEMA_825.replace("0.1.1", "9.0.0"), id="major 9"),
        pytest.param(SCHEMA_825.replace("0.1.1", "2.0.0"), id="major 2"),
        pytest.param(SCHEMA_825.replace("0.1.1", "0.9.0"), id="unknown draft"),
        pytest.param(SCHEMA_825.replace("v0.1.1", "latest"), id="no version"),
    ],
)
def test_an_unknown_schema(pip: Pip, index: Index, schema: object) -> None:
    """E10, R16, R17: variants are off, with a warning."""
    document = {
        "$schema": schema,
        "default-priorities": {"namespace": ["x86_64", "aarch64"]},
        "variants": {"all": {}, "null": {}},
    }
    if schema is None:
        del document["$schema"]
    index.add(document)
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0"]
    assert any(JSON_NAME in warning for warning in result.warnings)


def test_a_newer_minor_version(pip: Pip, index: Index) -> None:
    """E10, R18: accepted, with keys that nobody knows yet."""
    document = {
        **LEVELS,
        "$schema": "https://packaging.python.org/schemas/variants/v1.7.0.json",
        "novelty": {"anything": [1, None]},
    }
    index.add(document)
    choice = pip.choose("--index-url", index.url, "demo")
    assert (choice.file, choice.warnings) == (BEST, "")


def test_terminal_escapes_never_reach_the_output(pip: Pip, index: Index) -> None:
    """Untrusted text is printed without controls, in every message there is."""
    red = "\x1b[31m"
    bell = "\x07\x9b31m\u202e"
    document = levels("v1", "v2", "v3")
    document["variants"][f"{red}label"] = level("v2")
    document["variants"]["v4"] = level(f"v{red}4{bell}")
    document["variants"]["v5"] = {f"name{red}{bell}space": {"a": ["b"]}}
    document["providers"][f"p{red}{bell}"] = {"requires": [f"{red}"]}
    document["default-priorities"]["namespace"].append(f"{red}{bell}")
    document["default-priorities"]["namespace"].append("other")
    document["variants"]["v6"] = {"other": {"feature": ["on"]}}
    document["providers"]["other"] = {"requires": [f"maker{red}{bell}"]}
    index.add(document, labels=["v1", "v2", "v3", "v6"])
    result = pip.dry(index, "-vvv", "demo").ok()
    assert result.would_install == ["demo-1.0-v2"]
    assert result.warnings
    for control in "\x1b\x07\x9b\u202e":
        assert control not in result.both


def test_terminal_escapes_in_a_schema(pip: Pip, index: Index) -> None:
    document = {**LEVELS, "$schema": "\x1b[31mhttps://example.org/v\x1b[0m9.0.0.json"}
    index.add(document, inside=LEVELS)
    result = pip.dry(index, "-vvv", "demo").ok()
    assert result.would_install == ["demo-1.0-v2"]
    assert result.warnings
    assert "\x1b" not in result.both


def test_a_wrong_hash_of_the_metadata(pip: Pip, index: Index) -> None:
    """The page gives a hash: metadata that does not have it is not used."""
    index.add(LEVELS)
    other = json.dumps(static_document({"v3": {}, "v1": level("v1")})).encode()
    headers = {"Content-Type": "application/json"}
    index.answer(f"demo/{JSON_NAME}", Response(200, headers, other))
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0-v2"]
    (warning,) = result.warnings
    assert JSON_NAME in warning
    assert "hash" in warning.lower()
