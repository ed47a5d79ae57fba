"""What metadata says about who answers for a namespace.

Source: providers draft, "Provider information"; for older documents PEP 817 and
PROVIDERS 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Provider"]


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider of one namespace, as named by the metadata.

    :param requires: dependency specifiers of the provider package, unparsed.
    :param plugin_api: object reference of the plugin; None means: by the name of the
        first requirement (R81).
    :param optional: whether it is off until the user enables it (R83).
    :param static_properties: feature -> values, best first; None when the machine
        has to be asked (R70, R78).
    :param enable_if: an environment marker of old documents: where it is false, the
        provider is not used (F41).
    """

    requires: tuple[str, ...] = ()
    plugin_api: str | None = None
    optional: bool = False
    static_properties: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    enable_if: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the form of schema 0.2.0."""
        written: dict[str, Any] = {}
        if self.optional:
            written["optional"] = True
        if self.static_properties is not None:
            written["static-properties"] = {
                feature: list(values) for feature, values in self.static_properties
            }
            if len(self.static_properties) > 1:
                # An object has no order: R79, under the key of the published tools.
                written["feature-order"] = [name for name, _ in self.static_properties]
            return written
        written["requires"] = [self._with_marker(item) for item in self.requires]
        if self.plugin_api is not None:
            written["plugin-api"] = self.plugin_api
        return written

    def _with_marker(self, requirement: str) -> str:
        """Move ``enable-if``, which 0.2.0 dropped, into the requirement."""
        if self.enable_if is None:
            return requirement
        base, separator, marker = requirement.partition(";")
        joined = f"({marker.strip()}) and ({self.enable_if})"
        return f"{base.strip()}; {joined if separator else self.enable_if}"
