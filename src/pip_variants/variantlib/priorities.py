"""What the user puts first: namespaces, features and values (R47, DESIGN 5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from .errors import ValidationError
from .model import Properties, is_feature_name, is_label, is_namespace, is_value

__all__ = ["Pattern", "Priorities", "put_first"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """``namespace``, ``namespace::feature`` or ``namespace::feature::value``.

    >>> Pattern.parse("nvidia :: sm_arch")
    Pattern(namespace='nvidia', feature='sm_arch', value=None)
    """

    namespace: str
    feature: str | None = None
    value: str | None = None

    @classmethod
    def parse(cls, text: str, *, labels: bool = False) -> Pattern:
        """Read an item; blanks around ``::`` do not matter (R50).

        :param labels: a label may stand in place of a namespace.
        :raises ValidationError: when a part breaks R9 or R10.
        """
        parts = [part.strip() for part in text.split("::")]
        checks = (is_namespace, is_feature_name, is_value)
        if labels and len(parts) == 1 and is_label(parts[0]):
            return cls(parts[0])
        if len(parts) > len(checks) or not all(
            check(part) for check, part in zip(checks, parts, strict=False)
        ):
            forms = "NAMESPACE, NAMESPACE::FEATURE or NAMESPACE::FEATURE::VALUE"
            wanted = f"LABEL, {forms}" if labels else forms
            raise ValidationError(f"{text!r} is not of the form {wanted}")
        return cls(*parts)

    def matches(self, properties: Properties) -> bool:
        """Tell whether a label with *properties* uses what this names."""
        features = properties.get(self.namespace)
        if features is None or self.feature is None:
            return features is not None
        values = features.get(self.feature)
        return values is not None and (self.value is None or self.value in values)


class Priorities:
    """A user's list, applied at each of the three levels of the order.

    A feature item also puts its namespace first, a value item its feature and
    namespace: who asks for ``nvidia::sm_arch`` first wants to see it decide.
    """

    def __init__(self, items: Iterable[str] = ()) -> None:
        """Read the items, most important first.

        :raises ValidationError: for an item that cannot be read.
        """
        self._patterns = tuple(Pattern.parse(item) for item in items)

    def order_namespaces(self, namespaces: Sequence[str]) -> Sequence[str]:
        """Put the named namespaces first."""
        return put_first((p.namespace for p in self._patterns), namespaces)

    def order_features(self, namespace: str, features: Sequence[str]) -> Sequence[str]:
        """Put the named features of *namespace* first."""
        named = (p.feature for p in self._patterns if p.namespace == namespace)
        return put_first(named, features)

    def order_values(
        self, namespace: str, feature: str, values: Sequence[str]
    ) -> Sequence[str]:
        """Put the named values of a feature first."""
        named = (
            p.value
            for p in self._patterns
            if (p.namespace, p.feature) == (namespace, feature)
        )
        return put_first(named, values)


def put_first(named: Iterable[str | None], items: Collection[str]) -> list[str]:
    """Order *items*: those named first, in that order, then the others as they stand."""
    names = [*named]
    if not names:
        return [*items]
    present = set(items)
    chosen = dict.fromkeys(name for name in names if name in present)
    return [*chosen, *(item for item in items if item not in chosen)]
