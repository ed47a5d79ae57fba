"""Generation 5, September 2025: class methods, multi_value, a namespace."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Feature:
    name: str
    values: list[str]
    multi_value: bool


class Plugin:
    namespace = "gen5"
    is_build_plugin = False

    def __init__(self) -> None:
        raise AssertionError("nobody makes an object of it any more")

    @classmethod
    def get_supported_configs(cls) -> list[Feature]:
        return [
            Feature("speed", ["2", "1"], multi_value=True),
            Feature("colour", ["red"], multi_value=False),
        ]

    @classmethod
    def get_all_configs(cls) -> list[Feature]:
        return [
            Feature("speed", ["3", "2", "1"], multi_value=True),
            Feature("colour", ["red", "blue"], multi_value=False),
        ]
