"""``pip show``, which knows variants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from .. import _pip
from ..exchange import exchanged
from ..installed import installed_variant

__all__ = ["ShowCommand"]


class ShowCommand(_pip.ShowCommand):  # noqa: D101 - has the docstring of pip, which is its help
    __doc__ = _pip.ShowCommand.__doc__

    def run(self, options: Any, args: list[str]) -> int:
        """Show the packages; the version of a variant is followed by its label."""
        found: dict[str, _pip.BaseDistribution] = {}
        pips = _pip.ShowCommand
        with (
            exchanged(pips, "get_default_environment", partial(_noting, found)),
            exchanged(pips, "write_output", partial(_with_variants, found)),
        ):
            return super().run(options, args)


def _noting(
    found: dict[str, _pip.BaseDistribution], original: Callable[[], Any]
) -> Callable[[], Any]:
    """Note the distributions that pip finds, by canonical name.

    A second look would find them again, and warn again of what is damaged there.
    """

    def get_default_environment() -> Any:
        environment = original()
        whole = environment.iter_all_distributions

        def iter_all_distributions() -> Iterator[_pip.BaseDistribution]:
            for dist in whole():
                found[dist.canonical_name] = dist
                yield dist

        environment.iter_all_distributions = iter_all_distributions
        return environment

    return get_default_environment


def _with_variants(
    found: Mapping[str, _pip.BaseDistribution], original: Callable[..., None]
) -> Callable[..., None]:
    """Add our lines while pip prints a package line by line, in one function."""
    name = ""

    def write_output(message: Any, *args: Any) -> None:
        nonlocal name
        original(message, *args)
        if message == "Name: %s":
            (name,) = args
        elif message == "Version: %s":
            for line in _lines(found.get(_pip.canonicalize_name(name))):
                original("%s", line)

    return write_output


def _lines(dist: _pip.BaseDistribution | None) -> Iterator[str]:
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
