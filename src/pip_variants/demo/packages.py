"""The packages of the demo index: those of the project's founding documents.

=============== ======= ====================================================
torch           2.7.0   hashes as labels, the dialect of PyCon 2025
torch           2.8.0   readable labels, dialect 0.0.2
numpy           2.2.5   CPU levels of two architectures, dialect 0.2.0
mypackage       1.0.0   made-up properties, dialect 0.2.0
provider-...    1.0.0   the plugins that support these
trainer         1.0     needs torch, has no variants
plainpkg        1.0     has no variants
=============== ======= ====================================================

All wheels fit every machine (``py3-none-any``), so that only variants make a choice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ._backend import escape
from .plugins import FICTIONAL_HW, FICTIONAL_TECH, Plugin
from .wheels import build_wheel

__all__ = [
    "MYPACKAGE",
    "NUMPY",
    "PLAINPKG",
    "RELEASES",
    "TORCH_2_7",
    "TORCH_2_8",
    "TRAINER",
    "Release",
    "hash_label",
    "write_index",
    "write_release",
]

_SCHEMA = "https://variants-schema.wheelnext.dev/"
_SCHEMA_0_0_2 = f"{_SCHEMA}v0.0.2.json"
_SCHEMA_0_2_0 = f"{_SCHEMA}peps/850/v0.2.0.json"


@dataclass(frozen=True, slots=True)
class Release:
    """One version of one project, as its publisher would put it on an index.

    :param document: the index-level variant metadata; a wheel is made for each of
        its labels, beside the plain one.
    :param requires: dependency specifiers of every wheel.
    :param plugin: the provider plugin that the project is.
    """

    name: str
    version: str
    # A document is JSON, which no hash can be taken of; name and version identify.
    document: Mapping[str, object] = field(default_factory=dict, hash=False)
    requires: tuple[str, ...] = ()
    plugin: Plugin | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the document.

        >>> TORCH_2_8.labels
        ('cu126', 'cu128', 'cu129', 'null')
        """
        variants = self.document.get("variants")
        return tuple(variants) if isinstance(variants, Mapping) else ()


def hash_label(*properties: str) -> str:
    """Compute the label that early tools gave to a set of properties (PROVIDERS 3.1).

    >>> hash_label("nvidia :: cuda :: 12.8")
    'd5784ad6'
    """
    lines = sorted(tuple(text.split(" :: ")) for text in properties)
    digest = hashlib.sha256()
    for line in lines:
        digest.update(f"{' :: '.join(line)}\n".encode())
    return digest.hexdigest()[:8]


def _levels(namespace: str, feature: str, *values: str) -> dict[str, object]:
    return {
        hash_label(f"{namespace} :: {feature} :: {value}"): {
            namespace: {feature: [value]}
        }
        for value in values
    }


def _cuda(version: str, *architectures: str) -> dict[str, object]:
    return {
        "nvidia": {
            "cuda_version_lower_bound": [version],
            "sm_arch": list(architectures),
        }
    }


def _provider(requirement: str, plugin_api: str) -> dict[str, object]:
    return {"plugin-api": plugin_api, "requires": [requirement]}


# The values of this dialect are single strings, and its priorities flat lists.
TORCH_2_7 = Release(
    "torch",
    "2.7.0",
    {
        "default-priorities": {"feature": [], "namespace": ["nvidia"], "property": []},
        "providers": {
            "nvidia": {
                "plugin-api": "nvidia_variant_provider.plugin:NvidiaVariantPlugin",
                "requires": ["nvidia-variant-provider == 0.0.1"],
            }
        },
        "variants": {
            "00000000": {},
            "1065b45d": {"nvidia": {"cuda": "11.8"}},
            "43331073": {"nvidia": {"cuda": "12.6"}},
            "d5784ad6": {"nvidia": {"cuda": "12.8"}},
        },
    },
)

_ENABLE_IF = "platform_system == 'Linux' or platform_system == 'Windows'"
_SINCE_75 = ("75_real", "80_real", "86_real", "90_real")

TORCH_2_8 = Release(
    "torch",
    "2.8.0",
    {
        "$schema": _SCHEMA_0_0_2,
        "default-priorities": {"namespace": ["nvidia"]},
        "providers": {
            "nvidia": {
                "enable-if": _ENABLE_IF,
                "plugin-api": "nvidia_variant_provider.plugin:NvidiaVariantPlugin",
                "requires": ["nvidia-variant-provider>=0.0.1,<1.0.0"],
            }
        },
        "variants": {
            "cu126": _cuda("12.6", "50_real", "60_real", "70_real", *_SINCE_75),
            "cu128": _cuda("12.8", "100_real", "120_real", *_SINCE_75),
            "cu129": _cuda("12.9", "100_real", "120_real", "120_virtual", *_SINCE_75),
            "null": {},
        },
    },
)

NUMPY = Release(
    "numpy",
    "2.2.5",
    {
        "$schema": _SCHEMA_0_2_0,
        "default-priorities": {"namespace": ["x86_64", "aarch64"]},
        "providers": {
            "aarch64": _provider(
                "provider-variant-aarch64>=0.0.3,<1.0.0", "provider_variant_aarch64"
            ),
            "x86_64": _provider(
                "provider-variant-x86-64>=0.0.3,<1.0.0", "provider_variant_x86_64"
            ),
        },
        "variants": {
            **_levels("x86_64", "level", "v1", "v2", "v3", "v4"),
            **_levels("aarch64", "version", "8.1a", "8.2a", "8.3a", "8.4a", "8.5a"),
        },
    },
)

# "tars", "mother" and "improb_drive" stand for machines other than this one.
MYPACKAGE = Release(
    "mypackage",
    "1.0.0",
    {
        "$schema": _SCHEMA_0_2_0,
        "default-priorities": {"namespace": ["fictional_hw", "fictional_tech"]},
        "providers": {
            plugin.namespace: _provider(
                f"{plugin.distribution}>=1.0.0,<2.0.0", plugin.plugin_api
            )
            for plugin in (FICTIONAL_HW, FICTIONAL_TECH)
        },
        "variants": {
            "auto_chef": {
                "fictional_tech": {
                    "quantum": ["superposition"],
                    "risk_exposure": ["25"],
                    "technology": ["auto_chef"],
                }
            },
            "deepthought": {
                "fictional_hw": {
                    "architecture": ["deepthought"],
                    "compute_capability": ["10"],
                }
            },
            "deepthought_foam": {
                "fictional_hw": {
                    "architecture": ["deepthought"],
                    "compute_capability": ["10"],
                },
                "fictional_tech": {"quantum": ["foam"]},
            },
            "hal9000": {
                "fictional_hw": {
                    "architecture": ["hal9000"],
                    "compute_accuracy": ["0"],
                    "compute_capability": ["6"],
                    "humor": ["2"],
                }
            },
            "improb_drive": {
                "fictional_tech": {
                    "risk_exposure": ["1000000000"],
                    "technology": ["improb_drive"],
                }
            },
            "mother": {
                "fictional_hw": {"architecture": ["mother"], "compute_accuracy": ["8"]}
            },
            "null": {},
            "tars": {"fictional_hw": {"architecture": ["tars"], "humor": ["10"]}},
        },
    },
)

TRAINER = Release("trainer", "1.0", requires=("torch",))
PLAINPKG = Release("plainpkg", "1.0")

RELEASES = (
    TORCH_2_7,
    TORCH_2_8,
    NUMPY,
    MYPACKAGE,
    *(
        Release(plugin.distribution, "1.0.0", plugin=plugin)
        for plugin in (FICTIONAL_HW, FICTIONAL_TECH)
    ),
    TRAINER,
    PLAINPKG,
)
"""Every release of the demo index."""


def write_index(folder: Path) -> None:
    """Write the files of all releases, a folder for each project."""
    for release in RELEASES:
        write_release(folder, release)


def write_release(folder: Path, release: Release) -> None:
    """Write the wheels of one release and its index-level file (R28).

    :param folder: the root of the index; the project's own folder is made in it.
    """
    stem = escape(release.name)
    project = folder / stem.replace("_", "-")
    plugin = release.plugin
    for label in (None, *release.labels):
        build_wheel(
            project,
            release.name,
            release.version,
            label=label,
            requires=release.requires,
            variant_json=None if label is None else release.document,
            files=None if plugin is None else plugin.files,
            entry_points=None if plugin is None else plugin.entry_points,
        )
    if release.labels:
        text = json.dumps(dict(release.document), indent=4, sort_keys=True) + "\n"
        path = project / f"{stem}-{release.version}-variants.json"
        path.write_text(text, "utf-8", newline="\n")
