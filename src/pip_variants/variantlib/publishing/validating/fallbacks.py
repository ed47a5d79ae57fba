"""Whether machines that no label fits find a wheel, and tools that know no labels.

Source: R8, R45 and R106; what tags cover each other: the platform compatibility tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ...metadata import VariantsJson
from ...model import Properties
from .findings import Finding, finding
from .wheels import Wheel

__all__ = ["check_fallbacks", "covers", "fits_everywhere"]

_SHOWN = 5
_PYTHON = re.compile(r"([a-z]+)(\d)_?(\d*)")
_FAMILY = re.compile(r"(manylinux|linux|musllinux|macosx|win|[a-z]+)")
_MAC_COVERS = {"universal2": ("x86_64", "arm64"), "intel": ("x86_64", "i386")}


def check_fallbacks(
    wheels: Sequence[Wheel],
    where: str,
    document: VariantsJson,
    *,
    has_sdist: bool,
) -> Iterator[Finding]:
    """Yield the platforms that have labelled wheels and nothing for everybody.

    :param wheels: all wheels of a release.
    :param document: their combined metadata.
    """
    plain = {tag for w in wheels if w.name.label is None for tag in w.name.tags}
    everybodys = {
        label
        for label, properties in document.variants.items()
        if fits_everywhere(properties, document)
    }
    null = {tag for w in wheels if w.name.label in everybodys for tag in w.name.tags}
    wanted = {
        tag
        for wheel in wheels
        if wheel.name.label is not None and wheel.name.label not in everybodys
        for tag in wheel.name.tags
    }
    bare = _uncovered(wanted, plain | null)
    if bare:
        severity, lost = "warning", "find nothing to install"
        if has_sdist:
            severity, lost = "note", "build the source distribution"
        text = (
            f"machines that no label fits {lost}: neither a null variant nor a plain "
            f"wheel is there for {_some(bare)}"
        )
        remedy = "add a null variant or a plain wheel"
        yield finding("R8", severity, where, text, remedy)  # type: ignore[arg-type]
    strangers = _uncovered((wanted | null).difference(bare), plain)
    if strangers and not has_sdist:
        text = f"tools that know no variants find nothing for {_some(strangers)}"
        yield finding("R106", "note", where, text, "add a plain wheel for them")


def fits_everywhere(properties: Properties, document: VariantsJson) -> bool:
    """Tell whether a label has no properties, or such as all machines have."""
    for namespace, features in properties.items():
        provider = document.providers.get(namespace)
        if (
            provider is None
            or provider.optional
            or namespace not in document.namespaces
        ):
            return False
        offered = dict(provider.static_properties or ())
        for feature, values in features.items():
            if not set(values).intersection(offered.get(feature, ())):
                return False
    return True


def _uncovered(wanted: Iterable[str], fallback: Iterable[str]) -> list[str]:
    offered = sorted(fallback)
    return [
        tag for tag in sorted(wanted) if not any(covers(each, tag) for each in offered)
    ]


def _some(tags: Sequence[str]) -> str:
    rest = f" and {len(tags) - _SHOWN} more" if len(tags) > _SHOWN else ""
    return f"{', '.join(tags[:_SHOWN])}{rest}"


def covers(offered: str, wanted: str) -> bool:
    """Tell whether where a wheel of one tag runs, one of the other does as well.

    The versions of glibc and macOS are let be: who has older ones has no wheel anyway.

    >>> covers("py3-none-any", "cp313-cp313-linux_x86_64")
    True
    >>> covers("cp39-abi3-win_amd64", "cp313-cp313-win_amd64")
    True
    >>> covers("cp313-cp313-win_amd64", "cp313-cp313-win_arm64")
    False
    """
    if offered == wanted:
        return True
    try:
        python, abi, platform = offered.split("-")
        python_wanted, abi_wanted, platform_wanted = wanted.split("-")
    except ValueError:
        return False
    return _covers_python(python, abi, python_wanted, abi_wanted) and _covers_platform(
        platform, platform_wanted
    )


def _covers_python(python: str, abi: str, python_wanted: str, abi_wanted: str) -> bool:
    if (python, abi) == (python_wanted, abi_wanted):
        return True
    ours, theirs = _PYTHON.fullmatch(python), _PYTHON.fullmatch(python_wanted)
    if ours is None or theirs is None or ours[2] != theirs[2]:
        return False
    if int(ours[3] or 0) > int(theirs[3] or 0):
        return False
    if abi == "none":
        return ours[1] in ("py", theirs[1])
    return abi == "abi3" and ours[1] == theirs[1] and not abi_wanted.endswith("t")


def _covers_platform(platform: str, wanted: str) -> bool:
    if platform in ("any", wanted):
        return True
    if _family(platform) != _family(wanted):
        return False
    ours, theirs = _architecture(platform), _architecture(wanted)
    return ours == theirs or theirs in _MAC_COVERS.get(ours, ())


def _family(platform: str) -> str:
    found = _FAMILY.match(platform)
    return found[0].removeprefix("many") if found else platform


def _architecture(platform: str) -> str:
    if platform.endswith("x86_64"):
        return "x86_64"
    return platform.rpartition("_")[2]
