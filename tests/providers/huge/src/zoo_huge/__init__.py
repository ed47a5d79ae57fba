"""Answers with more than anybody can use."""

from types import SimpleNamespace


class Values:
    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        values = [str(number) for number in range(1_000_000)]
        return [
            SimpleNamespace(name="speed", values=values, multi_value=False),
            SimpleNamespace(name="colour", values=["red"], multi_value=False),
        ]


class Features:
    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        thousand = [
            SimpleNamespace(name=f"f{number}", values=["1"], multi_value=False)
            for number in range(1_000)
        ]
        return thousand * 1_000


class Text:
    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        text = "x" * 100_000_000
        return [
            SimpleNamespace(name="speed", values=[text, "1"], multi_value=False),
            SimpleNamespace(name=text, values=["1"], multi_value=False),
        ]
