"""Variant metadata of the shape that torch publishes, of any size.

The largest published file has ten labels; more of them are made by varying what the
real ones list. They are in dialect 0.2.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, cycle, islice, product

__all__ = ["SUPPORTED", "document_of", "torch_document", "torch_variants"]

_SCHEMA = "https://variants-schema.wheelnext.dev/peps/850/v0.2.0.json"

SUPPORTED: dict[str, dict[str, list[str]]] = {
    "nvidia": {
        "cuda_version_lower_bound": [
            *(f"12.{minor}" for minor in range(9, -1, -1)),
            "12",
            *(f"11.{minor}" for minor in range(20, -1, -1)),
            "11",
        ],
        "cuda_version_upper_bound": [f"13.{minor}" for minor in range(20, -1, -1)],
        "sm_arch": ["90_real", "90_virtual"],
    }
}
"""What a machine with one GPU offers, which decides without asking this machine."""

_CAPABILITIES = (50, 60, 61, 70, 72, 75, 80, 86, 87, 89, 90, 100, 101, 103, 110, 120)
_GFX = (900, 906, 908, 942, 1030, 1100, 1101, 1102, 1150, 1151, 1200, 1201)
_STEP = 4801  # a prime

_Variant = tuple[str, dict[str, dict[str, list[str]]]]


def _nvidia() -> Iterator[_Variant]:
    bounds = [f"{major}.{minor}" for major in (12, 11, 13) for minor in range(10)]
    chosen = list(combinations(_CAPABILITIES, 7))
    for number in range(len(chosen) * len(bounds)):
        # Far steps, so that few labels differ as much as many.
        capabilities = chosen[number * _STEP % len(chosen)]
        bound = bounds[(number + number // len(chosen)) % len(bounds)]
        architectures = sorted(f"{each}_real" for each in capabilities)
        features = {"cuda_version_lower_bound": [bound], "sm_arch": architectures}
        yield f"cu{bound.replace('.', '')}", {"nvidia": features}


def _amd() -> Iterator[_Variant]:
    versions = [f"{major}.{minor}" for major in (6, 7) for minor in range(10)]
    for count in range(8, 0, -1):
        for each, version in product(combinations(_GFX, count), versions):
            names = sorted(f"gfx{number}" for number in each)
            yield (
                f"rocm{version}",
                {"amd": {"gfx_arch": names, "rocm_version": [version]}},
            )


def torch_variants() -> Iterator[_Variant]:
    """Yield labels with their properties, no two of them alike.

    As torch 2.9 has them: two in seven for AMD, the others for NVIDIA.
    """
    nvidia, amd = _nvidia(), _amd()
    kinds = cycle((nvidia, nvidia, amd, nvidia, nvidia, amd, nvidia))
    for number, kind in enumerate(kinds):
        name, properties = next(kind)
        yield f"{name}_{number:x}", properties


def torch_document(count: int) -> dict[str, object]:
    """Return metadata with *count* labels, "null" among them."""
    variants = dict(islice(torch_variants(), count - 1))
    return document_of({"null": {}, **variants}, ("nvidia", "amd"))


def document_of(
    variants: Mapping[str, object], namespaces: Sequence[str]
) -> dict[str, object]:
    """Return metadata with *variants*, and a provider for each namespace."""
    return {
        "$schema": _SCHEMA,
        "default-priorities": {"namespace": list(namespaces)},
        "providers": {
            namespace: {
                "plugin-api": f"{namespace}_variant_provider.plugin:Plugin",
                "requires": [f"{namespace}-variant-provider>=0.0.1,<1.0.0"],
            }
            for namespace in sorted(namespaces)
        },
        "variants": dict(variants),
    }
