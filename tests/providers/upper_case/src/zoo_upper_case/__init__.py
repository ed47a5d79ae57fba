"""Values in upper case, as the fictional plugins had them before May 2025."""

from types import SimpleNamespace


def get_supported_configs() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(name="architecture", values=["HAL9000", "TARS", "deepthought"]),
        SimpleNamespace(name="QUANTUM", values=["FOAM"]),
    ]
