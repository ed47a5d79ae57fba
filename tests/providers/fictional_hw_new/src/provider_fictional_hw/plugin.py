"""A provider plugin of the pip-variants demo, for the namespace fictional_hw."""

from __future__ import annotations

from dataclasses import dataclass

SUPPORTED = (
    ("architecture", ("deepthought", "hal9000")),
    ("compute_capability", ("10", "6", "2")),
    ("humor", ("0", "2")),
    ("compute_accuracy", ("1000", "0", "10")),
)
ALL = (
    ("architecture", ("deepthought", "hal9000", "mother", "tars")),
    ("compute_capability", ("0", "2", "4", "6", "8", "10")),
    ("humor", ("0", "2", "4", "6", "8", "10")),
    ("compute_accuracy", ("0", "2", "4", "6", "8", "10")),
)


@dataclass(frozen=True)
class Feature:
    name: str
    values: list[str]
    multi_value: bool = False


class FictionalHWPlugin:
    @classmethod
    def get_supported_configs(cls) -> list[Feature]:
        return [Feature(name, list(values)) for name, values in SUPPORTED]

    @classmethod
    def get_all_configs(cls) -> list[Feature]:
        return [Feature(name, list(values)) for name, values in ALL]
