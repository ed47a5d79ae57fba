"""Generation 2, April 2025: instance methods that return lists, no multi_value."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Feature:
    name: str
    values: list[str]


class Plugin:
    @property
    def namespace(self) -> str:
        return "gen2"

    def get_supported_configs(self) -> list[Feature]:
        return [Feature("speed", ["2", "1"]), Feature("colour", ["red"])]

    def get_all_configs(self) -> list[Feature]:
        return [Feature("speed", ["3", "2", "1"]), Feature("colour", ["red", "blue"])]

    def get_build_setup(self, properties: object) -> dict[str, list[str]]:
        return {}
