"""Generation 4, summer 2025: validate_property() in place of get_all_configs()."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Feature:
    name: str
    values: list[str]


class Plugin:
    namespace = "gen4"
    dynamic = True

    def get_supported_configs(
        self, known_properties: frozenset[object] | None
    ) -> list[Feature]:
        assert known_properties is None
        return [Feature("speed", ["2", "1"]), Feature("colour", ["red"])]

    def validate_property(self, variant_property: object) -> bool:
        return True
