"""Answers with all that is no list of features, and with one that is."""

import enum
import json
from types import SimpleNamespace


def _feature(name: object, values: object, multi_value: object) -> SimpleNamespace:
    return SimpleNamespace(name=name, values=values, multi_value=multi_value)


class Speed(enum.StrEnum):
    FAST = "fast"


def get_supported_configs() -> list[object]:
    return [
        None,
        {"name": "speed", "values": ["1"], "multi_value": False},
        _feature(5, ["1"], multi_value=False),
        _feature("text", "123", multi_value=False),
        _feature("of_a_set", {"1"}, multi_value=False),
        _feature(
            "mixed",
            ["1", 2, 3.5, float("nan"), None, True, b"4", ["5"], 10**5000, Speed.FAST],
            multi_value=False,
        ),
        _feature("speed", ["2", "1", "2"], multi_value="yes"),
        _feature("speed", ["9"], multi_value=False),
        _feature("tuple", ("2", "1"), multi_value=True),
        _feature("bad", ["a b", "\ud800", "1\n", ""], multi_value=True),
        _feature("Name", ["1"], multi_value=False),
    ]


class NoList:
    @staticmethod
    def get_supported_configs() -> dict[str, list[str]]:
        return {"speed": ["1"]}


class ManyArguments:
    @staticmethod
    def get_supported_configs(_one: int, _two: int) -> None:
        raise AssertionError


class Forger:
    """Knows where its answer goes, and puts one there that no JSON reader likes."""

    content = b"[" * 200_000

    @classmethod
    def get_supported_configs(cls) -> list[object]:
        forged = SimpleNamespace(encode=lambda: cls.content)
        json.dumps = lambda *_: forged  # type: ignore[assignment]
        return []


class ForgerOfConstants(Forger):
    content = b'{"features": [["speed", [NaN, Infinity], -Infinity]]}'


class ForgerOfShapes(Forger):
    content = (
        b'{"features": [7, [], ["a"], ["speed", {"1": 2}, 3], ["x", ["1", [[]]], null]],'
        b' "dropped": {"a": 1}, "error": [], "variables": {"A": 1}, "namespace": 5,'
        b' "debug": [], "generation": {}, "api": null, "replaced": [1, "json"]}'
    )


class ForgerOfBytes(Forger):
    content = b"\xc3"
