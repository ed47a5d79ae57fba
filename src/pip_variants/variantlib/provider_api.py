"""What a provider plugin has to look like.

This file imports nothing of ours: copy it, or the few lines of it that you need, into
a plugin to have its types checked. A plugin does not inherit from anything here, and
needs nothing of pip-variants when it runs.

An API endpoint such as ``my_provider.plugin:MyPlugin`` names what has the functions: a
module, a class with class or static methods, or an object. No object is made of a
class. The endpoint stands in the metadata as ``plugin-api``, and in the plugin's own
package as an entry point of the group :data:`ENTRY_POINT_GROUP`, whose name means
nothing.

Names of features hold ``a-z``, ``0-9`` and ``_``; values may hold ``.``, too. Anything
else is dropped by the installer. What is written to stdout or stderr is not a part of
the answer.

Sources: providers draft, "Provider plugin API"; building draft, "Extensions to provider
plugin API"; PEP 825 for the names.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

__all__ = [
    "ENTRY_POINT_GROUP",
    "BuildPluginType",
    "PluginType",
    "VariantFeatureConfigType",
]

ENTRY_POINT_GROUP = "variant_plugins"
"""The group of entry points that tools find installed plugins by."""


@runtime_checkable
class VariantFeatureConfigType(Protocol):
    """One feature and its values: any object with these attributes.

    Further attributes are ignored.
    """

    @property
    def name(self) -> str:
        """The name of the feature."""
        ...

    @property
    def multi_value(self) -> bool:
        """Whether one wheel may list several values of it.

        Such a wheel fits where any of them is supported.
        """
        ...

    @property
    def values(self) -> list[str]:
        """The values, the most preferred first; there may be none."""
        ...


@runtime_checkable
class PluginType(Protocol):
    """What an installer asks."""

    def get_supported_configs(self) -> list[VariantFeatureConfigType]:
        """Return what this machine supports.

        The order of the features, and that of the values of each, is their rank: the
        most preferred first. An empty list says that nothing is supported.
        """
        ...


@runtime_checkable
class BuildPluginType(PluginType, Protocol):
    """What a build back end asks, too.

    ``all_properties_compatible`` may be added as an attribute: true promises that
    every machine supports everything, so that both functions return the same. It is
    false where it is missing, and therefore no part of this type.
    """

    def get_all_configs(self) -> list[VariantFeatureConfigType]:
        """Return everything that exists, whatever machine this is.

        One version of a plugin always returns the same features and values, in any
        order, and what a machine supports is among them.
        """
        ...
