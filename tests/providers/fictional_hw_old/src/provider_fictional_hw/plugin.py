"""The first plugin for fictional_hw, as plugins were written in February 2025."""

from __future__ import annotations

from variantlib.config import KeyConfig, ProviderConfig

from provider_fictional_hw import __version__


class FictionalHWPlugin:
    __provider_name__ = "fictional_hw"
    __version__ = __version__

    def run(self) -> ProviderConfig | None:
        return ProviderConfig(
            provider="fictional_hw",
            configs=[
                KeyConfig(key="architecture", values=["deepthought", "hal9000"]),
                KeyConfig(key="compute_capability", values=["10", "6", "2"]),
                KeyConfig(key="humor", values=["0", "2"]),
                KeyConfig(key="compute_accuracy", values=["1000", "0", "10"]),
            ],
        )
