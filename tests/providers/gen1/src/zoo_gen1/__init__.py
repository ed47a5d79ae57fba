"""Generation 1, February 2025: run(), keys, and the library of that time."""

from __future__ import annotations

from variantlib.config import KeyConfig, ProviderConfig

__version__ = "1.0"


class Plugin:
    __provider_name__ = "gen1"
    __version__ = __version__

    def run(self) -> ProviderConfig | None:
        return ProviderConfig(
            provider="gen1",
            configs=[
                KeyConfig(key="speed", values=["2", "1"]),
                KeyConfig(key="colour", values=["red"]),
            ],
        )
