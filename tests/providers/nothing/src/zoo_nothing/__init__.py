"""Plugins that have nothing to say: None, an empty list, a feature without values."""

from types import SimpleNamespace


class SaysNone:
    @staticmethod
    def get_supported_configs() -> None:
        return None


class SaysNothing:
    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        return []


class HasNone:
    @staticmethod
    def get_supported_configs() -> list[SimpleNamespace]:
        return [SimpleNamespace(name="gpu", values=[], multi_value=False)]


class NoPlugin:
    """There is nothing to ask."""
