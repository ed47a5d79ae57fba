"""``pip show``, which knows variants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .. import _pip
from ..exchange import exchanged
from ..installed import installed_variant

__all__ = ["ShowCommand"]


class ShowCommand(_pip.ShowCommand):  # noqa: D101 - has the docstring of pip, which is its help
    __doc__ = _pip.ShowCommand.__doc__

    def run(self, options: Any, args: list[str]) -> int:
        """Show the packages; the version of a variant is followed by its label."""
        with exchanged(_pip.ShowCommand, "write_output", _with_variants):
            return super().run(options, args)


def _with_variants(original: Callable[..., None]) -> Callable[..., None]:
    """Add our lines while pip prints a package line by line, in one function."""
    name = ""

    def write_output(message: Any, *args: Any) -> None:
        nonlocal name
        original(message, *args)
        if message == "Name: %s":
            (name,) = args
        elif message == "Version: %s":
            for line in _lines(name):
                original("%s", line)

    return write_output


def _lines(name: str) -> Iterator[str]:
    dist = _pip.get_default_environment().get_distribution(name)
    variant = dist and installed_variant(dist)
    if not variant:
        return
    from ..text import printable
    from ..variantlib.model import each_property

    properties = map(str, sorted(each_property(variant.matched)))
    yield f"Variant: {printable(variant.label)}"
    yield f"Variant-properties: {', '.join(map(printable, properties))}"
    if variant.forced:
        yield "Variant-forced: yes"
