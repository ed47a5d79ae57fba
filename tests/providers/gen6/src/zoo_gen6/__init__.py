"""Generation 6, of today: a class, a ready-made object, and no namespace."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Feature:
    name: str
    values: list[str]
    multi_value: bool = False
    since: dict[str, str] = field(default_factory=dict)  # nobody knows it: ignored


class Plugin:
    all_properties_compatible = True

    @staticmethod
    def get_supported_configs() -> list[Feature]:
        return [
            Feature("speed", ["2", "1"], multi_value=True),
            Feature("colour", ["red"]),
        ]

    @staticmethod
    def get_all_configs() -> list[Feature]:
        return [
            Feature("colour", ["red"]),
            Feature("speed", ["1", "2"], multi_value=True),
        ]


class _Object:
    def get_supported_configs(self) -> tuple[Feature, ...]:
        return tuple(Plugin.get_supported_configs())


class Holder:
    ready_made = _Object()
