"""A package for fictional hardware, whose provider has to be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pip_variants.demo.plugins import FICTIONAL_HW
from tests.kit import SCHEMA_0_2_0, Index

HARDWARE = FICTIONAL_HW.distribution
TRUST = f"--variant-trusted-providers={HARDWARE}"
DEEPTHOUGHT = {"architecture": ["deepthought"]}


def document(
    *requires: str,
    api: str | None = FICTIONAL_HW.plugin_api,
    properties: Mapping[str, Sequence[str]] = DEEPTHOUGHT,
) -> dict[str, Any]:
    """Return metadata of a package for fictional hardware, whose provider is asked."""
    provider: dict[str, Any] = {"requires": [*requires] or [HARDWARE]}
    if api is not None:
        provider["plugin-api"] = api
    return {
        "$schema": SCHEMA_0_2_0,
        "default-priorities": {"namespace": ["fictional_hw"]},
        "providers": {"fictional_hw": provider},
        "variants": {"hw": {"fictional_hw": properties}, "null": {}},
    }


def add_hardware(index: Index, version: str = "1.0.0", **wheel: Any) -> None:
    index.add(
        name=HARDWARE,
        version=version,
        files=FICTIONAL_HW.files,
        entry_points=FICTIONAL_HW.entry_points,
        **wheel,
    )
