"""Generation 1b, March 2025: a better name for run(), the same answer."""

from variantlib.models.provider import ProviderConfig, VariantFeatureConfig


class Plugin:
    name = "gen1b"

    def get_supported_configs(self) -> ProviderConfig:
        return ProviderConfig(
            provider="gen1b",
            configs=[
                VariantFeatureConfig(name="speed", values=["2", "1"]),
                VariantFeatureConfig(name="colour", values=["red"]),
            ],
        )
