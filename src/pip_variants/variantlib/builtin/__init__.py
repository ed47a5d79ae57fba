"""The providers that need no package: one module for each namespace.

They answer in place of the provider packages named here, under all the names that
these were published with or are referred to by, and read the machine through a
:class:`Host` only.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..errors import Refusal, ValidationError
from ..requirement import ProviderRequirement, needed_packages
from .host import Detected, Host

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..providers import Provider

__all__ = ["BUILTINS", "Builtin", "Detected", "Host", "builtin_of"]


@dataclass(frozen=True, slots=True)
class _Late:
    """A function of a module here, which is imported when it is called."""

    module: str
    function: str = "detect"

    def __call__(self, host: Host) -> Detected:
        module = import_module(f".{self.module}", __name__)
        detected: Detected = getattr(module, self.function)(host)
        return detected


@dataclass(frozen=True, slots=True)
class Builtin:
    """A built-in provider.

    >>> BUILTINS["nvidia"].packages
    ('nvidia-variant-provider',)
    """

    namespace: str
    """The namespace that it answers for."""
    packages: tuple[str, ...]
    """The normalised names of the distributions in whose place it answers."""
    detect: Callable[[Host], Detected]
    """Finds out what a machine supports of the namespace."""
    detect_first_generation: Callable[[Host], Detected] | None = None
    """The same for metadata of May 2025, where the features were others."""
    variables: tuple[str, ...] = ()
    """The environment variables that can change its answer."""
    first_generation_features: frozenset[str] = frozenset()
    """The names of those other features."""


_BUILTINS = (
    Builtin(
        "nvidia",
        ("nvidia-variant-provider",),
        _Late("nvidia"),
        _Late("nvidia", "detect_first_generation"),
        (
            "NV_VARIANT_PROVIDER_FORCE_CUDA_DRIVER_VERSION",
            "NV_VARIANT_PROVIDER_FORCE_SM_ARCH",
        ),
        frozenset({"cuda"}),
    ),
    Builtin(
        "amd",
        ("amd-variant-provider",),
        _Late("amd"),
        variables=(
            "AMD_VARIANT_PROVIDER_FORCE_GFX_ARCH",
            "AMD_VARIANT_PROVIDER_FORCE_ROCM_VERSION",
            "HSA_OVERRIDE_GFX_VERSION",
            "ROCM_PATH",
        ),
    ),
    Builtin(
        "intel",
        ("intel-variant-provider",),
        _Late("intel"),
        variables=(
            "INTEL_VARIANT_PROVIDER_FORCE_DEVICE_IP",
            # Of Level Zero, which shows only some of the GPUs then.
            "ZE_AFFINITY_MASK",
        ),
    ),
    Builtin(
        "x86_64",
        ("provider-variant-x86-64", "x86-64-variant-provider"),
        _Late("x86_64"),
        # Of Windows, which says there who made the CPU.
        variables=("PROCESSOR_IDENTIFIER",),
    ),
    Builtin(
        "aarch64",
        ("provider-variant-aarch64", "aarch64-variant-provider"),
        _Late("aarch64"),
    ),
)

BUILTINS: Mapping[str, Builtin] = MappingProxyType(
    {builtin.namespace: builtin for builtin in _BUILTINS}
)
"""The built-in providers by namespace."""


def builtin_of(
    namespace: str,
    provider: Provider | None,
    holds: Callable[[str], bool] | None = None,
) -> Builtin | None:
    """Return the built-in provider that answers where metadata names *provider*.

    It must be known under the name of the package that holds the plugin: the first
    requirement whose marker holds (R80, R81). A fork has another name and is somebody
    else's (F10). PEP 825 itself names nobody: there the namespace is enough.

    :param holds: evaluates a marker. Without it, all requirements count, for there is
        some machine for each.
    """
    builtin = BUILTINS.get(namespace)
    if builtin is None or provider is None:
        return builtin
    try:
        if holds is not None:
            names = [name for name, _ in needed_packages(provider.requires, holds)[:1]]
        else:
            names = [ProviderRequirement.parse(each).name for each in provider.requires]
    except (Refusal, ValidationError):
        return None
    return builtin if set(builtin.packages).intersection(names) else None
