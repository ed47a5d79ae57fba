"""Read what ``_probe.py`` wrote: the plugin's word, which is untrusted.

What is valid is kept, in its order; what is not is counted, and each kind of it gets
one clause (E16). Nothing that stands in the file is an exception here.

Sources: rules R9-R10 for names and values, R90-R93 for what a plugin returns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import MetadataError
from ..model import Features, is_feature_name, is_value
from ..reading import parse_json

__all__ = ["Features", "Reply", "read_reply"]

"""Features and their values, both most preferred first."""

_MAX_TEXT = 1_000
_MAX_DEBUG = 64 * 1024
_MAX_NAMES = 1_000
# Those of the probe, whose file may be written by the plugin itself.
_MAX_FEATURES = 1_000
_MAX_VALUES = 2_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What a plugin said, checked.

    :param features: those with a valid name and at least one valid value.
    :param multi_value: the features of which a wheel may need several values.
    :param no_multi_value: the features that do not say whether it may.
    :param namespace: what the plugin calls itself, if it does.
    :param generation: which generation of the interface it was written for.
    :param api: the object reference that it was found under.
    :param problems: a clause for each kind of item that was dropped.
    :param failure: why there is no answer, as a clause; empty when there is one.
    :param variables: the environment variables that it looked up; ``*`` for all.
    :param replaced: names under which it put other modules.
    :param all_properties_compatible: its attribute of that name, None without one.
    :param debug: what it says about itself.
    """

    features: Features = ()
    multi_value: frozenset[str] = frozenset()
    no_multi_value: tuple[str, ...] = ()
    namespace: str | None = None
    generation: str = ""
    api: str = ""
    problems: tuple[str, ...] = ()
    failure: str = ""
    variables: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    all_properties_compatible: bool | None = None
    debug: str = ""


class _Dropped:
    """Counts what was dropped, by kind, with the first of each as a sample."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()
        self._sample: dict[str, str] = {}

    def add(self, kind: str, sample: str = "", count: int = 1) -> None:
        self._count[kind] += count
        self._sample.setdefault(kind, sample)

    def clauses(self) -> Iterator[str]:
        for kind, count in self._count.items():
            one, several = _KINDS[kind]
            sample = self._sample[kind]
            such_as = f", such as {sample}" if sample else ""
            yield f"dropped {count:,} {one if count == 1 else several}{such_as}"


_KINDS = {
    "name": (
        "feature whose name is no feature name",
        "features whose names are no feature names",
    ),
    "no values": (
        "feature whose values are no list",
        "features whose values are no lists",
    ),
    "value": ("value that is no variant value", "values that are no variant values"),
    "twice": ("feature that came twice", "features that came twice"),
    "value twice": ("value that came twice", "values that came twice"),
    "many": ("feature after too many others", "features after too many others"),
    "many values": ("value after too many others", "values after too many others"),
    "multi_value": (
        "multi_value that is neither true nor false",
        "multi_values that are neither true nor false",
    ),
}


def read_reply(data: bytes) -> Reply:
    r"""Read the file that the probe wrote.

    >>> read_reply(b'{"features": [["level", ["v2", "V1"], false]]}').problems
    ("dropped 1 value that is no variant value, such as 'V1'",)
    """
    try:
        document = parse_json(data)
    except MetadataError as error:
        return Reply(failure=f"left an answer that cannot be read: {error}")
    dropped = _Dropped()
    items = list(_items(document.get("features"), dropped))
    for kind, count in _dropped_there(document):
        dropped.add(kind, count=count)
    features = {name: values for name, values, _ in items if values}
    compatible = document.get("all_properties_compatible")
    return Reply(
        features=tuple(features.items()),
        multi_value=frozenset(
            n for n, values, several in items if values and several is True
        ),
        no_multi_value=tuple(name for name, _, several in items if several is None),
        namespace=_text(document, "namespace") or None,
        generation=_text(document, "generation"),
        api=_text(document, "api"),
        problems=tuple(dropped.clauses()),
        failure=_failure(document.get("error")),
        variables=_names(document, "variables"),
        replaced=_names(document, "replaced"),
        all_properties_compatible=compatible if isinstance(compatible, bool) else None,
        debug=_text(document, "debug", _MAX_DEBUG),
    )


def _items(
    found: object, dropped: _Dropped
) -> Iterator[tuple[str, tuple[str, ...], object]]:
    """Yield the features that have a name, each once."""
    seen = set()
    for name, values, several in _triples(found, dropped):
        if name in seen:
            dropped.add("twice", repr(name))
            continue
        seen.add(name)
        if several is not None and not isinstance(several, bool):
            dropped.add("multi_value", _sample(several))
        yield name, tuple(_values(values, dropped)), several


def _triples(found: object, dropped: _Dropped) -> Iterator[tuple[str, Any, Any]]:
    listed = found if isinstance(found, list) else []
    if len(listed) > _MAX_FEATURES:
        dropped.add("many", count=len(listed) - _MAX_FEATURES)
    for item in listed[:_MAX_FEATURES]:
        match item:
            case [name, values, several] if is_feature_name(name):
                yield name, values, several
            case [name, *_]:
                dropped.add("name", _sample(name))
            case _:
                dropped.add("name", _sample(item))


def _values(found: object, dropped: _Dropped) -> Iterator[str]:
    """Yield the values that are some, each once."""
    if not isinstance(found, list):
        dropped.add("no values", _sample(found))
        return
    seen = set()
    if len(found) > _MAX_VALUES:
        dropped.add("many values", count=len(found) - _MAX_VALUES)
    for value in found[:_MAX_VALUES]:
        if not is_value(value):
            dropped.add("value", _sample(value))
        elif value in seen:
            dropped.add("value twice", repr(value))
        else:
            seen.add(value)
            yield value


def _sample(found: object) -> str:
    """Describe one bad item in a few words.

    >>> _sample("GPU 1"), _sample({"type": "int", "text": "5"})
    ("'GPU 1'", '5 (int)')
    """
    if isinstance(found, str):
        return repr(found[:80])
    kind = _text(found, "type") if isinstance(found, Mapping) else ""
    text = _text(found, "text") if isinstance(found, Mapping) else ""
    if not kind:
        return ""
    return f"{text[:80]} ({kind[:80]})" if text else kind[:80]


def _failure(error: object) -> str:
    if not isinstance(error, Mapping):
        return ""
    text = " ".join(_text(error, "text").split())
    kind = _text(error, "type")
    where = _text(error, "where")
    clause = f"{kind}: {text}" if kind and text else kind or text
    if where:
        clause = f"{clause} ({where})"
    if error.get("stage") == "load":
        return f"cannot be loaded: {clause}"
    return f"raised {clause}" if kind else clause or "cannot be asked"


def _text(source: Mapping[str, Any], key: str, limit: int = _MAX_TEXT) -> str:
    value = source.get(key)
    return value[:limit] if isinstance(value, str) else ""


def _names(source: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = source.get(key)
    if not isinstance(found, list):
        return ()
    names = [each for each in found if isinstance(each, str) and len(each) <= _MAX_TEXT]
    return tuple(dict.fromkeys(names))[:_MAX_NAMES]


def _dropped_there(document: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield how many features and values the probe had no room for."""
    match document.get("dropped"):
        case [int(features), int(values)]:
            if features > 0:
                yield "many", features
            if values > 0:
                yield "many values", values
