"""Labels that promise different things and come out of one build."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ..variantlib.model import Label, Properties
from ..variantlib.publishing.project.seed import Seed
from .plan import Build, Plan

__all__ = ["Sharing", "doubtful"]


@dataclass(frozen=True, slots=True)
class Sharing:
    """A build of which several variants are made.

    :param features: what they differ in, as ``namespace :: feature``.
    """

    labels: tuple[Label, ...]
    features: tuple[str, ...]


def doubtful(plan: Plan, seed: Seed) -> Iterator[Sharing]:
    """Yield the builds whose labels differ in what the machine has to offer.

    Nothing tells the backend which of them it builds, so all of them hold the same
    files. That is as it should be where they differ in static properties alone: those
    say nothing about the machine (R78).
    """
    told = {
        namespace
        for namespace, provider in seed.metadata.providers.items()
        if provider.static_properties is not None
    }
    told |= {*seed.to_fill}
    for build in plan.builds:
        features = _different(build, told)
        if features:
            labels = tuple(cell.label for cell in build.cells)
            yield Sharing(labels, features)


def _different(build: Build, let_be: Collection[str]) -> tuple[str, ...]:
    """Return the features that the cells of a build do not agree about."""
    cells = [_flat(cell.properties, let_be) for cell in build.cells]
    every = dict.fromkeys(feature for cell in cells for feature in cell)
    return tuple(
        feature for feature in every if len({cell.get(feature) for cell in cells}) > 1
    )


def _flat(properties: Properties, let_be: Collection[str]) -> dict[str, frozenset[str]]:
    return {
        f"{namespace} :: {feature}": frozenset(values)
        for namespace, features in properties.items()
        if namespace not in let_be
        for feature, values in features.items()
    }
