"""The first plugin for fictional_tech, as plugins were written in February 2025."""

from __future__ import annotations

from variantlib.config import KeyConfig, ProviderConfig

from provider_fictional_tech import __version__


class FictionalTechPlugin:
    __provider_name__ = "fictional_tech"
    __version__ = __version__

    def run(self) -> ProviderConfig | None:
        return ProviderConfig(
            provider="fictional_tech",
            configs=[
                KeyConfig(key="technology", values=["auto_chef"]),
                KeyConfig(key="quantum", values=["foam", "superposition"]),
                KeyConfig(key="risk_exposure", values=["25"]),
            ],
        )
