"""One of two distributions that both answer for the namespace clash."""

from types import SimpleNamespace

namespace = "clash"


def get_supported_configs() -> list[SimpleNamespace]:
    return [SimpleNamespace(name="from", values=["one"], multi_value=False)]
