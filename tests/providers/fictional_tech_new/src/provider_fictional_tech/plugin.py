"""A provider plugin of the pip-variants demo, for the namespace fictional_tech."""

from __future__ import annotations

from dataclasses import dataclass

SUPPORTED = (
    ("technology", ("auto_chef",)),
    ("quantum", ("foam", "superposition")),
    ("risk_exposure", ("25",)),
)
ALL = (
    ("technology", ("auto_chef", "improb_drive")),
    ("quantum", ("foam", "superposition")),
    ("risk_exposure", ("25", "1000000000")),
)


@dataclass(frozen=True)
class Feature:
    name: str
    values: list[str]
    multi_value: bool = False


class FictionalTechPlugin:
    @classmethod
    def get_supported_configs(cls) -> list[Feature]:
        return [Feature(name, list(values)) for name, values in SUPPORTED]

    @classmethod
    def get_all_configs(cls) -> list[Feature]:
        return [Feature(name, list(values)) for name, values in ALL]
