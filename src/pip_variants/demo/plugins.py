"""The fictional providers: hardware and technology that every machine has.

They are installable plugins, written as plugin authors write them today: a class
whose methods return objects with a name, values and ``multi_value`` (PROVIDERS 2,
generation 6), found through the entry point group ``variant_plugins``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

__all__ = ["FICTIONAL_HW", "FICTIONAL_TECH", "Features", "Plugin"]

Features = tuple[tuple[str, tuple[str, ...]], ...]
"""Features and their values, both most preferred first."""

_MODULE = '''\
"""A provider plugin of the pip-variants demo, for the namespace {namespace}."""

from __future__ import annotations

from dataclasses import dataclass

SUPPORTED = (
{supported})
ALL = (
{everything})


@dataclass(frozen=True)
class Feature:
    name: str
    values: list[str]
    multi_value: bool = False


class {attribute}:
    @classmethod
    def get_supported_configs(cls) -> list[Feature]:
        return [Feature(name, list(values)) for name, values in SUPPORTED]

    @classmethod
    def get_all_configs(cls) -> list[Feature]:
        return [Feature(name, list(values)) for name, values in ALL]
'''


@dataclass(frozen=True, slots=True)
class Plugin:
    """A provider plugin, ready to be put into a wheel.

    :param namespace: the namespace that it answers for.
    :param distribution: the project that holds it.
    :param attribute: the name of its class.
    :param supported: what it says that the machine supports.
    :param everything: what it says that exists.
    """

    namespace: str
    distribution: str
    attribute: str
    supported: Features
    everything: Features

    @property
    def package(self) -> str:
        """The import package: the distribution's name with underscores."""
        return self.distribution.replace("-", "_")

    @property
    def plugin_api(self) -> str:
        """The object reference that metadata and entry points name.

        >>> FICTIONAL_HW.plugin_api
        'provider_fictional_hw.plugin:FictionalHWPlugin'
        """
        return f"{self.package}.plugin:{self.attribute}"

    @property
    def entry_points(self) -> dict[str, dict[str, str]]:
        """Group -> name -> object reference; the name is the namespace."""
        return {"variant_plugins": {self.namespace: self.plugin_api}}

    @property
    def files(self) -> dict[str, bytes]:
        """Path in the wheel -> content."""
        source = _MODULE.format(
            namespace=self.namespace,
            attribute=self.attribute,
            supported=_as_source(self.supported),
            everything=_as_source(self.everything),
        )
        return {
            f"{self.package}/__init__.py": b"",
            f"{self.package}/plugin.py": source.encode(),
        }


def _as_source(features: Features) -> str:
    """Write features as lines of a tuple, as a formatter would."""
    lines = []
    for name, values in features:
        written = ", ".join(map(json.dumps, values)) + ("," if len(values) == 1 else "")
        lines.append(f"    ({json.dumps(name)}, ({written})),\n")
    return "".join(lines)


_EVEN = ("0", "2", "4", "6", "8", "10")

# The values are those of PROVIDERS 1.6, with the 1000 that is supported and yet not
# among all values: a caller has to live with such a plugin.
FICTIONAL_HW = Plugin(
    namespace="fictional_hw",
    distribution="provider-fictional-hw",
    attribute="FictionalHWPlugin",
    supported=(
        ("architecture", ("deepthought", "hal9000")),
        ("compute_capability", ("10", "6", "2")),
        ("humor", ("0", "2")),
        ("compute_accuracy", ("1000", "0", "10")),
    ),
    everything=(
        ("architecture", ("deepthought", "hal9000", "mother", "tars")),
        ("compute_capability", _EVEN),
        ("humor", _EVEN),
        ("compute_accuracy", _EVEN),
    ),
)

FICTIONAL_TECH = Plugin(
    namespace="fictional_tech",
    distribution="provider-fictional-tech",
    attribute="FictionalTechPlugin",
    supported=(
        ("technology", ("auto_chef",)),
        ("quantum", ("foam", "superposition")),
        ("risk_exposure", ("25",)),
    ),
    everything=(
        ("technology", ("auto_chef", "improb_drive")),
        ("quantum", ("foam", "superposition")),
        ("risk_exposure", ("25", "1000000000")),
    ),
)
