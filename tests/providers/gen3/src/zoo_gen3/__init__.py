"""Generation 3, June 2025: both methods take the properties that are known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Feature:
    name: str
    values: list[str]


class Plugin:
    namespace = "gen3"
    dynamic = False

    def get_supported_configs(
        self, known_properties: frozenset[object] | None
    ) -> list[Feature]:
        assert known_properties is None
        return [Feature("speed", ["2", "1"]), Feature("colour", ["red"])]

    def get_all_configs(
        self, known_properties: frozenset[object] | None
    ) -> list[Feature]:
        assert known_properties is None
        return [Feature("speed", ["3", "2", "1"]), Feature("colour", ["red", "blue"])]
