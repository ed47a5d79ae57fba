"""What puts one label before another (PEP 825, "Variant ordering", step 7).

::

    label --tables of the ranking----> its best properties, most important first
    two of these lists ---------------> the first place where they differ
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from .metadata import VariantsJson
from .model import Label, Property, SupportedProperties
from .priorities import Priorities
from .ranking import rank_tables

__all__ = ["Comparison", "Deciding"]


@dataclass(frozen=True, slots=True)
class Deciding:
    """The first difference between the best properties of two labels.

    :param first: the property of the one that comes first; None where they are equal,
        so that the labels themselves decide.
    :param second: the property of the other one; None where it has no more of them.
    """

    first: Property | None
    second: Property | None


class Comparison:
    """Compares the compatible labels of a release as ``select`` orders them.

    >>> document = VariantsJson.from_dict({
    ...     "$schema": "https://packaging.python.org/schemas/v0.1.1.json",
    ...     "default-priorities": {"namespace": ["x86_64"]},
    ...     "variants": {"v1": {"x86_64": {"level": ["v1"]}},
    ...                  "v2": {"x86_64": {"level": ["v2", "v4"]}}},
    ... })
    >>> machine = SupportedProperties({"x86_64": {"level": ["v3", "v2", "v1"]}})
    >>> str(Comparison(document, machine).decisive("v2", "v1").first)
    'x86_64 :: level :: v2'
    """

    def __init__(
        self,
        variants_json: VariantsJson,
        supported: SupportedProperties,
        *,
        priorities: Iterable[str] = (),
    ) -> None:
        """Number what the machine supports.

        :raises ValidationError: for a priority that cannot be read.
        """
        self._variants = variants_json.variants
        wishes = Priorities(priorities)
        self._tables = rank_tables(variants_json, supported, wishes)

    def decisive(self, first: str, second: str) -> Deciding:
        """Say what puts *first* before *second*.

        :raises ValueError: for a label that is not compatible.
        """
        pairs = zip_longest(self.best(first), self.best(second))
        different = (Deciding(one, other) for one, other in pairs if one != other)
        return next(different, Deciding(None, None))

    def best(self, label: str) -> list[Property]:
        """Return the best value of each feature of a label, most important first.

        :raises ValueError: for a label that is not compatible.
        """
        ranked = []
        for namespace, features in self._variants[Label(label)].items():
            tables = self._tables.get(namespace, {})
            for feature, values in features.items():
                ranks = tables.get(feature, {})
                fitting = [value for value in values if value in ranks]
                if not fitting:
                    raise ValueError(f"{label!r} is not compatible")
                best = min(fitting, key=ranks.__getitem__)
                ranked.append((ranks[best], Property(namespace, feature, best)))
        return [prop for _, prop in sorted(ranked)]
